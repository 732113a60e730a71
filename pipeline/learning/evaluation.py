"""Nested, grouped, stratified cross-validation: answers for every paragraph from models that never saw its article.

Inside each training part an inner cross-validation gives the scores that calibration and thresholds are chosen on,
so nothing is judged on what chose it. What the answers are worth is ``summary``'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.baselines import BASELINES, count_terms, prior_scores
from pipeline.learning.decision import decide
from pipeline.learning.estimator import TopicFit, fit_topics, score_topics
from pipeline.learning.features import Counts, count
from pipeline.learning.folds import Split, assign_folds, imbalance
from pipeline.learning.objectives import Rules, fit_rules
from pipeline.learning.parallel import carried_out
from pipeline.learning.recipe import Recipe

Array = NDArray[Any]
Progress = Callable[[int, int], None]

MODEL = "model"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What one system says of every paragraph, out of fold; r repeats, n paragraphs, k topics.

    Attributes:
        score: float (r, n, k), probabilities for the model and the prior, numbers of listed terms for the rules.
        tags: bool (r, n, k).
    """

    score: Array
    tags: Array


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """The outcome of cross-validation.

    Attributes:
        S: the model's scores before calibration, float (r, n, k).
        systems: answers by system, the model first, then the baselines.
        fold: outer fold of each paragraph, ints (r, n).
        thresholds: probabilities chosen inside each training part, float (r, folds, k).
        infeasible: how many of those r * folds choices missed a wish, ints (k,).
        imbalance: of each repeat's outer folds, see ``folds.imbalance``.
        not_no: bool (r, n, k), the model's answers "yes" or "review"; its tags where there is no band to review.
    """

    S: Array
    systems: dict[str, Answers]
    fold: Array
    thresholds: Array
    infeasible: Array
    imbalance: tuple[float, ...]
    not_no: Array


@dataclass(frozen=True, slots=True, eq=False)
class FoldAnswers:
    """What models fitted on one part say of another.

    Attributes:
        rows: ints (m,), the rows judged.
        S: their scores before calibration, float (m, k).
        rules: calibration and thresholds, chosen inside the training part.
    """

    rows: Array
    S: Array
    rules: Rules


def inner_scores(
    counts: Counts,
    dataset: Dataset,
    rows: Array,
    recipe: Recipe,
    *,
    folds: int,
    seed: int,
    together: Array | None = None,
) -> Array:
    """Scores of ``rows`` by models fitted on the other folds of ``rows``; float (len(rows), k).

    Rows of an article stay together or, where ``together`` is given, ints of shape (n,), rows of one of its numbers.
    """
    Y, known = dataset.Y[rows], dataset.known[rows]
    groups = (dataset.groups if together is None else together)[rows]
    fold = assign_folds(Y, known, groups, folds=folds, seed=seed)
    S = np.empty(Y.shape)
    for f in range(folds):
        train, test = rows[fold != f], rows[fold == f]
        S[fold == f] = score_topics(fit_rows(counts, dataset, train, recipe), counts, test)
    return S


def fit_rows(counts: Counts, dataset: Dataset, train: Array, recipe: Recipe) -> list[TopicFit]:
    """Classifiers of all topics, fitted on some rows by a recipe."""
    return fit_topics(
        counts,
        dataset.codebook.keys,
        dataset.Y,
        dataset.known,
        dataset.weight,
        train,
        recipe.features,
        recipe.estimator,
    )


def judge_fold(counts: Counts, dataset: Dataset, train: Array, test: Array, recipe: Recipe, seed: int) -> FoldAnswers:
    """Fit on ``train``, choosing calibration and thresholds inside it, and score ``test``.

    Args:
        counts: counts of all n paragraphs.
        dataset: the judged paragraphs.
        train: ints, rows to learn from.
        test: ints, rows of other articles.
        recipe: what to do.
        seed: seed of the inner folds.
    """
    S_inner = inner_scores(counts, dataset, train, recipe, folds=recipe.evaluation.inner_folds, seed=seed)
    rules = fit_rules(S_inner, dataset.Y[train], dataset.known[train], recipe.decision, dataset.codebook.keys)
    return FoldAnswers(test, score_topics(fit_rows(counts, dataset, train, recipe), counts, test), rules)


def cross_validate(
    dataset: Dataset, lexicon: Lexicon, recipe: Recipe, progress: Progress, jobs: int, split: Split | None = None
) -> OutOfFold:
    """Nested cross-validation of the recipe, and of the baselines on the same folds.

    Args:
        dataset: n judged paragraphs.
        lexicon: term lists, for the keyword rules and for recipes that mark listed terms.
        recipe: what to evaluate.
        progress: called with (folds done, folds in all).
        jobs: processes, -1 or 0 for all cores; the result does not depend on it.
        split: outer folds given from outside, once; ``None`` to deal them by article.
    """
    options = recipe.evaluation
    counts = count(dataset.texts, recipe.features, lexicon)
    repeats, folds = (1, len(split.values)) if split else (options.repeats, options.folds)
    shape = (repeats, *dataset.Y.shape)
    fold = np.empty(shape[:2], dtype=np.int64)
    for r in range(repeats):
        fold[r] = split.fold if split else _deal(dataset, folds, recipe.seed + 1000 * r)
    tasks = [(r, f) for r in range(repeats) for f in range(folds)]
    progress(0, len(tasks))
    results = carried_out(
        (
            delayed(judge_fold)(
                counts,
                dataset,
                np.flatnonzero(fold[r] != f),
                np.flatnonzero(fold[r] == f),
                recipe,
                recipe.seed + 1000 * r + 1 + f,
            )
            for r, f in tasks
        ),
        jobs,
    )
    S, P, T, not_no = (np.empty(shape, dtype=kind) for kind in (float, float, bool, bool))
    prior = np.empty(shape)
    thresholds = np.empty((repeats, folds, shape[2]))
    infeasible = np.zeros(shape[2], dtype=np.int64)
    for done, ((r, f), result) in enumerate(zip(tasks, results, strict=True), 1):
        rows, rules = result.rows, result.rules
        S[r, rows] = result.S
        P[r, rows] = rules.probabilities(result.S)
        T[r, rows] = decide(P[r, rows], rules.thresholds)
        not_no[r, rows] = decide(P[r, rows], rules.review)
        prior[r, rows] = prior_scores(dataset.Y, dataset.known, np.flatnonzero(fold[r] != f), len(rows))
        thresholds[r, f] = rules.thresholds
        infeasible += np.array([not choice.feasible for choice in rules.choices])
        progress(done, len(tasks))
    hits = np.tile(count_terms(dataset.texts, lexicon, dataset.codebook.keys), (repeats, 1, 1))
    # Where all probabilities are alike, the threshold of the best F1 tags everything: the prior's tags.
    baselines = (Answers(np.zeros(shape), np.zeros(shape, bool)), Answers(prior, prior > 0), Answers(hits, hits > 0))
    return OutOfFold(
        S,
        {MODEL: Answers(P, T), **dict(zip(BASELINES, baselines, strict=True))},
        fold,
        thresholds,
        infeasible,
        tuple(imbalance(dataset.Y, dataset.known, fold[r]) for r in range(repeats)),
        not_no,
    )


def _deal(dataset: Dataset, folds: int, seed: int) -> Array:
    return assign_folds(dataset.Y, dataset.known, dataset.groups, folds=folds, seed=seed)
