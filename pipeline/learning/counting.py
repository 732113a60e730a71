"""Terms of many texts counted: plain for few texts, compiled for many; the same counts, cell for cell.

What a term is, is ``analyser``'s business; what a count is worth, ``features``'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.learning.analyser import Analyser, terms
from pipeline.learning.bulk import COMPILED_FROM


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Terms and their counts.

    Attributes:
        terms: v terms that enough texts have, sorted.
        matrix: CSR of shape (n, v), float64 counts, the columns of each row in ascending order.
        most: in how many texts the commonest of all terms occurs, 0 where there is no term.
    """

    terms: tuple[str, ...]
    matrix: Any
    most: int


def count_terms(texts: Sequence[str], analyser: Analyser, min_df: int) -> Counted:
    """Count the terms that occur in at least ``min_df`` texts.

    >>> counted = count_terms(["heroin, heroin", "heroin seized"], Analyser(ngrams=1), 2)
    >>> counted.terms, counted.matrix.toarray().tolist()
    (('heroin',), [[2.0], [1.0]])
    """
    if len(texts) >= COMPILED_FROM:
        try:
            from pipeline.learning.kernel.count import count_bytes  # noqa: PLC0415  # numba, for bulk work only
        except ImportError:  # not installed: slower, and the same
            return _count(texts, analyser, min_df)
        names, cells, most = count_bytes(texts, analyser, min_df)
        return _enough(names, csr_matrix(cells, shape=(len(texts), len(names))), min_df, most)
    return _count(texts, analyser, min_df)


def _count(texts: Sequence[str], analyser: Analyser, min_df: int) -> Counted:
    number: dict[str, int] = {}
    data: list[int] = []
    indices: list[int] = []
    indptr = [0]
    for text in texts:
        counts = Counter(terms(text, analyser))
        indices += [number.setdefault(term, len(number)) for term in counts]
        data += counts.values()
        indptr.append(len(indices))
    cells = np.array(data, np.float64), np.array(indices, np.int32), np.array(indptr)
    matrix = csr_matrix(cells, shape=(len(texts), len(number)))
    names = list(number)
    order = sorted(range(len(names)), key=names.__getitem__)
    matrix = matrix[:, order]
    matrix.sort_indices()  # else a row's cells stand in the order in which its text used them
    return _enough(tuple(names[i] for i in order), matrix, min_df, 0)


def _enough(names: tuple[str, ...], matrix: Any, min_df: int, most: int) -> Counted:
    """Leave out the terms that fewer texts have."""
    df = np.bincount(matrix.indices, minlength=len(names))
    kept = np.flatnonzero(df >= min_df)
    if len(kept) < len(names):
        matrix, names = matrix[:, kept], tuple(names[int(i)] for i in kept)
    return Counted(names, matrix, max(most, int(df.max(initial=0))))
