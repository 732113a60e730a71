"""Analyser: scikit-learn's cutting, with places in the text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.errors import RecipeError
from pipeline.learning.analyser import Analyser, Occurrence, occurrences, terms, words
from tests.corpora import NASTY, ORACLE

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["IS", "EU", "İ", "Kİ", "İstanbul", "ΑΣ", "ΟΔΟΣ", "ẞ", "e-mail", "2kg", "a", "x\u0301y", "\u2028", "ǅen"]
    ),
)
TEXTS = st.lists(PIECES, max_size=15).flatmap(
    lambda pieces: st.sampled_from(["", " ", "\n", "'"]).map(lambda glue: glue.join(pieces))
)


def oracle(ngrams):
    return TfidfVectorizer(**ORACLE, ngram_range=(1, ngrams), sublinear_tf=True).build_analyzer()


@given(TEXTS, st.sampled_from([1, 2, 3]))
@settings(deadline=None, max_examples=300)
def test_terms_are_those_of_scikit_learn_in_the_same_order(text, ngrams):
    assert terms(text, Analyser(ngrams)) == oracle(ngrams)(text)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("ngrams", [1, 2, 3])
def test_nasty_texts_are_cut_as_scikit_learn_cuts_them(text, ngrams):
    assert terms(text, Analyser(ngrams)) == oracle(ngrams)(text)


@given(TEXTS, st.sampled_from([1, 2, 3]))
@example("İİ İstanbul KİŞ, heroin", 2)
@settings(deadline=None, max_examples=300)
def test_occurrences_are_the_terms_where_they_stand(text, ngrams):
    found = occurrences(text, Analyser(ngrams))
    assert [o.term for o in found] == terms(text, Analyser(ngrams))
    for o in found:
        # A final sigma is lower-cased by what stands after it, so a slice alone may differ in that one letter.
        assert " ".join(words(text[o.start : o.end])).replace("ς", "σ") == o.term.replace("ς", "σ")
        assert 0 <= o.start < o.end <= len(text)


def test_places_count_in_the_printed_text_even_where_lower_case_is_longer():
    text = "İİ Heroin in İzmir"
    assert len(text.lower()) > len(text)
    assert occurrences(text, Analyser(2)) == [
        Occurrence("heroin", 3, 9),
        Occurrence("in", 10, 12),
        Occurrence("zmir", 14, 18),
        Occurrence("heroin in", 3, 12),
        Occurrence("in zmir", 10, 18),
    ]


def test_short_capitals_are_words_and_single_letters_are_not():
    assert words("The IS cell, the EU and a UK court: C-4, I.") == [
        "the",
        "is",
        "cell",
        "the",
        "eu",
        "and",
        "uk",
        "court",
    ]


def test_pairs_reach_over_a_single_letter_that_was_dropped():
    assert occurrences("heroin in a truck", Analyser(2))[-1] == Occurrence("in truck", 7, 17)


@pytest.mark.parametrize("value", [0, 4, True, 2.0, "2", None, [2]])
def test_other_lengths_of_terms_are_refused(value):
    with pytest.raises(RecipeError, match=r"^features\.ngrams: is .*; must be 1, 2 or 3$"):
        Analyser(value)
