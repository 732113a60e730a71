"""Why a paragraph scored as it did: its terms' shares of the score, with their places in the text.

A linear score is a sum, so the explanation is exact: contributions and intercept add up to the score. Nothing is
approximated and nothing is chosen here; showing only some rows is the reader's choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.learning.analyser import occurrences
from pipeline.learning.model import Model


@dataclass(frozen=True, slots=True)
class Contribution:
    """One occurrence of a term and its share of a topic's score.

    Attributes:
        start: first character in the paragraph's text.
        end: one past the last one.
        text: the words as printed.
        term: the term as the model knows it.
        weight: share of the score, log-odds; a term's share is divided equally among its occurrences.
    """

    start: int
    end: int
    text: str
    term: str
    weight: float


def explain(model: Model, text: str, topic: int) -> tuple[Contribution, ...]:
    """All contributions to one topic's score, the greatest first.

    ``math.fsum`` of their weights plus ``model.intercept[topic]`` equals the score to within 1e-9. Spans of a word
    and of the pair it stands in overlap and stay rows of their own.

    Args:
        model: the model.
        text: one paragraph.
        topic: column of the topic.
    """
    columns, weight = model.term_weights(text)
    if not len(columns):
        return ()
    tfidf = weight * model.idf[topic, columns]
    length = float(np.sqrt(np.sum(tfidf**2)))
    share = dict(zip(columns.tolist(), (tfidf * model.coef[topic, columns] / (length or 1.0)).tolist(), strict=True))
    places = [o for o in occurrences(text, model.analyser) if o.term in model.index]
    times: dict[str, int] = {}
    for place in places:
        times[place.term] = times.get(place.term, 0) + 1
    found = [
        Contribution(o.start, o.end, text[o.start : o.end], o.term, share[model.index[o.term]] / times[o.term])
        for o in places
    ]
    return tuple(sorted((c for c in found if c.weight), key=lambda c: (-abs(c.weight), c.start, c.end)))
