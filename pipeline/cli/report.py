"""The verb that finds and opens the HTML report of a run."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from pipeline.cli.options import near, project_of, project_option, talk
from pipeline.reporting.runs import find_run, page_of


@click.command()
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--open", "opening", is_flag=True, help="open it in the browser")
@project_option
def report(run: str | None, folder: Path | None, *, opening: bool) -> None:
    """Print where the HTML report of a run is, and open it.

    RUN is a folder in experiments/runs; without it the newest run is meant.

    \b
    Example:
      threat-topics report --open
    """
    page = page_of(find_run(project_of(folder).runs, run))
    click.echo(near(page))
    if opening and not webbrowser.open(page.resolve().as_uri()):
        talk("no browser was found to open it in")
