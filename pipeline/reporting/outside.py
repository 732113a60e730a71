"""Sections on what a model is worth beyond its own corpus: outside text, and terms withheld from the lists."""

from __future__ import annotations

from pipeline.learning.held_out import HeldOut
from pipeline.learning.outside_evaluation import OutsideResult
from pipeline.reporting.sections import Grid, Section, interval, per_thousand, signed


def outside_section(result: OutsideResult) -> Section:
    """A trained model on one file of outside text."""
    header = (
        "topic",
        "positives",
        "negatives",
        "recall",
        "false alarms per 1,000",
        "average precision",
        "F1",
        "calibration error",
        "AP, model minus rules",
        "F1, model minus rules",
    )
    rows = tuple(
        (
            row.topic,
            str(row.positives),
            str(row.negatives),
            interval(row.recall),
            per_thousand(row.false_alarms),
            interval(row.average_precision),
            interval(row.f1),
            interval(row.calibration_error),
            signed(row.ap_ahead),
            signed(row.f1_ahead),
        )
        for row in result.rows
    )
    text = (
        "At the model's own thresholds; 95 % intervals over groups; a missing judgement is counted nowhere. Calibration "
        "error: ten bins of equal mass. Rules: the keyword rules of the model's own term lists."
    )
    items = tuple(f"{m.topic}, {m.kind} at {m.probability:.2f}: {' '.join(m.text.split())}" for m in result.mistakes)
    return Section(f"Outside text: {result.name}", (text,), (Grid(header, rows),), items)


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
    return Section("Terms withheld from the lists", (text,), (Grid(header, lines),))
