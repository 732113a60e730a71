"""Figures from tags, probabilities and judgements; a missing judgement is counted nowhere.

Every function takes row weights, so that the bootstrap (``pipeline.intervals``) can draw articles by weighing them;
weights of shape (b, n) are b rounds at once, and every result then has b rows.
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
    """Weighted counts per topic, each of shape (k,) or (b, k)."""

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
        """The counts of all topics added up, shape (1,) or (b, 1): the micro average."""
        return Confusion(*(part.sum(axis=-1, keepdims=True) for part in (self.tp, self.fp, self.fn)))


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole > 0)))


def confusion(T: Array, Y: Array, known: Array, weight: Array) -> Confusion:
    """Count agreements and disagreements on judged cells.

    Args:
        T: tags, bool of shape (n, k).
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        weight: row weights of shape (n,) or (b, n).
    """
    return Confusion(weight @ (T & Y & known), weight @ (T & ~Y & known), weight @ (~T & Y & known))


def average_precision(score: Array, y: Array, weight: Array, rows: Array | None = None) -> Array:
    """Area under the precision-recall steps, as ``sklearn.metrics.average_precision_score`` with weights.

    Args:
        score: shape (m,).
        y: bool of shape (m,).
        weight: row weights of shape (n,) or (b, n).
        rows: ints of shape (m,), which weight each score has; by default score i has weight i.

    Returns:
        Shape () or (b,); ``nan`` without any positive weight on a positive.

    >>> average_precision(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]), np.ones(3)).round(4).item()
    0.8333
    """
    if not y.any():
        return np.full(weight.shape[:-1], np.nan)
    order = np.argsort(-score, kind="stable")
    score, y = score[order], y[order]
    rows = order if rows is None else rows[order]
    # Equal scores are one step; only steps that hold a positive gain anything, so only they are looked at.
    ends = np.append(np.flatnonzero(score[:-1] != score[1:]), len(score) - 1)
    hits = np.flatnonzero(y)
    step = np.searchsorted(ends, hits)
    first = np.flatnonzero(np.diff(step, prepend=-1))
    gained = np.add.reduceat(np.take(weight, rows[hits], axis=-1), first, axis=-1)
    above = np.take(np.cumsum(np.take(weight, rows, axis=-1), axis=-1), ends[step[first]], axis=-1)
    tp = np.cumsum(gained, axis=-1)
    precision = np.divide(tp, above, out=np.zeros_like(tp), where=above > 0)
    return _ratio(np.sum(gained * precision, axis=-1), tp[..., -1])


def average_precisions(S: Array, Y: Array, known: Array, weight: Array) -> Array:
    """Average precision per topic on its judged cells, shape (k,) or (b, k).

    Args:
        S: scores or probabilities of shape (n, k), comparable within a topic.
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        weight: row weights of shape (n,) or (b, n).
    """
    judged = [np.flatnonzero(column) for column in known.T]
    return np.stack([average_precision(S[r, j], Y[r, j], weight, r) for j, r in enumerate(judged)], axis=-1)


def pooled_average_precision(S: Array, Y: Array, known: Array, weight: Array) -> Array:
    """Average precision of all judged cells in one ranking (the micro average), shape () or (b,).

    Arguments as ``average_precisions``, but S must be comparable between topics, as calibrated probabilities are.
    """
    return average_precision(S[known], Y[known], weight, np.nonzero(known)[0])


def exact_match(T: Array, Y: Array, known: Array, weight: Array) -> Array:
    """Share of rows whose judged topics are all answered right; a row rightly left without topics counts as right."""
    judged = known.any(axis=1)
    right = ((T == Y) | ~known).all(axis=1)
    return _ratio(weight @ (right & judged), weight @ judged)


def hamming_loss(T: Array, Y: Array, known: Array, weight: Array) -> Array:
    """Share of judged cells answered wrongly."""
    wrong = ((T != Y) & known).sum(axis=1)
    return _ratio(weight @ wrong, weight @ known.sum(axis=1))
