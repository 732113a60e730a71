"""The verb `report`, and a run without the extra."""

import os

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.files import write_text


@pytest.fixture
def project(make_project, tmp_path, monkeypatch):
    """A project with three runs, the second the newest and the first without a page."""
    made = make_project(tmp_path / "p")
    for second, (name, has_page) in enumerate(
        (("2026-01-03-a", False), ("2026-01-01-c", True), ("2026-01-02-b", True))
    ):
        write_text(made.runs / name / "report.md", "# R\n")
        if has_page:
            write_text(made.runs / name / "report.html", "<!doctype html>")
        os.utime(made.runs / name / "report.md", (second % 2, second % 2))
    write_text(made.runs / "search" / "piece.json", "{}")
    monkeypatch.chdir(made.root)
    return made


def run(*arguments):
    return CliRunner().invoke(main, ["report", *arguments])


def test_the_newest_run_is_meant_by_default(project):
    assert run().stdout == "experiments/runs/2026-01-01-c/report.html\n"


def test_a_run_is_named_by_its_name_or_its_folder(project):
    assert run("2026-01-02-b").stdout == "experiments/runs/2026-01-02-b/report.html\n"
    assert run("experiments/runs/2026-01-02-b").stdout == "experiments/runs/2026-01-02-b/report.html\n"


@pytest.mark.parametrize("has_browser", [True, False])
def test_it_is_opened_when_asked_for(project, monkeypatch, has_browser):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or has_browser)
    assert run().exit_code == 0
    assert not opened
    result = run("--open")
    page = project.runs / "2026-01-01-c" / "report.html"
    assert opened == [page.resolve().as_uri()]
    assert ("no browser" in result.stderr) is not has_browser


@pytest.mark.parametrize(
    ("name", "words"),
    [("2026-01-03-a", "pip install 'threat-topics[report]'"), ("other", "other: is no run"), ("search", "is no run")],
)
def test_a_run_without_a_page_and_no_run_are_told_in_one_sentence(project, name, words):
    result = run(name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert len(result.stderr.strip().split("\n")) == 1


def test_a_project_without_runs_says_what_to_run(make_project, tmp_path):
    made = make_project(tmp_path / "q")
    result = run("--project", str(made.root))
    assert result.exit_code == 2
    assert "run `threat-topics evaluate` first" in result.stderr
