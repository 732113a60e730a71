"""A trained model: arrays that nobody changes, and the way from texts to scores, probabilities and tags.

Needs numpy only. Where a model is stored is ``persist``'s business; which words earned a score is ``evidence``'s.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.codebook import Codebook
from pipeline.errors import InputError
from pipeline.files import canonical_json
from pipeline.learning import decision
from pipeline.learning.analyser import Analyser, terms

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """k linear classifiers over v terms, with their calibration and thresholds.

    Attributes:
        name: the recipe's name.
        version: version of the package that trained it.
        codebook: the topics; column j of every array is ``codebook.keys[j]``.
        analyser: how text is cut.
        sublinear_tf: whether a count c enters as 1 + ln(c).
        terms: v terms, sorted.
        idf: float64 (k, v), each topic's inverse document frequencies, 0 for terms outside its vocabulary.
        coef: float64 (k, v), each topic's weights.
        intercept: float64 (k,).
        slope: float64 (k,), Platt's slope.
        offset: float64 (k,), Platt's offset.
        thresholds: float64 (k,), least probability that is a tag.
        review: float64 (k,), least probability that is left for review and is no "no"; the thresholds where none is.
        facts: what else is kept with a model (recipe, dataset, lexicon, metrics), plain JSON values.
        index: term -> column; derived.
        sha256: hex SHA-256 over everything that decides a tag (codebook, cutting, terms, numbers); derived, once,
            since every record of a tagged paragraph carries it.
    """

    name: str
    version: str
    codebook: Codebook
    analyser: Analyser
    sublinear_tf: bool
    terms: tuple[str, ...]
    idf: Array
    coef: Array
    intercept: Array
    slope: Array
    offset: Array
    thresholds: Array
    review: Array
    facts: dict[str, Any]
    index: dict[str, int] = field(init=False, repr=False)
    sha256: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {term: column for column, term in enumerate(self.terms)})
        for array in self.arrays.values():
            array.flags.writeable = False
        object.__setattr__(self, "sha256", self._hash())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled to a worker, a model is built anew there: its arrays stay read-only."""
        return Model, tuple(getattr(self, f.name) for f in fields(self) if f.init)

    @property
    def arrays(self) -> dict[str, Array]:
        """The numbers by name, as they are stored."""
        names = ("idf", "coef", "intercept", "slope", "offset", "thresholds", "review")
        return {name: getattr(self, name) for name in names}

    @property
    def cutting(self) -> dict[str, Any]:
        """How text is cut and counted, as it is stored."""
        listed = {key: list(terms) for key, terms in self.analyser.listed.items()}
        return {
            "ngrams": self.analyser.ngrams,
            "prefix": self.analyser.prefix,
            "listed": listed,
            "sublinear_tf": self.sublinear_tf,
        }

    def _hash(self) -> str:
        digest = hashlib.sha256(canonical_json([self.codebook.to_dict(), self.cutting]).encode())
        digest.update("\n".join(self.terms).encode())
        for name, array in sorted(self.arrays.items()):
            digest.update(f"{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return digest.hexdigest()

    def term_weights(self, text: str) -> tuple[Array, Array]:
        """The terms of one text that the model knows, and their term frequencies after damping.

        Returns:
            Columns (m,) in ascending order, and weights (m,): counts c, or 1 + ln(c).
        """
        counts = Counter(column for term in terms(text, self.analyser) if (column := self.index.get(term)) is not None)
        columns = np.array(sorted(counts), dtype=np.int64)
        weight = np.array([counts[int(c)] for c in columns], dtype=np.float64)
        return columns, 1.0 + np.log(weight) if self.sublinear_tf and len(weight) else weight

    def scores(self, texts: Sequence[str]) -> Array:
        """Log-odds before calibration, float64 of shape (n, k).

        Raises:
            InputError: a single text was given, which is a sequence of letters too.
        """
        if isinstance(texts, str):
            raise InputError("a list of texts is needed, one text was given; put it in brackets: [text]")
        S = np.tile(self.intercept, (len(texts), 1))
        for i, text in enumerate(texts):
            columns, weight = self.term_weights(text)
            if len(columns):
                tfidf = weight * self.idf[:, columns]
                length = np.sqrt(np.sum(tfidf**2, axis=1))
                total = np.sum(tfidf * self.coef[:, columns], axis=1)
                S[i] += np.divide(total, length, out=np.zeros_like(total), where=length > 0)
        return S

    def probabilities(self, texts: Sequence[str]) -> Array:
        """Calibrated probabilities, float64 of shape (n, k)."""
        return decision.probabilities(self.scores(texts), self.slope, self.offset)

    def decide(self, texts: Sequence[str]) -> Array:
        """Tags, bool of shape (n, k)."""
        return decision.decide(self.probabilities(texts), self.thresholds)

    def strongest(self, topic: int, number: int) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """The terms with the greatest weights for a topic and those with the greatest against it.

        Returns:
            Two lists of (term, coefficient), strongest first.
        """
        order = np.argsort(self.coef[topic], kind="stable")
        pairs = [(self.terms[int(i)], float(self.coef[topic, i])) for i in order]
        return [p for p in pairs[::-1][:number] if p[1] > 0], [p for p in pairs[:number] if p[1] < 0]


def is_finite(model: Model) -> bool:
    """Whether every number of a model is a finite number."""
    return all(bool(np.isfinite(array).all()) for array in model.arrays.values())
