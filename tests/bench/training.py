"""The sections that time learning: counting, and training from texts to weights."""

from __future__ import annotations

import statistics
import sys
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.analyser import LISTED, WEAK, terms
from pipeline.learning.bulk import COMPILED_FROM
from pipeline.learning.recipe import Recipe
from tests.bench.timing import Figure, Finished, in_turns, one_core, processes_in_turns, spread
from tests.bench.world import World, tell

Array = NDArray[Any]


def counting(world: World) -> list[Figure]:
    """Counting words and pairs for training, time and memory, each in a process of its own."""
    path = str(world.lines_file(world.sizes.counted))
    command = [sys.executable, "-m", "tests.bench.child", "count"]
    with one_core():
        done = processes_in_turns(
            {how: [*command, how, path] for how in ("sklearn", "kernel")}, world.sizes.long_rounds
        )
    facts = {how: [_counted(run) for run in runs] for how, runs in done.items()}
    if (found := {f[2:] for runs in facts.values() for f in runs}) and len(found) > 1:
        raise RuntimeError(f"the two do not count the same (terms, entries, sum): {sorted(found)}")
    faster = spread([s[0] / k[0] for s, k in zip(facts["sklearn"], facts["kernel"], strict=True)])
    memory = {how: statistics.median(f[1] for f in runs) for how, runs in facts.items()}
    what = f"counting words and pairs of {world.sizes.counted:,} paragraphs, kernel against CountVectorizer(1,2)"
    note = f"{facts['kernel'][0][2]:,} terms, the same counts"
    held = f"{memory['kernel']:.0f} MiB against {memory['sklearn']:.0f} MiB above the loaded list"
    return [
        Figure("counting", what, faster[0], "x", faster[1], faster[2], goal=10.0, note=note),
        Figure(
            "counting",
            "peak memory of the same",
            memory["kernel"] / memory["sklearn"],
            "share",
            goal=1.0,
            most=True,
            note=held,
        ),
    ]


def _counted(run: Finished) -> tuple[float, float, int, int, int]:
    """Seconds, MiB above the loaded list, terms, entries, sum of the counts."""
    seconds, before, *sizes = run.lines[-1].split()
    found = [int(size) for size in sizes]
    return float(seconds), run.peak - float(before), found[0], found[1], found[2]


def training(world: World) -> list[Figure]:
    """Training without cross-validation, from texts to weights: the default recipe, and pairs alone on a third."""
    from threadpoolctl import threadpool_limits

    estimator = replace(world.recipe.estimator, naive_bayes=0.0)
    features = replace(world.recipe.features, prefix=0, listed=False, weak=False)
    plain, whole = replace(world.recipe, features=features, estimator=estimator), world.sizes.learnt
    calls: dict[str, Any] = {}
    warm: dict[str, Any] = {}
    tasks = {"the default recipe": (world.recipe, whole, 4.0), "plain words and pairs": (plain, whole // 3, None)}
    fits = {"sklearn": scikit_learn_fit, "kernel": our_fit, "counting": our_count}
    for name, (recipe, number, _) in tasks.items():
        for who, fit in fits.items():
            for given, size in ((calls, number), (warm, max(number // 10, COMPILED_FROM))):
                given[f"{who} {name}"] = partial(
                    fit, *world.some(size), recipe, world.lexicon, world.dataset.codebook.keys
                )
    with one_core(), threadpool_limits(1):
        apart = max(
            float(np.abs(ours - theirs).max())
            for name in tasks
            for ours, theirs in zip(warm[f"kernel {name}"](), warm[f"sklearn {name}"](), strict=True)
        )
        tell(f"training: weights alike to {apart:.1e}")
        times = in_turns(calls, world.sizes.long_rounds, warm)
    made = []
    for name, (_, number, goal) in tasks.items():
        ratio = times.ratio(f"sklearn {name}", f"kernel {name}")
        what = f"training {name} on {number:,} paragraphs, against the same recipe in scikit-learn"
        count = times.ratio(f"counting {name}", f"kernel {name}")[0]
        note = f"{count:.0%} of it is counting, nearly all the rest the solver"
        made.append(Figure("training", what, ratio[0], "x", ratio[1], ratio[2], goal, note=note))
    return made


def our_count(texts: list[str], Y: Array, recipe: Recipe, lexicon: Lexicon, keys: tuple[str, ...]) -> object:
    """The first part of ``our_fit``."""
    from pipeline.learning.features import count

    return count(texts, recipe.features, lexicon)


def our_fit(texts: list[str], Y: Array, recipe: Recipe, lexicon: Lexicon, keys: tuple[str, ...]) -> list[Array]:
    """What ``threat-topics train`` does after cross-validation."""
    from pipeline.learning.estimator import fit_topics
    from pipeline.learning.features import count

    counts = count(texts, recipe.features, lexicon)
    known, ones, rows = np.ones_like(Y), np.ones(len(texts)), np.arange(len(texts))
    fits = fit_topics(counts, keys, Y, known, ones, rows, recipe.features, recipe.estimator)
    return [fit.coef for fit in fits]


def scikit_learn_fit(
    texts: list[str], Y: Array, recipe: Recipe, lexicon: Lexicon, keys: tuple[str, ...]
) -> list[Array]:
    """The same recipe by scikit-learn alone; its own fast cutting where the recipe asks for nothing else."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    options = recipe.features
    analyser = options.analyser(lexicon)
    how: dict[str, Any] = {"ngram_range": (1, options.ngrams)}
    if analyser.prefix or analyser.listed:
        how = {"analyzer": partial(terms, analyser=analyser)}
    vectoriser = CountVectorizer(min_df=options.min_df, dtype=np.float64, **how)
    X = vectoriser.fit_transform(texts)
    names = vectoriser.get_feature_names_out()
    found = []
    for j, key in enumerate(keys):
        own = {f"{LISTED}{key}", f"{LISTED}{key}{WEAK}"}
        open_to = np.array([not name.startswith(LISTED) or name in own for name in names])
        Z = TfidfTransformer(sublinear_tf=options.sublinear_tf).fit_transform(X if open_to.all() else X[:, open_to])
        ratio, smoothing = np.ones(Z.shape[1]), recipe.estimator.naive_bayes
        if smoothing:  # Wang & Manning 2012
            present = Z.astype(bool).astype(float)
            sides = [np.asarray(present[side].sum(axis=0)).ravel() + smoothing for side in (Y[:, j], ~Y[:, j])]
            ratio = np.log((sides[0] / sides[0].sum()) / (sides[1] / sides[1].sum()))
            Z = Z.multiply(ratio).tocsr()
        weighed = None if recipe.estimator.class_weight == "none" else recipe.estimator.class_weight
        classifier = LogisticRegression(
            C=recipe.estimator.C, solver="liblinear", class_weight=weighed, random_state=recipe.seed, max_iter=1000
        ).fit(Z, Y[:, j])
        found.append(classifier.coef_.ravel() * ratio)
    return found
