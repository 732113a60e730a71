"""The terms of one text without duplicates: its words, their runs and their beginnings, as hashes with counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.kernel.compiling import kernel
from pipeline.learning.kernel.cutting import GROWTH, PADDING, ZERO, join
from pipeline.learning.kernel.words64 import index, word

Array = NDArray[Any]

RUNS = 4  # terms a word can begin, at most: itself, a pair, three words, a beginning
NUMBER = 0xFFFFFFFF  # of a key, in the low half of a slot; the text's stamp is above it


@kernel
def scratch(longest: int) -> Any:
    """Room for the terms of texts of up to so many bytes.

    Returns:
        ``buffer`` of ``cutting.normalise``; ``places``, ``hashes``, ``begun`` and ``starts`` of ``cutting.cut``;
        ``keys``, ``counts``, ``which``, ``runs`` and ``slots`` of ``distinct``.
    """
    room = GROWTH * longest + PADDING
    most = RUNS * room
    size = 512
    while size < most:
        size *= 2
    return (
        np.zeros(room, np.uint8),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
        np.empty(room, np.int64),
        np.empty(most, np.uint64),
        np.empty(most, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.zeros(size, np.int64),
    )


@kernel
def distinct_words(hashes: Any, begun: Any, m: int, stamp: int, slots: Any, keys: Any, counts: Any, which: Any) -> int:
    """Drop duplicates among the words of a text.

    Distinct hashes go into ``keys``, how often each occurs into ``counts``, the number of each word's key into
    ``which``; beginnings move along in ``begun``. Returns how many keys there are.
    """
    last = len(slots) - 1
    u = 0
    for i in range(m):
        key = word(hashes[i])
        slot = index(key >> 20) & last
        while slots[slot] >= stamp and word(keys[slots[slot] & NUMBER]) != key:
            slot = (slot + 1) & last
        if slots[slot] < stamp:
            slots[slot] = stamp | u
            keys[u] = key
            counts[u] = 1
            begun[u] = begun[i]
            which[i] = u
            u += 1
        else:
            number = slots[slot] & NUMBER
            counts[number] += 1
            which[i] = number
    return u


@kernel
def add(key: int, times_found: int, u: int, stamp: int, slots: Any, keys: Any, counts: Any) -> int:
    """Add a key that may be there already; returns how many keys there are."""
    last = len(slots) - 1
    slot = index(key >> 20) & last
    while slots[slot] >= stamp:
        number = slots[slot] & NUMBER
        if word(keys[number]) == key:
            counts[number] += times_found
            return u
        slot = (slot + 1) & last
    slots[slot] = stamp | u
    keys[u] = key
    counts[u] = times_found
    return u + 1


@kernel
def distinct_runs(
    runs: Any, hashes: Any, m: int, size: int, u: int, stamp: int, slots: Any, keys: Any, counts: Any, which: Any
) -> int:
    """Add the runs of ``size`` words to the keys; ``runs`` has those of one word less and gets these.

    A run with a word that occurs once occurs once itself: no need to look whether it is there.
    """
    for i in range(m - size + 1):
        key = join(word(runs[i]), word(hashes[i + size - 1]))
        runs[i] = key
        if counts[which[i]] == 1 or counts[which[i + size - 1]] == 1:
            keys[u] = key
            counts[u] = 1
            u += 1
        else:
            u = add(key, 1, u, stamp, slots, keys, counts)
    return u


@kernel
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

    Returns:
        How many keys there are: of words, of words and beginnings, of all.
    """
    words_found = distinct_words(hashes, begun, m, stamp, slots, keys, counts, which)
    u = words_found
    if prefix:
        for i in range(words_found):
            if begun[i] != ZERO:
                u = add(word(begun[i]), counts[i], u, stamp, slots, keys, counts)
    with_beginnings = u
    if ngrams > 1:
        for i in range(m):
            runs[i] = hashes[i]
        for size in range(2, ngrams + 1):
            u = distinct_runs(runs, hashes, m, size, u, stamp, slots, keys, counts, which)
    return words_found, with_beginnings, u
