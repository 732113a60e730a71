"""Recipes compared on the same folds, each difference paired over articles."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline.annotation.dataset import load_dataset
from pipeline.files import write_text
from pipeline.intervals import Interval
from pipeline.learning.recipe import load_recipe
from pipeline.learning.summary import compare
from pipeline.project import find_project
from pipeline.reporting.leaderboard import _starred
from tests.corpora import KEYS, evaluated, small
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture


def test_a_recipe_differs_from_itself_by_nothing():
    own = evaluated().out.systems["model"]
    found = compare(small(), own, own, rounds=100, seed=0)
    assert {(gap.value, gap.low, gap.high) for gap in found.values()} == {(0.0, 0.0, 0.0)}
    assert {figure for _, figure in found} == {"precision", "recall", "f1", "average_precision"}


def test_the_difference_is_that_of_the_two_figures():
    one = evaluated()
    own, rules = one.table("paragraph"), one.table("paragraph", "keyword rules")
    found = compare(small(), one.out.systems["model"], one.out.systems["keyword rules"], rounds=100, seed=0)
    for topic in (*KEYS, "macro"):
        gap = own.figure(topic, "f1").value - rules.figure(topic, "f1").value
        assert found[topic, "f1"].value == pytest.approx(gap)


def test_every_recipe_stands_in_the_table_the_default_first(project):  # noqa: F811
    write_text(project.experiments / "a-words.toml", "[features]\nngrams = 1\nmin_df = 1\n")
    write_text(
        project.root / "o.jsonl",
        "".join(
            json.dumps({"text": "Heroin was found.", "topics": ["drugs"], "known": ["drugs"], "group": str(i)}) + "\n"
            for i in range(12)
        ),
    )
    result = run("leaderboard", "-j", "1", "--on", "o.jsonl", "-o", "experiments/README.md")
    assert result.exit_code == 0, result.stderr
    lines = [line.split(" | ")[0] for line in (project.experiments / "README.md").read_text("utf-8").splitlines()]
    assert [line for line in lines if line in {"| quick", "| a-words"}] == ["| quick", "| a-words"] * 3
    page = (project.experiments / "README.md").read_text("utf-8")
    assert "Outside text: o.jsonl (choose half)" in page
    reported = page.split("the half to report on")[1]
    assert reported.count("o.jsonl (report half)") == 1
    kept = json.loads((project.experiments / "metrics" / "a-words.json").read_text("utf-8"))
    assert kept["recipe"]["features"]["ngrams"] == 1
    assert {row["file"] for row in kept["outside"]} == {"o.jsonl (choose half)"}
    before = (project.experiments / "metrics" / "quick.json").read_bytes()
    assert run("leaderboard", "-j", "1", "--on", "o.jsonl", "-o", "experiments/README.md").exit_code == 0
    assert (project.experiments / "metrics" / "quick.json").read_bytes() == before


def test_a_difference_is_starred_only_where_its_interval_leaves_out_zero():
    assert _starred(Interval(0.1, 0.05, 0.2)).endswith("*")
    assert not _starred(Interval(0.1, -0.05, 0.2)).endswith("*")


METRICS = sorted(Path("experiments/metrics").glob("*.json"))


@pytest.mark.parametrize("path", METRICS, ids=lambda path: path.stem)
def test_committed_figures_are_of_these_labels_and_recipes(path):
    kept = json.loads(path.read_text("utf-8"))
    again = "renew them with `threat-topics leaderboard -o experiments/README.md`"
    base = load_recipe(Path("experiments/default.toml"))
    recipe = load_recipe(Path("experiments") / f"{path.stem}.toml")
    recipe = replace(recipe, seed=base.seed, data=base.data, evaluation=base.evaluation)
    assert kept["recipe"] == json.loads(json.dumps(recipe.to_dict())), again
    assert kept["dataset"]["fingerprint"] == own_labels().fingerprint, again


@cache
def own_labels():
    return load_dataset(find_project(None, Path.cwd()))


def test_without_a_default_recipe_there_is_nothing_to_compare_with(project):  # noqa: F811
    (project.experiments / "default.toml").rename(project.experiments / "other.toml")
    assert "has no default.toml to compare the others with" in refused("leaderboard")
