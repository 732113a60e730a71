"""Pinned floors: figures of the default recipe that must not fall unseen, with the data they were measured on.

``experiments/floors.json`` holds the data's fingerprint and a floor of F1 and average precision for each topic. Changed data
must be pinned anew; pinning anew refuses to lower a floor unless told to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import canonical_json, read_utf8, write_text
from pipeline.learning.training import Evaluation

FIGURES = ("f1", "average_precision")
# The same data and recipe give the same figures on one kind of machine; on another the last digits may differ.
TOLERANCE = 0.002


@dataclass(frozen=True, slots=True)
class Floors:
    """What is pinned.

    Attributes:
        fingerprint: of the data.
        least: topic, or "macro" -> figure -> floor.
    """

    fingerprint: str
    least: dict[str, dict[str, float]]


def measured(evaluation: Evaluation) -> Floors:
    """What an evaluation reached over paragraphs, cut to three places."""
    table = evaluation.table("paragraph")
    names = (*evaluation.dataset.codebook.keys, "macro")
    least = {name: {f: int(1000 * table.figure(name, f).value) / 1000 for f in FIGURES} for name in names}
    return Floors(evaluation.dataset.fingerprint, least)


def read_floors(path: Path) -> Floors:
    """Read pinned floors.

    Raises:
        InputError: the file is missing or not of that form.
    """
    try:
        values: dict[str, Any] = json.loads(read_utf8(path))
        least = {str(t): {f: float(figures[f]) for f in FIGURES} for t, figures in values["least"].items()}
        return Floors(str(values["fingerprint"]), least)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path}: holds no floors; write it anew with `threat-topics gate --pin`") from None


def broken(floors: Floors, now: Floors) -> list[str]:
    """What is wrong, a sentence each; none if the gate holds."""
    if floors.fingerprint != now.fingerprint:
        return ["the data are not those the floors were pinned on; look at the report, then `threat-topics gate --pin`"]
    return [
        f"{topic}: {figure} is {now.least[topic][figure]:.3f}, its floor is {floor:.3f}"
        for topic, figures in floors.least.items()
        for figure, floor in figures.items()
        if topic in now.least and now.least[topic][figure] < floor - TOLERANCE
    ]


def pin(path: Path, now: Floors, *, lower: bool) -> None:
    """Write floors; refuses to lower one that is there unless ``lower``.

    Raises:
        InputError: a floor would fall.
    """
    if path.is_file() and not lower:
        old = read_floors(path)
        fallen = [
            f"{topic} {figure} from {floor:.3f} to {now.least[topic][figure]:.3f}"
            for topic, figures in old.least.items()
            for figure, floor in figures.items()
            if topic in now.least and now.least[topic][figure] < floor
        ]
        if fallen:
            raise InputError(f"{path}: would fall: {', '.join(fallen)}; pin with --lower if that is meant")
    write_text(path, canonical_json({"fingerprint": now.fingerprint, "least": now.least}, indent=1) + "\n")
