"""Hand labels: append-only JSON Lines, one file an annotator, and what they settle.

A line judges one paragraph for the topics in ``known``; what is not judged stays as it was. Files are only ever grown:
a changed mind is a later line, an undone judgement a line with ``"topics": null``. Whether the text is still the one
that was judged is asked elsewhere (``corpus.misfit``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from reprlib import repr as short
from typing import Any

from pipeline.annotation.corpus import local
from pipeline.errors import LabelError, unknown_key
from pipeline.files import append_jsonl, read_jsonl
from pipeline.project import Project

GOLD = "gold"
Span = tuple[str, int, int]  # article id, start, end


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line of a label file.

    Attributes:
        article: article id.
        start: first character of the paragraph in the article's text.
        end: the character after its last one.
        sha: hex SHA-256 of the paragraph's text as it was judged.
        topics: keys of the topics it has; ``None`` withdraws all this annotator said of the paragraph before.
        known: keys of the topics that were judged.
        annotator: who judged.
        at: when, ISO 8601.
        codebook: version of the codebook it was judged under.
        note: why, where that is not plain.
    """

    article: str
    start: int
    end: int
    sha: str
    topics: tuple[str, ...] | None
    known: tuple[str, ...]
    annotator: str
    at: str
    codebook: int
    note: str = ""

    @property
    def span(self) -> Span:
        """What was judged."""
        return self.article, self.start, self.end

    @property
    def cells(self) -> dict[str, bool]:
        """Topic -> whether the paragraph has it, for the topics judged."""
        return {} if self.topics is None else {key: key in self.topics for key in self.known}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; topics sorted, so that equal judgements are equal lines."""
        topics = None if self.topics is None else sorted(self.topics)
        return {**asdict(self), "topics": topics, "known": sorted(self.known)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One topic of one paragraph, as one line says.

    Attributes:
        value: whether the paragraph has the topic.
        annotation: the line.
        where: ``file:line``.
    """

    value: bool
    annotation: Annotation
    where: str


Lines = list[tuple[str, Annotation]]  # ("labels/gold.jsonl:12", line), in order
Standing = dict[Span, dict[str, Judgement]]
Settlement = dict[Span, dict[str, tuple[Judgement, ...]]]

_TYPES: dict[str, tuple[type, str]] = {
    "article": (str, "a text"),
    "start": (int, "a whole number"),
    "end": (int, "a whole number"),
    "sha": (str, "a text"),
    "known": (list, "a list of topic keys"),
    "annotator": (str, "a text"),
    "at": (str, "a date and time as text"),
    "codebook": (int, "a whole number"),
    "note": (str, "a text"),
}
_FIELDS = ("article", "start", "end", "sha", "topics", "known", "annotator", "at", "codebook", "note")


def annotation_from_dict(values: dict[str, Any], where: str, keys: tuple[str, ...] | None = None) -> Annotation:
    """Build an annotation from a decoded line.

    Args:
        values: the line.
        where: ``file:line``, for messages.
        keys: the topics there are; ``None`` leaves them unchecked.

    Raises:
        LabelError: a key is missing, unknown or of the wrong type, or the line contradicts itself.
    """
    for key in values:
        if key not in _FIELDS:
            raise LabelError(unknown_key(where, key, _FIELDS))
    values = {"note": "", **values}
    for key in _FIELDS:
        if key not in values:
            raise LabelError(f"{where}: {key}: is missing; add it")
        kind, words = _TYPES["known"] if key == "topics" else _TYPES[key]
        undone = key == "topics" and values[key] is None
        if type(values[key]) is not kind and not undone:
            raise LabelError(f"{where}: {key}: is {short(values[key])}; must be {words}")
    start, end = values["start"], values["end"]
    if not 0 <= start < end:
        raise LabelError(f"{where}: start, end: are {start} and {end}; must be 0 <= start < end")
    known = _topics(values, "known", where, keys)
    topics = None if values["topics"] is None else _topics(values, "topics", where, keys)
    if topics is None and known:
        raise LabelError(
            f"{where}: known: must be [] where topics is null, which withdraws every judgement of the paragraph"
        )
    if topics is not None and not known:
        raise LabelError(
            f"{where}: known: is empty, so nothing is judged; list the topics that were, also those not found"
        )
    if stray := [key for key in topics or () if key not in known]:
        raise LabelError(f"{where}: topics: {stray[0]!r} is not in known; a topic found was judged, so add it to known")
    return Annotation(**{**values, "topics": topics, "known": known})


def _topics(values: dict[str, Any], name: str, where: str, keys: tuple[str, ...] | None) -> tuple[str, ...]:
    given = values[name]
    for key in given:
        if not isinstance(key, str):
            raise LabelError(f"{where}: {name}: holds {short(key)}; must be {_TYPES['known'][1]}")
        if keys is not None and key not in keys:
            raise LabelError(f"{where}: {name}: unknown topic {short(key)}; known are: {', '.join(keys)}")
    if len(set(given)) < len(given):
        raise LabelError(f"{where}: {name}: names a topic twice; name it once")
    return tuple(given)


