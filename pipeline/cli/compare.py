"""The verb that says what changes between two recipes, runs or models: ``compare``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from pipeline import __version__
from pipeline.annotation.corpus import article_values
from pipeline.annotation.dataset import load_dataset
from pipeline.cli.options import jobs_option, on_option, outside_half, project_of, project_option, talk
from pipeline.cli.showing import show
from pipeline.errors import InputError
from pipeline.learning.comparison import Comparison, Texts, compare_models, compare_recipes, texts_of
from pipeline.learning.folds import split_by
from pipeline.learning.model import Model
from pipeline.learning.outside import read_outside
from pipeline.learning.persist import load_folder
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.learning.training import evaluate
from pipeline.project import Project
from pipeline.reporting.comparison import changes_section, comparison_values
from pipeline.reporting.experiment import learning_data
from pipeline.reporting.runs import run_fingerprint
from pipeline.tagging.inputs import Inputs
from pipeline.text.language import too_short, unsupported_reason

OUT_OF_FOLD = (
    "Figures and tags are out of fold, on the same folds ({folds}); intervals are paired over articles. Mended: wrong by "
    "the first, right by the second. Terms are of the two models fitted on all labels."
)
OUTSIDE = "On {name}, each model at its own thresholds; intervals are paired over groups."
LEARNT = (
    "On the labels as they are now, each model at its own thresholds. The models may have learnt from these very labels, so "
    "mended and broken are no evaluation: compare recipes for that."
)
UNJUDGED = "On {name}, each model at its own thresholds; nobody has judged these paragraphs."
REPEATED = "The tags are those of the first repeat, the figures the mean over all."


@click.command()
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.argument("articles", metavar="[ARTICLE]...", nargs=-1)
@click.option("-n", "--number", type=click.IntRange(0), default=20, show_default=True, help="changes to show")
@on_option("compare two models on outside text; may be repeated")
@outside_half
@click.option(
    "--split",
    default="",
    metavar="COLUMN",
    help="compare recipes leaving out each value of a column of data/articles.csv",
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object a text compared on")
@jobs_option
@project_option
def compare(
    first: Path,
    second: Path,
    articles: tuple[str, ...],
    number: int,
    files: tuple[Path, ...],
    half: str,
    split: str,
    jobs: int,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show which tags differ between two recipes, runs or models, and the terms behind it.

    A and B are recipe files or folders of runs, cross-validated anew on the same folds; or folders of models, compared on
    ARTICLEs, on outside text (--on), or on the project's labels.

    \b
    Example:
      threat-topics compare experiments/words.toml experiments/default.toml
    """
    kinds = [_kind(path) for path in (first, second)]
    if kinds[0] != kinds[1]:
        raise InputError(f"{first} is a {kinds[0]}, {second} a {kinds[1]}; compare two of a kind")
    names = str(first), str(second)
    if kinds[0] == "model":
        if split:
            raise click.UsageError("--split is for two recipes; models are trained already")
        models = load_folder(first), load_folder(second)
        found = _models(names, models, articles, files, half, folder, number)
    elif files or articles:
        raise click.UsageError("articles and --on are for two models; recipes are compared on the labels, out of fold")
    else:
        found = [_recipes((first, second), project_of(folder), split, jobs, number)]
    if as_json:
        for comparison, text in found:
            click.echo(json.dumps(comparison_values(names, comparison, text), ensure_ascii=False, allow_nan=False))
    else:
        show(tuple(changes_section(names, comparison, text) for comparison, text in found))


def _kind(path: Path) -> str:
    return "model" if (path / "model.json").is_file() else "recipe"


def _recipe(path: Path) -> Recipe:
    if path.is_dir() and not (path / "recipe.toml").is_file():
        raise InputError(
            f"{path}: holds neither recipe.toml nor model.json; name a recipe, a run's folder or a model's"
        )
    return load_recipe(path / "recipe.toml" if path.is_dir() else path)


