"""How alike annotators judge: Cohen's kappa (1960) and Krippendorff's alpha (2018, chapter 12) of each topic.

Each pair of annotators is compared on the cells both judged of the same text. Both figures are computed from counts
that add up over articles, so an interval is a bootstrap over articles. Alpha also takes any number of annotators at
once, whoever judged what; that one is left to the package ``krippendorff``. They say how consistently a codebook is
applied, not whether it is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.annotations import Lines, Span, Standing, by_annotator, read_labels, stand
from pipeline.annotation.codebook import load_codebook
from pipeline.errors import LabelError, MissingExtraError
from pipeline.intervals import Interval, bootstrap
from pipeline.project import Project

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators on one topic.

    Attributes:
        first: an annotator.
        second: the other one.
        topic: the topic's key.
        articles: articles with cells both judged.
        both: cells both gave the topic.
        only_first: cells only the first gave it.
        only_second: cells only the second gave it.
        neither: cells neither gave it.
        kappa: Cohen's kappa.
        alpha: Krippendorff's alpha, nominal.
    """

    first: str
    second: str
    topic: str
    articles: int
    both: int
    only_first: int
    only_second: int
    neither: int
    kappa: Interval
    alpha: Interval


def agreement_of(
    project: Project, annotators: tuple[str, ...] = (), *, rounds: int = 1000, seed: int = 0
) -> list[Agreement]:
    """Every pair of annotators on every topic; the settled file is no annotator.

    Args:
        project: whose label files to compare.
        annotators: whom to compare, all if empty.
        rounds: bootstrap rounds.
        seed: seed of the bootstrap.

    Raises:
        LabelError: fewer than two annotators, or one that wrote nothing.
    """
    keys, voices = _voices(project, annotators)
    return [row for pair in combinations(voices, 2) for row in _pair(pair, voices, keys, rounds, seed)]


@dataclass(frozen=True, slots=True)
class Together:
    """Any number of annotators on one topic.

    Attributes:
        topic: the topic's key.
        annotators: who was compared.
        units: paragraphs that two of them or more judged for it.
        alpha: Krippendorff's alpha, nominal; ``nan`` where nothing varies.
    """

    topic: str
    annotators: tuple[str, ...]
    units: int
    alpha: float


def all_together(project: Project, annotators: tuple[str, ...] = ()) -> list[Together]:
    """All annotators at once on every topic; the settled file is no annotator.

    Args:
        project: whose label files to compare.
        annotators: whom to compare, all if empty.

    Raises:
        LabelError: fewer than two annotators, or one that wrote nothing.
        MissingExtraError: krippendorff is not installed.
    """
    keys, voices = _voices(project, annotators)
    standings = [stand(lines) for lines in voices.values()]
    rows = []
    for key in keys:
        matrix = _matrix(standings, key)
        rows.append(Together(key, tuple(voices), matrix.shape[1], _alpha(matrix)))
    return rows


def _matrix(standings: list[Standing], key: str) -> Array:
    """Judgements of the paragraphs that two or more judged in the same text; (annotators, units), ``nan`` for none."""
    units: dict[tuple[Span, str], Array] = {}
    for row, standing in enumerate(standings):
        for span, cells in standing.items():
            if key in cells:
                column = units.setdefault((span, cells[key].annotation.sha), np.full(len(standings), np.nan))
                column[row] = cells[key].value
    matrix = np.array(list(units.values())).reshape(-1, len(standings)).T
    return matrix[:, (~np.isnan(matrix)).sum(axis=0) > 1]


def _alpha(matrix: Array) -> float:
    """Krippendorff's alpha, nominal, of (annotators, units), each unit with two values or more; ``nan`` for one value."""
    try:
        from krippendorff import alpha  # noqa: PLC0415  an extra, for this alone
    except ImportError:
        raise MissingExtraError(
            "the agreement of three annotators or more needs krippendorff; pip install 'threat-topics[web]', then run "
            "this again"
        ) from None
    if len(np.unique(matrix[~np.isnan(matrix)])) < 2:  # the package raises
        return float("nan")
    return float(alpha(reliability_data=matrix, level_of_measurement="nominal"))


def _voices(project: Project, annotators: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, Lines]]:
    """The topics, and the lines of the annotators to compare."""
    keys = load_codebook(project.codebook).keys
    voices = by_annotator(read_labels(project, keys)[1])
    for name in annotators:
        if name not in voices:
            raise LabelError(
                f"annotator {name!r}: has no lines in {project.labels}; those who have: {', '.join(sorted(voices))}"
            )
    chosen = list(dict.fromkeys(annotators)) or sorted(voices)
    if len(chosen) < 2:
        raise LabelError(
            f"{project.labels}: {len(chosen)} annotators beside gold to compare, two are needed; import a second pass "
            "or name another with --annotator"
        )
    return keys, {name: voices[name] for name in chosen}


def _pair(
    pair: tuple[str, str], voices: dict[str, Lines], keys: tuple[str, ...], rounds: int, seed: int
) -> list[Agreement]:
    first, second = (stand(voices[name]) for name in pair)
    rows = []
    for key in keys:
        counts = _counts(first, second, key)
        both, one, two, neither = (int(total) for total in counts.sum(axis=0))

        def figures(weight: Array, counts: Array = counts) -> Array:
            return _figures(weight @ counts)

        kappa, alpha = bootstrap(figures, np.arange(len(counts)), rounds=rounds, seed=seed)
        rows.append(Agreement(*pair, key, len(counts), both, one, two, neither, kappa, alpha))
    return rows


def _counts(first: Standing, second: Standing, key: str) -> Array:
    """Cells by article: both, only the first, only the second, neither; float (articles, 4)."""
    found: dict[str, list[int]] = {}
    for span in sorted(first.keys() & second.keys()):
        one, two = first[span].get(key), second[span].get(key)
        if one is not None and two is not None and one.annotation.sha == two.annotation.sha:
            place = 0 if one.value and two.value else 1 if one.value else 2 if two.value else 3
            found.setdefault(span[0], [0, 0, 0, 0])[place] += 1
    return np.array(list(found.values()), dtype=np.float64).reshape(-1, 4)


def _figures(counts: Array) -> Array:
    """Kappa and alpha of counts of shape (b, 4), shape (b, 2); ``nan`` where nothing varies.

    >>> _figures(np.array([[20.0, 5, 10, 15]])).round(3).tolist()
    [[0.4, 0.4]]
    """
    both, one, two, neither = counts.T
    n = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (both + neither) / n
        expected = ((both + one) * (both + two) + (neither + one) * (neither + two)) / n**2
        kappa = np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)
        # Coincidences of two values among 2n judgements, without replacement (Krippendorff's small-sample form).
        yes = 2 * both + one + two
        no = 2 * n - yes
        alpha = np.where(yes * no > 0, 1 - (2 * n - 1) * (one + two) / (yes * no), np.nan)
    return np.column_stack([kappa, alpha])
