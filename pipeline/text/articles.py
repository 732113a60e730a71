"""An article: its clean text, its paragraphs, and what its furniture tells of title, date, place and agency.

Cleaning comes before any offset exists: what labels count in is ``Article.text``. Files are read in ``reading``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text.datelines import Dateline, agency_named, read_date, read_line, read_opening
from pipeline.text.furniture import is_time_stamp
from pipeline.text.paragraphs import FURNITURE, HEADLINE, Paragraph, Span, split


@dataclass(frozen=True, slots=True)
class Article:
    """One article.

    Attributes:
        id: the file's stem, or what the table calls it.
        text: decoded, BOM dropped, newlines LF, encoding mishaps mended; offsets count from here.
        paragraphs: all of them in order, furniture included.
        title: the headline.
        date: ISO, where furniture tells day, month and year.
        place: of the dateline, "Baku, Azerbaijan".
        agency: of the dateline, tag or closing mark, "Trend".
    """

    id: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    title: str | None
    date: str | None
    place: str | None
    agency: str | None

    @property
    def content(self) -> tuple[Paragraph, ...]:
        """The paragraphs that are not furniture."""
        return tuple(paragraph for paragraph in self.paragraphs if not paragraph.is_furniture)


def article_from_text(text: str, id: str = "text") -> Article:  # noqa: A002  # the word every format uses
    r"""Clean a text, split it, and read its furniture.

    >>> article = article_from_text("BAKU, Azerbaijan, Oct. 15\nTwo men were held.\n", "trend-1")
    >>> [paragraph.id for paragraph in article.content], article.place
    (['trend-1:26-44'], 'Baku, Azerbaijan')
    """
    clean = clean_text(text)
    spans = split(clean)
    told = list(_told(clean, spans))
    return Article(
        id=id,
        text=clean,
        paragraphs=tuple(Paragraph(id, s.start, s.end, clean[s.start : s.end], s.kind) for s in spans),
        title=next((" ".join(clean[s.start : s.end].split()) for s in spans if s.kind == HEADLINE), None),
        date=next((fact.date for fact in told if fact.date), None),
        place=next((fact.place for fact in told if fact.place), None),
        agency=next((fact.agency for fact in told if fact.agency), None),
    )


def clean_text(text: str) -> str:
    r"""A text as it is kept: no BOM, LF newlines, mojibake mended line by line; quotes and all else as they are.

    >>> clean_text("\ufeffIt\u00e2\u20ac\u2122s \u201cfine\u201d\r\n")
    'It\u2019s \u201cfine\u201d\n'
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    import ftfy  # noqa: PLC0415  # slow to load, and most texts are ASCII

    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half characters, from broken JSON
    mended = "\n".join(line if line.isascii() else ftfy.fix_encoding(line) for line in text.split("\n"))
    return mended.replace("\u2028", "\n").replace("\u2029", "\n")


def _told(text: str, spans: list[Span]) -> Iterator[Dateline]:
    """What each piece of furniture told, in the order of the text; closing marks tell the agency alone."""
    for span in spans:
        if span.kind == FURNITURE:
            line = " ".join(text[span.start : span.end][:300].split())
            if is_time_stamp(line):
                yield Dateline(0, None, read_date(line), None)
            else:
                yield read_line(line) or Dateline(0, None, None, agency_named(line))
            continue
        place = span.outer_start
        while place < span.start:
            opening = read_opening(text[place : place + 300], first=True)
            if opening is None:
                break
            yield opening
            place += opening.end
        if span.end < span.outer_end:
            yield Dateline(0, None, None, agency_named(text[span.end : span.outer_end]))
