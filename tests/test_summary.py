"""Summary: the tables say what scikit-learn would say of the answers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, precision_recall_fscore_support

from pipeline.learning.evaluation import MODEL, Answers, OutOfFold, cross_validate
from pipeline.learning.summary import FIGURES, LEVELS, article_judgements, tables, worst_mistakes
from tests.corpora import KEYS, LEXICON, QUICK, evaluated, gappy, quiet, small, with_known


def table(made, level, system=MODEL):
    return next(t for t in made if t.level == level and t.system == system)


def answers(P, T=None):
    """Answers of a single made-up system, and the rest of an outcome that tables do not look at."""
    T = P >= 0.5 if T is None else T
    nothing = np.zeros(0)
    return OutOfFold(P, {MODEL: Answers(P, T)}, nothing, nothing, nothing, (), T)


def drawn(dataset, seed=0, repeats=1):
    generator = np.random.default_rng(seed)
    return np.clip(generator.normal(0.3 + 0.3 * dataset.Y, 0.2, (repeats, *dataset.Y.shape)).round(2), 0, 1)


def test_there_is_a_table_for_each_level_and_system_the_model_first():
    made = evaluated().tables
    systems = [MODEL, "all-negative", "prior", "keyword rules"]
    assert [(t.level, t.system) for t in made] == [(level, system) for level in LEVELS for system in systems]
    for t in made:
        assert [row.topic for row in t.rows] == [*KEYS, "micro", "macro"]
        assert all(tuple(row.figures) == FIGURES for row in t.rows)


@pytest.mark.parametrize("level", LEVELS)
def test_the_figures_are_scikit_learns(level):
    dataset = small()
    P = drawn(dataset)
    made = table(tables(dataset, answers(P), rounds=100, seed=0), level)
    if level == "paragraph":
        Y, S = dataset.Y, P[0]
    else:
        articles = [dataset.groups == a for a in range(len(dataset.articles))]
        Y = np.array([dataset.Y[rows].any(axis=0) for rows in articles])
        S = np.array([P[0][rows].max(axis=0) for rows in articles])
    T = S >= 0.5
    for average, topics in ((None, KEYS), ("micro", ["micro"]), ("macro", ["macro"])):
        figures = precision_recall_fscore_support(Y, T, average=average, zero_division=0)[:3]
        ap = average_precision_score(Y, S, average=average)
        for j, topic in enumerate(topics):
            for name, expected in zip(FIGURES, (*figures, ap), strict=True):
                assert made.figure(topic, name).value == pytest.approx(np.atleast_1d(expected)[j]), (topic, name)
    assert [row.support for row in made.rows] == [*Y.sum(axis=0), Y.sum(), Y.sum()]
    assert made.exact_match.value == pytest.approx(accuracy_score(Y, T))
    assert made.hamming_loss.value == pytest.approx((Y != T).mean())


def test_a_difference_is_the_models_figure_minus_the_baselines():
    made = evaluated().tables
    for level in LEVELS:
        own = table(made, level)
        assert own.difference == {}
        for system in ("all-negative", "prior", "keyword rules"):
            other = table(made, level, system)
            for (topic, name), gap in other.difference.items():
                expected = own.figure(topic, name).value - other.figure(topic, name).value
                assert gap.value == pytest.approx(expected, nan_ok=True)
            assert len(other.difference) == 5 * len(FIGURES)
    assert table(made, "paragraph", "all-negative").difference["macro", "f1"].value > 0


def test_the_interval_of_a_difference_pairs_the_draws():
    dataset = small()
    P = drawn(dataset)
    twin = Answers(P, P >= 0.5)
    out = replace(answers(P), systems={MODEL: twin, "the same again": twin})
    gap = table(tables(dataset, out, rounds=100, seed=0), "paragraph", "the same again").difference["macro", "f1"]
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)


def test_intervals_hold_the_value_and_draw_articles_at_both_levels():
    dataset = small()
    P = drawn(dataset)
    made = tables(dataset, answers(P), rounds=500, seed=0)
    for level in LEVELS:
        f1 = table(made, level).figure("macro", "f1")
        assert f1.low < f1.value < f1.high
    f1 = table(made, "paragraph").figure("macro", "f1")
    one_article = replace(dataset, groups=np.zeros_like(dataset.groups))
    alone = table(tables(one_article, answers(P), rounds=100, seed=0), "paragraph").figure("macro", "f1")
    assert alone.value == f1.value
    assert math.isnan(alone.low)


def test_several_repeats_are_averaged_figure_by_figure():
    dataset = small()
    P = drawn(dataset, repeats=3)
    together = table(tables(dataset, answers(P), rounds=100, seed=0), "article")
    singly = [table(tables(dataset, answers(P[[r]]), rounds=100, seed=0), "article") for r in range(3)]
    for row in together.rows:
        for name in FIGURES:
            values = [t.figure(row.topic, name).value for t in singly]
            assert row.figures[name].value == pytest.approx(np.mean(values))
            assert len(set(values)) > 1


def test_a_topic_that_is_never_tagged_counts_as_zero_precision_in_the_macro_average():
    dataset = small()
    T = np.zeros((1, *dataset.Y.shape), bool)
    T[0, :, 0] = dataset.Y[:, 0]
    made = table(tables(dataset, answers(T * 1.0, T), rounds=100, seed=0), "paragraph")
    assert math.isnan(made.figure("cyber", "precision").value)
    assert made.figure("macro", "precision").value == pytest.approx(1 / 3)
    assert made.figure("macro", "f1").value == pytest.approx(1 / 3)


def test_an_article_is_known_to_lack_a_topic_only_if_all_its_paragraphs_were_judged():
    dataset = small()
    known = dataset.known.copy()
    known[[0, 2], 0] = False  # a01: one positive hidden, one shown, the third unknown
    known[[3, 5], 0] = False  # a02: no positive, two unknown
    known[6:9, 0] = False  # a03: unknown altogether
    Y, judged = article_judgements(with_known(dataset, known))
    assert (Y[0, 0], judged[0, 0]) == (True, True)
    assert (Y[1, 0], judged[1, 0]) == (False, False)
    assert (Y[2, 0], judged[2, 0]) == (False, False)
    assert (Y[11, 0], judged[11, 0]) == (False, True)
    assert judged[:, 1:].all()


def test_an_article_number_without_paragraphs_is_judged_for_nothing():
    dataset = replace(small(), groups=small().groups + 1)
    Y, known = article_judgements(dataset)
    assert not Y[0].any()
    assert not known[0].any()
    assert known[1:].all()


def test_what_stands_in_cells_that_were_not_judged_changes_no_table_and_no_mistake():
    dataset = gappy()
    flipped = replace(dataset, Y=dataset.Y ^ ~dataset.known)
    out = cross_validate(dataset, LEXICON, QUICK, quiet, 1)
    assert repr(tables(dataset, out, rounds=100, seed=0)) == repr(tables(flipped, out, rounds=100, seed=0))
    assert worst_mistakes(dataset, out, 5) == worst_mistakes(flipped, out, 5)


def test_answers_in_cells_that_were_not_judged_change_no_paragraph_table_and_no_mistake():
    dataset = gappy()
    P = drawn(dataset)
    other = np.where(dataset.known, P, 1 - P)
    one, two = (table(tables(dataset, answers(p), rounds=100, seed=0), "paragraph") for p in (P, other))
    assert repr(one) == repr(two)
    assert worst_mistakes(dataset, answers(P), 5) == worst_mistakes(dataset, answers(other), 5)


def test_the_worst_mistakes_are_the_most_confident_of_each_kind():
    dataset = small()
    P = drawn(dataset)
    found = worst_mistakes(dataset, answers(P), 3)
    for j, topic in enumerate(KEYS):
        alarms = [m for m in found if (m.topic, m.kind) == (topic, "false alarm")]
        misses = [m for m in found if (m.topic, m.kind) == (topic, "miss")]
        wrong = np.sort(P[0, ~dataset.Y[:, j], j])[::-1]
        assert [m.probability for m in alarms] == [p for p in wrong[:3] if p >= 0.5]
        missed = np.sort(P[0, dataset.Y[:, j], j])
        assert [m.probability for m in misses] == [p for p in missed[:3] if p < 0.5]
        for m in alarms + misses:
            row = [p.id for p in dataset.paragraphs].index(m.paragraph_id)
            assert m.text == dataset.texts[row]
            assert dataset.Y[row, j] == (m.kind == "miss")


def test_the_same_seed_gives_the_same_tables_and_another_seed_other_intervals():
    dataset, P = small(), drawn(small())
    one, same, other = (repr(tables(dataset, answers(P), rounds=100, seed=seed)) for seed in (0, 0, 1))
    assert one == same != other