def _recipes(
    paths: tuple[Path, Path], project: Project, column: str, jobs: int, number: int
) -> tuple[Comparison, tuple[str, ...]]:
    base, other = (_recipe(path) for path in paths)
    if other.data != base.data:
        raise InputError(f"{paths[1]}: learns from other data than {paths[0]}; make their tables [data] alike")
    dataset, lexicon = learning_data(project, base)
    for path in paths:
        if path.is_dir() and (kept := run_fingerprint(path)) != dataset.fingerprint:
            raise InputError(
                f"{path}: is of other labels (data fingerprint {kept[:16]}, now {dataset.fingerprint[:16]}); "
                "compare the recipes' files, or run them again"
            )
    # The same folds for both: those of the first.
    other = replace(other, seed=base.seed, evaluation=base.evaluation)
    parts = split_by(column, article_values(project, column), dataset.articles, dataset.groups) if column else None
    evaluations = []
    for path, recipe in zip(paths, (base, other), strict=True):
        talk(f"cross-validating {path}")
        evaluations.append(evaluate(dataset, lexicon, recipe, lambda _done, _whole: None, jobs, parts))
    found = compare_recipes((evaluations[0], evaluations[1]), version=__version__, number=number)
    about = OUT_OF_FOLD.format(folds=f"each {column} left out in turn" if column else "dealt by article")
    repeated = base.evaluation.repeats > 1 and not column
    return found, (about, REPEATED) if repeated else (about,)


def _models(
    names: tuple[str, str],
    models: tuple[Model, Model],
    articles: tuple[str, ...],
    files: tuple[Path, ...],
    half: str,
    folder: Path | None,
    number: int,
) -> list[tuple[Comparison, tuple[str, ...]]]:
    keys = models[0].codebook.keys
    if models[1].codebook.keys != keys:
        raise InputError(f"{names[1]}: has other topics than {names[0]}; compare models of one codebook")
    found: list[tuple[Comparison, tuple[str, ...]]] = [
        (compare_models(models, texts, number=number), (OUTSIDE.format(name=texts.name),))
        for texts in [_outside(file, keys, half) for file in files]
    ]
    if articles:
        unjudged = compare_models(models, _unjudged(articles, keys), number=number)
        found.append((unjudged, (UNJUDGED.format(name=unjudged.on),)))
    if not found:
        dataset = load_dataset(project_of(folder))
        if dataset.codebook.keys != keys:
            raise InputError(f"{names[0]}: has other topics than the project's codebook; compare on articles or --on")
        prints = [str(model.facts.get("dataset", {}).get("fingerprint", "")) for model in models]
        texts = texts_of(dataset, "labels")
        note = () if prints[0] == prints[1] else ("The two were trained on different labels.",)
        found.append((compare_models(models, texts, number=number, judged=False), (LEARNT, *note)))
    return found


def _outside(file: Path, keys: tuple[str, ...], half: str) -> Texts:
    outside = read_outside(file, keys, half)
    places = tuple(f"text {number}" for number in range(1, len(outside.texts) + 1))
    return Texts(outside.name, outside.texts, places, outside.Y, outside.known, outside.groups)


def _unjudged(names: tuple[str, ...], keys: tuple[str, ...]) -> Texts:
    """Paragraphs of articles, as ``tag`` takes them: English, three words or more, no furniture."""
    paragraphs, groups = [], []
    for number, article in enumerate(Inputs(names, sys.stdin.buffer.read)):
        if unsupported_reason("\n".join(p.text for p in article.content)) is None:
            supported = [p for p in article.content if too_short(p.text) is None]
            paragraphs += supported
            groups += [number] * len(supported)
    nothing = np.zeros((len(paragraphs), len(keys)), dtype=bool)
    texts, places = tuple(p.text for p in paragraphs), tuple(p.id for p in paragraphs)
    return Texts("the articles given", texts, places, nothing, nothing, np.array(groups, dtype=np.int64))
