"""One regularised linear classifier a topic: scikit-learn's liblinear logistic regression (Fan et al. 2008).

Fits weights on some rows and scores others. Calibration, thresholds and folds are elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from pipeline.errors import RecipeError
from pipeline.learning.features import Counts, FeatureOptions, View, fit_view

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class EstimatorOptions:
    """How the weights are found.

    Attributes:
        C: inverse strength of the L2 penalty.
        class_weight: "none", or "balanced" to weigh both answers of a topic alike.
        naive_bayes: smoothing of the log-count ratios that weigh terms before fitting, 0 for none (NB-SVM, Wang &
            Manning 2012); they are multiplied into the weights afterwards, so a model tags as fast with them.
    """

    C: float = 10.0
    class_weight: str = "none"
    naive_bayes: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.C < math.inf:
            raise RecipeError(f"estimator.C: is {self.C!r}; must be a finite number greater than 0")
        if self.class_weight not in {"none", "balanced"}:
            raise RecipeError(f"estimator.class_weight: is {self.class_weight!r}; must be 'none' or 'balanced'")
        if not 0 <= self.naive_bayes < math.inf:
            raise RecipeError(f"estimator.naive_bayes: is {self.naive_bayes!r}; must be a finite number, 0 or greater")


@dataclass(frozen=True, slots=True, eq=False)
class TopicFit:
    """What one topic has learnt.

    Attributes:
        view: the topic's TF-IDF.
        coef: weights of shape (m,) over the view's columns.
        intercept: the score of an empty paragraph.
    """

    view: View
    coef: Array
    intercept: float

    def scores(self, counts: Counts, rows: Array) -> Array:
        """Log-odds of shape (len(rows),)."""
        return np.asarray(self.view.transform(counts, rows) @ self.coef + self.intercept)


def log_count_ratio(X: Any, y: Array, weight: Array, smoothing: float) -> Array:
    """How much commoner each term is in positives than in negatives, on a log scale.

    Args:
        X: CSR of shape (n, m); only whether a term occurs counts (Wang & Manning 2012, binarised).
        y: bool of shape (n,).
        weight: row weights of shape (n,).
        smoothing: added to every count.

    Returns:
        Floats of shape (m,).
    """
    present = X.copy()
    present.data = np.ones_like(present.data)
    positive, negative = ((weight * side) @ present + smoothing for side in (y, ~y))
    return np.asarray(np.log((positive / positive.sum()) / (negative / negative.sum())))


def fit_topics(
    counts: Counts,
    keys: tuple[str, ...],
    Y: Array,
    known: Array,
    weight: Array,
    rows: Array,
    features: FeatureOptions,
    options: EstimatorOptions,
    seed: int,
) -> list[TopicFit]:
    """Fit every topic on those of ``rows`` that were judged for it.

    Args:
        counts: counts of all n paragraphs.
        keys: k topics.
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        weight: row weights of shape (n,).
        rows: ints, the training rows.
        features: TF-IDF options.
        options: classifier options.
        seed: seed of the solver.

    Returns:
        k fits. Where there is nothing to tell apart (one answer only, no judged row, no term), a topic gets zero
        weights and its smoothed log-odds as intercept.
    """
    views: dict[bytes, View] = {}
    fits = []
    for j, topic in enumerate(keys):
        judged = rows[known[rows, j]]
        usable = counts.open_to(topic)
        key = judged.tobytes() + usable.tobytes()
        if key not in views:
            views[key] = fit_view(counts, judged, features, usable)
        view, y = views[key], Y[judged, j]
        if y.all() or not y.any() or not len(view.columns):
            odds = (y.sum() + 0.5) / (len(y) - y.sum() + 0.5)
            fits.append(TopicFit(view, np.zeros(len(view.columns)), float(np.log(odds))))
            continue
        classifier = LogisticRegression(
            C=options.C,
            solver="liblinear",
            class_weight=None if options.class_weight == "none" else options.class_weight,
            random_state=seed,
            max_iter=1000,
        )
        X = view.transform(counts, judged)
        ratio = np.ones(X.shape[1])
        if options.naive_bayes:
            ratio = log_count_ratio(X, y, weight[judged], options.naive_bayes)
        # A sum shared out over threads is rounded otherwise: one thread, so that the number of cores changes no bit.
        with threadpool_limits(1):
            classifier.fit(X.multiply(ratio).tocsr(), y, sample_weight=weight[judged])
        fits.append(TopicFit(view, classifier.coef_.ravel() * ratio, float(classifier.intercept_[0])))
    return fits


def score_topics(fits: list[TopicFit], counts: Counts, rows: Array) -> Array:
    """Scores of shape (len(rows), k), log-odds before calibration."""
    return np.column_stack([fit.scores(counts, rows) for fit in fits])
