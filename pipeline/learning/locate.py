"""Which model is meant when none is named, and which shipped project stands behind it."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.learning.model import Model
from pipeline.learning.persist import load_folder
from pipeline.project import Project, enclosing_project, shipped_project

ENVIRONMENT = "THREAT_TOPICS_MODEL"


def find_model(path: str | os.PathLike[str] | None = None, project: Project | None = None) -> Path:
    """The folder of the model to use: the first that is given or exists.

    1. ``path``; 2. the environment variable ``THREAT_TOPICS_MODEL``; 3. ``experiments/current`` of ``project``, or
    of the project around the current folder; 4. the model that came with the package.

    Raises:
        ModelError: there is none.
    """
    if path is not None:
        return Path(path)
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    for candidate in (project or enclosing_project(Path.cwd()), shipped_project()):
        if candidate is not None and candidate.model.is_dir():
            return candidate.model
    raise ModelError(f"no model was found; run `make train`, name a model folder with --model, or set {ENVIRONMENT}")


def load_model(path: str | os.PathLike[str] | None = None) -> Model:
    """Load a model from a folder; without ``path``, the one that ``find_model`` finds.

    Raises:
        ModelError: there is no model, or the folder is not whole; says which check failed.
    """
    return load_folder(find_model(path))
