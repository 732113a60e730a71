"""Term lists per topic: facts a user may edit, in ``labels/lexicon.toml``.

One table a topic, in it named groups, each a list of terms; a term that ends in ``*`` stands for every word with that
beginning. Terms are strong, nearly always about their topic, or weak, often about it: those of a group named ``weak``. What the terms are matched against, and how, is the business of ``learning``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.annotation.codebook import Codebook
from pipeline.errors import LabelError, unknown_key
from pipeline.files import read_toml, read_utf8

WEAK = "weak"  # name of the group of weak terms

_STRING_OR_COMMENT = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'|#.*""")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Listed terms.

    Attributes:
        terms: topic key -> its strong terms in the order of the file, groups joined, each once.
        weak: topic key -> its weak terms, likewise.
    """

    terms: dict[str, tuple[str, ...]]
    weak: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed term and where it stands.

    Attributes:
        topic: topic key.
        group: name of its group.
        term: as written.
        line: line of the file from 1; ``None`` where an escape hides it.
    """

    topic: str
    group: str
    term: str
    line: int | None

    @property
    def folded(self) -> str:
        """The term as it is compared: case and spacing do not tell terms apart."""
        return " ".join(self.term.lower().split())

    @property
    def is_weak(self) -> bool:
        """Whether it is but a hint."""
        return self.group == WEAK


def load_lexicon(path: Path, codebook: Codebook) -> Lexicon:
    """Read a lexicon; a missing file is a lexicon without terms.

    Raises:
        LabelError: an unknown topic, or something other than lists of terms; names file and key.
    """
    entries = read_entries(path, codebook)
    return Lexicon(*(_by_topic(entry for entry in entries if entry.is_weak == weak) for weak in (False, True)))


def _by_topic(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    terms: dict[str, dict[str, str]] = {}
    for entry in entries:
        terms.setdefault(entry.topic, {}).setdefault(entry.folded, entry.term)
    return {topic: tuple(listed.values()) for topic, listed in terms.items()}


def join_lexicons(own: Lexicon, shipped: Lexicon, keys: tuple[str, ...]) -> Lexicon:
    """One's own terms and the shipped ones of the topics in ``keys``; a shipped term one lists oneself is one's own.

    >>> join_lexicons(Lexicon({"drugs": ("khat",)}), Lexicon({"drugs": ("heroin",), "war": ("tank",)}), ("drugs",)).terms
    {'drugs': ('khat', 'heroin')}
    """
    return Lexicon(_join(own.terms, shipped.terms, keys), _join(own.weak, shipped.weak, keys))


def _join(
    own: dict[str, tuple[str, ...]], shipped: dict[str, tuple[str, ...]], keys: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    listed = {term for terms in own.values() for term in terms}
    more = {key: tuple(t for t in shipped.get(key, ()) if t not in listed) for key in keys}
    return {key: joined for key in keys if (joined := own.get(key, ()) + more[key])}


def read_entries(path: Path, codebook: Codebook) -> list[Entry]:
    """All listed terms in the order of the file, repeated ones too.

    Raises:
        LabelError: as ``load_lexicon``.
    """
    if not path.exists():
        return []
    places = list(_string_places(read_utf8(path, LabelError)))
    entries: list[Entry] = []
    for topic, groups in read_toml(path, LabelError).items():
        if topic not in codebook.keys:
            raise LabelError(unknown_key(str(path), topic, codebook.keys))
        if not isinstance(groups, dict):
            raise LabelError(f"{path}: {topic}: must be a table [{topic}] of named groups, each a list of terms")
        for group, listed in groups.items():
            where = f"{path}: {topic}.{group}"
            if not isinstance(listed, list):
                raise LabelError(f"{where}: is {listed!r}; must be a list of terms")
            entries.extend(Entry(topic, group, _term(term, where), _line(places, term)) for term in listed)
    return entries


def repeated(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """Entries whose term was listed before, each with the first one of that term.

    A strong term points to one topic; a weak one may hint at several, but stands once in each.
    """
    first: dict[tuple[str, str], Entry] = {}
    found = []
    for entry in entries:
        key = entry.folded, entry.topic if entry.is_weak else ""
        if first.setdefault(key, entry) is not entry:
            found.append((entry, first[key]))
    return found


def _term(term: object, where: str) -> str:
    if not isinstance(term, str) or not term.strip("* \t"):
        raise LabelError(f"{where}: holds {term!r}; every term must be a text that is not empty")
    if "*" in term[:-1]:
        raise LabelError(f"{where}: {term!r}: only the last character of a term may be '*'; write two terms instead")
    return term


def _string_places(text: str) -> Iterator[tuple[int, str]]:
    """Strings of a TOML file in order with their lines; terms follow in the same order, keys lie between."""
    for number, line in enumerate(text.split("\n"), 1):
        for match in _STRING_OR_COMMENT.finditer(line):
            if not match[0].startswith("#"):
                yield number, match[1] if match[1] is not None else match[2]


def _line(places: list[tuple[int, str]], term: object) -> int | None:
    """The line of the next place of ``term``; that place and those before it are used up."""
    for i, (number, string) in enumerate(places):
        if string == term:
            del places[: i + 1]
            return number
    return None
