"""What a user's first hundred labels of a new genre are worth: `python experiments/first_hundred.py`.

Each genre with topics in turn is the new one. Half of its articles are judged; the model is trained on all other
genres, then with about a hundred paragraphs of the other half as well, then with all of that half; and the halves
change places. Figures are macro averages over the genre's paragraphs, each scored once, its article unseen, with rules
chosen on training rows alone; the intervals of the differences are bootstrapped over articles.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from pipeline.annotation.corpus import article_values
from pipeline.annotation.dataset import Dataset, load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.files import write_text
from pipeline.intervals import Interval, bootstrap
from pipeline.learning.decision import decide
from pipeline.learning.estimator import fit_topics, score_topics
from pipeline.learning.evaluation import inner_scores
from pipeline.learning.features import Counts, count
from pipeline.learning.folds import assign_folds, split_by
from pipeline.learning.metrics import average_precisions, confusion
from pipeline.learning.objectives import fit_rules
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.project import find_project
from pipeline.reporting.sections import Grid, Section, interval, markdown, signed

Array = NDArray[Any]

HUNDRED = 100
LEAST = 10  # positives of a topic before it is judged on a genre
STEPS = ("none of it", "a hundred", "all of it")


def answers(counts: Counts, dataset: Dataset, recipe: Recipe, train: Array, test: Array) -> tuple[Array, Array]:
    """Probabilities and tags of ``test`` by a model of ``train``."""
    d = dataset
    S = inner_scores(counts, d, train, recipe, folds=recipe.evaluation.inner_folds, seed=recipe.seed)
    rules = fit_rules(S, d.Y[train], d.known[train], recipe.decision, d.codebook.keys)
    fits = fit_topics(counts, d.codebook.keys, d.Y, d.known, d.weight, train, recipe.features, recipe.estimator)
    P = rules.probabilities(score_topics(fits, counts, test))
    return P, decide(P, rules.thresholds)


def first(rows: Array, groups: Array, number: int, seed: int) -> Array:
    """Whole articles of ``rows``, shuffled, until they hold ``number`` rows."""
    order = np.random.default_rng(seed).permutation(np.unique(groups[rows]))
    sizes = np.cumsum([np.sum(groups[rows] == group) for group in order])
    chosen = order[: int(np.searchsorted(sizes, number)) + 1]
    return rows[np.isin(groups[rows], chosen)]


def genre_line(
    counts: Counts, dataset: Dataset, recipe: Recipe, inside: Array, name: str, jobs: int
) -> tuple[str, ...]:
    """One genre: average precision and F1 by how much of it was learnt from."""
    rows, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    half = assign_folds(dataset.Y[rows], dataset.known[rows], dataset.groups[rows], folds=2, seed=recipe.seed)
    tasks = []
    for h in (0, 1):
        test, more = rows[half == h], rows[half != h]
        steps = (more[:0], first(more, dataset.groups, HUNDRED, recipe.seed), more)
        tasks += [(np.sort(np.concatenate([others, extra])), test) for extra in steps]
    found = Parallel(n_jobs=jobs)(delayed(answers)(counts, dataset, recipe, *task) for task in tasks)
    P, T = np.empty((3, *dataset.Y.shape)), np.empty((3, *dataset.Y.shape), bool)
    for number, ((_, test), (p, t)) in enumerate(zip(tasks, found, strict=True)):
        P[number % 3, test], T[number % 3, test] = p, t
    Y, known = dataset.Y[rows], dataset.known[rows]
    judged = (Y & known).sum(axis=0) >= LEAST

    def statistic(weight: Array) -> Array:
        ap = [np.nanmean(average_precisions(P[s][rows], Y, known, weight)[:, judged], axis=1) for s in range(3)]
        f1 = [np.nanmean(confusion(T[s][rows], Y, known, weight).f1[:, judged], axis=1) for s in range(3)]
        both = [(x[0], x[1], x[2], x[2] - x[0], x[1] - x[0]) for x in (ap, f1)]
        return np.column_stack([column for columns in both for column in columns])

    groups = np.unique(dataset.groups[rows], return_inverse=True)[1]
    figures = bootstrap(statistic, groups, rounds=recipe.evaluation.rounds, seed=recipe.seed)
    cells: list[str] = [name, str(len(rows))]
    for none, hundred, whole, gap, gain in (figures[:5], figures[5:]):
        cells += [
            f"{none.value:.3f}",
            f"{hundred.value:.3f}",
            interval(whole),
            signed(gap),
            signed(gain),
            _recovered(gap, gain),
        ]
    return tuple(cells)


def _recovered(gap: Interval, gain: Interval) -> str:
    """Share of the gap that the hundred won back, where there is a gap."""
    return f"{gain.value / gap.value:.0%}" if gap.excludes_zero and gap.value > 0 else "no gap"


def main() -> None:
    """Every genre in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--column", default="genre", help="column of data/articles.csv")
    parser.add_argument("-j", "--jobs", type=int, default=-1, help="processes, -1 for all cores")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("experiments/first-hundred.md"), help="Markdown file to write"
    )
    options = parser.parse_args()
    project = find_project(None, Path.cwd())
    dataset, recipe = load_dataset(project), load_recipe(project.recipe)
    counts = count(dataset.texts, recipe.features, load_lexicon(project.lexicon, dataset.codebook))
    split = split_by(options.column, article_values(project, options.column), dataset.articles, dataset.groups)
    lines = [
        genre_line(counts, dataset, recipe, split.fold == f, value, options.jobs)
        for f, value in enumerate(split.values)
        if ((dataset.Y & dataset.known)[split.fold == f].sum(axis=0) >= LEAST).sum() > 1
    ]
    parts = [f"{figure}, {step}" for figure in ("AP", "F1") for step in (*STEPS, "gap", "won by a hundred", "won back")]
    text = "Macro averages over the topics with ten or more positives; gap: all of it minus none of it."
    page = markdown(
        (Section("The first hundred labels", (text,), (Grid((options.column, "paragraphs", *parts), tuple(lines)),)),)
    )
    write_text(options.output, page)


if __name__ == "__main__":
    main()
