"""Arithmetic on 64-bit words that plain Python and compiled code must do alike.

Plain Python's integers are unbounded, a processor's wrap; an eight-byte load is one instruction there and none here.
The few operations in which that shows are these functions: each has a Python body here, which tests run, and a compiled
one in ``intrinsics``, which numba takes instead. Everything else in the kernel is ordinary code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

WORD = (1 << 64) - 1


class Word(int):
    """A constant that compiled code takes for an unsigned 64-bit word, however small it is."""

    __slots__ = ()


def load64(buffer: Any, place: int) -> int:
    """Eight bytes of a uint8 array from ``place`` on, least significant first; they must lie inside the array."""
    return int.from_bytes(bytes(buffer[place : place + 8]), "little")


def load_last(buffer: Any, place: int) -> int:
    """The same near the end of an array: what lies beyond it counts as zero."""
    value = 0
    for i in range(min(8, len(buffer) - place) - 1, -1, -1):
        value = value << 8 | int(buffer[place + i])
    return value


def store64(buffer: Any, place: int, word: int) -> None:
    """Write eight bytes into a uint8 array."""
    buffer[place : place + 8] = np.frombuffer((word & WORD).to_bytes(8, "little"), np.uint8)


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


def prefetch(table: Any, row: int) -> None:
    """Ask the processor to bring the row of a 2-d array near; does nothing else."""
