"""Estimator: the classifiers of scikit-learn's liblinear, one a topic, on judged rows only."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.errors import RecipeError
from pipeline.learning.estimator import EstimatorOptions, fit_topics, score_topics
from pipeline.learning.features import FeatureOptions, count
from tests.corpora import ORACLE, gappy, small

FEATURES = FeatureOptions(min_df=1)
ALL = np.arange(len(small().texts))


def fitted(dataset, rows=ALL, options=EstimatorOptions(), features=FEATURES):  # noqa: B008  frozen
    counts = count(dataset.texts, features)
    fits = fit_topics(counts, dataset.codebook.keys, dataset.Y, dataset.known, dataset.weight, rows, features, options)
    return counts, fits


@pytest.mark.parametrize("class_weight", ["none", "balanced"])
def test_scores_are_those_of_a_scikit_learn_pipeline_fitted_on_the_judged_rows(class_weight):
    weight = np.where(ALL % 3 == 0, 2.5, 1.0)
    dataset = replace(gappy(), weight=weight)
    counts, fits = fitted(dataset, options=EstimatorOptions(C=3.0, class_weight=class_weight))
    S = score_topics(fits, counts, ALL)
    for j in range(dataset.Y.shape[1]):
        judged = dataset.known[:, j]
        vectoriser = TfidfVectorizer(**ORACLE, ngram_range=(1, 2), sublinear_tf=True)
        X = vectoriser.fit_transform([text for text, use in zip(dataset.texts, judged, strict=True) if use])
        oracle = LogisticRegression(
            C=3.0, solver="liblinear", tol=1e-10, class_weight=None if class_weight == "none" else class_weight
        ).fit(X, dataset.Y[judged, j], sample_weight=weight[judged])
        expected = oracle.decision_function(vectoriser.transform(dataset.texts))
        np.testing.assert_allclose(S[:, j], expected, rtol=0, atol=1e-4)  # what the solver leaves open


def test_a_judgement_that_is_not_known_changes_nothing():
    dataset = gappy()
    flipped = replace(dataset, Y=dataset.Y ^ ~dataset.known)
    assert (flipped.Y != dataset.Y).any()
    for one, two in zip(fitted(dataset)[1], fitted(flipped)[1], strict=True):
        assert one.coef.tobytes() == two.coef.tobytes()
        assert one.intercept == two.intercept


def test_topics_judged_on_the_same_rows_share_one_tfidf():
    _, fits = fitted(small())
    assert fits[0].view is fits[1].view is fits[2].view
    _, apart = fitted(gappy())
    assert apart[0].view is not apart[1].view


@pytest.mark.parametrize("answer", [True, False])
def test_a_topic_with_one_answer_only_gets_its_smoothed_log_odds(answer):
    dataset = small()
    one_sided = dataset.Y.copy()
    one_sided[:, 1] = answer
    counts, fits = fitted(replace(dataset, Y=one_sided))
    expected = math.log(42.5 / 0.5) * (1 if answer else -1)
    assert not fits[1].coef.any()
    np.testing.assert_allclose(fits[1].scores(counts, ALL), expected)
    assert fits[0].coef.any()


def test_a_topic_without_a_judged_row_gets_even_odds():
    dataset = small()
    known = dataset.known.copy()
    known[:, 2] = False
    counts, fits = fitted(replace(dataset, known=known))
    assert score_topics(fits, counts, ALL)[:, 2].tolist() == [0.0] * len(ALL)


def test_a_topic_whose_rows_share_no_term_gets_its_smoothed_log_odds():
    counts, fits = fitted(small(), ALL[:1], features=FeatureOptions(min_df=2))
    assert score_topics(fits, counts, ALL)[0].tolist() == [math.log(3), -math.log(3), -math.log(3)]


@pytest.mark.parametrize("C", [0.0, -1.0, math.inf, math.nan])
def test_an_impossible_penalty_is_refused(C):
    with pytest.raises(RecipeError, match=r"^estimator\.C: is .*; must be a finite number greater than 0$"):
        EstimatorOptions(C=C)


def test_an_unknown_class_weight_is_refused():
    with pytest.raises(RecipeError, match=r"^estimator\.class_weight: is 'even'; must be 'none' or 'balanced'$"):
        EstimatorOptions(class_weight="even")
