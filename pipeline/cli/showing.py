"""Tables for a person or a file, on standard output."""

from __future__ import annotations

import sys

import click

from pipeline.reporting.sections import Section, markdown


def show(sections: tuple[Section, ...]) -> None:
    """Tables in colour on a terminal, as Markdown elsewhere."""
    if sys.stdout.isatty():
        from pipeline.console import print_report  # noqa: PLC0415  rich is for terminals only

        print_report(sections)
    else:
        click.echo(markdown(sections))
