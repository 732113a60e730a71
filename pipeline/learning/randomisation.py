"""Whether two systems differ by more than chance: approximate randomisation, paired over articles.

Were both as good, it would not matter which of them answered for an article. So the answers for articles drawn by lot
change sides, and the p-value is the share of such rounds in which the figures lie as far apart as they were found
(Noreen 1989, "Computer-Intensive Methods for Testing Hypotheses"; of F-scores, Yeh 2000). It says nothing of how large
a difference is: that is what ``summary.compare`` has intervals for. Answers of both must be on one scale, as calibrated
probabilities are, since average precision ranks them together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.intervals import BATCH
from pipeline.learning.evaluation import Answers
from pipeline.learning.summary import FIGURES, statistics

Array = NDArray[Any]

ROUNDING = 1e-12  # sums of the same numbers in another order are as far apart as before


def chance_of(
    one: Answers,
    other: Answers,
    Y: Array,
    known: Array,
    groups: Array,
    keys: tuple[str, ...],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> dict[tuple[str, str], float]:
    """The p-value of every difference of figures between two systems, two-sided.

    Args:
        one: answers of one system for n rows, r repeats of them.
        other: answers of the other for the same rows, repeats and folds.
        Y: judgements, bool (n, k).
        known: whether judged, bool (n, k).
        groups: ints (n,), article numbers from 0; all repeats of an article change sides together.
        keys: k topics.
        rounds: of randomisation; no p-value is less than 1 / (rounds + 1).
        seed: seed of the lots.

    Returns:
        From 0 to 1 by topic, "micro" or "macro", and figure (see ``FIGURES``); ``nan`` where a figure is undefined.
    """
    # Both systems' rows one below the other: who holds a row in a round is a matter of weights.
    stacked = Answers(*(np.concatenate(pair, axis=1) for pair in ((one.score, other.score), (one.tags, other.tags))))
    Y, known = np.concatenate([Y, Y]), np.concatenate([known, known])

    def distance(moved: Array) -> Array:
        kept = 1 - moved
        sides = (np.concatenate(side, axis=1) for side in ((kept, moved), (moved, kept)))
        first, second = (statistics(stacked, Y, known, side) for side in sides)
        return np.asarray(np.abs(first - second))

    found = distance(np.zeros((1, len(groups))))[0]
    generator = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    as_far, held = np.zeros(len(found)), np.zeros(len(found))
    for first in range(0, rounds, BATCH):
        lots = generator.integers(0, 2, (min(BATCH, rounds - first), count)).astype(np.float64)
        drawn = distance(lots[:, groups])
        as_far += (drawn >= found - ROUNDING).sum(axis=0)
        held += (~np.isnan(drawn)).sum(axis=0)
    p = np.where(np.isnan(found), np.nan, (1 + as_far) / (1 + held))
    cells = [(topic, name) for name in FIGURES for topic in (*keys, "micro", "macro")]
    return dict(zip(cells, p[: len(cells)].tolist(), strict=True))
