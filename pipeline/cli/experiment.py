"""The verbs that set recipes side by side: ``leaderboard``, ``search`` and ``compare``."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click

from pipeline import __version__
from pipeline.annotation.corpus import article_values
from pipeline.cli.options import on_option, outside_half, project_of, project_option, show, talk
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.learning.comparison import changes, shifts
from pipeline.learning.decision import decide
from pipeline.learning.evaluation import MODEL
from pipeline.learning.folds import split_by
from pipeline.learning.model import Model
from pipeline.learning.outside import read_outside
from pipeline.learning.persist import load_folder
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.learning.search import CRITERIA
from pipeline.learning.search import search as run_search
from pipeline.learning.search_space import load_candidates
from pipeline.learning.summary import compare as differences
from pipeline.learning.training import Evaluation, evaluate, fit
from pipeline.project import Project
from pipeline.reporting.comparison import changes_section, differences_grid, search_section
from pipeline.reporting.experiment import learning_data
from pipeline.reporting.leaderboard import leaderboard as table_of
from pipeline.reporting.leaderboard import run_recipes, write_metrics
from pipeline.reporting.sections import Section, markdown

jobs_option = click.option("-j", "--jobs", type=int, default=-1, show_default=True, help="processes, -1 for all cores")


@click.command()
@on_option("outside text; may be repeated")
@jobs_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Markdown file to write; default: stdout")
@project_option
def leaderboard(files: tuple[Path, ...], jobs: int, output: Path | None, folder: Path | None) -> None:
    """Run every recipe on the same folds and print how they compare.

    Recipes are the files experiments/*.toml; differences to the default are paired over articles. With --output, each
    recipe's figures are written to metrics/ beside it.

    \b
    Example:
      threat-topics leaderboard --on news.jsonl -o experiments/README.md
    """
    project = project_of(folder)
    entries = run_recipes(project, files, version=__version__, jobs=jobs, told=talk, clock=time.monotonic)
    if output is None:
        show(table_of(entries))
    else:
        write_text(output, markdown(table_of(entries)))
        write_metrics(entries, output.parent / "metrics")


@click.command()
@click.argument("recipe_path", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--criterion", type=click.Choice(CRITERIA), default=CRITERIA[0], show_default=True, help="macro figure")
@click.option(
    "--by", default="", metavar="COLUMN", help="leave out each value of a column of data/articles.csv, not dealt folds"
)
@click.option("--minutes", type=click.FloatRange(0), help="begin no further candidate after so long")
@jobs_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file for the best recipe")
@project_option
def search(
    recipe_path: Path,
    criterion: str,
    by: str,
    minutes: float | None,
    jobs: int,
    output: Path | None,
    folder: Path | None,
) -> None:
    """Search around a recipe for a better one, choosing inside training folds.

    What to try is the table [search.options] of the recipe file. Finished pieces are kept under experiments/runs: a
    search that was stopped goes on with the same call.

    \b
    Example:
      threat-topics search experiments/around-default.toml --by genre --minutes 30
    """
    project = project_of(folder)
    recipe, candidates = load_candidates(recipe_path)
    dataset, lexicon = learning_data(project, recipe)
    split = split_by(by, article_values(project, by), dataset.articles, dataset.groups) if by else None
    began = time.monotonic()

    def told(done: int, whole: int, reached: float) -> None:
        passed = time.monotonic() - began
        left = passed / done * (whole - done) / 60
        talk(f"{done} of {whole}: {candidates[done - 1].name}: {reached:.4f}; about {left:.0f} min left")

    result = run_search(
        dataset,
        lexicon,
        recipe,
        candidates,
        criterion=criterion,
        folder=project.runs / "search",
        jobs=jobs,
        goes_on=lambda: minutes is None or time.monotonic() - began < 60 * minutes,
        told=told,
        split=split,
    )
    show((search_section(result, dataset, criterion, rounds=recipe.evaluation.rounds, seed=recipe.seed),))
    if output is not None:
        write_text(output, replace(result.tried[0].candidate.recipe, name=output.stem).to_toml())
        talk(f"recipe: {output}")


@click.command()
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.option("-n", "--number", type=click.IntRange(0), default=20, show_default=True, help="changes to show")
@on_option("compare two models on outside text; may be repeated")
@outside_half
@jobs_option
@project_option
def compare(
    first: Path, second: Path, number: int, files: tuple[Path, ...], half: str, jobs: int, folder: Path | None
) -> None:
    """Show which tags differ between two recipes, runs or models, and the terms behind it.

    A and B are recipe files or folders of runs (cross-validated on the same folds, on the labels as they are now), or
    folders of models (compared on outside text given with --on).

    \b
    Example:
      threat-topics compare experiments/words.toml experiments/default.toml
    """
    kinds = [_kind(path) for path in (first, second)]
    if kinds[0] != kinds[1]:
        raise InputError(f"{first} is a {kinds[0]}, {second} a {kinds[1]}; compare two of a kind")
    if kinds[0] == "model":
        if not files:
            raise click.UsageError("two models are compared on outside text; name it with --on FILE.jsonl")
        models = load_folder(first), load_folder(second)
        show(tuple(_on_outside((str(first), str(second)), models, file, half, number) for file in files))
        return
    if files:
        raise click.UsageError("--on is for two models; recipes are compared on the labels, out of fold")
    show((_on_labels((first, second), project_of(folder), jobs, number),))


def _kind(path: Path) -> str:
    if path.is_dir():
        return "model" if (path / "model.json").is_file() else "recipe"
    return "recipe"


def _recipe(path: Path) -> Recipe:
    return load_recipe(path / "recipe.toml" if path.is_dir() else path)


def _on_labels(paths: tuple[Path, Path], project: Project, jobs: int, number: int) -> Section:
    recipes = [_recipe(path) for path in paths]
    # The same folds for both: those of the first.
    base = recipes[0]
    recipes[1] = replace(recipes[1], seed=base.seed, data=base.data, evaluation=base.evaluation)
    dataset, lexicon = learning_data(project, base)
    evaluations: list[Evaluation] = []
    for path, recipe in zip(paths, recipes, strict=True):
        talk(f"cross-validating {path}")
        evaluations.append(evaluate(dataset, lexicon, recipe, lambda _done, _whole: None, jobs))
    models = fit(evaluations[0], lexicon, __version__), fit(evaluations[1], lexicon, __version__)
    one, other = (evaluation.out.systems[MODEL] for evaluation in evaluations)
    keys = dataset.codebook.keys
    found = changes(keys, (one.score[0], other.score[0]), (one.tags[0], other.tags[0]), dataset.Y, dataset.known)
    gained = differences(dataset, other, one, rounds=base.evaluation.rounds, seed=base.seed)
    told = [
        (
            c,
            f"{dataset.paragraphs[c.row].id} ({dataset.where[c.row]}): {_line(dataset.texts[c.row])}",
            shifts(models, dataset.texts[c.row], c.topic),
        )
        for c in found[:number]
    ]
    about = (
        "Figures and tags are out of fold, on the same folds; intervals are paired over articles. Mended: wrong by the "
        "first, right by the second. Terms are of the two models fitted on all data."
    )
    gaps = differences_grid(gained, keys)
    return changes_section((str(paths[0]), str(paths[1])), found, keys, told, (about,), gaps)


def _on_outside(names: tuple[str, str], models: tuple[Model, Model], file: Path, half: str, number: int) -> Section:
    keys = models[0].codebook.keys
    if models[1].codebook.keys != keys:
        raise InputError(f"{names[1]}: has other topics than {names[0]}; compare models of one codebook")
    outside = read_outside(file, keys, half)
    P = models[0].probabilities(outside.texts), models[1].probabilities(outside.texts)
    T = decide(P[0], models[0].thresholds), decide(P[1], models[1].thresholds)
    found = changes(keys, P, T, outside.Y, outside.known)
    told = [(c, _line(outside.texts[c.row]), shifts(models, outside.texts[c.row], c.topic)) for c in found[:number]]
    return changes_section(names, found, keys, told, (f"On {outside.name}, each at its own thresholds.",), None)


def _line(text: str) -> str:
    return " ".join(text.split())
