"""Sheets: labelling by hand in a spreadsheet. Writes them, reads them back, and tells what is new in them.

One row a paragraph, one column a topic: 1 has it, 0 has it not, blank is not judged. The columns text and why are for
the eye: on reading they are not trusted, the ``sha`` is compared with the article instead.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break could be run as a formula, so article, text
and note are written with an apostrophe before such a beginning, and reading article and note takes one away again. A
cell that was never guarded is read as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from reprlib import repr as short

from pipeline.annotation.annotations import GOLD, Annotation, Judgement, Span, Standing, note_of, stand, take
from pipeline.annotation.codebook import Codebook
from pipeline.annotation.corpus import misfit
from pipeline.errors import LabelError
from pipeline.files import read_utf8
from pipeline.text.articles import Article
from pipeline.text.paragraphs import Paragraph

_PLACE = ("article", "start", "end", "sha")
_VALUES = {"1": True, "0": False, "": None}
_CURE = "write a fresh sheet with `threat-topics sheet` and judge there"
# Apostrophes before the formula sign are part of the pattern, so that guarding twice is undone by reading twice.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def guard(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula.

    >>> guard("=1+1"), guard("- 12 kg of heroin"), guard("'Tis"), unguard(guard("'=1"))
    ("'=1+1", "'- 12 kg of heroin", "'Tis", "'=1")
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """The cell before it was guarded; one that never was stays as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def sheet(articles: Iterable[Article], codebook: Codebook, prefill: Iterable[Annotation] = ()) -> str:
    """A sheet as CSV text, one row a paragraph that is not furniture.

    Args:
        articles: what to judge.
        codebook: gives the topic columns.
        prefill: lines of one annotator; what they still say of the present text stands in the cells.
    """
    held = stand(("", annotation) for annotation in prefill)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((*_PLACE, "text", *codebook.keys, "note"))
    for article in articles:
        for paragraph in article.content:
            cells = held.get((article.id, paragraph.start, paragraph.end), {})
            cells = {key: j for key, j in cells.items() if j.annotation.sha == paragraph.sha}
            values = [str(int(cells[key].value)) if key in cells else "" for key in codebook.keys]
            place = (guard(article.id), paragraph.start, paragraph.end, paragraph.sha)
            writer.writerow((*place, guard(paragraph.text), *values, guard(note_of(cells))))
    return stream.getvalue()


def worksheet(rows: Iterable[tuple[Paragraph, str]], codebook: Codebook) -> str:
    """A sheet of single paragraphs as CSV text, each with the reason why it is there; nothing is filled in."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((*_PLACE, "text", *codebook.keys, "note", "why"))
    blanks = [""] * (len(codebook.keys) + 1)
    for paragraph, why in rows:
        place = (guard(paragraph.article_id), paragraph.start, paragraph.end, paragraph.sha)
        writer.writerow((*place, guard(paragraph.text), *blanks, guard(why)))
    return stream.getvalue()


def read_sheet(
    path: Path, codebook: Codebook, articles_by_id: Mapping[str, Article], annotator: str, at: str
) -> list[Annotation]:
    """The judgements of a sheet, one annotation a row with at least one judged cell.

    Comma or semicolon, with or without a BOM, any line ends. A note in a row without a judgement is not kept.

    Args:
        path: the sheet.
        codebook: the topics there are; its version goes into the lines.
        articles_by_id: articles of the project.
        annotator: who judged.
        at: when, ISO 8601.

    Raises:
        LabelError: an unknown column or value, a row that does not fit the present text, or one that stands twice;
            names file, line and column.
    """
    rows = _rows(path)
    line, header = rows[0] if rows else (1, [])
    columns = [name.strip() for name in header]
    while columns and not columns[-1]:  # spreadsheets may save empty columns at the right
        columns.pop()
    _check_columns(columns, codebook, f"{path}:{line}")
    found: list[Annotation] = []
    first: dict[Span, int] = {}
    for line, row in rows[1:]:
        where = f"{path}:{line}"
        if len(row) < len(columns) or any(cell.strip() for cell in row[len(columns) :]):
            raise LabelError(f"{where}: has {len(row)} cells under {len(columns)} columns; mend the row or delete it")
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
        article, sha = unguard(cells["article"]), cells["sha"]
        start, end = (_offset(cells[name], f"{where}: column {name!r}") for name in ("start", "end"))
        if wrong := misfit(articles_by_id, article, start, end, sha):
            raise LabelError(f"{where}: {wrong.what}; {_CURE}")
        if first.setdefault((article, start, end), line) != line:
            raise LabelError(f"{where}: is the same paragraph as line {first[article, start, end]}; delete one of them")
        judged = {key: _value(cells[key], f"{where}: column {key!r}") for key in codebook.keys if key in cells}
        known = tuple(key for key, value in judged.items() if value is not None)
        if known:
            topics = tuple(key for key in known if judged[key])
            note = unguard(cells.get("note", ""))
            found.append(Annotation(article, start, end, sha, topics, known, annotator, at, codebook.version, note))
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line it begins on."""
    text = read_utf8(path, LabelError)
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows: list[tuple[int, list[str]]] = []
    line = 1
    limit = csv.field_size_limit(len(text) + 1)  # a paragraph may be longer than the csv module expects
    try:
        # strict: an open quote is an error, else it would swallow the rows after it
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise LabelError(f"{path}:{line}: is not a row of CSV ({error}); save the sheet again as CSV") from None
    finally:
        csv.field_size_limit(limit)
    return rows


