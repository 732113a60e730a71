"""Bytes to words: lower-casing and cutting as ``analyser`` does, 64 bytes at a time, and the hash of each word.

A text's bytes are copied into a buffer in which word characters are lower-cased and everything else is zero, so that
a word is a run of bytes without a zero; where these are is noted, a bit a byte. A word's hash is of 64 bits; words of up
to eight bytes cannot clash. What a hash stands for is ``table``'s business.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.kernel.compiling import inlined, kernel
from pipeline.learning.kernel.words64 import (
    ASCII,
    Word,
    filled64,
    fold64,
    index,
    load64,
    ones,
    store64,
    times,
    trailing_zeros,
    word,
)

Array = NDArray[Any]

PADDING = 128  # bytes of the buffer beyond twice the longest text: loads run past the end of a word
GROWTH = 2  # bytes a byte may become when lower-cased (U+023A takes two, its lower case three)
TURNS = 24  # places in 64 bytes where words begin and end, in most texts at most
CONTEXTUAL = 0xFFFFFFFF  # entry of a character whose lower case is Python's to find
CONTEXTUAL_LETTERS = "\u0130\u03a3"  # one becomes two characters, the other depends on what follows

ZERO: int = Word(0)
HIGH: int = Word(0x8080808080808080)
ONE: int = Word(1)
TWO: int = Word(2)
ALL: int = Word(0xFFFFFFFFFFFFFFFF)
FIRST_HIGH: int = Word(0x80)
# Odd numbers whose bits look random: 2**64 over the golden ratio, and two of the finalisers of Steele et al. 2014.
SPREAD: int = Word(0x9E3779B97F4A7C15)
JOIN: int = Word(0xBF58476D1CE4E5B9)
BEGINNING: int = Word(0x94D049BB133111EB)


class Letters(NamedTuple):
    """What becomes of each code point, in two steps: ``data[pages[c >> 8], c & 255]``.

    Attributes:
        pages: uint16 of shape (0x1100,).
        data: uint32 of shape (number of different pages, 256): the lower-case code point of a word character, 0 for
            any other character, ``CONTEXTUAL``.
    """

    pages: Array
    data: Array


@cache
def letters() -> Letters:
    """The table of the Unicode version that the running Python knows; ``str.lower`` and ``re`` use the same."""
    full = np.zeros(0x110000, np.uint32)
    # Planes 4 to 13 have no characters, 15 and 16 only private ones, 14 none that is a word's; a test looks at all.
    for code in range(0x40000):
        lowered = chr(code).lower()
        if chr(code) in CONTEXTUAL_LETTERS:
            full[code] = CONTEXTUAL
        elif lowered.isalnum() or lowered == "_":
            full[code] = ord(lowered)
    data, pages = np.unique(full.reshape(-1, 256), axis=0, return_inverse=True)
    return Letters(pages.reshape(-1).astype(np.uint16), data)


@inlined
def normalise(source: Any, start: int, stop: int, table: Letters, buffer: Any, masks: Any) -> int:
    """Lower-case ``source[start:stop]`` into the buffer and end it with zeros.

    Args:
        source: uint8, UTF-8 text.
        start: first byte.
        stop: one past the last.
        table: see ``letters``.
        buffer: uint8 scratch, at least ``GROWTH * (stop - start) + PADDING``.
        masks: uint64 scratch, filled with a bit for each byte of the buffer, set where it is a word's, 64 in a number.

    Returns:
        Bytes written, or -1 where a character's lower case is Python's to find.
    """
    start, n = int(start), int(stop) - int(start)
    last = n >> 6
    high = ZERO
    for block in range(last):
        kept, above = fold64(source, start + (block << 6), buffer, block << 6)
        masks[block] = kept
        high |= above
    kept, above = _fold_end(source, start + (last << 6), buffer, last << 6)
    inside = (ONE << (n & 63)) - ONE
    masks[last] = kept & inside
    if (high | (above & inside)) != ZERO:
        n = _lower_unicode(source, start, int(stop), table, buffer, masks)
    if n >= 0:
        store64(buffer, n, ZERO)
    return n


@inlined
def _fold_end(source: Any, place: int, buffer: Any, out: int) -> tuple[int, int]:
    """``fold64`` where the source may end before."""
    if place + 64 <= len(source):
        return fold64(source, place, buffer, out)
    return _fold_last(source, place, buffer, out)


@kernel
def _fold_last(source: Any, place: int, buffer: Any, out: int) -> tuple[int, int]:
    """``fold64`` where the source does end before; what lies beyond it counts as zeros."""
    for i in range(64):
        buffer[out + i] = source[place + i] if place + i < len(source) else 0
    return fold64(buffer, out, buffer, out)


@kernel
def _lower_unicode(source: Any, start: int, stop: int, table: Letters, buffer: Any, masks: Any) -> int:
    """``normalise`` for text with characters of more than one byte: 64 at a time up to the next of these."""
    i, o = start, 0
    while i < stop:
        _, above = _fold_end(source, i, buffer, o)
        plain = min(index(trailing_zeros(above)), stop - i)
        i += plain
        o += plain
        while i < stop and source[i] >= ASCII:
            lead = int(source[i])
            size = _size(lead)
            code = lead & (0x7F >> size)
            for j in range(1, size):
                code = (code << 6) | (int(source[i + j]) & 0x3F)
            i += size
            lowered = int(table.data[table.pages[code >> 8], code & 0xFF])
            if lowered == CONTEXTUAL:
                return -1
            o += _encode(lowered, buffer, o)
    last = o >> 6
    for block in range(last + 1):
        masks[block] = filled64(buffer, block << 6)
    masks[last] = word(masks[last]) & ((ONE << (o & 63)) - ONE)
    return o


@kernel
def _encode(code: int, buffer: Any, o: int) -> int:
    """Write one code point as UTF-8; returns its length. 0, for no word character, is one zero byte."""
    if code < 0x80:
        buffer[o] = code
        return 1
    size = 2 if code < 0x800 else (3 if code < 0x10000 else 4)
    for j in range(size - 1, 0, -1):
        buffer[o + j] = 0x80 | (code & 0x3F)
        code >>= 6
    buffer[o] = ((0xF00 >> size) & 0xFF) | code
    return size


@kernel
def mix(state: int, value: int) -> int:
    """A word's hash so far with its next eight bytes; one-to-one in ``value``."""
    mixed = times(state ^ value, SPREAD)
    return mixed ^ (mixed >> 29)


