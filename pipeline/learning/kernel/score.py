"""Bytes to scores, one text after the other: cut, drop duplicates, look up, sum; ``model`` says what is computed.

No thread is started here: a caller's threads may score at once, each call has scratch memory of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import Analyser
from pipeline.learning.kernel.compiling import compiled, kernel
from pipeline.learning.kernel.cutting import HIGH, ZERO, Letters, cut, letters, longest_of, normalise, zero_bytes
from pipeline.learning.kernel.distinct import distinct, scratch
from pipeline.learning.kernel.layout import COUNTS, FIRST_WEIGHT, LANES, Weights, lay_out
from pipeline.learning.kernel.marks import Marks, mark_at, mark_unknown
from pipeline.learning.kernel.table import search, tagged
from pipeline.learning.kernel.texts import Bytes, to_bytes
from pipeline.learning.kernel.words64 import index, prefetch, trailing_zeros, word
from pipeline.learning.model import Model

Array = NDArray[Any]

CHUNK = 2000  # texts made into bytes and scored at a time: what they need stays in the processor's cache
UNKNOWN, NO_RECORD = -2, -1


@kernel
def _look_up(groups: Any, shift: int, table: Any, keys: Any, u: int, rows: Any, owner: Any) -> int:
    """Rows that may be the keys' own, and whose key each is; returns how many.

    A key whose group is full, so that it may have been passed on to the next, gets a row that is not its own.
    """
    found = 0
    for i in range(u):
        key = word(keys[i])
        group = index(key >> shift)
        tags = word(groups[group, 0])
        same = zero_bytes(tags ^ tagged(key))
        row = index(word(groups[group, 1]) + (trailing_zeros(same) >> 3))
        prefetch(table, row)
        rows[found] = row
        owner[found] = i
        found += 1 if same != ZERO or (~tags & HIGH) == ZERO else 0
    return found


@kernel
def _mark(
    buffer: Any,
    hashes: Any,
    starts: Any,
    m: int,
    which: Any,
    words_found: int,
    rows: Any,
    owner: Any,
    kept: int,
    marks: Marks,
    record: Any,
    seen: Any,
    counts: Any,
    stamp: int,
) -> int:
    """Count the marks of every list in a text of ``m`` words; returns the last stamp used."""
    for i in range(marks.lists):
        counts[i] = 0
    for i in range(words_found):
        record[i] = UNKNOWN
    for i in range(kept):
        if owner[i] < words_found:
            record[owner[i]] = marks.record[rows[i]]
    for i in range(m):
        known = record[which[i]]
        if known != NO_RECORD:
            stamp += 1
            if known == UNKNOWN:
                mark_unknown(buffer, starts[i], marks, stamp, seen, counts)
            else:
                mark_at(buffer, hashes, starts, m, i, known, marks, stamp, seen, counts)
    return stamp


@kernel
def _frequency(weights: Weights, count: int) -> float:
    """The term frequency of a count."""
    if count < COUNTS:
        return float(weights.frequency[count])
    return 1.0 + math.log(count) if weights.sublinear else float(count)


@kernel
def _sum(weights: Weights, keys: Any, counts: Any, found: int, rows: Any, owner: Any, tf: Any, sums: Any) -> int:
    """Keep the rows whose whole hash is the key's, and sum their first eight columns.

    These are the squared length of group 0 and the weighted sums of up to six topics. Returns how many rows were kept
    in ``rows`` and ``owner``, with their term frequencies in ``tf``.
    """
    table, row_keys, frequency = weights.rows, weights.keys, weights.frequency
    s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    kept = 0
    for i in range(found):
        row, number = rows[i], owner[i]
        if word(row_keys[row, 0]) != word(keys[number]):
            row = search(weights.directory, row_keys, word(keys[number]))
            if row < 0:
                continue
        weight = frequency[min(counts[number], COUNTS)]
        if counts[number] >= COUNTS:
            weight = _frequency(weights, counts[number])
        s1 += weight * weight * table[row, 1]
        s2 += weight * table[row, 2]
        s3 += weight * table[row, 3]
        s4 += weight * table[row, 4]
        s5 += weight * table[row, 5]
        s6 += weight * table[row, 6]
        s7 += weight * table[row, 7]
        rows[kept] = row
        owner[kept] = number
        tf[kept] = weight
        kept += 1
    sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7] = s1, s2, s3, s4, s5, s6, s7
    return kept


@kernel
def _sum_more(weights: Weights, rows: Any, tf: Any, kept: int, sums: Any) -> None:
    """The columns after the first eight, those of squared lengths weighted with the square."""
    for column in range(LANES, weights.rows.shape[1]):
        total = 0.0
        for i in range(kept):
            weight = tf[i] * tf[i] if column >= weights.others else tf[i]
            total += weight * weights.rows[rows[i], column]
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
    scores: Any,
    odd: Any,
) -> None:
    """Score texts ``first`` to ``last`` into rows of ``scores``; ``odd`` is set where Python must lower the case."""
    buffer, places, hashes, begun, starts, keys, counts, which, runs, slots = scratch(longest_of(offsets, first, last))
    room = len(keys)
    rows, owner, tf = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    record, directory = np.empty(room, np.int32), weights.directory
    seen, marked = np.zeros(marks.lists, np.int64), np.zeros(marks.lists, np.int64)
    sums = np.zeros(weights.rows.shape[1])
    stamp = 0
    for d in range(first, last):
        n = normalise(source, offsets[d], offsets[d + 1], table, buffer)
        if n < 0:
            odd[d] = True
            continue
        m = cut(buffer, n, prefix, places, hashes, begun, starts)
        words_found, _, u = distinct(
            hashes, begun, m, ngrams, prefix, (d - first + 1) << 32, slots, keys, counts, which, runs
        )
        found = _look_up(directory.groups, directory.shift, weights.rows, keys, u, rows, owner)
        kept = _sum(weights, keys, counts, found, rows, owner, tf, sums)
        if marks.lists:
            stamp = _mark(
                buffer, hashes, starts, m, which, words_found, rows, owner, kept, marks, record, seen, marked, stamp
            )
        _sum_more(weights, rows, tf, kept, sums)
        for j in range(len(weights.intercept)):
            group = weights.group[j]
            norm = sums[1] if group == 0 else sums[weights.others + group - 1]
            total_weight = sums[FIRST_WEIGHT + j]
            for which_list in range(marks.lists):
                if marked[which_list]:
                    weight = _frequency(weights, marked[which_list])
                    norm += weight * weight * weights.mark_norm[which_list, j]
                    total_weight += weight * weights.mark_weight[which_list, j]
            scores[d, j] = weights.intercept[j] + (total_weight / np.sqrt(norm) if norm > 0 else 0.0)


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
        self.analyser = analyser
        self.weights, self.marks = lay_out(analyser, terms, idf, coef, intercept, sublinear_tf=sublinear_tf)

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
        analyser = self.analyser
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
            out,
            odd,
        )
