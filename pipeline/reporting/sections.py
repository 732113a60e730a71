"""Headings, sentences and tables ready to be drawn, and Markdown made of them; a terminal draws them elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.intervals import Interval


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready to be drawn; the first column is text, the others are right-aligned."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and what stands below them."""

    heading: str
    text: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[str, ...] = ()


def interval(value: Interval) -> str:
    """A figure with its interval if it has one, or a dash where it is not defined.

    >>> nan = math.nan
    >>> interval(Interval(0.5, 0.25, 0.75)), interval(Interval(0.5, nan, nan)), interval(Interval(nan, nan, nan))
    ('0.500 [0.25, 0.75]', '0.500', '-')
    """
    return _figure(value, ".3f", ".2f")


def signed(value: Interval) -> str:
    """A difference with its interval if it has one, or a dash where it is not defined."""
    return _figure(value, "+.3f", "+.2f")


def per_thousand(value: Interval) -> str:
    """A figure per 1,000 with its interval if it has one, or a dash where it is not defined."""
    return _figure(value, ".1f", ".1f")


def _figure(value: Interval, precise: str, rough: str) -> str:
    if math.isnan(value.value):
        return "-"
    ends = "" if math.isnan(value.low) else f" [{value.low:{rough}}, {value.high:{rough}}]"
    return f"{value.value:{precise}}{ends}"


def markdown(sections: tuple[Section, ...]) -> str:
    """Sections as Markdown."""
    lines: list[str] = []
    for number, section in enumerate(sections):
        lines += [f"{'#' if number == 0 else '##'} {section.heading}", ""]
        for sentence in section.text:
            lines += [sentence, ""]
        for grid in section.grids:
            lines += [_row(grid.header), _row(("---", *("---:" for _ in grid.header[1:]))), *map(_row, grid.rows), ""]
        lines += [f"- {_escape(item)}" for item in section.items]
        if section.items:
            lines.append("")
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_escape(cell, "\\`*_<>|&~") for cell in cells) + " |"


def _escape(text: str, markup: str = "\\`*_<>|[]#&~") -> str:
    """Text that Markdown shows as it is: markup characters of a paragraph are not markup of the report."""
    return "".join(f"\\{character}" if character in markup else character for character in text)
