"""An article: its clean text and its paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

import ftfy

from pipeline.text.paragraphs import Paragraph, split


@dataclass(frozen=True, slots=True)
class Article:
    """One article; offsets of its paragraphs count in ``text``."""

    id: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    date: str | None = None
    place: str | None = None
    agency: str | None = None

    @property
    def content(self) -> tuple[Paragraph, ...]:
        """The paragraphs that are not furniture."""
        return tuple(p for p in self.paragraphs if not p.is_furniture)


def article_from_text(text: str, id: str = "text") -> Article:  # noqa: A002  # the public name
    """Clean, split, recognise."""
    clean = ftfy.fix_encoding(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    return Article(id, clean, split(clean, id))
