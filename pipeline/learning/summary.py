"""What out-of-fold answers are worth: tables with intervals, differences to the baselines, the worst mistakes.

Intervals are bootstrapped over articles. With several repeats each figure is the mean over repeats, computed anew in
every bootstrap round, so an interval covers which articles were written, not how they were dealt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.intervals import Interval, bootstrap
from pipeline.learning import metrics
from pipeline.learning.decision import article_level
from pipeline.learning.evaluation import MODEL, Answers, OutOfFold
from pipeline.learning.folds import Split

Array = NDArray[Any]

FIGURES = ("precision", "recall", "f1", "average_precision")
LEVELS = ("paragraph", "article")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        topic: a topic's key, "micro" or "macro".
        support: judged positives.
        figures: interval by name, see ``FIGURES``.
    """

    topic: str
    support: int
    figures: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one system at one level.

    Attributes:
        level: "paragraph" or "article".
        system: the model or a baseline.
        rows: one a topic, then micro and macro.
        exact_match: share of items with every judged topic right.
        hamming_loss: share of judged cells wrong.
        difference: for a baseline, the model's figures minus its own, by (topic, figure).
    """

    level: str
    system: str
    rows: tuple[Row, ...]
    exact_match: Interval
    hamming_loss: Interval
    difference: dict[tuple[str, str], Interval]

    def figure(self, topic: str, name: str) -> Interval:
        """One figure of one line."""
        return next(row.figures[name] for row in self.rows if row.topic == topic)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One paragraph answered wrongly out of fold.

    Attributes:
        topic: the topic in question.
        kind: "false alarm" or "miss".
        paragraph_id: article id and offsets.
        probability: out of fold, first repeat.
        text: the paragraph.
    """

    topic: str
    kind: str
    paragraph_id: str
    probability: float
    text: str


def statistics(answers: Answers, Y: Array, known: Array, weight: Array) -> Array:
    """All figures of one system, mean over repeats, for b rounds of row weights (b, n); shape (b, figures).

    Order: precision, recall, F1, average precision, each for k topics, micro, macro; then exact match, Hamming loss.
    """
    repeats = []
    for score, tags in zip(answers.score, answers.tags, strict=True):
        confusion = metrics.confusion(tags, Y, known, weight)
        with_positives = confusion.tp + confusion.fn > 0
        columns = []
        for name in FIGURES[:3]:
            per_topic, pooled = getattr(confusion, name), getattr(confusion.pooled, name)
            columns += [per_topic, pooled, _macro(per_topic, with_positives)]
        ap = metrics.average_precisions(score, Y, known, weight)
        pooled_ap = metrics.pooled_average_precision(score, Y, known, weight)
        columns += [ap, pooled_ap[:, None], _macro(ap, with_positives)]
        extra = [measure(tags, Y, known, weight)[:, None] for measure in (metrics.exact_match, metrics.hamming_loss)]
        repeats.append(np.concatenate([*columns, *extra], axis=1))
    return np.asarray(np.mean(repeats, axis=0))


def _macro(figures: Array, counted: Array) -> Array:
    """Mean of (b, k) over the topics counted, shape (b, 1); as scikit-learn does, an undefined figure enters as 0."""
    total = np.sum(np.where(counted, np.nan_to_num(figures), 0.0), axis=1, keepdims=True)
    topics = counted.sum(axis=1, keepdims=True)
    return np.where(topics > 0, total / np.maximum(topics, 1), np.nan)


def tables(dataset: Dataset, out: OutOfFold, *, rounds: int, seed: int) -> list[Table]:
    """Tables of every system at both levels, the model's first.

    Args:
        dataset: the judged paragraphs.
        out: their answers.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.
    """
    made = []
    for level in LEVELS:
        if level == "paragraph":
            systems, Y, known, groups = out.systems, dataset.Y, dataset.known, dataset.groups
        else:
            systems = {name: _article_answers(answers, dataset.groups) for name, answers in out.systems.items()}
            Y, known = article_judgements(dataset)
            groups = np.arange(len(Y))
        made += _level_tables(level, systems, Y, known, groups, dataset.codebook.keys, rounds=rounds, seed=seed)
    return made


def _article_answers(answers: Answers, groups: Array) -> Answers:
    return Answers(
        np.array([article_level(score, groups) for score in answers.score]),
        np.array([article_level(tags, groups) for tags in answers.tags]),
    )


def article_judgements(dataset: Dataset) -> tuple[Array, Array]:
    """Y and known by article, bool (a, k): a topic one paragraph has is known; its absence only if all were judged.

    An article's paragraphs are its rows of the dataset; an article number without rows is judged for nothing.
    """
    Y = article_level(dataset.Y & dataset.known, dataset.groups)
    all_judged = article_level(dataset.known, dataset.groups) & ~article_level(~dataset.known, dataset.groups)
    return Y, Y | all_judged


