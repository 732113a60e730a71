"""From what the label page sends to label lines and acts of the log. Writes nothing; that is the desk's business.

The model's suggestion that an act is logged with is computed here, so that the log does not depend on a browser's word;
only whether and when the person saw it is the page's to say.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.annotation.annotations import Annotation, Span
from pipeline.annotation.corpus import misfit
from pipeline.annotation.journal import SAVED, Event, log_file
from pipeline.errors import InputError, LabelError, ModelError, unknown_key
from pipeline.tagging.pool import span_of
from pipeline.tagging.queues import QUEUES
from pipeline.tagging.tagger import TaggedParagraph, tag_article
from pipeline.web.label.schemas import LabelAsked, ReportAsked, SkipAsked
from pipeline.web.state import Workbench


def judged(workbench: Workbench, asked: LabelAsked) -> tuple[Annotation, Event]:
    """A judgement on all topics, and the act that logs it.

    Args:
        workbench: whose project.
        asked: what was sent.

    Raises:
        LabelError: a name, topic or queue is unknown, or the paragraph is not what was seen.
        InputError: the note is too long.
    """
    topics, note, codebook = _topics(workbench, asked.topics), _note(workbench, asked.note), workbench.codebook()
    event = _event(workbench, asked, topics)
    event = replace(event, note=note, shown=asked.shown, queue=_queue(asked.queue))
    place = *event.span, asked.sha
    return Annotation(*place, topics, codebook.keys, asked.annotator, event.at, codebook.version, note), event


def skipped(workbench: Workbench, asked: SkipAsked) -> Event:
    """The act of passing over.

    Raises:
        LabelError: as ``judged``.
    """
    return replace(_event(workbench, asked, None), queue=_queue(asked.queue))


def reported(workbench: Workbench, asked: ReportAsked) -> Event:
    """The act of calling tags wrong; who does it has seen them.

    Raises:
        LabelError: as ``judged``.
        InputError: as ``judged``.
    """
    event = _event(workbench, asked, _topics(workbench, asked.topics))
    return replace(event, note=_note(workbench, asked.note), shown="before")


def suggestion(workbench: Workbench, span: Span) -> TaggedParagraph | None:
    """What the model says of a paragraph; ``None`` if there is no such paragraph that carries labels.

    Raises:
        ModelError: there is no model.
    """
    articles = workbench.articles()
    if articles.paragraph(span) is None:
        return None
    found = tag_article(articles[span[0]], workbench.model()).paragraphs
    return next(tagged for tagged in found if span_of(tagged.paragraph) == span)


def _event(
    workbench: Workbench,
    asked: SkipAsked | ReportAsked,
    topics: tuple[str, ...] | None,
) -> Event:
    """An act on a paragraph as it is, with what the model says of it; the desk gives it its kind."""
    log_file(workbench.project, asked.annotator)  # refuses what is no name
    span = asked.article, asked.start, asked.end
    if wrong := misfit(workbench.articles(), *span, asked.sha):
        raise LabelError(f"{wrong.what}; load the page again to see it as it is now")
    event = Event(SAVED, asked.annotator, workbench.at(), *span, asked.sha, topics)
    try:
        found = suggestion(workbench, span)
    except ModelError:
        return event  # labelling goes on without a model
    if found is None or not found.verdicts:
        return event
    return replace(event, suggested=found.probabilities, tagged=tuple(found.topics), model=found.model.sha256)


def _topics(workbench: Workbench, topics: list[str]) -> tuple[str, ...]:
    keys = workbench.codebook().keys
    for topic in topics:
        if topic not in keys:
            raise LabelError(unknown_key("topics", topic[:100], keys))
    return tuple(key for key in keys if key in topics)


def _note(workbench: Workbench, note: str) -> str:
    most = workbench.options.note_characters
    if len(note) > most:
        raise InputError(f"note: has {len(note):,} characters, at most {most:,} are kept; shorten it")
    if not note.isascii() and any("\ud800" <= sign <= "\udfff" for sign in note):
        raise InputError("note: holds half a character, as broken JSON does, which no file can keep; write it anew")
    return note.strip()


def _queue(queue: str) -> str:
    if queue and queue not in QUEUES:
        raise LabelError(unknown_key("queue", queue, tuple(QUEUES)))
    return queue
