"""Listed terms among the words of a text: where each topic's terms occur.

A term is a run of words; one that is open at its end matches any word with that beginning in its last place. Words
are cut elsewhere (``analyser``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


class ListedTerms:
    """Terms by topic, indexed by their first word.

    Args:
        terms: topic key -> (words of a term, whether its last word is only a beginning).

    >>> listed = ListedTerms({"drugs": ((["heroin"], True), (["crack", "cocaine"], False))})
    >>> list(listed.matches(["heroins", "and", "crack", "cocaine"]))
    [('drugs', 0, 0, 1), ('drugs', 1, 2, 4)]
    """

    __slots__ = ("_beginnings", "_by_first")

    def __init__(self, terms: Mapping[str, Sequence[tuple[Sequence[str], bool]]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], bool, str, int]]] = {}
        self._beginnings: dict[str, list[tuple[str, str, int]]] = {}  # by two letters, which every word has
        distinct = dict.fromkeys((tuple(cut), is_open, topic) for topic, rows in terms.items() for cut, is_open in rows)
        for number, (cut, is_open, topic) in enumerate(distinct):
            if len(cut) == 1 and is_open:
                self._beginnings.setdefault(cut[0][:2], []).append((cut[0], topic, number))
            elif cut:
                self._by_first.setdefault(cut[0], []).append((cut, is_open, topic, number))

    def matches(self, cut: Sequence[str]) -> Iterator[tuple[str, int, int, int]]:
        """Yield (topic, number of the term, first word, one past the last), in order of the first word.

        Each topic is marked once at each place, by its longest term there.
        """
        for place, word in enumerate(cut):
            longest: dict[str, tuple[int, int]] = {}
            for start, topic, number in self._beginnings.get(word[:2], ()):
                if word.startswith(start):
                    longest[topic] = (1, number)
            for term, is_open, topic, number in self._by_first.get(word, ()):
                here = tuple(cut[place : place + len(term)])
                same = here[:-1] == term[:-1] and len(here) == len(term)
                if same and (here[-1].startswith(term[-1]) if is_open else here[-1] == term[-1]):
                    longest[topic] = max(longest.get(topic, (0, 0)), (len(term), number))
            for topic, (length, number) in longest.items():
                yield topic, number, place, place + length
