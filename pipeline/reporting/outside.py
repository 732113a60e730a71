"""Results on outside text, file by file, as sections: figures against the keyword rules, and whether probabilities hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pipeline.annotation.codebook import Codebook
from pipeline.intervals import Interval
from pipeline.learning.calibration import Bin
from pipeline.learning.outside import MACRO
from pipeline.learning.summary import Mistake
from pipeline.reporting.figures import MUTED, Kind, Panel, Series
from pipeline.reporting.pictures import LEAST, MOST, letter, log_odds, odds_axis, ranges_panel
from pipeline.reporting.sections import Figure, Grid, Quote, Section, interval, signed

PART = "Elsewhere"


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """One topic on one file, or their mean as "macro"; a figure without its cells is ``nan``.

    Attributes:
        topic: topic key.
        positives: rows known to have it.
        negatives: rows known not to have it.
        recall: at the model's own threshold.
        false_alarms: per 1,000 known negatives.
        average_precision: of the probabilities.
        f1: at the model's own threshold.
        calibration_error: expected, of the probabilities.
        f1_minus_rules: F1, the model's minus the keyword rules'.
        ap_minus_rules: average precision, the model's minus the keyword rules'.
        bins: points of the reliability diagram.
    """

    topic: str
    positives: int
    negatives: int
    recall: Interval
    false_alarms: Interval
    average_precision: Interval
    f1: Interval
    calibration_error: Interval
    f1_minus_rules: Interval
    ap_minus_rules: Interval
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A trained model on one file.

    Attributes:
        name: of the file.
        lines: one a topic.
        mistakes: the most telling ones.
    """

    name: str
    lines: tuple[OutsideLine, ...]
    mistakes: tuple[Mistake, ...] = ()


def alarms(value: Interval) -> str:
    """False alarms per 1,000 with their interval."""
    return "-" if math.isnan(value.value) else f"{value.value:.1f} [{value.low:.1f}, {value.high:.1f}]"


def outside_sections(files: tuple[OutsideFile, ...], codebook: Codebook) -> tuple[Section, ...]:
    """A section a file, never pooled.

    Args:
        files: what was found on each.
        codebook: the model's.
    """
    return tuple(_section(file, codebook) for file in files)


def _section(file: OutsideFile, codebook: Codebook) -> Section:
    header = (
        *("topic", "positives", "negatives", "recall", "false alarms per 1,000", "average precision", "F1"),
        *("calibration error", "F1, model minus rules", "AP, model minus rules"),
    )
    rows = tuple(
        (
            line.topic,
            str(line.positives),
            str(line.negatives),
            interval(line.recall),
            alarms(line.false_alarms),
            *map(interval, (line.average_precision, line.f1, line.calibration_error)),
            *map(signed, (line.f1_minus_rules, line.ap_minus_rules)),
        )
        for line in file.lines
    )
    names = [line.topic for line in file.lines]
    tones = [letter(codebook, name)[1] for name in names]
    panels = []
    for title, name in (("Recall", "recall"), ("Average precision", "average_precision"), ("F1", "f1")):
        values = [getattr(line, name) for line in file.lines]
        if any(not math.isnan(value.value) for value in values):
            panels.append(ranges_panel(title, names, tones, values))
    table = Grid(header, rows)
    figures = [Figure("Whiskers: 95 % intervals over groups of rows.", tuple(panels), table)] if panels else []
    judged = [line for line in file.lines if line.bins]
    if judged:
        most = max(len(line.bins) for line in judged)
        cells = tuple((f"bin {b + 1}", *(_bin(line.bins, b) for line in judged)) for b in range(most))
        grid = Grid(("", *(line.topic for line in judged)), cells, "Mean probability: share that has the topic")
        caption = "On the dashed line probabilities come true; below it they promise too much. Scales of log-odds."
        figures.append(Figure(caption, tuple(_reliability(line, codebook) for line in judged), grid))
    verdict = _verdict(file)
    text = "The model on all data at its own thresholds; 95 % intervals over groups; a missing judgement is counted nowhere."
    quotes = tuple(
        Quote(m.topic, codebook.keys.index(m.topic), f"{m.kind} at {m.probability:.2f}", file.name, m.text)
        for m in file.mistakes
    )
    return Section(f"Outside text: {file.name}", (verdict, text), (table,), (), tuple(figures), quotes, part=PART)


def _bin(bins: tuple[Bin, ...], place: int) -> str:
    return f"{bins[place].probability:.3f}: {bins[place].frequency:.3f}" if place < len(bins) else "-"


def _reliability(line: OutsideLine, codebook: Codebook) -> Panel:
    sign, tone = letter(codebook, line.topic)
    ends = log_odds(LEAST), log_odds(MOST)
    x, y = (tuple(log_odds(getattr(b, name)) for b in line.bins) for name in ("probability", "frequency"))
    series = (
        Series(Kind.RULE, MUTED, ends, ends, dashes=1),
        Series(Kind.LINE, tone, x, y),
        Series(Kind.POINTS, tone, x, y),
    )
    error = interval(line.calibration_error)
    said = ", ".join(f"{b.probability:.3f} to {b.frequency:.3f}" for b in line.bins)
    alt = (
        f"Reliability diagram, {line.topic}: expected calibration error {error}. Mean probability to frequency: {said}."
    )
    panel = Panel(line.topic, alt, odds_axis("probability given"), odds_axis("share that has the topic"), series)
    return replace(panel, letter=sign, tone=tone, note=f"expected calibration error {error}")


def behind(file: OutsideFile) -> list[str]:
    """Topics on which the model is clearly below the keyword rules, in F1 or average precision."""
    return [line.topic for line in file.lines if min(line.f1_minus_rules.high, line.ap_minus_rules.high) < 0]


def _verdict(file: OutsideFile) -> str:
    macro = next((line for line in file.lines if line.topic == MACRO), file.lines[0])
    worse = behind(file)
    said = (
        f"clearly below the keyword rules on {', '.join(worse)}" if worse else "nowhere clearly below the keyword rules"
    )
    gap = macro.f1_minus_rules
    return f"F1 {interval(macro.f1)} ({macro.topic}), {signed(gap)} against the keyword rules; {said}."
