"""Furniture: what stands around the news and is none. Bylines, time stamps, navigation, separators, closing marks.

Says of a line whether it is furniture, and where the news ends inside a paragraph; the forms are tables in ``patterns``.
Where the news begins in a paragraph is a matter of ``datelines``; which lines make a paragraph, of ``paragraphs``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.text.datelines import is_agency, read_line
from pipeline.text.patterns import AFTER_SENTENCE, CLOSINGS, EDGES, LINES, MOMENT, SIGNATURES, STAMP

LONGEST = 200  # a longer line is news, whatever it says; only separators may be as long as they like


def is_furniture(line: str, *, edge: bool = False, signed: bool = False) -> bool:
    """Whether a line, its outer blanks gone, is furniture as a whole.

    Args:
        line: one line, or the lines of one block joined by blanks.
        edge: it stands above or below all of the news, where more may be told for furniture.
        signed: it also has a line of news before it, so that a bare name is a byline.

    >>> [is_furniture(line) for line in ("By Nino Example", "15:00", "* * *", "By Monday the water had fallen")]
    [True, True, True, False]
    """
    if not _compiled(r"[^\W_]").search(line):
        return True
    if len(line) > LONGEST:
        return False
    if is_time_stamp(line) or is_agency(line) or read_line(line) is not None:
        return True
    bare = line.rstrip(" !…:>»→|." if len(line) <= 60 else " !…:>»→|")
    return _is_one_of("LINES", line, bare) or (
        edge and (_is_one_of("EDGES", line, bare) or (signed and _is_one_of("SIGNATURES", line, bare)))
    )


def is_time_stamp(line: str) -> bool:
    """Whether a line is a day, a time, or both, with nothing besides.

    >>> is_time_stamp("21 November 2018 14:20 (UTC+04:00)"), is_time_stamp("15:00 is the time of the match"), is_time_stamp("2016")
    (True, False, False)
    """
    return bool(_compiled(STAMP).fullmatch(line) and _compiled(MOMENT).search(line))


def news_end(text: str) -> int:
    """Where the news ends in a paragraph: before a closing mark, which stands after a sentence's end.

    >>> text = "The men were held. (KPL/VNA) —0--"
    >>> text[: news_end(text)]
    'The men were held.'
    """
    end = len(text.rstrip())
    for _ in range(3):
        start = max(0, end - 60)
        match = _compiled(_CLOSING).search(text[start:end])
        if match is None or not _is_closing(match.group("mark"), after=match.group("stop")):
            break
        end = start + match.start("mark")
        end = len(text[:end].rstrip())
    return end


def _is_closing(mark: str, *, after: str) -> bool:
    """Whether the last word of a paragraph closes it; most marks do only where a sentence has ended."""
    bare = mark.rstrip(".")
    return _is_one_of("CLOSINGS", mark, bare) or (bool(after) and _is_one_of("AFTER_SENTENCE", mark, bare))


# A sentence's end or a blank, then something that might be a mark, then the end.
_CLOSING = r"(?:(?P<stop>[.!?…\"”’'»)\]])\s*|\s|^)(?P<mark>/[A-Z][^/\n]{1,28}/\.?|\([A-Z][\w./ -]{1,28}\)|[-–—]{1,2}\s?[\w./-]{2,20}|\.?[^\s.!?…\"”]{1,12}\.?)$"


_TABLES = {
    "LINES": LINES,
    "EDGES": EDGES,
    "SIGNATURES": SIGNATURES,
    "CLOSINGS": CLOSINGS,
    "AFTER_SENTENCE": AFTER_SENTENCE,
}


def _is_one_of(table: str, line: str, bare: str) -> bool:
    """Whether a line, or what is left of it without the signs at its end, is of a form that a table knows."""
    known = _any_of(table)
    return known.fullmatch(line) is not None or (bare != line and known.fullmatch(bare) is not None)


@cache
def _any_of(table: str) -> re.Pattern[str]:
    """All forms of a table as one expression, which tries a line in a tenth of the time that they take one by one."""
    return re.compile("|".join(f"(?:{known.regex})" for known in _TABLES[table]))


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
