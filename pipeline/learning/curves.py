"""What lies behind the figures: curves, histograms, thresholds and mix-ups of out-of-fold answers, as plain records.

Several repeats are pooled, each as much as the others; counts are means over repeats. Nothing is drawn here, and no
threshold found here is used by a model: they are read off the scores they are judged on, and so a little too good.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.calibration import Bin, calibration_error, reliability
from pipeline.learning.evaluation import MODEL, OutOfFold
from pipeline.learning.objectives import least_threshold

Array = NDArray[Any]

LEVELS = 100  # of recall, at which a curve is kept
SCORE_BINS = 20
WISHES = (0.7, 0.8, 0.9, 0.95, 0.98)  # precisions that a reader may want
ALL = "all topics"


@dataclass(frozen=True, slots=True)
class Step:
    """What a threshold costs and brings.

    Attributes:
        wish: precision asked for; ``nan`` for the thresholds the model chose itself.
        threshold: the least that reaches it; ``nan`` if none does, and then the figures are too.
        read: paragraphs tagged of 1,000 judged.
        precision: share of these that have the topic.
        recall: share of the topic's paragraphs among them.
    """

    wish: float
    threshold: float
    read: float
    precision: Interval
    recall: Interval

    @property
    def is_reached(self) -> bool:
        """Whether there is such a threshold."""
        return not math.isnan(self.read)


@dataclass(frozen=True, slots=True, eq=False)
class TopicCurves:
    """One topic, or all judged cells together as ``ALL``.

    Attributes:
        topic: the topic's key.
        share: of the judged paragraphs, those that have it.
        precision: where recall first reaches 1/LEVELS, 2/LEVELS, ... 1; shape (LEVELS,).
        histogram: judged paragraphs by probability, without the topic and with it; floats (2, SCORE_BINS) over equal
            bins from 0 to 1, means over repeats.
        bins: points of the reliability diagram.
        calibration_error: expected, with its interval; that of ``ALL`` is the mean over topics.
        steps: the model's own thresholds, then one for each of ``WISHES``; none for ``ALL``.
    """

    topic: str
    share: float
    precision: Array
    histogram: Array
    bins: tuple[Bin, ...]
    calibration_error: Interval
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Confusions:
    """How topics are mixed up, paragraphs counted as means over repeats.

    Attributes:
        false_alarms: floats (k, k + 1). Row A: the paragraphs tagged A and judged not to have it. Column B: those that
            are judged to have B, tagged or not; last column: those judged to have no topic. A paragraph with two
            topics stands in two columns.
        misses: floats (k, k + 1). Row A: the paragraphs judged to have A and not tagged so. Column B: those tagged B,
            rightly or not; last column: those without a tag.
        alarms_in_all: row totals of false alarms, each paragraph once; (k,).
        misses_in_all: the same of misses; (k,).
    """

    false_alarms: Array
    misses: Array
    alarms_in_all: Array
    misses_in_all: Array


def precision_at_recall(p: Array, y: Array, levels: int = LEVELS) -> Array:
    """Precision at the highest threshold that reaches each level of recall, not interpolated.

    Args:
        p: scores of shape (n,).
        y: bool of shape (n,).
        levels: 1/levels, 2/levels, ... 1.

    Returns:
        Floats of shape (levels,), ``nan`` without positives.

    >>> precision_at_recall(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False]), 2).round(2).tolist()
    [1.0, 0.67]
    """
    positives = int(y.sum())
    if not positives:
        return np.full(levels, np.nan)
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    last = np.append(np.flatnonzero(p[:-1] != p[1:]), len(p) - 1)  # equal scores are one step
    tp = np.cumsum(y)[last]
    wanted = np.ceil(np.arange(1, levels + 1) * positives / levels - 1e-9)
    place = np.searchsorted(tp, wanted)
    return np.asarray(tp[place] / (last[place] + 1))


def _histogram(p: Array, y: Array, repeats: int) -> Array:
    place = np.minimum((p * SCORE_BINS).astype(int), SCORE_BINS - 1)
    return np.array([np.bincount(place[side], minlength=SCORE_BINS) for side in (~y, y)]) / repeats


def topic_curves(dataset: Dataset, out: OutOfFold, *, rounds: int, seed: int) -> tuple[TopicCurves, ...]:
    """Curves of all topics together, then of each.

    Args:
        dataset: n judged paragraphs.
        out: their answers.
        rounds: bootstrap rounds, over articles.
        seed: seed of the bootstrap.
    """
    answers, repeats = out.systems[MODEL], len(out.S)
    judged = [np.flatnonzero(column) for column in dataset.known.T]
    p = [answers.score[:, rows, j].ravel() for j, rows in enumerate(judged)]
    y = [np.tile(dataset.Y[rows, j], repeats) for j, rows in enumerate(judged)]
    wished = [[least_threshold(p[j], y[j], wish) for wish in WISHES] for j in range(len(p))]
    # Tags by row, topic and step as shares of the repeats: own thresholds first, then the wishes.
    tags = [
        np.column_stack(
            [
                answers.tags[:, rows, j].mean(axis=0),
                *((answers.score[:, rows, j] >= threshold).mean(axis=0) for threshold in wished[j]),
            ]
        )
        for j, rows in enumerate(judged)
    ]

    def statistic(weight: Array) -> Array:
        columns, errors = [], []
        for j, rows in enumerate(judged):
            w, positive = weight[:, rows], dataset.Y[rows, j]
            tagged, right, whole = w @ tags[j], w @ (tags[j] * positive[:, None]), w @ positive
            columns += [_ratio(right, tagged), _ratio(right, whole[:, None])]
            errors.append(calibration_error(p[j], y[j], np.tile(w, (1, repeats))))
        return np.column_stack([*errors, np.mean(errors, axis=0), *columns])

    intervals = bootstrap(statistic, dataset.groups, rounds=rounds, seed=seed)
    k, width = len(p), 1 + len(WISHES)
    everything = np.concatenate(p), np.concatenate(y)
    found = [_curves(ALL, *everything, repeats, intervals[k])]
    for j, key in enumerate(dataset.codebook.keys):
        first = k + 1 + 2 * width * j
        read = 1000 * tags[j].mean(axis=0)
        own = float(np.median(out.thresholds[..., j]))
        steps = tuple(
            Step(wish, threshold, *figures)
            if not math.isnan(threshold)
            else Step(wish, threshold, math.nan, *[_NONE] * 2)
            for wish, threshold, *figures in zip(
                (math.nan, *WISHES),
                (own, *wished[j]),
                read.tolist(),
                intervals[first : first + width],
                intervals[first + width : first + 2 * width],
                strict=True,
            )
        )
        found.append(_curves(key, p[j], y[j], repeats, intervals[j], steps))
    return tuple(found)


_NONE = Interval(math.nan, math.nan, math.nan)


def _curves(topic: str, p: Array, y: Array, repeats: int, error: Interval, steps: tuple[Step, ...] = ()) -> TopicCurves:
    share = float(y.mean()) if len(y) else math.nan
    return TopicCurves(
        topic, share, precision_at_recall(p, y), _histogram(p, y, repeats), reliability(p, y), error, steps
    )


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(
        np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.broadcast_to(whole > 0, part.shape))
    )


def confusions(dataset: Dataset, out: OutOfFold) -> Confusions:
    """Mix-ups between topics over all repeats; cells nobody judged are counted nowhere."""
    tags = out.systems[MODEL].tags
    known, Y = dataset.known, dataset.Y & dataset.known
    bare = (~Y.any(axis=1)).astype(float)[:, None]
    alarms, misses, alarms_in_all, misses_in_all = [], [], [], []
    for T in tags:
        wrong, missed = (T & known & ~Y).astype(float), (~T & Y).astype(float)
        untagged = (~T.any(axis=1)).astype(float)[:, None]
        alarms.append(wrong.T @ np.hstack([Y, bare]))
        misses.append(missed.T @ np.hstack([T, untagged]))
        alarms_in_all.append(wrong.sum(axis=0))
        misses_in_all.append(missed.sum(axis=0))
    return Confusions(*(np.mean(part, axis=0) for part in (alarms, misses, alarms_in_all, misses_in_all)))
