"""The verbs that look at a corpus as a whole: ``corpus`` and ``agreement``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.annotation.agreement import agreement_of
from pipeline.annotation.census import take_census
from pipeline.cli.options import project_of, project_option
from pipeline.cli.showing import show
from pipeline.reporting.corpus import agreement_sections, census_sections

MISSED = 1


@click.command()
@project_option
def corpus(folder: Path | None) -> None:
    """Count a corpus and say whether its targets are met.

    Topics, breadth, vocabulary growth, repeated word runs, near-duplicates; targets stand in data/targets.toml. Exit 1
    if one is missed.

    \b
    Example:
      threat-topics corpus
    """
    census = take_census(project_of(folder))
    show(census_sections(census))
    if not all(target.is_met for target in census.targets):
        sys.exit(MISSED)


@click.command()
@click.option("--annotator", "annotators", multiple=True, metavar="NAME", help="whom to compare; default: all but gold")
@project_option
def agreement(annotators: tuple[str, ...], folder: Path | None) -> None:
    """Compare annotators: Cohen's kappa and Krippendorff's alpha of each topic.

    \b
    Example:
      threat-topics agreement --annotator first --annotator second
    """
    show(agreement_sections(agreement_of(project_of(folder), annotators)))
