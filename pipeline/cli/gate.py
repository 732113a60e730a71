"""The verb that guards the figures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline import __version__
from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.cli.learn import progress
from pipeline.cli.options import near, project_of, project_option, talk
from pipeline.learning.recipe import load_recipe
from pipeline.learning.training import evaluate
from pipeline.reporting.gate import broken, measured, pin, read_floors

BROKEN = 1


@click.command()
@click.option("--pin", "pinning", is_flag=True, help="write the floors anew from what is reached now")
@click.option("--lower", is_flag=True, help="with --pin: floors may fall")
@click.option("-j", "--jobs", type=int, default=-1, show_default=True, help="processes, -1 for all cores")
@project_option
def gate(folder: Path | None, jobs: int, *, pinning: bool, lower: bool) -> None:
    """Fail if a figure of the default recipe fell below its pinned floor.

    Floors of F1 and average precision stand in experiments/floors.json with the fingerprint of their data. Exit 1 if one
    is broken or the data are others.

    \b
    Example:
      threat-topics gate
    """
    project = project_of(folder)
    dataset = load_dataset(project)
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    now = measured(evaluate(dataset, lexicon, load_recipe(project.recipe), progress, jobs))
    path = project.experiments / "floors.json"
    if pinning:
        pin(path, now, lower=lower)
        talk(f"pinned {near(path)}")
        return
    found = broken(read_floors(path), now)
    for sentence in found:
        click.echo(sentence)
    if found:
        sys.exit(BROKEN)
    talk(f"the gate holds (threat-topics {__version__})")
