"""Bytes a user brings to text: UTF-8 first (with or without a BOM; UTF-16 with one), then Windows-1252, nothing else.

Refuses what is no text. A file's encoding is one, but for tables that are too large to be decoded at once: there each line
has its own. Mending what was decoded wrongly before it came here is done in ``articles``.
"""

from __future__ import annotations

import codecs
import re

from pipeline.errors import InputError

_CONTROL = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
_MOST_CONTROL = 0.05  # text has none; in compressed data one byte in nine is one
_LOOKED_AT = 65_536
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BROKEN = re.compile("[\udc80-\udcff]")  # no encoding gives these: bytes that could not be decoded
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
        refuse_binary(data, where)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = _windows_1252(data, where, error.start)
    if "\0" in text:
        raise _zero_bytes(where)
    if not text.strip():
        raise empty(where)
    return text


def refuse_binary(head: bytes, where: str) -> None:
    """Refuse what is no text by how it begins.

    Args:
        head: the first bytes; more than 65,536 are not looked at.
        where: what to call them in a message.

    Raises:
        InputError: it is no text.
    """
    cure = "save it as UTF-8 text"
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise InputError(f"{where}: is {kind} and no text; {cure}")
    head = head[:_LOOKED_AT]
    if b"\0" in head:
        raise _zero_bytes(where)
    if len(head) - len(head.translate(None, _CONTROL)) > _MOST_CONTROL * len(head):
        raise InputError(f"{where}: is binary and no text (it is full of control characters); {cure}")


def decode_lines(data: bytes) -> str:
    r"""Lines of a table as text, each UTF-8 or else Windows-1252, since a table may be gathered from many places.

    What is neither, costs its own line: it comes with ``BROKEN`` characters in it.

    Args:
        data: whole lines.

    >>> decode_lines(b"caf\xc3\xa9\ncaf\xe9\r\n")
    'café\ncafé\n'
    """
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(map(_decode_line, data.split(b"\n")))


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "surrogateescape")


def not_utf_16(where: str) -> InputError:
    """What to say of bytes that have UTF-16's mark and break its rules."""
    return InputError(f"{where}: begins as UTF-16 and is not; save it as UTF-8 text")


def _zero_bytes(where: str) -> InputError:
    return InputError(f"{where}: is binary and no text (it has zero bytes); save it as UTF-8 text")


def empty(where: str) -> InputError:
    """What to say where there is no text."""
    return InputError(f"{where}: is empty; there is no text to read")


def _neither(where: str, utf8: int, windows: int) -> InputError:
    return InputError(
        f"{where}: is neither UTF-8 (see line {utf8}) nor Windows-1252 text (see line {windows}); save it as UTF-8 text"
    )


def _windows_1252(data: bytes, where: str, bad: int) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        utf8, windows = (data.count(b"\n", 0, place) + 1 for place in (bad, error.start))
        raise _neither(where, utf8, windows) from None
