"""Two models on the same texts: which tags changed, and the terms that changed them.

Answers are handed in, so that they may be out of fold; the terms always come from the two models as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.evidence import explain
from pipeline.learning.model import Model

Array = NDArray[Any]

TERMS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One topic of one text that one model tags and the other does not.

    Attributes:
        row: of the texts.
        topic: the topic's key.
        has: whether the text is judged to have it; ``None`` where nobody judged.
        before: probability by the first model.
        after: probability by the second.
        tagged: whether the second tags it.
    """

    row: int
    topic: str
    has: bool | None
    before: float
    after: float
    tagged: bool

    @property
    def kind(self) -> str:
        """What the second model did: "mended" or "broken", or "not judged"."""
        return "not judged" if self.has is None else "mended" if self.tagged == self.has else "broken"


@dataclass(frozen=True, slots=True)
class Shift:
    """A term and what it adds to a score in each of two models."""

    term: str
    before: float
    after: float


def changes(
    keys: tuple[str, ...], P: tuple[Array, Array], T: tuple[Array, Array], Y: Array, known: Array
) -> list[Change]:
    """Every cell that the two tag otherwise, the greatest difference of probability first.

    Args:
        keys: k topics.
        P: probabilities of the first and the second, float (n, k) each.
        T: their tags, bool (n, k) each.
        Y: judgements, bool (n, k).
        known: whether judged, bool (n, k).
    """
    found = [
        Change(
            int(i),
            keys[j],
            bool(Y[i, j]) if known[i, j] else None,
            float(P[0][i, j]),
            float(P[1][i, j]),
            bool(T[1][i, j]),
        )
        for i, j in zip(*np.nonzero(T[0] != T[1]), strict=True)
    ]
    return sorted(found, key=lambda change: (-abs(change.after - change.before), change.row, change.topic))


def shifts(models: tuple[Model, Model], text: str, topic: str, number: int = TERMS_SHOWN) -> list[Shift]:
    """The terms of a text whose share in a topic's score differs most between two models."""
    shares: tuple[dict[str, float], dict[str, float]] = (defaultdict(float), defaultdict(float))
    for model, share in zip(models, shares, strict=True):
        for contribution in explain(model, text, model.codebook.keys.index(topic)):
            share[contribution.term] += contribution.weight
    terms = sorted(set(shares[0]) | set(shares[1]), key=lambda term: (-abs(shares[1][term] - shares[0][term]), term))
    return [Shift(term, shares[0][term], shares[1][term]) for term in terms[:number]]


def tally(found: Sequence[Change], keys: tuple[str, ...]) -> dict[str, Counter[str]]:
    """How many changes of each kind every topic has."""
    return {key: Counter(change.kind for change in found if change.topic == key) for key in keys}
