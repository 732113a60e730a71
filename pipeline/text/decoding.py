"""Bytes a user brings to text: UTF-8 first (with or without a BOM; UTF-16 with one), then Windows-1252, nothing else.

Refuses what is no text. Mending what was decoded wrongly before it came here is done in ``articles``.
"""

from __future__ import annotations

import codecs

from pipeline.errors import InputError

_CONTROL = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
_MOST_CONTROL = 0.05  # text has none; in compressed data one byte in nine is one
_LOOKED_AT = 65_536
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
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise InputError(f"{where}: begins as UTF-16 and is not; save it as UTF-8 text") from None
    else:
        _refuse_binary(data, where)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = _windows_1252(data, where, error.start)
    if "\0" in text:
        raise InputError(f"{where}: is binary and no text (it has zero bytes); save it as UTF-8 text")
    if not text.strip():
        raise InputError(f"{where}: is empty; there is no text to read")
    return text


def _refuse_binary(data: bytes, where: str) -> None:
    cure = "save it as UTF-8 text"
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise InputError(f"{where}: is {kind} and no text; {cure}")
    if b"\0" in data:
        raise InputError(f"{where}: is binary and no text (it has zero bytes); {cure}")
    head = data[:_LOOKED_AT]
    if len(head) - len(head.translate(None, _CONTROL)) > _MOST_CONTROL * len(head):
        raise InputError(f"{where}: is binary and no text (it is full of control characters); {cure}")


def _windows_1252(data: bytes, where: str, bad: int) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        utf8, windows = (data.count(b"\n", 0, place) + 1 for place in (bad, error.start))
        raise InputError(
            f"{where}: is neither UTF-8 (see line {utf8}) nor Windows-1252 text (see line {windows}); save it as UTF-8 text"
        ) from None
