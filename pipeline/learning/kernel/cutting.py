"""Bytes to words: lower-casing and cutting as ``analyser`` does, eight bytes at a time, and the hash of each word.

A text's bytes are copied into a buffer in which word characters are lower-cased and everything else is zero, so that
a word is a run of bytes without a zero. Its hash is of 64 bits; words of up to eight bytes cannot clash. What a
hash stands for is ``table``'s business.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.kernel.compiling import kernel
from pipeline.learning.kernel.words64 import Word, index, load64, load_last, store64, times, trailing_zeros

Array = NDArray[Any]

PADDING = 128  # bytes of the buffer beyond twice the longest text: loads run past the end of a word
GROWTH = 2  # bytes a byte may become when lower-cased (U+023A takes two, its lower case three)
CONTEXTUAL = 0xFFFFFFFF  # entry of a character whose lower case is Python's to find
CONTEXTUAL_LETTERS = "\u0130\u03a3"  # one becomes two characters, the other depends on what follows

ZERO: int = Word(0)
LOW: int = Word(0x0101010101010101)
HIGH: int = Word(0x8080808080808080)
CASE: int = Word(0x2020202020202020)
ONE: int = Word(1)
TWO: int = Word(2)
ALL: int = Word(0xFFFFFFFFFFFFFFFF)
FIRST_HIGH: int = Word(0x80)
GATHER: int = Word(0x0102040810204080)  # times a word of ones and zeros a byte: these as the bits of its highest byte
# Added to seven-bit bytes, these set the high bit of those at or above a character.
FROM_A, PAST_Z = (Word(int(LOW) * (0x80 - c)) for c in (ord("a"), ord("z") + 1))
FROM_0, PAST_9 = (Word(int(LOW) * (0x80 - c)) for c in (ord("0"), ord("9") + 1))
FROM_LINE, PAST_LINE = (Word(int(LOW) * (0x80 - c)) for c in (ord("_"), ord("_") + 1))
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


@kernel
def longest_of(offsets: Any, first: int, last: int) -> int:
    """Bytes of the longest of the texts ``first`` to ``last``."""
    longest = 0
    for d in range(first, last):
        longest = max(longest, offsets[d + 1] - offsets[d])
    return longest


@kernel
def zero_bytes(value: int) -> int:
    """The high bit of each zero byte of a word; above the lowest one there may be false ones."""
    return (value - LOW) & ~value & HIGH


@kernel
def lower_ascii(value: int) -> int:
    """Eight seven-bit characters, word characters lower-cased and others zero."""
    folded = value | CASE
    letter = (folded + FROM_A) & ~(folded + PAST_Z) & HIGH
    digit = (value + FROM_0) & ~(value + PAST_9)
    line = (value + FROM_LINE) & ~(value + PAST_LINE)
    kept = (letter | digit | line) & HIGH
    return (value | (letter >> 2)) & ((kept << 1) - (kept >> 7))


@kernel
def normalise(source: Any, start: int, stop: int, table: Letters, buffer: Any) -> int:
    """Lower-case ``source[start:stop]`` into the buffer and end it with zeros.

    Args:
        source: uint8, UTF-8 text.
        start: first byte.
        stop: one past the last.
        table: see ``letters``.
        buffer: uint8 scratch, at least ``GROWTH * (stop - start) + PADDING``.

    Returns:
        Bytes written, or -1 where a character's lower case is Python's to find.
    """
    start, stop = int(start), int(stop)
    n = stop - start
    whole = min(n, len(source) - start - 7)  # an eight-byte load must not run past the end of the source
    seen = ZERO
    steps = max(0, (whole + 7) >> 3)
    for step in range(steps):
        value = load64(source, start + (step << 3))
        seen |= value
        store64(buffer, step << 3, lower_ascii(value))
    if (steps << 3) < n:
        value = load_last(source, start + (steps << 3))
        seen |= value
        store64(buffer, steps << 3, lower_ascii(value))
    if seen & HIGH:  # perhaps a byte of the next text, which costs time and changes nothing
        n = _lower_unicode(source, start, stop, table, buffer)
    if n >= 0:
        store64(buffer, n, ZERO)
    return n


@kernel
def _lower_unicode(source: Any, start: int, stop: int, table: Letters, buffer: Any) -> int:
    """``normalise`` for text with characters of more than one byte: eight at a time up to the next of these."""
    i, o = int(start), 0
    while i < stop:
        value = load64(source, i) if i + 8 <= len(source) else load_last(source, i)
        store64(buffer, o, lower_ascii(value))
        plain = min(index(trailing_zeros(value & HIGH) >> 3), stop - i)
        i += plain
        o += plain
        if plain == 8 or i >= stop:
            continue
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


@kernel
def edges(buffer: Any, n: int, found: Any) -> int:
    """Places where runs of bytes that are not zero begin and end, in turn.

    Args:
        buffer: what ``normalise`` wrote.
        n: the bytes it wrote.
        found: int64 scratch, filled with a run's first byte, one past its last, the next run's first, ...

    Returns:
        How many runs there are.
    """
    count = 0
    carry = ZERO
    for block in range((n >> 6) + 1):
        base = block << 6
        bits = ZERO
        for step in range(8):
            value = load64(buffer, base + (step << 3))
            flags = (((value & ~HIGH) + ~HIGH) | value) & HIGH
            bits |= (times(flags >> 7, GATHER) >> 56) << (step << 3)
        if base + 64 > n:  # what older texts left behind the end
            bits &= (ONE << (n - base)) - ONE
        turns = bits ^ (times(bits, TWO) | carry)
        carry = bits >> 63
        while turns != ZERO:
            found[count] = base + index(trailing_zeros(turns))
            turns &= turns - ONE
            count += 1
    return count >> 1


@kernel
def cut(buffer: Any, n: int, prefix: int, places: Any, hashes: Any, begun: Any, starts: Any) -> int:
    """Find the words of a normalised buffer: two characters or more, as ``analyser`` cuts them.

    Args:
        buffer: what ``normalise`` wrote.
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
    for run in range(edges(buffer, n, places)):
        start = int(places[2 * run])
        length = int(places[2 * run + 1]) - start
        value = load64(buffer, start)
        state = mix(ZERO, value & (ALL >> (64 - (min(length, 8) << 3))))
        if length < 16:
            state = mix(state, load64(buffer, start + 8) & ((ONE << (max(length - 8, 0) << 3)) - ONE))
        else:
            state = _long(buffer, start, length, state)
        hashes[m] = state
        starts[m] = start
        if prefix:
            begun[m] = mix(ZERO, value & first_letters) ^ BEGINNING if length >= prefix else ZERO
            if value & first_letters & HIGH:
                begun[m] = _beginning_unicode(buffer, start, prefix)
        several = 1 if length > 1 else 0
        if value & FIRST_HIGH and length <= 4:  # perhaps one character of several bytes
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
