"""A trained model on outside text: what it finds, how often it cries wolf, how sure it is, and whether rules do better.

Only known cells are counted; files are never pooled. The keyword rules are those of the model's own term lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.lexicon import Lexicon
from pipeline.intervals import Interval, bootstrap
from pipeline.learning import bulk
from pipeline.learning.baselines import count_terms
from pipeline.learning.calibration import Bin, calibration_error, reliability
from pipeline.learning.decision import decide
from pipeline.learning.metrics import average_precision
from pipeline.learning.model import Model
from pipeline.learning.outside import OutsideText
from pipeline.learning.summary import Mistake

Array = NDArray[Any]

MACRO = "macro"


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """One topic on one file; a figure without its cells (recall without positives) is ``nan``.

    Attributes:
        file: name of the file.
        topic: topic key, or "macro".
        positives: rows known to have it.
        negatives: rows known not to have it.
        recall: at the model's own threshold.
        false_alarms: per 1,000 known negatives.
        average_precision: where both kinds exist.
        f1: at the model's own threshold, where both kinds exist.
        calibration_error: expected, of the probabilities, where both kinds exist; ten bins of equal mass.
        ap_ahead: average precision minus that of the keyword rules, paired over groups.
        f1_ahead: F1 minus that of the keyword rules, likewise.
    """

    file: str
    topic: str
    positives: int
    negatives: int
    recall: Interval
    false_alarms: Interval
    average_precision: Interval
    f1: Interval
    calibration_error: Interval
    ap_ahead: Interval
    f1_ahead: Interval


FIGURES = tuple(OutsideRow.__dataclass_fields__)[4:]


@dataclass(frozen=True, slots=True)
class OutsideResult:
    """One file.

    Attributes:
        name: of the file and its half.
        rows: figures by topic.
        bins: reliability by topic, for the topics in ``rows`` that have both answers.
        mistakes: the most telling ones.
        fingerprint: of the rows and their judgements.
        copies: rows that nearly stand in the training text, ``None`` where that is not at hand.
    """

    name: str
    rows: tuple[OutsideRow, ...]
    bins: dict[str, tuple[Bin, ...]]
    mistakes: tuple[Mistake, ...]
    fingerprint: str = ""
    copies: int | None = None


def evaluate_outside(
    model: Model, outside: OutsideText, *, mistakes: int = 0, rounds: int = 1000, seed: int = 0
) -> OutsideResult:
    """Figures of a model on one file, one row a topic, intervals by group.

    Args:
        model: at its own thresholds.
        outside: the rows, read with the model's topics.
        mistakes: how many to tell, see ``outside_mistakes``.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.

    Returns:
        A row for each topic that is known somewhere, and, where two or more have both answers, their mean as "macro".
    """
    keys = model.codebook.keys
    P = bulk.probabilities(model, outside.texts)
    T = decide(P, model.thresholds)
    rules = count_terms(list(outside.texts), _lists(model), keys)
    judged = [j for j in range(len(keys)) if outside.known[:, j].any()]
    both = [
        place
        for place, j in enumerate(judged)
        if 0 < outside.Y[outside.known[:, j], j].sum() < outside.known[:, j].sum()
    ]

    def statistic(weight: Array) -> Array:
        columns = np.stack(
            [_figures(weight, P[:, j], T[:, j], rules[:, j], outside.Y[:, j], outside.known[:, j]) for j in judged]
        )
        macro = columns[both].mean(axis=0, keepdims=True) if len(both) > 1 else columns[:0]
        return np.concatenate([*columns, *macro], axis=1)

    intervals = bootstrap(statistic, outside.groups, rounds=rounds, seed=seed)
    parts = [intervals[first : first + len(FIGURES)] for first in range(0, len(intervals), len(FIGURES))]
    rows, bins = [], {}
    for j, part in zip(judged, parts, strict=False):
        known = outside.known[:, j]
        y = outside.Y[known, j]
        rows.append(OutsideRow(outside.name, keys[j], int(y.sum()), int((~y).sum()), *part))
        if y.any() and not y.all():
            bins[keys[j]] = reliability(P[known, j], y)
    if len(both) > 1:
        chosen = [rows[place] for place in both]
        sums = sum(row.positives for row in chosen), sum(row.negatives for row in chosen)
        rows.append(OutsideRow(outside.name, MACRO, *sums, *parts[-1]))
    told = tuple(outside_mistakes(model, outside, mistakes))
    return OutsideResult(outside.name, tuple(rows), bins, told, outside.fingerprint)


def _lists(model: Model) -> Lexicon:
    """The term lists a model was trained with."""
    return Lexicon({key: tuple(terms) for key, terms in model.facts.get("lexicon", {}).items()})


def _figures(weight: Array, score: Array, tags: Array, hits: Array, y: Array, known: Array) -> Array:
    """The figures of one topic in the order of ``FIGURES``; weights of shape (b, n) give shape (b, 7)."""
    w, y, score, hits = weight[:, known], y[known], score[known], hits[known]
    positive, negative = w @ y, w @ ~y
    both = (positive > 0) & (negative > 0)
    ap, f1 = _ranked(w, score, y, negative), _f1(w, tags[known], y, both)
    recall, alarms = _share(w @ (tags[known] & y), positive), 1000 * _share(w @ (tags[known] & ~y), negative)
    error = np.where(both, calibration_error(score, y, w), np.nan)
    ahead = ap - _ranked(w, hits, y, negative), f1 - _f1(w, hits > 0, y, both)
    return np.column_stack([recall, alarms, ap, f1, error, *ahead])


def _ranked(w: Array, score: Array, y: Array, negative: Array) -> Array:
    return np.where(negative > 0, average_precision(score, y, w), np.nan)


def _f1(w: Array, tags: Array, y: Array, both: Array) -> Array:
    return np.where(both, _share(2 * (w @ (tags & y)), w @ tags + w @ y), np.nan)


def outside_mistakes(model: Model, outside: OutsideText, number: int) -> list[Mistake]:
    """The most telling mistakes on one file: for each topic the surest false alarms and the furthest misses.

    Args:
        model: at its own thresholds.
        outside: the rows.
        number: of all, shared out evenly over topics and kinds; the most telling first within each.
    """
    P = bulk.probabilities(model, outside.texts)
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
