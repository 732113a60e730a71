"""Sections on decisions: what was promised and kept out of fold, and the thresholds of a model with their alternatives."""

from __future__ import annotations

import math

import numpy as np

from pipeline.intervals import bootstrap
from pipeline.learning.decision import article_level
from pipeline.learning.evaluation import MODEL
from pipeline.learning.metrics import Array, confusion
from pipeline.learning.summary import article_judgements
from pipeline.learning.thresholds import Cut
from pipeline.learning.training import Evaluation
from pipeline.reporting.sections import Grid, Section, interval

ANY = "any topic"


def promises(evaluation: Evaluation) -> tuple[Section, ...]:
    """The three-way decision as it was kept on articles that did not choose it; no section where nothing is left for review."""
    options, keys = evaluation.recipe.decision, evaluation.dataset.codebook.keys
    if not any(options.of(key).review_recall for key in keys):
        return ()
    dataset, out = evaluation.dataset, evaluation.out
    yes, not_no = out.systems[MODEL].tags, out.not_no
    Y_article, known_article = article_judgements(dataset)
    levels = (
        ("paragraph", yes, not_no, dataset.Y, dataset.known, dataset.groups),
        (
            "article",
            np.array([article_level(r, dataset.groups) for r in yes]),
            np.array([article_level(r, dataset.groups) for r in not_no]),
            Y_article,
            known_article,
            np.arange(len(Y_article)),
        ),
    )
    text = (
        "Yes, review or no: thresholds were chosen inside each training part, the figures are of the parts left out. "
        "An article is a yes if one of its paragraphs is, else left for review if one of them is."
    )
    grids = tuple(_kept(evaluation, *level) for level in levels)
    return (Section("Promises of the three-way decision", (text,), grids),)


def _kept(evaluation: Evaluation, level: str, yes: Array, not_no: Array, Y: Array, known: Array, groups: Array) -> Grid:
    keys, options = evaluation.dataset.codebook.keys, evaluation.recipe.decision

    def statistic(weight: Array) -> Array:
        repeats = []
        for tags, kept in zip(yes, not_no, strict=True):
            left = kept & ~tags & known
            whole = weight.sum(axis=1, keepdims=True)
            share = np.column_stack([weight @ left, weight @ left.any(axis=1)]) / np.where(whole > 0, whole, np.nan)
            precision, recall = confusion(tags, Y, known, weight).precision, confusion(kept, Y, known, weight).recall
            repeats.append(np.concatenate([precision, recall, share], axis=1))
        return np.asarray(np.mean(repeats, axis=0))

    rounds, seed = evaluation.recipe.evaluation.rounds, evaluation.recipe.seed
    found = bootstrap(statistic, groups, rounds=rounds, seed=seed)
    k = len(keys)
    rows = []
    for j, key in enumerate(keys):
        own = options.of(key)
        promised = [f"{value:g}" if value else "-" for value in (own.min_precision, own.review_recall)]
        figures = interval(found[j]), interval(found[k + j]), interval(found[2 * k + j])
        rows.append((key, promised[0], figures[0], promised[1], figures[1], figures[2]))
    rows.append((ANY, "", "", "", "", interval(found[3 * k])))
    header = (level, "yes at precision", "kept", "no at recall", "kept ", "share left for review")
    return Grid(header, tuple(rows))


def thresholds_section(cuts: list[Cut], alternatives: dict[str, list[tuple[float, Cut | None]]]) -> Section:
    """A model's thresholds, and what other precisions would cost."""
    header = ("topic", "threshold", "review from", "precision", "recall", "F1", "tagged", "review", "chosen by")
    rows = tuple(
        (
            cut.topic,
            f"{cut.threshold:.3f}",
            f"{cut.review:.3f}" if cut.review < cut.threshold else "-",
            _share(cut.precision),
            _share(cut.recall),
            _share(_f1(cut)),
            f"{cut.tagged:.0f}",
            f"{cut.left:.0f}",
            cut.aim or "-",
        )
        for cut in cuts
    )
    lines = tuple(
        f"{topic}: {_sentence(precision, cut)}" for topic, asked in alternatives.items() for precision, cut in asked
    )
    text = (
        "Tagged and left for review: of 1,000 paragraphs. On the out-of-fold scores that thresholds are chosen on, which "
        "flatters them a little; the report's figures are nested."
    )
    return Section("Thresholds", (text,), (Grid(header, rows),), lines)


def _f1(cut: Cut) -> float:
    whole = cut.precision + cut.recall
    return 2 * cut.precision * cut.recall / whole if whole > 0 else math.nan


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _sentence(precision: float, cut: Cut | None) -> str:
    if cut is None:
        return f"precision {precision:g} is out of reach"
    return (
        f"at precision {precision:g} you read {cut.tagged:.0f} of 1,000 paragraphs and catch {cut.recall:.0%} "
        f"(threshold {cut.threshold:.3f})"
    )
