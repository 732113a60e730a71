"""Sections on experiments side by side: what a search found, and how two recipes or models differ."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.annotation.dataset import Dataset
from pipeline.intervals import Interval
from pipeline.learning.comparison import Change, Shift, tally
from pipeline.learning.search import SearchResult
from pipeline.learning.summary import compare, table_of
from pipeline.reporting.sections import Grid, Section, interval, signed

KINDS = ("mended", "broken", "not judged")


def search_section(result: SearchResult, dataset: Dataset, criterion: str, *, rounds: int, seed: int) -> Section:
    """The figure of the whole search, and every candidate against the one that is kept."""
    name = criterion.replace("_", " ")
    first = result.tried[0]
    whole = table_of(dataset, result.answers, rounds=rounds, seed=seed)
    nested = f"{interval(whole.figure('macro', 'f1'))}, average precision {interval(whole.figure('macro', 'average_precision'))}"
    text = [f"Best by {name} inside training parts, the mean over them: {first.candidate.name}."]
    text.append(
        f"The search as a whole, each part answered by the candidate that its training part chose: macro F1 {nested}."
    )
    text.append("A candidate's own figures out of fold are too good for the one that is picked by them.")
    if result.untried:
        text.append(f"The time was up: {len(result.untried)} candidates are untried; the same call goes on with them.")
    rows = []
    for line in result.tried:
        own = table_of(dataset, line.answers, rounds=rounds, seed=seed)
        ahead = compare(dataset, first.answers, line.answers, rounds=rounds, seed=seed)
        behind = ["", ""] if line is first else [signed(ahead["macro", f]) for f in ("average_precision", "f1")]
        figures = [interval(own.figure("macro", figure)) for figure in ("average_precision", "f1")]
        rows.append((line.candidate.name, f"{line.inner:.4f}", str(line.won), *figures, *behind))
    header = ("candidate", f"inner {name}", "parts won", "AP", "F1", "AP, best minus it", "F1, best minus it")
    return Section("Search", tuple(text), (Grid(header, tuple(rows)),))


def differences_grid(found: dict[tuple[str, str], Interval], keys: tuple[str, ...]) -> Grid:
    """Figures of the second minus the first, by topic."""
    figures = ("precision", "recall", "f1", "average_precision")
    rows = tuple((topic, *(signed(found[topic, figure]) for figure in figures)) for topic in (*keys, "micro", "macro"))
    return Grid(("second minus first", "precision", "recall", "F1", "average precision"), rows)


def changes_section(
    names: tuple[str, str],
    found: Sequence[Change],
    keys: tuple[str, ...],
    told: Sequence[tuple[Change, str, list[Shift]]],
    text: tuple[str, ...],
    differences: Grid | None,
) -> Section:
    """Which tags changed and why.

    Args:
        names: of the two that are compared.
        found: every change.
        keys: k topics.
        told: the changes to show, each with its place and text, and the terms behind it.
        text: what the figures are of.
        differences: table of figures, if there are judgements.
    """
    counts = tally(found, keys)
    rows = tuple((key, *(str(counts[key][kind]) for kind in KINDS)) for key in keys)
    grids = [Grid(("topic", *KINDS), rows)]
    items = [
        f"{change.topic}, {change.kind}, {change.before:.2f} to {change.after:.2f}, {where}. "
        "Terms: " + ", ".join(f"{shift.term} {shift.before:+.2f} to {shift.after:+.2f}" for shift in terms)
        for change, where, terms in told
    ]
    grids = [differences, *grids] if differences else grids
    return Section(f"From {names[0]} to {names[1]}: {len(found)} tags changed", text, tuple(grids), tuple(items))
