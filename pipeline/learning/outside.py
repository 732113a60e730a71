"""A trained model on text nobody here wrote: what it finds and how often it cries wolf, per file and topic.

A file holds one JSON object a line with ``text``, ``topics`` (present), ``known`` (whose presence or absence the
source tells) and, if rows belong together, ``group``. Only known cells are counted; files are never pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.files import read_jsonl
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.decision import decide
from pipeline.learning.metrics import average_precision
from pipeline.learning.model import Model

Array = NDArray[Any]


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
    """

    name: str
    texts: tuple[str, ...]
    Y: Array
    known: Array
    groups: Array
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """One topic on one file; a figure without its cells (recall without positives) is ``nan``.

    Attributes:
        file: name of the file.
        topic: topic key.
        positives: rows known to have it.
        negatives: rows known not to have it.
        recall: at the model's own threshold.
        false_alarms: per 1,000 known negatives.
        average_precision: where both kinds exist.
    """

    file: str
    topic: str
    positives: int
    negatives: int
    recall: Interval
    false_alarms: Interval
    average_precision: Interval


def read_outside(path: Path, keys: tuple[str, ...]) -> OutsideText:
    """Read a file of judged outside text.

    Raises:
        InputError: names ``file:line`` and the key that is missing or of the wrong kind, or the file is judged for
            none of ``keys``.
    """
    texts, present, judged, groups = [], [], [], []
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
        texts.append(record["text"])
        present.append(record["topics"])
        judged.append(record["known"])
        group = record.get("group")
        groups.append(("line", str(number)) if group is None else ("group", str(group)))
    if not texts:
        raise InputError(f"{path}: is empty; one JSON object a line is needed")
    number_of = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    ignored = sorted({topic for row in judged for topic in row} - set(keys))
    known = np.array([[key in row for key in keys] for row in judged])
    if not known.any():
        raise InputError(f"{path}: no line has a topic of the model in 'known'; the model's are: {', '.join(keys)}")
    return OutsideText(
        path.name,
        tuple(texts),
        np.array([[key in row for key in keys] for row in present]),
        known,
        np.array([number_of[group] for group in groups]),
        tuple(ignored),
    )


def evaluate_outside(model: Model, outside: OutsideText, *, rounds: int = 1000, seed: int = 0) -> list[OutsideRow]:
    """Figures of a model on one file, one row a topic, intervals by group.

    Args:
        model: at its own thresholds.
        outside: the rows, read with the model's topics.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.
    """
    P = model.probabilities(outside.texts)
    T = decide(P, model.thresholds)
    rows = []
    for j, key in enumerate(model.codebook.keys):
        known = outside.known[:, j]
        y, tags, score = outside.Y[known, j], T[known, j], P[known, j]
        if not len(y):
            continue

        def statistic(
            weight: Array, known: Array = known, y: Array = y, tags: Array = tags, score: Array = score
        ) -> Array:
            w = weight[:, known]
            positive, negative = w @ y, w @ ~y
            recall = _share(w @ (tags & y), positive)
            alarms = 1000 * _share(w @ (tags & ~y), negative)
            ap = np.where(negative > 0, average_precision(score, y, w), np.nan)
            return np.column_stack([recall, alarms, ap])

        recall, alarms, ap = bootstrap(statistic, outside.groups, rounds=rounds, seed=seed)
        rows.append(OutsideRow(outside.name, key, int(y.sum()), int((~y).sum()), recall, alarms, ap))
    return rows


def _share(part: Array, whole: Array) -> Array:
    """``part / whole``, ``nan`` where there is nothing to share."""
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
