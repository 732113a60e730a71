"""Bytes to scores, one text after the other: cut, drop duplicates, look up, sum; ``model`` says what is computed.

No thread is started here: a caller's threads may score at once, each call has scratch memory of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import Analyser
from pipeline.learning.kernel.compiling import compiled, inlined
from pipeline.learning.kernel.cutting import GROWTH, HIGH, ZERO, Letters, cut, letters, normalise
from pipeline.learning.kernel.distinct import distinct, scratch
from pipeline.learning.kernel.layout import FIRST_WEIGHT, Weights, frequencies, lay_out
from pipeline.learning.kernel.marks import Marks, count_marks
from pipeline.learning.kernel.table import Directory, approach, search, tagged, zero_bytes
from pipeline.learning.kernel.texts import Bytes, to_bytes
from pipeline.learning.kernel.words64 import LANES, add_row, index, prefetch, trailing_zeros, word
from pipeline.learning.model import Model

Array = NDArray[Any]

CHUNK = 2000  # texts made into bytes and scored at a time: what they need stays in the processor's cache
PARTS = 4  # sums that rows are added to in turn, so that none need wait for the one before


@inlined
def _look_up(
    groups: Any,
    shift: int,
    table: Any,
    keys: Any,
    counts: Any,
    u: int,
    frequency: Any,
    rows: Any,
    wanted: Any,
    tf: Any,
) -> int:
    """Rows that may be the keys' own, the key each is wanted for and its term frequency; returns how many.

    A key whose group is full, so that it may have been passed on to the next, gets a row that is not its own.
    """
    found = 0
    for i in range(u):
        key = word(keys[i])
        group = word(key >> shift)
        tags = word(groups[group, 0])
        same = zero_bytes(tags ^ tagged(key))
        row = index(word(groups[group, 1]) + (trailing_zeros(same) >> 3))
        prefetch(table, row)
        rows[found] = row
        wanted[found] = key
        tf[found] = frequency[word(counts[i])]
        found += 1 if same != ZERO or (~tags & HIGH) == ZERO else 0
    return found


@inlined
def _sum(
    directory: Directory,
    table: Any,
    row_keys: Any,
    wanted: Any,
    found: int,
    rows: Any,
    tf: Any,
    parts: Any,
    sums: Any,
) -> None:
    """Sum the first eight columns of the rows whose whole hash is the one wanted.

    These are the squared length of group 0 and the weighted sums of up to six topics. A row that was not the key's own
    is replaced in ``rows`` by the right one or by the last, which is all zeros.
    """
    for part in range(PARTS):
        for column in range(1, LANES):
            parts[part, column] = 0.0
    for i in range(found):
        row = word(rows[i])
        if word(row_keys[row, 0]) != word(wanted[i]):
            right = search(directory, row_keys, word(wanted[i]))
            row = word(right if right >= 0 else len(table) - 1)
            rows[i] = index(row)
        add_row(parts, i & (PARTS - 1), table, index(row), tf[i])
    for column in range(1, LANES):
        sums[column] = (parts[0, column] + parts[1, column]) + (parts[2, column] + parts[3, column])


@inlined
def _sum_more(table: Any, others: int, rows: Any, tf: Any, found: int, sums: Any) -> None:
    """The columns after the first eight, those of squared lengths weighted with the square."""
    for column in range(LANES, table.shape[1]):
        total = 0.0
        for i in range(found):
            weight = tf[i] * tf[i] if column >= others else tf[i]
            total += weight * table[word(rows[i]), column]
        sums[column] = total


def _score(
    source: Any,
    offsets: Any,
    first: int,
    last: int,
    table: Letters,
    ngrams: int,
    prefix: int,
    weights: Weights,
    marks: Marks,
    frequency: Any,
    scores: Any,
    odd: Any,
    work: Any,
    room: Any,
) -> None:
    """Score texts ``first`` to ``last`` into rows of ``scores``; ``odd`` is set where Python must lower the case."""
    buffer, masks, places, hashes, begun, starts, keys, counts, which, runs, again, slots = work
    rows, wanted, tf, seen, marked, parts, sums = room
    directory, weight_rows, row_keys, others = weights.directory, weights.rows, weights.keys, weights.others
    groups, shift = directory.groups, directory.shift
    intercept, group_of, mark_norm, mark_weight = (
        weights.intercept,
        weights.group,
        weights.mark_norm,
        weights.mark_weight,
    )
    for d in range(first, last):
        n = normalise(source, offsets[d], offsets[d + 1], table, buffer, masks)
        if n < 0:
            odd[d] = True
            continue
        m = cut(buffer, masks, n, prefix, places, hashes, begun, starts)
        stamp = (d - first + 1) << 32
        _, _, u = distinct(hashes, begun, m, ngrams, prefix, stamp, slots, keys, counts, which, runs, again)
        approach(groups, shift, keys, u)
        found = _look_up(groups, shift, weight_rows, keys, counts, u, frequency, rows, wanted, tf)
        listed = 0
        if marks.lists:
            listed = count_marks(buffer, hashes, starts, m, marks, stamp, places, seen, marked)
        _sum(directory, weight_rows, row_keys, wanted, found, rows, tf, parts, sums)
        _sum_more(weight_rows, others, rows, tf, found, sums)
        for j in range(len(intercept)):
            norm = sums[1] if group_of[j] == 0 else sums[others + group_of[j] - 1]
            total_weight = sums[FIRST_WEIGHT + j]
            if listed:
                for i in range(marks.lists):
                    weight = frequency[marked[i]]
                    norm += weight * weight * mark_norm[i, j]
                    total_weight += weight * mark_weight[i, j]
            scores[d, j] = intercept[j] + (total_weight / np.sqrt(norm) if norm > 0 else 0.0)


class CompiledScorer:
    """A model's scores from many texts at once.

    Args:
        analyser: how text is cut.
        terms: v terms.
        idf: float64 of shape (k, v), 0 for a term outside a topic's vocabulary.
        coef: float64 of shape (k, v).
        intercept: float64 of shape (k,).
        sublinear_tf: whether a count c enters as 1 + ln(c).

    Raises:
        ModelError: two terms have one hash.
    """

    def __init__(
        self,
        analyser: Analyser,
        terms: Sequence[str],
        idf: Array,
        coef: Array,
        intercept: Array,
        *,
        sublinear_tf: bool = True,
    ) -> None:
        self.analyser, self.sublinear_tf = analyser, sublinear_tf
        self.weights, self.marks = lay_out(analyser, terms, idf, coef, intercept)

    @classmethod
    def of(cls, model: Model) -> CompiledScorer:
        """The scorer of a model."""
        return cls(model.analyser, model.terms, model.idf, model.coef, model.intercept, sublinear_tf=model.sublinear_tf)

    def scores(self, texts: Sequence[str] | Any, threads: int = 1) -> Array:
        """Log-odds before calibration, float64 of shape (n, k)."""
        S = np.zeros((len(texts), len(self.weights.intercept)))
        firsts = range(0, len(texts), CHUNK)
        if threads == 1:
            for first in firsts:
                self._chunk(texts, first, S)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda first: self._chunk(texts, first, S), firsts))
        return S

    def _chunk(self, texts: Any, first: int, S: Array) -> None:
        part = texts[first : first + CHUNK]
        out = S[first : first + CHUNK]
        data = to_bytes(part)
        odd = np.zeros(len(part), bool)
        self._run(data, out, odd)
        for i in np.flatnonzero(odd).tolist():
            again = np.zeros((1, out.shape[1]))
            self._run(to_bytes([data.text(i).lower()]), again, np.zeros(1, bool))
            out[i] = again[0]

    def _run(self, data: Bytes, out: Array, odd: Array) -> None:
        analyser, lists = self.analyser, self.marks.lists
        work = scratch(data.offsets)
        buffer, *_, keys, _, _, _, _, _ = work
        frequency = frequencies(len(buffer) // GROWTH, sublinear=self.sublinear_tf)  # no text has so many words
        compiled(_score)(
            data.source,
            data.offsets,
            0,
            len(out),
            letters(),
            analyser.ngrams,
            analyser.prefix,
            self.weights,
            self.marks,
            frequency,
            out,
            odd,
            work,
            (
                np.empty(len(keys), np.int64),
                np.empty(len(keys), np.uint64),
                np.empty(len(keys)),
                np.zeros(lists, np.int64),
                np.zeros(lists, np.int64),
                np.zeros((PARTS, LANES)),
                np.zeros(self.weights.rows.shape[1]),
            ),
        )
