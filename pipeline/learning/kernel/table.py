"""From a 64-bit hash to the row of a term: a directory of groups of eight tags, and rows stored group by group.

A group's eight one-byte tags lie in one 64-bit word and are compared all at once; beside them stands the number of the
group's first row, so that a term's row is that number plus the place of its tag. A tag may lie: the row keeps the
whole hash, which is compared before the row is used. (Groups of tags as in Abseil's "Swiss tables"; the rows are dense.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.learning.kernel.compiling import compiled, inlined, kernel
from pipeline.learning.kernel.cutting import (
    HIGH,
    ONE,
    ZERO,
    Letters,
    cut,
    join,
    letters,
    normalise,
)
from pipeline.learning.kernel.distinct import scratch
from pipeline.learning.kernel.texts import Bytes, to_bytes
from pipeline.learning.kernel.words64 import Word, index, prefetch, times, trailing_zeros, word

Array = NDArray[Any]

SLOTS = 8  # of a group
FILLED = 3.0  # of them, at most, on average: then one group in a hundred is full
TAG = Word(0x7F)
PRESENT = Word(0x80)
LOW: int = Word(0x0101010101010101)


class Directory(NamedTuple):
    """Where the rows of a set of hashes are.

    Attributes:
        groups: uint64 of shape (a power of two, 2): eight tags, 0 where there is none, and the number of the group's
            first row.
        shift: a hash's group is its bits from here up.
    """

    groups: Array
    shift: int


@kernel
def zero_bytes(value: int) -> int:
    """The high bit of each zero byte of a word; above the lowest one there may be false ones."""
    return (value - LOW) & ~value & HIGH


@kernel
def tagged(key: int) -> int:
    """A hash's tag, eight times over."""
    return times((key & TAG) | PRESENT, LOW)


@inlined
def approach(table: Any, shift: int, keys: Any, n: int) -> None:
    """Ask for the rows of a 2-d array that the first ``n`` keys' bits from ``shift`` up stand for, all at once.

    They come while the next is asked for; a loop that also does something with each would wait for most of them.
    """
    for i in range(n):
        prefetch(table, index(word(keys[i]) >> shift))


@kernel
def search(directory: Directory, keys: Any, key: int) -> int:
    """The row whose key is ``key``, or -1; ``keys`` is uint64 of shape (rows, any), the key in its first column."""
    last = len(directory.groups) - 1
    group = index(key >> directory.shift)
    while True:
        tags = word(directory.groups[group, 0])
        same = zero_bytes(tags ^ tagged(key))
        first = index(word(directory.groups[group, 1]))
        while same != ZERO:
            row = first + index(trailing_zeros(same) >> 3)
            if row < len(keys) and word(keys[row, 0]) == key:
                return row
            same &= same - ONE
        if ~tags & HIGH:
            return -1
        group = (group + 1) & last


def _place(keys: Any, shift: int, filled: Any, group_of: Any, slot_of: Any) -> None:
    """Give every key a group, the next one where its own is full, and a slot in it."""
    last = len(filled) - 1
    for i in range(len(keys)):
        group = index(word(keys[i]) >> shift)
        while filled[group] == 8:
            group = (group + 1) & last
        group_of[i] = group
        slot_of[i] = filled[group]
        filled[group] += 1


def build_directory(keys: Array) -> tuple[Directory, Array]:
    """A directory of hashes that are all different.

    Args:
        keys: uint64 of shape (v,).

    Returns:
        The directory, and the row of each key, ints of shape (v,).
    """
    bits = max(1, int(np.ceil(np.log2(max(len(keys), 1) / FILLED))))
    shift = 64 - bits
    filled = np.zeros(1 << bits, np.int64)
    group_of, slot_of = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    compiled(_place)(keys, shift, filled, group_of, slot_of)
    first = np.cumsum(filled) - filled
    groups = np.zeros((1 << bits, 2), np.uint64)
    tags = ((keys & np.uint64(TAG)) | np.uint64(PRESENT)) << (slot_of * 8).astype(np.uint64)
    np.bitwise_or.at(groups[:, 0], group_of, tags)
    groups[:, 1] = first
    return Directory(groups, shift), first[group_of] + slot_of


def _hash(source: Any, offsets: Any, table: Letters, prefix: Any, keys: Any, work: Any) -> None:
    """The hash of each term: of its words joined or, where ``prefix`` has its letters, of a beginning."""
    buffer, masks, places, hashes, begun, starts, _, _, _, _, _, _ = work
    for d in range(len(keys)):
        n = normalise(source, offsets[d], offsets[d + 1], table, buffer, masks)
        m = cut(buffer, masks, n, int(prefix[d]), places, hashes, begun, starts)
        key = word(begun[0]) if prefix[d] else word(hashes[0])
        for i in range(1, m):
            key = join(key, word(hashes[i]))
        keys[d] = key


def hash_terms(terms: Sequence[str]) -> Array:
    """Hashes of terms as the kernel finds them in a text, uint64 of shape (v,).

    Args:
        terms: words, runs of words divided by a space, or beginnings that end with "*".
    """
    bare = [term.removesuffix("*") for term in terms]
    prefix = np.array([len(b) if b != term else 0 for b, term in zip(bare, terms, strict=True)], np.int64)
    texts: Bytes = to_bytes(bare)
    keys = np.zeros(len(terms), np.uint64)
    compiled(_hash)(texts.source, texts.offsets, letters(), prefix, keys, scratch(texts.offsets))
    return keys


def require_distinct(keys: Array, terms: Sequence[str]) -> None:
    """Check that no two terms have one hash.

    Raises:
        ModelError: two have; names them.
    """
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if len(twice):
        a, b = (terms[int(order[twice[0] + i])] for i in (0, 1))
        raise ModelError(f"terms {a!r} and {b!r} have one hash; tag without the compiled scorer, and report the two")
