"""The evaluation is honest: chance for shuffled labels, a planted leak is shown, intervals cover what they should."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.lexicon import Lexicon
from pipeline.intervals import bootstrap
from pipeline.learning.evaluation import MODEL
from pipeline.learning.metrics import average_precision, confusion
from pipeline.learning.training import evaluate
from pipeline.reporting.honesty import EMPTY_SETS, empty_sets, leaks
from pipeline.reporting.report import build_report
from tests.corpora import QUICK, evaluated, invented, make_dataset, quiet, trained

SIMULATIONS, ARTICLES, ROUNDS = 400, 60, 400
FIGURES = ("precision", "recall", "F1", "average precision")


def shuffled(dataset, seed):
    """The dataset with whole articles' labels dealt to other articles with as many paragraphs."""
    generator = np.random.default_rng(seed)
    Y = dataset.Y.copy()
    sizes = np.bincount(dataset.groups)
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        for article, donor in zip(alike, generator.permutation(alike), strict=True):
            Y[dataset.groups == article] = dataset.Y[dataset.groups == donor]
    return replace(dataset, Y=Y)


@pytest.mark.parametrize("seed", range(3))
def test_labels_shuffled_by_article_give_figures_of_chance(seed):
    dataset = shuffled(invented(400, seed=seed), seed)
    prior = evaluate(dataset, Lexicon({}), QUICK, quiet, jobs=1).table("paragraph", "prior")
    for figure in ("average_precision", "f1"):
        gained = prior.difference["macro", figure]
        assert gained.low < 0.03, (figure, gained)
        assert gained.value < 0.06, (figure, gained)


def test_the_same_labels_unshuffled_are_learnt():
    found = evaluate(invented(400), Lexicon({}), QUICK, quiet, jobs=1).table("paragraph", "prior")
    assert found.difference["macro", "average_precision"].low > 0.2


@pytest.fixture(scope="module")
def leaking():
    """An evaluation of a corpus in which one story stands in two articles."""
    honest = invented(120)
    story = np.flatnonzero(honest.groups == honest.groups[50])
    texts = [*honest.texts, *(f"{honest.texts[i]} updates" for i in story)]
    articles = [*(honest.articles[g] for g in honest.groups), *["again"] * len(story)]
    dataset = make_dataset(texts, articles, np.concatenate([honest.Y, honest.Y[story]]))
    recipe = replace(QUICK, evaluation=replace(QUICK.evaluation, repeats=4))
    return evaluate(dataset, Lexicon({}), recipe, quiet, jobs=1), story


def test_a_planted_leak_is_detected_and_shown(leaking):
    evaluation, story = leaking
    planted = {evaluation.dataset.paragraphs[i].id for i in story}
    assert {leak.first for leak in evaluation.leaks} == planted
    assert all(leak.second.startswith("again:") and leak.share > 0.8 for leak in evaluation.leaks)
    apart = [leak.repeats for leak in evaluation.leaks]
    assert 0 < max(apart) <= 4
    section = next(s for s in build_report(evaluation, trained()) if s.heading == "Same text in two articles")
    assert f"{len(story)} pairs" in section.text[0]
    assert "merge such articles" in section.text[0]
    assert {row[0] for row in section.grids[0].rows} <= planted


def test_repeats_in_which_both_lay_in_one_fold_do_not_count(leaking):
    evaluation, story = leaking
    copies = np.flatnonzero(evaluation.dataset.groups == evaluation.dataset.articles.index("again"))
    apart = int((evaluation.out.fold[:, story[0]] != evaluation.out.fold[:, copies[0]]).sum())
    assert {leak.repeats for leak in evaluation.leaks} == {apart}


def test_a_corpus_without_a_leak_says_so():
    assert evaluated().leaks == ()
    assert leaks(()).text[0].startswith("None")


def world(articles, generator):
    """Paragraphs of a known world: articles differ in how often they have the topic and in how well it is seen."""
    sizes = generator.integers(3, 9, articles)
    group = np.repeat(np.arange(articles), sizes)
    share = generator.beta(1.2, 2.0, articles)
    y = generator.random(len(group)) < share[group]
    shift = generator.normal(0, 0.8, articles)
    one = y * 2.0 + shift[group] + generator.normal(0, 0.8, len(group))
    other = y * 1.7 + shift[group] * 1.1 + generator.normal(0, 0.9, len(group))
    return group, y, one, other


def figures(weight, y, score):
    counts = confusion((score > 1)[:, None], y[:, None], np.ones((len(y), 1), bool), weight)
    parts = [counts.precision, counts.recall, counts.f1]
    return np.column_stack([*(part[:, 0] for part in parts), average_precision(score, y, weight)])


@pytest.fixture(scope="module")
def covered():
    """How often intervals held the truth: by article, by paragraph, and of the difference of two systems."""
    generator = np.random.default_rng(20)
    group, y, one, other = world(60_000, generator)
    whole = np.ones((1, len(y)))
    truth = figures(whole, y, one)[0]
    gap = truth - figures(whole, y, other)[0]
    held = np.zeros((3, 4))
    for simulation in range(SIMULATIONS):
        group, y, one, other = world(ARTICLES, generator)

        def own(weight, y=y, one=one):
            return figures(weight, y, one)

        def difference(weight, y=y, one=one, other=other):
            return figures(weight, y, one) - figures(weight, y, other)

        asked = ((own, group, truth), (own, np.arange(len(y)), truth), (difference, group, gap))
        for kind, (statistic, groups, true) in enumerate(asked):
            found = bootstrap(statistic, groups, rounds=ROUNDS, seed=simulation)
            held[kind] += [interval.low <= t <= interval.high for interval, t in zip(found, true, strict=True)]
    return held / SIMULATIONS


def test_intervals_by_article_cover_the_truth_as_often_as_they_say(covered):
    by_article = dict(zip(FIGURES, covered[0], strict=True))
    assert all(0.90 <= share <= 0.98 for share in by_article.values()), by_article


def test_intervals_that_forget_articles_cover_it_too_seldom(covered):
    assert max(covered[1]) < 0.90


def test_intervals_of_a_paired_difference_cover_it_as_often_as_they_say(covered):
    paired = dict(zip(FIGURES, covered[2], strict=True))
    assert all(0.90 <= share <= 0.98 for share in paired.values()), paired


def test_the_report_states_how_each_empty_set_is_counted():
    assert empty_sets() in build_report(evaluated(), trained())
    assert {row[0] for row in empty_sets().grids[0].rows} == {case for case, _ in EMPTY_SETS}


def test_the_model_table_comes_first():
    assert evaluated().tables[0].system == MODEL
