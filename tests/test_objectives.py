"""Objectives: cost, wishes by topic, and the band that is left for a person to review."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.learn import recipe_of
from pipeline.errors import RecipeError
from pipeline.learning.decision import NEVER, answer
from pipeline.learning.objectives import DecisionOptions, Objective, choose_threshold, fit_rules
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.project import Project

ROWS = st.lists(st.tuples(st.sampled_from([0.05, 0.1, 0.2, 0.4, 0.5, 0.7, 0.9, 0.95]), st.booleans()), min_size=1)


@settings(deadline=None)
@given(ROWS, st.sampled_from([0.2, 1.0, 3.0, 10.0]))
def test_the_least_cost_is_aimed_at_where_a_miss_has_one(rows, cost):
    p, y = (np.array(column) for column in zip(*rows, strict=True))
    if not y.any():
        return
    found = choose_threshold(p, y, Objective(miss_cost=cost))

    def paid(threshold):
        return cost * (y & (p < threshold)).sum() + (~y & (p >= threshold)).sum()

    # To tag nothing is a threshold too.
    assert paid(found.threshold) == min(paid(t) for t in (*np.unique(p), 2.0))


def test_nothing_is_tagged_where_that_costs_least_but_never_against_a_wish():
    p, y = np.array([0.9, 0.8, 0.7, 0.1]), np.array([False, False, False, True])
    found = choose_threshold(p, y, Objective(miss_cost=2.0))
    assert (found.threshold, found.recall, found.feasible) == (NEVER, 0.0, True)
    assert choose_threshold(p, y, Objective(miss_cost=4.0)).recall == 1.0
    assert choose_threshold(p, y, Objective(miss_cost=2.0, min_recall=1.0)).recall == 1.0
    # A precision out of reach is said to be out of reach; it does not silence the topic.
    beyond = choose_threshold(p, y, Objective(miss_cost=2.0, min_precision=0.9))
    assert (beyond.precision, beyond.recall, beyond.feasible) == (0.25, 1.0, False)
    band = choose_threshold(p, y, Objective(miss_cost=2.0, review_recall=1.0))
    assert answer(p, np.array(band.threshold), np.array(band.review)).tolist() == [1, 1, 1, 1]


@settings(deadline=None)
@given(ROWS, st.sampled_from([0.5, 0.9, 1.0]))
def test_the_promise_of_no_is_kept_and_the_band_is_no_wider_than_it_must_be(rows, promise):
    p, y = (np.array(column) for column in zip(*rows, strict=True))
    found = choose_threshold(p, y, Objective(min_precision=0.9, review_recall=promise))
    assert found.review <= found.threshold
    if not y.any():
        return
    assert (p[y] >= found.review).mean() >= promise
    higher = np.unique(p[(p > found.review) & (p < found.threshold)])
    kept = [(p[y] >= np.nextafter(t, 1)).mean() for t in higher]
    assert all(share < promise for share in kept[:1])


def test_without_a_promise_of_no_nothing_is_left_for_review():
    p, y = np.array([0.9, 0.6, 0.4, 0.1]), np.array([True, False, True, False])
    found = choose_threshold(p, y, Objective(min_precision=1.0))
    assert found.review == found.threshold
    assert set(answer(p, np.array(found.threshold), np.array(found.review))) == {0, 2}


def test_a_topic_may_want_something_else_than_the_rest():
    p = np.array([0.95, 0.8, 0.6, 0.3, 0.2])
    y = np.array([True, False, True, False, True])
    S, Y = np.column_stack([np.log(p / (1 - p))] * 2), np.column_stack([y, y])
    options = DecisionOptions(topics={"b": {"min_precision": 1, "floor": 0.0}})
    rules = fit_rules(S, Y, np.ones_like(Y), options, ("a", "b"))
    assert rules.choices[1].precision == 1.0
    assert rules.thresholds[1] > rules.thresholds[0]
    alone = fit_rules(S, Y, np.ones_like(Y), DecisionOptions(), ("a", "b"))
    assert rules.thresholds[0] == alone.thresholds[0]


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ({"drugs": {"betta": 1.0}}, r"decision\.topics\.drugs: unknown key 'betta'; known are: beta, miss_cost"),
        ({"drugs": {"beta": "2"}}, r"decision\.topics\.drugs\.beta: is '2'; must be a number"),
        ({"drugs": {"min_recall": 2.0}}, r"decision\.topics\.drugs\.min_recall: is 2\.0; must be from 0 to 1"),
        ({"drugs": {"miss_cost": -1.0}}, r"decision\.topics\.drugs\.miss_cost: is -1\.0; must be a finite number"),
    ],
)
def test_a_topics_own_option_is_checked_by_name(topics, message):
    with pytest.raises(RecipeError, match=message):
        DecisionOptions(topics=topics)


def test_a_topic_that_the_codebook_does_not_have_is_refused():
    with pytest.raises(RecipeError, match=r"unknown key 'decision\.topics\.bees'; known are: a, b"):
        DecisionOptions(topics={"bees": {"beta": 2.0}}).check_topics(("a", "b"))


def test_flags_are_laid_over_every_topic_and_leave_its_other_options(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("[decision.topics.drugs]\nmin_precision = 0.9\nfloor = 0.6\nmiss_cost = 5\n")
    project = Project(tmp_path)
    given = recipe_of(path, project, {"min_precision": 0.5}).decision
    assert given.of("drugs") == Objective(min_precision=0.5, floor=0.6, miss_cost=5.0)
    assert given.of("other") == Objective(min_precision=0.5)
    assert recipe_of(path, project, {"beta": 2.0}).decision.of("drugs") == Objective(
        beta=2.0, min_precision=0.9, floor=0.6
    )
    both = recipe_of(path, project, {"beta": 2.0, "miss_cost": 3.0}).decision
    assert both.of("drugs").miss_cost == both.of("other").miss_cost == 3.0
    assert recipe_of(path, project, {}) == load_recipe(path)
    with pytest.raises(RecipeError, match=r"^command line: decision\.floor: is 2\.0; must be from 0 to 1$"):
        recipe_of(path, project, {"floor": 2.0})


def test_topic_tables_come_back_from_the_file(tmp_path):
    path = tmp_path / "strict.toml"
    path.write_text("[decision]\nfloor = 0.5\n[decision.topics.drugs]\nmin_recall = 0.9\nmiss_cost = 5\n")
    recipe = load_recipe(path)
    assert recipe.decision.of("drugs") == Objective(min_recall=0.9, miss_cost=5.0, floor=0.5)
    assert recipe.decision.of("other") == Objective(floor=0.5)
    again = tmp_path / "again.toml"
    again.write_text(recipe.to_toml())
    assert load_recipe(again) == recipe
    assert "topics" not in Recipe().to_toml()


def test_a_topic_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text("[decision.topics]\ndrugs = 0.9\n")
    with pytest.raises(RecipeError, match=r"odd\.toml: decision\.topics: is .*; must be tables, one a topic"):
        load_recipe(path)


def test_an_objective_says_what_it_aims_at():
    assert str(Objective(beta=2.0, min_precision=0.9, review_recall=0.98)) == (
        "F2, precision >= 0.9, review down to recall 0.98"
    )
