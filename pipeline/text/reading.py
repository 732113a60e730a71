"""Files and streams to articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.files import read_bytes
from pipeline.text.articles import Article, article_from_text


def article_from_bytes(data: bytes, where: str, id: str) -> Article:  # noqa: A002, ARG001
    """Decode and split."""
    return article_from_text(data.decode("utf-8-sig"), id)


def read_article(path: Path) -> Article:
    """One article of a file."""
    return article_from_bytes(read_bytes(path), str(path), path.stem)


def read_articles(path: Path, *, text_key: str = "text", id_key: str = "id") -> Iterator[Article]:  # noqa: ARG001
    """Articles of a file."""
    yield read_article(path)


def list_inputs(paths: Iterable[Path]) -> list[Path]:
    """Files as given; folders walked."""
    return [f for p in paths for f in (sorted(p.rglob("*.txt")) if p.is_dir() else [p])]
