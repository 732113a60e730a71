"""The bench's answers as plain values for ``experiments/bench.json``, and the README's table made of these.

Needs the project's own packages only, so that the documents can be written anew where the bench cannot run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.reporting.sections import Grid, Section, markdown
from tests.bench.timing import LEAST_CONTROL, Figure

TITLES = {
    "scoring": "Scoring against scikit-learn, one core",
    "recipe": "The default recipe against the kernel's plain pairs, one core",
    "threads": "Two threads",
    "systems": "Against other systems, one core",
    "limits": "How near to the limit, one core",
    "counting": "Counting for training, one core",
    "training": "Training without cross-validation, one core",
    "cold": "One article from a cold shell, one core",
    "archive": "Memory of the archive run",
    "parity": "Agreement",
}
DIGITS = 3  # of every figure that is kept


def to_dict(
    figures: Sequence[Figure], machine: Mapping[str, Any], corpus: Mapping[str, Any], *, quick: bool
) -> dict[str, Any]:
    """Everything as JSON values, rounded; a figure of several threads whose control fell short has no value."""
    return {
        "quick": quick,
        "machine": dict(machine),
        "corpus": dict(corpus),
        "figures": [{key: _rounded(value) for key, value in asdict(_believed(f)).items()} for f in figures],
    }


def _believed(figure: Figure) -> Figure:
    if figure.control is None or figure.control >= LEAST_CONTROL:
        return figure
    kept = {**asdict(figure), "value": None, "low": None, "high": None}
    return Figure(**kept)


def _rounded(value: Any) -> Any:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def table(bench: Mapping[str, Any]) -> str:
    """The answers as Markdown: how they were measured, then a table a part; no heading of its own.

    Args:
        bench: what ``experiments/bench.json`` holds.
    """
    machine, corpus = bench["machine"], bench["corpus"]
    packages = ", ".join(f"{name} {version}" for name, version in sorted(machine["packages"].items()))
    models = f"; models of {corpus['words']:,} words and {corpus['pairs']:,} pairs" if corpus["pairs"] else ""
    about = (
        f"{machine['cpu']}, {machine['cores']} cores; Python {machine['python']}, {packages}.",
        (
            f"Corpus: {corpus['trained']:,} paragraphs built from the project's own by resampling fragments, "
            f"{corpus['asked']:,} others scored{models}. "
            "Every ratio is a median over interleaved rounds of one run, with the lowest and the highest round; a figure "
            f"of two threads counts only if arithmetic alone reached {LEAST_CONTROL} in the same rounds."
        ),
    )
    if bench["quick"]:
        about = ("**Quick run on small sizes: to see that it runs, the figures mean nothing.**", *about)
    grids = []
    for part, title in TITLES.items():
        rows = [_row(figure) for figure in bench["figures"] if figure["section"] == part]
        if rows:
            used = [column for column in range(len(HEADER)) if any(row[column] for row in rows)]
            grids.append(Grid(_picked(HEADER, used), tuple(_picked(row, used) for row in rows), title))
    whole = markdown((Section("Speed", about, tuple(grids)),))
    return whole.split("\n", 2)[2]


HEADER = ("what", "measured", "rounds", "control", "goal", "met", "and")


def _row(figure: Mapping[str, Any]) -> tuple[str, ...]:
    value, unit, goal, control = figure["value"], figure["unit"], figure["goal"], figure["control"]
    bound = "at most" if figure["most"] else "at least"
    if value is not None:
        measured = _shown(value, unit)
    elif control is not None:
        measured = f"not measured (control {control:.2f})"
    else:
        measured = "not installed" if figure["note"] == "not installed" else "not measured"
    met = ""
    if goal is not None and value is not None:
        met = "met" if (value <= goal if figure["most"] else value >= goal) else "missed"
    return (
        figure["what"],
        measured,
        ""
        if figure["low"] is None or value is None
        else f"{_shown(figure['low'], unit)} to {_shown(figure['high'], unit)}",
        "" if control is None else f"{control:.2f}",
        "" if goal is None else f"{bound} {_shown(goal, unit)}",
        met,
        "" if figure["note"] == measured else figure["note"],
    )


def _shown(value: float, unit: str) -> str:
    """A number as it is read.

    >>> [_shown(*pair) for pair in ((47.12, "x"), (1.853, "x"), (0.614, "share"), (512.4, "MiB"), (0.0, "count"))]
    ['47.1x', '1.85x', '0.61', '512 MiB', '0']
    """
    if unit == "x":
        return f"{value:.{2 if value < 10 else 1}f}x"
    if unit == "share":
        return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
    if unit == "difference":
        return f"{value:.1e}"
    return f"{value:,.0f}" + (" MiB" if unit == "MiB" else "")


def _picked(cells: Sequence[str], columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(cells[column] for column in columns)
