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
from pipeline.files import read_jsonl, sha256_text
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.decision import decide
from pipeline.learning.metrics import average_precision
from pipeline.learning.model import Model
from pipeline.learning.summary import Mistake

Array = NDArray[Any]

MACRO = "macro"


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
        f1: at the model's own threshold, where both kinds exist.
    """

    file: str
    topic: str
    positives: int
    negatives: int
    recall: Interval
    false_alarms: Interval
    average_precision: Interval
    f1: Interval


def in_half(group: str, half: str) -> bool:
    """Whether a group belongs to a half: one to choose recipes by, one to report them on, by a hash of its name.

    >>> [in_half(day, "choose") for day in ("2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04")]
    [True, True, False, True]
    """
    return half == "all" or (int(sha256_text(group), 16) % 2 == 0) == (half == "choose")


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
        group = str(record.get("group") or number)
        if not in_half(group, half):
            continue
        texts.append(record["text"])
        present.append(record["topics"])
        judged.append(record["known"])
        groups.append(("line" if record.get("group") is None else "group", group))
    if not texts:
        raise InputError(f"{path}: is empty, or this half of it is; one JSON object a line is needed")
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
    )


def evaluate_outside(model: Model, outside: OutsideText, *, rounds: int = 1000, seed: int = 0) -> list[OutsideRow]:
    """Figures of a model on one file, one row a topic, intervals by group.

    Args:
        model: at its own thresholds.
        outside: the rows, read with the model's topics.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.

    Returns:
        A row for each topic that is known somewhere, and, where two or more have both answers, their mean as "macro".
    """
    P = model.probabilities(outside.texts)
    T = decide(P, model.thresholds)
    judged = [j for j in range(len(model.codebook.keys)) if outside.known[:, j].any()]
    both = [
        place
        for place, j in enumerate(judged)
        if 0 < outside.Y[outside.known[:, j], j].sum() < outside.known[:, j].sum()
    ]

    def statistic(weight: Array) -> Array:
        columns = np.stack([_figures(weight, P[:, j], T[:, j], outside.Y[:, j], outside.known[:, j]) for j in judged])
        macro = columns[both].mean(axis=0, keepdims=True) if len(both) > 1 else columns[:0]
        return np.concatenate([*columns, *macro], axis=1)

    intervals = bootstrap(statistic, outside.groups, rounds=rounds, seed=seed)
    rows = []
    for place, j in enumerate(judged):
        y = outside.Y[outside.known[:, j], j]
        key = model.codebook.keys[j]
        four = intervals[4 * place : 4 * place + 4]
        rows.append(OutsideRow(outside.name, key, int(y.sum()), int((~y).sum()), *four))
    if len(both) > 1:
        chosen = [rows[place] for place in both]
        sums = sum(row.positives for row in chosen), sum(row.negatives for row in chosen)
        rows.append(OutsideRow(outside.name, MACRO, *sums, *intervals[-4:]))
    return rows


def _figures(weight: Array, score: Array, tags: Array, y: Array, known: Array) -> Array:
    """Recall, false alarms, average precision and F1 of one topic; weights of shape (b, n) give shape (b, 4)."""
    w, y, tags = weight[:, known], y[known], tags[known]
    positive, negative = w @ y, w @ ~y
    hits, alarms = w @ (tags & y), w @ (tags & ~y)
    both = (positive > 0) & (negative > 0)
    ap = np.where(negative > 0, average_precision(score[known], y, w), np.nan)
    f1 = np.where(both, _share(2 * hits, hits + alarms + positive), np.nan)
    return np.column_stack([_share(hits, positive), 1000 * _share(alarms, negative), ap, f1])


def outside_mistakes(model: Model, outside: OutsideText, number: int) -> list[Mistake]:
    """The most telling mistakes on one file: for each topic the surest false alarms and the furthest misses.

    Args:
        model: at its own thresholds.
        outside: the rows.
        number: of all, shared out evenly over topics and kinds; the most telling first within each.
    """
    P = model.probabilities(outside.texts)
    T = decide(P, model.thresholds)
    found: list[list[Mistake]] = []
    for j, key in enumerate(model.codebook.keys):
        y, known = outside.Y[:, j], outside.known[:, j]
        for kind, wrong, order in (("false alarm", T[:, j] & ~y, -P[:, j]), ("miss", ~T[:, j] & y, P[:, j])):
            rows = np.flatnonzero(wrong & known)
            rows = rows[np.argsort(order[rows], kind="stable")]
            found.append([Mistake(key, kind, outside.name, float(P[i, j]), outside.texts[i]) for i in rows])
    dealt = [kind[turn] for turn in range(number) for kind in found if turn < len(kind)][:number]
    return sorted(dealt, key=lambda m: (model.codebook.keys.index(m.topic), m.kind))


def _share(part: Array, whole: Array) -> Array:
    """``part / whole``, ``nan`` where there is nothing to share."""
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
