"""What any classifier must beat, on the same folds: nothing, the prior, and keyword rules from the lexicon.

The rules look for listed terms among a paragraph's words (cut by ``analyser``); a term ending in ``*`` matches any
word with that beginning in its last place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.analyser import Analyser, words

Array = NDArray[Any]

BASELINES = ("all-negative", "prior", "keyword rules")


def count_terms(texts: list[str], lexicon: Lexicon, keys: tuple[str, ...]) -> Array:
    """How many different listed terms of each topic a text holds.

    Returns:
        Float array of shape (n, k); a count above 0 is the rule's tag, the count itself its score.
    """
    analyser = Analyser(listed={key: lexicon.terms.get(key, ()) for key in keys})
    found = np.zeros((len(texts), len(keys)))
    for i, text in enumerate(texts):
        for topic, _ in {(topic, number) for topic, number, _, _ in analyser.matches(words(text))}:
            found[i, keys.index(topic)] += 1
    return found


def prior_scores(Y: Array, known: Array, train: Array, rows: int) -> Array:
    """Each topic's share of positives among its judged training rows, repeated; shape (rows, k)."""
    judged = known[train]
    share = (Y[train] & judged).sum(axis=0) / np.maximum(judged.sum(axis=0), 1)
    return np.tile(share, (rows, 1))
