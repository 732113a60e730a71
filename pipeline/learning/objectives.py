"""What a decision aims at, topic by topic, and the thresholds that reach it: F-beta or cost, wishes, and a band to review.

A threshold lies midway between two neighbouring scores (log-odds, not probabilities). All numbers are chosen on the
scores that are handed in, and figures on those are too good: the caller hands in scores of paragraphs the weights
never saw, and judges on others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import RecipeError, unknown_key
from pipeline.learning.decision import NEVER, fit_platt, probabilities

Array = NDArray[Any]

SHARES = ("min_precision", "min_recall", "review_recall", "floor")


@dataclass(frozen=True, slots=True)
class Objective:
    """What a good threshold is: the greatest F-beta, or the least cost, among those that meet the wishes.

    Attributes:
        beta: weight of recall against precision in the F-score.
        miss_cost: what a miss costs if a false alarm costs 1; the least total cost is then aimed at, not F-beta, among
            the thresholds that meet the wishes and the floor. Where every one of them costs more than all misses
            together and no recall is wished for, nothing is tagged. 0 for F-beta.
        min_precision: wish for the precision of each topic, 0 for none. With a band to review it is the promise of "yes".
        min_recall: wish for the recall of each topic, 0 for none.
        review_recall: the promise of "no": at least this share of the positives is answered "yes" or "review". What lies
            between is left for a person to review; 0 for no such band.
        floor: least probability a threshold may be, where the wishes allow it. The best threshold on text like the
            training text is too low on other text: a floor gives up little at home and saves false alarms abroad.
    """

    beta: float = 1.0
    miss_cost: float = 0.0
    min_precision: float = 0.0
    min_recall: float = 0.0
    review_recall: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.beta < math.inf:
            raise RecipeError(f"decision.beta: is {self.beta!r}; must be a finite number greater than 0")
        if not 0 <= self.miss_cost < math.inf:
            raise RecipeError(f"decision.miss_cost: is {self.miss_cost!r}; must be a finite number, 0 or greater")
        for name in SHARES:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise RecipeError(f"decision.{name}: is {value!r}; must be from 0 to 1")

    def __str__(self) -> str:
        aim = f"cost, a miss as {self.miss_cost:g} false alarms" if self.miss_cost else f"F{self.beta:g}"
        wishes = {"min_precision": "precision", "min_recall": "recall", "floor": "probability"}
        parts = [f"{said} >= {getattr(self, name):g}" for name, said in wishes.items() if getattr(self, name)]
        band = [f"review down to recall {self.review_recall:g}"] if self.review_recall else []
        return ", ".join([aim, *parts, *band])


@dataclass(frozen=True, slots=True)
class DecisionOptions(Objective):
    """The objective of every topic, and what single topics want otherwise.

    Attributes:
        topics: topic key -> options of ``Objective`` that differ for it.
    """

    topics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Objective.__post_init__(self)
        for key in self.topics:
            _ = self.of(key)

    def of(self, key: str) -> Objective:
        """The objective of one topic.

        >>> str(DecisionOptions(floor=0.7, topics={"drugs": {"miss_cost": 5.0}}).of("drugs"))
        'cost, a miss as 5 false alarms, probability >= 0.7'
        """
        common = {f.name: getattr(self, f.name) for f in fields(Objective)}
        own = self.topics.get(key, {})
        for name, value in own.items():
            if name not in common:
                raise RecipeError(unknown_key(f"decision.topics.{key}", name, list(common)))
            if type(value) not in {int, float}:
                raise RecipeError(f"decision.topics.{key}.{name}: is {value!r}; must be a number")
        try:
            return Objective(**{**common, **{name: float(value) for name, value in own.items()}})
        except RecipeError as error:
            raise RecipeError(str(error).replace("decision.", f"decision.topics.{key}.", 1)) from None

    def for_all(self, **values: float) -> DecisionOptions:
        """A copy with some options replaced for every topic, whatever single topics wanted of them.

        Asking for a ``beta`` alone asks for F-beta, so it ends an aim at the least cost.

        >>> str(DecisionOptions(topics={"drugs": {"miss_cost": 5.0, "floor": 0.7}}).for_all(beta=2.0).of("drugs"))
        'F2, probability >= 0.7'
        """
        values = {"miss_cost": 0.0, **values} if "beta" in values else values
        kept = {key: {n: v for n, v in own.items() if n not in values} for key, own in self.topics.items()}
        return replace(self, topics={key: own for key, own in kept.items() if own}, **values)

    def check_topics(self, keys: tuple[str, ...]) -> None:
        """Refuse topics that the codebook does not have.

        Raises:
            RecipeError: names the topic and the known ones.
        """
        for key in self.topics:
            if key not in keys:
                raise RecipeError(unknown_key("recipe", f"decision.topics.{key}", keys))


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold and what it achieves on the scores that chose it.

    Attributes:
        threshold: least probability that is a tag.
        precision: share of tags that are right.
        recall: share of positives that are tagged.
        feasible: whether every wish is met; if not, this is the threshold that comes nearest.
        review: least probability that is not a "no"; the threshold itself where there is no band to review.
    """

    threshold: float
    precision: float
    recall: float
    feasible: bool
    review: float


