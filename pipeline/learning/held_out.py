"""What the term lists are worth on terms they lack: part of each list is withheld, and its paragraphs judged.

Corpus and lists come from the same hands, so a recipe that marks listed terms looks better at home than it is. Here a
fixed hash puts 70 % of each topic's terms into part A, which the recipe may use, and the rest into B; the positives
that matter are the paragraphs whose only listed terms of the topic are in B.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.files import sha256_text
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.baselines import count_terms
from pipeline.learning.evaluation import MODEL, Progress, cross_validate
from pipeline.learning.metrics import average_precision
from pipeline.learning.recipe import Recipe

Array = NDArray[Any]

PART_A = 70  # of 100


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One topic.

    Attributes:
        topic: the topic's key.
        positives: paragraphs with the topic whose only listed terms are in B.
        negatives: paragraphs without the topic and without a term in A.
        recall: of these positives with list A.
        recall_without: without any list.
        average_precision: of these positives against these negatives, with list A.
        average_precision_without: without any list.
        gain: average precision with list A minus without, paired over articles.
    """

    topic: str
    positives: int
    negatives: int
    recall: Interval
    recall_without: Interval
    average_precision: Interval
    average_precision_without: Interval
    gain: Interval


def parts(lexicon: Lexicon) -> tuple[Lexicon, Lexicon]:
    """The lists split into A and B by a hash of topic and term, so that a term stays in its part for ever."""

    def part(lists: dict[str, tuple[str, ...]], *, first: bool) -> dict[str, tuple[str, ...]]:
        return {key: tuple(term for term in terms if _in_a(key, term) == first) for key, terms in lists.items()}

    a, b = (Lexicon(part(lexicon.terms, first=first), part(lexicon.weak, first=first)) for first in (True, False))
    return a, b


def _in_a(key: str, term: str) -> bool:
    return int(sha256_text(f"{key} {term}"), 16) % 100 < PART_A


def held_out(dataset: Dataset, lexicon: Lexicon, recipe: Recipe, progress: Progress, jobs: int) -> tuple[HeldOut, ...]:
    """Cross-validate with part A of the lists and without any, and judge both on the paragraphs of part B.

    Args:
        dataset: the judged paragraphs.
        lexicon: all lists.
        recipe: marks listed terms.
        progress: called with (folds done, folds in all) of each of the two.
        jobs: processes, -1 for all cores.

    Returns:
        A row for each topic that has such positives and negatives.
    """
    part_a, part_b = parts(lexicon)
    keys = dataset.codebook.keys
    in_a, in_b = (count_terms(dataset.texts, part, keys) > 0 for part in (part_a, part_b))
    once = replace(recipe, evaluation=replace(recipe.evaluation, repeats=1))
    bare = replace(once, features=replace(once.features, listed=False, weak=False))
    runs = [cross_validate(dataset, part_a, r, progress, jobs).systems[MODEL] for r in (once, bare)]
    found = []
    for j, key in enumerate(keys):
        known, y = dataset.known[:, j], dataset.Y[:, j]
        rows = np.flatnonzero(known & ~in_a[:, j] & (~y | in_b[:, j]))
        positive = y[rows]
        if not positive.any() or positive.all():
            continue
        scores = [run.score[0, rows, j] for run in runs]
        tags = [run.tags[0, rows, j] for run in runs]

        def statistic(
            weight: Array, positive: Array = positive, scores: list[Array] = scores, tags: list[Array] = tags
        ) -> Array:
            whole = weight @ positive
            recall = [
                np.divide(weight @ (t & positive), whole, out=np.full(len(whole), np.nan), where=whole > 0)
                for t in tags
            ]
            ap = [average_precision(s, positive, weight) for s in scores]
            return np.column_stack([*recall, *ap, ap[0] - ap[1]])

        groups = np.unique(dataset.groups[rows], return_inverse=True)[1]
        figures = bootstrap(statistic, groups, rounds=recipe.evaluation.rounds, seed=recipe.seed)
        found.append(HeldOut(key, int(positive.sum()), int((~positive).sum()), *figures))
    return tuple(found)
