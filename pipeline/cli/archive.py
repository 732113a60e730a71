"""The part of ``tag`` that writes a folder: its options, what they allow, and how a run tells how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from pipeline.cli.options import cores, now, talk
from pipeline.learning.model import Model
from pipeline.tagging.archive.progress import Progress

F = TypeVar("F", bound=Callable[..., Any])

NOTHING_TAGGED = 2
_EVERY = 10.0  # seconds between lines where nobody watches a terminal
# Options of ``tag`` by the names of its arguments, and why --out has no use for them.
_NOT_WITH_OUT = {
    "output": "--output writes one file; --out writes a folder",
    "level": "--level is for JSON on standard output; a row of --out is a paragraph",
    "keep_going": "--keep-going is what --out always does",
}
_STYLES = {"auto": "parquet", "parquet": "parquet", "jsonl": "jsonl"}
_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--out", {"metavar": "DIR", "help": "folder to write shards to, for archives of any size; see above"}),
    ("--workers", {"type": click.IntRange(1), "help": "with --out: processes  [default: one a core]"}),
    (
        "--columns",
        {
            "metavar": "text=A,id=B,...",
            "help": "with --out: columns of tables: text and id; title and date are carried into the output, not judged",
        },
    ),
    ("--paragraphs", {"is_flag": True, "help": "with --out: each record is one paragraph already and is not split"}),
    ("--with-text", {"is_flag": True, "help": "with --out: the paragraphs' texts as well"}),
    ("--shard-mb", {"type": click.IntRange(1), "help": "with --out: megabytes of input a shard  [default: 4]"}),
    ("--dask", {"metavar": "ADDRESS", "help": "with --out: a Dask scheduler, tcp://host:8786; local: start --workers"}),
)


def archive_options(function: F) -> F:
    """Add ``--out`` and what belongs to it."""
    for flag, settings in reversed(_OPTIONS):
        function = click.option(flag, **settings)(function)
    return function


def given(name: str) -> bool:
    """Whether an option stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def refuse_without_out() -> None:
    """Refuse options that only ``--out`` has a use for.

    Raises:
        click.UsageError: names the first.
    """
    for flag, _ in _OPTIONS:
        if given(flag.lstrip("-").replace("-", "_")):
            raise click.UsageError(f"{flag} belongs to --out DIR, which is missing")


def tag_to_folder(
    inputs: tuple[str, ...],
    model: Model,
    style: str,
    columns: dict[str, Any],
    limit: int | None,
    evidence: str,
    archive: dict[str, Any],
) -> None:
    """Tag an archive, tell how far it is, and sum up on standard error.

    Args:
        inputs: as they were named.
        model: the model.
        style: the format that was asked for.
        columns: where tables keep text and id, but for what ``--columns`` says.
        limit: most articles.
        evidence: as in ``ArchiveOptions``.
        archive: values of the options of this file by name.

    Raises:
        click.UsageError: an option makes no sense here.
    """
    from pipeline.tagging.archive.options import ArchiveOptions, columns_from_text  # noqa: PLC0415  for archives only
    from pipeline.tagging.archive.run import tag_archive  # noqa: PLC0415  the same

    for name, reason in _NOT_WITH_OUT.items():
        if given(name):
            raise click.UsageError(reason)
    if given("all_scores") and evidence == "none":
        raise click.UsageError("--all-scores: --out has every probability; with --why it adds every topic's evidence")
    if style not in _STYLES:
        raise click.UsageError(f"--format {style} is not for --out; use parquet or jsonl")
    if "-" in inputs:
        raise click.UsageError("standard input cannot be read twice, as --out may have to; name files or folders")
    if archive["columns"]:
        columns |= columns_from_text(archive["columns"])
    settings: dict[str, Any] = {"shard_bytes": archive["shard_mb"] << 20} if archive["shard_mb"] else {}
    options = ArchiveOptions(
        **columns,
        **settings,
        rows="paragraphs" if archive["paragraphs"] else "articles",
        limit=limit,
        evidence=evidence,
        with_text=archive["with_text"],
        format=_STYLES[style],
    )
    talk("threat-topics: looking at the inputs, all of which are read before the first is tagged")
    teller = Teller(now(), to_terminal=sys.stderr.isatty())
    workers = archive["workers"] or cores()
    summary = tag_archive(
        inputs, archive["out"], model, options, workers=workers, dask=archive["dask"], progress=teller.tell
    )
    teller.end()
    unread = f"; {summary.rejects:,} records could not be used, see rejects.jsonl there" if summary.rejects else ""
    talk(
        f"threat-topics: {summary.out}: {summary.articles:,} articles, {summary.paragraphs:,} paragraphs "
        f"({summary.unsupported:,} not judged) in {summary.shards:,} shards{unread}"
    )
    talk("threat-topics: paragraphs by topic: " + ", ".join(f"{key} {n:,}" for key, n in summary.tags.items()))
    if not summary.articles:
        sys.exit(NOTHING_TAGGED)


class Teller:
    """Says how far a run is, how fast it goes and how long it will take: one line kept up to date, or a line now and then.

    Args:
        start: the time now.
        to_terminal: whether a person watches.
    """

    def __init__(self, start: datetime, *, to_terminal: bool) -> None:
        self._start = self._told = start
        self._to_terminal = to_terminal
        self._first = (0, 0)  # articles and bytes done before
        self._open = False

    def tell(self, progress: Progress) -> None:
        """Say it, unless it was said just now."""
        time = now()
        if progress.done == progress.before:
            self._start, self._first = time, (progress.articles, progress.before)
        elif not self._to_terminal and (time - self._told).total_seconds() < _EVERY:
            return
        self._told = time
        line = told(progress, self._first[0], (time - self._start).total_seconds())
        if self._to_terminal:
            click.echo(f"\r\033[K{line}", err=True, nl=False)
            self._open = True
        else:
            talk(f"threat-topics: {line}")

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            click.echo("", err=True)


def told(progress: Progress, articles_before: int, seconds: float) -> str:
    """One line about a run.

    Args:
        progress: how far it is.
        articles_before: done by earlier calls.
        seconds: since this call began to tag.
    """
    line = f"shard {progress.made:,} of {progress.shards:,}, {progress.articles:,} articles"
    if progress.rejects:
        line += f", {progress.rejects:,} rejects"
    fresh = progress.done - progress.before
    if fresh <= 0 or seconds <= 0:
        return line
    left = round((progress.size - progress.done) * seconds / fresh)
    rate = (progress.articles - articles_before) / seconds
    return f"{line}, {rate:,.0f} articles/s, {left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"
