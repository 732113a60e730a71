"""What the sections of the bench share: the built corpus, scikit-learn's pipelines trained on it, the kernel's scorers.

Everything is made when it is first asked for, and once.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset, load_dataset
from pipeline.annotation.lexicon import Lexicon, load_lexicon
from pipeline.learning.analyser import LISTED, Analyser
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.project import Project, find_project
from tests.bench.corpus import Source, articles, lists, source_of
from tests.bench.timing import ROOT

Array = NDArray[Any]

TRAIN_SEED, ASK_SEED, RANDOM_SEED = 1, 2, 3
MIN_DF = 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything.

    Attributes:
        trained: paragraphs the models are trained on; so many give over 300,000 pairs.
        asked: paragraphs scored a round.
        counted: paragraphs counted for training.
        learnt: paragraphs trained on from beginning to end.
        random: random texts of the parity check.
        archive: paragraphs of the archive run.
        large: paragraphs of the large archive run, 0 for none.
        rounds: rounds of short calls.
        long_rounds: rounds of long ones.
    """

    trained: int = 240_000
    asked: int = 20_000
    counted: int = 100_000
    learnt: int = 60_000
    random: int = 100_000
    archive: int = 100_000
    large: int = 0
    rounds: int = 9
    long_rounds: int = 5


QUICK = Sizes(trained=6_000, asked=4_000, counted=5_000, learnt=5_000, random=2_000, archive=2_000, rounds=5)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A scikit-learn pipeline from texts to scores, and its parts.

    Attributes:
        vectoriser: the fitted ``TfidfVectorizer``.
        classifier: the fitted ``OneVsRestClassifier`` of ``LinearSVC``.
    """

    vectoriser: Any
    classifier: Any

    def scores(self, texts: list[str]) -> Array:
        """Scores of shape (n, k)."""
        return np.asarray(self.classifier.decision_function(self.vectoriser.transform(texts)))

    @property
    def coef(self) -> Array:
        """Weights of shape (k, v)."""
        return np.vstack([e.coef_ for e in self.classifier.estimators_])

    @property
    def intercept(self) -> Array:
        """Shape (k,)."""
        return np.array([e.intercept_[0] for e in self.classifier.estimators_])


def tell(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def fit_pipeline(texts: list[str], Y: Array, ngrams: int, min_df: int = MIN_DF) -> Pipeline:
    """scikit-learn's usual way: TF-IDF of words, or words and pairs, and a linear classifier a topic."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    vectoriser = TfidfVectorizer(sublinear_tf=True, min_df=min_df, ngram_range=(1, ngrams))
    X = vectoriser.fit_transform(texts)
    # What is measured is speed and agreement: a loose tolerance saves minutes and changes neither.
    return Pipeline(vectoriser, OneVsRestClassifier(LinearSVC(tol=0.1, random_state=0)).fit(X, Y))


