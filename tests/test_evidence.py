"""Evidence: it adds up, and it points at the printed words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.learning.analyser import words
from pipeline.learning.evidence import explain
from tests.corpora import ANY_TEXT, KEYS, NASTY, ORACLE, small, trained


def check(model, text):
    S = model.scores([text])[0]
    for j in range(len(KEYS)):
        found = explain(model, text, j)
        assert abs(math.fsum(c.weight for c in found) + model.intercept[j] - S[j]) <= 1e-9
        for c in found:
            assert text[c.start : c.end] == c.text
            assert " ".join(words(c.text)).replace("ς", "σ") == c.term.replace("ς", "σ")
            assert c.weight != 0
            assert c.term in model.index


@given(ANY_TEXT)
@settings(deadline=None, max_examples=200)
def test_weights_and_intercept_add_up_to_the_score_and_spans_hold_the_words(text):
    check(trained(), text)


@pytest.mark.parametrize("text", [*NASTY, *small().texts])
def test_they_do_on_the_corpus_and_on_nasty_texts(text):
    check(trained(), text)


def test_the_evidence_points_at_the_words_as_printed():
    text = "İİ: in Osh HEROIN was found."
    (found,) = [c for c in explain(trained(), text, 0) if c.term == "heroin"]
    assert (found.text, found.start) == ("HEROIN", text.index("HEROIN"))
    assert found.weight > 0


@given(st.integers(1, 30))
@settings(deadline=None)
def test_the_share_of_a_term_is_divided_equally_among_its_occurrences(times):
    model, text = trained(), "Hackers! " + "heroin; " * times
    shares = [c.weight for c in explain(model, text, 0) if c.term == "heroin"]
    assert len(shares) == times
    assert len(set(shares)) == 1
    oracle = TfidfVectorizer(**ORACLE, ngram_range=(1, 2), sublinear_tf=True).fit(small().texts)
    tfidf = oracle.transform([text])[0, oracle.vocabulary_["heroin"]]
    assert math.isclose(math.fsum(shares), tfidf * model.coef[0, model.index["heroin"]])


def test_a_word_and_the_pair_it_stands_in_stay_rows_of_their_own():
    terms = {c.term: (c.start, c.end) for c in explain(trained(), "Cocaine was found", 0)}
    assert terms["cocaine"] == (0, 7)
    assert terms["cocaine was"] == (0, 11)


def test_the_strongest_come_first_whichever_way_they_speak():
    weights = [abs(c.weight) for c in explain(trained(), small().texts[12], 0)]
    assert weights == sorted(weights, reverse=True)
    signs = {c.weight > 0 for c in explain(trained(), small().texts[12], 0)}
    assert signs == {True, False}


def test_a_text_without_known_words_has_no_evidence():
    assert explain(trained(), "zzz", 0) == explain(trained(), "", 1) == ()
