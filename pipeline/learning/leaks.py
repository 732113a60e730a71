"""The same text in two articles: what one fold learns from is then judged in another, and figures come out too good.

Nothing is left out of the evaluation for it; the report shows what was found, and a person merges or drops articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.near_duplicates import near_duplicates

Array = NDArray[Any]

LEAST = 0.4  # of the smaller paragraph's word 5-grams; what the corpus allows between two articles


@dataclass(frozen=True, slots=True)
class Leak:
    """Two paragraphs of different articles that are nearly the same.

    Attributes:
        first: id of the paragraph that comes first.
        second: id of the other.
        share: of the smaller one's word 5-grams, those that both have.
        repeats: in how many repeats one was judged by a model that had learnt from the other.
    """

    first: str
    second: str
    share: float
    repeats: int


def find_leaks(dataset: Dataset, fold: Array) -> tuple[Leak, ...]:
    """All such pairs, the likest first.

    Args:
        dataset: n labelled paragraphs.
        fold: outer fold of each, ints of shape (r, n).
    """
    found = []
    for pair in near_duplicates(dataset.texts, LEAST):
        one, other = dataset.paragraphs[pair.first], dataset.paragraphs[pair.second]
        if dataset.groups[pair.first] != dataset.groups[pair.second]:
            apart = int((fold[:, pair.first] != fold[:, pair.second]).sum())
            found.append(Leak(one.id, other.id, pair.share, apart))
    return tuple(sorted(found, key=lambda leak: (-leak.share, leak.first, leak.second)))


def count_copies(dataset: Dataset, texts: tuple[str, ...]) -> int:
    """How many of some other texts are nearly the same as a paragraph of the dataset."""
    own = len(dataset.texts)
    pairs = near_duplicates([*dataset.texts, *texts], LEAST)
    return len({pair.second for pair in pairs if pair.first < own <= pair.second})
