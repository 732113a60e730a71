"""Projects: found by their codebook, upwards."""

from __future__ import annotations

import pytest

from pipeline import project as project_module
from pipeline.errors import ProjectError
from pipeline.project import Project, enclosing_project, find_project, shipped_project


@pytest.fixture
def mine(tmp_path):
    root = tmp_path.resolve() / "mine"
    (root / "labels").mkdir(parents=True)
    (root / "labels" / "codebook.toml").write_text("version = 1\n")
    (root / "data" / "articles").mkdir(parents=True)
    return Project(root)


def test_a_project_knows_its_folders(mine):
    root = mine.root
    assert mine.codebook == root / "labels" / "codebook.toml"
    assert mine.lexicon == root / "labels" / "lexicon.toml"
    assert (mine.labels, mine.articles) == (root / "labels", root / "data" / "articles")
    assert (mine.runs, mine.model) == (root / "experiments" / "runs", root / "experiments" / "current")


def test_the_nearest_project_upwards_is_found(mine):
    inner = mine.root / "data" / "articles"
    assert enclosing_project(inner) == mine
    assert find_project(None, inner) == mine
    (inner / "labels").mkdir()
    (inner / "labels" / "codebook.toml").write_text("")
    assert enclosing_project(inner) == Project(inner)


def test_a_named_project_wins_over_the_one_around(mine, tmp_path):
    other = tmp_path.resolve() / "other"
    (other / "labels").mkdir(parents=True)
    (other / "labels" / "codebook.toml").write_text("")
    assert find_project(other, mine.root) == Project(other)


def test_no_project_is_an_error_that_says_what_to_do(tmp_path):
    assert enclosing_project(tmp_path) is None
    with pytest.raises(ProjectError, match=r"no project here or in a folder above .*--project DIR"):
        find_project(None, tmp_path)
    with pytest.raises(ProjectError, match=r"is no project, labels.codebook\.toml is missing"):
        find_project(tmp_path, tmp_path)


def test_the_shipped_project_is_the_copy_in_the_package_else_the_checkout_around_it(tmp_path, monkeypatch):
    package = tmp_path / "pipeline"
    monkeypatch.setattr(project_module, "__file__", str(package / "project.py"))
    assert shipped_project() is None
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "codebook.toml").write_text("")
    assert shipped_project() == Project(tmp_path)
    (package / "shipped" / "labels").mkdir(parents=True)
    (package / "shipped" / "labels" / "codebook.toml").write_text("")
    assert shipped_project() == Project(package / "shipped")
