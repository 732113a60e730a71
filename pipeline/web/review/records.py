"""What the review page shows, as records; gathered in ``figures``."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.annotation.agreement import Agreement, Together
from pipeline.annotation.annotations import Lines, Settlement
from pipeline.annotation.disagreements import Disagreement
from pipeline.reporting.figures import Panel
from pipeline.reporting.history import PastMistake, PastRun, TopicRow
from pipeline.web.review.schemas import GainTold


@dataclass(frozen=True, slots=True)
class Quoted:
    """A mistake with its text.

    Attributes:
        mistake: what was answered.
        text: the paragraph.
    """

    mistake: PastMistake
    text: str


@dataclass(frozen=True, slots=True)
class TopicMistakes:
    """Mistakes of one topic.

    Attributes:
        topic: the topic's key.
        alarms: how many tags were wrong.
        misses: how many were not given.
        worst: the surest of both kinds.
    """

    topic: str
    alarms: int
    misses: int
    worst: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """The last evaluation.

    Attributes:
        run: its figures in a row.
        rows: by topic, then micro and macro.
        panels: precision against recall, by topic.
        mistakes: by topic; those whose text or label is another now are left out.
        outdated: how many were left out.
        has_report: whether the run holds a report to read in the browser.
        since: paragraphs judged after it.
    """

    run: PastRun
    rows: list[TopicRow]
    panels: list[Panel]
    mistakes: list[TopicMistakes]
    outdated: int
    has_report: bool
    since: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """How alike annotators judge.

    Attributes:
        annotators: who judged, the settled file apart.
        pairs: each pair on each topic; empty with fewer than two annotators.
        together: all of them on each topic.
        to_settle: paragraphs they differ on with their texts, as far as these are still the same.
    """

    annotators: tuple[str, ...]
    pairs: list[Agreement]
    together: list[Together]
    to_settle: list[tuple[Disagreement, str]]

    @property
    def by_pair(self) -> list[tuple[tuple[str, str], list[Agreement]]]:
        """The pairs apart, each with its topics."""
        found: dict[tuple[str, str], list[Agreement]] = {}
        for one in self.pairs:
            found.setdefault((one.first, one.second), []).append(one)
        return list(found.items())

    @property
    def lowest(self) -> Together | None:
        """The topic they agree on least; ``None`` where no alpha is defined."""
        defined = [one for one in self.together if not math.isnan(one.alpha)]
        return min(defined, key=lambda one: one.alpha, default=None)


@dataclass(frozen=True, slots=True)
class Labels:
    """What the label files say."""

    gold: Lines
    others: Lines
    settled: Settlement


@dataclass(frozen=True, slots=True)
class Gained:
    """What the newest labels changed, as the verb ``gain`` wrote it.

    Attributes:
        at: when, ISO 8601 in UTC.
        figures: what it wrote.
        is_outdated: whether labels changed afterwards.
    """

    at: str
    figures: GainTold
    is_outdated: bool
