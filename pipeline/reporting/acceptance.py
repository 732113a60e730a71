"""What became of the model's tags when people judged: accepted, rejected or missed, by week and by source.

Suggestions seen before the choice pull it towards them, so what was chosen with them in view is counted apart from what
was chosen without. Nothing is asked of the label files: the log says what was suggested, and who said what.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any

from pipeline.annotation.journal import REPORTED, Event, not_undone
from pipeline.annotation.newest import instant
from pipeline.intervals import Interval
from pipeline.reporting.runs import figure

BEFORE = "before"
ACCEPTED, REJECTED, MISSED = range(3)


def wilson(part: int, whole: int, level: float = 0.95) -> Interval:
    """A share with its interval (Wilson 1927), which keeps a width where all or none were counted.

    >>> str(wilson(8, 10)), str(wilson(0, 5)), str(wilson(0, 0))
    ('0.800 [0.490, 0.943]', '0.000 [0.000, 0.434]', 'nan [nan, nan]')
    """
    if not whole:
        return Interval(math.nan, math.nan, math.nan)
    z, share = NormalDist().inv_cdf((1 + level) / 2), part / whole
    middle = share + z**2 / (2 * whole)
    reach = z * math.sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2))
    low, high = ((middle + side * reach) / (1 + z**2 / whole) for side in (-1, 1))
    return Interval(share, max(0.0, min(low, share)), min(1.0, max(high, share)))  # rounding keeps the share inside


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of tags.

    Attributes:
        accepted: tagged, and given by the person too.
        rejected: tagged, and not given or reported as wrong.
        missed: given or reported as missing, and not tagged.
    """

    accepted: int = 0
    rejected: int = 0
    missed: int = 0

    @property
    def right(self) -> Interval:
        """Share of the tags that were accepted."""
        return wilson(self.accepted, self.accepted + self.rejected)

    @property
    def caught(self) -> Interval:
        """Share of the topics given that were tagged."""
        return wilson(self.accepted, self.accepted + self.missed)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "accepted": self.accepted,
            "rejected": self.rejected,
            "missed": self.missed,
            "right": figure(self.right, self.accepted + self.rejected),
            "caught": figure(self.caught, self.accepted + self.missed),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """Tags of one week, source or topic.

    Attributes:
        week: ISO week as in "2026-W07", "" where the time cannot be read; ``None`` for all together.
        source: of the articles, "" where it is not known; ``None`` for all together.
        topic: the topic's key; ``None`` for all together.
        before: judged with the model's tags in view, reports included: who reports has seen them.
        after: judged without.
    """

    week: str | None
    source: str | None
    topic: str | None
    before: Tally
    after: Tally

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        place = {"week": self.week, "source": self.source, "topic": self.topic}
        return {**place, "before": self.before.to_dict(), "after": self.after.to_dict()}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """All of it; in each group the line of all topics stands first, then those of topics that were tagged or given.

    Attributes:
        weeks: by week, the first one first.
        sources: by source in order of their names, the unknown last.
        courses: each source by week, all topics together.
    """

    weeks: tuple[Line, ...]
    sources: tuple[Line, ...]
    courses: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: [line.to_dict() for line in getattr(self, name)] for name in ("weeks", "sources", "courses")}


_Place = tuple[str | None, str | None, str | None]  # week, source, topic; None for all together


def standing(events: Sequence[Event]) -> list[Event]:
    """The acts that still hold, in order: judgements not undone, of each person and paragraph the newest; and reports.

    A report holds unless the same person made a newer one, or judged the paragraph afterwards with suggestions logged:
    that says the same and more.

    Args:
        events: everybody's, in order of time, each person's in order of their lines.
    """
    order = {id(event): place for place, event in enumerate(events)}
    newest = {(event.annotator, event.span): event for event in not_undone(events)}
    reports = {(event.annotator, event.span): event for event in events if event.kind == REPORTED}
    held = list(newest.values())
    for who, report in reports.items():
        judged = newest.get(who)
        if judged is None or not judged.suggested or order[id(judged)] < order[id(report)]:
            held.append(report)
    return sorted(held, key=lambda event: order[id(event)])


def acceptance(events: Sequence[Event], sources: Mapping[str, str], keys: tuple[str, ...]) -> Acceptance:
    """Count what became of the model's tags.

    Args:
        events: everybody's, in order of time.
        sources: article id -> where it comes from.
        keys: topics to count; what a model said of others is passed over.
    """
    counts: dict[_Place, tuple[list[int], list[int]]] = {}  # judged with the tags in view, and without
    for event in standing(events):
        week, source = _week(event.at), sources.get(event.article, "")
        in_view = event.shown == BEFORE or event.kind == REPORTED
        for topic, outcome in _outcomes(event):
            if topic not in keys:
                continue
            groups = ((week, None, None), (week, None, topic), (None, source, None), (None, source, topic))
            for place in (*groups, (week, source, None)):
                counts.setdefault(place, ([0, 0, 0], [0, 0, 0]))[0 if in_view else 1][outcome] += 1
    weeks = sorted({week for week, *_ in counts if week is not None})
    names = sorted({name for _, name, _ in counts if name is not None}, key=lambda name: (not name, name))
    topics = (None, *keys)
    groups_of_lines = (
        [(week, None, topic) for week in weeks for topic in topics],
        [(None, name, topic) for name in names for topic in topics],
        [(week, name, None) for name in names for week in weeks],
    )
    return Acceptance(
        *(
            tuple(Line(*place, *(Tally(*cell) for cell in counts[place])) for place in places if place in counts)
            for places in groups_of_lines
        )
    )


def _outcomes(event: Event) -> Iterator[tuple[str, int]]:
    """Topics of an event and what became of each; a topic the model does not know cannot be missed."""
    given, tagged = set(event.topics or ()), set(event.tagged)
    if event.kind == REPORTED:
        yield from ((topic, REJECTED if topic in tagged else MISSED) for topic in sorted(given))
    elif event.suggested:
        yield from ((topic, ACCEPTED if topic in given else REJECTED) for topic in sorted(tagged))
        yield from ((topic, MISSED) for topic in sorted(given - tagged) if topic in event.suggested)


def week_of(moment: datetime) -> str:
    """ISO week in UTC of a moment with its zone.

    >>> week_of(datetime.fromisoformat("2027-01-01T00:00:00Z")), week_of(datetime.fromisoformat("2027-01-04T05:00:00+06:00"))
    ('2026-W53', '2026-W53')
    """
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def _week(at: str) -> str:
    seconds = instant(at)
    if math.isinf(seconds):
        return ""
    return week_of(datetime.fromtimestamp(seconds, UTC))
