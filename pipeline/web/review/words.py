"""How the review page writes times, counts and verdicts. Nothing is gathered or computed anew here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from pipeline.intervals import Interval
from pipeline.reporting.page import cell
from pipeline.reporting.recent import outcome
from pipeline.reporting.runs import interval_of
from pipeline.reporting.sections import chance, interval, number, signed
from pipeline.web.jobs.processes import SPOKEN
from pipeline.web.review.schemas import Figure, GainTold

RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff 2018, chapter 12
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def moment(at: str) -> str:
    """A time in words; what is no time stays as it is.

    >>> moment("2026-03-04T05:06:07+00:00"), moment("in May"), moment("0001-01-01T00:00+01:00")
    ('4 March 2026, 05:06 UTC', 'in May', '0001-01-01T00:00+01:00')
    """
    try:
        found = datetime.fromisoformat(at)
        found = found.astimezone(UTC) if found.tzinfo else found
    except (ValueError, OverflowError):
        return at
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}, {found:%H:%M} UTC"


def week(name: str) -> str:
    """An ISO week by the day it begins on.

    >>> week("2026-W10"), week("")
    ('2 March 2026', 'no date')
    """
    if not name:
        return "no date"
    year, _, number_of_week = name.partition("-W")
    first = date.fromisocalendar(int(year), int(number_of_week), 1)
    return f"{first.day} {MONTHS[first.month - 1]} {first.year}"


def many(count: int) -> str:
    """A count with its thousands apart.

    >>> many(6508)
    '6,508'
    """
    return f"{count:,}"


def of(count: int, one: str, more: str) -> str:
    """A count and the word that goes with it.

    >>> of(1, "paragraph", "paragraphs"), of(1200, "paragraph", "paragraphs")
    ('1 paragraph', '1,200 paragraphs')
    """
    return f"{many(count)} {one if count == 1 else more}"


def verdict(alpha: float) -> str:
    """What Krippendorff's alpha allows.

    >>> verdict(0.8), verdict(0.7), verdict(0.2), verdict(math.nan)
    ('reliable', 'tentative', 'not reliable', 'not defined')
    """
    if math.isnan(alpha):
        return "not defined"
    return "reliable" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "not reliable"


def axis(values: Iterable[Interval]) -> tuple[float, float]:
    """Round ends, twentieths, of an axis that holds these intervals.

    >>> axis([Interval(0.87, 0.86, 0.89), Interval(0.9, math.nan, math.nan)]), axis([])
    ((0.85, 0.9), (0.0, 1.0))
    """
    ends = [end for value in values for end in (value.low, value.value, value.high) if not math.isnan(end)]
    if not ends:
        return 0.0, 1.0
    low = math.floor(min(ends) * 20 + 1e-9) / 20
    return low, max(math.ceil(max(ends) * 20 - 1e-9) / 20, low + 0.05)


def known(figure: Figure) -> Interval:
    """A figure of JSON as an interval."""
    return interval_of(figure.model_dump())


def minus(text: str) -> str:
    """Figures with a sign as wide as a plus.

    >>> minus("-0.1 [-0.2, +0.1]")
    '−0.1 [−0.2, +0.1]'
    """
    return text.replace("-", "−")


def gain_sentence(gain: GainTold) -> str:
    """What the newest labels changed, in a sentence."""
    macro = next((row for row in gain.rows if row.topic == "macro"), None)
    if macro is None:
        return "It holds no figures over all topics."
    change = known(macro.difference.f1)
    before, after = (known(side.f1).value for side in (macro.without, macro.learnt))
    return (
        f"Macro F1 goes from {number(before, 3)} to {number(after, 3)}, {minus(signed(change, 3))}: {outcome(change)}."
    )


def reason(message: str) -> str:
    """A verb's sentence without the name it begins with."""
    return message.removeprefix(SPOKEN)


# What a template calls these.
WORDS: dict[str, Any] = {
    "interval": interval,
    "signed": signed,
    "number": number,
    "cell": cell,
    "isnan": math.isnan,
    "moment": moment,
    "week": week,
    "many": many,
    "of": of,
    "chance": chance,
    "reason": reason,
    "verdict": verdict,
    "axis": axis,
    "known": known,
    "minus": minus,
    "gain_sentence": gain_sentence,
    "reliable": RELIABLE,
    "tentative": TENTATIVE,
}
