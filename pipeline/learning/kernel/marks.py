"""Listed terms among the hashed words of a text: how often each list is marked, as ``listed`` finds them.

A list is marked once at each place where one of its terms begins. Most words begin none, which a filter tells by a bit
for the word's hash and one for its first bytes; only where one of the two is set is looked further.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import Analyser, words
from pipeline.learning.kernel.compiling import inlined, kernel
from pipeline.learning.kernel.cutting import ALL, ONE, SPREAD
from pipeline.learning.kernel.table import SLOTS, Directory, build_directory, hash_terms, search
from pipeline.learning.kernel.words64 import Word, index, load64, times, word

Array = NDArray[Any]

BUCKETS = 10  # bits of the number of buckets of open words, by their first bytes
FILTER = 16  # bits of the number of bits of the filter: few enough for the first cache, many more than there are terms
SIX: int = Word(6)
LOW_SIX: int = Word(63)
FIRST_BYTES = 8  # of a word, at most, that choose its bucket; fewer where an open term has fewer


class Ragged(NamedTuple):
    """Rows of different lengths: row i is ``values[bounds[i]:bounds[i + 1]]``."""

    bounds: Array
    values: Array


class Marks(NamedTuple):
    """Term lists as arrays.

    Attributes:
        filter: uint64, a bit for each hash and for each first bytes, hashed, of words that may begin a term.
        first_bytes: mask of the bytes of a word that choose its bucket.
        directory: of the words with which a term begins, but for open terms of one word.
        keys: uint64 of shape (rows, 1), their hashes.
        record: int64 of shape (rows,), the record of each.
        single: by record, the lists that have the word as a term.
        phrase: by record, the numbers of the terms of several words that begin with it.
        phrase_list: by term, its list.
        phrase_rest: by term, the hashes of its words after the first, without an open last one.
        phrase_open: by term, the number of the beginning that its last word has, -1 for none.
        start: by beginning, its bytes as 64-bit words, padded with zeros.
        start_size: by beginning, how many bytes.
        bucket: by first bytes, hashed, the open terms of one word.
        open_start: by open term, its beginning.
        open_list: by open term, its list.
        lists: how many lists there are.
    """

    filter: Array
    first_bytes: int
    directory: Directory
    keys: Array
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
def scatter(value: int, bits: int) -> int:
    """So many bits of a word's first bytes, spread."""
    return index(times(value, SPREAD) >> (64 - bits))


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


@inlined
def count_marks(
    buffer: Any, hashes: Any, starts: Any, m: int, marks: Marks, stamp: int, flagged: Any, seen: Any, counts: Any
) -> int:
    """Count at how many places of a text each list is marked.

    Args:
        buffer: normalised text.
        hashes: the words' hashes.
        starts: the place of each word's first byte.
        m: how many words there are.
        marks: the lists.
        stamp: the text's number, from 1, times 2**32.
        flagged: int64 scratch.
        seen: int64 by list, zero before the first text.
        counts: int64 by list, filled with the counts if any may differ from zero.

    Returns:
        How many words may begin a term; where it is zero, nothing is counted and ``counts`` is as it was.
    """
    bits, first_bytes = marks.filter, marks.first_bytes
    may = 0
    for i in range(m):
        whole = word(hashes[i]) >> (64 - FILTER)
        start = word(scatter(load64(buffer, starts[i]) & first_bytes, FILTER))
        flagged[may] = i
        set_bit = (word(bits[whole >> SIX]) >> (whole & LOW_SIX)) | (word(bits[start >> SIX]) >> (start & LOW_SIX))
        may += index(set_bit & ONE)
    if may:
        _count_flagged(buffer, hashes, starts, m, marks, stamp, flagged, may, seen, counts)
    return may


@kernel
def _count_flagged(
    buffer: Any,
    hashes: Any,
    starts: Any,
    m: int,
    marks: Marks,
    stamp: int,
    flagged: Any,
    may: int,
    seen: Any,
    counts: Any,
) -> None:
    """``count_marks`` for the words that may begin a term."""
    for i in range(marks.lists):
        counts[i] = 0
    for j in range(may):
        i = flagged[j]
        row = search(marks.directory, marks.keys, word(hashes[i]))
        if row >= 0:
            mark_at(buffer, hashes, starts, m, i, marks.record[row], marks, stamp | i, seen, counts)
        mark_open(buffer, starts[i], marks, stamp | i, seen, counts)


@kernel
def mark_open(buffer: Any, place: int, marks: Marks, stamp: int, seen: Any, counts: Any) -> None:
    """Mark the lists with an open term of one word that the word at a place of the buffer begins with.

    Args:
        buffer: normalised text.
        place: first byte of the word.
        marks: the lists.
        stamp: the number of the text and the word.
        seen: int64 by list, the last stamp at which it was marked.
        counts: int64 by list, marks so far.
    """
    bucket = scatter(load64(buffer, place) & marks.first_bytes, BUCKETS)
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
    """Mark the lists with a term that begins at word ``i`` of ``m``, whose record is given; see ``mark_open``."""
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


def build_marks(terms: Sequence[_Term], lists: int) -> Marks:
    """The lists as arrays.

    Args:
        terms: of all lists.
        lists: how many.

    Returns:
        The arrays.
    """
    starts: dict[str, int] = {}
    single: dict[str, set[int]] = {}
    phrases: dict[str, list[int]] = {}
    several = [term for term in terms if len(term.cut) > 1]
    opened = [term for term in terms if len(term.cut) == 1 and term.is_open]
    for term in terms:
        if len(term.cut) == 1 and not term.is_open:
            single.setdefault(term.cut[0], set()).add(term.which)
    for number, term in enumerate(several):
        phrases.setdefault(term.cut[0], []).append(number)
    first_words = sorted(single.keys() | phrases.keys())
    hashes = hash_terms(first_words)
    directory, row_of = build_directory(hashes)
    keys = np.zeros((len(first_words) + SLOTS, 1), np.uint64)
    keys[row_of, 0] = hashes
    record = np.zeros(len(keys), np.int64)
    record[row_of] = np.arange(len(first_words))
    shortest = min((len(term.cut[0].encode()) for term in opened), default=FIRST_BYTES)
    first_bytes = Word(ALL >> (64 - 8 * min(shortest, FIRST_BYTES)))
    heads = [_padded(term.cut[0])[0] & first_bytes for term in opened]
    bits = np.zeros(1 << (FILTER - 6), np.uint64)
    for place in (*(int(h) >> (64 - FILTER) for h in hashes), *(scatter(head, FILTER) for head in heads)):
        bits[place >> 6] |= np.uint64(1 << (place & 63))
    buckets: list[list[int]] = [[] for _ in range(1 << BUCKETS)]
    for number, head in enumerate(heads):
        buckets[scatter(head, BUCKETS)].append(number)
    open_start = [starts.setdefault(term.cut[0], len(starts)) for term in opened]
    phrase_open = [starts.setdefault(t.cut[-1], len(starts)) if t.is_open else -1 for t in several]
    rest = [[int(h) for h in hash_terms(t.cut[1 : -1 if t.is_open else None])] for t in several]
    return Marks(
        filter=bits,
        first_bytes=first_bytes,
        directory=directory,
        keys=keys,
        record=record,
        single=ragged([sorted(single.get(first, ())) for first in first_words]),
        phrase=ragged([phrases.get(first, []) for first in first_words]),
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
