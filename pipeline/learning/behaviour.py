"""Behavioural cases: short texts with the topics each must and must not get, by capability (Ribeiro et al. 2020).

They measure, they train nothing and gate nothing. Cases under ``frozen/`` are never looked at when corpus, term lists
or recipe are changed; their hash is kept beside them, so that an edit shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError, unknown_key
from pipeline.files import read_bytes, read_toml, read_utf8
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.model import Model

FROZEN = "frozen"
HASH = "frozen.sha256"
_KEYS = ("text", "must", "must_not")


@dataclass(frozen=True, slots=True)
class Case:
    """One short text.

    Attributes:
        capability: what it tries.
        frozen: whether it belongs to the half that nothing is chosen by.
        text: the text.
        must: topics it has.
        must_not: topics it has not.
        where: file and number of the case.
    """

    capability: str
    frozen: bool
    text: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The cases of one capability and half.

    Attributes:
        capability: what they try.
        frozen: which half.
        cases: how many.
        passed: share of cases with every asked topic right.
        failures: cases that failed, each with the topics wrongly missed and wrongly given.
    """

    capability: str
    frozen: bool
    cases: int
    passed: Interval
    failures: tuple[tuple[Case, tuple[str, ...], tuple[str, ...]], ...]


def read_cases(folder: Path, keys: tuple[str, ...]) -> list[Case]:
    """All cases below a folder: ``<capability>.toml`` with a table ``[[case]]`` each, in ``open/`` and ``frozen/``.

    Args:
        folder: where they lie.
        keys: the topics there are.

    Raises:
        InputError: there are none, a key is missing or unknown, or the frozen ones differ from their hash.
    """
    cases: list[Case] = []
    paths = sorted(folder.glob("*/*.toml"))
    for path in paths:
        tables = read_toml(path, InputError).get("case", [])
        if not isinstance(tables, list):
            raise InputError(f"{path}: case: is no list; write one table [[case]] a text")
        for number, values in enumerate(tables, 1):
            cases.append(_case(values, path, number, keys))
    if not cases:
        raise InputError(f"{folder}: holds no cases; put <capability>.toml files into its folders open and frozen")
    written = folder / HASH
    if written.is_file() and read_utf8(written).strip() != frozen_hash(folder):
        raise InputError(f"{written}: the frozen cases are not the ones this hash was made of; restore them")
    return cases


def frozen_hash(folder: Path) -> str:
    """Hex SHA-256 over names and contents of the frozen files."""
    digest = hashlib.sha256()
    for path in sorted((folder / FROZEN).glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + read_bytes(path) + b"\0")
    return digest.hexdigest()


def _case(values: object, path: Path, number: int, keys: tuple[str, ...]) -> Case:
    where = f"{path}: case {number}"
    if not isinstance(values, dict):
        raise InputError(f"{where}: must be a table [[case]]")
    for key in values:
        if key not in _KEYS:
            raise InputError(unknown_key(where, key, _KEYS))
    if not isinstance(values.get("text"), str) or not values["text"].strip():
        raise InputError(f"{where}: text is missing; write the text to tag")
    must, must_not = (_topics(values, side, where, keys) for side in ("must", "must_not"))
    if not must and not must_not:
        raise InputError(f"{where}: asks nothing; name topics under must or must_not")
    capability = path.stem.replace("-", " ")
    return Case(capability, path.parent.name == FROZEN, values["text"], must, must_not, where)


def _topics(values: dict[str, Any], side: str, where: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    named = values.get(side, [])
    if not isinstance(named, list):
        raise InputError(f"{where}: {side}: is {named!r}; write a list of topics")
    for topic in named:
        if topic not in keys:
            raise InputError(unknown_key(f"{where}: {side}", topic, keys))
    return tuple(named)


def behave(model: Model, cases: Iterable[Case], *, rounds: int = 1000, seed: int = 0) -> list[Behaviour]:
    """How a model does on each capability, the frozen half apart.

    Args:
        model: at its own thresholds.
        cases: read with the model's topics.
        rounds: bootstrap rounds of the intervals over cases.
        seed: seed of the bootstrap.
    """
    grouped: dict[tuple[bool, str], list[Case]] = {}
    for case in cases:
        grouped.setdefault((case.frozen, case.capability), []).append(case)
    found = []
    for (frozen, capability), group in sorted(grouped.items()):
        tags = model.decide([case.text for case in group])
        failures = []
        for case, row in zip(group, tags.tolist(), strict=True):
            given = {key for key, tag in zip(model.codebook.keys, row, strict=True) if tag}
            missed = tuple(key for key in case.must if key not in given)
            wrong = tuple(key for key in case.must_not if key in given)
            if missed or wrong:
                failures.append((case, missed, wrong))
        failed = {case.where for case, _, _ in failures}
        right = np.array([case.where not in failed for case in group], dtype=np.float64)
        (passed,) = bootstrap(
            lambda w, right=right: (w @ right / w.sum(axis=1))[:, None],  # type: ignore[misc]
            np.arange(len(group)),
            rounds=rounds,
            seed=seed,
        )
        found.append(Behaviour(capability, frozen, len(group), passed, tuple(failures)))
    return found
