"""Text to terms: the only place where words are cut, in training and in tagging alike.

A word is two or more word characters in a row, lower-cased (so ``IS``, ``EU`` and ``UK`` are words); a term is a
word or a run of neighbouring words. This is scikit-learn's default token pattern, and its vectoriser is the oracle
in the tests. Counting and weighting of terms are elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.errors import RecipeError

_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True, slots=True)
class AnalyserOptions:
    """How text is cut.

    Attributes:
        ngrams: longest run of words that makes a term, 1 to 3.
    """

    ngrams: int = 2

    def __post_init__(self) -> None:
        if type(self.ngrams) is not int or not 1 <= self.ngrams <= 3:
            raise RecipeError(f"features.ngrams: is {self.ngrams!r}; must be 1, 2 or 3")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One term where it stands: ``text[start:end]`` of the text it was cut from."""

    term: str
    start: int
    end: int


def words(text: str) -> list[str]:
    """The words of a text in order.

    >>> words("An IS cell in the E.U. held 2kg")
    ['an', 'is', 'cell', 'in', 'the', 'held', '2kg']
    """
    return _WORD.findall(text.lower())


def terms(text: str, options: AnalyserOptions) -> list[str]:
    """All terms of a text, repeated as often as they occur; words first, then pairs, then triples.

    >>> terms("heroin in a truck", AnalyserOptions(ngrams=2))
    ['heroin', 'in', 'truck', 'heroin in', 'in truck']
    """
    single = words(text)
    found = list(single)
    for size in range(2, options.ngrams + 1):
        found.extend(" ".join(single[i : i + size]) for i in range(len(single) - size + 1))
    return found


def occurrences(text: str, options: AnalyserOptions) -> list[Occurrence]:
    """The same terms in the same order as ``terms``, each with its place in ``text``.

    >>> [(o.term, o.start, o.end) for o in occurrences("No heroin.", AnalyserOptions(ngrams=2))]
    [('no', 0, 2), ('heroin', 3, 9), ('no heroin', 0, 9)]
    """
    lowered = text.lower()
    spans = [match.span() for match in _WORD.finditer(lowered)]
    origin = _origins(text) if len(lowered) != len(text) else None
    found = []
    for size in range(1, options.ngrams + 1):
        for i in range(len(spans) - size + 1):
            run = spans[i : i + size]
            start, end = run[0][0], run[-1][1]
            place = (start, end) if origin is None else (origin[start], origin[end - 1] + 1)
            found.append(Occurrence(" ".join(lowered[a:b] for a, b in run), *place))
    return found


def _origins(text: str) -> list[int]:
    """For each character of ``text.lower()`` the place in ``text`` it came from.

    Lower-casing one character may give two (U+0130 does), never fewer, and their number does not depend on the
    neighbours, so characters can be lowered one by one to count them.
    """
    return [place for place, character in enumerate(text) for _ in character.lower()]
