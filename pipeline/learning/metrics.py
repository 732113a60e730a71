"""Figures from tags, probabilities and judgements; a missing judgement is counted nowhere.

Every function takes row weights, so that the bootstrap (``pipeline.intervals``) can draw articles by weighing them.
Where a figure is undefined (precision without a tag, recall without a positive) it is ``nan``; F1 is 0 as soon as a
positive or a tag exists and none agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """Weighted counts per topic, each of shape (k,)."""

    tp: Array
    fp: Array
    fn: Array

    @property
    def precision(self) -> Array:
        """Share of tags that are right."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Array:
        """Share of positives that are tagged."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def pooled(self) -> Confusion:
        """The counts of all topics added up, shape (1,): the micro average."""
        return Confusion(*(np.array([part.sum()]) for part in (self.tp, self.fp, self.fn)))


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def confusion(T: Array, Y: Array, known: Array, weight: Array) -> Confusion:
    """Count agreements and disagreements on judged cells.

    Args:
        T: tags, bool of shape (n, k).
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        weight: row weights of shape (n,).
    """
    return Confusion(weight @ (T & Y & known), weight @ (T & ~Y & known), weight @ (~T & Y & known))


def average_precision(score: Array, y: Array, weight: Array) -> float:
    """Area under the precision-recall steps, as ``sklearn.metrics.average_precision_score`` with weights.

    Args:
        score: shape (n,).
        y: bool of shape (n,).
        weight: shape (n,).

    Returns:
        ``nan`` without any positive weight on a positive.

    >>> average_precision(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]), np.ones(3)).__round__(4)
    0.8333
    """
    order = np.argsort(-score, kind="stable")
    score, y, weight = score[order], y[order], weight[order]
    tp = np.cumsum(weight * y)
    if not len(tp) or tp[-1] <= 0:
        return float("nan")
    ends = np.append(np.flatnonzero(score[:-1] != score[1:]), len(score) - 1)
    tp, all_above = tp[ends], np.cumsum(weight)[ends]
    gained = np.diff(tp, prepend=0)
    precision = np.divide(tp, all_above, out=np.zeros_like(tp), where=all_above > 0)
    return float(np.sum(gained * precision) / tp[-1])


def average_precisions(S: Array, Y: Array, known: Array, weight: Array) -> Array:
    """Average precision per topic on its judged rows, shape (k,); arguments as ``confusion``, S scores or P."""
    return np.array([average_precision(S[r, j], Y[r, j], weight[r]) for j, r in enumerate(known.T)])


def exact_match(T: Array, Y: Array, known: Array, weight: Array) -> float:
    """Share of rows whose judged topics are all answered right; a row rightly left without topics counts as right."""
    judged = known.any(axis=1)
    right = ((T == Y) | ~known).all(axis=1)
    return float(_ratio(np.asarray(weight @ (right & judged)), np.asarray(weight @ judged)))


def hamming_loss(T: Array, Y: Array, known: Array, weight: Array) -> float:
    """Share of judged cells answered wrongly."""
    wrong = ((T != Y) & known).sum(axis=1)
    return float(_ratio(np.asarray(weight @ wrong), np.asarray(weight @ known.sum(axis=1))))
