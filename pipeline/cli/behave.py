"""The verb that tries a model on behavioural cases."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import model_of, model_option, project_of, project_option
from pipeline.cli.showing import show
from pipeline.learning.behaviour import behave as behave_on
from pipeline.learning.behaviour import read_cases
from pipeline.learning.persist import load_folder
from pipeline.reporting.corpus import behaviour_sections


@click.command()
@click.argument("cases", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[FOLDER]")
@click.option("--failures", is_flag=True, help="show the texts of the open half that failed")
@model_option
@project_option
def behave(cases: Path | None, model_path: Path | None, folder: Path | None, *, failures: bool) -> None:
    """Try a model on short texts, by capability.

    FOLDER holds the cases (default: tests/behaviour of the project); its frozen half is reported apart and its texts
    are not shown.

    \b
    Example:
      threat-topics behave --failures
    """
    model = load_folder(model_of(model_path, folder))
    found = read_cases(cases or project_of(folder).behaviour, model.codebook.keys)
    show(behaviour_sections(behave_on(model, found), failures=failures))
