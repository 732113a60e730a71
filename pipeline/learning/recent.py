"""What the newest labels changed: the recipe learnt with them and without them, both judged on the same held-out paragraphs.

Neither is judged on a paragraph whose label is among the newest, so that both answer the same questions and no label
is asked for what it taught. Folds are the evaluation's own, dealt once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import LabelError
from pipeline.learning.decision import decide
from pipeline.learning.evaluation import MODEL, Answers, Progress, judge_fold
from pipeline.learning.features import count
from pipeline.learning.folds import assign_folds
from pipeline.learning.parallel import carried_out
from pipeline.learning.recipe import Recipe
from pipeline.learning.summary import Table, paragraph_tables
from pipeline.learning.training import require_learnable

Array = NDArray[Any]

WITHOUT = "without the newest"


@dataclass(frozen=True, slots=True, eq=False)
class Gain:
    """Figures with and without the newest labels.

    Attributes:
        recent: how many paragraphs were left out of training.
        rows: ints (m,), the paragraphs both were judged on, none of them recent.
        articles: how many articles these stand in.
        without: figures learnt without the recent ones; its ``difference`` is what they changed, paired over articles.
        learnt: figures learnt from all.
    """

    recent: int
    rows: Array
    articles: int
    without: Table
    learnt: Table


def gain(dataset: Dataset, recent: Array, lexicon: Lexicon, recipe: Recipe, progress: Progress, jobs: int) -> Gain:
    """Learn twice in every fold, and judge both times the fold's paragraphs that are not recent.

    Args:
        dataset: n judged paragraphs.
        recent: bool (n,), the paragraphs whose labels are in question, see ``annotation.newest``.
        lexicon: term lists.
        recipe: what to learn by; its folds are dealt once, whatever it says of repeats.
        progress: called with (fits done, fits in all).
        jobs: processes, -1 for all cores; the result does not depend on it.

    Raises:
        LabelError: too little is left to learn from or to judge.
    """
    require_learnable(dataset, recipe)
    held = np.flatnonzero(~recent)
    if not len(held):
        raise LabelError("all judged paragraphs are recent, so none is left to judge on; take fewer of them")
    options = recipe.evaluation
    fold = assign_folds(dataset.Y, dataset.known, dataset.groups, folds=options.folds, seed=recipe.seed)
    tasks = []
    for f in np.unique(fold[held]).tolist():
        train, test = np.flatnonzero(fold != f), held[fold[held] == f]
        fewer = train[~recent[train]]
        _require_enough(dataset, fewer, recipe, int(recent.sum()))
        tasks += [(side, rows, test, recipe.seed + 1 + f) for side, rows in enumerate((fewer, train))]
    counts = count(dataset.texts, recipe.features, lexicon)
    progress(0, len(tasks))
    results = carried_out(
        (delayed(judge_fold)(counts, dataset, rows, test, recipe, seed) for _, rows, test, seed in tasks), jobs
    )
    score = np.zeros((2, 1, *dataset.Y.shape))
    tags = np.zeros(score.shape, dtype=bool)
    for done, ((side, *_), found) in enumerate(zip(tasks, results, strict=True), 1):
        P = found.rules.probabilities(found.S)
        score[side, 0, found.rows] = P
        tags[side, 0, found.rows] = decide(P, found.rules.thresholds)
        progress(done, len(tasks))
    without, learnt = (Answers(score[side][:, held], tags[side][:, held]) for side in range(2))
    own, other = paragraph_tables(
        _only(dataset, held), {MODEL: learnt, WITHOUT: without}, rounds=options.rounds, seed=recipe.seed
    )
    return Gain(int(recent.sum()), held, len(np.unique(dataset.groups[held])), other, own)


def _require_enough(dataset: Dataset, rows: Array, recipe: Recipe, recent: int) -> None:
    """Refuse a training part that lost too much with the recent rows."""
    cure = "take fewer of them, or label more"
    articles, least = len(np.unique(dataset.groups[rows])), recipe.evaluation.inner_folds
    if articles < least:
        raise LabelError(
            f"without the newest {recent} judged paragraphs a training part has {articles} articles, at least {least} are "
            f"needed, one for each inner fold; {cure}"
        )
    for j, key in enumerate(dataset.codebook.keys):
        if not (dataset.Y[rows, j] & dataset.known[rows, j]).any():
            raise LabelError(
                f"topic {key!r}: without the newest {recent} judged paragraphs a training part has no positive one; {cure}"
            )


def _only(dataset: Dataset, rows: Array) -> Dataset:
    """Some rows of a dataset to be judged, their articles numbered anew: a bootstrap draws every number up to the last."""
    numbers, groups = np.unique(dataset.groups[rows], return_inverse=True)
    return replace(
        dataset,
        articles=tuple(dataset.articles[number] for number in numbers),
        paragraphs=tuple(dataset.paragraphs[row] for row in rows),
        Y=dataset.Y[rows],
        known=dataset.known[rows],
        groups=groups,
        weight=dataset.weight[rows],
        where=tuple(dataset.where[row] for row in rows),
    )
