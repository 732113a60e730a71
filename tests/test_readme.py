"""The README tells the truth: every block runs, and prints what it says it prints."""

import re
import subprocess

import pytest

from tests.readme import (
    BLOCK,
    DATASHEETS,
    GENERATED,
    README,
    ROOT,
    SPEED,
    copy_project,
    environment,
    generated,
    outputs,
    speed,
)


@pytest.fixture(scope="module")
def trained_copy(tmp_path_factory):
    """The shipped project, trained by the shipped recipe as `make train` does."""
    folder = copy_project(tmp_path_factory.mktemp("clone"))
    subprocess.run(["threat-topics", "train"], cwd=folder, env=environment(), check=True, capture_output=True)
    return folder


def test_every_block_runs_and_prints_what_the_readme_shows(trained_copy):
    compared = outputs(README.read_text("utf-8"), trained_copy)
    assert len(compared) >= 3
    for match, printed in compared:
        assert match["body"] == printed


def test_the_picture_shows_what_the_model_says(trained_copy):
    done = subprocess.run(
        ["threat-topics", "tag", "data/example.txt", "-f", "svg"],
        cwd=trained_copy,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == (ROOT / "data" / "example.svg").read_text("utf-8")


@pytest.mark.parametrize("sheet", DATASHEETS, ids=lambda path: path.parent.name)
def test_the_tables_of_the_datasheets_are_what_the_commands_print(trained_copy, sheet):
    (match,) = GENERATED.finditer(sheet.read_text("utf-8"))
    assert match["body"] == generated(match["command"], trained_copy)


def test_the_table_of_speeds_is_that_of_the_last_bench():
    (match,) = SPEED.finditer(README.read_text("utf-8"))
    assert match["body"] == speed()


def test_the_first_screen_says_english_only_and_shows_both_commands():
    screen = "\n".join(README.read_text("utf-8").splitlines()[:40])
    assert "English" in screen
    assert "make train" in screen
    assert "make test" in screen


def test_links_to_files_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8")):
        assert (ROOT / target).exists(), target


def test_no_block_is_of_a_kind_that_nobody_runs():
    text = README.read_text("utf-8")
    assert text.count("```") == 2 * len(BLOCK.findall(text))


@pytest.mark.parametrize(
    ("text", "topic", "word"),
    [
        (
            "Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh.",
            "drugs",
            "heroin",
        ),
    ],
)
def test_the_shipped_model_tags_plain_sentences(trained_copy, text, topic, word):
    import json

    given = f"{text}\n\nThe regional theatre opens its new season on Friday.\n"
    done = subprocess.run(
        ["threat-topics", "tag", "-", "--json"],
        input=given,
        cwd=trained_copy,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert [t["topic"] for t in first["topics"]] == [topic]
    assert word in {e["text"] for e in first["topics"][0]["evidence"]}
    assert second["topics"] == []
