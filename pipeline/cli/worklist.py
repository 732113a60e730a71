"""The verb that says what to label next: ``worklist``."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from pipeline.cli.learn import progress, recipe_of
from pipeline.cli.options import near, project_of, project_option, talk
from pipeline.files import write_text
from pipeline.learning.doubtful import doubtful as doubts_of
from pipeline.learning.evaluation import MODEL
from pipeline.learning.training import evaluate
from pipeline.reporting.experiment import learning_data
from pipeline.tagging.worklist import doubts_sheet


@click.command()
@click.argument("recipe_path", metavar="[RECIPE]", required=False, type=click.Path(path_type=Path))
@click.option("--doubtful", is_flag=True, help="labels that models which never saw their article contradict")
@click.option("-n", "--number", type=click.IntRange(1), default=50, show_default=True, help="labels at most")
@click.option("-j", "--jobs", type=int, default=-1, show_default=True, help="processes, -1 for all cores")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file to write; default: stdout")
@project_option
def worklist(
    recipe_path: Path | None, number: int, jobs: int, output: Path | None, folder: Path | None, *, doubtful: bool
) -> None:
    """Write a sheet of what to label or settle next.

    The recipe is cross-validated first. Fill in the topics named in the column "why", leave the others blank, and
    import the sheet.

    \b
    Example:
      threat-topics worklist --doubtful -n 20 -o doubts.csv
    """
    if not doubtful:
        raise click.UsageError("say which queue is wanted: --doubtful")
    project = project_of(folder)
    recipe = recipe_of(recipe_path, project, {})
    dataset, lexicon = learning_data(project, recipe)
    out = evaluate(dataset, lexicon, recipe, progress, jobs).out
    found = doubts_of(dataset, np.mean(out.systems[MODEL].score, axis=0))
    talk(f"{len(found)} of {int(dataset.known.sum())} labels are doubtful; {min(number, len(found))} are listed")
    text = doubts_sheet(found[:number], dataset.codebook)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, "\ufeff" + text)  # spreadsheets take a file with this mark for UTF-8
        talk(f"judge in {near(output)}, then: threat-topics import {near(output)} --annotator YOUR-NAME")
