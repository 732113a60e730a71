"""Features: scikit-learn's TF-IDF, for each set of rows by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.errors import LabelError, RecipeError
from pipeline.learning.features import FeatureOptions, count, fit_view, weighed
from tests.corpora import NASTY, ORACLE, small

TEXTS = [*small().texts, *NASTY]


@pytest.mark.parametrize("ngrams", [1, 2, 3])
@pytest.mark.parametrize("min_df", [1, 2, 3])
@pytest.mark.parametrize("sublinear_tf", [True, False])
def test_a_view_is_scikit_learns_tfidf_of_its_rows(ngrams, min_df, sublinear_tf):
    options = FeatureOptions(ngrams=ngrams, min_df=min_df, sublinear_tf=sublinear_tf)
    counts = count(TEXTS, options)
    rows = np.arange(0, len(TEXTS), 2)
    view = fit_view(weighed(counts, rows, sublinear_tf), options)
    oracle = TfidfVectorizer(**ORACLE, ngram_range=(1, ngrams), min_df=min_df, sublinear_tf=sublinear_tf).fit(
        [TEXTS[i] for i in rows]
    )
    assert [counts.terms[c] for c in view.columns] == list(oracle.get_feature_names_out())
    np.testing.assert_array_equal(view.idf, oracle.idf_)
    everything = np.arange(len(TEXTS))
    np.testing.assert_allclose(
        view.transform(counts, everything).toarray(), oracle.transform(TEXTS).toarray(), rtol=1e-14
    )


def test_terms_are_sorted_and_counted_as_often_as_they_occur():
    counts = count(["to be or not to be", "be"], FeatureOptions(ngrams=1, min_df=1))
    assert counts.terms == ("be", "not", "or", "to")
    assert counts.matrix.toarray().tolist() == [[2, 1, 1, 2], [1, 0, 0, 0]]


def test_a_view_does_not_depend_on_other_rows():
    rows, options = np.arange(10), FeatureOptions()
    alone = fit_view(weighed(count(TEXTS[:10], options), rows, sublinear_tf=True), options)
    among = fit_view(weighed(count(TEXTS, options), rows, sublinear_tf=True), options)
    np.testing.assert_array_equal(alone.idf, among.idf)


@pytest.mark.parametrize("rows", [[], [0, 1]])
def test_rows_that_share_no_term_give_a_view_without_terms(rows):
    options = FeatureOptions(min_df=2)
    counts = count(["heroin found", "hackers jailed", "heroin hackers"], options)
    view = fit_view(weighed(counts, np.array(rows, dtype=int), sublinear_tf=True), options)
    assert len(view.columns) == len(view.idf) == 0
    assert view.transform(counts, np.arange(3)).shape == (3, 0)


def test_texts_without_words_are_refused():
    with pytest.raises(LabelError, match="hold no words; label paragraphs with text"):
        count(["", "- a -"], FeatureOptions())


def test_a_least_number_of_paragraphs_that_no_term_reaches_is_refused():
    with pytest.raises(RecipeError, match=r"features\.min_df: is 4; no term occurs in more than 3 of .*, lower it$"):
        count(["heroin", "heroin", "heroin heroin"], FeatureOptions(min_df=4))
    assert count(["heroin", "heroin", "heroin heroin"], FeatureOptions(min_df=3)).terms == ("heroin",)


def test_impossible_options_are_refused():
    with pytest.raises(RecipeError, match=r"^features\.min_df: is 0; must be 1 or more$"):
        FeatureOptions(min_df=0)
    with pytest.raises(RecipeError, match=r"^features\.ngrams: is 5"):
        FeatureOptions(ngrams=5)
