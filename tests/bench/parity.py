"""The section on agreement: the kernel's scores beside scikit-learn's, and beside the plain scorer's, on any text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.learning.analyser import terms
from tests.bench.corpus import random_texts
from tests.bench.timing import Figure
from tests.bench.world import RANDOM_SEED, World, tell

Array = NDArray[Any]
Scores = Callable[[list[str]], Array]

TOLERANCE = 1e-6
AT_ONCE = 20_000
NO_NUMBER = 1e9  # stands for a score that is none
PLAIN_SHARE = 10  # the plain scorer looks at one text of so many, being slow


def parity(world: World) -> list[Figure]:
    """Greatest difference relative to max(1, |score|) for each kind of text, and how many tags changed in all."""
    pairs: dict[str, list[tuple[Scores, Scores, int]]] = {
        "kernel against scikit-learn, words and pairs": [
            (world.pipeline(n).scores, world.kernel(n).scores, 1) for n in (1, 2)
        ],
        "default recipe, kernel against the plain cutting": [
            (plain_scores(world), world.default_kernel.scores, PLAIN_SHARE)
        ],
    }
    worst: dict[tuple[str, str], float] = {}
    looked_at: dict[tuple[str, str], int] = {}
    changed = 0
    for kind, name, texts in sets(world):
        for what, scorers in pairs.items():
            for theirs, ours, share in scorers:
                difference, tags = compare(theirs, ours, texts[::share])
                worst[what, kind] = max(worst.get((what, kind), 0.0), difference)
                changed += tags
                tell(f"parity: {what}, {name}: {difference:.1e}, {tags} tags changed")
            looked_at[what, kind] = looked_at.get((what, kind), 0) + len(texts[:: scorers[0][2]])
    made = [
        Figure(
            "parity",
            f"{what}: greatest difference, {kind}",
            worst[what, kind],
            "difference",
            goal=TOLERANCE,
            most=True,
            note=f"{looked_at[what, kind]:,} texts",
        )
        for what in pairs
        for kind in dict.fromkeys(kind for _, kind in worst)
    ]
    return [*made, Figure("parity", "tags changed in all of these", float(changed), "count", goal=0.0, most=True)]


def compare(theirs: Scores, ours: Scores, texts: list[str]) -> tuple[float, int]:
    """Greatest relative difference of two scorers, and the tags they differ in."""
    worst, changed = 0.0, 0
    for first in range(0, len(texts), AT_ONCE):
        part = texts[first : first + AT_ONCE]
        a, b = theirs(part), ours(part)
        if not np.isfinite(b).all():
            return NO_NUMBER, changed
        worst = max(worst, float((np.abs(a - b) / np.maximum(1.0, np.abs(a))).max()))
        changed += int(((a > 0) != (b > 0)).sum())
    return worst, changed


def plain_scores(world: World) -> Scores:
    """The default recipe's scores by the analyser's own terms and scikit-learn's sparse matrices."""
    from scipy.sparse import csr_matrix

    analyser, vocabulary, idf, coef, intercept = world.default_arrays
    column = {term: i for i, term in enumerate(vocabulary)}

    def scores(texts: list[str]) -> Array:
        columns: list[int] = []
        ends = [0]
        for text in texts:
            columns += [column[term] for term in terms(text, analyser) if term in column]
            ends.append(len(columns))
        X = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), len(vocabulary)))
        X.sum_duplicates()
        X.data = 1.0 + np.log(X.data)
        S = np.empty((len(texts), len(intercept)))
        for j in range(len(intercept)):
            Z = X.multiply(idf[j]).tocsr()
            length = np.sqrt(np.asarray(Z.multiply(Z).sum(axis=1)).ravel())
            total = np.asarray(Z @ coef[j]).ravel()
            S[:, j] = intercept[j] + np.divide(total, length, out=np.zeros_like(total), where=length > 0)
        return S

    return scores


def sets(world: World) -> Iterator[tuple[str, str, list[str]]]:
    """What is compared, each with its kind and its name: built, the project's own, files given, random."""
    yield "built corpus", "built corpus", world.asked
    yield "the project's paragraphs", "the project's paragraphs", world.dataset.texts
    if world.texts_folder is not None:
        for path in sorted(world.texts_folder.glob("*.jsonl")):
            records = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
            texts = [record["text"] for record in records if record.get("text")]
            if texts:
                yield "outside text", path.stem, texts
    words = [word for text in world.asked[:500] for word in text.split()]
    yield "random Unicode", "random Unicode", list(random_texts(words, world.sizes.random, RANDOM_SEED))


def failed(figures: list[Figure]) -> list[Figure]:
    """The figures on agreement that miss their goal: these alone fail the bench."""
    return [
        f for f in figures if f.section == "parity" and f.value is not None and f.goal is not None and f.value > f.goal
    ]
