"""Recipes compared on the same folds, each difference paired over articles."""

import json

import pytest

from pipeline.files import write_text
from pipeline.learning.summary import compare
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
        json.dumps({"text": "Heroin was found.", "topics": ["drugs"], "known": ["drugs"]}) + "\n",
    )
    result = run("leaderboard", "-j", "1", "--on", "o.jsonl", "-o", "experiments/README.md")
    assert result.exit_code == 0, result.stderr
    lines = [line.split(" | ")[0] for line in (project.experiments / "README.md").read_text("utf-8").splitlines()]
    assert [line for line in lines if line in {"| quick", "| a-words"}] == ["| quick", "| a-words"] * 2
    assert "Outside text: o.jsonl" in (project.experiments / "README.md").read_text("utf-8")


def test_without_a_default_recipe_there_is_nothing_to_compare_with(project):  # noqa: F811
    (project.experiments / "default.toml").rename(project.experiments / "other.toml")
    assert "has no default.toml to compare the others with" in refused("leaderboard")
