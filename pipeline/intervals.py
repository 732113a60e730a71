"""Confidence intervals by the bootstrap over groups (Efron & Tibshirani 1993, chapter 8).

Paragraphs of an article are alike, so whole groups are drawn, never single rows. Plain percentiles are too narrow where
groups are few, so they are taken further out (the expanded percentiles of Hesterberg 2015, "What Teachers Should Know
About the Bootstrap"). A draw holds only what occurred: where nothing went wrong, an interval has no width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BATCH = 250  # bootstrap rounds computed at once: enough for speed, few enough for memory


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the interval around it.

    All three are ``nan`` where the value is undefined; the ends alone where one group is all there is to draw from.
    """

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def group_draws(groups: Array, *, rounds: int, seed: int) -> Array:
    """How often each group is drawn in each round.

    Args:
        groups: ints of shape (n,), group numbers from 0.
        rounds: number of bootstrap rounds.
        seed: seed of the draw.

    Returns:
        ints of shape (rounds, g); each row sums to g.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    generator = np.random.default_rng(seed)
    return generator.multinomial(count, np.full(count, 1 / count), size=rounds) if count else np.zeros((rounds, 0), int)


def tail(groups: int, level: float) -> float:
    """The share of the bootstrap distribution to leave out on each side, by the number of groups.

    With two groups or more: as far out on the normal curve as Student's t reaches with ``groups - 1`` degrees of freedom (by its expansion in
    them, Abramowitz & Stegun 26.7.5), and further by sqrt(g / (g - 1)), for a bootstrap's variance is too small by that.

    >>> [round(tail(groups, 0.95), 4) for groups in (2, 10, 60, 100_000)]
    [0.0, 0.0086, 0.0218, 0.025]
    """
    normal, free = NormalDist(), groups - 1
    z = normal.inv_cdf((1 - level) / 2)
    parts = (z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    t = sum(part / free**power for power, part in enumerate(parts))
    return normal.cdf(t * math.sqrt(groups / free))


def bootstrap(
    statistic: Callable[[Array], Array], groups: Array, *, rounds: int = 1000, seed: int = 0, level: float = 0.95
) -> list[Interval]:
    """Intervals of one or more statistics of weighted rows.

    Args:
        statistic: maps row weights of shape (b, n), one round a row, to values of shape (b, m); ones give the
            point estimate.
        groups: ints of shape (n,), numbers from 0.
        rounds: number of bootstrap rounds.
        seed: seed of the draw.
        level: how often the interval shall hold the truth.

    Returns:
        m intervals. Rounds in which a statistic is ``nan`` (no positive drawn, say) are left out of its interval. One
        group alone says nothing of others: there are no ends then.

    >>> x = np.array([0.0, 0, 1, 1])
    >>> [str(i) for i in bootstrap(lambda w: (w @ x / w.sum(axis=1))[:, None], np.arange(4), rounds=200)]
    ['0.500 [0.000, 1.000]']
    """
    draws = group_draws(groups, rounds=rounds, seed=seed)
    values = statistic(np.ones((1, len(groups))))[0]
    if draws.shape[1] < 2:
        return [Interval(float(value), np.nan, np.nan) for value in values]
    samples = np.concatenate(
        [
            statistic(np.take(draws[first : first + BATCH], groups, axis=1).astype(np.float64))
            for first in range(0, rounds, BATCH)
        ]
    )
    outside = 100 * tail(draws.shape[1], level)
    found = []
    for value, sample in zip(values, samples.T, strict=True):
        column = sample[~np.isnan(sample)]
        low, high = np.percentile(column, [outside, 100 - outside]) if len(column) else (np.nan, np.nan)
        found.append(Interval(float(value), float(low), float(high)))
    return found
