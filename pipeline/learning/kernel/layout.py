"""A model's numbers laid out for scoring: one row a term, beginning on a line of the cache, its hash in front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import LISTED, Analyser
from pipeline.learning.kernel.marks import Marks, build_marks, listed_terms
from pipeline.learning.kernel.table import SLOTS, Directory, build_directory, hash_terms, require_distinct
from pipeline.learning.kernel.words64 import LANES

Array = NDArray[Any]

FIRST_WEIGHT = 2  # a row begins with its hash and the squared idf of the first group of topics
HUGE_PAGE = 1 << 21


class Weights(NamedTuple):
    """A model laid out for scoring; k topics in g groups, each with its idf (for most models g is 1).

    Attributes:
        directory: where a term's row is.
        rows: float64 of shape (rows, width): the bits of the hash, squared idf of group 0, then idf times coefficient
            of each topic, then squared idf of the other groups from column ``others`` on.
        keys: the same memory as uint64, for the hashes in column 0.
        others: column of group 1.
        group: int64 of shape (k,), each topic's group.
        intercept: float64 of shape (k,).
        mark_norm: float64 of shape (lists, k), squared idf of a list's mark for each topic.
        mark_weight: float64 of shape (lists, k), its idf times coefficient.
    """

    directory: Directory
    rows: Array
    keys: Array
    others: int
    group: Array
    intercept: Array
    mark_norm: Array
    mark_weight: Array


def lay_out(
    analyser: Analyser, terms: Sequence[str], idf: Array, coef: Array, intercept: Array
) -> tuple[Weights, Marks]:
    """The numbers of a model, see ``score.CompiledScorer``, and its term lists.

    Raises:
        ModelError: two terms have one hash.
    """
    column = {term: i for i, term in enumerate(terms)}
    lists = [key for key in analyser.listed if f"{LISTED}{key}" in column]
    names = [term for term in terms if not term.startswith(LISTED)]
    keys = hash_terms(names)
    require_distinct(keys, names)
    directory, row_of = build_directory(keys)
    at = [column[name] for name in names]
    squares = idf[:, at] ** 2
    groups: dict[bytes, int] = {}
    group = [groups.setdefault(row.tobytes(), len(groups)) for row in squares]
    stop = FIRST_WEIGHT + len(intercept)
    others = max(LANES, stop)  # after the first eight columns, which are summed by themselves
    width = -(-(others + len(groups) - 1) // LANES) * LANES
    rows = _aligned(len(names) + SLOTS, width)  # a group without the tag points up to eight rows too far
    rows[row_of, FIRST_WEIGHT:stop] = (idf[:, at] * coef[:, at]).T
    for number in range(len(groups)):
        place = others + number - 1 if number else 1
        rows[row_of, place] = squares[group.index(number)]
    rows.view(np.uint64)[row_of, 0] = keys
    of_lists = [column[f"{LISTED}{key}"] for key in lists]
    weights = Weights(
        directory=directory,
        rows=rows,
        keys=rows.view(np.uint64),
        others=others,
        group=np.array(group, np.int64),
        intercept=np.ascontiguousarray(intercept, np.float64),
        mark_norm=np.ascontiguousarray((idf[:, of_lists] ** 2).T),
        mark_weight=np.ascontiguousarray((idf[:, of_lists] * coef[:, of_lists]).T),
    )
    return weights, build_marks(listed_terms(analyser, lists), len(lists))


def frequencies(n: int, *, sublinear: bool) -> Array:
    """Term frequencies of the counts below ``n``, where a count c may enter as 1 + ln(c); float64 of shape (n,)."""
    frequency = np.arange(n, dtype=np.float64)
    if sublinear:
        frequency[1:] = 1.0 + np.log(frequency[1:])
    return frequency


def _aligned(rows: int, width: int) -> Array:
    """Zeros of shape (rows, width) that begin a page of two megabytes, or at least a line of the cache.

    A big table then lies on few pages, whose addresses the processor can keep.
    """
    to = HUGE_PAGE if rows * width * 8 >= HUGE_PAGE else LANES * 8
    raw = np.zeros(rows * width * 8 + to, np.uint8)
    start = -raw.ctypes.data % to
    return raw[start : start + rows * width * 8].view(np.float64).reshape(rows, width)
