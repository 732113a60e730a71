"""Text nobody here wrote, judged by its source: read, and split into a half to choose by and a half to report on.

A file holds one JSON object a line with ``text``, ``topics`` (present), ``known`` (whose presence or absence the
source tells) and, if rows belong together, ``group``. What a model makes of it is ``outside_evaluation``'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.files import canonical_json, read_jsonl, sha256_text

Array = NDArray[Any]

HALVES = ("choose", "report", "all")


@dataclass(frozen=True, slots=True, eq=False)
class OutsideText:
    """Rows of one file: n texts, judged for k topics of a codebook.

    Attributes:
        name: the file's name.
        texts: n texts.
        Y: bool (n, k).
        known: bool (n, k).
        groups: ints (n,).
        ignored: topics of the file that the codebook does not have.
        fingerprint: of texts, judgements and groups.
    """

    name: str
    texts: tuple[str, ...]
    Y: Array
    known: Array
    groups: Array
    ignored: tuple[str, ...]
    fingerprint: str


def in_half(group: str, half: str) -> bool:
    """Whether a group belongs to a half: one to choose recipes by, one to report them on, by a hash of its name.

    >>> [in_half(day, "choose") for day in ("2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04")]
    [True, True, False, True]
    """
    return half == "all" or (int(sha256_text(group), 16) % 2 == 0) == (half == "choose")


def read_halves(path: Path, keys: tuple[str, ...]) -> dict[str, OutsideText]:
    """The halves of a file that have rows, "choose" first.

    Raises:
        InputError: as ``read_outside``, for the file as a whole.
    """
    _ = read_outside(path, keys)
    groups = [_group(record, number) for number, record in read_jsonl(path)]
    present = [half for half in HALVES[:2] if any(in_half(group, half) for group in groups)]
    return {half: read_outside(path, keys, half) for half in present}


def _group(record: dict[str, Any], number: int) -> str:
    """What a row stands together with; one without a group stands alone, under the number of its line."""
    return str(record.get("group") or number)


def read_outside(path: Path, keys: tuple[str, ...], half: str = "all") -> OutsideText:
    """Read a file of judged outside text.

    Args:
        path: the file.
        keys: the model's topics.
        half: "all", or of the groups only those to "choose" by or to "report" on.

    Raises:
        InputError: names ``file:line`` and the key that is missing or of the wrong kind, or the file is judged for
            none of ``keys``.
    """
    texts, present, judged, groups, skipped = [], [], [], [], 0
    for number, record in read_jsonl(path):
        where = f"{path}:{number}"
        if not isinstance(record.get("text"), str):
            raise InputError(f"{where}: 'text' is missing or not a string; each line needs text, topics and known")
        for key in ("topics", "known"):
            value = record.get(key)
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise InputError(
                    f"{where}: {key!r} is missing or not a list of topic keys; each line needs text, topics and known"
                )
        if extra := set(record["topics"]) - set(record["known"]):
            raise InputError(f"{where}: topics {sorted(extra)} are not in 'known'; add them there")
        group = _group(record, number)
        if not in_half(group, half):
            skipped += 1
            continue
        texts.append(record["text"])
        present.append(record["topics"])
        judged.append(record["known"])
        groups.append(("line" if record.get("group") is None else "group", group))
    if not texts and skipped:
        raise InputError(f"{path}: all rows ({skipped}) are in the other half than {half!r}; take --half all")
    if not texts:
        raise InputError(f"{path}: is empty; one JSON object a line is needed")
    number_of = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    ignored = sorted({topic for row in judged for topic in row} - set(keys))
    known = np.array([[key in row for key in keys] for row in judged])
    if not known.any():
        raise InputError(f"{path}: no line has a topic of the model in 'known'; the model's are: {', '.join(keys)}")
    return OutsideText(
        path.name if half == "all" else f"{path.name} ({half} half)",
        tuple(texts),
        np.array([[key in row for key in keys] for row in present]),
        known,
        np.array([number_of[group] for group in groups]),
        tuple(ignored),
        sha256_text(canonical_json([texts, present, judged, groups])),
    )
