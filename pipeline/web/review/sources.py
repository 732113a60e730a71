"""Whether the model's tags get worse on a source: its newest weeks against the weeks before.

A verdict is given only where the two intervals lie apart, which is stricter than a test of the difference: a source
that is watched every week must not raise an alarm by chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.reporting.acceptance import Acceptance, Line, Tally, week_of

WEEKS = 4  # that count as the newest, the present one among them
WORSE, BETTER, ALIKE, TOO_FEW = "worse", "better", "no clear change", "too few to say"


@dataclass(frozen=True, slots=True)
class Side:
    """Tags judged in one way, with the tags hidden or in view.

    Attributes:
        weeks: week and what became of tags, the newest first.
        sources: the worst first.
    """

    weeks: tuple[tuple[str, Tally], ...]
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source.

    Attributes:
        source: its name, "" where it is not known.
        tally: all of its tags.
        newest: those of the newest weeks.
        earlier: those before.
        course: share of right tags by week, the first one first; weeks without a tag are left out.
        verdict: what the newest weeks are against those before.
    """

    source: str
    tally: Tally
    newest: Tally
    earlier: Tally
    course: tuple[tuple[str, float], ...]
    verdict: str


def sides(found: Acceptance, now: datetime) -> dict[str, Side]:
    """Both ways of judging, "after" (the tags were hidden) and "before" (they were in view).

    Args:
        found: what became of tags.
        now: the moment, which says which weeks are the newest.
    """
    newest = {week_of(now - timedelta(weeks=back)) for back in range(WEEKS)}
    return {side: _side(found, side, newest) for side in ("after", "before")}


def _side(found: Acceptance, side: str, newest: set[str]) -> Side:
    def tally(line: Line) -> Tally:
        return line.after if side == "after" else line.before

    weeks = [(line.week or "", tally(line)) for line in found.weeks if line.topic is None and _counted(tally(line))]
    rows = []
    for line in found.sources:
        if line.topic is None and _counted(tally(line)):
            course = [(one.week or "", tally(one)) for one in found.courses if one.source == line.source]
            recent, before = (_sum(t for week, t in course if (week in newest) is is_new) for is_new in (True, False))
            shares = tuple((week, t.right.value) for week, t in course if t.accepted + t.rejected)
            rows.append(SourceRow(line.source or "", tally(line), recent, before, shares, _verdict(recent, before)))
    return Side(tuple(reversed(weeks)), tuple(sorted(rows, key=_badness)))


def _counted(tally: Tally) -> int:
    return tally.accepted + tally.rejected + tally.missed


def _badness(row: SourceRow) -> tuple[bool, float, str]:
    """By the upper end of the interval: a source with two tags, both wrong, is not surely the worst."""
    high = row.tally.right.high
    return high != high, high, row.source  # noqa: PLR0124  not a number comes last


def _sum(tallies: Iterable[Tally]) -> Tally:
    parts = list(tallies)
    return Tally(*(sum(getattr(part, name) for part in parts) for name in ("accepted", "rejected", "missed")))


def _verdict(newest: Tally, earlier: Tally) -> str:
    now, before = newest.right, earlier.right
    if not (newest.accepted + newest.rejected and earlier.accepted + earlier.rejected):
        return TOO_FEW
    return WORSE if now.high < before.low else BETTER if now.low > before.high else ALIKE
