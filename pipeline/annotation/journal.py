"""What was done in the workbench, one line an act: ``labels/log/<annotator>.jsonl``, append-only.

The log tells who judged what, with which suggestion before their eyes, and what stood there before, so that undo needs
nothing else. What holds stands in the label files: the log is never joined with a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from reprlib import repr as short
from typing import Any

from pipeline.annotation.annotations import GOLD, Annotation, Span, annotation_from_dict, label_file
from pipeline.annotation.corpus import local
from pipeline.errors import LabelError, unknown_key
from pipeline.files import append_jsonl, read_jsonl
from pipeline.project import Project

SAVED, SETTLED, UNDONE, SKIPPED, REPORTED = KINDS = ("saved", "settled", "undone", "skipped", "reported")
SHOWN = ("before", "after", "")
_NAMES_TOPICS = (SAVED, SETTLED, REPORTED)


@dataclass(frozen=True, slots=True)
class Event:
    """One act of one person on one paragraph.

    Attributes:
        kind: one of ``KINDS``.
        annotator: who did it, by their own name, also where they settled.
        at: when, ISO 8601.
        article: article id.
        start: first character of the paragraph in the article's text.
        end: the character after its last one.
        sha: hex SHA-256 of the paragraph's text as it was seen.
        topics: saved and settled: the topics it was given; reported: tags held to be wrong or missing; else ``None``.
        shown: when the model's suggestion was seen: "before" the choice, "after" it, "" not at all.
        suggested: topic -> the model's probability then; empty if there was no model.
        tagged: the topics the model tagged.
        model: hex SHA-256 of that model.
        queue: where the paragraph came from.
        note: why, where that is not plain.
        before: saved and settled: the label lines that stood before, as far as they still stood.
        after: saved and settled: the label lines that stood in their place then.
    """

    kind: str
    annotator: str
    at: str
    article: str
    start: int
    end: int
    sha: str
    topics: tuple[str, ...] | None
    shown: str = ""
    suggested: dict[str, float] = field(default_factory=dict)
    tagged: tuple[str, ...] = ()
    model: str = ""
    queue: str = ""
    note: str = ""
    before: tuple[Annotation, ...] = ()
    after: tuple[Annotation, ...] = ()

    @property
    def span(self) -> Span:
        """The paragraph."""
        return self.article, self.start, self.end

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        lines = {name: [line.to_dict() for line in getattr(self, name)] for name in ("before", "after")}
        topics = None if self.topics is None else list(self.topics)
        return {**asdict(self), "topics": topics, "tagged": list(self.tagged), **lines}


_FIELDS = tuple(each.name for each in fields(Event))


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len(set(value)) == len(value)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **{
        name: (lambda value: isinstance(value, str), "a text")
        for name in ("annotator", "at", "article", "sha", "model", "queue", "note")
    },
    **{name: (lambda value: type(value) is int, "a whole number") for name in ("start", "end")},
    "kind": (lambda value: value in KINDS, f"one of {', '.join(KINDS)}"),
    "shown": (lambda value: value in SHOWN, f"one of {', '.join(map(repr, SHOWN))}"),
    "topics": (lambda value: value is None or _is_texts(value), "a list of topic keys, each once, or null"),
    "tagged": (_is_texts, "a list of topic keys, each once"),
    "suggested": (
        lambda value: isinstance(value, dict) and all(map(_is_share, value.values())),
        "an object of topic keys and probabilities between 0 and 1",
    ),
    "before": (lambda value: isinstance(value, list), "a list of label lines"),
    "after": (lambda value: isinstance(value, list), "a list of label lines"),
}


def event_from_dict(values: dict[str, Any], where: str, keys: tuple[str, ...] | None = None) -> Event:
    """Build an event from a decoded line.

    Args:
        values: the line.
        where: ``file:line``, for messages.
        keys: the topics there are, for what people said; ``None`` leaves them unchecked. What a model said of topics
            that are gone since stays readable.

    Raises:
        LabelError: a key is missing, unknown or of the wrong type, or the line contradicts itself.
    """
    for key in values:
        if key not in _FIELDS:
            raise LabelError(unknown_key(where, key, _FIELDS))
    for key in _FIELDS:
        if key not in values:
            raise LabelError(f"{where}: {key}: is missing; add it")
        is_right, words = _CHECKS[key]
        if not is_right(values[key]):
            raise LabelError(f"{where}: {key}: is {short(values[key])}; must be {words}")
    kind, topics = values["kind"], values["topics"]
    if not 0 <= values["start"] < values["end"]:
        raise LabelError(f"{where}: start, end: are {values['start']} and {values['end']}; must be 0 <= start < end")
    if (topics is None) == (kind in _NAMES_TOPICS):
        needed = "a list of topic keys" if kind in _NAMES_TOPICS else "null"
        raise LabelError(f"{where}: topics: is {short(topics)}; must be {needed} where something was {kind}")
    for key in topics or ():
        if keys is not None and key not in keys:
            raise LabelError(f"{where}: topics: unknown topic {short(key)}; known are: {', '.join(keys)}")
    lines = {name: _lines(values[name], f"{where}: {name}", keys) for name in ("before", "after")}
    topics = None if topics is None else tuple(topics)
    return Event(**{**values, "topics": topics, "tagged": tuple(values["tagged"]), **lines})


def _lines(values: list[Any], where: str, keys: tuple[str, ...] | None) -> tuple[Annotation, ...]:
    for line in values:
        if not isinstance(line, dict):
            raise LabelError(f"{where}: holds {short(line)}; must be a list of label lines")
    return tuple(annotation_from_dict(line, where, keys) for line in values)


def log_folder(project: Project) -> Path:
    """Where the logs lie: a folder of its own, so that none is taken for a label file."""
    return project.labels / "log"


def log_files(project: Project) -> list[Path]:
    """All logs of a project in the order of their names."""
    return sorted(log_folder(project).glob("*.jsonl"))


def log_file(project: Project, annotator: str) -> Path:
    """The log of one person.

    Raises:
        LabelError: the name cannot be a file name, or is that of the settled file, which is nobody's own.
    """
    path = label_file(project, annotator)
    if annotator.casefold() == GOLD:
        raise LabelError(f"annotator {annotator!r}: {GOLD} is the settled file; give your own name")
    return log_folder(project) / path.name


def read_events(
    project: Project, annotator: str | None = None, keys: tuple[str, ...] | None = None, *, article: str | None = None
) -> list[Event]:
    """What was done, in order of time; of the same moment, in order of the files' names.

    Each person's acts stay in order of their lines, even where a clock was set back between two.

    Args:
        project: whose log to read.
        annotator: whose acts, everybody's if ``None``.
        keys: the topics there are; ``None`` leaves them unchecked.
        article: acts on this article alone, without reading other lines; ``None`` for all.

    Raises:
        LabelError: names file, line and key.
    """
    if annotator is not None:
        path = log_file(project, annotator)
        return _read(project, path, keys, article) if path.exists() else []
    timed: list[tuple[str, Event]] = []
    for path in log_files(project):
        events = _read(project, path, keys, article)
        timed += zip(accumulate((event.at for event in events), max), events, strict=True)
    return [event for _, event in sorted(timed, key=itemgetter(0))]


def _read(project: Project, path: Path, keys: tuple[str, ...] | None, article: str | None) -> list[Event]:
    try:
        lines = read_jsonl(path, LabelError, about=article or "")
        events = [event_from_dict(values, f"{path}:{line}", keys) for line, values in lines]
    except LabelError as error:
        raise LabelError(local(str(error), project.root)) from None
    return [event for event in events if article in {None, event.article}]


def not_undone(events: Iterable[Event]) -> list[Event]:
    """The saves and settlements that were not taken back, each person's in order.

    Args:
        events: each person's in the order of their lines.
    """
    acts: dict[str, list[Event]] = {}
    for event in events:
        own = acts.setdefault(event.annotator, [])
        if event.kind in {SAVED, SETTLED}:
            own.append(event)
        elif event.kind == UNDONE and own:
            own.pop()
    return [event for own in acts.values() for event in own]


def newest_act(project: Project, annotator: str) -> Event | None:
    """The last of ``not_undone`` of one person, fast: of the other lines only their kind is looked at.

    Raises:
        LabelError: names file, line and key.
    """
    path = log_file(project, annotator)
    undone = 0
    try:
        for line, values in reversed(list(read_jsonl(path, LabelError)) if path.exists() else []):
            kind = values.get("kind")
            if kind == UNDONE:
                undone += 1
            elif kind in {SAVED, SETTLED} and undone:
                undone -= 1
            elif kind in {SAVED, SETTLED}:
                return event_from_dict(values, f"{path}:{line}")
    except LabelError as error:
        raise LabelError(local(str(error), project.root)) from None
    return None


def append_event(project: Project, event: Event) -> None:
    """Write an act down, and return once it is on disk.

    Raises:
        LabelError: it could not be read again as it is.
        InputError: the last line of the log is cut off, or nothing can be written there.
    """
    path = log_file(project, event.annotator)
    values = event.to_dict()
    event_from_dict(values, f"{local(str(path), project.root)}: the next line")
    append_jsonl(path, [values])