@kernel
def join(first: int, second: int) -> int:
    """The hash of two neighbours from their hashes; their order matters."""
    mixed = times(first ^ ((second << 23) | (second >> 41)), JOIN)
    return mixed ^ (mixed >> 31)


@inlined
def edges(masks: Any, n: int, found: Any) -> int:
    """Places where runs of bytes that are a word's begin and end, in turn.

    Args:
        masks: what ``normalise`` noted.
        n: the bytes it wrote.
        found: int64 scratch, filled with a run's first byte, one past its last, the next run's first, ...

    Returns:
        How many runs there are.
    """
    count = 0
    carry = ZERO
    for block in range((n >> 6) + 1):
        base = block << 6
        bits = word(masks[block])
        turns = bits ^ (times(bits, TWO) | carry)
        carry = bits >> 63
        after = count + index(ones(turns))
        for step in range(TURNS):  # too many, for a loop whose length no one can foresee costs more than they do
            found[count + step] = base + index(trailing_zeros(turns))
            turns &= turns - ONE
        count += TURNS
        while turns != ZERO:
            found[count] = base + index(trailing_zeros(turns))
            turns &= turns - ONE
            count += 1
        count = after
    return count >> 1


@inlined
def cut(buffer: Any, masks: Any, n: int, prefix: int, places: Any, hashes: Any, begun: Any, starts: Any) -> int:
    """Find the words of a normalised buffer: two characters or more, as ``analyser`` cuts them.

    Args:
        buffer: what ``normalise`` wrote.
        masks: what it noted.
        n: the bytes it wrote.
        prefix: letters of the beginnings, 0 for none.
        places: int64 scratch.
        hashes: uint64 scratch, filled with the words' hashes.
        begun: uint64 scratch, filled with the hashes of their beginnings, 0 where a word is shorter.
        starts: int64 scratch, filled with the place of each word's first byte.

    Returns:
        How many words there are.
    """
    m = 0
    first_letters = ALL >> (64 - (prefix << 3)) if prefix else ZERO
    for run in range(edges(masks, n, places)):
        start = int(places[2 * run])
        length = int(places[2 * run + 1]) - start
        value = load64(buffer, start)
        state = mix(ZERO, value & (ALL >> (64 - (min(length, 8) << 3))))
        longer = mix(state, load64(buffer, start + 8) & ((ONE << (max(length - 8, 0) << 3)) - ONE))
        hashes[m] = longer
        starts[m] = start
        several = 1 if length > 1 else 0
        unusual = (value & FIRST_HIGH) | word(length >> 4)
        if prefix:
            begun[m] = times(mix(ZERO, value & first_letters) ^ BEGINNING, ONE if length >= prefix else ZERO)
            unusual |= value & first_letters & HIGH
        if unusual != ZERO:  # one test for all that is rare: each alone would be guessed wrong more often
            if length >= 16:
                hashes[m] = _long(buffer, start, length, state)
            if prefix and value & first_letters & HIGH:
                begun[m] = _beginning_unicode(buffer, start, prefix)
            if length <= 4 and value & FIRST_HIGH:  # perhaps one character of several bytes
                several = 0 if length == _size(buffer[start]) else 1
        m += several
    return m


@kernel
def _long(buffer: Any, start: int, length: int, state: int) -> int:
    """The hash of a word of sixteen bytes or more, of which eight are in it already."""
    done = 8
    while length - done >= 8:
        state = mix(state, load64(buffer, start + done))
        done += 8
    if done < length:
        state = mix(state, load64(buffer, start + done) & ((ONE << ((length - done) << 3)) - ONE))
    return state


@kernel
def _size(lead: int) -> int:
    """Bytes of a character by its first."""
    return 1 if lead < 0x80 else (2 if lead < 0xE0 else (3 if lead < 0xF0 else 4))


@kernel
def prefix_size(buffer: Any, start: int, letters: int) -> int:
    """Bytes of a word's first letters, 0 where it has fewer."""
    place = start
    for _ in range(letters):
        if buffer[place] == 0:
            return 0
        place += _size(buffer[place])
    return place - start


@kernel
def _beginning_unicode(buffer: Any, start: int, letters: int) -> int:
    """The hash of a word's first letters where these take several bytes each, 0 where it has fewer."""
    size = prefix_size(buffer, start, letters)
    if size == 0:
        return ZERO
    state = mix(ZERO, load64(buffer, start) & (ALL >> (64 - (min(size, 8) << 3))))
    return (_long(buffer, start, size, state) if size > 8 else state) ^ BEGINNING
