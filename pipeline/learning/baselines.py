"""What any classifier must beat, on the same folds: nothing, the prior, and keyword rules from the lexicon.

The rules look for listed terms among a paragraph's words (cut by ``analyser``); a term ending in ``*`` matches any
word with that beginning in its last place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.analyser import words

Array = NDArray[Any]

BASELINES = ("all-negative", "prior", "keyword rules")


def _index(lexicon: Lexicon, keys: tuple[str, ...]) -> dict[str, list[tuple[tuple[str, ...], bool, int, int]]]:
    """Terms by their first word (or, for one-word prefixes, under the empty word): (words, open end, topic, number)."""
    listed = {
        (tuple(words(term.removesuffix("*"))), term.endswith("*"), j): None
        for j, key in enumerate(keys)
        for term in lexicon.terms.get(key, ())
    }
    index: dict[str, list[tuple[tuple[str, ...], bool, int, int]]] = {}
    for number, (cut, is_prefix, j) in enumerate(listed):
        if cut:
            first = "" if is_prefix and len(cut) == 1 else cut[0]
            index.setdefault(first, []).append((cut, is_prefix, j, number))
    return index


def count_terms(texts: list[str], lexicon: Lexicon, keys: tuple[str, ...]) -> Array:
    """How many different listed terms of each topic a text holds.

    Returns:
        Float array of shape (n, k); a count above 0 is the rule's tag, the count itself its score.
    """
    index = _index(lexicon, keys)
    prefixes = index.pop("", [])
    hits: dict[str, list[tuple[int, int]]] = {}  # word -> the prefixes it begins with, looked up once a word
    found = np.zeros((len(texts), len(keys)))
    for i, text in enumerate(texts):
        cut = words(text)
        seen = set()
        for place, word in enumerate(cut):
            if word not in hits:
                hits[word] = [(j, number) for term, _, j, number in prefixes if word.startswith(term[0])]
            seen.update(hits[word])
            for term, is_prefix, j, number in index.get(word, ()):
                here = cut[place : place + len(term)]
                if len(here) == len(term) and (
                    here[:-1] == list(term[:-1])
                    and (here[-1].startswith(term[-1]) if is_prefix else here[-1] == term[-1])
                ):
                    seen.add((j, number))
        for j, _ in seen:
            found[i, j] += 1
    return found


def prior_scores(Y: Array, known: Array, train: Array, rows: int) -> Array:
    """Each topic's share of positives among its judged training rows, repeated; shape (rows, k)."""
    judged = known[train]
    share = (Y[train] & judged).sum(axis=0) / np.maximum(judged.sum(axis=0), 1)
    return np.tile(share, (rows, 1))
