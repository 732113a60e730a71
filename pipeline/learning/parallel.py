"""Calls carried out side by side: in processes of this machine, or on whatever backend joblib was told to use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from joblib import Parallel
from joblib.parallel import get_active_backend


def carried_out(calls: Iterable[Any], jobs: int, *, in_order: bool = True) -> Iterator[Any]:
    """What came of each call; Ctrl-C ends them.

    Args:
        calls: made with ``joblib.delayed``.
        jobs: processes, -1 or 0 for all cores; on a cluster its own number counts.
        in_order: whether results come in the order of the calls, or as they are made.

    Yields:
        Results one by one; on a backend that cannot give them so, as Dask's, all of them at the end.
    """
    backend, _ = get_active_backend()
    how = "list"
    if backend.supports_return_generator:
        how = "generator" if in_order else "generator_unordered"
    yield from Parallel(n_jobs=jobs or -1, return_as=how)(calls)
