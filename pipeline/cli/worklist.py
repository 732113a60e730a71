"""The verb that says what to label next: ``worklist``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.annotation.annotations import GOLD, label_file
from pipeline.cli.options import model_option, near, project_of, project_option, talk
from pipeline.files import write_text
from pipeline.learning.doubtful import Doubt
from pipeline.learning.locate import find_model
from pipeline.learning.persist import load_folder
from pipeline.project import Project
from pipeline.tagging.filters import NO_TOPIC, Filters
from pipeline.tagging.pool import doubts_of, read_pool
from pipeline.tagging.queues import DOUBTFUL, QUEUES, SETTLING, QueueOptions, tasks
from pipeline.tagging.worklist import tasks_sheet


@click.command()
@click.option("--queue", type=click.Choice(tuple(QUEUES)), help="which paragraphs, and in which order")
@click.option("--doubtful", "queue", flag_value=DOUBTFUL, help="the same as --queue doubtful")
@click.option("--annotator", metavar="NAME", help="leave out what NAME judged or passed over, as the queue has it")
@click.option("-n", "--number", type=click.IntRange(1), default=50, show_default=True, help="paragraphs at most")
@click.option("--text", default="", help="only paragraphs that hold these words")
@click.option("--topic", default="", metavar="TOPIC", help=f"only those settled or tagged so; {NO_TOPIC}: judged free")
@click.option("--source", default="", metavar="AGENCY", help="only articles of this agency")
@click.option("--since", default="", metavar="DATE", help="only articles of this day or later")
@click.option("--until", default="", metavar="DATE", help="only articles of this day or earlier")
@click.option("--by", default="", metavar="NAME", help="only paragraphs that NAME judged")
@click.option("--article", default="", metavar="ID", help="only this article")
@model_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file to write; default: stdout")
@project_option
def worklist(
    queue: str | None,
    annotator: str | None,
    number: int,
    model_path: Path | None,
    output: Path | None,
    folder: Path | None,
    **asked: Any,
) -> None:
    """Write a sheet of what to label or settle next.

    Fill in the topics, leave blank what you do not judge, and import the sheet.

    \b
    Example:
      threat-topics worklist --queue uncertain --annotator maria -n 20 -o next.csv
    """
    if queue is None:
        raise click.UsageError(f"say which queue is wanted: --queue {'|'.join(QUEUES)}")
    project = project_of(folder)
    if annotator is not None:
        label_file(project, annotator)  # refuses what cannot be a name
    pool = read_pool(
        project,
        model=lambda: load_folder(find_model(model_path, project)),
        doubts=lambda: _doubts(project, pool.codebook.keys),
    )
    found = tasks(pool, queue, annotator, Filters(**asked), QueueOptions(limit=None))
    talk(f"the queue {queue} holds {len(found)}; {min(number, len(found))} are listed")
    text = tasks_sheet(found[:number], pool.codebook)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, "\ufeff" + text)  # spreadsheets take a file with this mark for UTF-8
        who = GOLD if queue in SETTLING else annotator or "YOUR-NAME"
        talk(f"judge in {near(output)}, then: threat-topics import {near(output)} --annotator {who}")


def _doubts(project: Project, keys: tuple[str, ...]) -> Sequence[Doubt]:
    from pipeline.reporting.runs import find_run  # noqa: PLC0415  # loads pandas, for one queue alone
    from pipeline.reporting.scores import out_of_fold_probabilities  # noqa: PLC0415  # the same

    run = find_run(project.runs, None)
    talk(f"scores: {near(run)}")
    return doubts_of(project, out_of_fold_probabilities(run, keys))
