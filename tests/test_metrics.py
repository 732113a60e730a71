"""Metrics: scikit-learn's figures, over judged cells only."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, average_precision_score, hamming_loss, precision_recall_fscore_support

from pipeline.learning import metrics

ROWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=40
)


def unpack(rows):
    bits = np.array([[[value >> j & 1 for j in range(3)] for value in row[:3]] for row in rows], dtype=bool)
    return bits[:, 0], bits[:, 1], bits[:, 2], np.array([float(row[3]) for row in rows])


def drawn(n=80, k=3, seed=0):
    generator = np.random.default_rng(seed)
    Y = generator.random((n, k)) < 0.3
    S = np.round(generator.normal(size=(n, k)) + Y, 1)  # rounded, so that some are equal
    return S, Y, generator.random((n, k)) < 0.7, generator.integers(0, 4, n).astype(float)


@given(ROWS)
@settings(deadline=None)
def test_precision_recall_and_f1_are_scikit_learns_on_the_judged_rows_of_each_topic(rows):
    T, Y, known, weight = unpack(rows)
    found = metrics.confusion(T, Y, known, weight)
    for j in range(3):
        r = known[:, j] & (weight > 0)
        if not r.any():
            assert np.isnan([found.precision[j], found.recall[j], found.f1[j]]).all()
            continue
        expected = precision_recall_fscore_support(
            Y[r, j], T[r, j], average="binary", sample_weight=weight[r], zero_division=np.nan
        )[:3]
        np.testing.assert_allclose([found.precision[j], found.recall[j], found.f1[j]], expected)


def test_the_micro_average_is_scikit_learns():
    S, Y, _, weight = drawn()
    everything = np.ones_like(Y)
    pooled = metrics.confusion(S > 0.5, Y, everything, weight).pooled
    expected = precision_recall_fscore_support(Y, S > 0.5, average="micro", sample_weight=weight)[:3]
    np.testing.assert_allclose([pooled.precision[0], pooled.recall[0], pooled.f1[0]], expected)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_scikit_learns_with_weights_and_equal_scores(seed):
    S, Y, known, weight = drawn(seed=seed)
    found = metrics.average_precisions(S, Y, known, weight)
    for j in range(3):
        r = known[:, j]
        assert found[j] == pytest.approx(average_precision_score(Y[r, j], S[r, j], sample_weight=weight[r]))


@given(
    st.lists(
        st.tuples(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), st.booleans(), st.integers(0, 2)), min_size=1, max_size=30
    )
)
@settings(deadline=None)
def test_average_precision_is_scikit_learns_on_any_rows(rows):
    score, y, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = metrics.average_precision(score, y, weight.astype(float))
    if not (weight * y).any():
        assert np.isnan(found)
    else:
        assert found == pytest.approx(average_precision_score(y, score, sample_weight=weight))


def test_the_pooled_average_precision_is_scikit_learns_micro_average():
    S, Y, known, weight = drawn()
    found = metrics.pooled_average_precision(S, Y, np.ones_like(Y), weight)
    assert found == pytest.approx(average_precision_score(Y, S, average="micro", sample_weight=weight))
    judged = metrics.pooled_average_precision(S, Y, known, weight)
    by_cell = np.repeat(weight[:, None], 3, axis=1)
    assert judged == pytest.approx(average_precision_score(Y[known], S[known], sample_weight=by_cell[known]))


def test_exact_match_and_hamming_loss_are_scikit_learns_where_all_is_judged():
    S, Y, _, weight = drawn()
    T, everything = S > 0.5, np.ones_like(Y)
    assert metrics.exact_match(T, Y, everything, weight) == pytest.approx(accuracy_score(Y, T, sample_weight=weight))
    assert metrics.hamming_loss(T, Y, everything, weight) == pytest.approx(hamming_loss(Y, T, sample_weight=weight))


def test_a_row_rightly_left_without_topics_counts_as_right():
    T, Y = np.zeros((2, 3), bool), np.array([[False, False, False], [True, False, False]])
    assert metrics.exact_match(T, Y, np.ones_like(Y), np.ones(2)) == 0.5


@given(ROWS)
@settings(deadline=None)
def test_what_stands_in_a_cell_that_was_not_judged_is_never_counted(rows):
    T, Y, known, weight = unpack(rows)
    S = T + np.arange(3) / 10

    def everything(T, S, Y):
        c = metrics.confusion(T, Y, known, weight)
        return np.concatenate(
            [
                *(c.tp, c.fp, c.fn, c.precision, c.recall, c.f1, c.pooled.f1),
                metrics.average_precisions(S, Y, known, weight),
                metrics.pooled_average_precision(S, Y, known, weight)[None],
                [metrics.exact_match(T, Y, known, weight), metrics.hamming_loss(T, Y, known, weight)],
            ]
        )

    expected = everything(T, S, Y)
    np.testing.assert_array_equal(everything(T, S, Y ^ ~known), expected)
    np.testing.assert_array_equal(everything(T ^ ~known, np.where(known, S, 99.0), Y), expected)


def test_a_row_judged_for_nothing_is_in_no_figure():
    T, Y = np.array([[True], [True]]), np.array([[True], [False]])
    known = np.array([[True], [False]])
    assert metrics.exact_match(T, Y, known, np.ones(2)) == 1
    assert metrics.hamming_loss(T, Y, known, np.ones(2)) == 0
    assert metrics.confusion(T, Y, known, np.ones(2)).precision == 1


def test_many_rounds_at_once_are_the_rounds_one_by_one():
    S, Y, known, _ = drawn()
    T = S > 0.5
    weight = np.random.default_rng(1).integers(0, 3, (20, len(Y))).astype(float)
    weight[0] = 0
    for measure, first in [
        (metrics.average_precisions, S),
        (metrics.pooled_average_precision, S),
        (metrics.exact_match, T),
        (metrics.hamming_loss, T),
        (lambda *a: metrics.confusion(*a).f1, T),
        (lambda *a: metrics.confusion(*a).pooled.precision, T),
    ]:
        together = measure(first, Y, known, weight)
        np.testing.assert_allclose(together, [measure(first, Y, known, w) for w in weight], rtol=1e-13)
        assert np.isnan(together[0]).all()


def test_undefined_figures_are_nan_without_a_warning():
    nothing = np.zeros((2, 1), bool)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = metrics.confusion(nothing, nothing, ~nothing, np.ones(2))
        assert np.isnan([found.precision, found.recall, found.f1]).all()
        assert np.isnan(metrics.average_precision(np.zeros(2), nothing[:, 0], np.ones(2)))
        assert np.isnan(metrics.average_precision(np.empty(0), np.empty(0, bool), np.empty(0)))
    missed = metrics.confusion(nothing, ~nothing, ~nothing, np.ones(2))
    assert missed.f1 == 0
