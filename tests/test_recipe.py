"""Recipe: every option, as TOML, with nothing unknown let through."""

from __future__ import annotations

import math

import pytest

from pipeline.errors import RecipeError
from pipeline.learning.estimator import EstimatorOptions
from pipeline.learning.objectives import DecisionOptions
from pipeline.learning.recipe import DataOptions, EvaluationOptions, Recipe, load_recipe, recipe_from_dict

OTHER = Recipe(
    name="other",
    seed=7,
    data=DataOptions(shipped=True, own_weight=3.0),
    estimator=EstimatorOptions(C=0.5, class_weight="balanced"),
    decision=DecisionOptions(min_precision=0.9),
)


@pytest.mark.parametrize("recipe", [Recipe(), OTHER])
def test_a_recipe_comes_back_from_plain_values_and_from_its_file(recipe, tmp_path):
    assert recipe_from_dict(recipe.to_dict(), "here") == recipe
    path = tmp_path / "any.toml"
    path.write_text(recipe.to_toml())
    assert load_recipe(path) == recipe


def test_what_a_file_leaves_out_keeps_its_default_and_the_name_is_the_files(tmp_path):
    path = tmp_path / "strict.toml"
    path.write_text("[decision]\nmin_precision = 1\n")
    recipe = load_recipe(path)
    assert recipe == Recipe(name="strict", decision=DecisionOptions(min_precision=1.0))
    assert isinstance(recipe.decision.min_precision, float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("alpha = 1", "unknown key 'alpha'; known are: name, seed, data, features, estimator, decision, evaluation"),
        ("[estimator]\nalpha = 1", "unknown key 'estimator.alpha'; known are: estimator.C, estimator.class_weight"),
        ("features = 2", r"features: is 2; must be a table \[features\]"),
        ("[features]\nngrams = 2.0", r"features\.ngrams: is 2\.0; must be of type int"),
        ("[features]\nngrams = 4", r"features\.ngrams: is 4; must be 1, 2 or 3"),
        ("[features]\nsublinear_tf = 1", r"features\.sublinear_tf: is 1; must be of type bool"),
        ("[estimator]\nC = true", r"estimator\.C: is True; must be of type float"),
        ("[estimator]\nC = inf", r"estimator\.C: is inf; must be a finite number"),
        ("[estimator]\nclass_weight = 'x'", r"estimator\.class_weight: is 'x'; must be 'none' or 'balanced'"),
        ("[data]\nown_weight = 0", r"data\.own_weight: is 0\.0; must be a finite number greater than 0"),
        ("[data]\nmin_positives = 0", r"data\.min_positives: is 0; must be 1 or more"),
        ("[evaluation]\nfolds = 1", r"evaluation\.folds: is 1; must be 2 or more"),
        ("[evaluation]\nrounds = 10", r"evaluation\.rounds: is 10; must be 100 or more"),
        ("[decision]\nbeta = nan", r"decision\.beta: is nan; must be a finite number"),
        ("seed = true", "seed: is True; must be of type int"),
        ("seed = -1", "seed: is -1; must be from 0 to 4294967295"),
        ("seed = 4294967296", "seed: is 4294967296; must be from 0 to 4294967295"),
        ("name = 'a/b'", r"name: is 'a/b'; must be letters, digits, '-', '_' and '\.' only"),
        ("name = ''", "name: is ''"),
        ("name = '..'", r"name: is '\.\.'"),
        ("seed = = 1", "is not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=rf"mine\.toml: {message}") as caught:
        load_recipe(path)
    assert str(caught.value).count("mine.toml") == 1


def test_some_options_can_be_changed_and_none_leaves_them_alone():
    recipe = Recipe().changed("decision", min_recall=0.8, beta=None)
    assert recipe == Recipe(decision=DecisionOptions(min_recall=0.8))
    assert Recipe().changed("evaluation", folds=None) == Recipe()
    with pytest.raises(RecipeError, match=r"^evaluation\.repeats: is 0"):
        Recipe().changed("evaluation", repeats=0)


def test_an_endless_weight_is_refused():
    with pytest.raises(RecipeError, match=r"^data\.own_weight: is inf"):
        DataOptions(own_weight=math.inf)


def test_the_shipped_recipe_is_word_pairs_and_the_best_f1_by_five_folds():
    recipe = Recipe()
    assert (recipe.features.ngrams, recipe.features.sublinear_tf) == (2, True)
    assert recipe.decision == DecisionOptions(beta=1.0, min_precision=0.0, min_recall=0.0)
    assert recipe.evaluation == EvaluationOptions(folds=5, inner_folds=4, repeats=1, rounds=1000)
