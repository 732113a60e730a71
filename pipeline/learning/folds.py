"""Folds that never split an article and share out every topic evenly at once.

Neither scikit-learn (one label, grouped) nor iterative stratification (Sechidis et al. 2011: many labels, ungrouped)
does both. Here whole groups are dealt greedily, the richest in rare columns first, each to the fold where the loss
grows least; several seeded, shaken orders are tried and the best kept, so another seed deals quite other folds.
Columns are the positives of each topic, the paragraphs judged to have none, and all judged rows. Balance is scored
by ``imbalance``.

A topic that is judged in few articles as yet must not move the others about: articles judged for the widely judged
topics are dealt first and by these alone, the rest afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import LabelError

Array = NDArray[Any]

WIDE = 0.5  # a topic is widely judged if it is judged in so many articles, as a share of the topic judged in most
SHAKE = 0.3  # by what part, at most, chance makes a group's share greater or smaller when groups are put in order


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Folds given from outside: each value of a column of ``data/articles.csv`` is left out in turn.

    Attributes:
        column: the column.
        values: its values; fold f is ``values[f]``.
        fold: ints of shape (n,).
    """

    column: str
    values: tuple[str, ...]
    fold: Array


def split_by(column: str, value_of: Mapping[str, str], articles: tuple[str, ...], groups: Array) -> Split:
    """Split rows by a value their articles have.

    Args:
        column: name of the column, for people.
        value_of: article id -> value; an article without one is "(none)".
        articles: article ids.
        groups: ints of shape (n,), places in ``articles``.

    Raises:
        LabelError: all articles have the same value.
    """
    named = [value_of.get(article) or "(none)" for article in articles]
    values = tuple(sorted({named[group] for group in groups.tolist()}))
    if len(values) < 2:
        raise LabelError(
            f"column {column!r}: all labelled articles have one value ({', '.join(values)}); split by another column"
        )
    place = np.array([values.index(name) if name in values else -1 for name in named])
    return Split(column, values, place[groups])


def _columns(Y: Array, known: Array) -> Array:
    """What is shared out: k columns of positives, one of judged rows without a topic, one of judged rows; (n, k + 2)."""
    positive, judged = Y & known, known.any(axis=1)
    return np.column_stack([positive, judged & ~positive.any(axis=1), judged]).astype(np.float64)


def _per_group(values: Array, groups: Array) -> Array:
    """Sums of rows by group, shape (g, columns)."""
    total = np.zeros((int(groups.max()) + 1, values.shape[1]))
    np.add.at(total, groups, values)
    return total


def _loss(shares: Array) -> Array:
    """Sum of squared deviations of each fold's share of each column from an even share; last two axes (folds, columns)."""
    return np.asarray(((shares * shares.shape[-2] - 1) ** 2).sum(axis=(-2, -1)))


def assign_folds(Y: Array, known: Array, groups: Array, *, folds: int, seed: int, tries: int = 10) -> Array:
    """Deal rows into folds.

    Args:
        Y: judgements, bool of shape (n, k).
        known: whether judged, bool of shape (n, k).
        groups: ints of shape (n,), article numbers; rows of a group stay together.
        folds: number of folds.
        seed: seed of the orders tried.
        tries: number of orders.

    Returns:
        Ints of shape (n,), fold numbers from 0 to folds - 1; each fold holds at least one group.

    Raises:
        LabelError: there are fewer groups than folds.
    """
    _, numbers = np.unique(groups, return_inverse=True)
    count = int(numbers.max()) + 1 if len(numbers) else 0
    if count < folds:
        raise LabelError(
            f"{count} labelled articles cannot be dealt into {folds} folds; label more articles or lower the number of folds"
        )
    judged = (_per_group(known, numbers) > 0).sum(axis=0)  # articles by topic
    wide = judged >= WIDE * judged.max()
    generator = np.random.default_rng(seed)
    fold_of = np.full(count, -1)
    for topics in (wide, np.ones_like(wide)):
        content = _per_group(_columns(Y[:, topics], known[:, topics]), numbers)
        waiting = np.flatnonzero((fold_of < 0) & ((content[:, -1] > 0) | topics.all()))
        present = content.sum(axis=0) > 0
        share = content[:, present] / content[:, present].sum(axis=0)
        deals = []
        for _ in range(tries if len(waiting) else 0):
            shaken = share[waiting].sum(axis=1) * generator.uniform(1 - SHAKE, 1 + SHAKE, len(waiting))
            deals.append(_deal(share, waiting[np.argsort(-shaken, kind="stable")], fold_of, folds))
        fold_of = min(deals, key=lambda deal: deal[0])[1] if deals else fold_of
    return fold_of[numbers]


def _deal(share: Array, order: Array, fold_of: Array, folds: int) -> tuple[float, Array]:
    """Deal the groups in ``order`` to those dealt already; the loss and every group's fold."""
    fold_of, dealt, size = fold_of.copy(), np.zeros((folds, share.shape[1])), np.zeros(folds, dtype=np.int64)
    for group in np.flatnonzero(fold_of >= 0):
        dealt[fold_of[group]] += share[group]
        size[fold_of[group]] += 1
    for position, group in enumerate(order):
        empty = np.flatnonzero(size == 0)
        open_folds = empty if len(empty) and len(order) - position <= len(empty) else np.arange(folds)
        # Only one fold's terms change, so compare the growth of its own squared deviations.
        before = dealt[open_folds]
        growth = ((before + share[group]) * folds - 1) ** 2 - (before * folds - 1) ** 2
        fold = int(open_folds[np.argmin(growth.sum(axis=1))])
        dealt[fold] += share[group]
        size[fold] += 1
        fold_of[group] = fold
    return float(_loss(dealt)), fold_of


def imbalance(Y: Array, known: Array, fold: Array) -> float:
    """How uneven folds are: the root mean square, over folds and columns, of a share's deviation from even.

    0 means that every fold holds exactly 1/folds of each topic's positives, of the paragraphs without a topic and of
    all judged rows; 0.1 means that shares are typically a tenth too large or too small.

    >>> Y = np.array([[True], [False], [True], [False]])
    >>> imbalance(Y, np.ones_like(Y), np.array([0, 0, 1, 1]))
    0.0
    """
    content = _per_group(_columns(Y, known), fold)
    content = content[:, content.sum(axis=0) > 0]
    shares = content / content.sum(axis=0)
    return float(np.sqrt(_loss(shares) / shares.size))
