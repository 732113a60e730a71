"""Paragraphs with offsets: the one rule by which a text is split.

A text is hard-wrapped or it is not, and that is decided once, from its line lengths. In wrapped text the lines between
blank lines make a paragraph; in any other each line that is not blank is one. Nothing else cuts a paragraph, however
long it is. What is furniture is decided in ``furniture`` and ``datelines``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.files import sha256_text
from pipeline.text.datelines import read_opening
from pipeline.text.furniture import LONGEST, is_furniture, news_end

HEADLINE, TEXT, ITEM, FURNITURE = "headline", "text", "item", "furniture"


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """The numbers of the splitting rule.

    Attributes:
        widest: hard-wrapped lines are no longer than this.
        narrowest: and the width they are wrapped to is no less than this.
        tolerated: share of lines that may be longer all the same (addresses, tables).
        full: share of continued lines that must be full, so that the next word would not have fitted.
        running: share of continued lines that must run on in small letters.
        short: in one block without a blank line, a line this much short of full that ends a sentence ends its paragraph.
        headline: longest headline, in characters.
    """

    widest: int = 100
    narrowest: int = 40
    tolerated: float = 0.05
    full: float = 0.4
    running: float = 0.3
    short: int = 12
    headline: int = 200


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as printed.

    Attributes:
        article_id: the article it stands in.
        start: where it starts in ``Article.text``, in characters.
        end: where it ends; ``article.text[start:end] == text``.
        text: the paragraph, without the furniture at its ends.
        kind: "headline", "text", "item" or "furniture".
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: str

    @property
    def id(self) -> str:
        """Article and place: what labels and tags refer to."""
        return f"{self.article_id}:{self.start}-{self.end}"

    @property
    def is_furniture(self) -> bool:
        """Whether it is never labelled, learnt from or tagged."""
        return self.kind == FURNITURE

    @property
    def sha(self) -> str:
        """Hex SHA-256 of the text, by which a label knows the text it judged."""
        return sha256_text(self.text)


@dataclass(frozen=True, slots=True)
class Span:
    """A paragraph's place with the furniture around it: ``outer_start <= start < end <= outer_end``."""

    outer_start: int
    start: int
    end: int
    outer_end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank, its outer blanks gone."""

    start: int
    text: str
    width: int
    block: int  # lines of one block have no blank line between them

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def split(text: str, options: SplitOptions | None = None) -> list[Span]:
    r"""Where the paragraphs of a text lie, furniture included, in order and apart from each other.

    >>> text = "Two held\nBISHKEK (24.kg) - Officers held two men.\nRead more"
    >>> [(text[span.start : span.end], span.kind) for span in split(text)]
    [('Two held', 'headline'), ('Officers held two men.', 'text'), ('Read more', 'furniture')]
    """
    options = options or SplitOptions()
    lines = _lines(text)
    width = wrapping_width(lines, options)
    pieces = [(line.start, line.end) for line in lines] if width is None else _joined(lines, width, options)
    spans = []
    first = True
    for (start, end), kind in zip(pieces, _kinds(text, pieces, options), strict=True):
        if kind == FURNITURE:
            spans.append(Span(start, start, end, end, kind))
            continue
        begin = _news_start(text, start, end, first=first) if kind == TEXT else start
        stop = begin + news_end(text[begin:end])
        if begin >= stop or (stop - begin < end - start and is_furniture(text[begin:stop])):
            spans.append(Span(start, start, end, end, FURNITURE))
            continue
        spans.append(Span(start, begin, stop, end, kind))
        first = first and kind != TEXT
    return spans


def _news_start(text: str, start: int, end: int, *, first: bool) -> int:
    """Where the news begins in a paragraph: after its dateline, or two of them ("(ANSA) - Rome, March 3 - ")."""
    for _ in range(2):
        found = read_opening(text[start : min(end, start + LONGEST)], first=first)
        if found is None:
            break
        start += found.end
    return start


def _lines(text: str) -> list[_Line]:
    """The lines that are not blank, numbered by block."""
    found = []
    place = block = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        if bare:
            line = raw.rstrip()
            found.append(_Line(place + len(line) - len(bare), bare, len(line), block))
        else:
            block += 1
        place += len(raw) + 1
    return found


def wrapping_width(lines: Sequence[_Line], options: SplitOptions) -> int | None:
    """The width a text is hard-wrapped to, or ``None`` if its lines are paragraphs.

    A line that another follows at once is *full* for a width if it fits and the next line's first word would not have.
    A text is wrapped if hardly a line is longer than the widest allowed, most continued lines are full for one width,
    and a fair part of them runs on in small letters, as lines broken amid a sentence do.
    """
    long = sum(line.width > options.widest for line in lines)
    if long > max(1, options.tolerated * len(lines)):
        return None
    votes: Counter[int] = Counter()
    pairs = running = 0
    for line, after in pairwise(lines):
        if line.block != after.block or max(line.width, after.width) > options.widest or _ITEM.match(after.text):
            continue
        pairs += 1
        running += after.text[0].islower()
        votes.update(
            range(max(line.width, options.narrowest), min(line.width + len(_first_word(after)), options.widest) + 1)
        )
    if not votes or running < options.running * pairs:
        return None
    width, full = max(votes.items(), key=lambda vote: (vote[1], vote[0]))
    return width if full >= options.full * pairs else None


def _joined(lines: Sequence[_Line], width: int, options: SplitOptions) -> list[tuple[int, int]]:
    """Paragraphs of hard-wrapped text: blocks, cut before items and around furniture; after short lines if need be."""
    solid = len({line.block for line, after in pairwise(lines) if line.block == after.block}) == 1
    pieces: list[tuple[int, int]] = []
    head = None  # the first line of the paragraph under way
    for before, line in zip([None, *lines], lines, strict=False):
        if (
            before is None
            or head is None
            or before.block != line.block
            or _breaks(head, before, line, width, options.short if solid else width)
        ):
            head = line
            pieces.append((line.start, line.end))
        else:
            pieces[-1] = (pieces[-1][0], line.end)
    return pieces


def _breaks(head: _Line, before: _Line, line: _Line, width: int, short: int) -> bool:
    """Whether a line begins a new paragraph although no blank line parts it from the one before."""
    stopped = _STOP.search(before.text[-4:]) is not None
    room = width - before.width - len(_first_word(line)) - 1
    amid = room < 0 and not stopped and before.text[-1] not in ",;:"  # a full line amid a sentence
    small = line.text[0].islower()
    item = _ITEM.match(line.text)
    if item and not amid:
        return True
    if item and (first := _ITEM.match(head.text)) and _marker(first) == _marker(item):
        return True
    if before is head and not small and before.text[-1] not in "-–—" and is_furniture(before.text):
        return True
    if not amid and is_furniture(line.text):
        return True
    return stopped and room >= short and not small


def _kinds(text: str, pieces: Sequence[tuple[int, int]], options: SplitOptions) -> list[str]:
    """What each piece is, as a whole."""
    flat = [text[start:end].replace("\n", " ") if end - start <= LONGEST else text[start:end] for start, end in pieces]
    kinds = [FURNITURE if is_furniture(line) else ITEM if _ITEM.match(line) else TEXT for line in flat]
    content = [i for i, kind in enumerate(kinds) if kind != FURNITURE]
    head = content[:1] if content and _is_headline(flat[content[0]], options) else []
    news = [i for i in content[len(head) :] if _is_sentence(flat[i])]
    signed = False
    for i in (*range(news[0]), *range(news[-1] + 1, len(flat))) if news else ():
        if is_furniture(flat[i], edge=True, signed=signed or i > news[0]):
            kinds[i] = FURNITURE
        signed = signed or kinds[i] == TEXT
    content = [i for i, kind in enumerate(kinds) if kind != FURNITURE]
    if len(content) > 1 and _is_headline(flat[content[0]], options) and kinds[content[0]] == TEXT:
        kinds[content[0]] = HEADLINE
    return kinds


_ITEM = re.compile(
    r"(?:(?P<sign>--?|[–—*•·▪◦‣●■])|(?P<number>\d{1,2}[.)]|\(\d{1,2}\))|(?P<letter>[a-z]\)|\([a-z]\)))\s+\S"
)
_STOP = re.compile(r"""[.!?…]["”'’»)\]]*$""")
_FULL_STOP = re.compile(r"""(?<!\.\.)(?<!\b[A-Z]\.[A-Z])[.;:,]["”'’»)\]]*$""")


def _marker(item: re.Match[str]) -> str | None:
    """What an item begins with: a sign, which must be the same one, or a number or letter."""
    return item.group("sign") or item.lastgroup


def _first_word(line: _Line) -> str:
    return line.text.split(maxsplit=1)[0]


def _is_sentence(line: str) -> bool:
    """Whether a piece is surely news: it ends as a sentence does, or is too long for anything else."""
    return len(line) >= 100 or (len(line) >= 30 and _STOP.search(line[-4:]) is not None)


def _is_headline(line: str, options: SplitOptions) -> bool:
    """Whether the first line of news is a headline: short, no full stop, no dateline before it."""
    return (
        len(line) <= options.headline
        and _FULL_STOP.search(line[-8:]) is None
        and read_opening(line, first=False) is None
    )
