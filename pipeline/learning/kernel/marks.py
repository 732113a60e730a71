"""Listed terms among the hashed words of a text: how often each list is marked, as ``listed`` finds them.

A list is marked once at each place where one of its terms begins. Words of the table that may begin a term carry a
mark in the directory and a record here; a word the table does not know can only be one that begins with an open term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import Analyser, words
from pipeline.learning.kernel.compiling import kernel
from pipeline.learning.kernel.cutting import ONE, SPREAD
from pipeline.learning.kernel.table import hash_terms
from pipeline.learning.kernel.words64 import Word, index, load64, times, word

Array = NDArray[Any]

BUCKETS = 10  # bits of the number of buckets of open words, by their first two bytes
TWO_BYTES = Word(0xFFFF)


class Ragged(NamedTuple):
    """Rows of different lengths: row i is ``values[bounds[i]:bounds[i + 1]]``."""

    bounds: Array
    values: Array


class Marks(NamedTuple):
    """Term lists as arrays.

    Attributes:
        record: int32 of shape (rows of the table,), the record of a marked row.
        single: by record, the lists that have the word, or a beginning of it, as a term.
        phrase: by record, the numbers of the terms of several words that begin with it.
        phrase_list: by term, its list.
        phrase_rest: by term, the hashes of its words after the first, without an open last one.
        phrase_open: by term, the number of the beginning that its last word has, -1 for none.
        start: by beginning, its bytes as 64-bit words, padded with zeros.
        start_size: by beginning, how many bytes.
        bucket: by first two bytes, hashed, the open terms of one word.
        open_start: by open term, its beginning.
        open_list: by open term, its list.
        lists: how many lists there are.
    """

    record: Array
    single: Ragged
    phrase: Ragged
    phrase_list: Array
    phrase_rest: Ragged
    phrase_open: Array
    start: Ragged
    start_size: Array
    bucket: Ragged
    open_start: Array
    open_list: Array
    lists: int


def ragged(rows: Sequence[Sequence[int]], kind: type[np.generic] = np.int32) -> Ragged:
    """Rows of different lengths as arrays.

    >>> ragged([[7, 8], [], [9]]).bounds.tolist()
    [0, 2, 2, 3]
    """
    bounds = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return Ragged(bounds, np.array([value for row in rows for value in row], dtype=kind))


@kernel
def bucket_of(value: int) -> int:
    """The bucket of a word from its first bytes."""
    return index(times(value & TWO_BYTES, SPREAD) >> (64 - BUCKETS))


@kernel
def begins(buffer: Any, place: int, number: int, marks: Marks) -> bool:
    """Whether the word at a place of the buffer has a beginning."""
    left = int(marks.start_size[number])
    for i in range(marks.start.bounds[number], marks.start.bounds[number + 1]):
        value = load64(buffer, place)
        if left < 8:
            value &= (ONE << (left << 3)) - ONE
        if value != word(marks.start.values[i]):
            return False
        place += 8
        left -= 8
    return True


@kernel
def mark_unknown(buffer: Any, place: int, marks: Marks, stamp: int, seen: Any, counts: Any) -> None:
    """Mark the lists with an open term that a word begins with, which the table does not know.

    Args:
        buffer: normalised text.
        place: first byte of the word.
        marks: the lists.
        stamp: a number that ``seen`` does not hold yet.
        seen: int64 by list, the last stamp at which it was marked.
        counts: int64 by list, marks so far.
    """
    bucket = bucket_of(load64(buffer, place))
    for i in range(marks.bucket.bounds[bucket], marks.bucket.bounds[bucket + 1]):
        term = marks.bucket.values[i]
        which = marks.open_list[term]
        if seen[which] != stamp and begins(buffer, place, marks.open_start[term], marks):
            seen[which] = stamp
            counts[which] += 1


@kernel
def mark_at(
    buffer: Any, hashes: Any, starts: Any, m: int, i: int, record: int, marks: Marks, stamp: int, seen: Any, counts: Any
) -> None:
    """Mark the lists with a term that begins at word ``i`` of ``m``, whose record is given; see ``mark_unknown``."""
    for j in range(marks.single.bounds[record], marks.single.bounds[record + 1]):
        which = marks.single.values[j]
        seen[which] = stamp
        counts[which] += 1
    for j in range(marks.phrase.bounds[record], marks.phrase.bounds[record + 1]):
        term = marks.phrase.values[j]
        which = marks.phrase_list[term]
        if seen[which] == stamp:
            continue
        first, last = marks.phrase_rest.bounds[term], marks.phrase_rest.bounds[term + 1]
        is_open = marks.phrase_open[term] >= 0
        after = i + 1 + last - first  # one past its closed words
        if after + (1 if is_open else 0) > m:
            continue
        same = True
        for h in range(first, last):
            if word(hashes[i + 1 + h - first]) != word(marks.phrase_rest.values[h]):
                same = False
                break
        if same and (not is_open or begins(buffer, starts[after], marks.phrase_open[term], marks)):
            seen[which] = stamp
            counts[which] += 1


class _Term(NamedTuple):
    """A listed term: its words, whether the last is only a beginning, and the number of its list."""

    cut: tuple[str, ...]
    is_open: bool
    which: int


def listed_terms(analyser: Analyser, lists: Sequence[str]) -> list[_Term]:
    """The distinct terms of some of an analyser's lists, cut into words."""
    found: dict[_Term, None] = {}
    for number, key in enumerate(lists):
        for term in analyser.listed[key]:
            cut = tuple(words(term.removesuffix("*")))
            if cut:
                found[_Term(cut, term.endswith("*"), number)] = None
    return list(found)


