"""TF-IDF of terms, fitted for each topic on the paragraphs judged for it.

A topic's vocabulary, document frequencies and weights depend on its own judged paragraphs and its own term list and
on nothing else, so a new topic leaves every other topic as it was. Topics with the same rows and terms share one fit.
Training only; a finished model scores with its own arrays (``model``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import LabelError, RecipeError
from pipeline.learning.analyser import LISTED, WEAK, Analyser
from pipeline.learning.counting import count_terms

Array = NDArray[Any]

NO_TERMS = Lexicon({})


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """What is counted.

    Attributes:
        ngrams: longest run of words that makes a term.
        prefix: letters of the beginnings that count beside longer words, 0 for none.
        listed: whether a topic's listed terms (``labels/lexicon.toml``) are marked for it.
        weak: whether its weak terms are marked as well, as another term.
        min_df: paragraphs a term must occur in.
        sublinear_tf: whether a count c enters as 1 + ln(c).
    """

    ngrams: int = 2
    prefix: int = 0
    listed: bool = False
    weak: bool = False
    min_df: int = 2
    sublinear_tf: bool = True

    def __post_init__(self) -> None:
        if self.min_df < 1:
            raise RecipeError(f"features.min_df: is {self.min_df!r}; must be 1 or more")
        _ = self.analyser(NO_TERMS)

    def analyser(self, lexicon: Lexicon) -> Analyser:
        """How text is cut under these options."""
        strong = lexicon.terms if self.listed else {}
        weak = {f"{key}{WEAK}": terms for key, terms in lexicon.weak.items()} if self.weak else {}
        return Analyser(self.ngrams, self.prefix, {**strong, **weak})


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The terms of all paragraphs, counted once and shared by every fold.

    Attributes:
        terms: v terms that ``min_df`` paragraphs have, sorted; no part of the paragraphs can have others so often.
        matrix: CSR counts of shape (n, v), float64.
    """

    terms: tuple[str, ...]
    matrix: Any

    def open_to(self, key: str) -> Array:
        """Which terms a topic may use, bool of shape (v,): all but the marks of other topics' lists."""
        own = {f"{LISTED}{key}", f"{LISTED}{key}{WEAK}"}
        found = np.ones(len(self.terms), dtype=bool)
        for place in range(bisect_left(self.terms, LISTED), len(self.terms)):
            if not self.terms[place].startswith(LISTED):
                break
            found[place] = self.terms[place] in own
        return found


def count(texts: list[str], options: FeatureOptions, lexicon: Lexicon = NO_TERMS) -> Counts:
    """Count the terms of every text.

    Raises:
        LabelError: no text holds a single word.
        RecipeError: no term occurs in ``min_df`` texts.
    """
    found = count_terms(texts, options.analyser(lexicon), options.min_df)
    if not found.most:
        raise LabelError("the labelled paragraphs hold no words; label paragraphs with text")
    if found.most < options.min_df:
        raise RecipeError(
            f"features.min_df: is {options.min_df}; no term occurs in more than {found.most} of the labelled paragraphs, "
            "lower it"
        )
    return Counts(found.terms, found.matrix)


def weighed(counts: Counts, rows: Array, sublinear_tf: bool) -> Any:  # noqa: FBT001  one of FeatureOptions
    """What a term's count is worth in each of some rows, before idf: CSR of shape (len(rows), v), a copy."""
    found = counts.matrix[rows]
    if sublinear_tf:
        found.data = np.log(found.data) + 1
    return found


def row_scales(weights: Any, idf: Array) -> Array:
    """What makes each row as long as 1 under each topic's idf (0 for a row without terms).

    Args:
        weights: sparse, of shape (n, m), from ``weighed``.
        idf: shape (m, k), zero where a topic does not keep the term.

    Returns:
        Floats of shape (n, k).
    """
    squares = weights.copy()
    squares.data **= 2
    lengths = np.sqrt(squares @ idf**2)
    return np.asarray(np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """TF-IDF as one set of rows sees it.

    Attributes:
        columns: ints of shape (m,), the terms kept, as columns of the counts.
        idf: inverse document frequencies of shape (m,).
        sublinear_tf: as in the options.
    """

    columns: Array
    idf: Array
    sublinear_tf: bool

    def transform(self, counts: Counts, rows: Array) -> Any:
        """CSR of shape (len(rows), m), each row of length 1 (or 0)."""
        found = weighed(counts, rows, self.sublinear_tf)[:, self.columns]
        scales = row_scales(found, self.idf[:, None])[:, 0]
        found.data *= self.idf[found.indices] * np.repeat(scales, np.diff(found.indptr))
        return found


def fit_view(weights: Any, options: FeatureOptions, usable: Array | None = None) -> View:
    """Fit vocabulary and document frequencies on some rows.

    Args:
        weights: the rows to learn from, as ``weighed`` gives them; none, or none that share a term, gives a view
            without terms.
        options: ``min_df`` and ``sublinear_tf`` apply here.
        usable: bool of shape (v,), terms that may be kept; ``None`` for all.
    """
    return fit_views(weights, options, [np.ones(weights.shape[1], dtype=bool) if usable is None else usable])[0]


def fit_views(weights: Any, options: FeatureOptions, usable: Sequence[Array]) -> list[View]:
    """As ``fit_view``, once for each of several choices of terms; equal choices share one view."""
    n, v = weights.shape
    df = np.bincount(weights.indices, minlength=v)  # no zeros are stored
    views: dict[bytes, View] = {}
    for choice in usable:
        if choice.tobytes() not in views:
            columns = np.flatnonzero((df >= options.min_df) & choice)
            # As if one more row had every term, as scikit-learn does it.
            idf = np.log((n + 1) / (df[columns] + 1)) + 1
            views[choice.tobytes()] = View(columns, idf, options.sublinear_tf)
    return [views[choice.tobytes()] for choice in usable]
