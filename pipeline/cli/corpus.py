"""The verbs that look at a corpus as a whole: ``corpus`` and ``agreement``."""

from __future__ import annotations

import sys
from math import isnan
from pathlib import Path

import click

from pipeline.annotation.agreement import agreement_of, all_together
from pipeline.annotation.census import take_census
from pipeline.cli.options import project_of, project_option, talk
from pipeline.cli.showing import show
from pipeline.errors import MissingExtraError
from pipeline.project import Project
from pipeline.reporting.corpus import agreement_sections, census_sections
from pipeline.reporting.sections import Grid, Section

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

    Pair by pair; three annotators or more also all at once, which needs the extra "web".

    \b
    Example:
      threat-topics agreement --annotator first --annotator second
    """
    project = project_of(folder)
    rows = agreement_of(project, annotators)
    chosen = tuple(dict.fromkeys(name for row in rows for name in (row.first, row.second)))
    show((*agreement_sections(rows), *_together(project, chosen)))


def _together(project: Project, chosen: tuple[str, ...]) -> tuple[Section, ...]:
    """A table of three annotators or more at once; two are a table already."""
    if len(chosen) < 3:
        return ()
    try:
        rows = all_together(project, chosen)
    except MissingExtraError as error:
        talk(str(error))
        return ()
    lines = tuple((row.topic, str(row.units), "-" if isnan(row.alpha) else f"{row.alpha:.3f}") for row in rows)
    text = f"All at once: {', '.join(chosen)}; units are paragraphs that two of them or more judged for the topic."
    return (Section("Agreement of all", (text,), (Grid(("topic", "units", "Krippendorff's alpha"), lines),)),)
