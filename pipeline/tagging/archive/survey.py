"""Looks at each file once, before the run: what it is, its hash, and where it can be cut into pieces.

Every file is read here in blocks and whole: its hash, a line's number and the end of a row with line breaks in it are
known no sooner. Nothing is judged here but whether a file can be read at all.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from pipeline.errors import InputError
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.places import TABLES, kind, opened, stem, whole
from pipeline.tagging.archive.plan import File, Piece
from pipeline.tagging.archive.streams import BLOCK, Stretches, blocks, is_wide, unpacked
from pipeline.text.decoding import decode_lines, empty, refuse_binary
from pipeline.text.tables import LONGEST, BadRecordError, Table, rows_of

_LINE_END = re.compile(rb"\r\n|\r|\n")


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
        if size > LONGEST:
            what = f"has {size:,} bytes, no article is longer than {LONGEST:,}; divide it"
            return [Piece(replace(file, sha256=sha256, reason=f"{file.name}: {what}"), 0, 0, 1, 0)]
        return [Piece(replace(file, sha256=sha256), 0, size, 1, size)]
    except InputError as error:
        line = error.line if isinstance(error, BadRecordError) else 1
        return [Piece(replace(file, reason=str(error)), 0, 0, line, 0)]


def _hashed(file: File) -> tuple[int, str]:
    """The size of a file in bytes, and their SHA-256."""
    size = 0
    digest = hashlib.sha256()
    with opened(file.place, file.name) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


@dataclass(slots=True)
class _Seen:
    """What a pass over a table's bytes has come to know.

    Attributes:
        digest: of the bytes so far.
        head: the first block of them.
        text: whether any of them is more than a blank.
        line: the number of the last line.
        reason: why the bytes end in that line, before the file does, or "".
    """

    digest: Any = field(default_factory=hashlib.sha256)
    head: bytes = b""
    text: bool = False
    line: int = 1
    reason: str = ""

    def feed(self, block: bytes) -> None:
        self.digest.update(block)
        if not self.head:
            self.head = block = block.removeprefix(codecs.BOM_UTF8)
        self.text = self.text or not (block.isspace() or not block)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Whole lines of a table.

    Attributes:
        start: first byte.
        stop: one past the last.
        line: number of the first line.
        long: whether it is one line, longer than any may be.
    """

    start: int
    stop: int
    line: int
    long: bool = False


def _cut_table(file: File, options: ArchiveOptions) -> list[Piece]:
    """Pieces of JSON Lines or CSV, after a pass over all of it that, of JSON Lines, cuts as well."""
    file = replace(file, wide=is_wide(file))
    seen = _Seen()
    with unpacked(file) as stream:
        found = list(_line_stretches(blocks(stream, file.name, wide=file.wide), options.shard_bytes, seen))
    if seen.reason and not found:
        raise InputError(seen.reason)
    refuse_binary(seen.head, file.name)
    if not seen.text:
        raise empty(file.name)
    file = replace(file, sha256=seen.digest.hexdigest())
    if file.kind.startswith(".csv"):
        file = _with_header(file, seen.head, options)
        if len(found) > 1:
            with unpacked(file) as stream:
                found = list(
                    _row_stretches(blocks(stream, file.name, wide=file.wide), file, options.shard_bytes, found)
                )
    pieces = [_piece(file, stretch) for stretch in found]
    if seen.reason:
        reason = f"{file.name}:{seen.line}{seen.reason.removeprefix(file.name)}"
        pieces.append(Piece(replace(file, reason=reason), 0, 0, seen.line, 0))
    return pieces


def _piece(file: File, stretch: _Stretch) -> Piece:
    if stretch.long:
        what = f"the line is longer than {LONGEST:,} bytes; write one record a line, and shorter ones"
        file = replace(file, reason=f"{file.name}:{stretch.line}: {what}")
    return Piece(file, stretch.start, stretch.stop, stretch.line, stretch.stop - stretch.start)


def _line_stretches(found: Iterator[bytes], size: int, seen: _Seen) -> Iterator[_Stretch]:
    """Stretches of ``size`` bytes or a line more; to the last whole line of a stream that breaks off."""
    place = start = last = 0  # of the block; of the stretch; of the line at hand
    first = line = 1  # the numbers of the lines at the latter two
    try:
        for block in found:
            seen.feed(block)
            counted = 0
            end = _LINE_END.search(block)
            if end is not None and place + end.end() - last > LONGEST:
                if last > start:
                    yield _Stretch(start, last, first)
                counted = end.end()
                yield _Stretch(last, place + counted, line, long=True)
                start = last = place + counted
                first = line = line + 1
            while start + size <= place + len(block):
                end = _LINE_END.search(block, max(counted, start + size - place - 1))
                if end is None:
                    break
                line += _line_ends(block, counted, end.end())
                counted = end.end()
                yield _Stretch(start, place + counted, first)
                start, first = place + counted, line
            line += _line_ends(block, counted, len(block))
            ended = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            last = place + ended if ended else last
            place += len(block)
    except InputError as error:
        seen.reason = str(error)
        place = last  # what there is of the last line is not all of it
    seen.line = line
    long = place - last > LONGEST
    stop = last if long else place
    if stop > start:
        yield _Stretch(start, stop, first)
    if long:
        yield _Stretch(last, place, line, long=True)


def _line_ends(block: bytes, start: int, stop: int) -> int:
    ends = block.count(b"\n", start, stop)
    if b"\r" in block:
        ends += block.count(b"\r", start, stop) - block.count(b"\r\n", start, stop)
    return ends


def _with_header(file: File, head: bytes, options: ArchiveOptions) -> File:
    table = Table(file.name, stem(file.name), options.text, options.id)
    header, delimiter = table.header(decode_lines(_LINE_END.split(head, maxsplit=1)[0]))
    return replace(file, header=tuple(header), delimiter=delimiter)


def _row_stretches(found: Iterator[bytes], file: File, size: int, lines: list[_Stretch]) -> Iterator[_Stretch]:
    """The same for rows of CSV, which may hold line ends; the lines that are too long for one stay where they are."""
    stream = Stretches(found)
    for long, some in groupby(lines, key=lambda stretch: stretch.long):
        if long:
            yield from some
            continue
        joined = list(some)
        whole = replace(joined[0], stop=joined[-1].stop)
        yield from _rows_in(whole, stream.between(whole.start, whole.stop), file.delimiter, size)


def _rows_in(whole: _Stretch, found: Iterator[bytes], delimiter: str, size: int) -> Iterator[_Stretch]:
    start = place = whole.start  # of the stretch; after the lines that were read
    first = 0

    def lines() -> Iterator[str]:
        nonlocal place
        for raw in _lines(found):
            line = raw if place else raw.removeprefix(codecs.BOM_UTF8)
            place += len(raw)
            yield line.decode("latin-1")  # what divides rows and cells is ASCII in all encodings there are

    for line, _ in rows_of(lines(), delimiter, whole.line):
        first = first or line
        if place - start >= size:
            yield _Stretch(start, place, first)
            start, first = place, 0
    if whole.stop > start:
        yield _Stretch(start, whole.stop, first)


def _lines(found: Iterator[bytes]) -> Iterator[bytes]:
    """Lines with their ends."""
    held = b""
    for block in found:
        lines = (held + block).splitlines(keepends=True)
        held = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        yield from lines
    if held:
        yield held
