"""Arithmetic on 64-bit words that plain Python and compiled code must do alike.

Plain Python's integers are unbounded, a processor's wrap; an eight-byte load is one instruction there and none here.
The few operations in which that shows are these functions: each has a Python body here, which tests run, and a compiled
one in ``intrinsics``, which numba takes instead. Everything else in the kernel is ordinary code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

WORD = (1 << 64) - 1
LANES = 8  # numbers that are summed at once
ASCII = 0x80  # bytes from here on are no ASCII


class Word(int):
    """A constant that compiled code takes for an unsigned 64-bit word, however small it is."""

    __slots__ = ()


def load64(buffer: Any, place: int) -> int:
    """Eight bytes of a uint8 array from ``place`` on, least significant first; they must lie inside the array."""
    return int.from_bytes(bytes(buffer[place : place + 8]), "little")


def store64(buffer: Any, place: int, word: int) -> None:
    """Write eight bytes into a uint8 array."""
    buffer[place : place + 8] = np.frombuffer((word & WORD).to_bytes(8, "little"), np.uint8)


def fold64(source: Any, place: int, buffer: Any, out: int) -> tuple[int, int]:
    """Copy 64 bytes, ASCII word characters lower-cased and all other bytes zero.

    Args:
        source: uint8; the bytes from ``place`` on must lie inside.
        place: the first of them.
        buffer: uint8, where they go; it may be the source.
        out: the place there.

    Returns:
        Which bytes are ASCII word characters and which are no ASCII, the first byte in the lowest bit of both words.
    """
    kept = high = 0
    for i in range(64):
        byte = int(source[place + i])
        character = chr(byte).lower() if byte < ASCII else "\0"
        is_kept = character.isalnum() or character == "_"
        buffer[out + i] = ord(character) if is_kept else 0
        kept |= is_kept << i
        high |= (byte >= ASCII) << i
    return kept, high


def filled64(buffer: Any, place: int) -> int:
    """Which of 64 bytes of a uint8 array are not zero, the first in the lowest bit; they must lie inside the array."""
    return sum((1 << i) for i in range(64) if buffer[place + i])


def times(a: int, b: int) -> int:
    """The product modulo 2**64.

    >>> times(1 << 63, 3) == 1 << 63
    True
    """
    return (int(a) * int(b)) & WORD


def word(value: Any) -> int:
    """An element of an array of words as a word."""
    return int(value)


def index(value: int) -> int:
    """A word as a signed number that can index."""
    return int(value)


def trailing_zeros(value: int) -> int:
    """Zero bits below the lowest one bit, 64 where there is none, as a word.

    >>> trailing_zeros(0b1000), trailing_zeros(0)
    (3, 64)
    """
    return (value & -value).bit_length() - 1 if value else 64


def ones(value: int) -> int:
    """How many bits of a word are one, as a word.

    >>> ones(0b1011)
    3
    """
    return int(value).bit_count()


def add_row(sums: Any, part: int, table: Any, row: int, weight: float) -> None:
    """Add the first eight columns of a row to those of ``sums[part]``, weighted, column 1 with the weight's square.

    Column 0 is left out, or filled with what means nothing.

    Args:
        sums: float64 of shape (parts, LANES).
        part: a row of it.
        table: float64 of shape (rows, LANES or more).
        row: a row of it.
        weight: the weight.
    """
    sums[part, 1] += weight * weight * table[row, 1]
    for column in range(2, LANES):
        sums[part, column] += weight * table[row, column]


def prefetch(table: Any, row: int) -> None:
    """Ask the processor to bring the row of a 2-d array near; does nothing else."""
