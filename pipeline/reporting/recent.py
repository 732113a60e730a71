"""What the newest labels changed, as tables and a sentence, and as plain JSON values."""

from __future__ import annotations

from typing import Any

from pipeline.annotation.newest import Newest
from pipeline.intervals import Interval
from pipeline.learning.recent import Gain
from pipeline.learning.summary import FIGURES, Row
from pipeline.reporting.report import HEADINGS
from pipeline.reporting.runs import figure
from pipeline.reporting.sections import Grid, Section, interval, signed

HEADER = ("topic", "positives", "learnt without", "learnt with", "difference")


def gain_section(gain: Gain, newest: Newest, recipe: str) -> Section:
    """A table for each figure: learnt without the newest labels, with them, and the difference.

    Args:
        gain: what was found.
        newest: which labels were in question.
        recipe: name of the recipe.
    """
    difference = gain.without.difference
    grids = tuple(
        Grid(
            HEADER,
            tuple(
                (
                    row.topic,
                    str(row.support),
                    interval(row.figures[name]),
                    interval(own.figures[name]),
                    signed(difference[row.topic, name], 3),
                )
                for row, own in _rows(gain)
            ),
            heading,
        )
        for name, heading in HEADINGS.items()
    )
    about = (
        f"Recipe {recipe}: learnt in each fold from all labels and from all but the newest {gain.recent}; both judged on "
        f"the same {len(gain.rows)} paragraphs of {gain.articles} articles, none of them among the newest. Differences are "
        "paired over articles."
    )
    return Section("What the newest labels changed", (sentence(gain, newest), about), grids)


def sentence(gain: Gain, newest: Newest) -> str:
    """The outcome in a sentence."""
    change = gain.without.difference["macro", "f1"]
    before, after = (table.figure("macro", "f1").value for table in (gain.without, gain.learnt))
    when = f"at {newest.until}" if newest.since == newest.until else f"from {newest.since} to {newest.until}"
    return (
        f"With the newest {gain.recent} judged paragraphs (judged {when}) macro F1 on held-out "
        f"paragraphs goes from {before:.3f} to {after:.3f}, {signed(change, 3)}: {outcome(change)}."
    )


def outcome(change: Interval) -> str:
    """What a difference comes to.

    >>> outcome(Interval(0.02, 0.01, 0.03)), outcome(Interval(0.02, -0.01, 0.05))
    ('better', 'no clear difference')
    """
    if not change.excludes_zero:
        return "no clear difference"
    return "better" if change.value > 0 else "worse"


def gain_figures(gain: Gain, newest: Newest) -> dict[str, Any]:
    """All of it as plain JSON values, one row a topic, then micro and macro; figures as in ``metrics.json``."""
    difference = gain.without.difference
    return {
        "n": gain.recent,
        "since": newest.since,
        "until": newest.until,
        "paragraphs": len(gain.rows),
        "articles": gain.articles,
        "rows": [
            {
                "topic": row.topic,
                "support": row.support,
                "without": {name: figure(row.figures[name], row.support) for name in FIGURES},
                "with": {name: figure(own.figures[name], row.support) for name in FIGURES},
                "difference": {name: figure(difference[row.topic, name], row.support) for name in FIGURES},
            }
            for row, own in _rows(gain)
        ],
    }


def _rows(gain: Gain) -> list[tuple[Row, Row]]:
    """Rows of both tables, without and with."""
    return list(zip(gain.without.rows, gain.learnt.rows, strict=True))
