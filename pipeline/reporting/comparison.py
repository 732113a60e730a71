"""Sections on experiments side by side: what a search found, and how two recipes or models differ."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from pipeline.annotation.dataset import Dataset
from pipeline.learning.comparison import Comparison, tally
from pipeline.learning.outside_evaluation import OutsideResult
from pipeline.learning.search import SearchResult
from pipeline.learning.summary import FIGURES, compare, table_of
from pipeline.reporting.outside import MACRO_COLUMNS, macro_cells
from pipeline.reporting.sections import Grid, Section, interval, signed

KINDS = ("mended", "broken", "not judged")
P_VALUES = "p: how often the figures lie as far apart where lots decide, article by article, which of the two answers."


def search_section(result: SearchResult, dataset: Dataset, criterion: str, *, rounds: int, seed: int) -> Section:
    """The figure of the whole search, and every candidate against the one that is kept."""
    name = criterion.replace("_", " ")
    first = result.tried[0]
    whole = table_of(dataset, result.answers, rounds=rounds, seed=seed)
    nested = f"{interval(whole.figure('macro', 'f1'))}, average precision {interval(whole.figure('macro', 'average_precision'))}"
    parts = f"each {result.column} left out in turn" if result.column else "folds dealt by article"
    caution = (
        "A candidate's own figures out of fold are too good for the one that is picked by them. Seconds are of one core, "
        "counting apart; compare them within one run."
    )
    text = [
        f"Best by {name} inside training parts, the mean over them ({parts}): {first.candidate.name}.",
        f"The search as a whole, each part answered by the candidate that its training part chose: macro F1 {nested}.",
        caution,
    ]
    if result.untried:
        text.append(f"The time was up: {len(result.untried)} of the candidates are untried; the same call goes on:")
    rows = []
    for line in result.tried:
        own = table_of(dataset, line.answers, rounds=rounds, seed=seed)
        ahead = compare(dataset, first.answers, line.answers, rounds=rounds, seed=seed)
        behind = ["", ""] if line is first else [signed(ahead["macro", f], 3) for f in ("average_precision", "f1")]
        figures = [interval(own.figure("macro", figure)) for figure in ("average_precision", "f1")]
        rows.append((line.candidate.name, f"{line.inner:.4f}", str(line.won), *figures, *behind, f"{line.seconds:.0f}"))
    header = ("candidate", f"inner {name}", "parts won", "AP", "F1", "AP, best minus it", "F1, best minus it", "s")
    untried = tuple(f"untried: {candidate.name}" for candidate in result.untried)
    return Section("Search", tuple(text), (Grid(header, tuple(rows)),), untried)


def finalists_sections(names: list[str], results: list[tuple[OutsideResult, ...]]) -> tuple[Section, ...]:
    """The best candidates, fitted on all labels, on each file of outside text."""
    sections = []
    for number, first in enumerate(results[0]):
        rows = tuple((name, *macro_cells(own[number])) for name, own in zip(names, results, strict=True))
        about = "The best candidates by the inner figure, fitted on all labels. Macro averages."
        sections.append(Section(f"Outside text: {first.name}", (about,), (Grid(("candidate", *MACRO_COLUMNS), rows),)))
    return tuple(sections)


def changes_section(names: tuple[str, str], found: Comparison, text: tuple[str, ...]) -> Section:
    """Which tags changed and why.

    Args:
        names: of the two that are compared.
        found: what changed.
        text: what the figures are of.
    """
    counts = tally(found.changes, found.keys)
    rows = tuple((key, *(str(counts[key][kind]) for kind in KINDS)) for key in found.keys)
    grids = [Grid(("topic", *KINDS), rows)]
    if found.differences:
        gaps = tuple(
            (topic, *(_tested(found, topic, figure) for figure in FIGURES)) for topic in (*found.keys, "micro", "macro")
        )
        text = (*text, P_VALUES)
        grids = [Grid(("second minus first", "precision", "recall", "F1", "average precision"), gaps), *grids]
    items = []
    for told in found.told:
        shown = ", ".join(f"{shift.term} {shift.before:+.2f} to {shift.after:+.2f}" for shift in told.terms)
        change = told.change
        rise = f"{change.before:.2f} to {change.after:.2f}, {'tagged' if change.tagged else 'no longer tagged'}"
        place = f"{told.place}: {' '.join(told.text.split())}"
        items.append(f"{change.topic}, {change.kind}, {rise}, {place} Terms: {shown or 'none'}")
    heading = f"From {names[0]} to {names[1]}: {len(found.changes)} tags changed"
    return Section(heading, text, tuple(grids), tuple(items))


def _tested(found: Comparison, topic: str, figure: str) -> str:
    """A difference with its interval and p-value."""
    p = found.chance[topic, figure]
    return signed(found.differences[topic, figure], 3) + ("" if math.isnan(p) else f" p {p:.3f}")


def comparison_values(names: tuple[str, str], found: Comparison, text: tuple[str, ...]) -> dict[str, Any]:
    """The same as plain JSON values; a figure that is not defined is null."""
    told = [
        {**asdict(one.change), "kind": one.change.kind, "place": one.place, "text": one.text}
        | {"terms": [asdict(shift) for shift in one.terms]}
        for one in found.told
    ]
    counts = tally(found.changes, found.keys)
    return {
        "first": names[0],
        "second": names[1],
        "on": found.on,
        "about": " ".join(text),
        "texts": found.texts,
        "changed": {key: {kind: counts[key][kind] for kind in KINDS} for key in found.keys},
        "second_minus_first": {
            topic: {
                figure: {
                    name: None if math.isnan(number) else number
                    for name, number in (
                        *asdict(found.differences[topic, figure]).items(),
                        ("p", found.chance[topic, figure]),
                    )
                }
                for figure in FIGURES
            }
            for topic in (*found.keys, "micro", "macro")
            if found.differences
        },
        "changes": told,
    }
