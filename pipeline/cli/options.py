"""Flags that several verbs share, and how the command line talks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.learning.locate import find_model
from pipeline.learning.outside import HALVES
from pipeline.project import Project, find_project

F = TypeVar("F", bound=Callable[..., Any])

# Flag, section and key of the recipe it overrides, type, help.
OVERRIDES: tuple[tuple[str, str, str, type, str], ...] = (
    ("--paragraphs", "data", "paragraphs", int, "learn from so many paragraphs only, whole articles drawn by the seed"),
    ("-C", "estimator", "C", float, "inverse strength of the penalty"),
    ("--class-weight", "estimator", "class_weight", str, "none or balanced"),
    ("--ngrams", "features", "ngrams", int, "longest run of words that makes a term"),
    ("--min-df", "features", "min_df", int, "paragraphs a term must occur in"),
    ("--beta", "decision", "beta", float, "weight of recall in the F-score that thresholds maximise"),
    (
        "--miss-cost",
        "decision",
        "miss_cost",
        float,
        "cost of a miss if a false alarm costs 1; aimed at instead of the F-score",
    ),
    ("--min-precision", "decision", "min_precision", float, "precision every topic must reach out of fold"),
    ("--min-recall", "decision", "min_recall", float, "recall every topic must reach out of fold"),
    (
        "--review-recall",
        "decision",
        "review_recall",
        float,
        "share of positives that must not be answered no; see thresholds",
    ),
    ("--floor", "decision", "floor", float, "least probability a threshold may be, where the wishes allow it"),
    ("--folds", "evaluation", "folds", int, "outer folds"),
    ("--repeats", "evaluation", "repeats", int, "how often everything is dealt anew"),
)


def talk(message: str) -> None:
    """Say something to the person, not to the program that reads the results."""
    click.echo(message, err=True)


def now() -> datetime:
    """The only look at the clock."""
    return datetime.now(UTC)


def near(path: Path) -> str:
    """A path as a person would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def a_number(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """A float that is not "nan", which every comparison would let pass."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("is not a number", ctx=ctx, param=param)
    return value


def jobs_option(function: F) -> F:
    """Add ``--jobs N``."""
    text = "processes, -1 for all cores"
    return click.option("-j", "--jobs", type=int, default=-1, show_default=True, help=text)(function)


def dask_option(function: F) -> F:
    """Add ``--dask ADDRESS``."""
    text = "folds on a Dask cluster: its scheduler, tcp://host:8786; local: one started for it with --jobs processes"
    return click.option("--dask", metavar="ADDRESS", help=text)(function)


@contextmanager
def parallel(dask: str | None, jobs: int) -> Iterator[None]:
    """A block whose folds are carried out on a cluster, or here if none was named."""
    if dask is None:
        yield
        return
    from pipeline.learning.cluster import parallel_on  # noqa: PLC0415  loads Dask

    with parallel_on(dask, jobs if jobs > 0 else cores()):
        yield


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def project_option(function: F) -> F:
    """Add ``--project DIR``."""
    kind = click.Path(path_type=Path, file_okay=False)
    text = "Project to work on; default: the one around this folder."
    return click.option("--project", "folder", type=kind, metavar="DIR", help=text)(function)


def model_option(function: F) -> F:
    """Add ``--model DIR``."""
    text = "Model folder; default: $THREAT_TOPICS_MODEL, the project's, the shipped one."
    return click.option("-m", "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=text)(
        function
    )


def recipe_options(function: F) -> F:
    """Add the recipe's path and a flag for each of its options that people change often."""
    for flag, _, key, kind, text in reversed(OVERRIDES):
        function = click.option(flag, key, type=kind, help=text)(function)
    function = click.option("--seed", "--random-state", "seed", type=int, help="the one seed")(function)
    jobs = click.option("-j", "--jobs", type=int, default=-1, show_default=True, help="processes, -1 for all cores")
    lower = "exit 1 if macro F1 over paragraphs is lower"
    floor = click.option("--fail-under", type=float, callback=a_number, metavar="F1", help=lower)
    path = click.argument("recipe_path", metavar="[RECIPE]", required=False, type=click.Path(path_type=Path))
    return path(floor(jobs(function)))


def outside_options(function: F) -> F:
    """Add ``--on``, ``--half`` and ``--mistakes``."""
    mistakes = click.option(
        "--mistakes", type=click.IntRange(0), default=0, help="show so many mistakes on each file of outside text"
    )
    return on_option("outside text to score the model on; may be repeated")(outside_half(mistakes(function)))


def outside_half(function: F) -> F:
    """Add ``--half``."""
    return click.option(
        "--half",
        type=click.Choice(HALVES),
        default=HALVES[0],
        show_default=True,
        help="of outside text, the half to choose recipes by, the half to report an adopted one on, or all of it",
    )(function)


def on_option(text: str) -> Callable[[F], F]:
    """``--on FILE.jsonl``, as often as wanted."""
    kind = click.Path(path_type=Path)
    return click.option("--on", "files", multiple=True, type=kind, metavar="FILE.jsonl", help=text)


def project_of(folder: Path | None) -> Project:
    """The project named by ``--project``, else the one around the current folder."""
    return find_project(folder, Path.cwd())


def model_of(path: Path | None, folder: Path | None) -> Path:
    """The folder of the model to use."""
    return find_model(path, project_of(folder) if folder else None)
