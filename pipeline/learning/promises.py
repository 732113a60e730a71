"""What a three-way decision promised and what it kept on articles that did not choose its thresholds.

"Yes" is promised a precision (``min_precision``), "no" a recall (``review_recall``: the share of positives that is not
answered "no"). Both are promises about paragraphs. At article level the figures are told and nothing is promised: an
article is a yes as soon as one paragraph is, so the false alarms of its paragraphs add up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.decision import article_level
from pipeline.learning.evaluation import MODEL, OutOfFold
from pipeline.learning.metrics import confusion
from pipeline.learning.objectives import DecisionOptions
from pipeline.learning.summary import LEVELS, article_judgements

Array = NDArray[Any]

ANY = "any topic"


@dataclass(frozen=True, slots=True)
class Promise:
    """One topic at one level.

    Attributes:
        level: "paragraph" or "article".
        topic: the topic's key, or ``ANY``, which has a share for review only.
        yes: the precision promised to "yes", ``nan`` for none.
        no: the recall promised to "no", ``nan`` for none.
        precision: of "yes", kept out of fold.
        recall: share of positives answered "yes" or "review", kept out of fold.
        review: share of all items left for review, judged or not; for ``ANY`` of those with one topic or more left.
        positives: judged positives.
        items: all paragraphs or articles.
    """

    level: str
    topic: str
    yes: float
    no: float
    precision: Interval
    recall: Interval
    review: Interval
    positives: int
    items: int

    @property
    def broken(self) -> tuple[tuple[str, float, Interval], ...]:
        """The promises whose kept figure is lower: the answer, what was promised, what was kept."""
        asked = (("yes", self.yes, self.precision), ("no", self.no, self.recall))
        return tuple(one for one in asked if one[2].value < one[1])


def kept_promises(
    dataset: Dataset, out: OutOfFold, options: DecisionOptions, *, rounds: int, seed: int
) -> tuple[Promise, ...]:
    """Promises and what became of them, paragraphs first; none where no topic leaves anything for review.

    Args:
        dataset: the judged paragraphs.
        out: answers whose thresholds were chosen inside training parts.
        options: the objectives.
        rounds: bootstrap rounds, over articles.
        seed: seed of the bootstrap.
    """
    keys = dataset.codebook.keys
    if not any(options.of(key).review_recall for key in keys):
        return ()
    yes, not_no = out.systems[MODEL].tags, out.not_no
    rows = _level(LEVELS[0], keys, options, yes, not_no, dataset.Y, dataset.known, dataset.groups, rounds, seed)
    yes, not_no = (np.array([article_level(r, dataset.groups) for r in answers]) for answers in (yes, not_no))
    Y, known = article_judgements(dataset)
    return rows + _level(LEVELS[1], keys, None, yes, not_no, Y, known, np.arange(len(Y)), rounds, seed)


def _level(
    level: str,
    keys: tuple[str, ...],
    options: DecisionOptions | None,
    yes: Array,
    not_no: Array,
    Y: Array,
    known: Array,
    groups: Array,
    rounds: int,
    seed: int,
) -> tuple[Promise, ...]:
    def statistic(weight: Array) -> Array:
        repeats = []
        for tags, kept in zip(yes, not_no, strict=True):
            left = kept & ~tags
            whole = weight.sum(axis=1, keepdims=True)
            share = np.column_stack([weight @ left, weight @ left.any(axis=1)]) / np.where(whole > 0, whole, np.nan)
            precision, recall = confusion(tags, Y, known, weight).precision, confusion(kept, Y, known, weight).recall
            repeats.append(np.concatenate([precision, recall, share], axis=1))
        return np.asarray(np.mean(repeats, axis=0))

    found = bootstrap(statistic, groups, rounds=rounds, seed=seed)
    k, nan = len(keys), math.nan
    positives = (Y & known).sum(axis=0).tolist()
    rows = []
    for j, key in enumerate(keys):
        own = options.of(key) if options else None
        promised = (own.min_precision or nan, own.review_recall or nan) if own else (nan, nan)
        rows.append(Promise(level, key, *promised, found[j], found[k + j], found[2 * k + j], positives[j], len(Y)))
    undefined = Interval(nan, nan, nan)
    return (*rows, Promise(level, ANY, nan, nan, undefined, undefined, found[3 * k], sum(positives), len(Y)))
