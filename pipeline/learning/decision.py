"""Score to probability to tag, and paragraph tags to article tags: the rules. What they aim at is ``objectives``.

Calibration is Platt's two-number sigmoid with his smoothed targets (Platt 1999), so a calibrated score is still a
sum over terms. Which scores these functions are given is the caller's duty: only scores of paragraphs the weights
never saw.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NEVER = math.nextafter(1.0, 2.0)  # the threshold that no probability reaches


def probabilities(S: Array, slope: Array, offset: Array) -> Array:
    """The calibrated sigmoid, ``1 / (1 + exp(-(slope * S + offset)))``; S of shape (n, k) or (n,).

    >>> probabilities(np.array([0.0, 2.0]), np.array(1.0), np.array(0.0)).round(2).tolist()
    [0.5, 0.88]
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(slope * S + offset, -700, 700))))


def decide(P: Array, thresholds: Array) -> Array:
    """The one place where a probability becomes a tag: ``P >= thresholds``, inclusive."""
    return np.asarray(np.greater_equal(P, thresholds))


def answer(P: Array, thresholds: Array, review: Array) -> Array:
    """Yes, review or no: 2 where ``P >= thresholds``, else 1 where ``P >= review``, else 0; ints of shape (n, k).

    >>> answer(np.array([[0.9], [0.5], [0.1]]), np.array([0.7]), np.array([0.3])).ravel().tolist()
    [2, 1, 0]
    """
    return np.where(decide(P, thresholds), 2, np.greater_equal(P, review).astype(np.int64))


def article_level(values: Array, groups: Array) -> Array:
    """The article rule: an article has a topic if one of its paragraphs has; its probability is their greatest.

    Args:
        values: shape (n, k), tags (bool) or probabilities or scores.
        groups: ints of shape (n,), article numbers from 0 to a - 1.

    Returns:
        Shape (a, k), the greatest of each article's rows.
    """
    result = np.full((int(groups.max()) + 1, values.shape[1]), False if values.dtype == bool else -np.inf)
    np.maximum.at(result, groups, values)
    return result.astype(values.dtype)


def fit_platt(s: Array, y: Array, *, steps: int = 100) -> tuple[float, float]:
    """Slope and offset of Platt's sigmoid by Newton's method (Lin, Lin & Weng 2007).

    Args:
        s: scores of shape (n,).
        y: judgements, bool of shape (n,).
        steps: most Newton steps.

    Returns:
        (slope, offset); (1, 0), the scores as they are, where the scores carry no order to learn from.
    """
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives or s.min() == s.max():
        return 1.0, 0.0
    target = np.where(y, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, spread = float(np.mean(s)), float(np.std(s))
    x = (s - centre) / spread

    def loss(slope: float, offset: float) -> float:
        z = slope * x + offset
        return float(np.sum(np.logaddexp(0, z) - target * z))

    # Two unknowns are written out: a matrix product would be rounded by the number of threads it is shared out over.
    slope, offset = 0.0, math.log((positives + 1) / (negatives + 1))
    current = loss(slope, offset)
    for _ in range(steps):
        p = probabilities(x, np.array(slope), np.array(offset))
        miss, bend = p - target, p * (1 - p)
        g1, g2 = float(np.sum(miss * x)), float(np.sum(miss))
        if max(abs(g1), abs(g2)) < 1e-8:
            break
        h11, h12, h22 = float(np.sum(bend * x * x)) + 1e-12, float(np.sum(bend * x)), float(np.sum(bend)) + 1e-12
        determinant = h11 * h22 - h12 * h12
        step1, step2 = (h22 * g1 - h12 * g2) / determinant, (h11 * g2 - h12 * g1) / determinant
        downhill = g1 * step1 + g2 * step2
        size = 1.0
        while size > 1e-10 and loss(slope - size * step1, offset - size * step2) > current - 1e-4 * size * downhill:
            size /= 2
        slope, offset = slope - size * step1, offset - size * step2
        current = loss(slope, offset)
    slope, offset = slope / spread, offset - slope * centre / spread
    return (slope, offset) if slope > 0 else (1.0, 0.0)
