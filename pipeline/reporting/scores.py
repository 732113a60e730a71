"""The out-of-fold answers of a run read back: what models that never saw a paragraph's article said of it.

The only place that reads what ``runs.out_of_fold`` writes. Nothing is judged here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.files import read_utf8
from pipeline.reporting.runs import OUT_OF_FOLD

Array = NDArray[Any]

_PLACE = ("paragraph", "article", "start", "end", "repeat", "fold")
_OF_TOPIC = ("", "_score", "_probability", "_tag")
_CURE = "run `threat-topics evaluate` again"


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The table of a run: m lines, one a paragraph and repeat; k topics.

    Attributes:
        topics: keys, in order of the columns.
        places: of each line paragraph id, article id, start and end.
        repeat: ints (m,), from 0.
        known: bool (m, k), whether it was judged.
        Y: bool (m, k), judged to have the topic.
        P: probabilities, float64 (m, k).
        T: bool (m, k), tagged.
    """

    topics: tuple[str, ...]
    places: list[tuple[str, str, int, int]]
    repeat: Array
    known: Array
    Y: Array
    P: Array
    T: Array


def read_answers(run: Path) -> Answered:
    """The answers of a run.

    Args:
        run: the run's folder.

    Raises:
        InputError: the table is missing or broken.
    """
    path = run / OUT_OF_FOLD
    if not path.is_file():
        raise InputError(f"{path}: no such file; {_CURE}")
    columns, *lines = csv.reader(io.StringIO(read_utf8(path) or "\n"))
    first, step = len(_PLACE), len(_OF_TOPIC)
    topics = tuple(columns[first::step])
    if columns != [*_PLACE, *(topic + part for topic in topics for part in _OF_TOPIC)]:
        raise InputError(f"{path}:1: has other columns than a run's; {_CURE}")
    try:
        cells = np.array(lines, dtype=str).reshape(len(lines), len(columns))
        label, probability, tag = (cells[:, first + part :: step] for part in (0, 2, 3))
        places = [(line[0], line[1], int(line[2]), int(line[3])) for line in lines]
        repeat = cells[:, _PLACE.index("repeat")].astype(int)
        return Answered(topics, places, repeat, label != "", label == "1", probability.astype(float), tag == "1")
    except ValueError:
        raise InputError(f"{path}: is no table of out-of-fold answers; {_CURE}") from None


def out_of_fold_probabilities(run: Path, keys: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Paragraph id -> k probabilities in the order of ``keys``, each the mean over repeats.

    Args:
        run: the folder of a run.
        keys: the topics wanted.

    Raises:
        InputError: the table is missing or broken, or lacks a topic.
    """
    answers = read_answers(run)
    for key in keys:
        if key not in answers.topics:
            raise InputError(f"{run / OUT_OF_FOLD}: has no column '{key}_probability'; {_CURE}")
    P = answers.P[:, [answers.topics.index(key) for key in keys]]
    ids = [place[0] for place in answers.places]
    numbers = {paragraph: number for number, paragraph in enumerate(dict.fromkeys(ids))}
    row = np.array([numbers[paragraph] for paragraph in ids], dtype=int)
    total = np.zeros((len(numbers), len(keys)))
    np.add.at(total, row, P)
    mean = total / np.bincount(row, minlength=len(numbers))[:, None]
    return {paragraph: tuple(values) for paragraph, values in zip(numbers, mean.tolist(), strict=True)}
