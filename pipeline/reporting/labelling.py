"""How far labelling has come: who judged how much and when, what is judged of each topic, and what is left."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.annotation.annotations import GOLD, Lines, Standing, by_annotator, settle, stand
from pipeline.annotation.journal import SETTLED, SKIPPED, UNDONE, Event, not_undone
from pipeline.annotation.newest import instant
from pipeline.text.articles import Article

WEEK = 7  # days, today among them


@dataclass(frozen=True, slots=True)
class Person:
    """What one annotator did; the settled file counts as one, under its own name.

    Attributes:
        annotator: who.
        paragraphs: judged, as far as it was not withdrawn.
        today: of these, those last judged today.
        week: of these, those last judged today or on the six days before.
        settled: paragraphs settled, as far as it was not undone.
        skipped: paragraphs skipped once or more.
        undone: how often something was taken back.
    """

    annotator: str
    paragraphs: int
    today: int
    week: int
    settled: int
    skipped: int
    undone: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One topic.

    Attributes:
        topic: the topic's key.
        positives: paragraphs settled to have it.
        negatives: paragraphs settled not to have it.
    """

    topic: str
    positives: int
    negatives: int


@dataclass(frozen=True, slots=True)
class Labelling:
    """How far it has come.

    Attributes:
        people: in order of their names, the settled file last.
        topics: in the order of the codebook.
        paragraphs: of the corpus, furniture left out.
        left: of these, those nobody judged as their text is now.
    """

    people: tuple[Person, ...]
    topics: tuple[Judged, ...]
    paragraphs: int
    left: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "people": [asdict(person) for person in self.people],
            "topics": [asdict(topic) for topic in self.topics],
            "paragraphs": self.paragraphs,
            "left": self.left,
        }


def labelling(
    gold: Lines,
    others: Lines,
    events: Sequence[Event],
    articles: Mapping[str, Article],
    keys: tuple[str, ...],
    now: datetime,
) -> Labelling:
    """Count how far labelling has come.

    Args:
        gold: lines of the settled file.
        others: lines of the annotators.
        events: everybody's, in order of time.
        articles: the corpus.
        keys: the topics.
        now: the moment, with its zone, which says when a day begins.
    """
    said = {name: stand(lines) for name, lines in by_annotator(others).items()}
    names = sorted({*said, *(event.annotator for event in events)})
    people = [_person(name, said.get(name, {}), events, now) for name in names]
    settled_file = stand(gold)
    if settled_file:
        people.append(_person(GOLD, settled_file, (), now))
    cells = Counter((key, j[0].value) for settled in settle(gold, others).values() for key, j in settled.items())
    topics = tuple(Judged(key, cells[key, True], cells[key, False]) for key in keys)
    judged = _texts([settled_file, *said.values()])
    corpus = [(p.article_id, p.start, p.end, p.sha) for article in articles.values() for p in article.content]
    return Labelling(tuple(people), topics, len(corpus), sum(place not in judged for place in corpus))


def _person(name: str, said: Standing, events: Sequence[Event], now: datetime) -> Person:
    today = now.date()
    days = []
    for cells in said.values():
        seconds = max(instant(judgement.annotation.at) for judgement in cells.values())
        if not math.isinf(seconds):
            days.append(datetime.fromtimestamp(seconds, now.tzinfo).date())
    own = [event for event in events if event.annotator == name]
    return Person(
        name,
        len(said),
        sum(day == today for day in days),
        sum(today - timedelta(days=WEEK) < day <= today for day in days),
        len({event.span for event in not_undone(own) if event.kind == SETTLED}),
        len({event.span for event in own if event.kind == SKIPPED}),
        sum(event.kind == UNDONE for event in own),
    )


def _texts(voices: Iterable[Standing]) -> set[tuple[str, int, int, str]]:
    """Paragraphs with the text that was judged."""
    return {
        (*span, judgement.annotation.sha)
        for said in voices
        for span, cells in said.items()
        for judgement in cells.values()
    }
