"""Which paragraphs a person asked for: by words, topic, source, date, annotator and article.

Narrows what a queue chooses from. In which order the rest comes is said in ``queues``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.errors import LabelError, ModelError
from pipeline.learning.decision import decide
from pipeline.tagging.pool import Pool
from pipeline.text.paragraphs import Paragraph

NO_TOPIC = "none"
TAGGED = "tagged: "  # how what the model says begins, for those who show it apart


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; "" for whatever there is.

    Attributes:
        text: words the paragraph holds, in capitals or not, or the id of its article.
        topic: key of a topic it has, by what is settled or by the model; "none" for those judged to have no topic.
        source: agency of its article, in capitals or not.
        since: first date of its article, ISO; articles without a date are left out.
        until: last date, likewise.
        by: an annotator who judged it.
        article: id of its article.
    """

    text: str = ""
    topic: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    by: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph that was asked for.

    Attributes:
        paragraph: the paragraph.
        tagged: what the model says of the topic asked for where people did not find it, else "".
    """

    paragraph: Paragraph
    tagged: str = ""


def narrowed(pool: Pool, filters: Filters) -> list[Found]:
    """The paragraphs that were asked for, in order of article and place.

    Raises:
        LabelError: a topic, annotator, article or date is not known as one.
    """
    _check(pool, filters)
    since, until = _day("since", filters.since), _day("until", filters.until)
    words, source = _flat(filters.text), _flat(filters.source)
    places = {
        key
        for key, article in ((key, pool.articles[key]) for key in dict.fromkeys(span[0] for span in pool.candidates))
        if (not source or _flat(article.agency or "") == source)
        and (not since or (article.date or "") >= since)
        and (not until or "" < (article.date or "") <= until)
    }
    kept = [
        paragraph
        for (article_id, _, _), paragraph in pool.candidates.items()
        if article_id in places
        and (not filters.article or article_id == filters.article)
        and (not words or words in _flat(paragraph.text) or words == _flat(article_id))
        and (not filters.by or pool.cells(filters.by, paragraph))
    ]
    return _having(pool, filters.topic, kept) if filters.topic else [Found(paragraph) for paragraph in kept]


def _having(pool: Pool, topic: str, paragraphs: Iterable[Paragraph]) -> list[Found]:
    settled = [(paragraph, pool.settled(paragraph)) for paragraph in paragraphs]
    if topic not in pool.codebook.keys:
        return [Found(paragraph) for paragraph, cells in settled if cells and not any(cells.values())]
    tagged = _tagged(pool, topic, [paragraph for paragraph, cells in settled if not cells.get(topic)])
    return [
        Found(paragraph, tagged.get(paragraph.id, ""))
        for paragraph, cells in settled
        if cells.get(topic) or paragraph.id in tagged
    ]


def _tagged(pool: Pool, topic: str, paragraphs: list[Paragraph]) -> dict[str, str]:
    """Paragraph id -> what the model says, for those it tags with the topic; nothing where there is no model."""
    try:
        model = pool.model() if paragraphs else None
    except ModelError:
        return {}  # what is settled can be searched without
    if model is None or topic not in model.codebook.keys:
        return {}
    j = model.codebook.keys.index(topic)
    p = pool.probabilities(model, [paragraph.text for paragraph in paragraphs])[:, j]
    tags = decide(p, model.thresholds[j])
    return {
        paragraph.id: f"{TAGGED}{topic} {probability:.2f}"
        for paragraph, probability, tag in zip(paragraphs, p.tolist(), tags.tolist(), strict=True)
        if tag
    }


def _check(pool: Pool, filters: Filters) -> None:
    keys = pool.codebook.keys
    if filters.topic and filters.topic not in (*keys, NO_TOPIC):
        raise LabelError(f"topic {filters.topic!r} is unknown; known are: {', '.join((*keys, NO_TOPIC))}")
    if filters.by and filters.by not in pool.voices:
        who = f"those who did are: {', '.join(sorted(pool.voices))}" if pool.voices else "nobody did yet"
        raise LabelError(f"annotator {filters.by!r} judged nothing; {who}")
    if filters.article and filters.article not in pool.articles:
        raise LabelError(
            f"article {filters.article!r} is unknown; an id is the name of a file in data/articles without .txt"
        )


def _day(name: str, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        raise LabelError(f"{name} {value!r} is no date; write it as 2024-05-01") from None


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
