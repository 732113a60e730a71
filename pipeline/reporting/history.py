"""The runs of a project as they lie on disk: their figures in a row, one run's topics, its worst mistakes and its curves.

Everything is read back from what ``runs`` wrote; nothing is computed anew but curves. A folder that holds something
else, or half of a run, is passed over where runs are listed and refused where one is asked for.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.annotation.codebook import Codebook
from pipeline.errors import InputError
from pipeline.files import read_utf8
from pipeline.intervals import Interval
from pipeline.learning.curves import LEVELS, precision_at_recall
from pipeline.learning.evaluation import MODEL
from pipeline.learning.summary import FIGURES
from pipeline.reporting.figures import MUTED, Kind, Panel, Series, share_axis
from pipeline.reporting.pictures import letter
from pipeline.reporting.runs import METRICS, REPORT, figure, interval_of
from pipeline.reporting.scores import read_answers
from pipeline.reporting.sections import interval, number

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=-)")


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run whose folds were dealt by article; others are not to be compared with it.

    Attributes:
        run: name of its folder.
        time: when its report was written, ISO 8601 in UTC.
        date: in the folder's name, "" if there is none.
        recipe: name of the recipe.
        folds: how they were dealt, in words.
        paragraphs: judged, and learnt from.
        articles: they stand in.
        support: judged positives of all topics.
        f1: macro F1 over paragraphs.
        average_precision: macro average precision over paragraphs.
        difference: of macro F1 to the run before by the very same recipe, folds aside; ``None`` if there is none.
    """

    run: str
    time: str
    date: str
    recipe: str
    folds: str
    paragraphs: int
    articles: int
    support: int
    f1: Interval
    average_precision: Interval
    difference: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        names = ("run", "time", "date", "recipe", "folds", "paragraphs", "articles", "difference")
        figures = {name: figure(getattr(self, name), self.support) for name in ("f1", "average_precision")}
        return {**{name: getattr(self, name) for name in names}, **figures}


@dataclass(frozen=True, slots=True)
class TopicRow:
    """Figures over paragraphs of one topic, "micro" or "macro".

    Attributes:
        topic: whose.
        support: judged positives.
        figures: interval by name, see ``summary.FIGURES``.
    """

    topic: str
    support: int
    figures: dict[str, Interval]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        figures = {name: figure(value, self.support) for name, value in self.figures.items()}
        return {"topic": self.topic, "support": self.support, **figures}


@dataclass(frozen=True, slots=True)
class PastMistake:
    """One topic of one paragraph answered wrongly out of fold.

    Attributes:
        paragraph: its id.
        article: article id.
        start: first character.
        end: the character after the last one.
        topic: the topic's key.
        label: whether it was judged to have it.
        probability: out of fold, first repeat.
    """

    paragraph: str
    article: str
    start: int
    end: int
    topic: str
    label: bool
    probability: float


