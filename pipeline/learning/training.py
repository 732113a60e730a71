"""A recipe carried out: evaluate it out of fold, and fit the model that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import LabelError
from pipeline.learning import summary
from pipeline.learning.evaluation import MODEL, OutOfFold, Progress, cross_validate, fit_rows
from pipeline.learning.features import Counts, count
from pipeline.learning.folds import Split
from pipeline.learning.leaks import Leak, find_leaks
from pipeline.learning.model import Model
from pipeline.learning.objectives import Rules, fit_rules, require_feasible
from pipeline.learning.persist import Evidence
from pipeline.learning.recipe import Recipe

Array = NDArray[Any]

MISTAKES_PER_KIND = 5


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything a report says of one run.

    Attributes:
        recipe: what was run.
        dataset: what it was run on.
        out: answers out of fold.
        tables: figures with intervals.
        mistakes: the worst ones.
        rules: calibration and thresholds from the out-of-fold scores of all data, as the model carries them.
        lexicon: the term lists used.
        split: the parts left out in turn, if folds were given from outside.
        parts: tables of every system for each of these parts.
        leaks: texts that stand in two articles.
    """

    recipe: Recipe
    dataset: Dataset
    out: OutOfFold
    tables: tuple[summary.Table, ...]
    mistakes: tuple[summary.Mistake, ...]
    rules: Rules
    lexicon: Lexicon
    split: Split | None = None
    parts: tuple[tuple[summary.Table, ...], ...] = ()
    leaks: tuple[Leak, ...] = ()

    def table(self, level: str, system: str = MODEL) -> summary.Table:
        """One of the tables."""
        return next(t for t in self.tables if t.level == level and t.system == system)


def evaluate(
    dataset: Dataset, lexicon: Lexicon, recipe: Recipe, progress: Progress, jobs: int = -1, split: Split | None = None
) -> Evaluation:
    """Cross-validate a recipe.

    Args:
        dataset: the judged paragraphs.
        lexicon: term lists for the keyword rules.
        recipe: what to evaluate.
        progress: called with (folds done, folds in all).
        jobs: processes, -1 for all cores.
        split: parts to leave out in turn, instead of folds dealt by article.

    Raises:
        LabelError: a topic has too few positive paragraphs, or they stand in too few articles.
    """
    require_learnable(dataset, recipe)
    out = cross_validate(dataset, lexicon, recipe, progress, jobs, split)
    evidence = _evidence(dataset, out)
    rules = fit_rules(evidence.S, evidence.Y, evidence.known, recipe.decision, dataset.codebook.keys)
    tables = summary.tables(dataset, out, rounds=recipe.evaluation.rounds, seed=recipe.seed)
    mistakes = summary.worst_mistakes(dataset, out, MISTAKES_PER_KIND)
    parts = summary.part_tables(dataset, out, split, rounds=recipe.evaluation.rounds, seed=recipe.seed) if split else ()
    leaks = find_leaks(dataset, out.fold)
    return Evaluation(recipe, dataset, out, tuple(tables), tuple(mistakes), rules, lexicon, split, tuple(parts), leaks)


def _evidence(dataset: Dataset, out: OutOfFold) -> Evidence:
    repeats, _, k = out.S.shape
    return Evidence(out.S.reshape(-1, k), np.tile(dataset.Y, (repeats, 1)), np.tile(dataset.known, (repeats, 1)))


def evidence_of(evaluation: Evaluation) -> Evidence:
    """The scores that the model's thresholds were chosen on, repeats one after the other."""
    return _evidence(evaluation.dataset, evaluation.out)


def fit(evaluation: Evaluation, lexicon: Lexicon, version: str) -> Model:
    """The model on all data, with the rules its evaluation chose out of fold.

    Args:
        evaluation: of the same recipe and dataset.
        lexicon: kept with the model.
        version: of the package.

    Raises:
        RecipeError: a wished precision or recall cannot be reached; names the nearest.
    """
    require_feasible(evaluation.rules, evaluation.dataset.codebook.keys, evaluation.recipe.decision)
    counts = count(evaluation.dataset.texts, evaluation.recipe.features, lexicon)
    return fit_part(evaluation, lexicon, version, counts, np.arange(len(evaluation.dataset.paragraphs)))


