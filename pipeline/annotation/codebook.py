"""Topics and what counts as each: ``labels/codebook.toml``, or the copy of it that a model carries.

Checks that a codebook is whole and unambiguous. It knows no topic by name, and it judges no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import LabelError, unknown_key
from pipeline.files import read_toml, read_utf8

_TEXTS = ("key", "name", "definition", "hotkey", "colour")
_LISTS = ("counts", "does_not_count", "examples", "counter_examples")
_FORMS = {
    "key": (re.compile(r"[a-z][a-z0-9_-]*"), "a lower-case letter, then lower-case letters, digits, '-' or '_'"),
    "hotkey": (re.compile(r"[a-z0-9]"), "one lower-case letter or digit"),
    "colour": (re.compile(r"#[0-9a-fA-F]{6}"), "a colour such as #0b5fae"),
}
# Columns of sheets, of tagged tables and of scores, and lines of a report; a topic of that name could not be told from
# them.
RESERVED = (
    *("article", "start", "end", "sha", "text", "note"),
    *("id", "article_id", "kind", "unsupported", "topics", "review"),
    *("paragraph", "repeat", "fold"),
    *("micro", "macro", "exact_match", "hamming_loss", "model_minus_this"),
)
RESERVED_ENDINGS = ("_score", "_probability", "_tag")


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the codebook.

    Attributes:
        key: its name in files, columns and code.
        name: its name for people.
        definition: one sentence.
        counts: what a paragraph must report, discuss or name to have the topic.
        does_not_count: near misses that do not.
        examples: paragraphs that have it.
        counter_examples: paragraphs that look like it and do not.
        hotkey: the key that judges it in the browser.
        colour: ``#rrggbb``, readable on white.
    """

    key: str
    name: str
    definition: str
    counts: tuple[str, ...]
    does_not_count: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    hotkey: str
    colour: str


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that changed, so that labels made before may be wrong.

    Attributes:
        version: the codebook's first version with it.
        topic: key of the topic it is about.
        what: the decision, as it is now.
        again: beginnings of words; paragraphs judged before that hold one are to be judged again, none where the
            change only puts into words what was judged all along.
    """

    version: int
    topic: str
    what: str
    again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """The topics in the order of every column.

    Attributes:
        version: raised when a decision changes; a label keeps the version it was made under.
        topics: at least one.
        general: rules that hold for every topic.
        changes: decisions that changed since version 1.
    """

    version: int
    topics: tuple[Topic, ...]
    general: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Topic keys; column j is always ``keys[j]``."""
        return tuple(topic.key for topic in self.topics)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, the inverse of ``codebook_from_dict``."""
        topics, changes = (
            [{k: list(v) if isinstance(v, tuple) else v for k, v in asdict(record).items()} for record in records]
            for records in (self.topics, self.changes)
        )
        return {"version": self.version, "general": list(self.general), "topics": topics, "changes": changes}


def load_codebook(path: Path) -> Codebook:
    """Read a codebook file.

    Raises:
        LabelError: a key is missing, unknown, of the wrong form or used twice; names the file and the key.
    """
    return codebook_from_dict(read_toml(path, LabelError), str(path))


def topic_line(path: Path, key: str) -> int | None:
    """The line of a codebook file on which a topic's key stands, for messages."""
    wanted = re.compile(rf"""\s*key\s*=\s*["']{re.escape(key)}["']""")
    lines = read_utf8(path, LabelError).split("\n")
    return next((number for number, line in enumerate(lines, 1) if wanted.match(line)), None)


def codebook_from_dict(values: object, where: str) -> Codebook:
    """Build a codebook from plain values.

    Raises:
        LabelError: names ``where`` and the key.
    """
    if not isinstance(values, dict):
        raise LabelError(f"{where}: is {values!r}; must be a table with version and topics")
    _refuse_unknown(where, values, ("version", "general", "topics", "changes"))
    version = values.get("version")
    if type(version) is not int or version < 1:
        raise LabelError(f"{where}: version: is {version!r}; must be a whole number from 1")
    tables = values.get("topics")
    if not isinstance(tables, list) or not tables:
        raise LabelError(f"{where}: topics: is missing or empty; write one [[topics]] table a topic")
    topics = tuple(_topic(table, f"{where}: topic {number}") for number, table in enumerate(tables, 1))
    for name in ("key", "hotkey"):
        _refuse_repeated(topics, name, where)
    general = _strings(values.get("general", []), f"{where}: general")
    changes = values.get("changes", [])
    if not isinstance(changes, list):
        raise LabelError(f"{where}: changes: is {changes!r}; write one [[changes]] table a decision")
    keys = tuple(topic.key for topic in topics)
    numbered = enumerate(changes, 1)
    return Codebook(
        version, topics, general, tuple(_change(t, f"{where}: change {n}", keys, version) for n, t in numbered)
    )


def _change(table: object, where: str, keys: tuple[str, ...], version: int) -> Change:
    if not isinstance(table, dict):
        raise LabelError(f"{where}: is {table!r}; must be a table [[changes]]")
    _refuse_unknown(where, table, ("version", "topic", "what", "again"))
    since, topic = table.get("version"), table.get("topic")
    if type(since) is not int or not 2 <= since <= version:
        raise LabelError(f"{where}: version: is {since!r}; must be a whole number from 2 to the codebook's {version}")
    if topic not in keys:
        raise LabelError(unknown_key(f"{where}: topic", str(topic), keys))
    what = _text(table.get("what"), "what", f"{where}: what")
    return Change(since, topic, what, _strings(table.get("again", []), f"{where}: again"))


def _topic(table: object, where: str) -> Topic:
    if not isinstance(table, dict):
        raise LabelError(f"{where}: is {table!r}; must be a table [[topics]]")
    key = table.get("key")
    where = f"{where} ({key})" if isinstance(key, str) else where
    _refuse_unknown(where, table, (*_TEXTS, *_LISTS))
    for name in (*_TEXTS, *_LISTS):
        if name not in table:
            raise LabelError(f"{where}: {name}: is missing; add it, as the other topics have it")
    values: dict[str, Any] = {name: _text(table[name], name, f"{where}: {name}") for name in _TEXTS}
    values |= {name: _strings(table[name], f"{where}: {name}") for name in _LISTS}
    return Topic(**values)


def _text(value: object, name: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LabelError(f"{where}: is {value!r}; must be a text that is not empty")
    if name in _FORMS:
        form, words = _FORMS[name]
        if not form.fullmatch(value):
            raise LabelError(f"{where}: is {value!r}; must be {words}")
    if name == "key" and (value in RESERVED or value.endswith(RESERVED_ENDINGS)):
        raise LabelError(f"{where}: is {value!r}, which sheets, tables and reports use themselves; choose another key")
    return value


def _strings(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise LabelError(f"{where}: is {value!r}; must be a list of texts")
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise LabelError(f"{where}: holds {item!r}; every item must be a text that is not empty")
    return tuple(value)


def _refuse_unknown(where: str, values: Mapping[Any, object], known: tuple[str, ...]) -> None:
    for key in values:
        if key not in known:
            raise LabelError(unknown_key(where, key, known))


def _refuse_repeated(topics: tuple[Topic, ...], name: str, where: str) -> None:
    first: dict[str, Topic] = {}
    for number, topic in enumerate(topics, 1):
        value = getattr(topic, name)
        other = first.setdefault(value, topic)
        if other is not topic:
            raise LabelError(
                f"{where}: topic {number} ({topic.key}): {name}: {value!r} is taken by topic "
                f"{topics.index(other) + 1} ({other.key}); choose another {name}"
            )
