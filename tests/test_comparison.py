"""Two recipes or models side by side: which tags changed, whether for the better, and the terms behind it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.files import write_text
from pipeline.learning.comparison import changes, shifts, tally
from pipeline.learning.evidence import explain
from pipeline.learning.persist import save_model
from tests.corpora import KEYS, trained
from tests.test_cli import QUICK_RECIPE, project, refused, run  # noqa: F401  project is a fixture


def test_a_change_is_mended_broken_or_not_judged():
    P = np.array([[0.9, 0.1, 0.2]]), np.array([[0.1, 0.8, 0.9]])
    T = P[0] > 0.5, P[1] > 0.5
    found = changes(KEYS, P, T, np.array([[True, True, False]]), np.array([[True, True, False]]))
    assert {change.topic: change.kind for change in found} == {
        "drugs": "broken",
        "cyber": "mended",
        "floods": "not judged",
    }
    sizes = [abs(change.after - change.before) for change in found]
    assert sizes == sorted(sizes, reverse=True)
    assert tally(found, KEYS)["drugs"] == {"broken": 1}


def test_what_both_tag_alike_is_no_change():
    P = np.array([[0.6]]), np.array([[0.9]])
    assert changes(("drugs",), P, (P[0] > 0.5, P[1] > 0.5), np.array([[True]]), np.array([[True]])) == []


def test_shifts_are_the_terms_whose_shares_differ_most():
    model, text = trained(), "Heroin was found near the flooded road."
    other = replace(model, coef=model.coef * 0)
    found = shifts((model, other), text, "drugs")
    share = {}
    for c in explain(model, text, 0):
        share[c.term] = share.get(c.term, 0) + c.weight
    assert found[0].before == pytest.approx(max(share.values(), key=abs))
    assert all(shift.after == 0 for shift in found)


def test_recipes_are_compared_out_of_fold_with_paired_differences(project):  # noqa: F811
    write_text(project.root / "words.toml", QUICK_RECIPE.replace("min_df = 1", "min_df = 1\nngrams = 1"))
    result = run("compare", "experiments/default.toml", "words.toml", "-j", "1", "-n", "3")
    assert result.exit_code == 0, result.stderr
    assert "From experiments/default.toml to words.toml" in result.stdout
    assert "| macro |" in result.stdout
    assert "out of fold" in result.stdout
    same = run("compare", "experiments/default.toml", "experiments/default.toml", "-j", "1")
    assert ": 0 tags changed" in same.stdout


def test_models_are_compared_on_outside_text(project):  # noqa: F811
    model = trained()
    strict = replace(model, thresholds=model.thresholds * 0 + 2)
    save_model(strict, project.root / "strict", "card\n")
    line = {"text": "Heroin and cocaine were seized.", "topics": ["drugs"], "known": ["drugs"]}
    write_text(project.root / "o.jsonl", json.dumps(line) + "\n")
    asked = ("compare", "experiments/current", "strict", "--on", "o.jsonl", "--half", "all")
    shown = run(*asked).stdout
    assert ": 1 tags changed" in shown
    assert "drugs, broken" in shown
    assert "Terms: " in shown


def test_what_cannot_be_compared_is_refused(project):  # noqa: F811
    assert "compare two of a kind" in refused("compare", "experiments/current", "experiments/default.toml")
    assert run("compare", "experiments/current", "experiments/current").exit_code == 2
    assert run("compare", "experiments/default.toml", "experiments/default.toml", "--on", "x.jsonl").exit_code == 2
