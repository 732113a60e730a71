"""Two recipes or models side by side: which tags changed, whether for the better, and the terms behind it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.files import write_text
from pipeline.learning.comparison import changes, shifts, tally
from pipeline.learning.decision import decide
from pipeline.learning.evidence import explain
from pipeline.learning.persist import save_model
from pipeline.learning.recipe import load_recipe
from pipeline.learning.training import evaluate
from tests.corpora import CORPUS, KEYS, quiet, trained
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


@pytest.fixture
def other_recipe(project):  # noqa: F811
    """A second recipe, of single words."""
    write_text(project.root / "words.toml", QUICK_RECIPE.replace("min_df = 1", "min_df = 1\nngrams = 1"))
    return "words.toml"


@pytest.fixture
def strict_model(project):  # noqa: F811
    """The project's model, with thresholds that nothing reaches."""
    model = trained()
    save_model(replace(model, thresholds=model.thresholds * 0 + 2), project.root / "strict", "card\n")
    return "strict"


def compared(*arguments):
    """What ``compare --json`` prints, one object a text."""
    result = run("compare", *arguments, "-j", "1", "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_recipes_are_compared_out_of_fold_with_paired_differences(other_recipe):
    result = run("compare", "experiments/default.toml", other_recipe, "-j", "1", "-n", "3")
    assert result.exit_code == 0, result.stderr
    assert "From experiments/default.toml to words.toml" in result.stdout
    assert "| macro |" in result.stdout
    assert "out of fold, on the same folds (dealt by article)" in result.stdout
    same = run("compare", "experiments/default.toml", "experiments/default.toml", "-j", "1")
    assert ": 0 tags changed" in same.stdout
    assert "+0.000 [+0.000, +0.000] p 1.000" in same.stdout


def test_figures_and_changes_as_json_tell_the_same_story(project, other_recipe):  # noqa: F811
    (found,) = compared("experiments/default.toml", other_recipe, "-n", "1000")
    dataset = load_dataset(project)
    assert found["texts"] == len(dataset.paragraphs)
    counted = {key: dict.fromkeys(("mended", "broken", "not judged"), 0) for key in KEYS}
    for change in found["changes"]:
        counted[change["topic"]][change["kind"]] += 1
        assert (change["kind"] == "mended") == (change["tagged"] == change["has"])
        assert change["text"] == dataset.texts[change["row"]]
        assert change["place"].startswith(dataset.paragraphs[change["row"]].id)
    assert counted == found["changed"]
    assert sum(sum(kinds.values()) for kinds in counted.values()) > 0
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    recipes = [load_recipe(path) for path in (project.recipe, project.root / other_recipe)]
    one, other = (evaluate(dataset, lexicon, recipe, quiet, jobs=1).table("paragraph") for recipe in recipes)
    gap = other.figure("macro", "f1").value - one.figure("macro", "f1").value
    difference = found["second_minus_first"]["macro"]["f1"]
    assert difference["value"] == pytest.approx(gap)
    assert 0 < difference["p"] <= 1


def test_parts_can_be_left_out_instead_of_folds(project, other_recipe):  # noqa: F811
    write_text(project.article_table, "id,part\n" + "".join(f"a{i:02d},{i % 3}\n" for i in range(1, 17)))
    (found,) = compared("experiments/default.toml", other_recipe, "--split", "part")
    assert "each part left out in turn" in found["about"]


def test_runs_are_compared_only_on_the_labels_they_were_made_on(project):  # noqa: F811
    assert run("evaluate", "-j", "1", "--repeats", "1").exit_code == 0
    (folder,) = project.runs.glob("*-quick-*")
    (found,) = compared(folder, "experiments/default.toml")
    assert found["changes"] == []
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    metrics["dataset"]["fingerprint"] = "another"
    write_text(folder / "metrics.json", json.dumps(metrics))
    assert "is of other labels (data fingerprint another, now " in refused(
        "compare", "experiments/default.toml", folder
    )
    write_text(folder / "metrics.json", "{}")
    assert "does not say which labels it is of" in refused("compare", folder, "experiments/default.toml")


def test_models_are_compared_on_outside_text(project, strict_model):  # noqa: F811
    line = {"text": "Heroin and cocaine were seized.", "topics": ["drugs"], "known": ["drugs"]}
    write_text(project.root / "o.jsonl", json.dumps(line) + "\n")
    asked = ("experiments/current", strict_model, "--on", "o.jsonl", "--half", "all")
    shown = run("compare", *asked).stdout
    assert ": 1 tags changed" in shown
    assert "drugs, broken" in shown
    assert "Terms: " in shown
    (found,) = compared(*asked)
    assert found["changed"]["drugs"]["broken"] == 1
    assert found["second_minus_first"]["drugs"]["recall"]["value"] == -1
    assert found["second_minus_first"]["cyber"]["recall"]["value"] is None


def test_models_are_compared_on_the_labels_with_a_warning_and_no_figures(project, strict_model):  # noqa: F811
    (found,) = compared("experiments/current", strict_model)
    assert "no evaluation" in found["about"]
    assert found["second_minus_first"] == {}
    tagged = decide(trained().probabilities(load_dataset(project).texts), trained().thresholds)
    assert sum(sum(kinds.values()) for kinds in found["changed"].values()) == tagged.sum()


def test_models_are_compared_on_articles_that_nobody_judged(project, strict_model):  # noqa: F811
    (found,) = compared("experiments/current", strict_model, "data/articles/a01.txt", "data/articles/a02.txt")
    assert found["texts"] == sum(article in {"a01", "a02"} for article, _, _ in CORPUS)
    assert {change["kind"] for change in found["changes"]} == {"not judged"}
    assert found["second_minus_first"] == {}


def test_what_cannot_be_compared_is_refused(project, other_recipe, strict_model):  # noqa: F811
    default, current = "experiments/default.toml", "experiments/current"
    assert "compare two of a kind" in refused("compare", current, default)
    assert "holds neither recipe.toml nor model.json" in refused("compare", "labels", default)
    assert run("compare", current, strict_model, "--split", "part").exit_code == 2
    assert run("compare", default, default, "--on", "x.jsonl").exit_code == 2
    assert run("compare", default, default, "data/articles/a01.txt").exit_code == 2
    write_text(project.root / "few.toml", QUICK_RECIPE + "[data]\nparagraphs = 20\n")
    assert "learns from other data" in refused("compare", default, "few.toml")
