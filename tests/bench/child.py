"""What the bench runs in processes of its own, to see its memory or its start; packages are loaded where needed.

``count kernel|sklearn FILE`` counts the terms of a file of lines; ``predict PIPELINE FILE`` loads a joblib file and
predicts one article; ``even MODEL FILE`` tells from how many texts on the kernel pays.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

MIN_DF = 2
PAGE = 4096 / 2**20  # MiB


def resident() -> float:
    """Memory held now, MiB; where the system does not say, the most so far."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text("ascii").split()[1]) * PAGE
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform == "linux" else 2**20)


def count(how: str, path: str) -> None:
    """Count words and pairs; prints seconds, memory before, and number of terms, entries and sum of the counts."""
    from pipeline.learning.bulk import COMPILED_FROM

    call = _kernel if how == "kernel" else _sklearn
    call(["few words go plain", "and many compiled"] * COMPILED_FROM)
    texts = Path(path).read_text("utf-8").splitlines()
    before = resident()
    start = time.perf_counter()
    terms, X = call(texts)
    seconds = time.perf_counter() - start
    print(f"{seconds:.6f} {before:.3f} {len(terms)} {X.nnz} {int(X.sum())}")


def _kernel(texts: list[str]) -> tuple[Any, Any]:
    from pipeline.learning.analyser import Analyser
    from pipeline.learning.counting import count_terms

    counted = count_terms(texts, Analyser(2), MIN_DF)
    return counted.terms, counted.matrix


def _sklearn(texts: list[str]) -> tuple[Any, Any]:
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    vectoriser = CountVectorizer(ngram_range=(1, 2), min_df=MIN_DF, dtype=np.float64)
    X = vectoriser.fit_transform(texts)
    return vectoriser.get_feature_names_out(), X


def predict(pipeline: str, path: str) -> None:
    """Load a pipeline as scikit-learn's own documents tell to, and score the paragraphs of one article."""
    import joblib

    fitted = joblib.load(pipeline)
    text = Path(path).read_text("utf-8")
    print(fitted.decision_function([part for part in text.split("\n\n") if part.strip()]).shape)


def even(model: str, path: str) -> None:
    """Print how many paragraphs the plain scorer scores while the compiled one gets ready, as a new process must."""
    from pipeline.learning.persist import load_folder

    loaded, texts = load_folder(Path(model)), Path(path).read_text("utf-8").splitlines()
    start = time.perf_counter()
    loaded.scores(texts)
    plain = time.perf_counter()
    from pipeline.learning.bulk import BulkScorer

    BulkScorer(loaded).scores(texts[:1])
    print((time.perf_counter() - plain) / (plain - start) * len(texts))


if __name__ == "__main__":
    {"count": count, "even": even, "predict": predict}[sys.argv[1]](*sys.argv[2:])
