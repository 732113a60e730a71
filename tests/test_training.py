"""Training: the same data and recipe give the same bytes; topics do not touch each other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import LabelError, RecipeError
from pipeline.learning.estimator import EstimatorOptions, fit_topics, score_topics
from pipeline.learning.evaluation import MODEL
from pipeline.learning.features import count
from pipeline.learning.objectives import DecisionOptions, fit_rules
from pipeline.learning.persist import load_folder, save_model
from pipeline.learning.recipe import DataOptions, EvaluationOptions
from pipeline.learning.training import describe, evaluate, fit
from tests.corpora import (
    CORPUS,
    KEYS,
    LEXICON,
    QUICK,
    evaluated,
    gappy,
    make_dataset,
    quiet,
    small,
    trained,
    with_known,
)

TRAIN = """
import sys
from pathlib import Path
from pipeline.learning.persist import save_model
from pipeline.learning.training import evaluate, fit
from tests.corpora import LEXICON, QUICK, invented, quiet

if __name__ == "__main__":
    evaluation = evaluate(invented(500, vocabulary=6000), LEXICON, QUICK, quiet, jobs=int(sys.argv[2]))
    save_model(fit(evaluation, LEXICON, "1.2.3"), Path(sys.argv[1]), "card")
"""


def train(dataset, recipe=QUICK):
    return fit(evaluate(dataset, LEXICON, recipe, quiet, jobs=1), LEXICON, "1.2.3")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sixth(dataset):
    """The corpus with one more topic, judged on five paragraphs of new articles and some of the old ones."""
    articles = [p.article_id for p in dataset.paragraphs]
    new = [
        ("a00", True, "Locusts ate the wheat of two provinces."),
        ("a00", False, "The wheat price rose."),
        ("a07b", True, "A swarm of locusts crossed the river and the flooded fields."),
        ("a99", True, "Locusts again: the swarm reached heroin country."),
        ("a99", False, "Farmers were offered seed."),
    ]
    rows = [(a, t, y, False) for a, t, y in zip(articles, dataset.texts, dataset.Y, strict=True)]
    rows += [(a, t, np.full(3, y), True) for a, y, t in new]
    rows.sort(key=lambda row: row[0])
    Y = np.array([[*([False] * 3 if is_new else y), bool(is_new and y[0])] for _, _, y, is_new in rows])
    known = np.array([[not is_new] * 3 + [is_new or a in {"a08", "a14"}] for a, _, _, is_new in rows])
    return make_dataset([r[1] for r in rows], [r[0] for r in rows], Y, known, keys=(*KEYS, "locusts"))


def test_training_twice_gives_byte_identical_folders(tmp_path):
    save_model(train(small()), tmp_path / "one", "card")
    save_model(train(small()), tmp_path / "two", "card")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_neither_processes_nor_threads_nor_hash_seeds_change_a_byte(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(TRAIN)
    root = Path(__file__).parent.parent
    for name, threads, jobs in (("one", "1", "1"), ("two", "4", "2")):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)
        environment = {**os.environ, **limits, "PYTHONHASHSEED": threads, "PYTHONPATH": str(root)}
        subprocess.run([sys.executable, script, tmp_path / name, jobs], check=True, env=environment, cwd=root)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(load_folder(tmp_path / "one").terms) > 15_000


def test_the_model_scores_as_the_classifiers_fitted_on_all_judged_rows():
    dataset = gappy()
    counts, rows = count(dataset.texts, QUICK.features), np.arange(len(dataset.texts))
    fits = fit_topics(
        counts,
        dataset.codebook.keys,
        dataset.Y,
        dataset.known,
        dataset.weight,
        rows,
        QUICK.features,
        QUICK.estimator,
    )
    model = train(dataset)
    np.testing.assert_allclose(model.scores(dataset.texts), score_topics(fits, counts, rows), rtol=0, atol=1e-12)
    assert list(model.terms) == sorted(model.terms)
    assert (model.idf > 0).any(axis=0).all()
    assert (model.idf == 0).any()


def test_the_rules_of_the_model_come_from_the_out_of_fold_scores_of_all_data_and_repeats():
    recipe = replace(QUICK, evaluation=EvaluationOptions(folds=3, inner_folds=2, repeats=2, rounds=100))
    dataset = gappy()
    evaluation = evaluate(dataset, LEXICON, recipe, quiet, jobs=1)
    S = np.concatenate([evaluation.out.S[0], evaluation.out.S[1]])
    Y, known = np.concatenate([dataset.Y] * 2), np.concatenate([dataset.known] * 2)
    rules, model = fit_rules(S, Y, known, recipe.decision, KEYS), fit(evaluation, LEXICON, "1")
    for name in ("slope", "offset", "thresholds"):
        np.testing.assert_array_equal(getattr(model, name), getattr(rules, name))


def test_a_sixth_topic_leaves_the_others_bit_identical_weights_calibration_thresholds_and_all():
    before, after = train(small()), train(sixth(small()), replace(QUICK, data=DataOptions(min_positives=3)))
    assert after.codebook.keys == (*KEYS, "locusts")
    assert set(before.terms) < set(after.terms)
    columns = [after.index[term] for term in before.terms]
    for name in ("coef", "idf"):
        old, new = getattr(before, name), getattr(after, name)
        assert new[:3, columns].tobytes() == old.tobytes()
        assert not np.delete(new[:3], columns, axis=1).any()
    for name in ("intercept", "slope", "offset", "thresholds"):
        assert getattr(after, name)[:3].tobytes() == getattr(before, name).tobytes()
    assert before.probabilities(small().texts).tobytes() == after.probabilities(small().texts)[:, :3].tobytes()
    for level in ("paragraph", "article"):
        for key in KEYS:
            assert after.facts["metrics"][level][key] == before.facts["metrics"][level][key]
    assert after.decide(["A swarm of locusts."])[0, 3]
    assert "locusts" in dict(after.strongest(3, 3)[0])


def test_paragraphs_without_a_topic_are_learnt_from():
    dataset = small()
    none = ~dataset.Y.any(axis=1)
    without = make_dataset(
        [t for t, drop in zip(dataset.texts, none, strict=True) if not drop],
        [p.article_id for p, drop in zip(dataset.paragraphs, none, strict=True) if not drop],
        dataset.Y[~none],
    )
    text = ["Friday: the theatre opens its new season."]
    assert (train(dataset).scores(text) < train(without).scores(text)).all()


def test_what_stands_in_cells_that_were_not_judged_changes_no_byte_of_the_model(tmp_path):
    dataset = gappy()
    save_model(train(dataset), tmp_path / "one", "card")
    save_model(train(replace(dataset, Y=dataset.Y ^ ~dataset.known)), tmp_path / "two", "card")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_heavier_paragraph_pulls_the_weights():
    dataset = small()
    row = next(i for i, (_, topics, _) in enumerate(CORPUS) if topics == "dc")
    weight = dataset.weight.copy()
    weight[row] = 20
    text = [dataset.texts[row]]
    assert (train(replace(dataset, weight=weight)).scores(text)[0, :2] > train(dataset).scores(text)[0, :2]).all()


def test_the_options_of_the_recipe_reach_the_classifier():
    strong = train(small(), replace(QUICK, estimator=EstimatorOptions(C=0.01)))
    assert np.abs(strong.coef).max() < np.abs(trained().coef).max() / 5
    single = train(small(), replace(QUICK, features=replace(QUICK.features, ngrams=1)))
    assert not any(" " in term for term in single.terms)
    assert single.analyser.ngrams == 1


def test_a_model_carries_what_it_was_made_from():
    facts = trained().facts
    assert facts["recipe"] == QUICK.to_dict()
    assert facts["lexicon"]["drugs"] == ["heroin", "cocaine", "opium", "dealer*", "sold cocaine"]
    table = evaluated().table("paragraph")
    assert facts["metrics"]["paragraph"]["macro"]["f1"] == table.figure("macro", "f1").value
    assert set(facts["metrics"]) == {"paragraph", "article"}
    assert (trained().name, trained().version) == ("quick", "1.2.3")


def test_a_dataset_is_described_by_its_judged_cells():
    assert describe(small()) == {
        "fingerprint": small().fingerprint,
        "articles": 16,
        "paragraphs": 42,
        "positives": {"drugs": 11, "cyber": 9, "floods": 8},
        "judged": dict.fromkeys(KEYS, 42),
        "none": 18,
        "multi": 4,
    }
    known = np.zeros_like(small().known)
    known[0] = True
    found = describe(with_known(small(), known))
    assert (found["none"], found["multi"], found["judged"]) == (0, 0, dict.fromkeys(KEYS, 1))


def test_an_evaluation_finds_its_tables():
    assert evaluated().table("article").system == MODEL
    assert evaluated().table("paragraph", "prior").system == "prior"


def test_a_topic_with_too_few_positives_is_an_error_that_counts_them():
    recipe = replace(QUICK, data=DataOptions(min_positives=9))
    with pytest.raises(LabelError) as caught:
        evaluate(small(), LEXICON, recipe, quiet, 1)
    assert str(caught.value) == (
        "topic 'floods': 8 positive paragraphs in 5 articles, at least 9 in 2 are needed; label more of it, or take the "
        "topic out of labels/codebook.toml"
    )


def test_positives_in_one_article_only_or_no_negatives_are_errors():
    dataset = small()
    Y = dataset.Y.copy()
    Y[:, 1] = dataset.groups == 0
    with pytest.raises(LabelError, match=r"topic 'cyber': 3 positive paragraphs in 1 articles"):
        evaluate(replace(dataset, Y=Y), LEXICON, replace(QUICK, data=DataOptions(min_positives=1)), quiet, 1)
    Y[:, 1] = True
    with pytest.raises(
        LabelError, match=r"topic 'cyber': no paragraph is judged not to have it; label some without it"
    ):
        evaluate(replace(dataset, Y=Y), LEXICON, QUICK, quiet, 1)


def test_a_topic_that_nobody_has_labelled_yet_is_named():
    dataset = small()
    known = dataset.known.copy()
    known[:, 0] = False
    with pytest.raises(LabelError, match=r"^topic 'drugs': 0 positive paragraphs in 0 articles, at least 5 in 2"):
        evaluate(with_known(dataset, known), LEXICON, QUICK, quiet, 1)


def test_positives_that_nobody_judged_do_not_count_as_enough():
    dataset = small()
    known = dataset.known.copy()
    known[:, 2] = np.isin(dataset.groups, [2, 8])
    with pytest.raises(LabelError, match=r"topic 'floods': 2 positive paragraphs in 1 articles"):
        evaluate(replace(dataset, known=known), LEXICON, QUICK, quiet, 1)


def test_more_folds_than_articles_are_an_error():
    recipe = replace(QUICK, evaluation=EvaluationOptions(folds=17, inner_folds=2, rounds=100))
    with pytest.raises(LabelError, match="16 labelled articles cannot be dealt into 17 folds"):
        evaluate(small(), LEXICON, recipe, quiet, 1)


def test_a_wish_out_of_reach_is_an_error_of_the_final_model_only():
    options = DecisionOptions(min_precision=0.99, min_recall=0.99)
    evaluation = evaluate(small(), LEXICON, replace(QUICK, decision=options), quiet, 1)
    with pytest.raises(
        RecipeError, match=r"^topic 'drugs': no threshold reaches precision >= 0\.99 and recall >= 0\.99"
    ):
        fit(evaluation, LEXICON, "1")


def test_a_wish_within_reach_is_met_on_the_out_of_fold_answers_of_all_data():
    evaluation = evaluate(small(), LEXICON, replace(QUICK, decision=DecisionOptions(min_recall=0.95)), quiet, 1)
    P = evaluation.rules.probabilities(evaluation.out.S[0])
    T = evaluation.rules.thresholds <= P
    assert ((T & small().Y).sum(axis=0) / small().Y.sum(axis=0) >= 0.95).all()
    assert fit(evaluation, LEXICON, "1").thresholds.tolist() == evaluation.rules.thresholds.tolist()
