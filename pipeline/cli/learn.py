"""The verbs that learn and measure: ``train`` and ``evaluate``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from pipeline import __version__
from pipeline.cli.options import (
    OVERRIDES,
    dask_option,
    model_of,
    model_option,
    near,
    now,
    outside_options,
    parallel,
    project_of,
    project_option,
    recipe_options,
    talk,
)
from pipeline.cli.showing import show
from pipeline.errors import RecipeError
from pipeline.learning.outside import read_outside
from pipeline.learning.outside_evaluation import evaluate_outside
from pipeline.learning.persist import load_folder
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.project import Project, shipped_project
from pipeline.reporting.experiment import Experiment, run_experiment
from pipeline.reporting.outside import outside_section
from pipeline.reporting.runs import PAGE, REPORT, metrics, outside_metrics
from pipeline.reporting.sections import printed

GATE_FAILED = 1
THOROUGH_REPEATS = 3


@click.command()
@recipe_options
@dask_option
@project_option
@outside_options
@click.option("--json", "as_json", is_flag=True, help="figures as JSON on stdout")
def train(
    recipe_path: Path | None,
    folder: Path | None,
    jobs: int,
    dask: str | None,
    fail_under: float | None,
    files: tuple[Path, ...],
    half: str,
    mistakes: int,
    *,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Train a recipe, print its cross-validation report and keep the model.

    The model becomes the project's current one (experiments/current); report, figures and out-of-fold scores go to
    experiments/runs.

    \b
    Example:
      threat-topics train --min-precision 0.8
    """
    project = project_of(folder)
    recipe = recipe_of(recipe_path, project, overrides)
    outside: dict[str, Any] = {"on": files, "half": half, "mistakes": mistakes}
    with parallel(dask, jobs):
        experiment = _carry_out(project, recipe, jobs, keep=True, as_json=as_json, **outside)
    talk(f"model:  {near(project.model)}")
    _gate(experiment, fail_under)


@click.command()
@recipe_options
@dask_option
@project_option
@model_option
@outside_options
@click.option(
    "--split",
    default="",
    metavar="COLUMN",
    help="leave out each value of a column of data/articles.csv in turn; of dates each year, blank ones as (none)",
)
@click.option("--json", "as_json", is_flag=True, help="figures as JSON on stdout")
def evaluate(
    recipe_path: Path | None,
    folder: Path | None,
    jobs: int,
    dask: str | None,
    fail_under: float | None,
    model_path: Path | None,
    files: tuple[Path, ...],
    half: str,
    mistakes: int,
    split: str,
    *,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Cross-validate a recipe thoroughly, or score a trained model on outside text.

    Thoroughly means three repeats unless --repeats or the recipe asks for more. With --on, the recipe is fitted on all
    data too and scored on the outside text; with --on and --model, that model is scored and nothing else is done. Each
    line of an outside file has text, topics (present), known (topics judged) and, if rows belong together, group.

    \b
    Example:
      threat-topics evaluate --on news.jsonl --model experiments/current
    """
    if model_path is not None:
        if not files:
            raise click.UsageError(
                "--model is scored on outside text; name it with --on FILE.jsonl, or leave --model out"
            )
        given = (recipe_path, fail_under, dask, split or None, *overrides.values())
        if any(value is not None for value in given):
            raise click.UsageError(
                "--model is trained already; leave out the recipe, its flags, --split and --fail-under, or leave --model out"
            )
        _outside(files, model_of(model_path, folder), half, mistakes, as_json=as_json)
        return
    project = project_of(folder)
    recipe = recipe_of(recipe_path, project, overrides)
    if overrides["repeats"] is None:
        recipe = recipe.changed("evaluation", repeats=max(THOROUGH_REPEATS, recipe.evaluation.repeats))
    outside: dict[str, Any] = {"on": files, "half": half, "mistakes": mistakes}
    with parallel(dask, jobs):
        experiment = _carry_out(project, recipe, jobs, keep=False, as_json=as_json, split=split, **outside)
    _gate(experiment, fail_under)


def recipe_of(path: Path | None, project: Project, overrides: dict[str, Any]) -> Recipe:
    """The recipe at ``path``, else the project's own default, else the shipped one, with the flags laid over it.

    A flag of a decision is laid over every topic, those with an objective of their own included.
    """
    defaults = [place.recipe for place in (project, shipped_project()) if place and place.recipe.is_file()]
    found = path or next(iter(defaults), None)
    recipe = load_recipe(found) if found else Recipe()
    try:
        given = [
            (section, key, overrides[key]) for _, section, key, _, _ in OVERRIDES if overrides.get(key) is not None
        ]
        for section, key, value in given:
            if section != "decision":
                recipe = recipe.changed(section, **{key: value})
        aims = {key: value for section, key, value in given if section == "decision"}
        recipe = replace(recipe, decision=recipe.decision.for_all(**aims)) if aims else recipe
    except RecipeError as error:
        raise RecipeError(f"command line: {error}") from None
    return recipe if overrides.get("seed") is None else replace(recipe, seed=overrides["seed"])


def _carry_out(
    project: Project, recipe: Recipe, jobs: int, *, keep: bool, as_json: bool, split: str = "", **outside: Any
) -> Experiment:
    date = now().astimezone().date().isoformat()
    talk(f"recipe {recipe.name!r} on {near(project.root)}")
    experiment = run_experiment(
        project,
        recipe,
        date=date,
        version=__version__,
        progress=progress,
        jobs=jobs,
        keep=keep,
        split=split,
        is_thorough=not keep and not split,
        **outside,
    )
    if as_json:
        click.echo(json.dumps(metrics(experiment.evaluation, experiment.outside), indent=1))
    else:
        show(printed(experiment.report))
    talk(f"report: {near(experiment.folder / REPORT)}")
    talk(experiment.lacking or f"page:   {near(experiment.folder / PAGE)}")
    talk(f"scores: {near(experiment.folder / 'out_of_fold.csv')}")
    return experiment


def _gate(experiment: Experiment, floor: float | None) -> None:
    reached = experiment.evaluation.table("paragraph").figure("macro", "f1").value
    if floor is not None and not reached >= floor:  # a figure that is not defined reaches nothing
        talk(f"macro F1 {reached:.3f} is under the {floor:g} asked for")
        sys.exit(GATE_FAILED)


def progress(done: int, whole: int) -> None:
    """Tell on stderr how many folds are done."""
    if sys.stderr.isatty():
        click.echo(f"\rcross-validation: {done} of {whole} folds", err=True, nl=done == whole)
    elif done:
        talk(f"cross-validation: {done} of {whole} folds")


def _outside(files: tuple[Path, ...], path: Path, half: str, mistakes: int, *, as_json: bool) -> None:
    model = load_folder(path)
    figures = []
    for outside in [read_outside(file, model.codebook.keys, half) for file in files]:
        if outside.ignored:
            talk(f"{outside.name}: topics the model does not have are left out: {', '.join(outside.ignored)}")
        result = evaluate_outside(model, outside, mistakes=mistakes)
        figures += outside_metrics(result)
        if not as_json:
            show(printed((outside_section(result, model.codebook),)))
    if as_json:
        click.echo(json.dumps(figures, indent=1))
