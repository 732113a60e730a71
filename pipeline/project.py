"""Where things lie: the project around a folder, and the one that comes with the package.

A project is the nearest folder upwards that holds ``labels/codebook.toml``. The shipped project is the source
checkout the package runs from, or the copy inside an installed wheel.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ProjectError

MARK = Path("labels", "codebook.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of one project; nothing is read or made until somebody asks."""

    root: Path

    @property
    def codebook(self) -> Path:
        """Topics and what counts as each."""
        return self.root / MARK

    @property
    def lexicon(self) -> Path:
        """Term lists per topic."""
        return self.root / "labels" / "lexicon.toml"

    @property
    def labels(self) -> Path:
        """Folder of label files: ``gold.jsonl`` and one file an annotator."""
        return self.root / "labels"

    @property
    def articles(self) -> Path:
        """Folder of articles as ``.txt``."""
        return self.root / "data" / "articles"

    @property
    def article_table(self) -> Path:
        """What is known of each article beside its text."""
        return self.root / "data" / "articles.csv"

    @property
    def targets(self) -> Path:
        """What the corpus is to reach."""
        return self.root / "data" / "targets.toml"

    @property
    def behaviour(self) -> Path:
        """Short texts to try a model on, if the project has any."""
        return self.root / "tests" / "behaviour"

    @property
    def experiments(self) -> Path:
        """Recipes, and below it ``runs/`` and ``current/``."""
        return self.root / "experiments"

    @property
    def recipe(self) -> Path:
        """The recipe that is meant when none is named."""
        return self.experiments / "default.toml"

    @property
    def runs(self) -> Path:
        """One folder a run."""
        return self.experiments / "runs"

    @property
    def model(self) -> Path:
        """The model of the last training run of this project."""
        return self.experiments / "current"


def enclosing_project(start: Path) -> Project | None:
    """The project ``start`` lies in, or ``None``."""
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / MARK).is_file():
            return Project(candidate)
    return None


def find_project(given: Path | None, start: Path) -> Project:
    """The project to work on: ``given`` if not ``None``, else the one ``start`` lies in.

    Raises:
        ProjectError: ``given`` is no project, or there is none around ``start``.
    """
    if given is not None:
        if not (given / MARK).is_file():
            raise ProjectError(
                f"{given}: is no project, {MARK} is missing; copy the codebook there or name another folder"
            )
        return Project(given.resolve())
    project = enclosing_project(start)
    if project is None:
        raise ProjectError(
            f"{start}: no project here or in a folder above ({MARK} is missing); go to a project or name it with --project DIR"
        )
    return project


def shipped_project() -> Project | None:
    """The project that comes with the package: inside a wheel, else the checkout around the package."""
    package = Path(__file__).parent
    for root in (package / "shipped", package.parent):
        if (root / MARK).is_file():
            return Project(root)
    return None
