"""TF-IDF of terms, fitted for each topic on the paragraphs judged for it.

A topic's vocabulary, document frequencies and weights depend on its own judged paragraphs and its own term list and
on nothing else, so a new topic leaves every other topic as it was. Topics with the same rows and terms share one fit.
Training only; a finished model scores with its own arrays (``model``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer

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
        return np.array([not term.startswith(LISTED) or term in own for term in self.terms], dtype=bool)


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


def _paragraphs_with(matrix: Any) -> Array:
    """In how many rows each term occurs, ints of shape (v,); a CSR of counts stores no zeros."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """TF-IDF as one set of rows sees it.

    Attributes:
        columns: ints of shape (m,), the terms kept, as columns of the counts.
        transformer: the fitted scikit-learn transformer over those columns; ``None`` where no term was kept, as
            scikit-learn refuses a matrix without columns.
    """

    columns: Array
    transformer: TfidfTransformer | None

    def transform(self, counts: Counts, rows: Array) -> Any:
        """CSR of shape (len(rows), m), each row of length 1 (or 0)."""
        if self.transformer is None:
            return csr_matrix((len(rows), 0))
        return self.transformer.transform(counts.matrix[rows][:, self.columns])

    @property
    def idf(self) -> Array:
        """Inverse document frequencies of shape (m,)."""
        return np.empty(0) if self.transformer is None else np.asarray(self.transformer.idf_)


def fit_view(counts: Counts, rows: Array, options: FeatureOptions, usable: Array | None = None) -> View:
    """Fit vocabulary and document frequencies on some rows.

    Args:
        counts: counts of all paragraphs.
        rows: ints, the rows to learn from; none, or none that share a term, gives a view without terms.
        options: ``min_df`` and ``sublinear_tf`` apply here.
        usable: bool of shape (v,), terms that may be kept; ``None`` for all.
    """
    kept = _paragraphs_with(counts.matrix[rows]) >= options.min_df
    columns = np.flatnonzero(kept if usable is None else kept & usable)
    if not len(columns):
        return View(columns, None)
    transformer = TfidfTransformer(sublinear_tf=options.sublinear_tf)
    transformer.fit(counts.matrix[rows][:, columns])
    return View(columns, transformer)
