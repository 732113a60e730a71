"""What more labels bring, and how a model does away from the paragraphs it was judged on, as sections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pipeline.annotation.codebook import Codebook
from pipeline.learning.behaviour import Behaviour
from pipeline.learning.growth import GrowthPoint
from pipeline.learning.training import Evaluation
from pipeline.reporting.figures import INK, Axis, Kind, Panel, Series, lowest, share_axis
from pipeline.reporting.pictures import RULES, letter, ranges_panel
from pipeline.reporting.sections import Figure, Grid, Section, interval, signed

PART = "Elsewhere"
AVERAGES = {"f1": "Macro F1", "average_precision": "Macro average precision"}


def growth_section(codebook: Codebook, points: tuple[GrowthPoint, ...]) -> Section:
    """Figures against the number of training paragraphs."""
    sizes = tuple(math.log2(point.paragraphs) for point in points)
    room = 0.08 * (sizes[-1] - sizes[0] or 1.0)
    ticks = tuple((size, f"{point.paragraphs:,.0f}") for size, point in zip(sizes, points, strict=True))
    x = Axis("training paragraphs", sizes[0] - room, sizes[-1] + room, ticks)
    panels = []
    for name, title in AVERAGES.items():
        values = [point.table.figure("macro", name) for point in points]
        y, low, high = (tuple(getattr(v, end) for v in values) for end in ("value", "low", "high"))
        series = (
            Series(Kind.BAND, INK, sizes, y, low, high),
            Series(Kind.LINE, INK, sizes, y),
            Series(Kind.POINTS, INK, sizes, y),
        )
        alt = f"{title} by training paragraphs: {_said(points, values)}."
        axis = share_axis(title, lowest([*low]), 0.1)
        panels.append(Panel(title, alt, x, axis, series, note=f"{interval(values[-1])} with all"))
    per_topic = {key: [point.table.figure(key, "f1").value for point in points] for key in codebook.keys}
    lines = []
    for key, values_of in per_topic.items():
        sign, tone = letter(codebook, key)
        lines.append(Series(Kind.LINE, tone, sizes, tuple(values_of), dashes=tone, label=sign))
        lines.append(Series(Kind.POINTS, tone, sizes, tuple(values_of)))
    alt = "F1 by topic and training paragraphs: " + "; ".join(
        f"{key} from {values_of[0]:.3f} to {values_of[-1]:.3f}" for key, values_of in per_topic.items()
    )
    axis = share_axis("F1", lowest([v for values_of in per_topic.values() for v in values_of]), 0.1)
    panels.append(Panel("F1 by topic", f"{alt}.", x, axis, tuple(lines), note="letters as in the list of topics"))
    header = ("training paragraphs", "share", *AVERAGES.values(), "F1, all labels minus this", *codebook.keys)
    rows = tuple(
        (
            f"{point.paragraphs:.0f}",
            f"{point.share:.0%}",
            *(interval(point.table.figure("macro", name)) for name in AVERAGES),
            signed(point.table.difference["macro", "f1"]) if point.table.difference else "",
            *(interval(point.table.figure(key, "f1")) for key in codebook.keys),
        )
        for point in points
    )
    text = (
        "The recipe learnt from parts of the training folds, whole articles, each part holding the smaller ones, and judged "
        f"on the same folds (first repeat). {_promise(points)}"
    )
    caption = "Bands and brackets: 95 % intervals over articles. Each axis of paragraphs is logarithmic."
    figure = Figure(caption, tuple(panels), Grid(header, rows, "F1 by topic in the last columns"))
    return Section("What more labels bring", (text,), figures=(figure,), part=PART, is_printed=False)


def _said(points: tuple[GrowthPoint, ...], values: Sequence[object]) -> str:
    return ", ".join(
        f"{interval(value)} from {point.paragraphs:.0f}"  # type: ignore[arg-type]
        for point, value in zip(points, values, strict=True)
    )


def _promise(points: tuple[GrowthPoint, ...]) -> str:
    if len(points) < 2:
        return "There are too few articles to learn from parts of them."
    gain = points[-2].table.difference["macro", "f1"]
    verdict = "labels were still paying" if gain.low > 0 else "no clear gain any more"
    return f"From {points[-2].share:.0%} to all labels macro F1 changed by {signed(gain)}: {verdict}."


def behaviour_section(found: tuple[Behaviour, ...]) -> Section:
    """Pass rates by capability, both halves; of the frozen half rates alone."""
    names = list(dict.fromkeys(b.capability for b in found))
    halves = {half: {b.capability: b for b in found if b.frozen is half} for half in (False, True)}
    panels = []
    for half, title in ((False, "Open half"), (True, "Frozen half")):
        own = [halves[half][name] for name in names if name in halves[half]]
        if own:
            panel = ranges_panel(title, [b.capability for b in own], [INK] * len(own), [b.passed for b in own])
            panels.append(replace(panel, x=replace(panel.x, label="cases passed")))
    rows = tuple(
        (
            name,
            *(
                cell
                for half in (False, True)
                for cell in (
                    (str(halves[half][name].cases), interval(halves[half][name].passed))
                    if name in halves[half]
                    else ("0", "-")
                )
            ),
        )
        for name in names
    )
    header = ("capability", "open cases", "open, passed", "frozen cases", "frozen, passed")
    totals = [
        f"{title}: {sum(b.cases - len(b.failures) for b in own.values())} of {sum(b.cases for b in own.values())} cases passed."
        for title, own in (("Open half", halves[False]), ("Frozen half", halves[True]))
        if own
    ]
    text = (
        (
            "Short texts written to try one thing each; a case passes if every topic it asks for is answered right. Nothing is "
            "chosen by the frozen half, and its texts are not shown."
        ),
        " ".join(totals),
    )
    figure = Figure("Whiskers: 95 % intervals over cases.", tuple(panels), Grid(header, rows))
    return Section("Behaviour on short texts", text, figures=(figure,), part=PART, is_printed=False)


def parts_section(evaluation: Evaluation, column: str) -> Section:
    """Figures on each part that was left out of training."""
    rows, names, values, others = [], [], [], []
    for own, *rest in evaluation.parts:
        rules = rest[-1]
        figures = (own.figure("macro", "average_precision"), own.figure("macro", "f1"), rules.figure("macro", "f1"))
        rows.append(
            (own.level, str(own.rows[-1].support), *map(interval, figures), signed(rules.difference["macro", "f1"]))
        )
        names.append(own.level)
        values.append(figures[1])
        others.append(figures[2])
    header = (column, "positives", "average precision", "F1", f"{RULES} F1", "F1, model minus rules")
    grid = Grid(header, tuple(rows))
    text = "Macro averages over paragraphs; no model had seen anything of the part it is judged on."
    panel = ranges_panel("F1", names, [INK] * len(names), values, others)
    figure = Figure("Dots: the model. Diamonds below them: the keyword rules.", (panel,), grid)
    return Section(f"By {column} left out", (text,), (grid,), figures=(figure,), part=PART)
