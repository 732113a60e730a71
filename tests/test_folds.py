"""Folds: articles stay whole, and every topic is shared out evenly."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from pipeline.errors import LabelError
from pipeline.learning.folds import assign_folds, imbalance
from tests.corpora import gappy, invented, small


def sklearn_folds(splitter, y, groups):
    fold = np.empty(len(y), dtype=int)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # some sets of topics are rare
        for f, (_, test) in enumerate(splitter.split(np.zeros(len(y)), y, groups)):
            fold[test] = f
    return fold


@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=60),
    st.integers(2, 6),
    st.integers(0, 3),
)
@settings(deadline=None)
def test_no_article_is_split_and_no_fold_is_empty(rows, folds, seed):
    groups = np.array([row[0] for row in rows])
    Y = np.array([[row[1] >> j & 1 for j in range(3)] for row in rows], dtype=bool)
    known = np.array([[row[2] >> j & 1 for j in range(3)] for row in rows], dtype=bool)
    if len(set(groups)) < folds:
        with pytest.raises(LabelError, match="label more articles or lower the number of folds"):
            assign_folds(Y, known, groups, folds=folds, seed=seed)
        return
    fold = assign_folds(Y, known, groups, folds=folds, seed=seed)
    assert fold.shape == (len(rows),)
    assert set(fold) == set(range(folds))
    for group in set(groups):
        assert len(set(fold[groups == group])) == 1


def test_too_few_articles_are_an_error_that_counts_them():
    Y = np.zeros((4, 1), bool)
    with pytest.raises(LabelError, match=r"^2 labelled articles cannot be dealt into 3 folds; label more articles"):
        assign_folds(Y, Y, np.array([0, 0, 5, 5]), folds=3, seed=0)


@pytest.mark.parametrize("folds", [4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_all_topics_at_once_are_balanced_better_than_scikit_learn_balances_one(folds, seed):
    dataset = invented(400, seed=seed)
    Y, known, groups = dataset.Y, dataset.known, dataset.groups
    own = imbalance(Y, known, assign_folds(Y, known, groups, folds=folds, seed=seed))
    powerset = Y @ (1 << np.arange(Y.shape[1]))
    others = {
        "groups": sklearn_folds(GroupKFold(folds), Y[:, 0], groups),
        **{
            f"topic {j}": sklearn_folds(StratifiedGroupKFold(folds, shuffle=True, random_state=seed), Y[:, j], groups)
            for j in range(Y.shape[1])
        },
        "sets": sklearn_folds(StratifiedGroupKFold(folds, shuffle=True, random_state=seed), powerset, groups),
    }
    assert own < 0.1
    assert all(own < 0.6 * imbalance(Y, known, fold) for fold in others.values())


def test_the_small_corpus_has_every_topic_in_every_fold():
    dataset = small()
    fold = assign_folds(dataset.Y, dataset.known, dataset.groups, folds=4, seed=0)
    assert all(dataset.Y[fold == f].any(axis=0).all() for f in range(4))
    assert all((~dataset.Y[fold == f].any(axis=1)).any() for f in range(4))


def test_the_same_seed_gives_the_same_folds():
    dataset = invented(200)
    one, two = (assign_folds(dataset.Y, dataset.known, dataset.groups, folds=5, seed=3) for _ in range(2))
    assert (one == two).all()


def test_another_seed_parts_the_articles_as_chance_would():
    dataset = invented(600)
    articles = np.unique(dataset.groups, return_index=True)[1]
    deals = [assign_folds(dataset.Y, dataset.known, dataset.groups, folds=5, seed=s)[articles] for s in range(3)]
    together = [np.triu(deal[:, None] == deal[None], 1) for deal in deals]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        share = (together[a] & together[b]).sum() / together[a].sum()
        assert share < 0.3  # 0.2 by chance


def test_the_best_of_several_orders_is_kept():
    dataset = invented(200)
    Y, known, groups = dataset.Y, dataset.known, dataset.groups
    one, ten = (
        [imbalance(Y, known, assign_folds(Y, known, groups, folds=5, seed=seed, tries=tries)) for seed in range(5)]
        for tries in (1, 10)
    )
    assert all(several <= single for several, single in zip(ten, one, strict=True))
    assert sum(ten) < sum(one)


def test_the_names_of_the_groups_do_not_matter():
    dataset = small()
    plain = assign_folds(dataset.Y, dataset.known, dataset.groups, folds=3, seed=0)
    spread = assign_folds(dataset.Y, dataset.known, dataset.groups * 7 + 3, folds=3, seed=0)
    assert (plain == spread).all()


def test_a_topic_judged_in_few_articles_does_not_move_the_articles_of_the_others():
    old = invented(200)
    plain = assign_folds(old.Y, old.known, old.groups, folds=5, seed=0)
    generator = np.random.default_rng(0)
    new = np.repeat(np.arange(12), 4)  # twelve articles judged for the new topic alone, standing before the others
    Y = np.zeros((len(new) + len(old.Y), 4), bool)
    known = np.zeros_like(Y)
    Y[: len(new), 3] = generator.random(len(new)) < 0.5
    known[: len(new), 3] = True
    Y[len(new) :, :3], known[len(new) :, :3] = old.Y, True
    known[len(new) :, 3] = Y[len(new) :, 3] = old.groups == 3
    fold = assign_folds(Y, known, np.concatenate([new, old.groups + 12]), folds=5, seed=0)
    assert (fold[len(new) :] == plain).all()
    assert set(fold[: len(new)]) == set(range(5))
    positives = [(Y[:, 3] & (fold == f)).sum() for f in range(5)]
    assert max(positives) - min(positives) <= 3


def test_a_judgement_that_is_not_known_changes_no_fold():
    dataset = gappy()
    flipped = dataset.Y ^ ~dataset.known
    one, two = (assign_folds(Y, dataset.known, dataset.groups, folds=3, seed=0) for Y in (dataset.Y, flipped))
    assert (one == two).all()
    assert imbalance(dataset.Y, dataset.known, one) == imbalance(flipped, dataset.known, one)


def test_imbalance_is_the_typical_deviation_from_an_even_share():
    Y, known = np.array([[True], [True], [True], [False]]), np.ones((4, 1), bool)
    # Fold 0: two of three positives, none of one without topics, half of the rows.
    deviations = np.array([2 / 3, 1 / 3, 0, 1, 0.5, 0.5]) * 2 - 1
    expected = np.sqrt(np.mean(deviations**2))
    assert imbalance(Y, known, np.array([0, 0, 1, 1])) == pytest.approx(expected)
    assert imbalance(Y, known, np.array([0, 1, 1, 1])) > expected
