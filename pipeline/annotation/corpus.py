"""The articles of a project, read when asked for, and whether a judgement still fits the text it was made on.

The only place that says which file is which article, and that adds one. It reads no labels and edits no article.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import read_utf8, write_text
from pipeline.project import Project
from pipeline.text.articles import Article
from pipeline.text.reading import read_article

_SHOWN = 40
_YEAR = re.compile(r"[0-9]{4}(?![0-9])")


@dataclass(frozen=True, slots=True, eq=False)
class Corpus(Mapping[str, Article]):
    """Articles by id, each read once, at first use.

    Attributes:
        paths: id -> file, in the order of the ids.
    """

    paths: dict[str, Path]
    _read: dict[str, Article] = field(default_factory=dict, repr=False)

    def __getitem__(self, article_id: str) -> Article:
        if article_id not in self._read:
            self._read[article_id] = read_article(self.paths[article_id])
        return self._read[article_id]

    def __contains__(self, article_id: object) -> bool:
        return article_id in self.paths

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def project_corpus(project: Project) -> Corpus:
    """The articles of a project: ``data/articles/*.txt`` that are not hidden, the id is the file name without ``.txt``.

    Raises:
        InputError: a file's name is no text, so that nothing could be said of it in a label line.
    """
    paths = {path.stem: path for path in sorted(project.articles.glob("[!.]*.txt"), key=str)}
    for article_id, path in paths.items():
        if any("\ud800" <= sign <= "\udfff" for sign in article_id):
            raise InputError(f"{str(path)!a}: the name of the file is not UTF-8; rename it")
    return Corpus(paths)


def article_values(project: Project, column: str) -> dict[str, str]:
    """What ``data/articles.csv`` says of each article in one column: article id -> value; of a date, its year.

    Raises:
        InputError: there is no such file or column, or a date does not begin with its year.
    """
    path = project.article_table
    table = csv.DictReader(io.StringIO(read_utf8(path, InputError)))
    names = list(table.fieldnames or ())
    if "id" not in names or column not in names:
        raise InputError(f"{path}:1: has no columns 'id' and {column!r}; its columns are: {', '.join(names)}")
    found = {}
    for row in table:
        value = (row[column] or "").strip()
        if column == "date" and value:
            year = _YEAR.match(value)
            if not year:
                raise InputError(
                    f"{path}:{table.line_num}: date {value!r} does not begin with its year; write 2024-05-01"
                )
            value = year.group()
        found[row["id"].strip()] = value
    return found


def add_article(project: Project, article: Article) -> tuple[Article, bool]:
    """Keep an article from elsewhere in the project, as clean text under its id.

    Returns:
        The article as the project reads it from now on, and whether it was added: the same text is not added twice.

    Raises:
        InputError: its id cannot be a file name, or another text has that id.
    """
    if not article.id.strip() or article.id.startswith(".") or any(sign in article.id for sign in '/\\:*?"<>|\0\n'):
        raise InputError(f"{article.id}: cannot be an article id, which names a file in data/articles; rename it")
    path = project.articles / f"{article.id}.txt"
    added = not path.exists()
    if added:
        write_text(path, article.text)
    kept = read_article(path)
    if kept.text != article.text and not added:
        raise InputError(
            f"{path}: holds another text than the article {article.id!r} to be added; rename one of the files"
        )
    return kept, added


@dataclass(frozen=True, slots=True)
class Misfit:
    """A judgement and the text no longer fit.

    Attributes:
        what: article, characters and what is wrong.
        cure: what to do about a label line; one for a sheet is the sheet's business.
    """

    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.what}; {self.cure}"


def misfit(articles: Mapping[str, Article], article_id: str, start: int, end: int, sha: str) -> Misfit | None:
    """Why a judgement of these characters no longer fits; ``None`` if it does.

    Args:
        articles: articles by id.
        article_id: the article judged.
        start: first character judged.
        end: the character after the last one judged.
        sha: of the text that was judged.

    Raises:
        InputError: the article cannot be read.
    """
    if article_id not in articles:
        what = f"article {article_id!r} is unknown"
        return Misfit(what, "put its text back into data/articles, or correct the id")
    article = articles[article_id]
    where = f"article {article_id}, characters {start}-{end}"
    moved = "judge the paragraph again from a fresh sheet, delete this line if it is gone, or restore the text"
    if end > len(article.text):
        return Misfit(f"{where}: lie outside the text, which has {len(article.text)} characters", moved)
    paragraph = next((p for p in article.paragraphs if (p.start, p.end) == (start, end)), None)
    now = _shown(article.text[start:end])
    if paragraph is None:
        return Misfit(f"{where}: are no paragraph of the article as it is now ({now})", moved)
    if paragraph.sha != sha:
        what = f"{where}: the text has changed since it was labelled (now {now})"
        return Misfit(what, "judge it again or restore the text")
    if paragraph.is_furniture:
        return Misfit(f"{where}: are furniture ({now}), which carries no label", "delete this line")
    return None


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= _SHOWN else flat[: _SHOWN - 3] + "...")


def local(message: str, root: Path) -> str:
    """A message that begins with a path below ``root``, with the path as it lies there."""
    return message.removeprefix(f"{root}{os.sep}")
