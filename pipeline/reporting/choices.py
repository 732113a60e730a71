"""What thresholds cost and bring, and how topics are mixed up, as sections of sentences and tables."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.curves import Confusions, TopicCurves
from pipeline.reporting.sections import Grid, Section, interval, number

TOLD = (0.8, 0.9, 0.95)  # precisions told in words


def threshold_section(curves: tuple[TopicCurves, ...]) -> Section:
    """For several precisions: how much is to be read, and how much of the topic is caught."""
    topics = [curve for curve in curves if curve.steps]
    rows = tuple(
        (
            curve.topic,
            "the model's own" if math.isnan(step.wish) else f"{step.wish:.2f}",
            *(
                (f"{step.threshold:.3f}", f"{step.read:.0f}", interval(step.recall), interval(step.precision))
                if step.is_reached
                else ("-", "-", "not reached", "-")
            ),
        )
        for curve in topics
        for step in curve.steps
    )
    header = ("topic", "precision wanted", "threshold", "read of 1,000", "caught (recall)", "precision")
    text = (
        "How many paragraphs of 1,000 a reader is shown, and what share of the topic is among them, if tags are to be "
        "right so often. Thresholds are read off the scores they are judged on, so what they promise is a little too good."
    )
    items = tuple(sentence(curve) for curve in topics)
    grid = Grid(header, rows, "Every precision")
    return Section(
        "Choosing a threshold", (text,), (grid,), items, part="Thresholds and probabilities", is_printed=False
    )


def sentence(curve: TopicCurves) -> str:
    """What a topic's thresholds cost and bring, in words."""
    told = [step for step in curve.steps if step.wish in TOLD]
    reached = [step for step in told if step.is_reached]
    parts = [
        f"at precision {step.wish:g} you read {step.read:.0f} of 1,000 paragraphs and catch {100 * step.recall.value:.0f} %"
        for step in reached
    ]
    beyond = [f"{step.wish:g}" for step in told if not step.is_reached]
    if beyond:
        parts.append(f"no threshold reaches precision {' or '.join(beyond)}")
    return f"{curve.topic} ({1000 * curve.share:.0f} of 1,000 have it): {'; '.join(parts)}."


def confusion_section(keys: tuple[str, ...], found: Confusions) -> Section:
    """Two tables: what a paragraph wrongly tagged is about, and what a missed one was tagged."""
    alarms = _mixed(
        keys,
        found.false_alarms,
        found.alarms_in_all,
        "wrongly tagged",
        "no topic",
        "What wrongly tagged paragraphs are about",
    )
    misses = _mixed(keys, found.misses, found.misses_in_all, "missed", "no tag", "What missed paragraphs were tagged")
    text = (
        (
            "First table: a row holds the paragraphs tagged with its topic and judged not to have it; a column those of them that "
            "are judged to have the column's topic, whether that was tagged too or not; the last column those judged to have "
            "none. Second table: a row holds the paragraphs judged to have its topic and not tagged with it; a column those of "
            "them tagged with the column's topic, rightly or not; the last column those without any tag."
        ),
        (
            "A paragraph with two topics or two tags stands in two columns, so a row may add up to more than its paragraphs. "
            "Counts are means over repeats; what nobody judged is counted nowhere."
        ),
    )
    return Section("Topics mixed up", text, (alarms, misses), part="Errors", is_printed=False)


def _mixed(keys: tuple[str, ...], cells: NDArray[Any], whole: NDArray[Any], name: str, none: str, title: str) -> Grid:
    rows = tuple(
        (
            key,
            number(float(whole[a]), 1) if whole[a] else "0",
            *("·" if a == b else number(float(cells[a, b]), 1) if cells[a, b] else "0" for b in range(len(keys) + 1)),
        )
        for a, key in enumerate(keys)
    )
    shade = np.divide(cells, whole[:, None], out=np.zeros_like(cells), where=whole[:, None] > 0)
    lines = tuple((0.0, 0.0, *line) for line in shade.tolist())
    return Grid((name, "paragraphs", *keys, none), rows, title, lines)
