"""Headings, sentences, tables, figures and quotations ready to be drawn, and Markdown made of them.

One description, three drawers: Markdown here, the terminal in ``console``, the HTML page in ``page``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pipeline.intervals import Interval
from pipeline.reporting.figures import Panel

TEXT_COLUMNS = frozenset(
    ("and", "average", "counted as", "meaning", "met", "side", "terms", "topic", "value", "what it says")
)
EVIDENCE_LISTED = 6


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready to be drawn.

    Attributes:
        header: names of the columns.
        rows: cells as text.
        title: above it, "" for none.
        shade: how dark a cell is, 0 to 1, a row a line; empty for a table without shades.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    shade: tuple[tuple[float, ...], ...] = ()

    def is_text(self, place: int) -> bool:
        """Whether a column is read from the left; the others are numbers and stand to the right."""
        return place == 0 or self.header[place] in TEXT_COLUMNS


@dataclass(frozen=True, slots=True)
class Figure:
    """Panels that belong together.

    Attributes:
        caption: how to read them.
        panels: at least one.
        grid: the numbers they are drawn from.
    """

    caption: str
    panels: tuple[Panel, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a quotation that spoke for or against a topic.

    Attributes:
        start: first character.
        end: one past the last one.
        weight: sum of the shares of all terms that cover them, log-odds.
        title: these terms with their shares.
    """

    start: int
    end: int
    weight: float
    title: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A paragraph quoted.

    Attributes:
        topic: what it is about.
        tone: place of that topic.
        lead: what is said of it.
        source: its id.
        text: the paragraph.
        marks: ascending, none overlapping another.
        where: where its label stands, ``file:line``.
        file: where its article lies, from the project's folder; "" if elsewhere.
        evidence: terms and shares, the greatest first.
    """

    topic: str
    tone: int
    lead: str
    source: str
    text: str
    marks: tuple[Mark, ...] = ()
    where: str = ""
    file: str = ""
    evidence: tuple[tuple[str, float], ...] = ()

    @property
    def line(self) -> str:
        """All of it in one line."""
        return (
            f"{', '.join(part for part in (self.topic, self.lead, self.source) if part)}: {' '.join(self.text.split())}"
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it.

    Attributes:
        heading: unique in its report.
        text: sentences, a paragraph each.
        grids: tables.
        items: a list.
        figures: drawn on the page; elsewhere their tables stand for them.
        quotes: paragraphs with their evidence.
        tiles: figures that sum everything up, each a name, a value and a remark.
        part: heading over several sections in the list of contents, "" for the one before.
        is_printed: whether a terminal shows it too.
    """

    heading: str
    text: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    quotes: tuple[Quote, ...] = ()
    tiles: tuple[tuple[str, str, str], ...] = ()
    part: str = ""
    is_printed: bool = True


def interval(value: Interval) -> str:
    """A figure with its interval if it has one, or a dash where it is not defined.

    >>> nan = math.nan
    >>> interval(Interval(0.5, 0.25, 0.75)), interval(Interval(0.5, nan, nan)), interval(Interval(nan, nan, nan))
    ('0.500 [0.25, 0.75]', '0.500', '-')
    """
    return _figure(value, ".3f", ".2f")


def signed(value: Interval, places: int = 2) -> str:
    """A difference with its interval, if it has one, its ends to so many places, or a dash where it is not defined.

    >>> signed(Interval(-0.004, -0.0071, -0.0012)), signed(Interval(-0.004, -0.0071, -0.0012), 3)
    ('-0.004 [-0.01, -0.00]', '-0.004 [-0.007, -0.001]')
    """
    return _figure(value, "+.3f", f"+.{places}f")


def per_thousand(value: Interval) -> str:
    """A figure per 1,000 with its interval if it has one, or a dash where it is not defined."""
    return _figure(value, ".1f", ".1f")


def _figure(value: Interval, precise: str, rough: str) -> str:
    if math.isnan(value.value):
        return "-"
    ends = "" if math.isnan(value.low) else f" [{value.low:{rough}}, {value.high:{rough}}]"
    return f"{value.value:{precise}}{ends}"


def number(value: float, digits: int = 2) -> str:
    """A number with so many digits at most, or a dash where it is not defined.

    >>> number(0.5), number(12.0, 1), number(float("nan"))
    ('0.50', '12', '-')
    """
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if value == int(value) and abs(value) >= 1 else f"{value:.{digits}f}"


def chance(probability: float) -> str:
    """A probability in two digits that claims no certainty.

    >>> chance(0.914), chance(0.9987), chance(0.0004), chance(1.0)
    ('0.91', '>0.99', '<0.01', '1.00')
    """
    shown = f"{probability:.2f}"
    if shown == "1.00" and probability < 1:
        return ">0.99"
    return "<0.01" if shown == "0.00" and probability > 0 else shown


def printed(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """What a terminal shows of a report: fewer sections, and no tables that stand for figures."""
    return tuple(replace(section, figures=(), tiles=()) for section in sections if section.is_printed)


def markdown(sections: tuple[Section, ...]) -> str:
    """Sections as Markdown; the table of a figure stands for it."""
    lines: list[str] = []
    for place, section in enumerate(sections):
        lines += [f"{'#' if place == 0 else '##'} {section.heading}", ""]
        for sentence in section.text:
            lines += [sentence, ""]
        lines += [*(f"- {_escape(f'{name}: {value}, {remark}')}" for name, value, remark in section.tiles)]
        lines += [""] if section.tiles else []
        for grid in (*section.grids, *(f.grid for f in section.figures if f.grid not in section.grids)):
            lines += [f"**{grid.title}**", ""] if grid.title else []
            rule = ("---" if grid.is_text(column) else "---:" for column in range(len(grid.header)))
            lines += [_row(grid.header), _row(tuple(rule)), *map(_row, grid.rows), ""]
        lines += [f"- {_escape(item)}" for item in (*section.items, *map(_quotation, section.quotes))]
        if section.items or section.quotes:
            lines.append("")
    return "\n".join(lines)


def _quotation(quote: Quote) -> str:
    terms = ", ".join(f"{term} {weight:+.2f}" for term, weight in quote.evidence[:EVIDENCE_LISTED])
    facts = [
        part for part in (f"label {quote.where}" if quote.where else "", f"evidence {terms}" if terms else "") if part
    ]
    return quote.line + (f" ({'; '.join(facts)})" if facts else "")


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_escape(cell, "\\`*_<>|&~") for cell in cells) + " |"


def _escape(text: str, markup: str = "\\`*_<>|[]#&~") -> str:
    """Text that Markdown shows as it is: markup characters of a paragraph are not markup of the report."""
    return "".join(f"\\{character}" if character in markup else character for character in text)
