"""Texts as the kernel reads them: all bytes one after the other, and where each text begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InputError

Array = NDArray[Any]


class Bytes(NamedTuple):
    """n texts.

    Attributes:
        source: uint8, UTF-8.
        offsets: int64 of shape (n + 1,); text i is ``source[offsets[i]:offsets[i + 1]]``.
    """

    source: Array
    offsets: Array

    def text(self, i: int) -> str:
        """One of the texts."""
        return bytes(self.source[self.offsets[i] : self.offsets[i + 1]]).decode("utf-8", "surrogatepass")


def to_bytes(texts: Sequence[str] | Any) -> Bytes:
    """Texts as bytes; an Arrow array of ``large_string`` is taken as it is, without a copy.

    Raises:
        InputError: one of them is missing (null).
    """
    if not isinstance(texts, pa.Array):
        try:
            texts = pa.array(texts, pa.large_string())
        except UnicodeEncodeError:  # half of a surrogate pair, which Arrow refuses and Python's str holds
            return _joined([text.encode("utf-8", "surrogatepass") for text in texts])
    if texts.null_count:
        raise InputError("a text is missing (null) among those to score; leave its row out")
    if not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    _, places, data = texts.buffers()
    offsets = np.frombuffer(places, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return Bytes(np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8), offsets)


def _joined(encoded: list[bytes]) -> Bytes:
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return Bytes(np.frombuffer(b"".join(encoded), np.uint8), offsets)
