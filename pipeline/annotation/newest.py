"""Which paragraphs were judged last: what a round of labelling added.

Label files only grow, so a later line is a later judgement where times are equal, as after the import of a sheet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.annotations import Judgement, Lines, settle
from pipeline.annotation.dataset import Dataset
from pipeline.errors import LabelError

Array = NDArray[Any]
_Age = tuple[float, int, str]  # instant, line, paragraph id: the newest is the greatest


@dataclass(frozen=True, slots=True, eq=False)
class Newest:
    """The paragraphs of a dataset that were judged last.

    Attributes:
        rows: bool of shape (n,).
        since: time of the oldest of their newest judgements, as its line says.
        until: time of the newest of them.
    """

    rows: Array
    since: str
    until: str


def instant(at: str) -> float:
    """Seconds since 1970; without a zone UTC is meant, and what is no time at all lies before everything.

    >>> instant("1970-01-01T06:00:30+06:00"), instant("1970-01-02"), instant("in May")
    (30.0, 86400.0, -inf)
    """
    try:
        moment = datetime.fromisoformat(at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # no time, or one before the first or after the last year there is
        return -math.inf


def newest_rows(dataset: Dataset, gold: Lines, others: Lines, number: int) -> Newest:
    """The rows whose newest settling judgement is the latest.

    Of judgements of one time, those of later lines are newer; what is alike in both goes by paragraph id.

    Args:
        dataset: made of these lines, and perhaps of shipped ones, which count as older than all.
        gold: lines of the settled file.
        others: lines of the annotators.
        number: how many rows.

    Raises:
        LabelError: there are not so many, or none would be left.
    """
    settled = settle(gold, others)
    ages: list[tuple[_Age, int, str]] = []
    for row, paragraph in enumerate(dataset.paragraphs):
        said = settled.get((paragraph.article_id, paragraph.start, paragraph.end), {})
        judgements = [j for key in dataset.codebook.keys for j in said.get(key, ())]
        if judgements:
            newest = max(judgements, key=_place)
            ages.append(((*_place(newest), paragraph.id), row, newest.annotation.at))
    if number > len(ages) or number >= len(dataset.paragraphs):
        raise LabelError(
            f"the newest {number} judged paragraphs cannot be set apart: {len(ages)} are judged in this project, and some "
            "must be left to learn from and to judge on; ask for fewer, or label more"
        )
    chosen = sorted(ages)[len(ages) - number :]
    rows = np.zeros(len(dataset.paragraphs), dtype=bool)
    rows[[row for _, row, _ in chosen]] = True
    return Newest(rows, chosen[0][2] if chosen else "", chosen[-1][2] if chosen else "")


def _place(judgement: Judgement) -> tuple[float, int]:
    return instant(judgement.annotation.at), int(judgement.where.rpartition(":")[2])