@dataclass(eq=False)
class World:
    """Everything the sections need.

    Attributes:
        sizes: how much.
        folder: for files that are deleted at the end.
    """

    sizes: Sizes
    folder: Path
    texts_folder: Path | None = None
    _pipelines: dict[int, Pipeline] = field(default_factory=dict)
    _kernels: dict[int, Any] = field(default_factory=dict)

    @cached_property
    def project(self) -> Project:
        """The project the bench lies in."""
        return find_project(None, ROOT)

    @cached_property
    def dataset(self) -> Dataset:
        """Its judged paragraphs."""
        return load_dataset(self.project)

    @cached_property
    def recipe(self) -> Recipe:
        """The default recipe."""
        return load_recipe(self.project.recipe)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Its term lists."""
        return load_lexicon(self.project.lexicon, self.dataset.codebook)

    @cached_property
    def source(self) -> Source:
        """What the corpus is made of."""
        return source_of(self.dataset)

    @cached_property
    def train(self) -> tuple[list[str], Array]:
        """Texts and topics the models are trained on; the first of them serve the smaller sections."""
        tell(f"building {self.sizes.trained} paragraphs")
        return lists(self.source, self.sizes.trained, TRAIN_SEED)

    def some(self, number: int) -> tuple[list[str], Array]:
        """So many training paragraphs and their topics."""
        texts, Y = self.train
        return texts[:number], Y[:number]

    @cached_property
    def asked(self) -> list[str]:
        """Texts to score, which no model has seen."""
        return lists(self.source, self.sizes.asked, ASK_SEED)[0]

    @cached_property
    def arrow(self) -> Any:
        """The same as an Arrow array."""
        import pyarrow as pa

        return pa.array(self.asked, pa.large_string())

    def pipeline(self, ngrams: int) -> Pipeline:
        """scikit-learn's pipeline of words (1) or words and pairs (2)."""
        if ngrams not in self._pipelines:
            tell(f"training scikit-learn (1,{ngrams}) on {self.sizes.trained} paragraphs")
            self._pipelines[ngrams] = fit_pipeline(*self.train, ngrams)
        return self._pipelines[ngrams]

    @property
    def fitted(self) -> dict[int, int]:
        """How many terms the pipelines have that were asked for."""
        return {ngrams: pipeline.coef.shape[1] for ngrams, pipeline in self._pipelines.items()}

    def kernel(self, ngrams: int) -> Any:
        """The kernel's scorer with the weights of that pipeline."""
        from pipeline.learning.kernel.score import CompiledScorer

        if ngrams not in self._kernels:
            fitted = self.pipeline(ngrams)
            terms = tuple(fitted.vectoriser.get_feature_names_out().tolist())
            k, idf = len(fitted.intercept), fitted.vectoriser.idf_
            tiled = np.tile(idf, (k, 1))
            self._kernels[ngrams] = CompiledScorer(Analyser(ngrams), terms, tiled, fitted.coef, fitted.intercept)
        return self._kernels[ngrams]

    @cached_property
    def default_arrays(self) -> tuple[Analyser, tuple[str, ...], Array, Array, Array]:
        """A model with the default recipe's features on the whole corpus: analyser, terms, idf, coef, intercept.

        Its weights are the log-count ratios that the recipe starts from; how fast it scores does not depend on them.
        """
        from pipeline.learning.counting import count_terms
        from pipeline.learning.estimator import log_count_ratio

        texts, Y = self.train
        analyser = self.recipe.features.analyser(self.lexicon)
        tell(f"counting the default recipe's terms of {len(texts)} paragraphs")
        counted = count_terms(texts, analyser, MIN_DF)
        terms, X = counted.terms, counted.matrix
        df = np.bincount(X.indices, minlength=X.shape[1])
        idf, k = np.log((1 + len(texts)) / (1 + df)) + 1, Y.shape[1]
        ones = np.ones(len(texts))
        coef = np.vstack([log_count_ratio(X, Y[:, j], ones, 1.0) for j in range(k)])
        listed = {f"{LISTED}{key}": j for j, key in enumerate(self.dataset.codebook.keys)}
        weight = np.tile(idf, (k, 1))
        for column, term in enumerate(terms):  # a topic does not see the marks of the others' lists
            if term.startswith(LISTED):
                weight[[j for j in range(k) if j != listed[term.removesuffix(":weak")]], column] = 0.0
        return analyser, terms, weight, coef, np.full(k, -1.0)

    @cached_property
    def default_kernel(self) -> Any:
        """The kernel's scorer of that model."""
        from pipeline.learning.kernel.score import CompiledScorer

        return CompiledScorer(*self.default_arrays, sublinear_tf=self.recipe.features.sublinear_tf)

    def lines_file(self, number: int) -> Path:
        """A file of so many training paragraphs, one a line."""
        path = self.folder / f"lines-{number}.txt"
        if not path.exists():
            path.write_text("".join(f"{text}\n" for text in self.some(number)[0]), "utf-8")
        return path

    def archive_file(self, number: int) -> Path:
        """A file of articles with so many paragraphs together, as JSON Lines."""
        path = self.folder / f"archive-{number}.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as stream:
                for key, text in articles(self.source, number, ASK_SEED):
                    stream.write(json.dumps({"id": key, "text": text}, ensure_ascii=False) + "\n")
        return path


def temporary() -> tempfile.TemporaryDirectory[str]:
    """A folder for the world's files."""
    return tempfile.TemporaryDirectory(prefix="bench-")