def read_annotations(
    path: Path, keys: tuple[str, ...] | None = None, *, article: str | None = None
) -> list[tuple[int, Annotation]]:
    """The lines of a label file with their numbers; a file that is not there yet has none.

    Args:
        path: the file.
        keys: the topics there are (``codebook.keys``); ``None`` leaves them unchecked.
        article: lines on this article alone, without reading others, which is fast; ``None`` for all.

    Raises:
        LabelError: names file, line and key.
    """
    if not path.exists():
        return []
    lines = read_jsonl(path, LabelError, about=article or "")
    found = [(number, annotation_from_dict(values, f"{path}:{number}", keys)) for number, values in lines]
    return [(number, line) for number, line in found if article in {None, line.article}]


def append_annotations(path: Path, annotations: Iterable[Annotation]) -> None:
    """Append lines to a label file; without any the file stays untouched.

    Raises:
        InputError: the file's last line is cut off.
    """
    records = [annotation.to_dict() for annotation in annotations]
    if records:
        append_jsonl(path, records)


def label_file(project: Project, annotator: str) -> Path:
    """The file that holds an annotator's lines; ``gold`` names the settled one.

    Raises:
        LabelError: the name cannot be a file name.
    """
    if not re.fullmatch(r"\w[\w.-]*", annotator):
        raise LabelError(f"annotator {annotator!r}: names a file, so must be letters, digits, '-', '_' and '.' only")
    return project.labels / f"{annotator}.jsonl"


def label_files(project: Project) -> list[Path]:
    """All label files of a project in the order of their names."""
    return sorted(project.labels.glob("*.jsonl"))


def read_lines(
    project: Project, path: Path, keys: tuple[str, ...] | None = None, *, article: str | None = None
) -> Lines:
    """The lines of one label file of a project, each with where it stands there.

    Args:
        project: whose file.
        path: the file.
        keys: as in ``read_annotations``.
        article: as there.

    Raises:
        LabelError: as ``read_annotations``, with the path as it lies in the project.
    """
    try:
        lines = read_annotations(path, keys, article=article)
    except LabelError as error:
        raise LabelError(local(str(error), project.root)) from None
    name = path.relative_to(project.root).as_posix()
    return [(f"{name}:{number}", line) for number, line in lines]


def read_labels(project: Project, keys: tuple[str, ...] | None = None) -> tuple[Lines, Lines]:
    """All lines of a project: those of the settled file, and those of the annotators.

    Raises:
        LabelError: as ``read_annotations``, with the path as it lies in the project.
    """
    gold: Lines = []
    others: Lines = []
    for path in label_files(project):
        (gold if path.stem == GOLD else others).extend(read_lines(project, path, keys))
    return gold, others


def take(standing: Standing, annotation: Annotation, where: str) -> None:
    """Let one more line of the same annotator count: the last judgement of a cell wins, an undo empties the paragraph."""
    if annotation.topics is None:
        standing.pop(annotation.span, None)
        return
    cells = standing.setdefault(annotation.span, {})
    for key, value in annotation.cells.items():
        cells.pop(key, None)  # the newest judgement comes last
        cells[key] = Judgement(value, annotation, where)


def stand(lines: Iterable[tuple[str, Annotation]]) -> Standing:
    """What the lines of one annotator say in the end: paragraph -> topic -> judgement, the newest last."""
    standing: Standing = {}
    for where, annotation in lines:
        take(standing, annotation, where)
    return standing


def by_annotator(lines: Iterable[tuple[str, Annotation]]) -> dict[str, Lines]:
    """Lines apart by who wrote them, each in order."""
    apart: dict[str, Lines] = {}
    for where, annotation in lines:
        apart.setdefault(annotation.annotator, []).append((where, annotation))
    return apart


def settle(gold: Iterable[tuple[str, Annotation]], others: Iterable[tuple[str, Annotation]]) -> Settlement:
    """What is settled: paragraph -> topic -> the judgements that settle it, which all say the same.

    A cell is what gold says of it; where gold is silent, what the annotators say who judged it, if they agree;
    otherwise it is not there.

    Args:
        gold: lines of the settled file.
        others: lines of the annotators.
    """
    voices: dict[Span, dict[str, list[Judgement]]] = {}
    for lines in by_annotator(others).values():
        for span, cells in stand(lines).items():
            for key, judgement in cells.items():
                voices.setdefault(span, {}).setdefault(key, []).append(judgement)
    settled: Settlement = {}
    for span, said in voices.items():
        agreed = {key: tuple(said[key]) for key in said if len({judgement.value for judgement in said[key]}) == 1}
        if agreed:
            settled[span] = agreed
    for span, cells in stand(gold).items():
        settled.setdefault(span, {}).update({key: (judgement,) for key, judgement in cells.items()})
    return settled


def note_of(cells: Mapping[str, Judgement]) -> str:
    """The newest note on a paragraph, empty if there is none."""
    return next((note for j in reversed(list(cells.values())) if (note := j.annotation.note.strip())), "")
