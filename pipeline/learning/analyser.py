"""Text to terms: the only place where words are cut, in training and in tagging alike.

A word is two or more word characters in a row, lower-cased (so ``IS``, ``EU`` and ``UK`` are words): scikit-learn's
default token pattern, and its vectoriser is the oracle in the tests. A term is a word, a run of neighbouring words,
the beginning of a longer word (``heroi*``), or the mark of a topic whose term list has a phrase here (``list:KEY``).
Counting and weighting of terms are elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.errors import RecipeError
from pipeline.learning.listed import ListedTerms

LISTED = "list:"
WEAK = ":weak"  # ends the mark of a topic's weak terms, list:KEY:weak
_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True, slots=True)
class Analyser:
    """How text is cut.

    Attributes:
        ngrams: longest run of words that makes a term, 1 to 3.
        prefix: letters of the beginnings that count beside words of that length or more, 0 for none.
        listed: topic key, or topic key and ":weak" -> listed terms whose occurrences are marked; empty for none.
    """

    ngrams: int = 2
    prefix: int = 0
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _matcher: ListedTerms = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if type(self.ngrams) is not int or not 1 <= self.ngrams <= 3:
            raise RecipeError(f"features.ngrams: is {self.ngrams!r}; must be 1, 2 or 3")
        if type(self.prefix) is not int or self.prefix not in {0, *range(3, 9)}:
            raise RecipeError(f"features.prefix: is {self.prefix!r}; must be 0 for none, or 3 to 8 letters")
        cut = {
            key: tuple((words(t.removesuffix("*")), t.endswith("*")) for t in terms)
            for key, terms in self.listed.items()
        }
        object.__setattr__(self, "_matcher", ListedTerms(cut))

    def matches(self, cut: list[str]) -> Iterator[tuple[str, int, int, int]]:
        """Listed terms among words: (topic, number of the term, first word, one past the last)."""
        return self._matcher.matches(cut)


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


def terms(text: str, analyser: Analyser) -> list[str]:
    """All terms of a text, repeated as often as they occur: words, runs of two and three, beginnings, listed terms.

    >>> terms("heroin in a truck", Analyser(ngrams=2))
    ['heroin', 'in', 'truck', 'heroin in', 'in truck']
    >>> terms("A heroin ring", Analyser(ngrams=1, prefix=5, listed={"drugs": ("heroin ring*",)}))
    ['heroin', 'ring', 'heroi*', 'list:drugs']
    """
    return [term for term, _, _ in _spans(words(text), analyser)]


def occurrences(text: str, analyser: Analyser) -> list[Occurrence]:
    """The same terms in the same order as ``terms``, each with its place in ``text``.

    >>> [(o.term, o.start, o.end) for o in occurrences("No heroin.", Analyser(ngrams=2))]
    [('no', 0, 2), ('heroin', 3, 9), ('no heroin', 0, 9)]
    """
    lowered = text.lower()
    places = [match.span() for match in _WORD.finditer(lowered)]
    origin = _origins(text) if len(lowered) != len(text) else None
    found = []
    for term, first, last in _spans([lowered[a:b] for a, b in places], analyser):
        start, end = places[first][0], places[last - 1][1]
        place = (start, end) if origin is None else (origin[start], origin[end - 1] + 1)
        found.append(Occurrence(term, *place))
    return found


def _spans(cut: list[str], analyser: Analyser) -> Iterator[tuple[str, int, int]]:
    """Terms with their first word and one past their last."""
    for size in range(1, analyser.ngrams + 1):
        for i in range(len(cut) - size + 1):
            yield " ".join(cut[i : i + size]), i, i + size
    if analyser.prefix:
        for i, word in enumerate(cut):
            if len(word) >= analyser.prefix:
                yield f"{word[: analyser.prefix]}*", i, i + 1
    for topic, _, first, last in analyser.matches(cut):
        yield f"{LISTED}{topic}", first, last


def _origins(text: str) -> list[int]:
    """For each character of ``text.lower()`` the place in ``text`` it came from.

    Lower-casing one character may give two (U+0130 does), never fewer, and their number does not depend on the
    neighbours, so characters can be lowered one by one to count them.
    """
    return [place for place, character in enumerate(text) for _ in character.lower()]
