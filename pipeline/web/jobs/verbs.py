"""What runs behind the pages: verbs of the command line on the workbench's project, and what is said when they are done.

Nothing a client sends becomes part of a command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pipeline.learning.locate import find_model
from pipeline.project import Project
from pipeline.web.state import Workbench

Kind = Literal["retrain", "gain"]
GAIN_OF = 100  # the newest labels that are left out and put back


def gain_file(project: Project) -> Path:
    """Where the result of the last ``gain`` job lies."""
    return project.runs / "gain.json"


def retrain(project: Project) -> list[str]:
    """The verb that trains the project's own model anew."""
    return [*_verb("train", project), "--json"]


def gain(project: Project) -> list[str]:
    """The verb that tells what the newest labels changed."""
    return [*_verb("gain", project), "-n", str(GAIN_OF), "--json", "-o", str(gain_file(project))]


def _verb(name: str, project: Project) -> list[str]:
    return [sys.executable, "-m", "pipeline", name, "--project", str(project.root)]


KINDS: dict[Kind, Callable[[Project], list[str]]] = {"retrain": retrain, "gain": gain}


def said_after(kind: Kind, workbench: Workbench) -> str:
    """What is said of a job that went well."""
    if kind == "gain":
        return "computed anew"
    used = find_model(workbench.model_path, workbench.project)
    if used != workbench.project.model:
        return f"the project's own model is trained anew; this workbench goes on with the model it was given, {used}"
    return "the model is trained anew; articles are tagged by it from now on"
