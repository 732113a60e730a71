"""The shipped recipe beside other systems trained on the same labels, on the same folds and on outside text.

    python -m tests.bench.baselines --on world-news.jsonl --seconds 60

Runs in an environment of its own (``baselines.lock`` beside this file), which the product does not need. Scores of
each system and fold are kept under ``--cache``, so that a run that was stopped goes on. Every system decides by its
own rule; average precision needs none. Differences are paired over articles, or over the groups of an outside file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset, load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.files import sha256_text, write_text
from pipeline.intervals import bootstrap
from pipeline.learning.baselines import count_terms
from pipeline.learning.decision import decide
from pipeline.learning.evaluation import MODEL
from pipeline.learning.folds import assign_folds
from pipeline.learning.metrics import average_precisions, confusion
from pipeline.learning.outside import OutsideText, read_outside
from pipeline.learning.recipe import load_recipe
from pipeline.learning.training import evaluate, fit
from pipeline.project import find_project
from pipeline.reporting.sections import Grid, Section, interval, markdown, signed
from tests.bench.systems import SYSTEMS

Array = NDArray[Any]

FIFTH = 5
OURS, RULES = "threat-topics", "keyword rules"


def tell(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def system_scores(name: str, dataset: Dataset, train: Array, ask: list[str], seconds: int, cache: Path) -> Array:
    """Scores of one system trained on some rows; a fifth of their articles is held out for tuning."""
    path = cache / f"{sha256_text(repr((name, dataset.fingerprint, train.tolist(), ask, seconds)))[:24]}.npy"
    if path.exists():
        return np.asarray(np.load(path))
    fifth = assign_folds(dataset.Y[train], dataset.known[train], dataset.groups[train], folds=FIFTH, seed=1)
    rows, held = train[fifth > 0], train[fifth == 0]
    texts, more = ([dataset.texts[i] for i in part] for part in (rows, held))
    scores = SYSTEMS[name](texts, dataset.Y[rows], more, dataset.Y[held], ask, seconds)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, scores)
    return scores


def lines(
    answers: dict[str, tuple[Array, Array]], Y: Array, known: Array, groups: Array
) -> tuple[tuple[str, ...], ...]:
    """A line a system: average precision and F1 as macro means, and how far the first system is ahead."""
    both = (Y & known).any(axis=0) & (~Y & known).any(axis=0)

    def statistic(weight: Array) -> Array:
        ap = [np.nanmean(average_precisions(S, Y, known, weight)[:, both], axis=1) for S, _ in answers.values()]
        f1 = [np.nanmean(confusion(T, Y, known, weight).f1[:, both], axis=1) for _, T in answers.values()]
        return np.column_stack([*ap, *f1, *(ap[0] - a for a in ap), *(f1[0] - f for f in f1)])

    found = bootstrap(statistic, groups, rounds=1000, seed=0)
    n = len(answers)
    made = []
    for i, name in enumerate(answers):
        ahead = [signed(found[2 * n + i]), signed(found[3 * n + i])] if i else ["", ""]
        made.append((name, interval(found[i]), ahead[0], interval(found[n + i]), ahead[1]))
    return tuple(made)


def grid(made: tuple[tuple[str, ...], ...]) -> Grid:
    """The table of one set of texts."""
    return Grid(("system", "average precision", f"{OURS} minus it", "F1", f"{OURS} minus it "), made)


def main() -> None:
    """Run all systems and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--on", type=Path, action="append", default=[], metavar="FILE.jsonl", help="outside text")
    parser.add_argument("--seconds", type=int, default=300, help="fastText's autotuning, a fold")
    parser.add_argument("--only", default="", help="systems whose name holds this")
    parser.add_argument("--cache", type=Path, default=Path("experiments/runs/baselines"), help="folder of kept scores")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("experiments/baselines.md"), help="Markdown file to write"
    )
    options = parser.parse_args()
    project = find_project(None, Path.cwd())
    dataset, recipe = load_dataset(project), load_recipe(project.recipe)
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    outside: list[OutsideText] = [read_outside(path, dataset.codebook.keys) for path in options.on]
    evaluation = evaluate(dataset, lexicon, recipe, lambda _done, _whole: None)
    model, own = fit(evaluation, lexicon, "0"), evaluation.out.systems[MODEL]
    fold = evaluation.out.fold[0]
    home: dict[str, tuple[Array, Array]] = {OURS: (own.score[0], own.tags[0])}
    hits = count_terms(dataset.texts, lexicon, dataset.codebook.keys)
    home[RULES] = hits, hits > 0
    away: list[dict[str, tuple[Array, Array]]] = []
    for o in outside:
        P, n = model.probabilities(o.texts), count_terms(list(o.texts), lexicon, dataset.codebook.keys)
        away.append({OURS: (P, decide(P, model.thresholds)), RULES: (n, n > 0)})
    ask = [text for o in outside for text in o.texts]
    for name in (name for name in SYSTEMS if options.only in name):
        S = np.empty(dataset.Y.shape)
        for f in range(recipe.evaluation.folds):
            test = np.flatnonzero(fold == f)
            texts = [dataset.texts[i] for i in test]
            S[test] = system_scores(name, dataset, np.flatnonzero(fold != f), texts, options.seconds, options.cache)
            tell(f"{name}: {f + 1} of {recipe.evaluation.folds} folds")
        home[name] = S, S > 0
        if ask:
            S = system_scores(name, dataset, np.arange(len(fold)), ask, options.seconds, options.cache)
            start = 0
            for o, answers in zip(outside, away, strict=True):
                part = S[start : start + len(o.texts)]
                answers[name] = part, part > 0
                start += len(o.texts)
    about = (
        f"Macro averages; every system learns from the same {len(dataset.paragraphs)} paragraphs and decides by its own "
        f"rule. Data fingerprint {dataset.fingerprint[:16]}; fastText autotuned for {options.seconds} s a fold."
    )
    sections = [Section("Other systems on the same labels", (about,))]
    sections.append(Section("Cross-validation", (), (grid(lines(home, dataset.Y, dataset.known, dataset.groups)),)))
    for o, answers in zip(outside, away, strict=True):
        sections.append(Section(o.name, (), (grid(lines(answers, o.Y, o.known, o.groups)),)))
    page = markdown(tuple(sections))
    write_text(options.output, page)


if __name__ == "__main__":
    main()
