"""Model: scores equal scikit-learn's, probabilities and tags follow from them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from pipeline.errors import InputError
from pipeline.learning.analyser import Analyser
from pipeline.learning.model import is_finite
from pipeline.learning.training import evaluate, fit
from tests.corpora import ANY_TEXT, LEXICON, NASTY, ORACLE, QUICK, gappy, quiet, small, trained

TRAINING_ONLY = ("sklearn", "scipy", "pandas", "numba", "pyarrow", "matplotlib", "trafilatura", "joblib", "rich")


@cache
def gappy_model():
    return fit(evaluate(gappy(), LEXICON, QUICK, quiet, jobs=1), LEXICON, "1")


@cache
def oracles(name) -> tuple[Pipeline, ...]:
    """Independently fitted on each topic's judged rows, then given the model's weights: see ``carrying``."""
    dataset = {"small": small, "gappy": gappy}[name]()
    made = []
    for j in range(dataset.Y.shape[1]):
        texts = [text for text, judged in zip(dataset.texts, dataset.known[:, j], strict=True) if judged]
        vectoriser = TfidfVectorizer(**ORACLE, ngram_range=(1, 2), min_df=1, sublinear_tf=True)
        classifier = LogisticRegression(C=10.0, solver="liblinear", tol=1e-10)
        made.append(make_pipeline(vectoriser, classifier).fit(texts, dataset.Y[dataset.known[:, j], j]))
    return tuple(carrying(oracle, MODELS[name](), j) for j, oracle in enumerate(made))


def carrying(oracle, model, j):
    """The oracle with the model's weights, which are its own but for what the solver leaves open."""
    vectoriser, classifier = oracle[0], oracle[-1]
    coef = model.coef[j, [model.index[term] for term in vectoriser.get_feature_names_out()]]
    np.testing.assert_allclose(coef, classifier.coef_[0], rtol=0, atol=1e-4)
    np.testing.assert_allclose(model.intercept[j], classifier.intercept_[0], rtol=0, atol=1e-4)
    classifier.coef_, classifier.intercept_ = coef[None], model.intercept[[j]]
    return oracle


MODELS = {"small": trained, "gappy": gappy_model}


@pytest.mark.parametrize("name", MODELS)
@given(texts=st.lists(ANY_TEXT, max_size=5))
@settings(deadline=None, max_examples=200)
def test_scores_equal_the_fitted_scikit_learn_pipeline_on_any_text(name, texts):
    texts = [*texts, *NASTY]
    S = MODELS[name]().scores(texts)
    expected = np.column_stack([oracle.decision_function(texts) for oracle in oracles(name)])
    assert S.shape == expected.shape
    assert (np.abs(S - expected) <= 1e-6 * np.maximum(1, np.abs(expected))).all()


def test_plain_counts_score_as_scikit_learns_plain_counts():
    recipe = replace(QUICK, features=replace(QUICK.features, sublinear_tf=False))
    model = fit(evaluate(small(), LEXICON, recipe, quiet, jobs=1), LEXICON, "1")
    vectoriser = TfidfVectorizer(**ORACLE, ngram_range=(1, 2))
    classifier = LogisticRegression(C=10.0, solver="liblinear", tol=1e-10)
    oracle = carrying(make_pipeline(vectoriser, classifier).fit(small().texts, small().Y[:, 0]), model, 0)
    texts = [*small().texts, *NASTY]
    np.testing.assert_allclose(model.scores(texts)[:, 0], oracle.decision_function(texts), rtol=0, atol=1e-12)
    assert np.abs(model.scores(NASTY) - trained().scores(NASTY)).max() > 0.01


def test_scores_equal_scikit_learn_on_every_text_of_the_corpus_far_closer_than_promised():
    expected = np.column_stack([oracle.decision_function(small().texts) for oracle in oracles("small")])
    np.testing.assert_allclose(trained().scores(small().texts), expected, rtol=0, atol=1e-12)


