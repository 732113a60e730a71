"""Looks at each file once, before the run: what it is, its hash, and where it can be cut into pieces.

Every file is read here in blocks and whole: a line's number, a text's encoding and the end of a row with line breaks
in it are known no sooner. Nothing is judged here but whether a file can be read at all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from pipeline.errors import InputError
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.places import TABLES, kind, opened, stem, whole
from pipeline.tagging.archive.plan import File, Piece
from pipeline.tagging.archive.streams import BLOCK, blocks, is_wide, unpacked
from pipeline.text.decoding import Inspection
from pipeline.text.tables import BadRecordError, Table, rows_of

_LINE_END = re.compile(rb"\r\n|\r|\n")
_HEAD = 1 << 26  # the first line, which names a CSV's columns, is no longer


def survey(name: str, options: ArchiveOptions) -> list[Piece]:
    """The pieces of a file in order; one with a reason if it cannot be used.

    Raises:
        MissingExtraError: it is of a kind that needs an extra.
    """
    file = File(name, whole(name), kind(name))
    try:
        if file.kind == ".parquet":
            from pipeline.tagging.archive.parquet import cut  # noqa: PLC0415  loads pyarrow

            return cut(replace(file, sha256=_hashed(file)[1]), options)
        if file.kind in TABLES:
            return _cut_table(file, options)
        size, sha256 = _hashed(file)
        return [Piece(replace(file, sha256=sha256), 0, size, 1, size)]
    except InputError as error:
        line = error.line if isinstance(error, BadRecordError) else 1
        return [Piece(replace(file, reason=str(error)), 0, 0, line, 0)]


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def _hashed(file: File) -> tuple[int, str]:
    """The size of a file in bytes, and their SHA-256."""
    size = 0
    digest = hashlib.sha256()
    with opened(file.place, file.name) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _cut_table(file: File, options: ArchiveOptions) -> list[Piece]:
    """Pieces of JSON Lines or CSV, after a pass that settles the encoding and, of JSON Lines, cuts as well."""
    file = replace(file, wide=is_wide(file))
    inspection = Inspection(file.name)
    digest = hashlib.sha256()
    with unpacked(file) as stream:
        cuts = list(_line_cuts(blocks(stream, file.name, wide=file.wide), options.shard_bytes, inspection, digest))
    file = replace(file, encoding=inspection.encoding(), sha256=digest.hexdigest())
    if file.kind.startswith(".csv"):
        file = _with_header(file, options)
        if len(cuts) > 2:
            with unpacked(file) as stream:
                cuts = list(_row_cuts(blocks(stream, file.name, wide=file.wide), file, options.shard_bytes, cuts[-1]))
    return [Piece(file, start, stop, line, stop - start) for (start, line), (stop, _) in pairwise(cuts) if stop > start]


def _line_cuts(found: Iterator[bytes], size: int, inspection: Inspection, digest: _Digest) -> Iterator[tuple[int, int]]:
    """Places after line ends, ``size`` bytes or more apart, with the line that begins there; the first and the end too."""
    yield 0, 1
    place = start = 0  # of the block; of the piece
    line = 1
    for block in found:
        inspection.feed(block)
        digest.update(block)
        counted = 0
        while start + size <= place + len(block):
            end = _LINE_END.search(block, max(counted, start + size - place - 1))
            if end is None:
                break
            line += _line_ends(block, counted, end.end())
            counted = end.end()
            start = place + counted
            yield start, line
        line += _line_ends(block, counted, len(block))
        place += len(block)
    if place > start:
        yield place, line


def _line_ends(block: bytes, start: int, stop: int) -> int:
    ends = block.count(b"\n", start, stop)
    if b"\r" in block:
        ends += block.count(b"\r", start, stop) - block.count(b"\r\n", start, stop)
    return ends


def _with_header(file: File, options: ArchiveOptions) -> File:
    table = Table(file.name, stem(file.name), options.text, options.id)
    head = b""
    with unpacked(file) as stream:
        for block in blocks(stream, file.name, wide=file.wide):
            head += block
            if _LINE_END.search(block) or len(head) > _HEAD:
                break
    first = _LINE_END.split(head, maxsplit=1)[0]
    header, delimiter = table.header(first.decode(file.encoding))
    return replace(file, header=tuple(header), delimiter=delimiter)


def _row_cuts(found: Iterator[bytes], file: File, size: int, end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The same as ``_line_cuts`` for rows of CSV, which may hold line ends."""
    yield 0, 1
    place = 0  # of the line after those handed out

    def lines() -> Iterator[str]:
        nonlocal place
        for raw in _lines(found):
            text = (
                raw.decode("utf-8-sig" if not place else "utf-8") if file.encoding != "cp1252" else raw.decode("cp1252")
            )
            place += len(raw)
            yield text.rstrip("\r\n") + "\n"

    start = before = 0  # of the piece; of the row
    due = False
    for line, row in rows_of(lines(), file.delimiter):
        if due:  # what came before is a whole row
            start, due = before, False
            yield start, line
        before = place
        due = row is not None and place - start >= size
    yield end


def _lines(found: Iterator[bytes]) -> Iterator[bytes]:
    """Lines with their ends."""
    held = b""
    for block in found:
        start = 0
        data = held + block
        for match in _LINE_END.finditer(data):
            yield data[start : match.end()]
            start = match.end()
        held = data[start:]
    if held:
        yield held