def _level_tables(
    level: str,
    systems: dict[str, Answers],
    Y: Array,
    known: Array,
    groups: Array,
    keys: tuple[str, ...],
    *,
    rounds: int,
    seed: int,
) -> list[Table]:
    def statistic(weight: Array) -> Array:
        own = [statistics(answers, Y, known, weight) for answers in systems.values()]
        return np.concatenate([*own, *(own[0] - other for other in own[1:])], axis=1)

    intervals = bootstrap(statistic, groups, rounds=rounds, seed=seed)
    support = [int(s) for s in (Y & known).sum(axis=0)]
    lines = (*keys, "micro", "macro")
    supports = (*support, sum(support), sum(support))
    width = len(FIGURES) * len(lines) + 2
    made = []
    for number, system in enumerate(systems):
        part = intervals[number * width : (number + 1) * width]
        shift = (len(systems) + number - 1) * width
        cells = {(topic, name): i * len(lines) + j for i, name in enumerate(FIGURES) for j, topic in enumerate(lines)}
        rows = tuple(
            Row(topic, supports[j], {name: part[cells[topic, name]] for name in FIGURES})
            for j, topic in enumerate(lines)
        )
        difference = {} if system == MODEL else {cell: intervals[shift + place] for cell, place in cells.items()}
        made.append(Table(level, system, rows, part[-2], part[-1], difference))
    return made


def table_of(dataset: Dataset, answers: Answers, *, rounds: int, seed: int) -> Table:
    """The figures of one set of answers over paragraphs."""
    parts = dataset.Y, dataset.known, dataset.groups, dataset.codebook.keys
    return _level_tables("paragraph", {MODEL: answers}, *parts, rounds=rounds, seed=seed)[0]


def compare(
    dataset: Dataset, one: Answers, other: Answers, *, rounds: int, seed: int
) -> dict[tuple[str, str], Interval]:
    """Figures over paragraphs, the first recipe's minus the other's, paired over articles.

    Args:
        dataset: both were evaluated on it, on the same folds.
        one: answers of one recipe.
        other: answers of the other.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.

    Returns:
        Interval by topic, "micro" or "macro", and figure (see ``FIGURES``).
    """
    parts = dataset.Y, dataset.known, dataset.groups, dataset.codebook.keys
    return paired(one, other, *parts, rounds=rounds, seed=seed)


def paired(
    one: Answers,
    other: Answers,
    Y: Array,
    known: Array,
    groups: Array,
    keys: tuple[str, ...],
    *,
    rounds: int,
    seed: int,
) -> dict[tuple[str, str], Interval]:
    """The same of any judged texts, paired over their groups, ints of shape (n,) from 0; Y and known are (n, k)."""
    systems = {MODEL: one, "other": other}
    return _level_tables("paragraph", systems, Y, known, groups, keys, rounds=rounds, seed=seed)[1].difference


def paragraph_tables(dataset: Dataset, systems: dict[str, Answers], *, rounds: int, seed: int) -> list[Table]:
    """Tables over paragraphs, the first system's figures minus each other's paired over articles.

    Args:
        dataset: the judged paragraphs.
        systems: answers by name, ``MODEL`` first; all of as many repeats.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.
    """
    keys = dataset.codebook.keys
    return _level_tables("paragraph", systems, dataset.Y, dataset.known, dataset.groups, keys, rounds=rounds, seed=seed)


def part_tables(dataset: Dataset, out: OutOfFold, split: Split, *, rounds: int, seed: int) -> list[tuple[Table, ...]]:
    """Paragraph tables of every system for each part of a split, which its models never saw; level is the part's value."""
    found = []
    for f, value in enumerate(split.values):
        rows = np.flatnonzero(split.fold == f)
        systems = {name: Answers(a.score[:, rows], a.tags[:, rows]) for name, a in out.systems.items()}
        groups = np.unique(dataset.groups[rows], return_inverse=True)[1]
        found.append(
            tuple(
                _level_tables(
                    value,
                    systems,
                    dataset.Y[rows],
                    dataset.known[rows],
                    groups,
                    dataset.codebook.keys,
                    rounds=rounds,
                    seed=seed,
                )
            )
        )
    return found


def worst_mistakes(dataset: Dataset, out: OutOfFold, number: int) -> list[Mistake]:
    """The most confident false alarms and misses of each topic, ``number`` of each kind, the worst first."""
    found = []
    P, T = out.systems[MODEL].score[0], out.systems[MODEL].tags[0]
    for j, key in enumerate(dataset.codebook.keys):
        judged, y = dataset.known[:, j], dataset.Y[:, j]
        for kind, wrong, order in (("false alarm", T[:, j] & ~y, -P[:, j]), ("miss", ~T[:, j] & y, P[:, j])):
            rows = np.flatnonzero(wrong & judged)
            for i in rows[np.argsort(order[rows], kind="stable")][:number]:
                paragraph = dataset.paragraphs[i]
                found.append(Mistake(key, kind, paragraph.id, float(P[i, j]), paragraph.text))
    return found
