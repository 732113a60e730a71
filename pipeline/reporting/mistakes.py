"""The worst mistakes as quotations, with the words that earned the score."""

from __future__ import annotations

import itertools
from pathlib import Path

from pipeline.annotation.dataset import Dataset
from pipeline.learning.evidence import Contribution
from pipeline.learning.summary import Mistake
from pipeline.project import Project
from pipeline.reporting.sections import Mark, Quote, Section

LEAST_MARKED = 0.05  # log-odds; smaller shares are noise to a reader
HEADING = "Worst mistakes, out of fold"


def marks(contributions: tuple[Contribution, ...], *, least: float = LEAST_MARKED) -> tuple[Mark, ...]:
    """Spans of words, pairs and listed phrases, which overlap, as stretches that do not.

    Each stretch carries the sum of the terms over it, since a reader sees words and not terms.

    >>> one, pair = Contribution(0, 3, "car", "car", 1.0), Contribution(0, 8, "car bomb", "car bomb", 0.5)
    >>> [(m.start, m.end, m.weight, m.title) for m in marks((one, pair))]
    [(0, 3, 1.5, 'car +1.00, car bomb +0.50'), (3, 8, 0.5, 'car bomb +0.50')]
    """
    edges = sorted({edge for c in contributions for edge in (c.start, c.end)})
    found = []
    for start, end in itertools.pairwise(edges):
        over = [c for c in contributions if c.start <= start and end <= c.end]
        weight = sum(c.weight for c in over)
        if over and abs(weight) >= least:
            found.append(Mark(start, end, weight, ", ".join(f"{c.term} {c.weight:+.2f}" for c in over)))
    return tuple(found)


def totals(contributions: tuple[Contribution, ...]) -> tuple[tuple[str, float], ...]:
    """Terms with the sum of their occurrences' shares, the greatest first."""
    found: dict[str, float] = {}
    for c in contributions:
        found[c.term] = found.get(c.term, 0.0) + c.weight
    return tuple(sorted(found.items(), key=lambda pair: (-abs(pair[1]), pair[0])))


def mistakes_section(
    dataset: Dataset, mistakes: tuple[Mistake, ...], evidence: tuple[tuple[Contribution, ...], ...]
) -> Section:
    """Quotations of the surest false alarms and the furthest misses.

    Args:
        dataset: says where each paragraph's label and article are.
        mistakes: of the first repeat.
        evidence: of each mistake; none to quote without it.
    """
    place = {paragraph.id: row for row, paragraph in enumerate(dataset.paragraphs)}
    quotes = []
    for number, mistake in enumerate(mistakes):
        row = place[mistake.paragraph_id]
        where = dataset.where[row]
        article = Project(Path()).articles / f"{dataset.paragraphs[row].article_id}.txt"
        spans = evidence[number] if evidence else ()
        quotes.append(
            Quote(
                mistake.topic,
                dataset.codebook.keys.index(mistake.topic),
                f"{mistake.kind} at {mistake.probability:.2f}",
                mistake.paragraph_id,
                mistake.text,
                marks(spans),
                where,
                "" if where.startswith("shipped ") else article.as_posix(),
                totals(spans),
            )
        )
    if not quotes:
        return Section(HEADING, ("None.",), part="Errors")
    said = (
        "The surest false alarms and the furthest misses of each topic. A wrong label looks like a mistake of the model: "
        "settle those in labels/gold.jsonl."
    )
    shown = (
        "Marked words spoke for the topic (tinted, underlined) or against it (dotted), by the weights of the fold's own "
        "model, which had not seen the article; with its intercept they add up to the score."
    )
    text = (said, shown) if evidence else (said,)
    return Section(HEADING, text, quotes=tuple(quotes), part="Errors")