def first_words(terms: Sequence[_Term]) -> list[str]:
    """Words with which a term begins and that the table must know: all but open ones that stand alone."""
    return sorted({term.cut[0] for term in terms if len(term.cut) > 1 or not term.is_open})


def build_marks(terms: Sequence[_Term], vocabulary: Mapping[str, int], rows: int, lists: int) -> Marks:
    """The lists as arrays.

    Args:
        terms: of all lists.
        vocabulary: the table's single words -> row.
        rows: of the table.
        lists: how many.

    Returns:
        The arrays.
    """
    starts: dict[str, int] = {}
    single: dict[str, set[int]] = {}
    phrases: dict[str, list[int]] = {}
    several = [term for term in terms if len(term.cut) > 1]
    alone = [term for term in terms if len(term.cut) == 1]
    for number, term in enumerate(several):
        phrases.setdefault(term.cut[0], []).append(number)
    by_beginning: dict[str, list[_Term]] = {}
    for term in alone:
        if term.is_open:
            by_beginning.setdefault(term.cut[0][:2], []).append(term)
        else:
            single.setdefault(term.cut[0], set()).add(term.which)
    for known in vocabulary:
        for term in by_beginning.get(known[:2], ()):
            if known.startswith(term.cut[0]):
                single.setdefault(known, set()).add(term.which)
    buckets: list[list[int]] = [[] for _ in range(1 << BUCKETS)]
    opened = [term for term in alone if term.is_open]
    for number, term in enumerate(opened):
        buckets[bucket_of(_padded(term.cut[0])[0])].append(number)
    open_start = [starts.setdefault(term.cut[0], len(starts)) for term in opened]
    phrase_open = [starts.setdefault(t.cut[-1], len(starts)) if t.is_open else -1 for t in several]
    rest = [[int(h) for h in hash_terms(t.cut[1 : -1 if t.is_open else None])] for t in several]
    recorded = sorted(single.keys() | phrases.keys(), key=vocabulary.__getitem__)
    record = np.full(rows, -1, np.int32)
    marked = np.array([vocabulary[known] for known in recorded], np.int64)
    record[marked] = np.arange(len(recorded))
    return Marks(
        record=record,
        single=ragged([sorted(single.get(known, ())) for known in recorded]),
        phrase=ragged([phrases.get(known, []) for known in recorded]),
        phrase_list=np.array([term.which for term in several], np.int32),
        phrase_rest=ragged(rest, np.uint64),
        phrase_open=np.array(phrase_open, np.int32),
        start=ragged([_padded(start) for start in starts], np.uint64),
        start_size=np.array([len(start.encode()) for start in starts], np.int64),
        bucket=ragged(buckets),
        open_start=np.array(open_start, np.int32),
        open_list=np.array([term.which for term in opened], np.int32),
        lists=lists,
    )


def _padded(start: str) -> list[int]:
    """A beginning's bytes as 64-bit words."""
    data = start.encode()
    return [int.from_bytes(data[i : i + 8], "little") for i in range(0, len(data), 8)]
