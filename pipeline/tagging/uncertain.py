"""How unsure a model is of what nobody judged: the distance of a probability from its threshold, in log-odds.

Near the threshold a judgement moves the model most (uncertainty sampling, Lewis & Gale 1994). Which of them are
offered is said in ``queues``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.tagging.pool import Pool
from pipeline.text.paragraphs import Paragraph

Array = NDArray[Any]
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Unsure:
    """A paragraph with topics that nobody judged.

    Attributes:
        paragraph: the paragraph.
        unheard: keys of these topics, of those the model knows.
        topics: those nearest to their thresholds, as (key, probability, threshold); () where nothing was scored.
    """

    paragraph: Paragraph
    unheard: tuple[str, ...]
    topics: tuple[tuple[str, float, float], ...] = ()


def unheard(pool: Pool, paragraphs: Iterable[Paragraph]) -> list[Unsure]:
    """The paragraphs that lack a judgement of a topic the model knows; nothing is scored.

    Raises:
        ModelError: there are paragraphs and no model, or it knows none of the topics.
    """
    rows = [(paragraph, keys) for paragraph in paragraphs if (keys := pool.unheard(paragraph))]
    if not rows:
        return []
    known = _shared(pool)
    rows = [(paragraph, tuple(key for key in keys if key in known)) for paragraph, keys in rows]
    return [Unsure(paragraph, keys) for paragraph, keys in rows if keys]


def least_sure(pool: Pool, paragraphs: Iterable[Paragraph]) -> list[Unsure]:
    """The same, those nearest to a threshold first; of equals in the order they came in.

    Raises:
        ModelError: as ``unheard``.
    """
    rows = unheard(pool, paragraphs)
    if not rows:
        return []
    model, keys = pool.model(), _shared(pool)
    columns = [model.codebook.keys.index(key) for key in keys]
    P = pool.probabilities(model, [row.paragraph.text for row in rows])[:, columns]
    T = model.thresholds[columns]
    distance = np.abs(_logit(P) - _logit(T))
    distance[np.array([[key not in row.unheard for key in keys] for row in rows])] = np.inf
    nearest = distance.min(axis=1)
    found = []
    for i in np.argsort(nearest, kind="stable").tolist():
        chosen = np.flatnonzero(distance[i] <= nearest[i] + _EDGE).tolist()
        topics = tuple((keys[j], float(P[i, j]), float(T[j])) for j in chosen)
        found.append(Unsure(rows[i].paragraph, rows[i].unheard, topics))
    return found


def _shared(pool: Pool) -> list[str]:
    """The topics that codebook and model share, in the codebook's order."""
    model = pool.model()
    keys = [key for key in pool.codebook.keys if key in model.codebook.keys]
    if not keys:
        raise ModelError(
            f"model {model.name!r} knows none of the topics {', '.join(pool.codebook.keys)}; run `threat-topics train`, "
            "or name another model with --model"
        )
    return keys


def _logit(P: Array) -> Array:
    inside = np.clip(P, _EDGE, 1 - _EDGE)  # the threshold that nothing reaches lies above 1
    return np.asarray(np.log(inside) - np.log1p(-inside))