def history(runs: Path) -> list[PastRun]:
    """All runs, newest first, by the time of their reports as ``runs.find_run`` goes by.

    Args:
        runs: the folder of runs.
    """
    timed: list[tuple[int, str]] = []
    for folder in runs.glob("[!.]*"):
        with suppress(OSError):  # no run, or one that is being replaced at this moment
            timed.append(((folder / REPORT).stat().st_mtime_ns, folder.name))
    found: list[PastRun] = []
    latest: dict[str, float] = {}  # macro F1 by recipe
    for nanoseconds, name in sorted(timed):
        try:
            values = json.loads(read_utf8(runs / name / METRICS))
            if not values.get("left_out"):
                found.append(_past_run(name, nanoseconds, values, latest))
        except (InputError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found[::-1]


def _past_run(name: str, nanoseconds: int, values: dict[str, Any], latest: dict[str, float]) -> PastRun:
    macro, recipe = values["levels"]["paragraph"][MODEL]["macro"], values["recipe"]
    f1, average_precision = (interval_of(macro[figure_name]) for figure_name in ("f1", "average_precision"))
    dealt = recipe["evaluation"]
    date = _DATE.match(name)
    same = json.dumps({key: value for key, value in recipe.items() if key != "evaluation"}, sort_keys=True)
    before = latest.get(same, math.nan)
    run = PastRun(
        name,
        datetime.fromtimestamp(nanoseconds // 10**9, UTC).isoformat(),
        date.group() if date else "",
        str(recipe["name"]),
        f"{int(dealt['repeats'])} x {int(dealt['folds'])} folds by article",
        int(values["dataset"]["paragraphs"]),
        int(values["dataset"]["articles"]),
        int(macro["f1"]["n"]),
        f1,
        average_precision,
        None if math.isnan(f1.value - before) else f1.value - before,
    )
    latest[same] = f1.value
    return run


def topic_rows(run: Path) -> list[TopicRow]:
    """Figures of every topic over paragraphs in order of the keys, then micro and macro.

    Args:
        run: the run's folder.

    Raises:
        InputError: it holds no figures.
    """
    path = run / METRICS
    try:
        values = json.loads(read_utf8(path))
        cells = values["levels"]["paragraph"][MODEL]
        names = (*values["thresholds"], "micro", "macro")
        return [
            TopicRow(name, int(cells[name]["f1"]["n"]), {each: interval_of(cells[name][each]) for each in FIGURES})
            for name in names
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path}: holds no figures of a run; evaluate the recipe again") from None


def mistakes(run: Path, number: int) -> list[PastMistake]:
    """The worst answers of the first repeat: whose probability lies furthest from the label.

    Args:
        run: the run's folder.
        number: how many at most.

    Raises:
        InputError: it holds no out-of-fold answers.
    """
    answers = read_answers(run)
    wrong = answers.known & (answers.Y != answers.T) & (answers.repeat == 0)[:, None]
    found = []
    for i, j in zip(*np.nonzero(wrong), strict=True):
        paragraph, article, start, end = answers.places[i]
        label, probability = bool(answers.Y[i, j]), float(answers.P[i, j])
        found.append(PastMistake(paragraph, article, start, end, answers.topics[j], label, probability))
    found.sort(key=lambda one: (-abs(one.probability - one.label), one.article, one.start, one.topic))
    return found[:number]


def curves(run: Path, codebook: Codebook) -> list[Panel]:
    """Precision against recall of every topic, all repeats pooled, with the model's own thresholds as points.

    Args:
        run: the run's folder.
        codebook: gives letters and tones; a topic it does not have any more is drawn without.

    Raises:
        InputError: it holds no figures or no out-of-fold answers.
    """
    answers = read_answers(run)
    figures = {row.topic: row.figures for row in topic_rows(run)}
    recall = tuple((np.arange(1, LEVELS + 1) / LEVELS).tolist())
    panels = []
    for j, topic in enumerate(answers.topics):
        judged = answers.known[:, j]
        p, y = answers.P[judged, j], answers.Y[judged, j]
        if topic not in figures or not y.any():
            continue
        sign, tone = letter(codebook, topic)
        precision, share = precision_at_recall(p, y), float(y.mean())
        own = [figures[topic][name].value for name in ("recall", "precision")]
        ap = interval(figures[topic]["average_precision"])
        series = [
            Series(Kind.RULE, MUTED, (0.0, 1.0), (share, share), dashes=1),
            Series(Kind.LINE, tone, recall, tuple(precision.tolist())),
        ]
        if not any(map(math.isnan, own)):
            series.append(Series(Kind.POINTS, tone, (own[0],), (own[1],)))
        alt = (
            f"Precision-recall curve, {topic}: average precision {ap}. The model's thresholds reach precision "
            f"{number(own[1])} at recall {number(own[0])}."
        )
        axes = share_axis("recall"), share_axis("precision")
        panels.append(Panel(topic, alt, *axes, tuple(series), sign, tone, note=f"average precision {ap}"))
    return panels
