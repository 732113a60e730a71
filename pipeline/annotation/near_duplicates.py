"""Paragraphs that are nearly the same text: |A and B| / min(|A|, |B|) over word 5-grams, ten words or more.

Finds pairs fast among thousands; what a pair means is the caller's business. Words here only serve to compare texts;
what a model learns from is cut in ``learning``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_SIZE = 5
_LEAST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that are nearly the same.

    Attributes:
        first: place of the one that comes first.
        second: place of the other.
        share: of the smaller one's 5-grams, those that both have.
    """

    first: int
    second: int
    share: float


def five_grams(text: str) -> frozenset[str]:
    """The word 5-grams of a text; a text of fewer than ten words has none, for it is like too many others.

    >>> sorted(five_grams("One two three four five six seven eight nine ten"))[:2]
    ['five six seven eight nine', 'four five six seven eight']
    """
    words = _WORD.findall(text.lower())
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[i : i + _SIZE]) for i in range(len(words) - _SIZE + 1))


def near_duplicates(texts: Sequence[str], least: float) -> list[Pair]:
    """All pairs of texts whose share is ``least`` or more, in order of their places.

    Args:
        texts: the texts.
        least: greater than 0, at most 1.
    """
    grams = [five_grams(text) for text in texts]
    holders: dict[str, list[int]] = {}
    for place, own in enumerate(grams):
        for gram in own:
            holders.setdefault(gram, []).append(place)
    pairs = []
    for place, own in enumerate(grams):
        needed = math.ceil(least * len(own))
        # Of the smaller text at most len - needed grams are missing in its partner, so any one more finds it. The
        # rarest are asked, or a stock phrase would bring up every text that has it.
        asked = sorted(own, key=lambda gram: (len(holders[gram]), gram))[: len(own) - needed + 1]
        partners = {other for gram in asked for other in holders[gram]}
        for other in partners:
            shared = len(own & grams[other])
            if (len(own), place) < (len(grams[other]), other) and shared >= needed:
                pairs.append(Pair(min(place, other), max(place, other), shared / len(own)))
    return sorted(pairs, key=lambda pair: (pair.first, pair.second))
