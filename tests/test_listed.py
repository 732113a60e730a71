"""Listed terms and beginnings of words as features: where they stand, whose they are, what they add up to."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.errors import RecipeError
from pipeline.learning.analyser import Analyser, occurrences, terms, words
from pipeline.learning.estimator import EstimatorOptions, log_count_ratio
from pipeline.learning.evidence import explain
from pipeline.learning.features import FeatureOptions, count
from pipeline.learning.persist import load_folder, save_model
from pipeline.learning.recipe import EvaluationOptions, Recipe
from pipeline.learning.training import evaluate, fit
from tests.corpora import KEYS, LEXICON, NASTY, quiet, small

RECIPE = Recipe(
    name="listed",
    features=FeatureOptions(ngrams=1, prefix=5, listed=True, weak=True, min_df=1),
    estimator=EstimatorOptions(naive_bayes=1.0),
    evaluation=EvaluationOptions(folds=3, inner_folds=2, rounds=100),
)
FULL = FeatureOptions(ngrams=2, prefix=5, listed=True, weak=True).analyser(LEXICON)


@pytest.fixture(scope="module")
def model():
    return fit(evaluate(small(), LEXICON, RECIPE, quiet, jobs=1), LEXICON, "1.2.3")


def test_a_phrase_is_marked_once_at_its_place_by_the_longest_term_there():
    listed = Analyser(1, 0, {"drugs": ("crack", "crack cocaine", "cocaine*"), "cyber": ("crack",)})
    found = [(o.term, o.start, o.end) for o in occurrences("Crack cocaine cracked.", listed) if ":" in o.term]
    assert found == [("list:drugs", 0, 13), ("list:cyber", 0, 5), ("list:drugs", 6, 13)]


def test_weak_terms_have_a_mark_of_their_own_beside_the_strong_one():
    options = FeatureOptions(ngrams=1, listed=True, weak=True)
    marks = [term for term in terms("A dealer sold heroin", options.analyser(LEXICON)) if ":" in term]
    assert sorted(marks) == ["list:drugs", "list:drugs", "list:drugs:weak", "list:drugs:weak", "list:floods:weak"]
    assert not any("weak" in term for term in terms("A dealer sold", FeatureOptions(listed=True).analyser(LEXICON)))


def test_an_open_end_matches_beginnings_in_the_last_word_only():
    listed = Analyser(1, 0, {"t": ("asylum seek*",)})
    marks = [
        terms(text, listed).count("list:t") for text in ("asylum seekers", "asylum seek", "asylums seek", "asylum")
    ]
    assert marks == [1, 1, 0, 0]


def test_beginnings_count_beside_words_that_are_long_enough():
    assert terms("heroin drugs opium", Analyser(1, 5)) == ["heroin", "drugs", "opium", "heroi*", "drugs*", "opium*"]
    assert terms("gun", Analyser(1, 5)) == ["gun"]


@pytest.mark.parametrize("prefix", [1, 2, 9, -5, True])
def test_a_useless_length_of_beginnings_is_refused(prefix):
    with pytest.raises(RecipeError, match=r"features\.prefix: is .*; must be 0 for none, or 3 to 8 letters"):
        FeatureOptions(prefix=prefix)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.sampled_from(NASTY))
def test_occurrences_are_the_terms_with_their_places(text):
    found = occurrences(text, FULL)
    assert [o.term for o in found] == terms(text, FULL)
    for o in found:
        assert 0 <= o.start < o.end <= len(text)
        here = words(text[o.start : o.end])
        if not o.term.startswith("list:") and text.isascii():
            assert " ".join(here).startswith(o.term.rstrip("*"))


def test_a_topic_sees_the_marks_of_its_own_list_only(model):
    for j, key in enumerate(KEYS):
        for other in KEYS:
            for mark in (f"list:{other}", f"list:{other}:weak"):
                column = model.index[mark]
                assert (model.idf[j, column] > 0) == (other == key)
                assert (model.coef[j, column] != 0) == (other == key)
        assert model.coef[j, model.index[f"list:{key}"]] > 0


@settings(max_examples=100, deadline=None)
@given(st.text() | st.sampled_from(NASTY))
def test_scores_equal_scikit_learns_with_the_same_weights(model, text):
    texts = [text, "Hackers sold heroin and cocaine."]
    ours = model.scores(texts)
    for j, (vectoriser, _, _) in enumerate(oracles()):
        theirs = vectoriser.transform(texts) @ model.coef[j, own_columns(model, vectoriser)] + model.intercept[j]
        assert np.all(np.abs(ours[:, j] - theirs) <= 1e-6 * np.maximum(1, np.abs(theirs)))


def test_weights_equal_the_fitted_scikit_learn_pipeline(model):
    for j, (vectoriser, classifier, ratio) in enumerate(oracles()):
        ours = model.coef[j, own_columns(model, vectoriser)]
        np.testing.assert_allclose(ours, classifier.coef_[0] * ratio, rtol=0, atol=1e-4)
        np.testing.assert_allclose(model.intercept[j], classifier.intercept_[0], rtol=0, atol=1e-4)


def own_columns(model, vectoriser):
    return [model.index[term] for term in vectoriser.get_feature_names_out()]


_ORACLES = []


def oracles():
    """One pipeline a topic, fitted without our own code but the cutting."""
    if not _ORACLES:
        dataset = small()
        for j, key in enumerate(KEYS):
            analyser = Analyser(1, 5, {key: LEXICON.terms[key], f"{key}:weak": LEXICON.weak[key]})
            vectoriser = TfidfVectorizer(analyzer=lambda text, a=analyser: terms(text, a), sublinear_tf=True)
            X, y = vectoriser.fit_transform(dataset.texts), dataset.Y[:, j]
            present = (X > 0).toarray().astype(float)
            p, q = present[y].sum(axis=0) + 1, present[~y].sum(axis=0) + 1
            ratio = np.log((p / p.sum()) / (q / q.sum()))
            classifier = LogisticRegression(C=10, solver="liblinear", tol=1e-10)
            _ORACLES.append((vectoriser, classifier.fit(X.multiply(ratio).tocsr(), y), ratio))
    return _ORACLES


def test_evidence_of_listed_terms_adds_up_and_slices_the_phrase(model):
    text = "Hackers sold cocaine; the dealers and hackers had malware."
    for j in range(len(KEYS)):
        why = explain(model, text, j)
        total = math.fsum([*(c.weight for c in why), float(model.intercept[j])])
        assert total == pytest.approx(float(model.scores([text])[0, j]), abs=1e-9)
    marks = {(c.term, c.text) for c in explain(model, text, 0) if c.term.startswith("list:")}
    strong = {("list:drugs", "sold cocaine"), ("list:drugs", "cocaine"), ("list:drugs", "dealers")}
    assert marks == strong | {("list:drugs:weak", "sold")}


def test_a_model_with_listed_terms_survives_the_disk(model, tmp_path):
    save_model(model, tmp_path / "m", "card\n")
    loaded = load_folder(tmp_path / "m")
    assert loaded.analyser == model.analyser
    assert np.array_equal(loaded.scores(list(NASTY)), model.scores(list(NASTY)))
    assert loaded.sha256 == model.sha256


def test_a_list_for_a_new_topic_leaves_the_others_as_they_were(model):
    more = replace(LEXICON, terms={**LEXICON.terms, "theatre": ("stage",)})
    again = fit(evaluate(small(), more, RECIPE, quiet, jobs=1), more, "1.2.3")
    shared = [again.index[term] for term in model.terms]
    assert np.array_equal(again.coef[:, shared], model.coef)
    assert np.array_equal(again.intercept, model.intercept)


def test_log_count_ratios_compare_paragraphs_not_occurrences():
    counts = count(["heroin heroin heroin", "heroin", "bread", "bread"], FeatureOptions(ngrams=1, min_df=1))
    ratio = log_count_ratio(counts.matrix, np.array([True, True, False, False]), np.ones(4), 1.0)
    assert dict(zip(counts.terms, ratio.round(6).tolist(), strict=True)) == {
        "bread": round(math.log((1 / 4) / (3 / 4)), 6),
        "heroin": round(math.log(3), 6),
    }


def test_a_negative_smoothing_is_refused():
    with pytest.raises(RecipeError, match=r"estimator\.naive_bayes: is -1"):
        EstimatorOptions(naive_bayes=-1.0)
