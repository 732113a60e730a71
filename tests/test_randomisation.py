"""Randomisation: p-values are those of theory where theory has them, and even where nothing differs."""

import math
from itertools import product

import numpy as np
import pytest

from pipeline.learning.evaluation import Answers
from pipeline.learning.randomisation import chance_of
from pipeline.learning.summary import FIGURES
from tests.corpora import KEYS, evaluated, small

PARTS = (small().Y, small().known, small().groups, KEYS)


def one_topic(score, y, groups, other, **options):
    """P-values of two scores that tag from 0.5 on."""
    both = (Answers(s[None, :, None], (s >= 0.5)[None, :, None]) for s in (score, other))
    return chance_of(*both, y[:, None], np.ones((len(y), 1), bool), groups, ("a",), **options)


def test_a_system_against_itself_has_no_case():
    own = evaluated().out.systems["model"]
    found = chance_of(own, own, *PARTS, rounds=50)
    assert set(found) == {(topic, name) for topic in (*KEYS, "micro", "macro") for name in FIGURES}
    assert set(found.values()) == {1.0}


def test_sides_repeats_and_seeds_do_not_matter_but_for_chance():
    model, prior = (evaluated().out.systems[name] for name in ("model", "prior"))
    there, back = chance_of(model, prior, *PARTS, rounds=200), chance_of(prior, model, *PARTS, rounds=200)
    assert repr(there) == repr(back)
    assert there["macro", "average_precision"] < 0.01
    twice = [Answers(np.repeat(a.score, 2, axis=0), np.repeat(a.tags, 2, axis=0)) for a in (model, prior)]
    assert repr(chance_of(*twice, *PARTS, rounds=200)) == repr(there)


def test_the_p_value_of_recall_is_that_of_all_swaps():
    y = np.ones(8, bool)
    one, other = np.array([1.0, 1, 1, 1, 1, 0, 1, 1]), np.array([0.0, 0, 1, 1, 0, 1, 1, 0])
    gaps = one - other
    exact = np.mean([abs(gaps @ signs) >= gaps.sum() for signs in product((-1, 1), repeat=8)])
    found = one_topic(one, y, np.arange(8), other, rounds=4000)["a", "recall"]
    assert found == pytest.approx(exact, abs=0.03)


def test_rows_of_an_article_change_sides_together():
    y, one = np.ones(20, bool), np.ones(20)
    other = np.repeat([0.0, 1.0], 10)
    alone, together = (one_topic(one, y, groups, other, rounds=500) for groups in (np.arange(20), np.arange(20) // 10))
    assert alone["a", "recall"] < 0.02
    assert together["a", "recall"] == 1


def test_a_figure_that_is_not_defined_has_no_p_value():
    y = np.zeros(4, bool)
    found = one_topic(np.array([0.9, 0, 0, 0]), y, np.arange(4), np.zeros(4), rounds=20)
    assert math.isnan(found["a", "recall"])
    assert math.isnan(found["macro", "average_precision"])


def test_p_values_are_even_where_two_systems_are_as_good():
    generator = np.random.default_rng(4)
    seen = []
    for trial in range(200):
        groups = np.repeat(np.arange(20), 4)
        y = generator.random(80) < 0.4
        shift = generator.normal(0, 0.2, 20)[groups]
        one, other = (np.clip(0.35 + 0.3 * y + shift + generator.normal(0, 0.2, 80), 0, 1) for _ in range(2))
        found = one_topic(one, y, groups, other, rounds=199, seed=trial)
        seen.append([found["a", name] for name in FIGURES])
    below = {share: (np.array(seen) <= share).mean(axis=0) for share in (0.05, 0.5)}
    assert (below[0.05] <= 0.10).all()
    assert (below[0.5] <= 0.60).all()  # counts are often equal, and a p-value then errs to the safe side
    assert abs(below[0.5][FIGURES.index("average_precision")] - 0.5) < 0.1
