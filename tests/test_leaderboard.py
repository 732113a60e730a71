"""Recipes compared on the same folds, each difference paired over articles."""

import json
from dataclasses import replace
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
    assert [line for line in lines if line in {"| default", "| a-words"}] == ["| default", "| a-words"] * 4
    page = (project.experiments / "README.md").read_text("utf-8")
    assert "Outside text: o.jsonl (choose half)" in page
    assert "**Average precision**\n\n| recipe | drugs | cyber | floods |" in page
    reported = page.split("the half to report on")[1]
    assert reported.count("o.jsonl (report half)") == 1
    kept = json.loads((project.experiments / "metrics" / "a-words.json").read_text("utf-8"))
    assert kept["recipe"]["features"]["ngrams"] == 1
    assert {row["file"] for row in kept["outside"]} == {"o.jsonl (choose half)"}
    before = (project.experiments / "metrics" / "default.json").read_bytes()
    assert run("leaderboard", "-j", "1", "--on", "o.jsonl", "-o", "experiments/README.md").exit_code == 0
    assert (project.experiments / "metrics" / "default.json").read_bytes() == before


def test_a_difference_is_starred_only_where_its_interval_leaves_out_zero():
    assert _starred(Interval(0.1, 0.05, 0.2)).endswith("*")
    assert not _starred(Interval(0.1, -0.05, 0.2)).endswith("*")


ROOT = Path(__file__).parent.parent
CURE = "renew them with `threat-topics leaderboard --on FILE.jsonl -o experiments/README.md`"


def stale(folder, fingerprint_of):
    """What is wrong with the figures kept under ``folder/metrics``; nothing where there are none."""
    paths = sorted((folder / "metrics").glob("*.json"))
    fingerprint = fingerprint_of() if paths else ""
    base = load_recipe(folder / "default.toml")
    found = []
    for path in paths:
        kept, recipe = json.loads(path.read_text("utf-8")), folder / f"{path.stem}.toml"
        if not recipe.is_file():
            found.append(f"{path.name}: there is no recipe {recipe.name} any more; delete the file")
            continue
        now = replace(load_recipe(recipe), seed=base.seed, data=base.data, evaluation=base.evaluation)
        if kept["recipe"] != json.loads(json.dumps(now.to_dict())):
            found.append(f"{path.name}: figures of another recipe than {recipe.name} is now; {CURE}")
        if kept["dataset"]["fingerprint"] != fingerprint:
            found.append(f"{path.name}: figures of other labels than these; {CURE}")
    return found


def test_committed_figures_are_of_these_labels_and_recipes():
    assert stale(ROOT / "experiments", lambda: load_dataset(find_project(ROOT, ROOT)).fingerprint) == []


def test_kept_figures_name_no_place_or_time_and_those_of_other_labels_or_recipes_are_told(project):  # noqa: F811
    assert run("leaderboard", "-j", "1", "-o", "experiments/README.md").exit_code == 0
    text = (project.experiments / "metrics" / "default.json").read_text("utf-8")
    assert str(project.root) not in text
    assert "seconds" not in text
    fingerprint = load_dataset(project).fingerprint
    assert stale(project.experiments, lambda: fingerprint) == []
    assert "default.json: figures of other labels" in stale(project.experiments, lambda: "another")[0]
    with (project.experiments / "default.toml").open("a", encoding="utf-8") as recipe:
        recipe.write("[estimator]\nC = 3\n")
    assert "default.json: figures of another recipe" in stale(project.experiments, lambda: fingerprint)[0]
    write_text(project.experiments / "metrics" / "gone.json", "{}")
    assert "no recipe gone.toml any more" in stale(project.experiments, lambda: fingerprint)[-1]
