"""The first pass of counting: which terms enough texts have, and their hashes.

A table of slots holds a hash and the number of its texts for every term there is, and doubles when it is full; the term
itself is written down when it has reached enough texts, so that the rare ones, which are most, take no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import Analyser
from pipeline.learning.kernel.compiling import compiled, kernel
from pipeline.learning.kernel.cutting import (
    CONTEXTUAL_LETTERS,
    GROWTH,
    ZERO,
    Letters,
    cut,
    join,
    letters,
    normalise,
    prefix_size,
)
from pipeline.learning.kernel.distinct import RUNS, distinct, scratch
from pipeline.learning.kernel.table import approach
from pipeline.learning.kernel.texts import Bytes, to_bytes
from pipeline.learning.kernel.words64 import index, word

Array = NDArray[Any]

CHUNK = 2000  # texts made into bytes and counted at a time
SMALLEST = 16  # bits of the number of slots at first
FULL = 0.6  # share of slots in use at which their number doubles
KEY, DF = 0, 1  # columns of the table: a term's hash and the number of its texts, 0 where no term is
SPACE, STAR, END = ord(" "), ord("*"), ord("\n")
LONGEST_RUN = 3


class Vocabulary(NamedTuple):
    """The terms that enough texts have.

    Attributes:
        terms: in the order in which enough texts had them.
        keys: their hashes, uint64 of shape (v,).
        most: in how many texts the commonest occurs.
        cells: in how many texts each occurs, summed.
    """

    terms: list[str]
    keys: Array
    most: int
    cells: int


def chunks(texts: Sequence[str]) -> Iterator[Bytes]:
    """Texts as bytes, so many at a time; where the lower case is Python's to find, it is found here."""
    for first in range(0, len(texts), CHUNK):
        part = texts[first : first + CHUNK]
        yield to_bytes([t.lower() if not t.isascii() and any(c in t for c in CONTEXTUAL_LETTERS) else t for t in part])


def collect(texts: Sequence[str], analyser: Analyser, min_df: int) -> Vocabulary:
    """The terms, but for the marks of lists, that at least ``min_df`` texts have."""
    table = np.zeros((1 << SMALLEST, 2), np.uint64)
    used, names, found = 0, [], []
    for data in chunks(texts):
        start, stop = 0, len(data.offsets) - 1
        size_of_all = int(data.offsets[-1] - data.offsets[0])
        kept = np.empty(RUNS * (size_of_all // 2 + stop), np.uint64)  # a word has two bytes or more
        # Each byte stands in a word, two pairs, three runs of three and a beginning; ends and stars come to it.
        written = np.empty(7 * GROWTH * size_of_all + 2 * len(kept), np.uint8)
        while start < stop:
            start, used, n_bytes, n_kept = compiled(_collect)(
                data.source,
                data.offsets,
                start,
                stop,
                letters(),
                analyser.ngrams,
                analyser.prefix,
                table,
                _shift(table),
                used,
                int(FULL * len(table)),
                min_df,
                written,
                kept,
                scratch(data.offsets),
            )
            names += bytes(written[:n_bytes]).decode().split("\n")[:-1]
            found.append(kept[:n_kept].copy())
            if start < stop:
                grown = np.zeros((2 * len(table), 2), np.uint64)
                compiled(_move)(table, grown, _shift(grown))
                table = grown
    df = table[:, DF].astype(np.int64)
    enough = df >= min_df
    hashes = np.concatenate([np.empty(0, np.uint64), *found])
    return Vocabulary(names, hashes, int(df.max(initial=0)), int(df[enough].sum()))


def _shift(table: Array) -> int:
    """How far a hash is shifted right for the first slot of its key."""
    return 65 - len(table).bit_length()


@kernel
def _slot(table: Any, shift: int, key: int) -> int:
    """The slot of a key in a table of slots, or the free one it would take."""
    last = len(table) - 1
    slot = index(key >> shift)
    while word(table[word(slot), KEY]) != key and word(table[word(slot), DF]) != ZERO:
        slot = (slot + 1) & last
    return slot


def _collect(
    source: Any,
    offsets: Any,
    first: int,
    last: int,
    lower: Letters,
    ngrams: int,
    prefix: int,
    table: Any,
    shift: int,
    used: int,
    limit: int,
    min_df: int,
    written: Any,
    kept: Any,
    work: Any,
) -> tuple[int, int, int, int]:
    """Count in how many texts each term occurs, until the next text's might not fit into the table.

    Returns:
        The text to go on with, slots in use, bytes written of terms that ``min_df`` texts had by now, and how many.
    """
    buffer, masks, places, hashes, begun, starts, found, counts, which, runs, again, slots = work
    n_bytes = n_kept = 0
    d = first
    while d < last and used + RUNS * ((offsets[d + 1] - offsets[d]) // 2 + 1) < limit:
        n = normalise(source, offsets[d], offsets[d + 1], lower, buffer, masks)
        m = cut(buffer, masks, n, prefix, places, hashes, begun, starts)
        words_found, with_beginnings, u = distinct(
            hashes, begun, m, ngrams, prefix, (d - first + 1) << 32, slots, found, counts, which, runs, again
        )
        approach(table, shift, found, u)
        for i in range(u):
            key = word(found[i])
            slot = word(_slot(table, shift, key))
            df = index(word(table[slot, DF])) + 1
            used += 1 if df == 1 else 0
            table[slot, KEY] = key
            table[slot, DF] = df
            if df == min_df:
                kept[n_kept] = key
                n_kept += 1
                if words_found <= i < with_beginnings:
                    n_bytes = _write_beginning(buffer, begun, starts, m, which, prefix, key, written, n_bytes)
                else:
                    n_bytes = _write_run(buffer, hashes, starts, m, key, written, n_bytes)
        d += 1
    return d, used, n_bytes, n_kept


@kernel
def _write_beginning(
    buffer: Any, begun: Any, starts: Any, m: int, which: Any, prefix: int, key: int, written: Any, o: int
) -> int:
    """Write the beginning of a word that has a hash, and the end of a line; returns where the next one goes."""
    number = 0
    while word(begun[number]) != key:
        number += 1
    i = 0
    while which[i] != number and i < m:
        i += 1
    for p in range(starts[i], starts[i] + prefix_size(buffer, starts[i], prefix)):
        written[o] = buffer[p]
        o += 1
    written[o] = STAR
    written[o + 1] = END
    return o + 2


@kernel
def _write_run(buffer: Any, hashes: Any, starts: Any, m: int, key: int, written: Any, o: int) -> int:
    """The same for a word or a run of words."""
    for i in range(m):
        run, size = word(hashes[i]), 1
        while run != key and size < LONGEST_RUN and i + size < m:
            run = join(run, word(hashes[i + size]))
            size += 1
        if run == key:
            for j in range(i, i + size):
                p = starts[j]
                while buffer[p] != 0:
                    written[o] = buffer[p]
                    o += 1
                    p += 1
                written[o] = SPACE
                o += 1
            written[o - 1] = END
            break
    return o


def _move(table: Any, grown: Any, shift: int) -> None:
    """Bring a table of slots into a bigger one."""
    for i in range(len(table)):
        if word(table[i, DF]) != ZERO:
            slot = _slot(grown, shift, word(table[i, KEY]))
            grown[slot, KEY] = table[i, KEY]
            grown[slot, DF] = table[i, DF]
