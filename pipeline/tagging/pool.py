"""What is known when the next paragraph to label is chosen: texts, judgements, the log, and on demand model and doubts.

Every part can be handed in, since a server keeps the parts that did not change. Which paragraph comes next is said in
``queues``; nothing is written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.annotations import (
    GOLD,
    Lines,
    Span,
    Standing,
    by_annotator,
    label_files,
    read_lines,
    stand,
)
from pipeline.annotation.codebook import Codebook, load_codebook
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.journal import REPORTED, SKIPPED, Event, read_events
from pipeline.annotation.newest import instant
from pipeline.errors import ProjectError
from pipeline.learning import bulk
from pipeline.learning.doubtful import Doubt, doubtful
from pipeline.learning.locate import find_model
from pipeline.learning.model import Model
from pipeline.learning.persist import load_folder
from pipeline.project import Project
from pipeline.tagging.judging import reasons
from pipeline.text.articles import Article
from pipeline.text.paragraphs import Paragraph

Array = NDArray[Any]
Candidates = Mapping[Span, Paragraph]
Probabilities = Callable[[Model, Sequence[str]], Array]
Scores = Mapping[str, Sequence[float]]  # paragraph id -> k probabilities, in the codebook's order


@dataclass(frozen=True, slots=True)
class Voice:
    """What one annotator said.

    Attributes:
        lines: in order.
        standing: what they say in the end.
    """

    lines: Lines
    standing: Standing


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """What is needed to choose.

    Attributes:
        codebook: the topics.
        articles: articles by id.
        candidates: paragraphs that can be judged by their spans, in order of article and place.
        voices: what was judged, by annotator; the settled file under ``gold``.
        events: the log, in order.
        model: gives the model in use; asked only where a queue needs it.
        probabilities: of texts by a model, float64 of shape (n, k).
        doubts: gives the labels that models which never saw them contradict, the most surprising first.
    """

    codebook: Codebook
    articles: Mapping[str, Article]
    candidates: Candidates
    voices: Mapping[str, Voice]
    events: Sequence[Event]
    model: Callable[[], Model]
    probabilities: Probabilities
    doubts: Callable[[], Sequence[Doubt]]

    def cells(self, annotator: str | None, paragraph: Paragraph) -> dict[str, bool]:
        """Topic -> whether it is there, as an annotator judged the paragraph in its present words."""
        voice = self.voices.get(annotator) if annotator is not None else None
        cells = voice.standing.get(span_of(paragraph), {}) if voice else {}
        sha = paragraph.sha if cells else ""
        return {key: judgement.value for key, judgement in cells.items() if judgement.annotation.sha == sha}

    def is_judged(self, annotator: str | None, paragraph: Paragraph) -> bool:
        """Whether an annotator judged every topic of a paragraph."""
        return len(self.cells(annotator, paragraph)) == len(self.codebook.keys)

    def unheard(self, paragraph: Paragraph) -> tuple[str, ...]:
        """The topics that nobody judged the paragraph for."""
        heard = {key for annotator in self.voices for key in self.cells(annotator, paragraph)}
        return tuple(key for key in self.codebook.keys if key not in heard)

    def settled(self, paragraph: Paragraph) -> dict[str, bool]:
        """Topic -> whether it is there, by gold or, where gold is silent, by all annotators who judged it."""
        said: dict[str, set[bool]] = {}
        for annotator in self.voices:
            if annotator != GOLD:
                for key, value in self.cells(annotator, paragraph).items():
                    said.setdefault(key, set()).add(value)
        agreed = {key: values.pop() for key, values in said.items() if len(values) == 1}
        found = agreed | self.cells(GOLD, paragraph)
        return {key: found[key] for key in self.codebook.keys if key in found}

    def judged_at(self, annotator: str | None, paragraph: Paragraph) -> float:
        """When an annotator judged a paragraph last, in any words it had: ``instant``, before all else if never."""
        voice = self.voices.get(annotator) if annotator is not None else None
        cells = voice.standing.get(span_of(paragraph), {}) if voice else {}
        return max((instant(judgement.annotation.at) for judgement in cells.values()), default=-math.inf)

    def still(self, event: Event) -> Paragraph | None:
        """The paragraph an event is about, if it can be judged and its words are what they were."""
        paragraph = self.candidates.get(event.span)
        return paragraph if paragraph is not None and paragraph.sha == event.sha else None

    def skipped(self, annotator: str | None) -> set[Span]:
        """What an annotator passed over, neither judged by them nor reported by anyone since."""
        newest = {e.span: e for e in self.events if e.annotator == annotator or e.kind == REPORTED}
        return {
            span
            for span, event in newest.items()
            if event.kind == SKIPPED
            and (paragraph := self.still(event)) is not None
            and self.judged_at(annotator, paragraph) <= instant(event.at)
        }


def span_of(paragraph: Paragraph) -> Span:
    """Article id, start and end, as label lines have them."""
    return paragraph.article_id, paragraph.start, paragraph.end


def read_pool(
    project: Project,
    *,
    codebook: Codebook | None = None,
    articles: Mapping[str, Article] | None = None,
    candidates: Candidates | None = None,
    voices: Mapping[str, Voice] | None = None,
    events: Sequence[Event] | None = None,
    model: Callable[[], Model] | None = None,
    probabilities: Probabilities = bulk.probabilities,
    doubts: Callable[[], Sequence[Doubt]] | None = None,
) -> Pool:
    """Read what is not handed in; see ``Pool`` for the parts.

    Args:
        project: where everything lies.
        codebook: else the project's.
        articles: else the project's.
        candidates: else those of the articles.
        voices: else what the project's label files say.
        events: else the project's log.
        model: else loads the one that ``find_model`` finds for the project.
        probabilities: ``Remembered()`` to score each text once.
        doubts: ``doubts_of`` the newest run; without it that queue is refused.

    Raises:
        PipelineError: a file is broken; names it.
    """
    codebook = codebook or load_codebook(project.codebook)
    articles = articles if articles is not None else project_corpus(project)

    def no_doubts() -> Sequence[Doubt]:
        raise ProjectError(f"{project.runs}: no run was named to doubt labels by; run `threat-topics evaluate` first")

    return Pool(
        codebook=codebook,
        articles=articles,
        candidates=candidates if candidates is not None else candidates_of(articles),
        voices=voices if voices is not None else project_voices(project, codebook.keys),
        events=events if events is not None else tuple(read_events(project)),
        model=model or (lambda: load_folder(find_model(None, project))),
        probabilities=probabilities,
        doubts=doubts or no_doubts,
    )


def candidates_of(articles: Mapping[str, Article]) -> dict[Span, Paragraph]:
    """The paragraphs that tagging would judge: no furniture, English, long enough; in order of article and place."""
    found = {}
    for article_id in sorted(articles):
        content = articles[article_id].content
        for paragraph, reason in zip(content, reasons(content)[1], strict=True):
            if reason is None:
                found[span_of(paragraph)] = paragraph
    return found


def file_voices(
    project: Project, path: Path, keys: tuple[str, ...] | None, *, article: str | None = None
) -> dict[str, Voice]:
    """What one label file says, by annotator; all of ``gold.jsonl`` is gold's.

    Args:
        project: whose file.
        path: the file; one that is not there says nothing.
        keys: the topics there are; ``None`` leaves them unchecked.
        article: what is said of this article alone, without reading the rest; ``None`` for all.

    Raises:
        LabelError: the file is broken; names the line, with the path as it lies in the project.
    """
    lines = read_lines(project, path, keys, article=article)
    apart = {GOLD: lines} if path.stem == GOLD else by_annotator(lines)
    return {annotator: Voice(said, stand(said)) for annotator, said in apart.items()}


def joined(files: Iterable[Mapping[str, Voice]]) -> dict[str, Voice]:
    """The voices of several files as one; an annotator of two files has said the lines of both."""
    found: dict[str, Voice] = {}
    for voices in files:
        for annotator, voice in voices.items():
            held = found.get(annotator)
            lines = [*held.lines, *voice.lines] if held else voice.lines
            found[annotator] = Voice(lines, stand(lines)) if held else voice
    return found


def project_voices(project: Project, keys: tuple[str, ...]) -> dict[str, Voice]:
    """What all label files of a project say, by annotator.

    Raises:
        LabelError: a file is broken.
    """
    return joined(file_voices(project, path, keys) for path in label_files(project))


def doubts_of(project: Project, scores: Scores) -> list[Doubt]:
    """Labels of a project that confident learning doubts, the most surprising first.

    Args:
        project: whose labels, as they are now.
        scores: probabilities out of fold; paragraphs that have none are not doubted.

    Raises:
        LabelError: a label does not fit its text.
        MissingExtraError: cleanlab is not installed.
    """
    dataset = load_dataset(project)
    P = np.zeros(dataset.Y.shape)
    scored = np.zeros((len(P), 1), dtype=bool)
    for i, paragraph in enumerate(dataset.paragraphs):
        if paragraph.id in scores:
            P[i], scored[i] = scores[paragraph.id], True
    return doubtful(replace(dataset, Y=dataset.Y & scored, known=dataset.known & scored), P)


@dataclass(slots=True)
class Remembered:
    """Probabilities by one model at a time, each text scored once; may be shared by threads."""

    _held: tuple[str, dict[str, Array]] = field(default_factory=lambda: ("", {}))

    def __call__(self, model: Model, texts: Sequence[str]) -> Array:
        """Calibrated probabilities, float64 of shape (n, k)."""
        sha, rows = self._held
        if sha != model.sha256:
            rows = {}
            self._held = (model.sha256, rows)
        new = [text for text in dict.fromkeys(texts) if text not in rows]
        rows.update(zip(new, bulk.probabilities(model, new), strict=True))
        return np.array([rows[text] for text in texts]).reshape(len(texts), len(model.codebook.keys))