def _check_columns(columns: list[str], codebook: Codebook, where: str) -> None:
    known = (*_PLACE, "text", *codebook.keys, "note", "why")
    for name in columns:
        if name not in known:
            raise LabelError(
                f"{where}: column {short(name)} is unknown; topics are: {', '.join(codebook.keys)}; "
                f"other columns are: {', '.join((*_PLACE, 'text', 'note'))}"
            )
        if columns.count(name) > 1:
            raise LabelError(f"{where}: column {name!r} stands twice; delete one of them")
    for name in _PLACE:
        if name not in columns:
            raise LabelError(f"{where}: column {name!r} is missing; {_CURE}")


def _offset(cell: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", cell):
        raise LabelError(f"{where}: is {short(cell)}; must be a whole number; {_CURE}")
    return int(cell)


def _value(cell: str, where: str) -> bool | None:
    if cell not in _VALUES:
        raise LabelError(f"{where}: is {short(cell)}; must be 1 (has the topic), 0 (has it not) or blank (not judged)")
    return _VALUES[cell]


def new_judgements(existing: Iterable[Annotation], incoming: Iterable[Annotation]) -> list[Annotation]:
    """The lines to append so that an annotator's file says what it said and what is incoming.

    Cells that say what the file says already are dropped, so a sheet imported twice appends nothing. A null line
    comes first where the file's judgements of the paragraph were made on another text, or, in ``gold``, where one
    changes: two lines about one cell of gold are a finding. What did not change is then said again. A null line also
    goes to a paragraph of an older split which the incoming one covers by more than half.

    Args:
        existing: the lines of the annotator's own file, in order.
        incoming: lines of the same annotator.
    """
    held = stand(("", annotation) for annotation in existing)
    new: list[Annotation] = []
    for annotation in incoming:
        lines = [*(_undo(annotation, span) for span in _covered(held, annotation)), *_lines(held, annotation)]
        for line in lines:
            take(held, line, "")
        new.extend(lines)
    return new


def _undo(annotation: Annotation, span: Span) -> Annotation:
    article, start, end = span
    return replace(annotation, article=article, start=start, end=end, topics=None, known=(), note="")


def _covered(held: Standing, annotation: Annotation) -> list[Span]:
    def shared(start: int, end: int) -> int:
        return min(end, annotation.end) - max(start, annotation.start)

    return [
        span
        for span in held
        if span[0] == annotation.article and span != annotation.span and 2 * shared(*span[1:]) > span[2] - span[1]
    ]


def _lines(held: Standing, annotation: Annotation) -> list[Annotation]:
    cells = held.get(annotation.span, {})
    if annotation.topics is None:
        return [annotation] if cells else []
    if any(judgement.annotation.sha != annotation.sha for judgement in cells.values()):
        return [_undo(annotation, annotation.span), annotation]
    # A judgement made again under a newer codebook is news even where it says the same.
    fresh = {
        key: v
        for key, v in annotation.cells.items()
        if key not in cells or cells[key].value != v or cells[key].annotation.codebook < annotation.codebook
    }
    if not fresh and annotation.note in {"", note_of(cells)}:
        return []
    changes = not fresh or not fresh.keys().isdisjoint(cells)
    if annotation.annotator == GOLD and changes:
        return [_undo(annotation, annotation.span), *_kept(cells, annotation), annotation]
    return [_only(annotation, fresh or annotation.cells)]


def _kept(cells: Mapping[str, Judgement], annotation: Annotation) -> list[Annotation]:
    """The lines behind ``cells`` again, without what ``annotation`` judges."""
    lines = dict.fromkeys(judgement.annotation for judgement in cells.values())
    kept = {key: j.annotation for key, j in cells.items() if key not in annotation.known}
    return [_only(line, [key for key in kept if kept[key] == line]) for line in lines if line in kept.values()]


def _only(annotation: Annotation, keys: Iterable[str]) -> Annotation:
    """The same line for some of its topics."""
    known = tuple(keys)
    return replace(annotation, known=known, topics=tuple(key for key in annotation.topics or () if key in known))
