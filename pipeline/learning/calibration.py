"""Whether probabilities come true: reliability by bins of equal mass, and the expected calibration error.

Bins hold equal numbers of rows, as bins of equal width leave most of them to a handful (Nixon et al. 2019, "Measuring
Calibration in Deep Learning"). Equal probabilities are never parted, so the order of rows changes nothing. Nothing is
calibrated here (``decision.fit_platt`` does that), and nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of like probability.

    Attributes:
        probability: mean of the probabilities.
        frequency: share of the rows that are positive.
        rows: how many.
    """

    probability: float
    frequency: float
    rows: int


def _bin_of(p: Array, bins: int) -> Array:
    """Number of the bin of each row, ints of shape (n,); fewer than ``bins`` are used where probabilities are equal."""
    ordered = np.sort(p)
    edges = np.unique(ordered[np.arange(1, bins) * len(p) // bins])
    return np.unique(np.searchsorted(edges, p, side="right"), return_inverse=True)[1]


def reliability(p: Array, y: Array, *, bins: int = BINS) -> tuple[Bin, ...]:
    """The points of a reliability diagram.

    Args:
        p: probabilities of shape (n,).
        y: judgements, bool of shape (n,).
        bins: of equal mass, at most.

    Returns:
        Bins in ascending order of probability; none without rows.

    >>> reliability(np.array([0.1, 0.3, 0.7, 0.9]), np.array([False, False, True, True]), bins=2)
    (Bin(probability=0.2, frequency=0.0, rows=2), Bin(probability=0.8, frequency=1.0, rows=2))
    """
    if not len(p):
        return ()
    place = _bin_of(p, bins)
    rows = np.bincount(place)
    probability, frequency = np.bincount(place, p) / rows, np.bincount(place, y.astype(float)) / rows
    return tuple(Bin(*point) for point in zip(probability.tolist(), frequency.tolist(), rows.tolist(), strict=True))


def calibration_error(p: Array, y: Array, weight: Array | None = None, *, bins: int = BINS) -> Array:
    """Expected calibration error: the mean distance of frequency from probability over bins, each by its mass.

    Args:
        p: probabilities of shape (n,).
        y: judgements, bool of shape (n,).
        weight: row weights of shape (b, n), b rounds of a bootstrap; ``None`` for one round of ones.
        bins: of equal mass, at most; cut once, by the rows as they are.

    Returns:
        Shape (b,), from 0 to 1; ``nan`` where a round has no rows.

    >>> calibration_error(np.array([0.1, 0.3, 0.7, 0.9]), np.array([False, False, True, True]), bins=2).round(3).tolist()
    [0.2]
    """
    w = np.ones((1, len(p))) if weight is None else weight
    whole = w.sum(axis=1)
    if not len(p):
        return np.full(len(w), np.nan)
    member = (_bin_of(p, bins)[:, None] == np.arange(bins)).astype(float)
    gaps = np.abs((w * (p - y)) @ member).sum(axis=1)
    return np.asarray(np.divide(gaps, whole, out=np.full(len(w), np.nan), where=whole > 0))
