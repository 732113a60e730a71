"""Pieces to records: what each file kind's stretch of bytes or rows holds, and the articles made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.places import TABLES, opened, stem
from pipeline.tagging.archive.plan import File, Piece
from pipeline.tagging.archive.streams import Cursor, changed
from pipeline.text.articles import Article, article_from_text, clean_text
from pipeline.text.paragraphs import TEXT, Paragraph
from pipeline.text.reading import article_from_file
from pipeline.text.tables import BadRecordError, Record, Table

if TYPE_CHECKING:
    from pipeline.tagging.archive.parquet import RowCursor


LONGEST_TEXT = 1 << 22  # characters; a paragraph takes a hundred bytes of memory for each while it is scored


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be used.

    Attributes:
        file: its file, as a message calls it.
        line: the line or row it begins on, from 1.
        reason: the whole sentence.
    """

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """One article as it came.

    Attributes:
        article: the article; where rows are paragraphs, one paragraph and nothing else.
        title: its title, from its own column or furniture.
        date: the same of its date.
    """

    article: Article
    title: str | None
    date: str | None


class Reader:
    """Reads pieces; keeps what is open from one to the next. Not to be shared by threads.

    Args:
        options: the run's.
    """

    def __init__(self, options: ArchiveOptions) -> None:
        self.options = options
        self._cursor = Cursor()
        self._rows: RowCursor | None = None

    def records(self, piece: Piece) -> Iterator[Record | Article | Reject]:
        """What a piece of a table holds record by record, what another file holds as an article.

        Not more than the piece's ``take`` of those that can be used.

        Raises:
            InputError: the file is gone or has changed since it was surveyed; that is no fault of a record.
        """
        left = -1 if piece.take is None else piece.take
        if not left:
            return
        try:
            for one in self._found(piece):
                found = _usable(one, piece.file)
                yield found
                left -= not isinstance(found, Reject)
                if not left:
                    return
        except BadRecordError as bad:
            yield Reject(piece.file.name, bad.line, str(bad))

    def close(self) -> None:
        """Let go of open files."""
        self._cursor.close()
        if self._rows is not None:
            self._rows.close()

    def _found(self, piece: Piece) -> Iterator[Record | Article | BadRecordError | Reject]:
        file = piece.file
        if file.reason:
            yield Reject(file.name, piece.line, file.reason)
            return
        if file.kind not in TABLES:
            yield self._article(file)
            return
        table = Table(file.name, characters(stem(file.name)), self.options.text, self.options.id)
        if file.kind == ".parquet":
            if self._rows is None:
                from pipeline.tagging.archive.parquet import RowCursor  # noqa: PLC0415  loads pyarrow

                self._rows = RowCursor()
            names = (self.options.text, self.options.id, self.options.title, self.options.date)
            for number, row in self._rows.rows(piece, tuple(dict.fromkeys(names))):
                yield table.record(row, number)
        elif file.kind.startswith(".csv"):
            yield from table.csv_rows(self._cursor.text(piece), list(file.header), file.delimiter, piece.line)
        else:
            yield from table.json_lines(self._cursor.text(piece), piece.line)

    def _article(self, file: File) -> Article | Reject:
        with opened(file.place, file.name) as stream:
            data = stream.read()
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise changed(file.name)
        try:
            return article_from_file(data, file.kind, file.name, characters(stem(file.name)))
        except InputError as error:
            return Reject(file.name, 1, str(error))


def _usable(found: Record | Article | BadRecordError | Reject, file: File) -> Record | Article | Reject:
    """What was found, or why it cannot be used."""
    if isinstance(found, BadRecordError):
        return Reject(file.name, found.line, str(found))
    if isinstance(found, Record | Article) and len(found.text) > LONGEST_TEXT:
        line = found.line if isinstance(found, Record) else 1
        what = f"the text has {len(found.text):,} characters, no article is longer than {LONGEST_TEXT:,}; divide it"
        return Reject(file.name, line, f"{file.name}:{line}: {what}")
    return found


def source(found: Record | Article, options: ArchiveOptions) -> Source:
    """The article of a record; an article that a file held stays what it is, unless rows are paragraphs."""
    if isinstance(found, Article):
        article = found if options.rows == "articles" else one_paragraph(found.text, found.id)
        return Source(article, found.title, found.date)
    make = article_from_text if options.rows == "articles" else one_paragraph
    article = make(found.text, characters(found.id))
    title, day = _cell(found.fields, options.title), _cell(found.fields, options.date)
    return Source(article, title or article.title, day or article.date)


def one_paragraph(text: str, id: str) -> Article:  # noqa: A002  as everywhere
    r"""A text that is one paragraph already: cleaned as every text is, and not split; a blank one has none.

    >>> one_paragraph("Read more\nhere", "a").content[0].id
    'a:0-14'
    """
    clean = clean_text(text)
    whole = (Paragraph(id, 0, len(clean), clean, TEXT),) if clean.strip() else ()
    return Article(id, clean, whole, None, None, None, None)


def _cell(fields: Mapping[str, Any], name: str) -> str | None:
    """A cell as text."""
    value = fields.get(name) if name else None
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else characters(str(value))


def characters(text: str) -> str:
    """Half characters, of broken JSON and of file names that are no text, replaced as in texts: no file can hold them."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
