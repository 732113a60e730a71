"""What can be seen of an evaluation: ranges by topic, precision-recall curves, scores, reliability, as sections of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pipeline.annotation.codebook import Codebook
from pipeline.intervals import Interval
from pipeline.learning.calibration import Bin
from pipeline.learning.curves import ALL, LEVELS, SCORE_BINS, TopicCurves
from pipeline.learning.summary import Table
from pipeline.learning.training import Evaluation
from pipeline.reporting.figures import INK, MUTED, Axis, Kind, Panel, Series, lowest, share_axis
from pipeline.reporting.sections import Figure, Grid, Section, interval, number

SHOWN = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
RULES = "keyword rules"
EVERY = 5  # hundredths of recall between two rows of the table
LEAST, MOST = 0.001, 0.999  # probabilities beyond are drawn here on log-odds axes
RELIABILITY = (
    "On the dashed line probabilities come true; below it they promise too much. Both scales are of log-odds, so that "
    "small probabilities can be told apart; a hollow point had no row with the topic."
)
_MARKS = (0.01, 0.1, 0.5, 0.9, 0.99)


def letter(codebook: Codebook, topic: str) -> tuple[str, int]:
    """A topic's letter and tone; no letter and ink for anything that is no topic."""
    if topic not in codebook.keys:
        return "", INK
    place = codebook.keys.index(topic)
    return codebook.topics[place].hotkey.upper(), place


