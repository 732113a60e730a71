"""Thresholds of a finished model set anew, by hand or by another objective, on the scores its training kept.

Weights and calibration stay as they are. The figures here are on the scores that choose, which flatters them; those of
the report are nested. What was set is kept in the model's facts under ``AFTER``: the aim, the numbers of training, and
the hash of the scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pipeline.learning.decision import probabilities
from pipeline.learning.metrics import confusion
from pipeline.learning.model import Model
from pipeline.learning.objectives import Objective, choose_threshold, least_threshold, require_reached
from pipeline.learning.persist import Evidence

PRECISIONS = (0.8, 0.9, 0.95, 0.99)
BY_HAND = "set by hand"
AFTER = "set_after_training"


@dataclass(frozen=True, slots=True)
class Cut:
    """One topic at its thresholds.

    Attributes:
        topic: the topic's key.
        threshold: least probability that is a tag.
        review: least probability that is no "no".
        precision: share of tags that are right; ``nan`` without a tag.
        recall: share of positives that are tagged.
        kept: share of positives that are tagged or left for review.
        tagged: of 1,000 paragraphs.
        left: of 1,000 paragraphs, left for review.
        aim: what chose the threshold.
    """

    topic: str
    threshold: float
    review: float
    precision: float
    recall: float
    kept: float
    tagged: float
    left: float
    aim: str

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; ``nan`` where one is not defined or both are 0."""
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole > 0 else math.nan


def cuts(model: Model, evidence: Evidence) -> list[Cut]:
    """What each topic's thresholds achieve on the scores kept."""
    aims = model.facts.get("decision", {})
    P = probabilities(evidence.S, model.slope, model.offset)
    return [
        _cut(key, P, evidence, j, float(model.thresholds[j]), float(model.review[j]), str(aims.get(key, "")))
        for j, key in enumerate(model.codebook.keys)
    ]


def _cut(key: str, P: np.ndarray, evidence: Evidence, j: int, threshold: float, review: float, aim: str) -> Cut:
    known = evidence.known[:, j]
    p, y = P[known, j : j + 1], evidence.Y[known, j : j + 1]
    everything, ones = np.ones_like(y), np.ones((1, len(p)))
    tagged, kept = p >= threshold, p >= review
    counts = confusion(tagged, y, everything, ones)
    reached = confusion(kept, y, everything, ones).recall
    shares = 1000 * float(tagged.mean()), 1000 * float((kept & ~tagged).mean())
    figures = counts.precision.item(), counts.recall.item(), reached.item()
    return Cut(key, threshold, review, *figures, *shares, aim)


def alternatives(model: Model, evidence: Evidence, topic: str) -> list[tuple[float, Cut | None]]:
    """For each of some precisions the threshold that keeps it and catches most; ``None`` where none does."""
    j = model.codebook.keys.index(topic)
    P = probabilities(evidence.S, model.slope, model.offset)
    known = evidence.known[:, j]
    found: list[tuple[float, Cut | None]] = []
    for precision in PRECISIONS:
        threshold = least_threshold(P[known, j], evidence.Y[known, j], precision)
        aim = f"precision >= {precision:g}"
        found.append(
            (precision, None if math.isnan(threshold) else _cut(topic, P, evidence, j, threshold, threshold, aim))
        )
    return found


def set_by_objective(model: Model, evidence: Evidence, topic: str, objective: Objective) -> Model:
    """The model with one topic's thresholds chosen anew.

    Raises:
        RecipeError: a wish cannot be reached; names the nearest.
    """
    j = model.codebook.keys.index(topic)
    known = evidence.known[:, j]
    p = probabilities(evidence.S[known, j], model.slope[j], model.offset[j])
    choice = choose_threshold(p, evidence.Y[known, j], objective)
    require_reached(topic, choice, objective)
    return _changed(model, evidence, topic, choice.threshold, choice.review, str(objective))


def set_by_hand(model: Model, evidence: Evidence, topic: str, threshold: float, review: float | None) -> Model:
    """The model with one topic's threshold as given; without ``review`` nothing is left for review."""
    return _changed(model, evidence, topic, threshold, threshold if review is None else review, BY_HAND)


def _changed(model: Model, evidence: Evidence, topic: str, threshold: float, review: float, aim: str) -> Model:
    j = model.codebook.keys.index(topic)
    here = np.arange(len(model.codebook.keys)) == j
    before = model.facts.get(AFTER, {}).get("topics", {})
    trained = before.get(topic, {"threshold": float(model.thresholds[j]), "review": float(model.review[j])})
    told = {
        "evidence_sha256": evidence.sha256,
        "topics": {**before, topic: {"aim": aim, "threshold": trained["threshold"], "review": trained["review"]}},
    }
    return replace(
        model,
        thresholds=np.where(here, threshold, model.thresholds),
        review=np.where(here, min(review, threshold), model.review),
        facts={**model.facts, "decision": {**model.facts.get("decision", {}), topic: aim}, AFTER: told},
    )