@given(st.lists(ANY_TEXT, max_size=5))
@settings(deadline=None)
def test_probabilities_and_tags_follow_from_the_scores(texts):
    model = trained()
    S, P, T = model.scores(texts), model.probabilities(texts), model.decide(texts)
    assert S.shape == P.shape == T.shape == (len(texts), 3)
    np.testing.assert_allclose(P, 1 / (1 + np.exp(-(S * model.slope + model.offset))))
    np.testing.assert_array_equal(T, model.thresholds <= P)


def test_a_probability_on_the_threshold_is_a_tag_and_one_below_is_not():
    text = "Heroin was found in a truck."
    p = trained().probabilities([text])[0]
    assert replace(trained(), thresholds=p.copy()).decide([text]).all()
    assert not replace(trained(), thresholds=np.nextafter(p, 2)).decide([text]).any()


def test_a_text_does_not_depend_on_the_texts_beside_it():
    texts = [*small().texts, *NASTY]
    together = trained().scores(texts)
    assert all((trained().scores([text])[0] == row).all() for text, row in zip(texts, together, strict=True))


def test_a_text_without_known_words_scores_the_intercept():
    assert (trained().scores(["", "zzz qqq"]) == trained().intercept).all()
    assert trained().scores([]).shape == (0, 3)


def test_the_model_tells_its_topics_apart():
    model = trained()
    texts = [
        "Heroin and cocaine were seized.",
        "Hackers spread malware.",
        "The river flooded the road.",
        "A new season.",
    ]
    assert model.decide(texts).astype(int).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert model.codebook.keys == ("drugs", "cyber", "floods")


def test_one_text_in_the_place_of_a_list_is_refused():
    with pytest.raises(
        InputError, match=r"a list of texts is needed, one text was given; put it in brackets: \[text\]"
    ):
        trained().scores("heroin")


def test_the_strongest_terms_come_in_order_each_way():
    for j in range(3):
        speak_for, against = trained().strongest(j, 10)
        assert len(speak_for) == len(against) == 10
        assert [w for _, w in speak_for] == sorted((w for _, w in speak_for), reverse=True)
        assert [w for _, w in against] == sorted(w for _, w in against)
        assert speak_for[-1][1] > 0 > against[-1][1]
    assert "heroin" in dict(trained().strongest(0, 3)[0])
    everything = trained().strongest(0, 10**6)
    assert sum(map(len, everything)) == np.count_nonzero(trained().coef[0])


def test_nobody_can_change_the_numbers():
    for array in trained().arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_the_hash_covers_everything_that_decides_a_tag_and_nothing_else():
    model = trained()
    changed = [
        replace(model, codebook=replace(model.codebook, topics=model.codebook.topics[::-1])),
        replace(model, analyser=Analyser(3)),
        replace(model, sublinear_tf=False),
        replace(model, terms=(*model.terms[:-1], "zzz")),
        *(replace(model, **{name: array + 1e-9}) for name, array in model.arrays.items()),
    ]
    hashes = {m.sha256 for m in (model, *changed)}
    assert len(hashes) == len(changed) + 1
    assert replace(model, name="other", version="2", facts={}).sha256 == model.sha256
    assert len(model.sha256) == len(hashlib.sha256().hexdigest())


def test_numbers_that_are_not_finite_are_noticed_and_great_ones_are_not():
    model = trained()
    assert is_finite(replace(model, coef=np.full_like(model.coef, 1e308)))
    for bad in (np.nan, np.inf, -np.inf):
        offset = model.offset.copy()
        offset[1] = bad
        assert not is_finite(replace(model, offset=offset))


@pytest.mark.parametrize("module", ["model", "evidence", "persist", "analyser", "decision", "locate", "thresholds"])
def test_what_tagging_needs_imports_nothing_that_only_training_needs(module):
    code = f"import sys, pipeline.learning.{module}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "pipeline" in loaded
    assert loaded.isdisjoint(TRAINING_ONLY)
