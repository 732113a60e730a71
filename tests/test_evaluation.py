"""Evaluation: every answer comes from a model, a calibration and a threshold that never saw the article."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from pipeline.learning import evaluation
from pipeline.learning.baselines import count_terms
from pipeline.learning.decision import fit_platt, probabilities
from pipeline.learning.estimator import fit_topics, score_topics
from pipeline.learning.evaluation import MODEL, cross_validate, inner_scores
from pipeline.learning.features import count
from pipeline.learning.folds import assign_folds, imbalance
from pipeline.learning.objectives import DecisionOptions, choose_threshold
from pipeline.learning.recipe import EvaluationOptions, Recipe
from tests.corpora import KEYS, LEXICON, QUICK, evaluated, gappy, invented, make_dataset, quiet, small

TWICE = replace(QUICK, evaluation=EvaluationOptions(folds=3, inner_folds=2, repeats=2, rounds=100))


def run(dataset, recipe=QUICK, jobs=1):
    return cross_validate(dataset, LEXICON, recipe, quiet, jobs)


def same(one, two):
    names = ("S", "fold", "thresholds", "infeasible", "not_no")
    arrays = [(getattr(one, name), getattr(two, name)) for name in names]
    for name in one.systems:
        arrays += [(one.systems[name].score, two.systems[name].score), (one.systems[name].tags, two.systems[name].tags)]
    return one.imbalance == two.imbalance and all(a.tobytes() == b.tobytes() for a, b in arrays)


@pytest.fixture
def fixed_folds(monkeypatch):
    """Outer folds that stay as they are when labels or texts change; inner folds are dealt as always."""
    dataset = small()
    fold = assign_folds(dataset.Y, dataset.known, dataset.groups, folds=3, seed=0)

    def dealt(Y, known, groups, *, folds, seed):
        return fold if len(Y) == len(fold) else assign_folds(Y, known, groups, folds=folds, seed=seed)

    monkeypatch.setattr(evaluation, "assign_folds", dealt)
    return fold


@pytest.mark.parametrize("f", range(3))
def test_labels_of_a_test_fold_change_neither_its_scores_nor_its_calibration_nor_its_thresholds(fixed_folds, f):
    dataset, test = small(), fixed_folds == f
    changed = replace(dataset, Y=np.where(test[:, None], ~dataset.Y, dataset.Y))
    before, after = run(dataset), run(changed)
    assert (after.S[0, test] == before.S[0, test]).all()
    assert (after.thresholds[0, f] == before.thresholds[0, f]).all()
    assert (after.systems[MODEL].score[0, test] == before.systems[MODEL].score[0, test]).all()
    assert (after.systems[MODEL].tags[0, test] == before.systems[MODEL].tags[0, test]).all()
    assert (after.systems["prior"].score[0, test] == before.systems["prior"].score[0, test]).all()
    others = [g for g in range(3) if g != f]
    assert (after.thresholds[0, others] != before.thresholds[0, others]).any()
    assert (after.S[0, ~test] != before.S[0, ~test]).any()


def test_texts_of_a_test_fold_change_nothing_that_is_learnt_for_it(fixed_folds):
    dataset, test = small(), fixed_folds == 0
    texts = [f"zzz {i} heroin flooded" if test[i] else text for i, text in enumerate(dataset.texts)]
    articles = [paragraph.article_id for paragraph in dataset.paragraphs]
    before, after = run(dataset), run(make_dataset(texts, articles, dataset.Y))
    assert (after.thresholds[0, 0] == before.thresholds[0, 0]).all()
    assert (after.S[0, test] != before.S[0, test]).any()
    assert (after.thresholds[0, 1:] != before.thresholds[0, 1:]).any()


def test_each_row_is_scored_by_a_model_of_the_other_folds():
    dataset, out = gappy(), run(gappy())
    counts = count(dataset.texts, QUICK.features)
    for f in range(3):
        train, test = np.flatnonzero(out.fold[0] != f), np.flatnonzero(out.fold[0] == f)
        assert not set(dataset.groups[train]) & set(dataset.groups[test])
        fits = fit_topics(
            counts,
            dataset.codebook.keys,
            dataset.Y,
            dataset.known,
            dataset.weight,
            train,
            QUICK.features,
            QUICK.estimator,
        )
        np.testing.assert_array_equal(out.S[0, test], score_topics(fits, counts, test))


def test_calibration_and_thresholds_are_chosen_on_inner_out_of_fold_scores():
    dataset, out = gappy(), run(gappy())
    counts = count(dataset.texts, QUICK.features)
    for f in range(3):
        train, test = np.flatnonzero(out.fold[0] != f), np.flatnonzero(out.fold[0] == f)
        S = inner_scores(counts, dataset, train, QUICK, folds=2, seed=QUICK.seed + 1 + f)
        for j in range(3):
            known = dataset.known[train, j]
            s, y = S[known, j], dataset.Y[train[known], j]
            slope, offset = (np.array(number) for number in fit_platt(s, y))
            choice = choose_threshold(probabilities(s, slope, offset), y, QUICK.decision)
            assert out.thresholds[0, f, j] == choice.threshold
            P = probabilities(out.S[0, test, j], slope, offset)
            np.testing.assert_array_equal(out.systems[MODEL].score[0, test, j], P)
            np.testing.assert_array_equal(out.systems[MODEL].tags[0, test, j], choice.threshold <= P)


def test_inner_scores_come_from_models_that_did_not_see_the_article():
    dataset = small()
    counts, rows = count(dataset.texts, QUICK.features), np.arange(30)
    S = inner_scores(counts, dataset, rows, QUICK, folds=3, seed=5)
    fold = assign_folds(dataset.Y[rows], dataset.known[rows], dataset.groups[rows], folds=3, seed=5)
    first = dataset.groups[rows] == dataset.groups[0]
    changed = replace(dataset, Y=np.where((dataset.groups == dataset.groups[0])[:, None], ~dataset.Y, dataset.Y))
    others = rows[fold != fold[0]]
    fits = fit_topics(
        counts,
        changed.codebook.keys,
        changed.Y,
        changed.known,
        changed.weight,
        others,
        QUICK.features,
        QUICK.estimator,
    )
    np.testing.assert_array_equal(S[first], score_topics(fits, counts, rows[first]))


def test_what_stands_in_cells_that_were_not_judged_changes_nothing_at_all():
    dataset = gappy()
    flipped = replace(dataset, Y=dataset.Y ^ ~dataset.known)
    assert (flipped.Y != dataset.Y).any()
    assert same(run(dataset), run(flipped))


def test_the_number_of_processes_and_threads_changes_no_bit():
    # Dot products of more than 10,000 numbers are shared out over threads, if nobody prevents it.
    dataset = invented(500, vocabulary=6000)
    one = run(dataset, jobs=1)
    assert len(count(dataset.texts, QUICK.features).terms) > 15_000
    assert same(one, run(dataset, jobs=2))
    assert same(one, run(dataset, jobs=0))


def test_labels_without_meaning_give_average_precision_by_chance():
    dataset = invented(600)
    shuffled = replace(dataset, Y=np.random.default_rng(1).permutation(dataset.Y))
    meant, chance = run(dataset), run(shuffled)
    for j in range(3):
        prevalence = dataset.Y[:, j].mean()
        assert average_precision_score(dataset.Y[:, j], meant.systems[MODEL].score[0, :, j]) > prevalence + 0.4
        found = average_precision_score(shuffled.Y[:, j], chance.systems[MODEL].score[0, :, j])
        assert abs(found - prevalence) < 0.07


def test_repeats_deal_the_articles_anew_and_the_first_stays_what_it_is_alone():
    once, twice = run(small()), run(small(), TWICE)
    assert twice.S.shape == (2, len(small().texts), 3)
    assert twice.thresholds.shape == (2, 3, 3)
    assert (twice.fold[0] != twice.fold[1]).any()
    assert (twice.S[0] == once.S[0]).all()
    assert (twice.thresholds[0] == once.thresholds[0]).all()
    for r in range(2):
        assert twice.imbalance[r] == imbalance(small().Y, small().known, twice.fold[r])


def test_the_baselines_answer_on_the_same_folds():
    dataset, out = small(), evaluated().out
    assert list(out.systems) == [MODEL, "all-negative", "prior", "keyword rules"]
    assert not out.systems["all-negative"].tags.any()
    hits = count_terms(dataset.texts, LEXICON, KEYS)
    assert (out.systems["keyword rules"].score[0] == hits).all()
    assert (out.systems["keyword rules"].tags[0] == (hits > 0)).all()
    for f in range(3):
        test = out.fold[0] == f
        assert (out.systems["prior"].score[0, test] == dataset.Y[~test].mean(axis=0)).all()
    assert out.systems["prior"].tags.all()


def test_a_wish_that_an_inner_fold_cannot_reach_takes_the_best_and_is_counted():
    out = run(small(), replace(QUICK, decision=DecisionOptions(min_precision=1.0, min_recall=1.0)))
    assert (out.infeasible > 0).any()
    assert out.infeasible.max() <= 3
    assert (evaluated().out.infeasible == 0).all()
    assert np.isfinite(out.thresholds).all()


def test_a_topic_judged_in_two_articles_only_is_evaluated_too():
    dataset = small()
    known = dataset.known.copy()
    known[:, 2] = np.isin([p.article_id for p in dataset.paragraphs], ["a03", "a06"])
    sparse = replace(dataset, Y=dataset.Y & known, known=known)
    out = run(sparse, replace(QUICK, evaluation=EvaluationOptions(folds=5, inner_folds=4, rounds=100)))
    assert np.isfinite(out.S).all()
    assert np.isfinite(out.systems[MODEL].score).all()


def test_progress_counts_the_folds():
    seen = []
    cross_validate(small(), LEXICON, TWICE, lambda done, whole: seen.append((done, whole)), 1)
    assert seen == [(done, 6) for done in range(7)]


def test_the_seed_of_the_recipe_decides_the_folds():
    assert (run(small(), replace(QUICK, seed=1)).fold != run(small()).fold).any()
    assert same(
        run(small(), Recipe(seed=3, features=QUICK.features)), run(small(), Recipe(seed=3, features=QUICK.features))
    )
