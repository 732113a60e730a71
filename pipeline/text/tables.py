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
from pipeline.text.decoding import BROKEN

DELIMITERS = ",;\t"
LONGEST = (
    1 << 24
)  # bytes of a line, characters of a cell: a quotation mark never closed may not swallow a whole archive
_MISQUOTED = "a quotation mark is opened or closed in the wrong place; mend the row"
_TOO_LONG = f"a cell is longer than {LONGEST:,} characters; shorten it, or close the quotation mark it begins with"
_UNDECODABLE = "is neither UTF-8 nor Windows-1252 text; save it as UTF-8 text"


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
            if is_broken(line):
                yield BadRecordError(self.where, number, _UNDECODABLE)
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
            if isinstance(row, str):
                yield BadRecordError(self.where, number, row)
            elif number == 1 or not row:
                continue
            elif len(row) != len(header):
                what = f"the row has {len(row)} cells, the header {len(header)}"
                yield BadRecordError(
                    self.where, number, f"{what}; put cells that hold {delimiter!r} or new lines in quotes"
                )
            elif any(map(is_broken, row)):
                yield BadRecordError(self.where, number, _UNDECODABLE)
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
        headers = {
            sign: [name.strip() for _, row in parsed(line, sign) if not isinstance(row, str) for name in row]
            for sign in DELIMITERS
        }
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
            what = "missing" if text is None else f"{type(text).__name__}, not text"
            return BadRecordError(self.where, number, f"{self.text_key!r} is {what}; write it in quotes")
        if isinstance(given, float) and given.is_integer():
            given = int(given)  # as tables have it that know no whole numbers beside missing ones
        if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
            shown = json.dumps(given, default=str)[:40]
            return BadRecordError(self.where, number, f"{self.id_key!r} is {shown}; an id is text or a whole number")
        return Record(str("" if given is None else given).strip() or f"{self.stem}-{number}", text, number, fields)


def is_broken(text: str) -> bool:
    """Whether there are bytes in a text that could not be decoded; see ``decode_lines``."""
    return not text.isascii() and BROKEN.search(text) is not None


def parsed(text: str, delimiter: str, first: int = 1) -> list[tuple[int, list[str] | str]]:
    r"""Rows of a CSV text with the line each begins on; what is wrong with it instead of one that breaks off.

    What follows such a row is read on from the next line.

    >>> parsed('1,"a\nb"\n2,"a" b\n3,c\n', ",")[::2]
    [(1, ['1', 'a\nb']), (4, ['3', 'c'])]
    """
    return list(rows_of(io.StringIO(text, newline=""), delimiter, first))


def rows_of(lines: Iterable[str], delimiter: str, first: int = 1) -> Iterator[tuple[int, list[str] | str]]:
    """The same row by row, from lines that keep their LF. Take them to the end: the module's limit is held meanwhile."""
    lines = iter(lines)
    line = first
    with _LIMIT:  # the longest cell, 131,072 by itself, is a setting of the process
        limit = csv.field_size_limit(LONGEST)
        try:
            while True:
                begun = line
                rows = csv.reader(lines, delimiter=delimiter, strict=True)
                try:
                    for row in rows:
                        yield line, row
                        line = begun + rows.line_num
                except csv.Error as error:
                    yield line, _TOO_LONG if "field limit" in str(error) else _MISQUOTED
                    line = begun + rows.line_num
                else:
                    return
        finally:
            csv.field_size_limit(limit)


_LIMIT = Lock()


def _shown(names: list[str]) -> str:
    """Names for a message, shortened where somebody's whole text has become one."""
    few = ", ".join(name if len(name) <= 40 else f"{name[:40]}..." for name in names[:20])
    return f"{few} and {len(names) - 20} more" if len(names) > 20 else few or "none"
