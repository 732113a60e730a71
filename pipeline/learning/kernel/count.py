"""Terms of many texts counted, for training: which terms there are, then how often each occurs in each text.

Two passes over the texts: the first finds the terms that ``min_df`` texts have, the second counts them. The result is
that of counting ``analyser.terms``, cell for cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import LISTED, Analyser
from pipeline.learning.kernel.compiling import compiled, kernel
from pipeline.learning.kernel.cutting import Letters, cut, letters, normalise
from pipeline.learning.kernel.distinct import distinct, scratch
from pipeline.learning.kernel.marks import Marks, build_marks, count_marks, listed_terms
from pipeline.learning.kernel.table import SLOTS, Directory, approach, build_directory, search
from pipeline.learning.kernel.vocabulary import chunks, collect
from pipeline.learning.kernel.words64 import word

Array = NDArray[Any]

COUNT_BITS, COUNT_MASK = 32, 0xFFFFFFFF  # a cell while its row is sorted: column above, count below
DIGIT_BITS = 6  # of a column, by which cells are sorted at a time


class Cells(NamedTuple):
    """Counts of v terms in n texts, as a compressed sparse row matrix holds them.

    Attributes:
        data: float64 of shape (cells,).
        indices: int32 of shape (cells,), columns, in ascending order in each row.
        indptr: int64 of shape (n + 1,), where each row begins.
    """

    data: Array
    indices: Array
    indptr: Array


def count_bytes(texts: Sequence[str], analyser: Analyser, min_df: int) -> tuple[tuple[str, ...], Cells, int]:
    """Count the terms that occur in at least ``min_df`` texts, and the marks of all lists.

    Args:
        texts: n texts.
        analyser: how they are cut.
        min_df: least number of texts.

    Returns:
        The terms, sorted; their counts; in how many texts the commonest term but the marks occurs.
    """
    found = collect(texts, analyser, min_df)
    names = found.terms + [f"{LISTED}{key}" for key in analyser.listed]
    order = sorted(range(len(names)), key=names.__getitem__)
    column = np.empty(len(names), np.int64)
    column[order] = np.arange(len(names))
    cells_of = _second_pass(texts, analyser, found.keys, column, found.cells)
    return tuple(names[i] for i in order), cells_of, found.most


def _second_pass(texts: Sequence[str], analyser: Analyser, keys: Array, column: Array, cells: int) -> Cells:
    """Counts of the terms with these hashes, in their columns, and of the marks of every list after them."""
    directory, row_of = build_directory(keys)
    rows = np.zeros((len(keys) + SLOTS, 1), np.uint64)
    rows[row_of, 0] = keys
    column_of = np.zeros(len(rows), np.int64)
    column_of[row_of] = column[: len(keys)]
    mark_column = column[len(keys) :]
    marks = build_marks(listed_terms(analyser, list(analyser.listed)), len(analyser.listed))
    room = cells + len(texts) * len(analyser.listed)
    indptr, indices, data = np.zeros(len(texts) + 1, np.int64), np.empty(room, np.int32), np.empty(room, np.float64)
    done = used = 0
    for part in chunks(texts):
        n = len(part.offsets) - 1
        work = scratch(part.offsets)
        used = compiled(_fill)(
            part.source,
            part.offsets,
            n,
            letters(),
            analyser.ngrams,
            analyser.prefix,
            directory,
            rows,
            column_of,
            marks,
            mark_column,
            indptr[done + 1 : done + 1 + n],
            indices,
            data,
            used,
            work,
            np.empty(len(work[6]) + marks.lists, np.int64),
            np.empty(len(work[6]) + marks.lists, np.int64),
            np.empty(1 << DIGIT_BITS, np.int64),
            len(column).bit_length(),
            np.zeros(marks.lists, np.int64),
            np.zeros(marks.lists, np.int64),
        )
        done += n
    return Cells(data[:used], indices[:used], indptr)


@kernel
def _sort(cells: Any, n: int, spare: Any, ends: Any, column_bits: int) -> None:
    """Sort a row's ``n`` cells by column, a digit at a time from the lowest up.

    Args:
        cells: int64, the cells.
        n: how many.
        spare: int64 scratch of their size.
        ends: int64 scratch, one for each value of a digit.
        column_bits: bits of the greatest column.
    """
    for shift in range(COUNT_BITS, COUNT_BITS + column_bits, DIGIT_BITS):
        for digit in range(len(ends)):
            ends[digit] = 0
        for i in range(n):
            ends[(cells[i] >> shift) & (len(ends) - 1)] += 1
        for digit in range(1, len(ends)):
            ends[digit] += ends[digit - 1]
        for i in range(n - 1, -1, -1):
            digit = (cells[i] >> shift) & (len(ends) - 1)
            ends[digit] -= 1
            spare[ends[digit]] = cells[i]
        for i in range(n):
            cells[i] = spare[i]


def _fill(
    source: Any,
    offsets: Any,
    n_texts: int,
    table: Letters,
    ngrams: int,
    prefix: int,
    directory: Directory,
    rows: Any,
    column_of: Any,
    marks: Marks,
    mark_column: Any,
    indptr: Any,
    indices: Any,
    data: Any,
    used: int,
    work: Any,
    row_cells: Any,
    spare: Any,
    ends: Any,
    column_bits: int,
    seen: Any,
    marked: Any,
) -> int:
    """Write the counts of some texts; returns how many cells there are now."""
    buffer, masks, places, hashes, begun, starts, found, counts, which, runs, again, slots = work
    for d in range(n_texts):
        n = normalise(source, offsets[d], offsets[d + 1], table, buffer, masks)
        m = cut(buffer, masks, n, prefix, places, hashes, begun, starts)
        _, _, u = distinct(hashes, begun, m, ngrams, prefix, (d + 1) << 32, slots, found, counts, which, runs, again)
        approach(directory.groups, directory.shift, found, u)
        cells = 0
        for i in range(u):
            row = search(directory, rows, word(found[i]))
            if row >= 0:
                row_cells[cells] = column_of[row] << COUNT_BITS | counts[i]
                cells += 1
        if marks.lists and count_marks(buffer, hashes, starts, m, marks, (d + 1) << 32, places, seen, marked):
            for i in range(marks.lists):
                row_cells[cells] = mark_column[i] << COUNT_BITS | marked[i]
                cells += 1 if marked[i] else 0
        _sort(row_cells, cells, spare, ends, column_bits)
        for i in range(cells):
            indices[used] = row_cells[i] >> COUNT_BITS
            data[used] = row_cells[i] & COUNT_MASK
            used += 1
        indptr[d] = used
    return used
