"""Tables of text as streams: unpacked, UTF-16 turned into UTF-8, block by block, from the beginning or from a byte.

Neither gzip nor UTF-16 can be entered in the middle: a ``Cursor`` keeps such a file open for the stretch that follows.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, cast

from pipeline.errors import InputError
from pipeline.tagging.archive.places import opened
from pipeline.tagging.archive.plan import File, Piece
from pipeline.text.decoding import UTF_16, decode_lines, not_utf_16

BLOCK = 1 << 20


def changed(name: str) -> InputError:
    """What to say of a file that is no longer what the survey found."""
    return InputError(f"{name}: has changed since the run was planned; start anew with another --out")


@contextmanager
def unpacked(file: File) -> Iterator[BinaryIO]:
    """A file as bytes of text."""
    with opened(file.place, file.name) as raw:
        yield cast("BinaryIO", gzip.GzipFile(fileobj=raw, mode="rb")) if file.kind.endswith(".gz") else raw


def blocks(stream: BinaryIO, where: str, *, wide: bool) -> Iterator[bytes]:
    r"""What follows in a stream, in blocks that never part ``\r`` from ``\n``.

    Args:
        stream: to read from.
        where: what to call it in a message.
        wide: it is UTF-16 from its beginning on; the blocks are UTF-8.

    Raises:
        InputError: gzip or UTF-16 breaks off.
    """
    decoder = codecs.getincrementaldecoder("utf-16")() if wide else None
    held = b""
    more = True
    while more:
        block = _read(stream, where)
        more = bool(block)
        if decoder is not None:
            try:
                block = decoder.decode(block, final=not more).encode("utf-8")
            except UnicodeError:
                raise not_utf_16(where) from None
        block = held + block
        held = b"\r" if more and block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        if block:
            yield block


def _read(stream: BinaryIO, where: str) -> bytes:
    try:
        return stream.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{where}: is no gzip or is cut off; compress the file anew") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{where}: cannot be read ({reason}); check the file and the disk it is on") from None


def is_wide(file: File) -> bool:
    """Whether a file begins as UTF-16 does."""
    with unpacked(file) as stream:
        return _read(stream, file.name).startswith(UTF_16)


class Stretches:
    """Parts of a stream, asked for in the order in which they lie there.

    Args:
        found: the stream's blocks.
    """

    def __init__(self, found: Iterator[bytes]) -> None:
        self._blocks = found
        self._held = b""
        self.place = 0

    def between(self, start: int, stop: int) -> Iterator[bytes]:
        """What lies between two places, in blocks; less where the stream ends before."""
        while self.place < stop:
            block = self._held or next(self._blocks, b"")
            if not block:
                return
            skipped = min(len(block), max(0, start - self.place))
            used = min(len(block), stop - self.place)
            self._held = block[used:]
            self.place += used
            if used > skipped:
                yield block[skipped:used]


class Cursor:
    """Reads pieces of text; quickest if they are asked for in order. Not to be shared by threads."""

    def __init__(self) -> None:
        self._file: File | None = None
        self._open = ExitStack()
        self._stretches = Stretches(iter(()))

    def text(self, piece: Piece) -> str:
        """The text of a piece, its line ends LF.

        Raises:
            InputError: the file is gone, cut off, or shorter than it was.
        """
        file = piece.file
        if file.wide or file.kind.endswith(".gz"):
            data = self._next(piece)
        else:
            with opened(file.place, file.name) as stream:
                stream.seek(piece.start)
                data = stream.read(piece.stop - piece.start)
        if len(data) != piece.stop - piece.start:
            raise changed(file.name)
        return decode_lines(data if piece.start else data.removeprefix(codecs.BOM_UTF8))

    def close(self) -> None:
        """Let go of the open file."""
        self._open.close()
        self._file = None

    def _next(self, piece: Piece) -> bytes:
        if self._file != piece.file or self._stretches.place > piece.start:
            self.close()
            self._file = piece.file
            stream = self._open.enter_context(unpacked(piece.file))
            self._stretches = Stretches(blocks(stream, piece.file.name, wide=piece.file.wide))
        return b"".join(self._stretches.between(piece.start, piece.stop))
