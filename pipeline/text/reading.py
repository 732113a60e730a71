"""Files and streams to articles: plain text, HTML, JSON Lines, CSV.

Knows the kinds of files. What makes a record in a table is told in ``tables``, which encoding the bytes are in is
settled in ``decoding``; the text is cleaned and split in ``articles``; nothing is written here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.errors import InputError, MissingExtraError
from pipeline.files import read_bytes
from pipeline.text.articles import Article, article_from_text
from pipeline.text.decoding import decode
from pipeline.text.tables import Record, Table

ONE_ARTICLE = (".txt", ".html", ".htm")
MANY_ARTICLES = (".jsonl", ".csv")
SUPPORTED = ONE_ARTICLE + MANY_ARTICLES

_HEAD = 4096  # bytes of a page among which it declares its encoding
# What trafilatura lets through of its own faults: one page in thousands has them, and may not end the others' run.
_STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
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
    yield from articles_from_file(
        read_bytes(path), suffix, str(path), path.stem, text_key=text_key, id_key=id_key, on_error=on_error
    )


def articles_from_file(
    data: bytes,
    suffix: str,
    where: str,
    stem: str,
    *,
    text_key: str = "text",
    id_key: str = "id",
    on_error: Callable[[InputError], None] | None = None,
) -> Iterator[Article]:
    r"""The articles in the bytes of a file of any supported kind, as ``read_articles`` gives those of a file on disk.

    Args:
        data: the file's bytes; nothing is unpacked.
        suffix: one of ``SUPPORTED``.
        where: what to call the file in a message.
        stem: the id of the one article of a file, and what ids begin with in tables where a record has none.
        text_key: as in ``read_articles``.
        id_key: as there.
        on_error: as there.

    Raises:
        InputError: as in ``read_articles``.
        MissingExtraError: as there.

    >>> [article.id for article in articles_from_file(b'{"text": "One."}\n{"text": "Two."}', ".jsonl", "news", "news")]
    ['news-1', 'news-2']
    """
    if suffix in ONE_ARTICLE:
        yield article_from_file(data, suffix, where, stem)
        return
    text = decode(data, where).replace("\r\n", "\n").replace("\r", "\n")
    table = Table(where, stem, text_key, id_key)
    for row in table.json_lines(text) if suffix == ".jsonl" else table.csv_rows(text, *table.header(text)):
        if isinstance(row, Record):
            yield article_from_text(row.text, row.id)
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


def article_from_file(data: bytes, suffix: str, where: str, id: str) -> Article:  # noqa: A002  # as above
    """The article in the bytes of a file that holds one.

    Args:
        data: the file's bytes.
        suffix: one of ``ONE_ARTICLE``.
        where: what to call it in a message.
        id: the article's id.

    Raises:
        InputError: there is nothing in it, or it is no text.
        MissingExtraError: it is HTML and the extra that reads it is not installed.
    """
    return article_from_bytes(data, where, id) if suffix == ".txt" else _article_from_html(data, where, id)


def list_inputs(paths: Iterable[Path], known: tuple[str, ...] = SUPPORTED) -> list[Path]:
    """Files as they are named, and of folders all supported files below them, sorted; hidden ones are left out.

    Args:
        paths: files and folders.
        known: endings of the files that count in folders.

    Raises:
        InputError: a folder holds no file of a supported kind, or one in it cannot be listed.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = []
        for folder, folders, names in os.walk(path, onerror=_not_listed):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside += [
                Path(folder, name) for name in names if not name.startswith(".") and name.lower().endswith(known)
            ]
        if not inside:
            raise InputError(f"{path}: no file to read in this folder; known kinds are: {_listed(known)}")
        found += sorted(inside)
    return found


def _not_listed(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be listed ({error.strerror}); check its permissions") from None


def _suffix(path: Path) -> str:
    """The kind of a file by its name; one without a suffix is plain text."""
    suffix = path.suffix.lower() or ".txt"
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
    try:
        found = bare_extraction(page, with_metadata=True, include_comments=False, date_extraction_params=dates)
    except _STUMBLES as error:
        what = type(error).__name__
        raise InputError(
            f"{where}: the page is too broken to read ({what}); save the text of the article as .txt"
        ) from None
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise InputError(f"{where}: no article text found in this page; save the text of the article as .txt")
    text, title = str(found.text), " ".join(str(found.title or "").split())
    if title and title not in " ".join(text[: 2 * len(title) + 200].split()):
        text = f"{title}\n{text}"
    article = article_from_text(text, article_id)
    dated = found.date if re.fullmatch(r"\d{4}-\d\d-\d\d", str(found.date)) else None
    return replace(article, date=article.date or dated)
