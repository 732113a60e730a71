"""Records with a text and an id: what one line of JSON Lines, one row of CSV or of another table means.

Works on text that was decoded, a whole file of it or one stretch that begins on a known line. Which files there are and
how they are opened is decided in ``reading`` and, for archives, in ``tagging.archive``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pipeline.errors import InputError

DELIMITERS = ",;\t"
LONGEST_CELL = (
    1 << 26
)  # characters; where rows are streamed, a quotation mark never closed may not swallow a whole archive


class BadRecordError(InputError):
    """A record that cannot be used; the others of its file can.

    Args:
        where: the file.
        line: the line, or row, it begins on, from 1.
        what: what is wrong and what to do.
    """

    def __init__(self, where: str, line: int, what: str) -> None:
        super().__init__(f"{where}:{line}: {what}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Record:
    """One record that can be used.

    Attributes:
        id: its own, else ``<stem>-<line>``.
        text: as it stands in the table; not cleaned.
        line: the line, or row, it begins on, from 1.
        fields: all there is in the record, by name.
    """

    id: str
    text: str
    line: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a record a line: where it is, and under which names it keeps text and id.

    Attributes:
        where: what to call the file in a message.
        stem: what ids begin with where a record has none.
        text_key: key or column of the text.
        id_key: key or column of the id.
    """

    where: str
    stem: str
    text_key: str = "text"
    id_key: str = "id"

    def json_lines(self, text: str, first: int = 1) -> Iterator[Record | BadRecordError]:
        """One record, or the reason why not, for each line that is not blank.

        Args:
            text: whole lines, divided by LF.
            first: the number of the first.
        """
        for number, line in enumerate(text.split("\n"), first):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                yield BadRecordError(self.where, number, "is not JSON; mend or delete the line")
                continue
            if not isinstance(record, dict):
                yield BadRecordError(self.where, number, "is JSON but not an object {...}; write one object a line")
            else:
                yield self.record(record, number)

    def csv_rows(
        self, text: str, header: list[str], delimiter: str, first: int = 1
    ) -> Iterator[Record | BadRecordError]:
        """One record, or the reason why not, for each row; blank rows and the header on line 1 are passed over.

        Args:
            text: whole rows, lines divided by LF.
            header: as ``header`` gives it.
            delimiter: the same.
            first: the line the first row begins on.
        """
        for number, row in parsed(text, delimiter, first):
            if row is None:
                yield BadRecordError(
                    self.where, number, "a quotation mark is opened or closed in the wrong place; mend the row"
                )
            elif number == 1 or not row:
                continue
            elif len(row) != len(header):
                what = f"the row has {len(row)} cells, the header {len(header)}"
                yield BadRecordError(
                    self.where, number, f"{what}; put cells that hold {delimiter!r} or new lines in quotes"
                )
            else:
                yield self.record(dict(zip(header, row, strict=True)), number)

    def header(self, text: str) -> tuple[list[str], str]:
        """Names of the columns and what divides them: whichever of the usual signs makes the text's column appear.

        Args:
            text: the file, or its first line at least; lines divided by LF.

        Raises:
            BadRecordError: none of them does.
        """
        line = text.split("\n", 1)[0]
        headers = {sign: [name.strip() for row in parsed(line, sign) for name in row[1] or ()] for sign in DELIMITERS}
        for sign, names in headers.items():
            if self.text_key in names:
                return names, sign
        raise BadRecordError(self.where, 1, self.no_column(max(headers.values(), key=len)))

    def no_column(self, names: list[str]) -> str:
        """What to say of a table without the text's column."""
        return f"has no column {self.text_key!r}; its columns are: {_shown(names)}; name the right one with --text-key"

    def record(self, fields: Mapping[str, Any], number: int) -> Record | BadRecordError:
        """What the fields of one line or row mean, or the reason why they cannot be used."""
        if self.text_key not in fields:
            keys = _shown(list(fields))
            what = f"has no {self.text_key!r}; its keys are: {keys}; name the right one with --text-key"
            return BadRecordError(self.where, number, what)
        text, given = fields[self.text_key], fields.get(self.id_key)
        if not isinstance(text, str):
            what = f"{self.text_key!r} is {type(text).__name__}, not text; write it in quotes"
            return BadRecordError(self.where, number, what)
        if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
            shown = json.dumps(given, default=str)[:40]
            return BadRecordError(self.where, number, f"{self.id_key!r} is {shown}; an id is text or a whole number")
        return Record(str("" if given is None else given).strip() or f"{self.stem}-{number}", text, number, fields)


def parsed(text: str, delimiter: str, first: int = 1) -> list[tuple[int, list[str] | None]]:
    """Rows of a CSV text with the line each begins on; ``None`` for one that breaks off, after which nothing is sure."""
    return list(rows_of(io.StringIO(text, newline=""), delimiter, first, longest=max(len(text), 1)))


def rows_of(
    lines: Iterable[str], delimiter: str, first: int = 1, *, longest: int = LONGEST_CELL
) -> Iterator[tuple[int, list[str] | None]]:
    """The same row by row, from lines that keep their LF. Take them to the end: the module's limit is held meanwhile."""
    with _LIMIT:  # the longest cell, 131,072 by itself, is a setting of the process
        limit = csv.field_size_limit(longest)
        line = first
        try:
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            for row in rows:
                yield line, row
                line = first + rows.line_num
        except csv.Error:
            yield line, None
        finally:
            csv.field_size_limit(limit)


_LIMIT = Lock()


def _shown(names: list[str]) -> str:
    """Names for a message, shortened where somebody's whole text has become one."""
    few = ", ".join(name if len(name) <= 40 else f"{name[:40]}..." for name in names[:20])
    return f"{few} and {len(names) - 20} more" if len(names) > 20 else few or "none"
