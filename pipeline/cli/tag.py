"""The verb that tags."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from pipeline.cli.archive import archive_options, refuse_without_out, tag_to_folder
from pipeline.cli.options import a_number, model_of, model_option, project_option, talk
from pipeline.files import write_text
from pipeline.learning.persist import load_folder
from pipeline.tagging.inputs import Inputs
from pipeline.tagging.output import csv_lines, json_lines
from pipeline.tagging.tagger import TaggedArticle, tag_article

INPUT_FAILED = 2


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@model_option
@project_option
@click.option(
    "-f",
    "--format",
    "style",
    type=click.Choice(["auto", "table", "jsonl", "csv", "svg", "parquet"]),
    default="auto",
    show_default=True,
    help="auto: by the suffix of --output if it is .csv or .svg, else a table on a terminal, JSON Lines elsewhere; svg: a picture of the table; parquet: with --out, the default there",
)
@click.option("--json", "style", flag_value="jsonl", help="JSON Lines, one paragraph a line")
@click.option("--csv", "style", flag_value="csv", help="CSV, one paragraph a row")
@click.option(
    "--level",
    type=click.Choice(["paragraph", "article"]),
    default="paragraph",
    show_default=True,
    help="what a line of JSON is",
)
@click.option("--why", "--explain", is_flag=True, help="evidence for every topic, also for those that missed")
@click.option("--all-scores", is_flag=True, help="every topic in JSON, not only the tags and what is left for review")
@click.option(
    "-t",
    "--threshold",
    type=click.FloatRange(0, 1),
    callback=a_number,
    help="one threshold for all topics instead of the model's own",
)
@click.option("--text-key", "--text-col", default="text", show_default=True, help="where JSONL and CSV have the text")
@click.option("--id-key", "--id-col", default="id", show_default=True, help="where JSONL and CSV have the id")
@click.option("-l", "--limit", type=click.IntRange(1), help="stop after so many articles")
@click.option("--keep-going", is_flag=True, help="name inputs that cannot be read and go on; exit code 2 at the end")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="file to write, whole or not at all; default and -: stdout",
)
@archive_options
def tag(
    inputs: tuple[str, ...],
    model_path: Path | None,
    folder: Path | None,
    style: str,
    level: str,
    *,
    why: bool,
    all_scores: bool,
    threshold: float | None,
    text_key: str,
    id_key: str,
    limit: int | None,
    keep_going: bool,
    output: Path | None,
    **archive: Any,
) -> None:
    """Tag articles and their paragraphs.

    Inputs are text, HTML, JSON Lines or CSV files, folders of them, or - for standard input. Where the model leaves a
    band to review, a topic in it is no tag: decision "review" in JSON, the column review in CSV, "drugs?" in a table.

    With --out DIR an archive of any size is tagged into Parquet or JSON Lines shards, one row a paragraph; gzipped JSON
    Lines and CSV and Parquet are read too. The same call continues what was ended. Records that cannot be used are
    listed in DIR/rejects.jsonl and stop nothing; exit code 2 if not one article could be tagged.

    \b
    Example:
      threat-topics tag article.txt --why
      cat article.txt | threat-topics tag - --json
      threat-topics tag news.jsonl.gz scraped/ --out tagged --columns text=body,id=url
    """
    model = load_folder(model_of(model_path, folder))
    if threshold is not None:
        same = model.thresholds * 0 + threshold
        model = replace(model, thresholds=same, review=same)
    if archive["out"] is not None:
        evidence = ("all" if all_scores else "tags") if why else "none"
        tag_to_folder(inputs, model, style, {"text": text_key, "id": id_key}, limit, evidence, archive)
        return
    refuse_without_out()
    if style == "parquet":
        raise click.UsageError("--format parquet needs --out DIR")
    if output is not None and str(output) == "-":
        output = None
    if style == "auto":
        by_suffix = {".csv": "csv", ".svg": "svg"}
        elsewhere = "table" if output is None and sys.stdout.isatty() else "jsonl"
        style = by_suffix.get(output.suffix.lower(), elsewhere) if output is not None else elsewhere
    if style == "table" and output is not None:
        raise click.UsageError("a table is for the terminal; use --json, --csv or -f svg with --output")
    source = Inputs(inputs, sys.stdin.buffer.read, text_key, id_key, _report if keep_going else None, limit)
    tagged = (tag_article(article, model) for article in source)
    if style in {"table", "svg"}:
        _draw(tagged, output, why=why, as_svg=style == "svg")
    elif style == "csv":
        _write(csv_lines(tagged, model.codebook.keys), output)
    else:
        _write(json_lines(tagged, level, every_topic=why or all_scores), output)
    if source.failed:
        talk(f"threat-topics: {source.failed} of the inputs could not be read, see above; the others were tagged")
        sys.exit(INPUT_FAILED)


def _report(message: str) -> None:
    talk(f"threat-topics: {message}")


def _draw(tagged: Iterable[TaggedArticle], output: Path | None, *, why: bool, as_svg: bool) -> None:
    from pipeline.console import picture, print_tagged  # noqa: PLC0415  rich is for pictures and terminals only

    if as_svg:
        _write([picture(tagged, why=why).rstrip("\n")], output)
        return
    for article in tagged:
        print_tagged(article, why=why)


def _write(lines: Iterable[str], output: Path | None) -> None:
    if output is not None:
        write_text(output, "".join(f"{line}\n" for line in lines))
        return
    for line in lines:
        click.echo(line, color=True)  # data is written as it is; a pipe must not lose escape signs of a text
