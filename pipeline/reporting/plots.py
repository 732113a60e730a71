"""Panels drawn with matplotlib as SVG that fits into a page: the only place that imports it.

Colours are written as CSS variables of the page, letters as text in the page's font, so that a picture follows light
and dark and can be searched. The same panel gives the same bytes. Nothing is computed here.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.reporting.figures import INK, MUTED, Kind, Panel, Series

WIDTH, HEIGHT = 3.3, 2.5  # inches, of which a browser makes what the column has room for
ROW, ROWS_BESIDE = 0.42, 0.66  # height of a row of ranges, and of what stands around the rows
# A colour nobody else uses stands for each variable until the drawing is done.
_PAPER, _INK, _MUTED, _RULE = "#010203", "#010204", "#010205", "#010206"
_NAMES = {_PAPER: "paper", _INK: "ink", _MUTED: "muted", _RULE: "rule"}
_TOPIC = "#0102{:02x}"
_FIRST_TOPIC = 0x10
_DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", (0, (5, 2)), (0, (1, 1)), (0, (6, 2, 1, 2)), (0, (3, 1)))
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 9.5,
    "axes.labelsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "axes.linewidth": 0.7,
    "text.color": _INK,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _MUTED,
    "xtick.color": _RULE,
    "ytick.color": _RULE,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _MUTED,
    "path.simplify": False,
    "text.parse_math": False,  # a name may hold dollars
}


def _colour(tone: int) -> str:
    return {INK: _INK, MUTED: _MUTED}.get(tone) or _TOPIC.format(_FIRST_TOPIC + tone)


def draw(panel: Panel, name: str) -> str:
    """One panel as an ``<svg>`` element.

    Args:
        panel: what to draw.
        name: different for every panel of a page; ids inside the picture begin with it.
    """
    height = ROWS_BESIDE + ROW * len(panel.rows) if panel.rows else HEIGHT
    with mpl.rc_context({**_SETTINGS, "svg.hashsalt": name}), warnings.catch_warnings():
        # The page's font draws the letters; what matplotlib's own lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes(
            (0.03 if panel.rows else 0.17, 0.48 / height, 0.94 if panel.rows else 0.77, 1 - 0.56 / height)
        )
        _frame(axes, panel)
        for series in panel.series:
            _DRAWERS[series.kind](axes, series)
        _letters(axes, panel)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _for_the_page(stream.getvalue(), name)


def _frame(axes: Axes, panel: Panel) -> None:
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    axes.set_xlabel(panel.x.label)
    axes.set_xticks([place for place, _ in panel.x.ticks], [text for _, text in panel.x.ticks])
    axes.set_yticks([place for place, _ in panel.y.ticks], [text for _, text in panel.y.ticks])
    axes.set_ylabel(panel.y.label)
    axes.tick_params(length=2, width=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x" if panel.rows else "both", color=_RULE, linewidth=0.5)
    if panel.rows:
        axes.invert_yaxis()
        axes.spines["left"].set_visible(False)
        for place, name in enumerate(panel.rows):
            axes.text(panel.x.low, place - 0.34, name, fontsize=9, va="center", ha="left", color=_INK)


def _line(axes: Axes, s: Series) -> None:
    axes.plot(s.x, s.y, color=_colour(s.tone), linestyle=_DASHES[s.dashes % len(_DASHES)], linewidth=1.5)


def _band(axes: Axes, s: Series) -> None:
    axes.fill_between(s.x, s.low, s.high, color=_colour(s.tone), alpha=0.16, linewidth=0)


def _bars(axes: Axes, s: Series) -> None:
    heights = [high - low for high, low in zip(s.y, s.low, strict=True)]
    pale = 0.55 if s.tone == MUTED else 1.0
    axes.bar(s.x, heights, bottom=s.low, width=s.width, align="edge", color=_colour(s.tone), alpha=pale, linewidth=0)


def _points(axes: Axes, s: Series) -> None:
    face = _PAPER if s.is_hollow else _colour(s.tone)
    mark = "D" if s.is_hollow else "o"
    axes.plot(
        s.x, s.y, mark, markersize=4.6, markerfacecolor=face, markeredgecolor=_colour(s.tone), clip_on=False, zorder=5
    )


def _rule(axes: Axes, s: Series) -> None:
    axes.plot(s.x, s.y, color=_colour(s.tone), linestyle=_DASHES[s.dashes % len(_DASHES)], linewidth=0.9)


def _ranges(axes: Axes, s: Series) -> None:
    axes.hlines(s.y, s.low, s.high, color=_colour(s.tone), linewidth=1.0 if s.is_hollow else 1.8, clip_on=False)
    _points(axes, s)


_DRAWERS: dict[Kind, Callable[[Axes, Series], None]] = {
    Kind.LINE: _line,
    Kind.BAND: _band,
    Kind.BARS: _bars,
    Kind.POINTS: _points,
    Kind.RULE: _rule,
    Kind.RANGES: _ranges,
}


def _letters(axes: Axes, panel: Panel) -> None:
    """Labels at the ends of lines, pushed apart where they would lie on each other."""
    labelled = sorted((s for s in panel.series if s.label), key=lambda s: s.y[-1])
    places = apart([s.y[-1] for s in labelled], 0.08 * (panel.y.high - panel.y.low))
    for s, place in zip(labelled, places, strict=True):
        x = s.x[-1] + 0.03 * (panel.x.high - panel.x.low)
        axes.text(x, place, s.label, color=_colour(s.tone), fontweight="bold", va="center", ha="left", clip_on=False)


def apart(places: list[float], gap: float) -> list[float]:
    """Ascending places moved as little as it takes for neighbours to be a gap apart.

    >>> apart([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    groups: list[list[float]] = []  # of places that touch, each spread evenly round its mean
    for place in places:
        groups.append([place])
        while len(groups) > 1 and _top(groups[-2], gap) + gap > _bottom(groups[-1], gap):
            last = groups.pop()
            groups[-1] += last
    return [_bottom(group, gap) + gap * i for group in groups for i in range(len(group))]


def _bottom(group: list[float], gap: float) -> float:
    return sum(group) / len(group) - gap * (len(group) - 1) / 2


def _top(group: list[float], gap: float) -> float:
    return _bottom(group, gap) + gap * (len(group) - 1)


def _for_the_page(svg: str, name: str) -> str:
    """The element alone: variables for colours, no fonts, no addresses, no rules for the page, ids no other picture has."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"^<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", r'<svg \1 aria-hidden="true">', svg)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r"font: (?:(\d+) )?([\d.]+px)[^;\"]*", lambda m: f"font-weight: {m[1] or 400}; font-size: {m[2]}", svg)
    svg = re.sub(r"font-family: [^;\"]*;?\s*", "", svg)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    svg = re.sub(r'\sid="([^"]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{name}-", svg)
    svg = re.sub(r"#0102[0-9a-f]{2}", _variable, svg)
    return re.sub(r"\s*\n\s*", " ", svg)


def _variable(match: re.Match[str]) -> str:
    colour = match[0]
    return f"var(--{_NAMES.get(colour) or f't{int(colour[5:], 16) - _FIRST_TOPIC}'})"
