"""Colours of the page in light and dark, and topic colours made readable on both.

Ratios are those of the Web Content Accessibility Guidelines 2.2; text needs 4.5.
"""

from __future__ import annotations

from collections.abc import Iterable

LEAST = 4.5

LIGHT = {
    "paper": "#ffffff",
    "panel": "#f6f7f9",
    "ink": "#16191d",
    "muted": "#565e69",
    "rule": "#d7dce2",
    "link": "#0b5394",
}
DARK = {
    "paper": "#12151a",
    "panel": "#1b2027",
    "ink": "#e9ecf0",
    "muted": "#a3adb9",
    "rule": "#39414c",
    "link": "#8ec5ff",
}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two, ``share`` of the way to the other.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, grounds: Iterable[str], least: float = LEAST) -> str:
    """The colour nearest to one that can be read on all these grounds, lighter or darker by as little as it takes.

    >>> readable("#0b5fae", ["#ffffff"]), readable("#ffff00", ["#ffffff"])
    ('#0b5fae', '#7a7a00')
    """
    grounds = list(grounds)
    end = "#000000" if luminance(grounds[0]) > 0.18 else "#ffffff"
    shades = (mixed(colour.lower(), end, step / 50) for step in range(51))
    return next(shade for shade in shades if step_fits(shade, grounds, least))


def step_fits(shade: str, grounds: list[str], least: float) -> bool:
    """Whether a colour reaches the ratio on every ground."""
    return min(contrast(shade, ground) for ground in grounds) >= least


def schemes(topic_colours: Iterable[str]) -> dict[str, dict[str, str]]:
    """CSS variables of both schemes: name -> colour, those of topics as ``t0``, ``t1``, ..."""
    colours = list(topic_colours)
    found = {}
    for name, base in (("light", LIGHT), ("dark", DARK)):
        grounds = [base["paper"], base["panel"]]
        found[name] = {**base, **{f"t{i}": readable(colour, grounds) for i, colour in enumerate(colours)}}
    return found
