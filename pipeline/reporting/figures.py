"""Small pictures described, not drawn: what to draw, and what it shows in words. ``plots`` draws them.

Coordinates are those of the paper: whoever wants a logarithmic axis transforms values and ticks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

Numbers = tuple[float, ...]

INK, MUTED = -1, -2  # tones beside those of the topics, which are numbered from 0


class Kind(Enum):
    """How a series is drawn."""

    LINE = "line"
    BAND = "band"
    BARS = "bars"
    POINTS = "points"
    RULE = "rule"  # a straight line to compare with, between two points
    RANGES = "ranges"  # points with a whisker, along x


@dataclass(frozen=True, slots=True)
class Series:
    """One thing drawn.

    Attributes:
        kind: how.
        tone: place of a topic, ``INK`` or ``MUTED``.
        x: left edges for bars.
        y: values; for ranges the rows, counted from the top.
        low: lower edge of bands and whiskers; for bars, where they stand.
        high: upper edge of bands and whiskers.
        width: of bars.
        is_hollow: whether points are empty.
        dashes: number of the line style, so that lines differ without colour.
        label: written at the last point.
    """

    kind: Kind
    tone: int
    x: Numbers
    y: Numbers
    low: Numbers = ()
    high: Numbers = ()
    width: float = 0.0
    is_hollow: bool = False
    dashes: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        label: what is measured.
        low: left or lower end.
        high: right or upper end.
        ticks: places and what is written there.
    """

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One small picture.

    Attributes:
        title: written above it.
        letter: stands for a topic beside its colour, "" for none.
        tone: of the letter.
        alt: what it shows, with numbers.
        x: horizontal axis.
        y: vertical axis.
        series: drawn in this order.
        rows: names of the rows of ranges, from the top; empty for other kinds.
        note: a line under the title.
    """

    title: str
    alt: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    letter: str = ""
    tone: int = INK
    rows: tuple[str, ...] = ()
    note: str = ""


def share_axis(label: str, low: float = 0.0, step: float = 0.2) -> Axis:
    """An axis of shares up to 1.

    >>> share_axis("recall", 0.5, 0.25).ticks
    ((0.5, '0.5'), (0.75, '0.75'), (1.0, '1'))
    """
    places = [round(low + step * i, 6) for i in range(round((1 - low) / step) + 1)]
    return Axis(label, low, 1.0, tuple((place, f"{place:g}") for place in places))


def lowest(values: list[float], step: float = 0.1) -> float:
    """A round number below 1 and all values that are defined, for the low end of an axis of shares.

    >>> lowest([0.63, math.nan, 0.9]), lowest([]), lowest([1.0])
    (0.6, 0.0, 0.9)
    """
    defined = [value for value in values if not math.isnan(value)]
    if not defined:
        return 0.0
    return round(min(max(0.0, math.floor(min(defined) / step + 1e-9) * step), 1 - step), 6)
