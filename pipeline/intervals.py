"""Confidence intervals by the bootstrap over groups (Efron & Tibshirani 1993, chapter 8).

Paragraphs of an article are alike, so whole groups are drawn, never single rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BATCH = 250  # bootstrap rounds computed at once: enough for speed, few enough for memory


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the percentile interval around it; all three are ``nan`` where the value is undefined."""

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


def bootstrap(
    statistic: Callable[[Array], Array], groups: Array, *, rounds: int = 1000, seed: int = 0, level: float = 0.95
) -> list[Interval]:
    """Percentile intervals of one or more statistics of weighted rows.

    Args:
        statistic: maps row weights of shape (b, n), one round a row, to values of shape (b, m); ones give the
            point estimate.
        groups: ints of shape (n,), numbers from 0.
        rounds: number of bootstrap rounds.
        seed: seed of the draw.
        level: share of the bootstrap distribution inside the interval.

    Returns:
        m intervals. Rounds in which a statistic is ``nan`` (no positive drawn, say) are left out of its interval.

    >>> x = np.array([0.0, 0, 1, 1])
    >>> [str(i) for i in bootstrap(lambda w: (w @ x / w.sum(axis=1))[:, None], np.arange(4), rounds=200)]
    ['0.500 [0.000, 1.000]']
    """
    draws = group_draws(groups, rounds=rounds, seed=seed)
    values = statistic(np.ones((1, len(groups))))[0]
    samples = np.concatenate(
        [
            statistic(np.take(draws[first : first + BATCH], groups, axis=1).astype(np.float64))
            for first in range(0, rounds, BATCH)
        ]
    )
    tail = 100 * (1 - level) / 2
    found = []
    for value, sample in zip(values, samples.T, strict=True):
        column = sample[~np.isnan(sample)]
        low, high = np.percentile(column, [tail, 100 - tail]) if len(column) else (np.nan, np.nan)
        found.append(Interval(float(value), float(low), float(high)))
    return found
