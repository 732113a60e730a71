"""Bytes a user brings to text: UTF-8 first (with or without a BOM; UTF-16 with one), then Windows-1252, nothing else.

Refuses what is no text. Bytes that do not fit into memory are inspected block by block, with the same outcome. Mending
what was decoded wrongly before it came here is done in ``articles``.
"""

from __future__ import annotations

import codecs
import re

from pipeline.errors import InputError

_CONTROL = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
_MOST_CONTROL = 0.05  # text has none; in compressed data one byte in nine is one
_LOOKED_AT = 65_536
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # the bytes that Windows-1252 leaves without a meaning
# First bytes of what people take for text.
_SIGNATURES = {b"%PDF-": "a PDF", b"PK\x03\x04": "a zip or an office document", b"{\\rtf": "rich text (RTF)", b"\xd0\xcf\x11\xe0": "an old office document"}  # fmt: skip


def decode(data: bytes, where: str) -> str:
    r"""Bytes as text, without a BOM.

    Args:
        data: what was read.
        where: what to call it in a message.

    Raises:
        InputError: there is nothing in it, or it is no text.

    >>> decode(b"caf\xc3\xa9", "a.txt"), decode(b"caf\xe9", "a.txt")
    ('café', 'café')
    """
    text = None
    if data.startswith(UTF_16):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise not_utf_16(where) from None
    else:
        _refuse_binary(data[:_LOOKED_AT], where, zero=b"\0" in data)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = _windows_1252(data, where, error.start)
    if "\0" in text:
        raise _zero_bytes(where)
    if not text.strip():
        raise _empty(where)
    return text


class Inspection:
    r"""What ``decode`` would say of bytes that come in blocks; holds one block at a time.

    Args:
        where: what to call the bytes in a message.

    >>> inspection = Inspection("a.txt")
    >>> for block in (b"caf", b"\xe9"):
    ...     inspection.feed(block)
    >>> inspection.encoding()
    'cp1252'
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8-sig")()
        self._head = b""
        self._lines = 0
        self._zero = self._text = self._wide = False
        self._not_utf8 = self._not_windows = 0  # the lines where that was seen

    def feed(self, block: bytes) -> None:
        """Look at the next bytes; blocks of 0 bytes are none."""
        if len(self._head) < _LOOKED_AT:
            self._head += block[: _LOOKED_AT - len(self._head)]
        self._zero = self._zero or b"\0" in block
        if not self._not_windows and (bad := _NO_WINDOWS.search(block)):
            self._not_windows = self._lines + block.count(b"\n", 0, bad.start()) + 1
        self._decode(block, final=False)
        self._lines += block.count(b"\n")

    def encoding(self) -> str:
        """After the last block: the encoding to decode all of it by, "utf-8-sig" or "cp1252".

        Raises:
            InputError: there is nothing in it, or it is no text.
        """
        self._decode(b"", final=True)
        _refuse_binary(self._head, self._where, zero=self._zero)
        if self._not_utf8 and self._not_windows:
            raise _neither(self._where, self._not_utf8, self._not_windows)
        if not self._text:
            raise _empty(self._where)
        return "cp1252" if self._not_utf8 else "utf-8-sig"

    def _decode(self, block: bytes, *, final: bool) -> None:
        if self._decoder is None:
            self._text = self._text or bool(block.decode("cp1252", "replace").strip())
            return
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            data = error.object
            # A part of a character that was kept back from the block before has no line end in it.
            self._not_utf8 = self._lines + data.count(b"\n", 0, error.start) + 1
            self._decoder = None
            # Blanks beyond ASCII, and a BOM, were letters then.
            wide = self._wide or self._head.startswith(codecs.BOM_UTF8)
            self._text = self._text or wide or bool(data.decode("cp1252", "replace").strip())
        else:
            self._text = self._text or bool(text.strip())
            self._wide = self._wide or not block.isascii()


def not_utf_16(where: str) -> InputError:
    """What to say of bytes that have UTF-16's mark and break its rules."""
    return InputError(f"{where}: begins as UTF-16 and is not; save it as UTF-8 text")


def _zero_bytes(where: str) -> InputError:
    return InputError(f"{where}: is binary and no text (it has zero bytes); save it as UTF-8 text")


def _empty(where: str) -> InputError:
    return InputError(f"{where}: is empty; there is no text to read")


def _neither(where: str, utf8: int, windows: int) -> InputError:
    return InputError(
        f"{where}: is neither UTF-8 (see line {utf8}) nor Windows-1252 text (see line {windows}); save it as UTF-8 text"
    )


def _refuse_binary(head: bytes, where: str, *, zero: bool) -> None:
    cure = "save it as UTF-8 text"
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise InputError(f"{where}: is {kind} and no text; {cure}")
    if zero:
        raise _zero_bytes(where)
    if len(head) - len(head.translate(None, _CONTROL)) > _MOST_CONTROL * len(head):
        raise InputError(f"{where}: is binary and no text (it is full of control characters); {cure}")


def _windows_1252(data: bytes, where: str, bad: int) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        utf8, windows = (data.count(b"\n", 0, place) + 1 for place in (bad, error.start))
        raise _neither(where, utf8, windows) from None
