"""Baselines: the prior, and the words of the lexicon."""

from __future__ import annotations

import numpy as np

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.baselines import BASELINES, count_terms, prior_scores
from tests.corpora import KEYS, LEXICON, gappy, small


def counts(text, *terms):
    return count_terms([text], Lexicon({"drugs": terms}), ("drugs",))[0, 0]


def test_the_baselines_are_nothing_the_prior_and_the_rules():
    assert BASELINES == ("all-negative", "prior", "keyword rules")


def test_each_listed_term_counts_once_however_often_it_occurs():
    assert counts("Heroin, heroin and cocaine; HEROIN.", "heroin", "cocaine", "opium") == 2
    assert counts("The heroine spoke.", "heroin") == 0
    assert counts("", "heroin") == 0


def test_a_star_matches_every_word_with_that_beginning():
    assert counts("traffickers and trafficking", "traffick*") == 1
    assert counts("the traffic stood", "traffick*") == 0
    assert counts("drug smuggling ring", "drug smuggl*") == 1
    assert counts("drug dealers smuggling", "drug smuggl*") == 0


def test_a_phrase_needs_its_words_in_order_and_side_by_side():
    assert counts("on the dark web", "dark web") == 1
    assert counts("the web is dark", "dark web") == 0
    assert counts("dark", "dark web") == 0
    assert counts("the market of dark webs", "market of the dark web*") == 0
    assert counts("a market for the dark webs", "market of the dark web*") == 0
    assert counts("a market of the dark webs", "market of the dark web*") == 1
    assert counts("dark-web markets", "dark web") == 1


def test_the_same_term_listed_twice_counts_once():
    assert counts("heroin", "heroin", "Heroin", "heroin ") == 1
    assert counts("dark web", "dark web", "dark-web") == 1


def test_a_term_without_a_word_matches_nothing():
    assert counts("C-4 is a plastic explosive", "C-4", "*") == 0


def test_counts_stand_in_the_column_of_their_topic():
    found = count_terms(small().texts, LEXICON, KEYS)
    assert found.shape == (len(small().texts), 3)
    assert found[0].tolist() == [1, 0, 0]
    assert found[12].tolist() == [2, 2, 0]  # cocaine, sold cocaine; hackers, dark web
    assert count_terms(small().texts, Lexicon({}), KEYS).sum() == 0


def test_many_prefixes_are_found_in_many_texts_as_each_alone():
    lexicon = Lexicon({"drugs": tuple(f"{letter}{other}*" for letter in "abcdefgh" for other in "aeiour")})
    together = count_terms(small().texts, lexicon, ("drugs",))[:, 0]
    alone = sum(
        count_terms(small().texts, Lexicon({"drugs": (term,)}), ("drugs",))[:, 0] for term in lexicon.terms["drugs"]
    )
    assert (together == alone).all()
    assert together.max() > 2


def test_the_prior_is_the_share_of_positives_among_judged_training_rows():
    dataset = gappy()
    train = np.arange(0, len(dataset.Y), 2)
    found = prior_scores(dataset.Y, dataset.known, train, 3)
    assert found.shape == (3, 3)
    for j in range(3):
        judged = dataset.Y[train][dataset.known[train, j], j]
        assert (found[:, j] == judged.mean()).all()
    flipped = prior_scores(dataset.Y ^ ~dataset.known, dataset.known, train, 3)
    assert (flipped == found).all()


def test_the_prior_of_a_topic_without_a_judged_row_is_zero():
    Y = np.ones((2, 1), bool)
    assert prior_scores(Y, ~Y, np.arange(2), 1).tolist() == [[0.0]]
