"""Tagged articles as lines for another program: JSON Lines or CSV. The columns of the CSV are those of ``frames``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.tagging.tagger import TaggedArticle


def columns(keys: tuple[str, ...]) -> list[str]:
    """Column names of a table of paragraphs."""
    return ["id", "article_id", "start", "end", "kind", "text", "unsupported", *keys, "topics", "review"]


def table_rows(tagged: TaggedArticle) -> Iterator[list[Any]]:
    """The cells of each paragraph, as ``columns`` names them; probabilities are ``None`` where nothing was judged."""
    for paragraph in tagged.paragraphs:
        p, known = paragraph.paragraph, paragraph.probabilities
        probabilities = [known.get(key) for key in tagged.model.codebook.keys]
        said = " ".join(paragraph.topics), " ".join(paragraph.review)
        yield [p.id, p.article_id, p.start, p.end, p.kind, p.text, paragraph.unsupported, *probabilities, *said]


def json_lines(articles: Iterable[TaggedArticle], level: str, *, every_topic: bool) -> Iterator[str]:
    """One line a paragraph or, at level "article", one line an article."""
    for tagged in articles:
        if level == "article":
            yield json.dumps(tagged.to_dict(), ensure_ascii=False)
        else:
            for paragraph in tagged.paragraphs:
                yield json.dumps(paragraph.to_dict(every_topic=every_topic), ensure_ascii=False)


def csv_lines(articles: Iterable[TaggedArticle], keys: tuple[str, ...]) -> Iterator[str]:
    """A header, then one row a paragraph (a row may hold newlines inside quotes).

    Ids and text are guarded as in sheets: a stranger's article cannot run a formula in the reader's spreadsheet.
    """
    from pipeline.annotation.sheets import guard  # noqa: PLC0415  # loads all of annotation, for CSV alone

    yield _csv_row(columns(keys))
    for tagged in articles:
        for row in table_rows(tagged):
            yield _csv_row([guard(cell) if isinstance(cell, str) else cell for cell in row])


def _csv_row(cells: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
