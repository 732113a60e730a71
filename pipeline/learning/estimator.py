"""One regularised linear classifier a topic: logistic regression as liblinear defines it (Fan et al. 2008).

Fits weights on some rows and scores others. How the weights are found is ``solver``'s business; calibration, thresholds
and folds are elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import RecipeError
from pipeline.learning.features import Counts, FeatureOptions, View, fit_views, row_scales, weighed
from pipeline.learning.solver import Problem, column_sums, solve

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
        return score_topics([self], counts, rows)[:, 0]


def log_count_ratio(X: Any, Y: Array, weight: Array, smoothing: float, usable: Array | bool = True) -> Array:  # noqa: FBT001, FBT002  broadcast
    """How much commoner each term is in positives than in negatives, on a log scale.

    Args:
        X: sparse of shape (n, m); only whether a term occurs counts (Wang & Manning 2012, binarised).
        Y: bool of shape (n, k), or (n,) for one topic.
        weight: row weights of shape (n,).
        smoothing: added to every count.
        usable: bool of shape (m, k), terms that count for a topic; the others get 0.

    Returns:
        Floats of shape (m, k) or (m,).
    """
    present = X.copy()
    present.data = np.ones_like(present.data)
    positive, negative = (np.where(usable, present.T @ (weight * side.T).T + smoothing, 0) for side in (Y, ~Y))
    shares = positive / column_sums(positive), negative / column_sums(negative)
    return np.log(np.divide(*shares, out=np.ones_like(positive), where=np.broadcast_to(usable, positive.shape)))


def fit_topics(
    counts: Counts,
    keys: tuple[str, ...],
    Y: Array,
    known: Array,
    weight: Array,
    rows: Array,
    features: FeatureOptions,
    options: EstimatorOptions,
) -> list[TopicFit]:
    """Fit every topic on those of ``rows`` that were judged for it; topics judged on the same rows together.

    Args:
        counts: counts of all n paragraphs.
        keys: k topics.
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        weight: row weights of shape (n,).
        rows: ints, the training rows.
        features: TF-IDF options.
        options: classifier options.

    Returns:
        k fits. Where there is nothing to tell apart (one answer only, no judged row, no term), a topic gets zero
        weights and its smoothed log-odds as intercept.
    """
    together: dict[bytes, list[int]] = {}
    for j in range(len(keys)):
        together.setdefault(known[rows, j].tobytes(), []).append(j)
    fits: dict[int, TopicFit] = {}
    for topics in together.values():
        judged = rows[known[rows, topics[0]]]
        weights = weighed(counts, judged, features.sublinear_tf)
        views = fit_views(weights, features, [counts.open_to(keys[j]) for j in topics])
        answers = Y[np.ix_(judged, topics)]
        fits |= zip(topics, _fit_batch(weights, views, answers, weight[judged], options), strict=True)
    return [fits[j] for j in range(len(keys))]


def _fit_batch(weights: Any, views: list[View], Y: Array, weight: Array, options: EstimatorOptions) -> list[TopicFit]:
    """Fit topics judged on the same n rows.

    Args:
        weights: the rows, CSR of shape (n, v) from ``weighed``.
        views: TF-IDF of each topic.
        Y: their answers, bool of shape (n, k).
        weight: row weights of shape (n,).
        options: classifier options.
    """
    positive = Y.sum(axis=0)
    has_terms = np.array([len(view.columns) > 0 for view in views])
    some = np.flatnonzero((positive > 0) & (positive < len(Y)) & has_terms)
    intercept = np.log((positive + 0.5) / (len(Y) - positive + 0.5))
    coef = [np.zeros(len(view.columns)) for view in views]
    if len(some):
        idf = _spread([views[j].columns for j in some], [views[j].idf for j in some], weights.shape[1])
        used = np.flatnonzero(idf.any(axis=1))
        # Columns lie together: both products of the solver are faster so, and unused ones are gone.
        X, idf, Y = weights.tocsc()[:, used], idf[used], Y[:, some]
        cost = np.repeat(options.C * weight[:, None], len(some), axis=1)
        if options.class_weight == "balanced":
            totals = column_sums(cost)
            for side in (Y, ~Y):
                cost *= np.where(side, totals / (2 * column_sums(cost * side)), 1)
        ratio = (idf > 0).astype(float)
        if options.naive_bayes:
            ratio = log_count_ratio(X, Y, weight, options.naive_bayes, idf > 0)
        W, intercept[some] = solve(Problem(X, Y, cost, row_scales(X, idf), idf * ratio))
        W *= ratio
        for place, j in enumerate(some):
            coef[j] = W[np.searchsorted(used, views[j].columns), place]
    return [TopicFit(*fit) for fit in zip(views, coef, intercept.tolist(), strict=True)]


def _spread(columns: list[Array], values: list[Array], v: int) -> Array:
    """Values of each topic's columns as one array of shape (v, k), 0 elsewhere."""
    found = np.zeros((v, len(columns)))
    for j, (places, value) in enumerate(zip(columns, values, strict=True)):
        found[places, j] = value
    return found


def score_topics(fits: list[TopicFit], counts: Counts, rows: Array) -> Array:
    """Scores of shape (len(rows), k), log-odds before calibration."""
    views, v = [fit.view for fit in fits], len(counts.terms)
    weights = weighed(counts, rows, views[0].sublinear_tf)
    idf = _spread([view.columns for view in views], [view.idf for view in views], v)
    coef = _spread([view.columns for view in views], [fit.coef for fit in fits], v)
    scores = weights @ (idf * coef) * row_scales(weights, idf)
    return np.asarray(scores + [fit.intercept for fit in fits])