def ranges_panel(
    title: str,
    names: Sequence[str],
    tones: Sequence[int],
    values: Sequence[Interval],
    others: Sequence[Interval] = (),
    other: str = RULES,
) -> Panel:
    """Rows of points with whiskers; ``others`` are drawn hollow below them."""
    defined = [row for row in range(len(names)) if not math.isnan(values[row].value)]
    series = [_ranges(tones[row], row, values[row], is_hollow=False) for row in defined]
    series += [
        _ranges(MUTED, row + 0.26, value, is_hollow=True)
        for row, value in enumerate(others)
        if not math.isnan(value.value)
    ]
    said = [
        f"{name} {interval(value)}" + (f" ({other} {interval(others[row])})" if others else "")
        for row, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    low = lowest([v for i in (*values, *others) for v in (i.low, i.value)], 0.2)
    return Panel(
        title,
        f"{title} with 95 % intervals: {', '.join(said)}.",
        share_axis(title.lower() if title != "F1" else title, low, 0.2 if low < 0.6 else 0.1),
        Axis("", -0.7, len(names) - 0.3, ()),
        tuple(series),
        rows=tuple(names),
    )


def _ranges(tone: int, row: float, value: Interval, *, is_hollow: bool) -> Series:
    """A point with its whisker; one without an interval stands alone."""
    low, high = (value.value, value.value) if math.isnan(value.low) else (value.low, value.high)
    return Series(Kind.RANGES, tone, (value.value,), (row,), (low,), (high,), is_hollow=is_hollow)


def topics_figure(codebook: Codebook, own: Table, rules: Table, grid: Grid) -> Figure:
    """Precision, recall and F1 by topic, the model beside the keyword rules."""
    names = [row.topic for row in own.rows if row.topic != "micro"]
    tones = [letter(codebook, name)[1] for name in names]
    panels = tuple(
        ranges_panel(
            title,
            names,
            tones,
            [own.figure(topic, name) for topic in names],
            [rules.figure(topic, name) for topic in names],
        )
        for name, title in SHOWN.items()
    )
    return Figure("Dots: the model. Diamonds below them: the keyword rules. Whiskers: 95 % intervals.", panels, grid)


def recall_section(evaluation: Evaluation, curves: tuple[TopicCurves, ...]) -> Section:
    """Precision against recall, with the model's own thresholds and the rules as points."""
    codebook = evaluation.dataset.codebook
    own, rules = evaluation.table("paragraph"), evaluation.table("paragraph", RULES)
    recall = tuple((np.arange(1, LEVELS + 1) / LEVELS).tolist())
    panels = []
    for curve in curves:
        topic = "micro" if curve.topic == ALL else curve.topic
        sign, tone = letter(codebook, topic)
        at, by_rules = (
            (table.figure(topic, "recall").value, table.figure(topic, "precision").value) for table in (own, rules)
        )
        ap = own.figure(topic, "average_precision")
        series = [
            Series(Kind.RULE, MUTED, (0.0, 1.0), (curve.share, curve.share), dashes=1),
            Series(Kind.LINE, tone, recall, tuple(curve.precision.tolist())),
        ]
        series += [
            Series(Kind.POINTS, tone if place == 0 else INK, (x,), (y,), is_hollow=place == 1)
            for place, (x, y) in enumerate((at, by_rules))
            if not math.isnan(x) and not math.isnan(y)
        ]
        alt = (
            f"Precision-recall curve, {curve.topic}: average precision {interval(ap)}. The model's thresholds reach "
            f"precision {number(at[1])} at recall {number(at[0])}, the keyword rules {number(by_rules[1])} at "
            f"{number(by_rules[0])}. Precision is {number(float(curve.precision[LEVELS * 8 // 10 - 1]))} at recall 0.80 and "
            f"{number(float(curve.precision[LEVELS * 9 // 10 - 1]))} at recall 0.90."
        )
        axes = share_axis("recall"), share_axis("precision")
        panels.append(
            Panel(curve.topic, alt, *axes, tuple(series), sign, tone, note=f"average precision {interval(ap)}")
        )
    steps = range(EVERY, LEVELS + 1, EVERY)
    rows = tuple((f"{s / LEVELS:.2f}", *(number(float(c.precision[s - 1]), 3) for c in curves)) for s in steps)
    grid = Grid(("recall", *(c.topic for c in curves)), rows, "Precision at each level of recall")
    caption = (
        "Filled dot: the thresholds chosen inside the training folds. Hollow diamond: the keyword rules. Dashed line: the "
        "share of paragraphs that have the topic, which tagging everything would reach."
    )
    text = "Each point is a threshold: to its right more is caught, higher up fewer tags are wrong."
    return Section("Precision and recall", (text,), figures=(Figure(caption, tuple(panels), grid),), is_printed=False)


def score_section(evaluation: Evaluation, curves: tuple[TopicCurves, ...]) -> Section:
    """How probabilities spread over paragraphs with a topic and without it."""
    codebook = evaluation.dataset.codebook
    top = math.log10(max(10.0, *(float(c.histogram.max()) for c in curves))) + 0.1
    base = math.log10(0.5)
    y_axis = Axis(
        "paragraphs",
        base,
        top,
        tuple((float(i), f"{10**i}" if i < 3 else f"{10 ** (i - 3)}k") for i in range(int(top) + 1)),
    )
    panels = []
    for curve in curves:
        sign, tone = letter(codebook, curve.topic)
        series = []
        for side, (colour, counts) in enumerate(((MUTED, curve.histogram[0]), (tone, curve.histogram[1]))):
            full = np.flatnonzero(counts >= 0.5)
            left = full / SCORE_BINS + (0.003 if side == 0 else 0.026)
            heights = tuple(np.log10(counts[full]).tolist())
            series.append(Series(Kind.BARS, colour, tuple(left.tolist()), heights, (base,) * len(full), width=0.021))
        note = "every topic of every paragraph"
        if curve.steps:
            threshold = curve.steps[0].threshold
            series.append(Series(Kind.RULE, INK, (threshold, threshold), (base, top), dashes=1))
            note = f"threshold {threshold:.2f}"
        halves = curve.histogram[:, : SCORE_BINS // 2].sum(axis=1), curve.histogram.sum(axis=1)
        shares = [float(part / whole) if whole else math.nan for part, whole in zip(*halves, strict=True)]
        alt = (
            f"Histogram of probabilities, {curve.topic}: {number(100 * shares[0], 1)} % of the paragraphs without it are "
            f"below 0.5, and {number(100 * (1 - shares[1]), 1)} % of those with it are at 0.5 or above."
        )
        panels.append(Panel(curve.topic, alt, share_axis("probability"), y_axis, tuple(series), sign, tone, note=note))
    rows = tuple(
        (
            f"{b / SCORE_BINS:.2f} to {(b + 1) / SCORE_BINS:.2f}",
            *(f"{number(float(c.histogram[0, b]), 1)} / {number(float(c.histogram[1, b]), 1)}" for c in curves),
        )
        for b in range(SCORE_BINS)
    )
    grid = Grid(("probability", *(c.topic for c in curves)), rows, "Paragraphs without the topic / with it")
    caption = (
        "Grey, left of each pair: paragraphs without the topic; in colour, right of it: those with it. The scale of "
        "paragraphs is logarithmic. Dashed: the model's threshold, the median over folds."
    )
    text = "The further the two heaps lie apart, the less it matters where the threshold stands."
    return Section("Probabilities given", (text,), figures=(Figure(caption, tuple(panels), grid),), is_printed=False)


def log_odds(p: float) -> float:
    """Log-odds of a probability, those beyond ``LEAST`` and ``MOST`` as these."""
    p = min(max(p, LEAST), MOST)
    return math.log(p / (1 - p))


def odds_axis(label: str) -> Axis:
    """An axis of probabilities on the log-odds scale."""
    edge = log_odds(LEAST) * 1.06
    return Axis(label, edge, -edge, tuple((log_odds(p), f"{p:g}") for p in _MARKS))


def reliability_panel(topic: str, bins: tuple[Bin, ...], error: str, sign: str, tone: int) -> Panel:
    """Mean probability against frequency, both as log-odds."""
    ends = log_odds(LEAST), log_odds(MOST)
    inside = [b for b in bins if b.frequency >= LEAST]
    beyond = [b for b in bins if b.frequency < LEAST]
    series = [Series(Kind.RULE, MUTED, ends, ends, dashes=1)]
    for part, kind, hollow in ((inside, Kind.LINE, False), (inside, Kind.POINTS, False), (beyond, Kind.POINTS, True)):
        if part:
            x, y = (tuple(log_odds(getattr(b, name)) for b in part) for name in ("probability", "frequency"))
            series.append(Series(kind, tone, x, y, is_hollow=hollow))
    said = ", ".join(f"{b.probability:.3f} to {b.frequency:.3f}" for b in bins)
    alt = f"Reliability diagram, {topic}: expected calibration error {error}. Mean probability to frequency: {said}."
    axes = odds_axis("probability given"), odds_axis("share that has the topic")
    return Panel(topic, alt, *axes, tuple(series), sign, tone, note=f"expected calibration error {error}")


def reliability_grid(columns: Sequence[tuple[str, str, tuple[Bin, ...]]]) -> Grid:
    """The points of reliability diagrams; a column for each topic, its calibration error and bins."""
    most = max(len(bins) for _, _, bins in columns)
    rows = [("calibration error", *(error for _, error, _ in columns))]
    rows += [(f"bin {b + 1}", *(_point(bins, b) for _, _, bins in columns)) for b in range(most)]
    return Grid(("", *(topic for topic, _, _ in columns)), tuple(rows), "Mean probability: share that has the topic")


def _point(bins: tuple[Bin, ...], place: int) -> str:
    return f"{bins[place].probability:.3f}: {bins[place].frequency:.3f}" if place < len(bins) else "-"


def reliability_section(evaluation: Evaluation, curves: tuple[TopicCurves, ...]) -> Section:
    """Whether probabilities come true."""
    codebook = evaluation.dataset.codebook
    columns = [(curve.topic, interval(curve.calibration_error), curve.bins) for curve in curves]
    panels = tuple(reliability_panel(topic, bins, error, *letter(codebook, topic)) for topic, error, bins in columns)
    text = (
        "Of the paragraphs given a probability of 0.8, eight in ten should have the topic. Bins are ten, of equally many "
        "paragraphs; the expected calibration error is the mean distance from the line. That of all topics is their mean."
    )
    figure = Figure(RELIABILITY, panels, reliability_grid(columns))
    return Section("Reliability", (text,), figures=(figure,), is_printed=False)
