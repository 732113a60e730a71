"""Settled paragraphs as the lint looks at them: place, text, judgements and note in one record.

For learning from them see ``dataset``, which refuses where this passes over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.annotation.annotations import Settlement, Span, note_of
from pipeline.text.articles import Article


@dataclass(frozen=True, slots=True)
class Row:
    """A settled paragraph that fits its text.

    Attributes:
        span: article id, start and end.
        text: the paragraph.
        cells: topic -> whether it has it.
        where: ``file:line`` of the line that settled the first topic.
        note: the newest note.
    """

    span: Span
    text: str
    cells: dict[str, bool]
    where: str
    note: str

    @property
    def is_near_miss(self) -> bool:
        """Whether it has none of the topics it was judged for and its note says that it looks as if it had."""
        return not any(self.cells.values()) and self.note.lower().startswith("near miss")


def place(span: Span) -> str:
    """A paragraph's place in words.

    >>> place(("osh-heroin", 0, 44))
    'article osh-heroin, characters 0-44'
    """
    article, start, end = span
    return f"article {article}, characters {start}-{end}"


def settled_rows(settled: Settlement, articles: Mapping[str, Article], wrong: Collection[str]) -> list[Row]:
    """Rows in order of article and place.

    Args:
        settled: the judgements.
        articles: those that can be read; paragraphs of others are passed over.
        wrong: ``file:line`` of lines that do not fit their text; paragraphs they settle are passed over.
    """
    rows = []
    for span, said in sorted(settled.items()):
        article, start, end = span
        if article in articles and not any(j.where in wrong for judgements in said.values() for j in judgements):
            first = {key: judgements[0] for key, judgements in said.items()}
            cells = {key: judgement.value for key, judgement in first.items()}
            where = next(iter(first.values())).where
            rows.append(Row(span, articles[article].text[start:end], cells, where, note_of(first)))
    return rows
