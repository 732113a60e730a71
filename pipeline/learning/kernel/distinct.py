"""The terms of one text without duplicates: its words, their runs and their beginnings, as hashes with counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.kernel.compiling import inlined
from pipeline.learning.kernel.cutting import GROWTH, PADDING, ZERO, join
from pipeline.learning.kernel.words64 import index, word

Array = NDArray[Any]

RUNS = 4  # terms a word can begin, at most: itself, a pair, three words, a beginning
SMALLEST = 1024  # slots a text's terms are spread over at least
NUMBER = 0xFFFFFFFF  # of a key, in the low half of a slot; the text's stamp is above it


def scratch(offsets: Array) -> tuple[Array, ...]:
    """Room for the terms of any one of some texts.

    Args:
        offsets: int64 of shape (n + 1,), where each text begins and the last ends.

    Returns:
        ``buffer`` and ``masks`` of ``cutting.normalise``; ``places``, ``hashes``, ``begun`` and ``starts`` of
        ``cutting.cut``; ``keys``, ``counts``, ``which``, ``runs``, ``again`` and ``slots`` of ``distinct``.
    """
    room = GROWTH * int(np.diff(offsets).max(initial=0)) + PADDING
    most = RUNS * room
    size = SMALLEST
    while size < most:
        size *= 2
    return (
        np.zeros(room, np.uint8),
        np.empty(room, np.uint64),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
        np.empty(room, np.int64),
        np.empty(most, np.uint64),
        np.empty(most, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
        np.zeros(size, np.int64),
    )


@inlined
def add(key: int, times_found: int, u: int, stamp: int, slots: Any, last: int, keys: Any, counts: Any) -> int:
    """Add a key, of ``u`` so far, that may be there already; returns its number.

    Whether it is decides nothing that a processor would have to guess, unless another key has its slot.
    """
    keys[u] = key
    counts[u] = 0
    slot = index(key >> 20) & last
    held = slots[word(slot)]
    number = held & NUMBER if held >= stamp else u
    while word(keys[word(number)]) != key:
        slot = (slot + 1) & last
        held = slots[word(slot)]
        number = held & NUMBER if held >= stamp else u
    slots[word(slot)] = stamp | number
    counts[word(number)] += times_found
    return int(number)


@inlined
def distinct_words(
    hashes: Any, begun: Any, m: int, stamp: int, slots: Any, last: int, keys: Any, counts: Any, which: Any
) -> int:
    """Drop duplicates among the words of a text.

    Distinct hashes go into ``keys``, how often each occurs into ``counts``, the number of each word's key into
    ``which``; beginnings move along in ``begun``. Returns how many keys there are.
    """
    u = 0
    for i in range(m):
        begun[u] = begun[i]
        number = add(word(hashes[i]), 1, u, stamp, slots, last, keys, counts)
        which[i] = number
        u += 1 if number == u else 0
    return u


@inlined
def distinct_runs(
    runs: Any,
    hashes: Any,
    m: int,
    size: int,
    u: int,
    stamp: int,
    slots: Any,
    last: int,
    keys: Any,
    counts: Any,
    which: Any,
    again: Any,
) -> int:
    """Add the runs of ``size`` words to the keys; ``runs`` has those of one word less and gets these.

    A run with a word that occurs once occurs once itself: no need to look whether it is there.
    """
    doubtful = 0
    for i in range(m - size + 1):
        key = join(word(runs[i]), word(hashes[i + size - 1]))
        runs[i] = key
        keys[u] = key
        counts[u] = 1
        again[doubtful] = key
        once = 1 if min(counts[word(which[i])], counts[word(which[i + size - 1])]) == 1 else 0
        u += once
        doubtful += 1 - once
    for i in range(doubtful):
        u += 1 if add(word(again[i]), 1, u, stamp, slots, last, keys, counts) == u else 0
    return u


@inlined
def distinct(
    hashes: Any,
    begun: Any,
    m: int,
    ngrams: int,
    prefix: int,
    stamp: int,
    slots: Any,
    keys: Any,
    counts: Any,
    which: Any,
    runs: Any,
    again: Any,
) -> tuple[int, int, int]:
    """The distinct terms of a text that was cut: words first, then beginnings, then runs.

    Args:
        hashes: the words' hashes, see ``cutting.cut``.
        begun: the hashes of their beginnings; those of the distinct words move to the front.
        m: how many words there are.
        ngrams: longest run.
        prefix: letters of the beginnings, 0 for none.
        stamp: the text's number, from 1, times 2**32.
        slots: int64, a power of two of them and more than there are terms, zero before the first text.
        keys: uint64, filled with the hashes.
        counts: int64, filled with how often each occurs.
        which: int64, filled with the number of each word's key.
        runs: uint64 scratch.
        again: uint64 scratch.

    Returns:
        How many keys there are: of words, of words and beginnings, of all.
    """
    size = SMALLEST
    while size < RUNS * m:
        size *= 2
    last = size - 1
    words_found = distinct_words(hashes, begun, m, stamp, slots, last, keys, counts, which)
    u = words_found
    if prefix:
        n_begun = 0
        for i in range(words_found):
            again[n_begun] = begun[i]
            runs[n_begun] = counts[i]
            n_begun += 1 if word(begun[i]) != ZERO else 0
        for i in range(n_begun):
            u += 1 if add(word(again[i]), index(word(runs[i])), u, stamp, slots, last, keys, counts) == u else 0
    with_beginnings = u
    if ngrams > 1:
        for i in range(m):
            runs[i] = hashes[i]
        for length in range(2, ngrams + 1):
            u = distinct_runs(runs, hashes, m, length, u, stamp, slots, last, keys, counts, which, again)
    return words_found, with_beginnings, u
