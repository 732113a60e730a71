"""Plain loops into machine code, kept on disk between runs where there is a place to keep it."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.extending import register_jitable

from pipeline.learning.kernel import intrinsics as _intrinsics  # noqa: F401  # tells numba what ``words64`` is

F = TypeVar("F", bound=Callable[..., Any])

# Compiled code makes no arrays and keeps none, so that numba need not count who holds one: it would, with a locked
# instruction, wherever an array is handed on, which took a third of the time of scoring.
NO_COUNTING: dict[str, Any] = {"_nrt": False}


def kernel(function: F) -> F:
    """A plain function that compiled code may call; called from Python it stays plain."""
    made: F = register_jitable(**NO_COUNTING)(function)
    return made


def inlined(function: F) -> F:
    """The same, put into the code that calls it: for loops over one text, which a call's many arrays would slow."""
    made: F = register_jitable(forceinline=True, **NO_COUNTING)(function)
    return made


@cache
def _sources() -> str:
    """A short hash of every file of the kernel."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The compiled twin of a plain function; it releases the interpreter's lock and starts no threads.

    numba keeps machine code by the name and file of the function alone and would not notice that a function it calls,
    in another file, has changed: the twin's name carries a hash of all of them.
    """
    twin = types.FunctionType(function.__code__, function.__globals__, function.__name__)
    twin.__module__ = function.__module__
    twin.__qualname__ = f"{function.__name__}_{_sources()}"
    options: dict[str, Any] = {"nogil": True, "boundscheck": False, "error_model": "numpy", **NO_COUNTING}
    made: Callable[..., Any]
    try:
        made = numba.njit(twin, cache=True, **options)
    except RuntimeError:  # neither beside this file nor in the user's cache folder can anything be written
        made = numba.njit(twin, **options)
    return made
