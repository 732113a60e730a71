"""Files and streams to articles: plain text, HTML, JSON Lines, CSV.

Knows the kinds of files and what makes an article in each. Which encoding the bytes are in is settled in ``decoding``;
the text is cleaned and split in ``articles``; nothing is written here.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import InputError, MissingExtraError
from pipeline.files import read_bytes
from pipeline.text.articles import Article, article_from_text
from pipeline.text.decoding import decode

ONE_ARTICLE = (".txt", ".html", ".htm")
MANY_ARTICLES = (".jsonl", ".csv")
SUPPORTED = ONE_ARTICLE + MANY_ARTICLES

_HEAD = 4096  # bytes of a page among which it declares its encoding
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?(windows-125\d|iso-8859-\d+|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr))\b",
    re.IGNORECASE,
)


def read_article(path: str | Path) -> Article:
    """The article in a text or HTML file; its id is the file's name without the suffix.

    Raises:
        InputError: the file is missing, empty, no text, or of a kind that holds other things than one article.
        MissingExtraError: it is HTML and the extra that reads it is not installed.
    """
    path = Path(path)
    if _suffix(path) in MANY_ARTICLES:
        raise InputError(f"{path}: may hold many articles; give a file with one, {_listed(ONE_ARTICLE)}")
    return next(read_articles(path))


def read_articles(
    path: str | Path,
    *,
    text_key: str = "text",
    id_key: str = "id",
    on_error: Callable[[InputError], None] | None = None,
) -> Iterator[Article]:
    """The articles in a file: one in text and HTML, one a line in JSON Lines, one a row in CSV.

    Args:
        path: a file of a supported kind; one without a suffix is plain text.
        text_key: key or column that holds the text.
        id_key: key or column that holds the id; where it is missing or blank the id is ``<stem>-<line>``.
        on_error: told of each line that cannot be used, after which the others go on; ``None`` to stop at the first.

    Raises:
        InputError: as in ``read_article``; a line is no JSON object or lacks the text; the column is missing.
        MissingExtraError: as in ``read_article``.
    """
    path = Path(path)
    suffix = _suffix(path)
    data = read_bytes(path)
    if suffix in {".html", ".htm"}:
        yield _article_from_html(data, str(path), path.stem)
        return
    if suffix == ".txt":
        yield article_from_bytes(data, str(path), path.stem)
        return
    text = decode(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")
    table = _Table(str(path), path.stem, text_key, id_key)
    for row in table.json_lines(text) if suffix == ".jsonl" else table.csv_rows(text):
        if isinstance(row, Article):
            yield row
        elif on_error is None:
            raise row
        else:
            on_error(row)


def article_from_bytes(data: bytes, where: str, id: str) -> Article:  # noqa: A002  # as in article_from_text
    r"""An article of plain text that came as bytes, as on standard input.

    Args:
        data: UTF-8, else Windows-1252; UTF-16 if a BOM says so.
        where: what to call it in a message.
        id: the article's id.

    Raises:
        InputError: there is nothing in it, or it is no text.

    >>> article_from_bytes(b"Kabul caf\xe9 raided", "standard input", "stdin").text
    'Kabul café raided'
    """
    return article_from_text(decode(data, where), id)


def list_inputs(paths: Iterable[Path]) -> list[Path]:
    """Files as they are named, and of folders all supported files below them, sorted; hidden ones are left out.

    Raises:
        InputError: a folder holds no file of a supported kind.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = []
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside += [
                Path(folder, name) for name in names if not name.startswith(".") and _suffix_of(name) in SUPPORTED
            ]
        if not inside:
            raise InputError(f"{path}: no file to read in this folder; known kinds are: {_listed(SUPPORTED)}")
        found += sorted(inside)
    return found


def _suffix_of(name: str) -> str:
    return Path(name).suffix.lower()


def _suffix(path: Path) -> str:
    """The kind of a file by its name; one without a suffix is plain text."""
    suffix = _suffix_of(path.name) or ".txt"
    if suffix not in SUPPORTED:
        raise InputError(f"{path}: {suffix} files cannot be read; known kinds are: {_listed(SUPPORTED)}")
    return suffix


def _listed(suffixes: tuple[str, ...]) -> str:
    return ", ".join(suffixes)


