"""Sections on decisions: what was promised and kept out of fold, and the thresholds of a model with their alternatives."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from pipeline.learning.promises import Promise, kept_promises
from pipeline.learning.summary import LEVELS
from pipeline.learning.thresholds import Cut
from pipeline.learning.training import Evaluation
from pipeline.reporting.sections import Grid, Section, interval

LEFT = "left for review"


def promises(evaluation: Evaluation) -> tuple[Section, ...]:
    """The three-way decision as it was kept on articles that did not choose it; no section where nothing is left for review."""
    found = promises_of(evaluation)
    if not found:
        return ()
    paragraphs, articles = ([row for row in found if row.level == level] for level in LEVELS)
    nested = (
        "Yes, review or no: thresholds were chosen inside each training part, the figures are of the parts left out. "
        "Yes is promised a precision; no is promised that so large a share of the positives is not among it."
    )
    rule = (
        "An article is a yes if one of its paragraphs is, else left for review if one of them is. The promises are about "
        "paragraphs: the false alarms of an article's paragraphs add up, so none is promised for articles."
    )
    text = (nested, _verdict([row for row in paragraphs if row.broken]), rule)
    promised = tuple(
        (
            row.topic,
            _promised(row.yes),
            interval(row.precision),
            _promised(row.no),
            interval(row.recall),
            interval(row.review),
        )
        for row in paragraphs
    )
    told = tuple((row.topic, interval(row.precision), interval(row.recall), interval(row.review)) for row in articles)
    header = ("paragraphs", "yes: precision promised", "kept", "no: recall promised", "recall kept", LEFT)
    grids = (Grid(header, promised), Grid(("articles", "yes: precision", "not no: recall", LEFT), told))
    return (Section("Promises of the three-way decision", text, grids),)


def promises_of(evaluation: Evaluation) -> tuple[Promise, ...]:
    """What was promised and kept, with as many bootstrap rounds as the recipe asks for."""
    recipe = evaluation.recipe
    return kept_promises(
        evaluation.dataset, evaluation.out, recipe.decision, rounds=recipe.evaluation.rounds, seed=recipe.seed
    )


def _verdict(broken: list[Promise]) -> str:
    """Which promises were not kept, and which of them by more than chance."""
    missed = [(row.topic, *one) for row in broken for one in row.broken]
    if not missed:
        return "Every promise was kept out of fold."
    told = ", ".join(f"{topic} {answer} {kept.value:.3f} for {asked:g}" for topic, answer, asked, kept in missed)
    clear = [f"{topic} {answer}" for topic, answer, asked, kept in missed if kept.high < asked]
    return (
        f"Not quite kept out of fold: {told}; "
        f"the whole interval lies below the promise for {', '.join(clear) if clear else 'none of them'}."
    )


def _promised(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:g}"


def thresholds_section(
    cuts: list[Cut],
    alternatives: dict[str, list[tuple[float, Cut | None]]] | None = None,
    before: list[Cut] | None = None,
) -> Section:
    """A model's thresholds.

    Args:
        cuts: each topic at its thresholds.
        alternatives: by topic, what other precisions would cost.
        before: the same topics at the thresholds that are to be changed.
    """
    others = (alternatives or {}).items()
    lines = tuple(f"{topic}: {_sentence(precision, cut)}" for topic, asked in others for precision, cut in asked)
    text = (
        "Tagged and left for review: of 1,000 paragraphs. On the out-of-fold scores that thresholds are chosen on, which "
        "flatters them a little; the report's figures are nested."
    )
    grids = (_table("topic", cuts),) if before is None else (_table("before", before), _table("after", cuts))
    return Section("Thresholds", (text,), grids, lines)


def thresholds_json(
    cuts: list[Cut], alternatives: dict[str, list[tuple[float, Cut | None]]], before: list[Cut] | None
) -> list[dict[str, Any]]:
    """What ``thresholds_section`` shows as plain JSON values, one a topic; what is not defined or out of reach is null."""
    old = {cut.topic: cut for cut in before or ()}
    return [
        {
            **_plain(cut),
            "before": _plain(old[cut.topic]) if before else None,
            "alternatives": [
                {"precision_asked": asked, "cut": _plain(other) if other else None}
                for asked, other in alternatives.get(cut.topic, ())
            ],
        }
        for cut in cuts
    ]


def _plain(cut: Cut) -> dict[str, Any]:
    numbers = {**asdict(cut), "f1": cut.f1}
    return {name: None if isinstance(x, float) and math.isnan(x) else x for name, x in numbers.items()}


def _table(name: str, cuts: list[Cut]) -> Grid:
    header = (name, "threshold", "review from", "precision", "recall", "F1", "tagged", "review", "chosen by")
    rows = tuple(
        (
            cut.topic,
            f"{cut.threshold:.3f}",
            f"{cut.review:.3f}" if cut.review < cut.threshold else "-",
            _share(cut.precision),
            _share(cut.recall),
            _share(cut.f1),
            f"{cut.tagged:.0f}",
            f"{cut.left:.0f}",
            cut.aim or "-",
        )
        for cut in cuts
    )
    return Grid(header, rows)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _sentence(precision: float, cut: Cut | None) -> str:
    if cut is None:
        return f"precision {precision:g} is out of reach"
    return (
        f"at precision {precision:g} you read {cut.tagged:.0f} of 1,000 paragraphs and catch {cut.recall:.0%} "
        f"(threshold {cut.threshold:.3f})"
    )
