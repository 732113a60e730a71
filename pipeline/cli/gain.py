"""The verb that says what the newest labels were worth: ``gain``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.annotation.annotations import read_labels
from pipeline.annotation.newest import newest_rows
from pipeline.cli.learn import progress, recipe_of
from pipeline.cli.options import jobs_option, near, project_of, project_option, talk
from pipeline.cli.showing import show
from pipeline.files import canonical_json, write_text
from pipeline.learning.recent import gain as gain_of
from pipeline.reporting.experiment import learning_data
from pipeline.reporting.recent import gain_figures, gain_section


@click.command()
@click.argument("recipe_path", metavar="[RECIPE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "-n", "--number", type=click.IntRange(1), default=100, show_default=True, help="paragraphs judged last, left out"
)
@jobs_option
@click.option("--json", "as_json", is_flag=True, help="figures as JSON on stdout")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file to write the figures to, as JSON")
@project_option
def gain(
    recipe_path: Path | None, number: int, jobs: int, output: Path | None, folder: Path | None, *, as_json: bool
) -> None:
    """Show what the newest labels changed on held-out paragraphs.

    In each fold the recipe is learnt from all labels and from all but the newest; both judge the same paragraphs, and
    none of the newest is among these.

    \b
    Example:
      threat-topics gain -n 100
    """
    project = project_of(folder)
    recipe = recipe_of(recipe_path, project, {})
    dataset, lexicon = learning_data(project, recipe)
    newest = newest_rows(dataset, *read_labels(project, dataset.codebook.keys), number)
    talk(f"recipe {recipe.name!r} on {near(project.root)}, with and without the newest {number} judged paragraphs")
    found = gain_of(dataset, newest.rows, lexicon, recipe, progress, jobs)
    text = canonical_json(gain_figures(found, newest), indent=1) + "\n"
    if output is not None:
        write_text(output, text)
        talk(f"figures: {near(output)}")
    if as_json:
        click.echo(text, nl=False)
    else:
        show((gain_section(found, newest, recipe.name),))
