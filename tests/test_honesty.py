"""The evaluation is honest: chance for shuffled labels, a planted leak is shown, intervals cover what they should."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.lexicon import Lexicon
from pipeline.intervals import bootstrap
from pipeline.learning.evaluation import Answers
from pipeline.learning.leaks import Leak, count_copies
from pipeline.learning.metrics import average_precision, confusion
from pipeline.learning.outside_evaluation import OutsideResult
from pipeline.learning.summary import table_of
from pipeline.learning.training import evaluate
from pipeline.reporting.honesty import SHOWN, leaks
from pipeline.reporting.outside import outside_section
from pipeline.reporting.report import build_report
from pipeline.reporting.runs import metrics
from tests.corpora import QUICK, evaluated, invented, make_dataset, quiet, trained

SIMULATIONS, ROUNDS = 400, 400
FIGURES = ("precision", "recall", "F1", "average precision")


def shuffled(dataset, seed):
    """The dataset with whole articles' labels dealt to other articles with as many paragraphs, none to its own."""
    generator = np.random.default_rng(seed)
    Y = dataset.Y.copy()
    sizes = np.bincount(dataset.groups)
    for size in np.unique(sizes):
        alike = generator.permutation(np.flatnonzero(sizes == size))
        for article, donor in zip(alike, np.roll(alike, 1), strict=True):
            Y[dataset.groups == article] = dataset.Y[dataset.groups == donor]
    return replace(dataset, Y=Y)


@pytest.mark.parametrize("seed", range(5))
def test_labels_shuffled_by_article_give_figures_of_chance(seed):
    dataset = shuffled(invented(400, seed=seed), seed)
    found = evaluate(dataset, Lexicon({}), QUICK, quiet, jobs=1)
    own, prior = found.table("paragraph"), found.table("paragraph", "prior")
    for key, share in zip(dataset.codebook.keys, dataset.Y.mean(axis=0), strict=True):
        assert own.figure(key, "average_precision").low <= share, key
    assert prior.difference["macro", "average_precision"].low <= 0
    assert prior.difference["macro", "f1"].low <= 0


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
    assert section.text[0].endswith(f"5-grams: {len(story)}.")
    assert f"judged on what it had learnt: {len(story)}." in section.text[1]
    assert "merge such articles" in section.text[1]
    assert {row[0] for row in section.grids[0].rows} <= planted
    assert len(metrics(evaluation)["leaks"]) == len(story)


def test_repeats_in_which_both_lay_in_one_fold_do_not_count(leaking):
    evaluation, story = leaking
    copies = np.flatnonzero(evaluation.dataset.groups == evaluation.dataset.articles.index("again"))
    apart = int((evaluation.out.fold[:, story[0]] != evaluation.out.fold[:, copies[0]]).sum())
    assert {leak.repeats for leak in evaluation.leaks} == {apart}


def test_outside_text_that_was_learnt_is_counted_and_told(leaking):
    dataset = leaking[0].dataset
    texts = (f"{dataset.texts[0]} updates", "A season opens.", *invented(3, seed=9, vocabulary=500).texts)
    assert count_copies(dataset, texts) == 1
    result = OutsideResult("news.jsonl", (), {}, (), copies=1)
    assert "5-grams with a training paragraph: 1." in outside_section(result, dataset.codebook).text[-1]
    assert len(outside_section(replace(result, copies=0), dataset.codebook).text) == 1


def test_pairs_in_different_folds_are_shown_first_and_alone_cast_doubt():
    together = tuple(Leak(f"a{i}:0-9", f"b{i}:0-9", 1.0, 0) for i in range(SHOWN))
    assert "no model was judged on what it had learnt" in leaks(together).text[1]
    apart = Leak("c:0-9", "d:0-9", 0.5, 2)
    section = leaks((*together, apart))
    assert [row[0] for row in section.grids[0].rows][:2] == ["c:0-9", "a0:0-9"]
    assert "judged on what it had learnt: 1." in section.text[1]


def test_a_corpus_without_a_leak_says_so():
    assert evaluated().leaks == ()
    section = next(s for s in build_report(evaluated(), trained()) if s.heading == "Same text in two articles")
    assert section.text[0].startswith("None")


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


def both(weight, y, one, other):
    """The figures of one system, and what it is ahead of the other."""
    own = figures(weight, y, one)
    return np.hstack([own, own - figures(weight, y, other)])


@pytest.fixture(scope="module")
def truth():
    """What the figures are in a world without end."""
    _, y, one, other = world(60_000, np.random.default_rng(20))
    return both(np.ones((1, len(y))), y, one, other)[0]


def covered(truth, articles, *, by_article=True):
    """How often intervals held the truth: of one system's figures, and of the difference of two."""
    generator = np.random.default_rng(21)
    held = np.zeros(2 * len(FIGURES))
    for simulation in range(SIMULATIONS):
        group, y, one, other = world(articles, generator)

        def statistic(weight, y=y, one=one, other=other):
            return both(weight, y, one, other)

        groups = group if by_article else np.arange(len(y))
        found = bootstrap(statistic, groups, rounds=ROUNDS, seed=simulation)
        held += [interval.low <= true <= interval.high for interval, true in zip(found, truth, strict=True)]
    shares = (held / SIMULATIONS).tolist()
    return dict(zip(FIGURES, shares[: len(FIGURES)], strict=True)), dict(
        zip(FIGURES, shares[len(FIGURES) :], strict=True)
    )


@pytest.mark.parametrize("articles", [25, 60])
def test_intervals_by_article_cover_the_truth_as_often_as_they_say(truth, articles):
    for shares in covered(truth, articles):
        assert all(0.90 <= share <= 0.98 for share in shares.values()), shares


def test_intervals_that_forget_articles_cover_it_too_seldom(truth):
    assert max(covered(truth, 25, by_article=False)[0].values()) < 0.90


def test_a_table_holds_just_these_intervals():
    group, y, one, _ = world(60, np.random.default_rng(5))
    dataset = make_dataset(["x"] * len(y), [f"{g:03d}" for g in group], y[:, None], keys=("a",))
    answers = Answers(one[None, :, None], (one > 1)[None, :, None])
    row = table_of(dataset, answers, rounds=ROUNDS, seed=3).rows[0]
    found = bootstrap(lambda weight: figures(weight, y, one), group, rounds=ROUNDS, seed=3)
    assert [*row.figures.values()] == found
