"""Two recipes or models on the same texts: which tags changed, the terms that changed them, and what it is worth.

Tags of two recipes are out of fold; those of two models are what the models say. The terms always come from the two
models as they are, so that behind a tag out of fold stands a model that has seen its paragraph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.intervals import Interval
from pipeline.learning import bulk
from pipeline.learning.decision import decide
from pipeline.learning.evaluation import MODEL, Answers
from pipeline.learning.evidence import explain
from pipeline.learning.model import Model
from pipeline.learning.randomisation import chance_of
from pipeline.learning.summary import paired
from pipeline.learning.training import Evaluation, fit

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


@dataclass(frozen=True, slots=True)
class Told:
    """A change, with what a person needs to judge it.

    Attributes:
        change: the change.
        place: id of the paragraph and where its label stands, or the line of a file.
        text: the text.
        terms: those whose share of the score differs most.
    """

    change: Change
    place: str
    text: str
    terms: tuple[Shift, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """n texts to compare two models on; k topics.

    Attributes:
        name: what they are.
        texts: n texts.
        places: n times where each stands.
        Y: judgements, bool (n, k).
        known: whether judged, bool (n, k).
        groups: ints (n,) from 0, what intervals are bootstrapped over.
    """

    name: str
    texts: tuple[str, ...]
    places: tuple[str, ...]
    Y: Array
    known: Array
    groups: Array


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What became of two on the same texts.

    Attributes:
        on: name of the texts.
        keys: k topics.
        texts: how many there are.
        changes: every tag that changed, the greatest difference of probability first.
        told: the first of them.
        differences: figures of the second minus the first by (topic, figure), see ``summary.FIGURES``; empty where
            there is nothing to judge by.
        chance: p-value of each, see ``randomisation``.
    """

    on: str
    keys: tuple[str, ...]
    texts: int
    changes: tuple[Change, ...]
    told: tuple[Told, ...]
    differences: dict[tuple[str, str], Interval]
    chance: dict[tuple[str, str], float]


def texts_of(dataset: Dataset, name: str) -> Texts:
    """The paragraphs of a dataset."""
    rows = zip(dataset.paragraphs, dataset.where, strict=True)
    places = tuple(f"{paragraph.id} ({where})" for paragraph, where in rows)
    return Texts(name, tuple(dataset.texts), places, dataset.Y, dataset.known, dataset.groups)


def compare_recipes(evaluations: tuple[Evaluation, Evaluation], *, version: str, number: int) -> Comparison:
    """Two recipes out of fold; with repeats, the tags are those of the first and the figures the mean over all.

    Args:
        evaluations: of the same dataset on the same folds.
        version: of the package.
        number: changes to tell.

    Raises:
        RecipeError: a wished precision or recall cannot be reached.
    """
    first, second = evaluations
    models = fit(first, first.lexicon, version), fit(second, second.lexicon, version)
    answers = first.out.systems[MODEL], second.out.systems[MODEL]
    rounds, seed = first.recipe.evaluation.rounds, first.recipe.seed
    return _comparison(models, answers, texts_of(first.dataset, "labels"), number, rounds=rounds, seed=seed)


def compare_models(
    models: tuple[Model, Model], texts: Texts, *, number: int, judged: bool = True, rounds: int = 1000, seed: int = 0
) -> Comparison:
    """Two models on texts, each at its own thresholds.

    Args:
        models: of the same topics.
        texts: read with these topics.
        number: changes to tell.
        judged: whether figures mean anything: not where the models may have learnt from the judgements.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.
    """
    P = [bulk.probabilities(model, texts.texts) for model in models]
    answers = [Answers(p[None], decide(p, model.thresholds)[None]) for p, model in zip(P, models, strict=True)]
    rounds = rounds if judged else 0
    return _comparison(models, (answers[0], answers[1]), texts, number, rounds=rounds, seed=seed)


def _comparison(
    models: tuple[Model, Model], answers: tuple[Answers, Answers], texts: Texts, number: int, *, rounds: int, seed: int
) -> Comparison:
    one, other = answers
    keys = models[0].codebook.keys
    found = changes(keys, (one.score[0], other.score[0]), (one.tags[0], other.tags[0]), texts.Y, texts.known)
    told = tuple(
        Told(change, texts.places[change.row], text, tuple(shifts(models, text, change.topic)))
        for change in found[:number]
        for text in (texts.texts[change.row],)
    )
    gained: dict[tuple[str, str], Interval] = {}
    chance: dict[tuple[str, str], float] = {}
    if rounds and texts.known.any():
        parts = texts.Y, texts.known, texts.groups, keys
        gained = paired(other, one, *parts, rounds=rounds, seed=seed)
        chance = chance_of(other, one, *parts, rounds=rounds, seed=seed)
    return Comparison(texts.name, keys, len(texts.texts), tuple(found), told, gained, chance)


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
