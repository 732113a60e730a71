"""What more labels bring: the recipe learnt from ever larger parts of the training folds, judged on the same folds.

The parts are whole articles, each part holds the smaller ones, and calibration and thresholds are chosen inside them
as always. The whole is not computed anew: it is the first repeat of the evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.decision import decide
from pipeline.learning.evaluation import MODEL, Answers, OutOfFold, Progress, judge_fold
from pipeline.learning.features import count
from pipeline.learning.parallel import carried_out
from pipeline.learning.recipe import Recipe
from pipeline.learning.summary import Table, paragraph_tables

Array = NDArray[Any]

SHARES = (0.1, 0.25, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class GrowthPoint:
    """The recipe learnt from a part.

    Attributes:
        share: of the articles of each training fold.
        paragraphs: learnt from, mean over folds.
        table: figures over paragraphs; its ``difference`` is what all labels bring on top of these.
    """

    share: float
    paragraphs: float
    table: Table


def parts(groups: Array, train: Array, shares: tuple[float, ...], seed: int) -> list[Array]:
    """Rows of whole articles, drawn so that each part holds the smaller ones.

    Args:
        groups: article of every row, ints (n,).
        train: ints, the rows to draw from.
        shares: of their articles, rounded up.
        seed: seed of the order.
    """
    order = np.random.default_rng(seed).permutation(np.unique(groups[train]))
    return [train[np.isin(groups[train], order[: int(np.ceil(share * len(order)))])] for share in shares]


def learning_curve(
    dataset: Dataset,
    lexicon: Lexicon,
    recipe: Recipe,
    out: OutOfFold,
    progress: Progress,
    jobs: int,
    shares: tuple[float, ...] = SHARES,
) -> tuple[GrowthPoint, ...]:
    """Figures by number of training paragraphs, the whole last.

    Args:
        dataset: the judged paragraphs.
        lexicon: term lists.
        recipe: what to learn by; its seed orders the articles.
        out: the evaluation's answers on the same dataset; its first repeat gives folds and the last point.
        progress: called with (fits done, fits in all).
        jobs: processes, -1 for all cores; the result does not depend on it.
        shares: parts to learn from, ascending; those of fewer articles than there are inner folds are left out.
    """
    counts = count(dataset.texts, recipe.features, lexicon)
    fold = out.fold[0]
    folds = np.unique(fold).tolist()
    drawn = {f: parts(dataset.groups, np.flatnonzero(fold != f), shares, recipe.seed + 1 + f) for f in folds}
    enough = [
        place
        for place in range(len(shares))
        if all(len(np.unique(dataset.groups[drawn[f][place]])) >= recipe.evaluation.inner_folds for f in folds)
    ]
    tasks = [(place, f) for place in enough for f in folds]
    results = carried_out(
        (
            delayed(judge_fold)(
                counts, dataset, drawn[f][place], np.flatnonzero(fold == f), recipe, recipe.seed + 1 + f
            )
            for place, f in tasks
        ),
        jobs,
    )
    score = {place: np.empty((1, *dataset.Y.shape)) for place in enough}
    tags = {place: np.empty((1, *dataset.Y.shape), dtype=bool) for place in enough}
    for done, ((place, _), found) in enumerate(zip(tasks, results, strict=True), 1):
        P = found.rules.probabilities(found.S)
        score[place][0, found.rows] = P
        tags[place][0, found.rows] = decide(P, found.rules.thresholds)
        progress(done, len(tasks))
    whole = out.systems[MODEL]
    systems = {MODEL: Answers(whole.score[:1], whole.tags[:1])}
    systems |= {f"{shares[place]:.0%}": Answers(score[place], tags[place]) for place in enough}
    own, *others = paragraph_tables(dataset, systems, rounds=recipe.evaluation.rounds, seed=recipe.seed)
    sizes = [float(np.mean([len(drawn[f][place]) for f in folds])) for place in enough]
    found_points = [GrowthPoint(shares[p], size, t) for p, size, t in zip(enough, sizes, others, strict=True)]
    full = float(np.mean([(fold != f).sum() for f in folds]))
    return (*found_points, GrowthPoint(1.0, full, own))