def choose_threshold(p: Array, y: Array, options: Objective) -> Choice:
    """The threshold with the greatest F-beta, or the least cost, among those that meet the wishes.

    Args:
        p: probabilities of shape (n,) of paragraphs the weights never saw.
        y: judgements, bool of shape (n,).
        options: objective and wishes.

    Returns:
        The choice; without any positive, a threshold that tags nothing. Where no threshold meets the wishes,
        the one that falls short of them least, marked infeasible. Where none that meets them reaches the floor,
        the best below it.

    >>> choose_threshold(np.array([0.1, 0.4, 0.6, 0.9]), np.array([False, False, True, True]), DecisionOptions())
    Choice(threshold=0.5, precision=1.0, recall=1.0, feasible=True, review=0.5)
    """
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    positives = int(y.sum())
    if not positives:
        return Choice(NEVER, 1.0, 1.0, feasible=True, review=NEVER)
    last = np.append(np.flatnonzero(p[:-1] != p[1:]), len(p) - 1)  # last row of each run of equal probabilities
    tp = np.cumsum(y)[last]
    precision = tp / (last + 1)
    recall = tp / positives
    worth = _worth(precision, recall, tp, last + 1 - tp, positives, options)
    short = np.maximum(options.min_precision - precision, 0) + np.maximum(options.min_recall - recall, 0)
    below = p[last] < options.floor
    best = int(np.lexsort((-worth, below, short))[0])
    threshold = _cut(p, int(last[best]))
    if not below[best]:
        threshold = max(threshold, options.floor)
    found, feasible = (float(precision[best]), float(recall[best])), bool(short[best] == 0)
    if feasible and options.miss_cost and not options.min_recall and -worth[best] > options.miss_cost * positives:
        threshold, found = NEVER, (1.0, 0.0)
    enough = int(np.argmax(recall >= options.review_recall))
    review = min(threshold, _cut(p, int(last[enough]))) if options.review_recall else threshold
    return Choice(threshold, *found, feasible, review)


def least_threshold(p: Array, y: Array, wish: float) -> float:
    """The least score at and above which precision is ``wish`` or more; ``nan`` if there is none.

    >>> least_threshold(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False]), 0.6)
    0.7
    """
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    last = np.append(np.flatnonzero(p[:-1] != p[1:]), len(p) - 1) if len(p) else np.empty(0, dtype=int)
    reached = np.flatnonzero(np.cumsum(y)[last] >= wish * (last + 1)) if len(p) else last
    return float(p[last[reached[-1]]]) if len(reached) else math.nan


def _worth(precision: Array, recall: Array, tp: Array, fp: Array, positives: int, options: Objective) -> Array:
    """What each threshold is worth, the greater the better: minus its cost, or its F-beta."""
    if options.miss_cost:
        return np.asarray(-(options.miss_cost * (positives - tp) + fp))
    beta = options.beta**2
    return np.asarray((1 + beta) * precision * recall / np.where(tp > 0, beta * precision + recall, 1))


def _cut(p: Array, row: int) -> float:
    """The probability between a row and the next, of probabilities in descending order."""
    return _midway(float(p[row]), float(p[row + 1]) if row + 1 < len(p) else 0.0)


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
        review: shape (k,), probabilities, at most the thresholds; see ``Choice``.
        choices: k records of what each threshold achieves on the scores that chose it.
    """

    slope: Array
    offset: Array
    thresholds: Array
    review: Array
    choices: tuple[Choice, ...]

    def probabilities(self, S: Array) -> Array:
        """P of shape (n, k)."""
        return probabilities(S, self.slope, self.offset)


def fit_rules(S: Array, Y: Array, known: Array, options: DecisionOptions, keys: tuple[str, ...]) -> Rules:
    """Calibration and thresholds of every topic, each on its own judged rows.

    Args:
        S: scores of shape (n, k) of paragraphs the weights never saw.
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        options: objectives and wishes.
        keys: k topics.

    Raises:
        RecipeError: the options speak of a topic that is not among ``keys``.
    """
    options.check_topics(keys)
    slopes, offsets, choices = [], [], []
    for j, key in enumerate(keys):
        rows = known[:, j]
        slope, offset = fit_platt(S[rows, j], Y[rows, j])
        p = probabilities(S[rows, j], np.array(slope), np.array(offset))
        slopes.append(slope)
        offsets.append(offset)
        choices.append(choose_threshold(p, Y[rows, j], options.of(key)))
    cuts = (np.array([choice.threshold for choice in choices]), np.array([choice.review for choice in choices]))
    return Rules(np.array(slopes), np.array(offsets), *cuts, tuple(choices))


def require_feasible(rules: Rules, keys: tuple[str, ...], options: DecisionOptions) -> None:
    """Refuse thresholds that miss a wish.

    Raises:
        RecipeError: names the topic, the wish and the nearest that can be reached.
    """
    for key, choice in zip(keys, rules.choices, strict=True):
        require_reached(key, choice, options.of(key))


def require_reached(key: str, choice: Choice, objective: Objective) -> None:
    """Refuse one topic's threshold if it misses a wish.

    Raises:
        RecipeError: names the topic, the wish and the nearest that can be reached.
    """
    if not choice.feasible:
        wishes = [
            f"{name.replace('min_', '')} >= {getattr(objective, name):g}"
            for name in ("min_precision", "min_recall")
            if getattr(objective, name) > 0
        ]
        raise RecipeError(
            f"topic {key!r}: no threshold reaches {' and '.join(wishes)} out of fold; the nearest has precision "
            f"{choice.precision:.3f} at recall {choice.recall:.3f}; lower the wish or label more of this topic"
        )