def fit_part(evaluation: Evaluation, lexicon: Lexicon, version: str, counts: Counts, rows: Array) -> Model:
    """The model on some rows, with the rules the evaluation chose.

    Args:
        evaluation: gives recipe, dataset and rules.
        lexicon: kept with the model.
        version: of the package.
        counts: counts of all paragraphs.
        rows: ints, the rows to learn from.
    """
    recipe, dataset, rules = evaluation.recipe, evaluation.dataset, evaluation.rules
    keys = dataset.codebook.keys
    fits = fit_rows(counts, dataset, rows, recipe)
    kept = np.unique(np.concatenate([fit.view.columns for fit in fits]))
    idf, coef = np.zeros((len(keys), len(kept))), np.zeros((len(keys), len(kept)))
    for j, topic in enumerate(fits):
        places = np.searchsorted(kept, topic.view.columns)
        idf[j, places] = topic.view.idf
        coef[j, places] = topic.coef
    return Model(
        name=recipe.name,
        version=version,
        codebook=dataset.codebook,
        analyser=recipe.features.analyser(lexicon),
        sublinear_tf=recipe.features.sublinear_tf,
        terms=tuple(counts.terms[i] for i in kept),
        idf=idf,
        coef=coef,
        intercept=np.array([topic.intercept for topic in fits]),
        slope=rules.slope,
        offset=rules.offset,
        thresholds=rules.thresholds,
        review=rules.review,
        facts={
            "recipe": recipe.to_dict(),
            "decision": {key: str(recipe.decision.of(key)) for key in keys},
            "dataset": describe(dataset),
            "lexicon": {key: list(lexicon.terms.get(key, ())) for key in keys},
            "metrics": {level: _headline(evaluation, level) for level in summary.LEVELS},
        },
    )


def describe(dataset: Dataset) -> dict[str, object]:
    """Counts and fingerprint of a dataset, as plain JSON values."""
    positive = dataset.Y & dataset.known
    return {
        "fingerprint": dataset.fingerprint,
        "articles": len(dataset.articles),
        "paragraphs": len(dataset.paragraphs),
        "positives": {key: int(positive[:, j].sum()) for j, key in enumerate(dataset.codebook.keys)},
        "judged": {key: int(dataset.known[:, j].sum()) for j, key in enumerate(dataset.codebook.keys)},
        "none": int((dataset.known.any(axis=1) & ~positive.any(axis=1)).sum()),
        "multi": int((positive.sum(axis=1) > 1).sum()),
    }


def _headline(evaluation: Evaluation, level: str) -> dict[str, object]:
    table = evaluation.table(level)
    return {
        row.topic: {name: interval.value for name, interval in row.figures.items() if interval.value == interval.value}
        for row in table.rows
    }


def require_learnable(dataset: Dataset, recipe: Recipe) -> None:
    """Check that every topic can be learnt and that the recipe speaks of no other.

    Raises:
        LabelError: a topic has too few positive paragraphs, or they stand in too few articles, or no negative one.
        RecipeError: the decision names a topic that the codebook does not have.
    """
    recipe.decision.check_topics(dataset.codebook.keys)
    least = recipe.data.min_positives
    for j, key in enumerate(dataset.codebook.keys):
        positive = dataset.Y[:, j] & dataset.known[:, j]
        negative = dataset.known[:, j] & ~dataset.Y[:, j]
        articles = len(np.unique(dataset.groups[positive]))
        if positive.sum() < least or articles < 2:
            raise LabelError(
                f"topic {key!r}: {int(positive.sum())} positive paragraphs in {articles} articles, at least {least} in 2 are "
                "needed; label more of it, or take the topic out of labels/codebook.toml"
            )
        if not negative.any():
            raise LabelError(f"topic {key!r}: no paragraph is judged not to have it; label some without it")
