"""What was tried around the shipped recipe: one change at a time, at home, on left-out parts, on outside text.

    python experiments/studies.py --on world-news.jsonl --on factbook.jsonl

Changes that were not adopted live here and not in the package. Every study shares the folds, so its differences to
"default" are paired. Of outside text only the half to choose by is read. Term counts of training and outside text are
made together, but vocabulary, idf and weights are fitted on training rows alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from pipeline.annotation.corpus import article_values
from pipeline.annotation.dataset import Dataset, load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.files import write_text
from pipeline.learning.analyser import LISTED, Analyser, terms
from pipeline.learning.decision import decide, probabilities
from pipeline.learning.estimator import TopicFit, fit_topics, log_count_ratio, score_topics
from pipeline.learning.features import Counts, FeatureOptions, View
from pipeline.learning.folds import assign_folds, split_by
from pipeline.learning.metrics import average_precision
from pipeline.learning.objectives import fit_rules
from pipeline.learning.outside import OutsideText, read_outside
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.project import find_project
from pipeline.reporting.sections import Grid, Section, markdown

Array = NDArray[Any]
Cut = Callable[[str, Analyser], list[str]]

LEAST = 5  # positives of every topic a part needs before it is left out

_TOKEN = re.compile(r"\b\w\w+\b")
_MONEY = re.compile(
    r"(?:[$€£¥₽]|\b(?:usd|eur|dollars?|euros?|roubles?|rubles?|tenge|soms?|rupees?|pounds?)\b)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_WEIGHT = re.compile(r"\d\s?(?:kg|kilos?|kilograms?|grams?|tons?|tonnes?|lbs?)\b", re.IGNORECASE)


def short_capitals(text: str, analyser: Analyser) -> list[str]:
    """Words of two to four capitals count once more under their own name, unless the whole text is in capitals."""
    shouted = text.isupper()
    return terms(text, analyser) + [
        f"caps:{w}" for w in _TOKEN.findall(text) if w.isupper() and w.isalpha() and len(w) < 5 and not shouted
    ]


def number_classes(text: str, analyser: Analyser) -> list[str]:
    """Numbers by their length, sums of money and weights each count as a class."""
    sizes = [f"number:{min(sum(c.isdigit() for c in n), 7)}" for n in _NUMBER.findall(text)]
    return (
        terms(text, analyser)
        + sizes
        + ["money:"] * len(_MONEY.findall(text))
        + ["weight:"] * len(_WEIGHT.findall(text))
    )


def letters(text: str, analyser: Analyser) -> list[str]:
    """Runs of four letters inside words count beside everything else."""
    grams = [
        f"{w[i : i + 4]}~" for word in _TOKEN.findall(text.lower()) for w in [f" {word} "] for i in range(len(w) - 3)
    ]
    return terms(text, analyser) + grams


@dataclass(frozen=True, slots=True)
class Study:
    """One change to the shipped recipe.

    Attributes:
        name: what is changed.
        cut: text to terms.
        features: changed feature options.
        estimator: changed classifier options.
        decision: changed decision options.
        hinge: whether hinge loss (a linear support vector machine) stands in for logistic loss.
        background: "paragraphs", or what document frequencies are counted on: "articles", or "none".
        inner: column of ``data/articles.csv`` whose values the inner folds leave out, "" for folds by article.
        unlisted: log-odds by which a paragraph without a listed term must be surer.
    """

    name: str
    cut: Cut = terms
    features: tuple[tuple[str, Any], ...] = ()
    estimator: tuple[tuple[str, Any], ...] = ()
    decision: tuple[tuple[str, Any], ...] = ()
    hinge: bool = False
    background: str = "paragraphs"
    inner: str = ""
    unlisted: float = 0.0


STUDIES = (
    Study("default"),
    Study("words only, no pairs", features=(("ngrams", 1),)),
    Study("no beginnings of words", features=(("prefix", 0),)),
    Study("no term lists", features=(("listed", False),)),
    Study("weak terms marked too", features=(("weak", True),)),
    Study("no naive Bayes weighting", estimator=(("naive_bayes", 0.0),)),
    Study("four-letter runs beside words", cut=letters),
    Study("short capitals kept", cut=short_capitals),
    Study("number, money and weight classes", cut=number_classes),
    Study("hinge loss", hinge=True, estimator=(("C", 1.0),)),
    Study("no idf", background="none"),
    Study("idf over articles", background="articles"),
    Study("min_df 1", features=(("min_df", 1),)),
    Study("min_df 4", features=(("min_df", 4),)),
    Study("C 1", estimator=(("C", 1.0),)),
    Study("C 100", estimator=(("C", 100.0),)),
    Study("balanced classes", estimator=(("class_weight", "balanced"),)),
    Study("no floor", decision=(("floor", 0.0),)),
    Study("floor 0.5", decision=(("floor", 0.5),)),
    Study("thresholds by regions left out", decision=(("floor", 0.0),), inner="region"),
    Study("thresholds by genres left out", decision=(("floor", 0.0),), inner="genre"),
    Study("one more log-odd without a listed term", unlisted=1.0),
    Study("floor 0.5, two more log-odds without a listed term", decision=(("floor", 0.5),), unlisted=2.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Training rows, then the rows of every outside file, under one vocabulary; listed (rows, k)."""

    dataset: Dataset
    counts: Counts
    listed: Array
    recipe: Recipe
    study: Study

    def fit(self, rows: Array) -> list[TopicFit]:
        d, r = self.dataset, self.recipe
        fits = fit_topics(self.counts, d.codebook.keys, d.Y, d.known, d.weight, rows, r.features, r.estimator)
        if self.study.background != "paragraphs":
            fits = [self._refit(j, self._other_idf(fit.view, rows), rows) for j, fit in enumerate(fits)]
        elif self.study.hinge:
            fits = [self._refit(j, fit.view, rows) for j, fit in enumerate(fits)]
        return fits

    def _other_idf(self, view: View, rows: Array) -> View:
        if self.study.background == "none":
            return View(view.columns, np.ones(len(view.columns)), sublinear_tf=True)
        matrix = self.counts.matrix[rows][:, view.columns]
        if self.study.background == "articles":
            group = np.unique(self.dataset.groups[rows], return_inverse=True)[1]
            matrix = _indicator(group) @ matrix
        return View(view.columns, TfidfTransformer().fit(matrix).idf_, sublinear_tf=True)

    def _refit(self, j: int, view: View, rows: Array) -> TopicFit:
        judged = rows[self.dataset.known[rows, j]]
        X, y, weight = view.transform(self.counts, judged), self.dataset.Y[judged, j], self.dataset.weight[judged]
        smoothing = self.recipe.estimator.naive_bayes
        ratio = log_count_ratio(X, y, weight, smoothing) if smoothing else np.ones(X.shape[1])
        classifier: Any
        if self.study.hinge:
            classifier = LinearSVC(C=self.recipe.estimator.C, loss="hinge", random_state=0, max_iter=20000)
        else:
            classifier = LogisticRegression(
                C=self.recipe.estimator.C, solver="liblinear", random_state=0, max_iter=1000
            )
        with threadpool_limits(1):
            classifier.fit(X.multiply(ratio).tocsr(), y, sample_weight=weight)
        return TopicFit(view, classifier.coef_.ravel() * ratio, float(classifier.intercept_[0]))

    def score(self, train: Array, test: Array) -> Array:
        """Scores of ``test`` by a fit on ``train``."""
        return score_topics(self.fit(train), self.counts, test)

    def cross(self, rows: Array, fold: Array) -> Array:
        """Scores of ``rows``, each by a fit on the other folds of ``rows``."""
        S = np.empty((len(rows), self.dataset.Y.shape[1]))
        for f in np.unique(fold):
            S[fold == f] = self.score(rows[fold != f], rows[fold == f])
        return S

    def answer(self, train: Array, test: Array, inner: Array) -> tuple[Array, Array]:
        """Probabilities and tags of ``test`` by a fit on ``train``, its rules chosen on the inner folds of ``train``."""
        d = self.dataset
        rules = fit_rules(self.cross(train, inner), d.Y[train], d.known[train], self.recipe.decision, d.codebook.keys)
        P = probabilities(self.score(train, test), rules.slope, rules.offset)
        odds = np.log(rules.thresholds / np.maximum(1 - rules.thresholds, 1e-12))
        raised = 1 / (1 + np.exp(-(odds + self.study.unlisted)))
        return P, np.where(self.listed[test], decide(P, rules.thresholds), decide(P, raised))


