"""Decision: Platt's sigmoid, thresholds between scores, the article rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import _sigmoid_calibration

from pipeline.errors import RecipeError
from pipeline.learning.decision import NEVER, article_level, decide, fit_platt, probabilities
from pipeline.learning.objectives import (
    Choice,
    DecisionOptions,
    Rules,
    choose_threshold,
    fit_rules,
    require_feasible,
)


def drawn(n=300, share=0.2, seed=0):
    generator = np.random.default_rng(seed)
    y = generator.random(n) < share
    return generator.normal(size=n) + 2 * y - 1, y


def achieved(p, y, threshold):
    tags = p >= threshold
    tp = (tags & y).sum()
    return tp / max(tags.sum(), 1), tp / y.sum()


def f_beta(p, y, threshold, beta=1.0):
    precision, recall = achieved(p, y, threshold)
    return (1 + beta**2) * precision * recall / max(beta**2 * precision + recall, 1e-9)


@pytest.mark.parametrize(("scale", "shift"), [(1, 0), (3, -4), (0.1, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_platts_numbers_are_those_of_scikit_learn(scale, shift, seed):
    s, y = drawn(seed=seed)
    s = s * scale + shift
    a, b = _sigmoid_calibration(s, y)
    np.testing.assert_allclose(fit_platt(s, y), (-a, -b), rtol=1e-5, atol=1e-6)


def test_calibrated_probabilities_add_up_to_the_smoothed_number_of_positives():
    s, y = drawn()
    slope, offset = fit_platt(s, y)
    positives, negatives = y.sum(), (~y).sum()
    wanted = positives * (positives + 1) / (positives + 2) + negatives / (negatives + 2)
    assert math.isclose(probabilities(s, np.array(slope), np.array(offset)).sum(), wanted, rel_tol=1e-9)


def test_scores_far_from_zero_and_perfectly_apart_are_calibrated_too():
    y = np.arange(20) < 8
    for s in (np.where(y, 1e6, -1e6), np.where(y, 1e-9, -1e-9) + 5, np.where(y, 3.0, 2.0)):
        slope, offset = fit_platt(s, y)
        p = probabilities(s, np.array(slope), np.array(offset))
        np.testing.assert_allclose(p, np.where(y, 9 / 10, 1 / 14), atol=1e-6)


@pytest.mark.parametrize(
    ("s", "y"),
    [
        ([1.0, 2, 3], [True, True, True]),
        ([1.0, 2], [False, False]),
        ([0.1 + 0.2] * 4, [True, False] * 2),
        ([1.0, 0], [False, True]),
    ],
)
def test_scores_without_an_order_to_learn_from_stay_as_they_are(s, y):
    assert fit_platt(np.array(s), np.array(y)) == (1.0, 0.0)


def test_probabilities_of_endless_scores_are_zero_and_one_without_a_warning():
    p = probabilities(np.array([-1e300, 0.0, 1e300]), np.array(10.0), np.array(0.0))
    assert p.tolist() == [pytest.approx(0, abs=1e-300), 0.5, 1.0]


def test_a_tag_needs_the_threshold_or_more():
    P = np.array([[0.5, np.nextafter(0.5, 0)], [0.6, 0.5]])
    assert decide(P, np.array([0.5, 0.5])).tolist() == [[True, False], [True, True]]


def test_a_threshold_lies_midway_between_neighbouring_scores():
    s = np.array([-3.0, -1.0, 2.0, 4.0])
    y = np.array([False, False, True, True])
    found = choose_threshold(probabilities(s, np.array(1.0), np.array(0.0)), y, DecisionOptions())
    assert math.isclose(math.log(found.threshold / (1 - found.threshold)), 0.5)
    assert (found.precision, found.recall, found.feasible) == (1.0, 1.0, True)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1e-12, 0.1, 0.2, 0.25, 0.5, 0.8, 1 - 1e-12, 1.0]), st.booleans()), min_size=1
    ),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.sampled_from([(0.0, 0.0), (0.7, 0.0), (0.0, 0.7), (0.6, 0.6), (1.0, 1.0)]),
)
@settings(deadline=None, max_examples=300)
def test_the_choice_is_the_best_of_all_thresholds_that_meet_the_wishes(rows, beta, wishes):
    p, y = (np.array(column) for column in zip(*rows, strict=True))
    options = DecisionOptions(beta, 0.0, *wishes)
    found = choose_threshold(p, y, options)
    if not y.any():
        assert not (p >= found.threshold).any()
        return
    assert (found.precision, found.recall) == achieved(p, y, found.threshold)
    every = [achieved(p, y, t) for t in np.unique(p)]
    meets = [pr >= wishes[0] and re >= wishes[1] for pr, re in every]
    assert found.feasible == any(meets)
    if found.feasible:
        best = max(f_beta(p, y, t, beta) for t, ok in zip(np.unique(p), meets, strict=True) if ok)
        assert math.isclose(f_beta(p, y, found.threshold, beta), best)
    else:
        short = [max(wishes[0] - pr, 0) + max(wishes[1] - re, 0) for pr, re in every]
        assert math.isclose(max(wishes[0] - found.precision, 0) + max(wishes[1] - found.recall, 0), min(short))


def test_equal_probabilities_are_tagged_together_or_not_at_all():
    p = np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    y = np.array([True, True, False, False, False])
    found = choose_threshold(p, y, DecisionOptions(min_recall=1.0))
    assert 0.1 < found.threshold <= 0.5
    assert (found.precision, found.recall) == (0.5, 1.0)


def test_a_wish_for_precision_raises_the_threshold_and_one_for_recall_lowers_it():
    s, y = drawn()
    p = probabilities(s, np.array(1.0), np.array(0.0))
    plain = choose_threshold(p, y, DecisionOptions())
    precise = choose_threshold(p, y, DecisionOptions(min_precision=0.95))
    complete = choose_threshold(p, y, DecisionOptions(min_recall=0.98))
    assert complete.threshold < plain.threshold < precise.threshold
    assert precise.precision >= 0.95 > plain.precision
    assert complete.recall >= 0.98 > plain.recall
    eager = choose_threshold(p, y, DecisionOptions(beta=3.0))
    assert eager.recall > plain.recall


def test_without_a_positive_nothing_is_ever_tagged():
    found = choose_threshold(np.array([0.2, 1.0]), np.array([False, False]), DecisionOptions(min_recall=0.9))
    assert found == Choice(NEVER, 1.0, 1.0, feasible=True, review=NEVER)
    assert not decide(np.array([1.0]), np.array([found.threshold])).any()
    assert choose_threshold(np.empty(0), np.empty(0, bool), DecisionOptions()).threshold == NEVER


def test_a_wish_out_of_reach_is_an_error_that_names_the_best():
    p, y = np.array([0.9, 0.8, 0.4]), np.array([False, True, True])
    options = DecisionOptions(min_precision=0.9, min_recall=0.5)
    rules = Rules(np.ones(1), np.zeros(1), np.ones(1), np.ones(1), (choose_threshold(p, y, options),))
    with pytest.raises(RecipeError) as caught:
        require_feasible(rules, ("drugs",), options)
    assert str(caught.value) == (
        "topic 'drugs': no threshold reaches precision >= 0.9 and recall >= 0.5 out of fold; the nearest has precision "
        "0.667 at recall 1.000; lower the wish or label more of this topic"
    )


def test_a_wish_within_reach_is_no_error():
    p, y, options = np.array([0.9, 0.8, 0.4]), np.array([True, True, False]), DecisionOptions(min_precision=1.0)
    choice = choose_threshold(p, y, options)
    assert choice.feasible
    require_feasible(Rules(np.ones(1), np.zeros(1), np.ones(1), np.ones(1), (choice,)), ("drugs",), options)


def test_rules_use_the_judged_rows_of_each_topic_only():
    s, y = drawn()
    S, Y = np.column_stack([s, s]), np.column_stack([y, y])
    known = np.ones_like(Y)
    known[::3, 1] = False
    rules = fit_rules(S, Y, known, DecisionOptions(), ("a", "b"))
    alone = fit_rules(S[known[:, 1], 1:], Y[known[:, 1], 1:], known[known[:, 1], 1:], DecisionOptions(), ("b",))
    assert (rules.slope[1], rules.offset[1], rules.thresholds[1]) == (
        alone.slope[0],
        alone.offset[0],
        alone.thresholds[0],
    )
    assert rules.slope[0] != rules.slope[1]
    np.testing.assert_array_equal(rules.probabilities(S)[:, 0], probabilities(s, rules.slope[0], rules.offset[0]))


def test_an_article_has_what_one_of_its_paragraphs_has():
    groups = np.array([0, 0, 2, 2])
    P = np.array([[0.1, 0.9], [0.3, 0.2], [0.5, 0.5], [0.4, 0.6]])
    assert article_level(P, groups).tolist() == [[0.3, 0.9], [-np.inf, -np.inf], [0.5, 0.6]]
    tags = article_level(P >= 0.5, groups)
    assert tags.dtype == bool
    assert tags.tolist() == [[False, True], [False, False], [True, True]]


def test_the_article_rule_on_tags_and_on_probabilities_agree():
    generator = np.random.default_rng(0)
    P, thresholds = generator.random((50, 3)), np.array([0.3, 0.5, 0.7])
    groups = generator.integers(0, 10, 50)
    by_tags = article_level(decide(P, thresholds), groups)
    np.testing.assert_array_equal(by_tags, decide(article_level(P, groups), thresholds))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"beta": 0.0}, r"^decision\.beta: is 0\.0; must be a finite number greater than 0$"),
        ({"beta": math.inf}, r"^decision\.beta"),
        ({"min_precision": 1.1}, r"^decision\.min_precision: is 1\.1; must be from 0 to 1$"),
        ({"min_recall": -0.1}, r"^decision\.min_recall"),
        ({"min_recall": math.nan}, r"^decision\.min_recall"),
    ],
)
def test_impossible_wishes_are_refused(values, message):
    with pytest.raises(RecipeError, match=message):
        DecisionOptions(**values)


def test_a_floor_keeps_thresholds_up_unless_a_wish_needs_them_lower():
    p = np.array([0.95, 0.8, 0.6, 0.4, 0.2])
    y = np.array([True, True, True, True, False])
    assert choose_threshold(p, y, DecisionOptions()).threshold < 0.4
    held = choose_threshold(p, y, DecisionOptions(floor=0.7))
    assert 0.7 <= held.threshold <= 0.8
    assert (held.precision, held.recall) == (1.0, 0.5)
    wished = choose_threshold(p, y, DecisionOptions(floor=0.7, min_recall=1.0))
    assert wished.feasible
    assert wished.threshold < 0.4
    assert choose_threshold(p, y, DecisionOptions(floor=0.99)).threshold < 0.4
