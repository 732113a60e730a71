"""TF-IDF of terms, fitted for each topic on the paragraphs judged for it.

A topic's vocabulary, document frequencies and weights depend on its own judged paragraphs and on nothing else, so
judging paragraphs for a new topic leaves every other topic as it was. Topics judged on the same rows share one fit.
Training only; a finished model scores with its own arrays (``model``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from pipeline.errors import LabelError, RecipeError
from pipeline.learning.analyser import AnalyserOptions, terms

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """What is counted.

    Attributes:
        ngrams: longest run of words that makes a term.
        min_df: paragraphs a term must occur in.
        sublinear_tf: whether a count c enters as 1 + ln(c).
    """

    ngrams: int = 2
    min_df: int = 2
    sublinear_tf: bool = True

    def __post_init__(self) -> None:
        if self.min_df < 1:
            raise RecipeError(f"features.min_df: is {self.min_df!r}; must be 1 or more")
        _ = self.analyser

    @property
    def analyser(self) -> AnalyserOptions:
        """The part of these options that cutting needs."""
        return AnalyserOptions(self.ngrams)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """All terms of all paragraphs, counted once and shared by every fold.

    Attributes:
        terms: v term texts, sorted.
        matrix: CSR counts of shape (n, v), float64.
    """

    terms: tuple[str, ...]
    matrix: Any


def count(texts: list[str], options: FeatureOptions) -> Counts:
    """Count the terms of every text.

    Raises:
        LabelError: no text holds a single word.
    """
    vectoriser = CountVectorizer(analyzer=partial(terms, options=options.analyser), dtype=np.float64)
    try:
        matrix = vectoriser.fit_transform(texts)
    except ValueError as error:
        raise LabelError("the labelled paragraphs hold no words; label paragraphs with text") from error
    return Counts(tuple(vectoriser.get_feature_names_out()), matrix)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """TF-IDF as one set of rows sees it.

    Attributes:
        columns: ints of shape (m,), the terms kept, as columns of the counts.
        transformer: the fitted scikit-learn transformer over those columns.
    """

    columns: Array
    transformer: TfidfTransformer

    def transform(self, counts: Counts, rows: Array) -> Any:
        """CSR of shape (len(rows), m), each row of length 1 (or 0)."""
        return self.transformer.transform(counts.matrix[rows][:, self.columns])

    @property
    def idf(self) -> Array:
        """Inverse document frequencies of shape (m,)."""
        return np.asarray(self.transformer.idf_)


def fit_view(counts: Counts, rows: Array, options: FeatureOptions) -> View:
    """Fit vocabulary and document frequencies on some rows.

    Args:
        counts: counts of all paragraphs.
        rows: ints, the rows to learn from.
        options: ``min_df`` and ``sublinear_tf`` apply here.
    """
    seen = np.asarray((counts.matrix[rows] > 0).sum(axis=0)).ravel()
    columns = np.flatnonzero(seen >= options.min_df)
    transformer = TfidfTransformer(sublinear_tf=options.sublinear_tf)
    transformer.fit(counts.matrix[rows][:, columns])
    return View(columns, transformer)