def _indicator(group: Array) -> Any:
    return csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))))


def _counts(texts: list[str], analyser: Analyser, cut: Cut) -> Counts:
    vectoriser = CountVectorizer(analyzer=partial(cut, analyser=analyser), dtype=np.float64)
    matrix = vectoriser.fit_transform(texts)
    matrix.sort_indices()
    return Counts(tuple(vectoriser.get_feature_names_out()), matrix)


def _macro(P: Array, T: Array, Y: Array, known: Array) -> tuple[float, float, float, float, float]:
    """Average precision, F1, recall, false alarms per 1,000 as means over topics, and the worst topic's false alarms."""
    found = []
    for j in range(Y.shape[1]):
        k = known[:, j]
        y, t = Y[k, j], T[k, j]
        ap = average_precision(P[k, j], y, np.ones((1, len(y))))[0] if y.any() and not y.all() else np.nan
        both = y.any() and not y.all()
        f1 = 2 * (t & y).sum() / max(t.sum() + y.sum(), 1) if both else np.nan
        recall = t[y].mean() if y.any() else np.nan
        found.append((ap, f1, recall, 1000 * t[~y].mean() if (~y).any() else np.nan))
    table = np.array(found)
    means = [float(np.nanmean(c)) if not np.isnan(c).all() else np.nan for c in table.T]
    alarms = table[:, 3]
    return (*means, float(np.nanmax(alarms)) if not np.isnan(alarms).all() else np.nan)  # type: ignore[return-value]


