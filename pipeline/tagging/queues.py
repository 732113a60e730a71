"""What to label next, and why: each queue puts the paragraphs of a pool into an order.

A queue only reads. Its order depends on what is in the pool and on the options, never on the clock or on chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.annotation.annotations import GOLD, Span
from pipeline.annotation.disagreements import disagreements
from pipeline.annotation.journal import REPORTED, SETTLED, Event, not_undone
from pipeline.annotation.newest import instant
from pipeline.errors import LabelError, ModelError
from pipeline.files import canonical_json, sha256_text
from pipeline.tagging.filters import Filters, Found, narrowed
from pipeline.tagging.pool import Pool, span_of
from pipeline.tagging.uncertain import Unsure, least_sure, unheard
from pipeline.text.paragraphs import Paragraph

REPORTS, UNCERTAIN, RANDOM, DOUBTFUL = "reported", "uncertain", "random", "doubtful"
DISAGREEMENTS, SEARCH, ARTICLE = "disagreements", "search", "article"
QUEUES = {
    REPORTS: "Paragraphs whose tags were called wrong and that were not judged since.",
    UNCERTAIN: "Paragraphs nobody judged, those first of which the model is least sure, few of each article.",
    RANDOM: "A random sample of the paragraphs you have not judged; others may have, which shows how far you agree.",
    DOUBTFUL: "Labels to look at again: models that never saw the article say otherwise.",
    DISAGREEMENTS: "Paragraphs that annotators judge differently and that are not settled.",
    SEARCH: "Paragraphs by words, topic, source, date or annotator.",
    ARTICLE: "All paragraphs of one article.",
}
SETTLING = (DOUBTFUL, DISAGREEMENTS)  # what is decided there is everybody's, so it belongs into gold
_NOTHING = "no topic"


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """How much of a queue is wanted, and of which kind.

    Attributes:
        per_article: most paragraphs of one article among the uncertain ones, which would else be all alike.
        limit: most tasks, ``None`` for all.
        seed: seed of the random sample.
    """

    per_article: int = 2
    limit: int | None = 50
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A paragraph to label.

    Attributes:
        paragraph: the paragraph.
        why: the reason for people.
        topics: keys of the topics in question, () for all alike.
    """

    paragraph: Paragraph
    why: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for what, and what is left by the filters."""

    pool: Pool
    annotator: str | None
    found: list[Found]
    filters: Filters
    options: QueueOptions

    def unskipped(self) -> list[Paragraph]:
        skipped = self.pool.skipped(self.annotator)
        return [found.paragraph for found in self.found if span_of(found.paragraph) not in skipped]


def tasks(
    pool: Pool,
    queue: str,
    annotator: str | None = None,
    filters: Filters | None = None,
    options: QueueOptions | None = None,
) -> list[Task]:
    """The next tasks of a queue.

    What an annotator passed over comes back only in ``search`` and ``article``, or once it is reported.

    Args:
        pool: what is known.
        queue: one of ``QUEUES``.
        annotator: for whom; somebody new has judged nothing. ``None`` for nobody in particular.
        filters: narrow any queue.
        options: how much.

    Raises:
        LabelError: the queue, or something asked for by name, is unknown.
        ModelError: the queue needs a model and there is none that knows the topics.
        ProjectError: the queue needs a run and there is none.
    """
    filters, options = filters or Filters(), options or QueueOptions()
    if queue not in QUEUES:
        raise LabelError(f"queue {queue!r} is unknown; known are: {', '.join(QUEUES)}")
    if queue == ARTICLE and not filters.article:
        raise LabelError(f"queue {ARTICLE!r}: needs an article; name one by its id")
    asked = _Asked(pool, annotator, narrowed(pool, filters), filters, options)
    return list(islice(_ORDERS[queue](asked), options.limit))


def counts(pool: Pool, annotator: str | None = None, options: QueueOptions | None = None) -> dict[str, int | None]:
    """How many tasks each queue holds; ``None`` where only filling it would tell."""
    asked = _Asked(pool, annotator, narrowed(pool, Filters()), Filters(), options or QueueOptions())
    cheap = (REPORTS, RANDOM, DISAGREEMENTS)
    known: dict[str, int | None] = {queue: sum(1 for _ in _ORDERS[queue](asked)) for queue in cheap}
    try:
        known[UNCERTAIN] = sum(1 for _ in _few(asked, unheard(asked.pool, asked.unskipped())))
    except ModelError:
        known[UNCERTAIN] = None
    return {queue: known.get(queue) for queue in QUEUES}


def _reported(asked: _Asked) -> Iterator[Task]:
    pool, left = asked.pool, {span_of(paragraph) for paragraph in asked.unskipped()}
    judges = list(pool.voices) if asked.annotator is None else [asked.annotator, GOLD]
    reports: dict[Span, tuple[Paragraph, list[Event]]] = {}
    for event in pool.events:
        paragraph = pool.still(event) if event.kind == REPORTED and event.span in left else None
        if paragraph and instant(event.at) > max(
            (pool.judged_at(judge, paragraph) for judge in judges), default=-math.inf
        ):
            reports.setdefault(event.span, (paragraph, []))[1].append(event)
    for paragraph, events in reports.values():
        said = "; ".join(dict.fromkeys(_report(event) for event in events))
        named = {topic for event in events for topic in event.topics or ()}
        yield Task(paragraph, said, tuple(key for key in pool.codebook.keys if key in named))


def _report(event: Event) -> str:
    said = f"called wrong on the tag page: {', '.join(event.topics or ()) or _NOTHING}"
    return f"{said} ({event.note.strip()})" if event.note.strip() else said


def _uncertain(asked: _Asked) -> Iterator[Task]:
    for unsure in _few(asked, least_sure(asked.pool, asked.unskipped())):
        why = "; ".join(f"{key} {p:.2f}, threshold {threshold:.2f}" for key, p, threshold in unsure.topics)
        yield Task(unsure.paragraph, why, tuple(key for key, _, _ in unsure.topics))


def _few(asked: _Asked, found: Iterable[Unsure]) -> Iterator[Unsure]:
    held: dict[str, int] = {}
    for unsure in found:
        article = unsure.paragraph.article_id
        held[article] = held.get(article, 0) + 1
        if held[article] <= asked.options.per_article:
            yield unsure


def _random(asked: _Asked) -> Iterator[Task]:
    left = [paragraph for paragraph in asked.unskipped() if not asked.pool.is_judged(asked.annotator, paragraph)]
    # A hash, not a shuffle: a paragraph keeps its place while others leave the queue or join it.
    draw = {p.id: sha256_text(canonical_json([asked.options.seed, asked.annotator, p.id])) for p in left}
    for paragraph in sorted(left, key=lambda p: draw[p.id]):
        yield Task(paragraph, "drawn at random", ())


def _doubtful(asked: _Asked) -> Iterator[Task]:
    pool = asked.pool
    left = {paragraph.id: paragraph for paragraph in asked.unskipped()}
    looked_at = {
        event.span
        for event in not_undone(pool.events)
        if event.kind == SETTLED and event.queue == DOUBTFUL and pool.still(event)
    }
    said: dict[str, tuple[list[str], list[str]]] = {}
    for doubt in pool.doubts():
        paragraph = left.get(doubt.paragraph.id)
        if paragraph is None or span_of(paragraph) in looked_at:
            continue
        if pool.settled(paragraph).get(doubt.topic) is not doubt.label:
            continue  # changed since the run
        whys, topics = said.setdefault(paragraph.id, ([], []))
        label, place = "1" if doubt.label else "0", f"({doubt.where}), probability {doubt.probability:.2f}"
        whys.append(f"{doubt.topic}: labelled {label} {place}")
        topics.append(doubt.topic)
    for key, (whys, topics) in said.items():
        yield Task(left[key], "; ".join(whys), tuple(topics))


def _disagreements(asked: _Asked) -> Iterator[Task]:
    pool = asked.pool
    left = {span_of(paragraph): paragraph for paragraph in asked.unskipped()}
    gold = pool.voices[GOLD].lines if GOLD in pool.voices else []
    others = [line for name, voice in pool.voices.items() if name != GOLD for line in voice.lines]
    for found in disagreements(gold, others, pool.codebook.keys):
        paragraph = left.get(found.span)
        if paragraph is None or paragraph.sha != found.sha:
            continue
        cells = {name: pool.cells(name, paragraph) for name in sorted(found.voices)}
        whys = []
        for key in found.topics:
            heard = [f"{name} {'yes' if said[key] else 'no'}" for name, said in cells.items() if key in said]
            whys.append(f"{key}: {', '.join(heard)}")
        yield Task(paragraph, "; ".join(whys), found.topics)


def _as_found(asked: _Asked) -> Iterator[Task]:
    skipped = asked.pool.skipped(asked.annotator)
    topics = tuple(key for key in asked.pool.codebook.keys if key == asked.filters.topic)
    for found in asked.found:
        passed = ["passed over by you"] if span_of(found.paragraph) in skipped else []
        stands = [found.tagged, _stands(asked, found.paragraph), *passed]
        yield Task(found.paragraph, "; ".join(part for part in stands if part), topics)


def _stands(asked: _Asked, paragraph: Paragraph) -> str:
    """What the annotator said, or for nobody in particular what is settled; what others said is not told here."""
    pool, annotator = asked.pool, asked.annotator
    cells = pool.settled(paragraph) if annotator is None else pool.cells(annotator, paragraph)
    by = "settled" if annotator is None else "judged by you"
    if not cells:
        return f"not {by}"
    part = " in part" if len(cells) < len(pool.codebook.keys) else ""
    return f"{by}{part}: {', '.join(key for key in pool.codebook.keys if cells.get(key)) or _NOTHING}"


_ORDERS: dict[str, Callable[[_Asked], Iterator[Task]]] = {
    REPORTS: _reported,
    UNCERTAIN: _uncertain,
    RANDOM: _random,
    DOUBTFUL: _doubtful,
    DISAGREEMENTS: _disagreements,
    SEARCH: _as_found,
    ARTICLE: _as_found,
}
