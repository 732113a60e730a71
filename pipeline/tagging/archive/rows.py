"""Articles to rows: all their paragraphs scored in one call, laid out by column.

The numbers and answers are those of ``tag_article``. What a column is called and of what kind it is, is told here only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.files import canonical_json
from pipeline.learning.bulk import BulkScorer
from pipeline.learning.evidence import explain
from pipeline.learning.model import Model
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.sources import Source
from pipeline.tagging.judging import ANSWERS, NO, REVIEW, YES, judged, reasons, strongest
from pipeline.text.paragraphs import Paragraph

Array = NDArray[Any]

# Kinds of columns: text, place (a whole number), number, list (of texts).
FIXED = {"id": "text", "article_id": "text", "start": "place", "end": "place", "kind": "text"}


def kinds(keys: Sequence[str], options: ArchiveOptions) -> dict[str, str]:
    """The columns in order, each with its kind.

    Args:
        keys: of the topics.
        options: the run's.

    Raises:
        InputError: a topic is called as another column is.
    """
    asked = {"title": bool(options.title), "date": bool(options.date), "text": options.with_text, "unsupported": True}
    before = FIXED | {name: "text" for name, wanted in asked.items() if wanted}
    after = {"topics": "list", "review": "list"} | ({"evidence": "text"} if options.evidence != "none" else {})
    for key in keys:
        if key in before or key in after:
            raise InputError(f"topic {key!r}: a column of the output has that name; give the topic another key")
    return before | dict.fromkeys(keys, "number") | after


@dataclass(frozen=True, slots=True)
class Rows:
    """Tagged paragraphs by column.

    Attributes:
        kinds: name -> kind, in order.
        cells: name -> one cell a paragraph; a probability is ``None`` where nothing was judged.
        articles: how many articles they are of.
        unsupported: paragraphs that could not be judged.
        tags: topic -> paragraphs that have it.
    """

    kinds: Mapping[str, str]
    cells: Mapping[str, list[Any]]
    articles: int
    unsupported: int
    tags: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.cells["id"])

    def json_lines(self) -> Iterator[str]:
        """One line a paragraph, JSON in its one canonical form; evidence is JSON too, not text."""
        for row in zip(*self.cells.values(), strict=True):
            cells = dict(zip(self.cells, row, strict=True))
            if cells.get("evidence"):
                cells["evidence"] = json.loads(cells["evidence"])
            yield canonical_json(cells)


def rows(sources: Sequence[Source], scorer: BulkScorer, options: ArchiveOptions) -> Rows:
    """Tag articles.

    Args:
        sources: the articles.
        scorer: scores by the model.
        options: the run's.
    """
    model = scorer.model
    keys = model.codebook.keys
    columns = kinds(keys, options)
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    paragraphs: list[Paragraph] = []
    unsupported: list[str | None] = []
    for one in sources:
        content = one.article.content
        paragraphs += content
        unsupported += reasons(content)[1]
        for name, value in (("title", one.title), ("date", one.date)):
            if name in cells:
                cells[name] += [value] * len(content)
    for p in paragraphs:
        cells["id"].append(p.id)
        cells["article_id"].append(p.article_id)
        cells["start"].append(p.start)
        cells["end"].append(p.end)
        cells["kind"].append(p.kind)
    if "text" in cells:
        cells["text"] += [p.text for p in paragraphs]
    cells["unsupported"] += unsupported
    places = [i for i, reason in enumerate(unsupported) if reason is None]
    texts = [paragraphs[i].text for i in places]
    P, answers = judged(scorer.scores(texts), model)
    for key, column in zip(keys, P.T.tolist(), strict=True):
        cells[key] += _spread(column, places, len(paragraphs))
    for name, code in (("topics", YES), ("review", REVIEW)):
        cells[name] += _named(keys, P, answers == ANSWERS.index(code), places, len(paragraphs))
    if "evidence" in cells:
        wanted = answers >= ANSWERS.index(NO if options.evidence == "all" else REVIEW)
        found = [_evidence(text, model, np.flatnonzero(row).tolist()) for text, row in zip(texts, wanted, strict=True)]
        cells["evidence"] += _spread(found, places, len(paragraphs))
    tags = dict(zip(keys, (answers == ANSWERS.index(YES)).sum(axis=0).tolist(), strict=True))
    return Rows(columns, cells, len(sources), len(paragraphs) - len(places), tags)


def _named(keys: Sequence[str], P: Array, chosen: Array, places: list[int], length: int) -> list[list[str]]:
    """For each paragraph the topics that are chosen, strongest first."""
    cells: list[list[str]] = [[] for _ in range(length)]
    for row in np.flatnonzero(chosen.any(axis=1)).tolist():
        topics = np.flatnonzero(chosen[row]).tolist()
        cells[places[row]] = list(strongest((keys[j], float(P[row, j])) for j in topics))
    return cells


def _spread(values: list[Any], places: list[int], length: int) -> list[Any]:
    """Values put to their places, ``None`` between them."""
    if len(places) == length:
        return values
    cells: list[Any] = [None] * length
    for place, value in zip(places, values, strict=True):
        cells[place] = value
    return cells


def _evidence(text: str, model: Model, topics: list[int]) -> str | None:
    """What spoke for and against topics: key -> rows of start, end, term and weight, offsets in the paragraph's text."""
    if not topics:
        return None
    return canonical_json(
        {
            model.codebook.keys[j]: [
                {"start": c.start, "end": c.end, "term": c.term, "weight": c.weight} for c in explain(model, text, j)
            ]
            for j in topics
        }
    )