def run(
    study: Study,
    dataset: Dataset,
    lexicon: Any,
    recipe: Recipe,
    outside: list[OutsideText],
    values: dict[str, Any],
    jobs: int,
) -> Iterator[str]:
    """The cells of one line of the table."""
    for section in ("features", "estimator", "decision"):
        recipe = replace(recipe, **{section: replace(getattr(recipe, section), **dict(getattr(study, section)))})
    texts = [*dataset.texts, *(text for o in outside for text in o.texts)]
    counts = _counts(texts, recipe.features.analyser(lexicon), study.cut)
    marks = _counts(texts, FeatureOptions(ngrams=1, listed=True).analyser(lexicon), terms)
    listed = np.column_stack(
        [marks.matrix[:, marks.terms.index(LISTED + key)].toarray() > 0 for key in dataset.codebook.keys]
    )
    table = _Table(dataset, counts, listed, recipe, study)
    rows = np.arange(len(dataset.paragraphs))

    def deal(some: Array, folds: int, seed: int) -> Array:
        if study.inner:
            return split_by(study.inner, values[study.inner], dataset.articles, dataset.groups[some]).fold
        return assign_folds(dataset.Y[some], dataset.known[some], dataset.groups[some], folds=folds, seed=seed)

    outer = assign_folds(dataset.Y, dataset.known, dataset.groups, folds=recipe.evaluation.folds, seed=recipe.seed)
    parts = [(rows[outer != f], rows[outer == f]) for f in range(recipe.evaluation.folds)]
    tasks = [
        (train, test, deal(train, recipe.evaluation.inner_folds, recipe.seed + 1 + f))
        for f, (train, test) in enumerate(parts)
    ]
    outer_rows = np.arange(len(rows), len(texts))
    tasks.append((rows, outer_rows, deal(rows, recipe.evaluation.folds, recipe.seed)))
    *home, away = Parallel(n_jobs=jobs)(delayed(table.answer)(*task) for task in tasks)
    P, T = np.empty(dataset.Y.shape), np.empty(dataset.Y.shape, bool)
    for (_, test, _), (p, t) in zip(tasks, home, strict=False):
        P[test], T[test] = p, t
    ap, f1, *_ = _macro(P, T, dataset.Y, dataset.known)
    yield from (f"{ap:.3f}", f"{f1:.3f}")
    for column in ("region", "genre"):
        split = split_by(column, values[column], dataset.articles, dataset.groups)
        parts = [(rows[split.fold != f], rows[split.fold == f]) for f in range(len(split.values))]
        parts = [(train, test) for train, test in parts if (dataset.Y[test].sum(axis=0) >= LEAST).all()]
        S = Parallel(n_jobs=jobs)(delayed(table.score)(train, test) for train, test in parts)
        aps = [_macro(s, s > 0, dataset.Y[test], dataset.known[test])[0] for s, (_, test) in zip(S, parts, strict=True)]
        yield f"{np.mean(aps):.3f}"
    start = 0
    for o in outside:
        p, t = away[0][start : start + len(o.texts)], away[1][start : start + len(o.texts)]
        start += len(o.texts)
        ap, f1, recall, alarms, worst = _macro(p, t, o.Y, o.known)
        yield " / ".join(
            "-" if np.isnan(v) else s
            for v, s in (
                (ap, f"{ap:.3f}"),
                (f1, f"{f1:.3f}"),
                (recall, f"{recall:.2f}"),
                (alarms, f"{alarms:.1f}"),
                (worst, f"{worst:.1f}"),
            )
        )


def main() -> None:
    """Run the studies and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--on", type=Path, action="append", default=[], metavar="FILE.jsonl", help="outside text")
    parser.add_argument("--only", default="", help="studies whose name holds this")
    parser.add_argument("-j", "--jobs", type=int, default=-1, help="processes, -1 for all cores")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("experiments/studies.md"), help="Markdown file to write"
    )
    options = parser.parse_args()
    project = find_project(None, Path.cwd())
    dataset = load_dataset(project)
    lexicon, recipe = load_lexicon(project.lexicon, dataset.codebook), load_recipe(project.recipe)
    values = {column: article_values(project, column) for column in ("region", "genre")}
    outside = [read_outside(path, dataset.codebook.keys, "choose") for path in options.on]
    lines = []
    for study in (s for s in STUDIES if options.only in s.name):
        lines.append((study.name, *run(study, dataset, lexicon, recipe, outside, values, options.jobs)))
        print(" | ".join(lines[-1]), file=sys.stderr, flush=True)
    header = ("study", "AP", "F1", "AP, region left out", "AP, genre left out", *(o.name for o in outside))
    about = (
        "One change to the shipped recipe a line; macro averages. Outside text: average precision / F1 / recall / false "
        "alarms per 1,000 / those of the worst topic."
    )
    data = f"{len(dataset.paragraphs)} paragraphs, data fingerprint {dataset.fingerprint[:16]}."
    page = markdown((Section("Studies", (about, data), (Grid(header, tuple(lines)),)),))
    write_text(options.output, page)


if __name__ == "__main__":
    main()
