"""Intervals: whole groups are drawn, and the draw covers what it should."""

from __future__ import annotations

import math

import numpy as np

from pipeline.intervals import BATCH, Interval, bootstrap, group_draws


def mean_of(x):
    return lambda w: (w @ x / w.sum(axis=1))[:, None]


def test_each_round_draws_as_many_groups_as_there_are():
    draws = group_draws(np.array([0, 0, 1, 2, 2]), rounds=50, seed=1)
    assert draws.shape == (50, 3)
    assert (draws.sum(axis=1) == 3).all()
    assert (draws == group_draws(np.array([0, 0, 1, 2, 2]), rounds=50, seed=1)).all()
    assert (draws != group_draws(np.array([0, 0, 1, 2, 2]), rounds=50, seed=2)).any()


def test_rows_of_a_group_always_weigh_alike():
    groups = np.array([0, 0, 1, 1, 1, 2])
    seen = []

    def statistic(weight):
        seen.append(weight)
        return weight[:, :1]

    bootstrap(statistic, groups, rounds=100)
    weight = np.concatenate(seen)
    assert (weight[:, 0] == weight[:, 1]).all()
    assert (weight[:, 2] == weight[:, 4]).all()
    assert (weight[:, 0] != weight[:, 5]).any()


def test_the_interval_of_a_mean_is_that_of_theory():
    x = np.random.default_rng(0).normal(size=400)
    (found,) = bootstrap(mean_of(x), np.arange(400), rounds=2000)
    half = 1.96 * x.std() / 20
    assert found.value == x.mean()
    assert abs(found.low - (x.mean() - half)) < 0.1 * half
    assert abs(found.high - (x.mean() + half)) < 0.1 * half


def test_rows_that_repeat_each_other_in_a_group_do_not_narrow_the_interval():
    x = np.random.default_rng(0).normal(size=40)
    (single,) = bootstrap(mean_of(x), np.arange(40), rounds=500)
    (copied,) = bootstrap(mean_of(np.repeat(x, 10)), np.repeat(np.arange(40), 10), rounds=500)
    assert math.isclose(single.low, copied.low)
    assert math.isclose(single.high, copied.high)


def test_the_number_of_rounds_computed_at_once_changes_nothing(monkeypatch):
    x, groups = np.arange(30.0), np.arange(30) // 3
    whole = bootstrap(mean_of(x), groups, rounds=2 * BATCH + 7)
    monkeypatch.setattr("pipeline.intervals.BATCH", 1)
    assert bootstrap(mean_of(x), groups, rounds=2 * BATCH + 7) == whole


def test_one_group_alone_has_a_value_and_no_interval():
    (found,) = bootstrap(mean_of(np.array([1.0, 2.0])), np.zeros(2, int), rounds=50)
    assert found.value == 1.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert not found.excludes_zero


def test_the_fewer_groups_the_further_out_an_interval_reaches():
    widths = []
    for count in (5, 20, 80):
        x = np.arange(count) % 2.0
        (found,) = bootstrap(mean_of(x), np.arange(count), rounds=4000)
        widths.append((found.high - found.low) / (x.std() / math.sqrt(count)))
    assert widths == sorted(widths, reverse=True)
    assert abs(widths[-1] - 2 * 1.99 * math.sqrt(80 / 79)) < 0.2


def test_undefined_rounds_are_left_out_and_an_undefined_value_has_no_interval():
    y = np.array([1.0, 0, 0, 0, 0, 0])

    def statistic(w):
        hits = w @ y
        return np.column_stack([np.where(hits > 0, 1.0, np.nan), np.full(len(w), np.nan)])

    always, never = bootstrap(statistic, np.arange(6), rounds=200)
    assert (always.value, always.low, always.high) == (1, 1, 1)
    assert all(math.isnan(number) for number in (never.value, never.low, never.high))
    assert not never.excludes_zero


def test_an_interval_says_whether_it_leaves_out_zero():
    assert Interval(0.2, 0.1, 0.3).excludes_zero
    assert Interval(-0.2, -0.3, -0.1).excludes_zero
    assert not Interval(0.1, -0.1, 0.3).excludes_zero
    assert str(Interval(0.2, 0.1, 0.3)) == "0.200 [0.100, 0.300]"