def _article_from_html(data: bytes, where: str, article_id: str) -> Article:
    """The story of a page: its headline first, then the text, without menus and comments."""
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        raise MissingExtraError(f"{where}: reading HTML needs trafilatura; pip install 'threat-topics[html]'") from None
    declared = _CHARSET.search(data[:_HEAD])
    page = None
    if declared:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            page = data.decode(declared[1].decode("ascii"), "replace")
    page = page or decode(data, where)
    # No search for a date beyond the page's own tags, and no limit by today's: the same page gives the same article.
    dates = {"extensive_search": False, "original_date": True, "max_date": "2199-12-31"}
    found = bare_extraction(page, with_metadata=True, include_comments=False, date_extraction_params=dates)
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise InputError(f"{where}: no article text found in this page; save the text of the article as .txt")
    text, title = str(found.text), " ".join(str(found.title or "").split())
    if title and title not in " ".join(text[: 2 * len(title) + 200].split()):
        text = f"{title}\n{text}"
    article = article_from_text(text, article_id)
    dated = found.date if re.fullmatch(r"\d{4}-\d\d-\d\d", str(found.date)) else None
    return replace(article, date=article.date or dated)


@dataclass(frozen=True, slots=True)
class _Table:
    """A file with an article a line: where it is, and under which names it keeps text and id."""

    where: str
    stem: str
    text_key: str
    id_key: str

    def json_lines(self, text: str) -> Iterator[Article | InputError]:
        """One article, or the reason why not, for each line that is not blank."""
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                yield InputError(f"{self.where}:{number}: is not JSON; mend or delete the line")
                continue
            if not isinstance(record, dict):
                yield InputError(f"{self.where}:{number}: is JSON but not an object {{...}}; write one object a line")
            else:
                yield self._article(record, number)

    def csv_rows(self, text: str) -> Iterator[Article | InputError]:
        """One article, or the reason why not, for each row; blank rows are passed over."""
        header, delimiter = self._header(text)
        for number, row in _parsed(text, delimiter):
            where = f"{self.where}:{number}"
            if row is None:
                yield InputError(f"{where}: a quotation mark is opened or closed in the wrong place; mend the row")
            elif number == 1 or not row:
                continue
            elif len(row) != len(header):
                what = f"the row has {len(row)} cells, the header {len(header)}"
                yield InputError(f"{where}: {what}; put cells that hold {delimiter!r} or new lines in quotes")
            else:
                yield self._article(dict(zip(header, row, strict=True)), number)

    def _header(self, text: str) -> tuple[list[str], str]:
        """Names of the columns and what divides them: whichever of the usual signs makes the text's column appear."""
        line = text.split("\n", 1)[0]
        headers = {sign: [name.strip() for row in _parsed(line, sign) for name in row[1] or ()] for sign in ",;\t"}
        for sign, names in headers.items():
            if self.text_key in names:
                return names, sign
        names = max(headers.values(), key=len)
        raise InputError(
            f"{self.where}:1: has no column {self.text_key!r}; its columns are: {_shown(names)}; "
            "name the right one with --text-key"
        )

    def _article(self, record: dict[str, Any], number: int) -> Article | InputError:
        where = f"{self.where}:{number}"
        if self.text_key not in record:
            return InputError(
                f"{where}: has no {self.text_key!r}; its keys are: {_shown(list(record))}; name the right one with --text-key"
            )
        text, given = record[self.text_key], record.get(self.id_key)
        if not isinstance(text, str):
            return InputError(f"{where}: {self.text_key!r} is {type(text).__name__}, not text; write it in quotes")
        if isinstance(given, bool | float | list | dict):
            return InputError(f"{where}: {self.id_key!r} is {json.dumps(given)[:40]}; an id is text or a whole number")
        return article_from_text(text, str("" if given is None else given).strip() or f"{self.stem}-{number}")


def _parsed(text: str, delimiter: str) -> list[tuple[int, list[str] | None]]:
    """Rows of a CSV text with the line each begins on; ``None`` for one that breaks off, after which nothing is sure."""
    limit = csv.field_size_limit(max(len(text), 1))  # the module's own limit, 131,072, is a setting of the process
    found: list[tuple[int, list[str] | None]] = []
    line = 1
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in rows:
            found.append((line, row))
            line = rows.line_num + 1
    except csv.Error:
        found.append((line, None))
    finally:
        csv.field_size_limit(limit)
    return found


def _shown(names: list[str]) -> str:
    """Names for a message, shortened where somebody's whole text has become one."""
    few = ", ".join(name if len(name) <= 40 else f"{name[:40]}..." for name in names[:20])
    return f"{few} and {len(names) - 20} more" if len(names) > 20 else few or "none"
