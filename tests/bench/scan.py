"""The limit the kernel is held against: all text normalised, cut and hashed, and nothing looked up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def hash_all(source: Array, offsets: Array) -> int:
    """A checksum over the hashes of all words.

    Args:
        source: uint8, UTF-8.
        offsets: int64 of shape (n + 1,); text i is ``source[offsets[i]:offsets[i + 1]]``.
    """
    from pipeline.learning.kernel.cutting import letters

    return int(_scan()(source, offsets, letters()))


@cache
def _scan() -> Callable[..., Any]:
    """The loop, compiled as the kernel's own are, of the kernel's own parts."""
    import numba

    from pipeline.learning.kernel.cutting import GROWTH, PADDING, cut, normalise

    def loop(source: Any, offsets: Any, table: Any) -> Any:
        room = GROWTH * np.max(np.diff(offsets)) + PADDING
        buffer, masks = np.zeros(room, np.uint8), np.empty(room, np.uint64)
        places, starts = np.empty(room, np.int64), np.empty(room, np.int64)
        hashes, begun = np.empty(2 * room, np.uint64), np.empty(room, np.uint64)
        total = np.uint64(0)
        for d in range(len(offsets) - 1):
            n = normalise(source, offsets[d], offsets[d + 1], table, buffer, masks)
            if n > 0:
                m = cut(buffer, masks, n, 0, places, hashes, begun, starts)
                for i in range(m):
                    total ^= hashes[i]
        return total

    made: Callable[..., Any] = numba.njit(nogil=True, boundscheck=False, error_model="numpy")(loop)
    return made


def distinct_all(source: Array, offsets: Array) -> int:
    """How many distinct words and pairs all texts have: the same scan, and duplicates dropped, and nothing looked up."""
    from pipeline.learning.kernel.cutting import letters
    from pipeline.learning.kernel.distinct import scratch

    return int(_count()(source, offsets, letters(), scratch(offsets)))


@cache
def _count() -> Callable[..., Any]:
    """That loop, compiled."""
    import numba

    from pipeline.learning.kernel.cutting import cut, normalise
    from pipeline.learning.kernel.distinct import distinct

    def loop(source: Any, offsets: Any, table: Any, work: Any) -> Any:
        buffer, masks, places, hashes, begun, starts, keys, counts, which, runs, again, slots = work
        total = 0
        for d in range(len(offsets) - 1):
            n = normalise(source, offsets[d], offsets[d + 1], table, buffer, masks)
            if n > 0:
                m = cut(buffer, masks, n, 0, places, hashes, begun, starts)
                stamp = (d + 1) << 32
                total += distinct(hashes, begun, m, 2, 0, stamp, slots, keys, counts, which, runs, again)[2]
        return total

    made: Callable[..., Any] = numba.njit(nogil=True, boundscheck=False, error_model="numpy", _nrt=False)(loop)
    return made
