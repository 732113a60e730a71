"""Paragraphs with offsets: the one splitting rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.files import sha256_text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as printed: ``article.text[start:end] == text``."""

    article_id: str
    start: int
    end: int
    text: str
    kind: str

    @property
    def id(self) -> str:
        """Article id and place."""
        return f"{self.article_id}:{self.start}-{self.end}"

    @property
    def is_furniture(self) -> bool:
        """Whether it is no row of the Dataset."""
        return self.kind == "furniture"

    @property
    def sha(self) -> str:
        """Hex SHA-256 of the text."""
        return sha256_text(self.text)


_LINE = re.compile(r"\S[^\n]*")


def split(text: str, article_id: str) -> tuple[Paragraph, ...]:
    """Split a text (first version: every line)."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group().rstrip()
        found.append(Paragraph(article_id, match.start(), match.start() + len(line), line, "text"))
    return tuple(found)
