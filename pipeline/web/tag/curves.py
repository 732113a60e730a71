"""What each threshold would cost, for the sliders of the tag page: from the out-of-fold scores beside the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.decision import probabilities
from pipeline.learning.model import Model
from pipeline.learning.persist import Evidence

THRESHOLDS = np.arange(1, 100) / 100

Array = NDArray[Any]


def curves(model: Model, evidence: Evidence) -> dict[str, list[dict[str, float | None]]]:
    """Precision and recall of every topic at 0.01, 0.02, ... 0.99, over the rows that were judged.

    Returns:
        For each topic, points of ``threshold``, ``precision`` and ``recall``; ``None`` where nothing would be tagged, or
        nothing has the topic.
    """
    P = probabilities(evidence.S, model.slope, model.offset)
    return {key: _points(P[:, j], evidence.Y[:, j], evidence.known[:, j]) for j, key in enumerate(model.codebook.keys)}


def _points(p: Array, y: Array, known: Array) -> list[dict[str, float | None]]:
    """The points of one topic; all arrays of shape (m,)."""
    tagged, right = (_reaching(p[rows]) for rows in (known, known & y))
    positives = int((known & y).sum())
    return [
        {
            "threshold": cut,
            "precision": hits / found if found else None,
            "recall": hits / positives if positives else None,
        }
        for cut, found, hits in zip(THRESHOLDS.tolist(), tagged, right, strict=True)
    ]


def _reaching(p: Array) -> list[int]:
    """How many probabilities reach each threshold, inclusive as ``decide`` is."""
    counts: list[int] = (len(p) - np.searchsorted(np.sort(p), THRESHOLDS, side="left")).tolist()
    return counts
