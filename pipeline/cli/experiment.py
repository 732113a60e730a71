"""The verbs that set recipes side by side on the same folds: ``leaderboard`` and ``search``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from pipeline import __version__
from pipeline.annotation.corpus import article_values
from pipeline.cli.options import dask_option, jobs_option, near, on_option, parallel, project_of, project_option, talk
from pipeline.cli.showing import show
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.learning.folds import split_by
from pipeline.learning.outside import read_outside
from pipeline.learning.search import CRITERIA, Step
from pipeline.learning.search import search as run_search
from pipeline.learning.search_space import load_candidates
from pipeline.reporting.comparison import finalists_sections, search_section
from pipeline.reporting.experiment import fitted_outside, learning_data
from pipeline.reporting.leaderboard import leaderboard as table_of
from pipeline.reporting.leaderboard import run_recipes, write_metrics
from pipeline.reporting.sections import markdown

FINALISTS = 5  # candidates shown on outside text


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
    entries = run_recipes(project, files, version=__version__, jobs=jobs, told=talk, clock=time.process_time)
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
@on_option(f"outside text to show the best {FINALISTS} candidates on, its half to choose by; may be repeated")
@jobs_option
@dask_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file for the best recipe")
@project_option
def search(
    recipe_path: Path,
    criterion: str,
    by: str,
    minutes: float | None,
    files: tuple[Path, ...],
    jobs: int,
    dask: str | None,
    output: Path | None,
    folder: Path | None,
) -> None:
    """Search around a recipe for a better one, choosing inside training folds.

    What to try is the table [search.options] of the recipe file, which other verbs leave alone. With --by, candidates are
    chosen by leaving out values of the column as well. Finished pieces are kept under experiments/runs/search: a search
    that was stopped goes on with the same call.

    \b
    Example:
      threat-topics search experiments/search/around-default.toml --by region --minutes 30
    """
    project = project_of(folder)
    recipe, candidates = load_candidates(recipe_path)
    if output is not None:
        # A name that is none, or a table [search] that would be lost, must not come to light hours later.
        replace(recipe, name=output.stem)
        if output.resolve() == recipe_path.resolve():
            raise InputError(f"{output}: is the file that says what to try; name another for the best recipe")
    dataset, lexicon = learning_data(project, recipe)
    texts = [read_outside(file, dataset.codebook.keys, "choose") for file in files]
    split = split_by(by, article_values(project, by), dataset.articles, dataset.groups) if by else None
    began = time.monotonic()
    with parallel(dask, jobs):
        result = run_search(
            dataset,
            lexicon,
            recipe,
            candidates,
            criterion=criterion,
            folder=project.runs / "search",
            version=__version__,
            jobs=jobs,
            goes_on=lambda: minutes is None or time.monotonic() - began < 60 * minutes,
            told=_teller(began),
            clock=time.process_time,
            split=split,
        )
    show((search_section(result, dataset, criterion, rounds=recipe.evaluation.rounds, seed=recipe.seed),))
    if output is not None:
        write_text(output, replace(result.tried[0].candidate.recipe, name=output.stem).to_toml())
        talk(f"recipe: {near(output)}")
    if texts:
        best = [line.candidate for line in result.tried[:FINALISTS]]
        scored = []
        for candidate in best:
            talk(f"outside text: {candidate.name}")
            scored.append(fitted_outside(dataset, lexicon, candidate.recipe, texts, version=__version__, jobs=jobs))
        show(finalists_sections([candidate.name for candidate in best], scored))


def _teller(began: float) -> Callable[[Step], None]:
    """Tells on stderr how far a search is: each piece on a terminal, each candidate elsewhere."""

    def told(step: Step) -> None:
        passed = (time.monotonic() - began) / 60
        left = passed / step.made * (step.whole - step.made)
        rate = f"{step.made} of {step.whole} pieces, {step.made / max(passed, 1e-9):.1f} a minute, about {left:.0f} min left"
        if step.inner is not None:
            start = "\r\x1b[K" if sys.stderr.isatty() else ""
            talk(f"{start}{step.candidate.name}: {step.inner:.4f} ({rate})")
        elif sys.stderr.isatty():
            click.echo(f"\r\x1b[K{step.candidate.name} ({rate})", err=True, nl=False)

    return told
