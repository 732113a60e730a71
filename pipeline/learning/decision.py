"""Score to probability to tag, and paragraph tags to article tags: the rules, and how their numbers are chosen.

Calibration is Platt's two-number sigmoid with his smoothed targets (Platt 1999), so a calibrated score is still a
sum over terms. A threshold lies midway between two neighbouring scores (log-odds, not probabilities). Which scores these functions are given is
the caller's duty: only scores of paragraphs the weights never saw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import RecipeError

Array = NDArray[Any]

NEVER = math.nextafter(1.0, 2.0)  # the threshold that no probability reaches


@dataclass(frozen=True, slots=True)
class DecisionOptions:
    """What a good threshold is: the greatest F-beta among the thresholds that meet the wishes.

    Attributes:
        beta: weight of recall against precision.
        min_precision: wish for the precision of each topic, 0 for none.
        min_recall: wish for the recall of each topic, 0 for none.
        floor: least probability a threshold may be, where the wishes allow it. The best threshold on text like the
            training text is too low on other text: a floor gives up little at home and saves false alarms abroad.
    """

    beta: float = 1.0
    min_precision: float = 0.0
    min_recall: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.beta < math.inf:
            raise RecipeError(f"decision.beta: is {self.beta!r}; must be a finite number greater than 0")
        for name in ("min_precision", "min_recall", "floor"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise RecipeError(f"decision.{name}: is {value!r}; must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold and what it achieves on the scores that chose it.

    Attributes:
        threshold: least probability that is a tag.
        precision: share of tags that are right.
        recall: share of positives that are tagged.
        feasible: whether every wish is met; if not, this is the threshold that comes nearest.
    """

    threshold: float
    precision: float
    recall: float
    feasible: bool


def probabilities(S: Array, slope: Array, offset: Array) -> Array:
    """The calibrated sigmoid, ``1 / (1 + exp(-(slope * S + offset)))``; S of shape (n, k) or (n,).

    >>> probabilities(np.array([0.0, 2.0]), np.array(1.0), np.array(0.0)).round(2).tolist()
    [0.5, 0.88]
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(slope * S + offset, -700, 700))))


def decide(P: Array, thresholds: Array) -> Array:
    """The one place where a probability becomes a tag: ``P >= thresholds``, inclusive."""
    return np.asarray(np.greater_equal(P, thresholds))


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


def choose_threshold(p: Array, y: Array, options: DecisionOptions) -> Choice:
    """The threshold with the greatest F-beta among those that meet the wishes.

    Args:
        p: probabilities of shape (n,) of paragraphs the weights never saw.
        y: judgements, bool of shape (n,).
        options: objective and wishes.

    Returns:
        The choice; without any positive, a threshold that tags nothing. Where no threshold meets the wishes,
        the one that falls short of them least, marked infeasible. Where none that meets them reaches the floor,
        the best below it.

    >>> choose_threshold(np.array([0.1, 0.4, 0.6, 0.9]), np.array([False, False, True, True]), DecisionOptions())
    Choice(threshold=0.5, precision=1.0, recall=1.0, feasible=True)
    """
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    positives = int(y.sum())
    if not positives:
        return Choice(NEVER, 1.0, 1.0, feasible=True)
    last = np.append(np.flatnonzero(p[:-1] != p[1:]), len(p) - 1)  # last row of each run of equal probabilities
    tp = np.cumsum(y)[last]
    precision = tp / (last + 1)
    recall = tp / positives
    beta = options.beta**2
    f = (1 + beta) * precision * recall / np.where(tp > 0, beta * precision + recall, 1)
    short = np.maximum(options.min_precision - precision, 0) + np.maximum(options.min_recall - recall, 0)
    below = p[last] < options.floor
    best = int(np.lexsort((-f, below, short))[0])
    row = int(last[best])
    threshold = _midway(float(p[row]), float(p[row + 1]) if row + 1 < len(p) else 0.0)
    if not below[best]:
        threshold = max(threshold, options.floor)
    return Choice(threshold, float(precision[best]), float(recall[best]), feasible=bool(short[best] == 0))


def _midway(above: float, below: float) -> float:
    """The probability whose log-odds lie midway between those of two probabilities, ``below`` < ``above``.

    Beside 0 and 1, whose log-odds are endless, the mean of the two.

    >>> [round(_midway(0.9, 0.1), 3), round(_midway(0.8, 0.01), 3), _midway(1.0, 0.5)]
    [0.5, 0.167, 0.75]
    """
    middle = (above + below) / 2
    if below > 0 and above < 1:
        yes, no = math.sqrt(above * below), math.sqrt((1 - above) * (1 - below))
        middle = yes / (yes + no)
    return middle if below < middle <= above else above


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Everything between a score and a tag, for k topics.

    Attributes:
        slope: shape (k,).
        offset: shape (k,).
        thresholds: shape (k,), probabilities.
        choices: k records of what each threshold achieves on the scores that chose it.
    """

    slope: Array
    offset: Array
    thresholds: Array
    choices: tuple[Choice, ...]

    def probabilities(self, S: Array) -> Array:
        """P of shape (n, k)."""
        return probabilities(S, self.slope, self.offset)


def fit_rules(S: Array, Y: Array, known: Array, options: DecisionOptions) -> Rules:
    """Calibration and thresholds of every topic, each on its own judged rows.

    Args:
        S: scores of shape (n, k) of paragraphs the weights never saw.
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        options: objective and wishes.
    """
    slopes, offsets, choices = [], [], []
    for j in range(S.shape[1]):
        rows = known[:, j]
        slope, offset = fit_platt(S[rows, j], Y[rows, j])
        p = probabilities(S[rows, j], np.array(slope), np.array(offset))
        slopes.append(slope)
        offsets.append(offset)
        choices.append(choose_threshold(p, Y[rows, j], options))
    return Rules(np.array(slopes), np.array(offsets), np.array([c.threshold for c in choices]), tuple(choices))


def require_feasible(rules: Rules, keys: tuple[str, ...], options: DecisionOptions) -> None:
    """Refuse thresholds that miss a wish.

    Raises:
        RecipeError: names the topic, the wish and the nearest that can be reached.
    """
    for key, choice in zip(keys, rules.choices, strict=True):
        if not choice.feasible:
            wishes = [
                f"{name.replace('min_', '')} >= {getattr(options, name):g}"
                for name in ("min_precision", "min_recall")
                if getattr(options, name) > 0
            ]
            raise RecipeError(
                f"topic {key!r}: no threshold reaches {' and '.join(wishes)} out of fold; the nearest has precision "
                f"{choice.precision:.3f} at recall {choice.recall:.3f}; lower the wish or label more of this topic"
            )
