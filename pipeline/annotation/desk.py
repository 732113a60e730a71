"""What an annotator does, as plain functions over files: save, settle, undo, skip, report.

Each returns once everything is on disk: first the label lines, then the act in the log, whose newest act not undone is
what undo takes back. A crash in between leaves a label without an act, never an act without its label; a log that cannot be written leaves neither. Knows nothing
of pages or the clock.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.annotation.annotations import (
    GOLD,
    Annotation,
    Span,
    Standing,
    annotation_from_dict,
    append_annotations,
    label_file,
    read_lines,
    stand,
    take,
)
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import misfit
from pipeline.annotation.journal import (
    REPORTED,
    SAVED,
    SETTLED,
    SKIPPED,
    UNDONE,
    Event,
    append_event,
    event_from_dict,
    log_file,
    log_folder,
    newest_act,
    not_undone,
    read_events,
)
from pipeline.annotation.settled import place
from pipeline.annotation.sheets import new_judgements
from pipeline.errors import LabelError, PipelineError
from pipeline.files import locked
from pipeline.project import Project
from pipeline.text.articles import Article


def writing(project: Project) -> AbstractContextManager[None]:
    """The block in which label files are read in order to be grown: one writer of a project at a time."""
    return locked(log_folder(project) / ".lock")


def save(project: Project, corpus: Mapping[str, Article], annotation: Annotation, event: Event) -> None:
    """Write down what an annotator judged; what their file says already is not said again.

    Args:
        project: whose labels to grow.
        corpus: articles by id.
        annotation: the judgement.
        event: the circumstances, of which kind, place and topics are taken from the judgement.

    Raises:
        LabelError: the judgement does not fit the text or the codebook, or the annotator's name is no name.
        InputError: a file cannot be grown.
    """
    _put(project, corpus, replace(annotation, annotator=event.annotator), replace(event, kind=SAVED))


def settle(project: Project, corpus: Mapping[str, Article], annotation: Annotation, event: Event) -> None:
    """Write down what is settled, in ``gold``; the act goes to the log of who settled it.

    Args:
        project: whose labels to grow.
        corpus: articles by id.
        annotation: the judgement.
        event: who settled it, and the circumstances.

    Raises:
        LabelError: as ``save``.
        InputError: as ``save``.
    """
    _put(project, corpus, replace(annotation, annotator=GOLD), replace(event, kind=SETTLED))


def skip(project: Project, event: Event) -> None:
    """Write down that a paragraph was passed over."""
    append_event(project, replace(event, kind=SKIPPED, topics=None))


def report(project: Project, event: Event) -> None:
    """Write down which tags somebody holds to be wrong or missing."""
    append_event(project, replace(event, kind=REPORTED))


def undo(project: Project, annotator: str, at: str) -> Event | None:
    """Take back this annotator's newest save or settlement: what stood before stands again.

    Where the paragraph was judged otherwise since, by an import or by another settler, that judgement stays, and the
    next undo goes on with the act before.

    Args:
        project: whose labels to grow.
        annotator: whose act.
        at: when it is taken back, ISO 8601.

    Returns:
        What was taken back; ``None`` if nothing is left.

    Raises:
        LabelError: the paragraph was judged otherwise since, or a file is broken.
        InputError: a file cannot be grown.
    """
    with writing(project):
        event = newest_act(project, annotator)
        if event is None:
            return None
        owner = GOLD if event.kind == SETTLED else annotator
        held = stand(("", line) for line in _lines(project, owner, event.article))
        spans = sorted({event.span, *(line.span for line in (*event.before, *event.after))})
        standing = _standing(held, spans)
        undone = Event(UNDONE, annotator, at, *event.span, event.sha, None)
        # If it stands already, the act said nothing new, or a crash kept an undo from being logged.
        if _said(standing) != _said(event.before):
            if _said(standing) != _said(event.after) or _settled_since(project, event):
                append_event(project, replace(undone, note="was judged again since, so nothing was changed"))
                raise LabelError(
                    f"{place(event.span)}: was judged again since you {event.kind} it at {event.at}, by an import or "
                    "by somebody else, so it stays as it is; judge it anew, or undo again to take back what you did before"
                )
            nulls = [_withdrawal(standing[0], owner, span, at) for span in spans if held.get(span)]
            append_annotations(label_file(project, owner), [*nulls, *(replace(line, at=at) for line in event.before)])
        append_event(project, undone)
        return event


def _put(project: Project, corpus: Mapping[str, Article], annotation: Annotation, event: Event) -> None:
    """Label lines, then the act."""
    event = replace(
        event,
        article=annotation.article,
        start=annotation.start,
        end=annotation.end,
        sha=annotation.sha,
        topics=annotation.topics,
    )
    # All that could be refused is refused before the first line is written.
    log_file(project, event.annotator)
    if wrong := misfit(corpus, *annotation.span, annotation.sha):
        raise LabelError(str(wrong))
    where = f"judgement of {place(annotation.span)}"
    annotation_from_dict(annotation.to_dict(), where, load_codebook(project.codebook).keys)
    event_from_dict(event.to_dict(), where)
    with writing(project):
        existing = _lines(project, annotation.annotator, annotation.article)
        new = new_judgements(existing, [annotation])
        held = stand(("", line) for line in existing)
        spans = sorted({annotation.span, *(line.span for line in new)})
        before = _standing(held, spans)
        for line in new:
            take(held, line, "")
        path = label_file(project, annotation.annotator)
        with _unless_it_fails(path):  # a judgement that could not be logged could not be undone
            append_annotations(path, new)
            append_event(project, replace(event, before=before, after=_standing(held, spans)))


@contextmanager
def _unless_it_fails(path: Path) -> Iterator[None]:
    """A block that grows a file; where it fails, the file is as long as before. Other writers are kept out."""
    size = path.stat().st_size if path.exists() else 0
    try:
        yield
    except (PipelineError, OSError):
        if path.exists():
            os.truncate(path, size)
        raise


def _lines(project: Project, owner: str, article: str) -> list[Annotation]:
    """What a label file says about one article, in order."""
    return [line for _, line in read_lines(project, label_file(project, owner), article=article)]


def _standing(held: Standing, spans: Iterable[Span]) -> tuple[Annotation, ...]:
    """The lines behind these paragraphs, each for the topics it still has the last word on."""
    found: list[Annotation] = []
    for span in spans:
        keys: dict[Annotation, list[str]] = {}
        for key, judgement in held.get(span, {}).items():
            keys.setdefault(judgement.annotation, []).append(key)
        for line, known in keys.items():
            topics = tuple(key for key in line.topics or () if key in known)
            found.append(replace(line, topics=topics, known=tuple(known)))
    return tuple(found)


def _said(lines: Iterable[Annotation]) -> dict[tuple[Span, str], tuple[bool, str, int, str]]:
    """What lines say, whenever they were written and however it is divided among them."""
    return {(a.span, key): (value, a.sha, a.codebook, a.note) for a in lines for key, value in a.cells.items()}


def _withdrawal(line: Annotation, owner: str, span: Span, at: str) -> Annotation:
    article, start, end = span
    return replace(line, article=article, start=start, end=end, topics=None, known=(), annotator=owner, at=at, note="")


def _settled_since(project: Project, event: Event) -> bool:
    """Whether somebody else found what this settlement left, and settled it the same way or anew."""
    if event.kind != SETTLED:
        return False
    left = _said(event.after)
    others = [act for act in not_undone(read_events(project, article=event.article)) if act.kind == SETTLED]
    found = [act for act in others if act.annotator != event.annotator and act.span == event.span]
    # The very lines that it left were found by nobody before it, whatever a clock that was set back says.
    return any(
        _said(act.before) == left and (act.at >= event.at or set(act.before) == set(event.after)) for act in found
    )
