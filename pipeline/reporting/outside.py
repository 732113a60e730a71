"""Results on outside text, file by file, as sections: figures against the keyword rules, and whether probabilities hold."""

from __future__ import annotations

import math

from pipeline.annotation.codebook import Codebook
from pipeline.learning.held_out import HeldOut
from pipeline.learning.leaks import LEAST
from pipeline.learning.outside_evaluation import MACRO, OutsideResult
from pipeline.reporting.pictures import RELIABILITY, letter, ranges_panel, reliability_grid, reliability_panel
from pipeline.reporting.sections import Figure, Grid, Quote, Section, interval, number, per_thousand, signed

PART = "Elsewhere"

# One line a recipe or file: macro averages, or of a file judged for one topic that topic's.
MACRO_COLUMNS = ("average precision", "F1", "recall", "false alarms per 1,000", "calibration error")


def macro_cells(result: OutsideResult) -> tuple[str, ...]:
    """What stands under ``MACRO_COLUMNS``."""
    row = next((r for r in result.rows if r.topic == MACRO), result.rows[0])
    cried = "-" if row.negatives == 0 else f"{row.false_alarms.value:.1f}"
    figures = interval(row.average_precision), interval(row.f1), interval(row.recall)
    return (*figures, cried, number(row.calibration_error.value, 3))


def outside_section(result: OutsideResult, codebook: Codebook) -> Section:
    """A trained model on one file of outside text.

    Args:
        result: what was found on it.
        codebook: the model's.
    """
    header = (
        *("topic", "positives", "negatives", "recall", "false alarms per 1,000", "average precision", "F1"),
        *("calibration error", "AP, model minus rules", "F1, model minus rules"),
    )
    rows = tuple(
        (
            row.topic,
            str(row.positives),
            str(row.negatives),
            interval(row.recall),
            per_thousand(row.false_alarms),
            *map(interval, (row.average_precision, row.f1, row.calibration_error)),
            *map(signed, (row.ap_ahead, row.f1_ahead)),
        )
        for row in result.rows
    )
    names = [row.topic for row in result.rows]
    tones = [letter(codebook, name)[1] for name in names]
    panels = []
    for title, name in (("Recall", "recall"), ("Average precision", "average_precision"), ("F1", "f1")):
        values = [getattr(row, name) for row in result.rows]
        if any(not math.isnan(value.value) for value in values):
            panels.append(ranges_panel(title, names, tones, values))
    table = Grid(header, rows)
    figures = [Figure("Whiskers: 95 % intervals over groups of rows.", tuple(panels), table)] if panels else []
    if any(result.bins.values()):
        figures.append(_reliability(result, codebook))
    rules = (
        "At the model's own thresholds; 95 % intervals over groups; a missing judgement is counted nowhere. Calibration "
        "error: ten bins of equal mass. Rules: the keyword rules of the model's own term lists."
    )
    text = [rules]
    if result.copies:
        text.append(
            f"Rows that share {LEAST:.0%} or more of their word 5-grams with a training paragraph: {result.copies}. The "
            "figures may be too good: take such rows out."
        )
    quotes = tuple(
        Quote(m.topic, codebook.keys.index(m.topic), f"{m.kind} at {m.probability:.2f}", "", m.text)
        for m in result.mistakes
    )
    return Section(f"Outside text: {result.name}", tuple(text), (table,), (), tuple(figures), quotes, part=PART)


def _reliability(result: OutsideResult, codebook: Codebook) -> Figure:
    error = {row.topic: interval(row.calibration_error) for row in result.rows}
    judged = [(topic, bins) for topic, bins in result.bins.items() if bins]
    panels = tuple(reliability_panel(topic, bins, error[topic], *letter(codebook, topic)) for topic, bins in judged)
    grid = reliability_grid([(topic, error[topic], bins) for topic, bins in judged])
    return Figure(RELIABILITY, panels, grid)


def held_out_section(rows: tuple[HeldOut, ...]) -> Section:
    """What the term lists are worth on terms they lack."""
    text = (
        "Paragraphs whose only listed terms of the topic were withheld from the list (30 % of its terms, by a fixed hash), "
        "against all paragraphs without the topic and without a term that was left in it."
    )
    header = (
        "topic",
        "positives",
        "negatives",
        "recall",
        "recall, no list",
        "AP",
        "AP, no list",
        "AP, list minus none",
    )
    lines = tuple(
        (
            row.topic,
            str(row.positives),
            str(row.negatives),
            interval(row.recall),
            interval(row.recall_without),
            interval(row.average_precision),
            interval(row.average_precision_without),
            signed(row.gain),
        )
        for row in rows
    )
    return Section("Terms withheld from the lists", (text,), (Grid(header, lines),), part=PART)
