"""Scores of many texts at once: the compiled scorer where it pays, the plain one else.

Which of the two is used is decided here and nowhere else; they agree to the last digits (1e-12). What must not depend
on how many texts happen to come at a time, as the bytes of an archive's shards, asks for the compiled one by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from pipeline.errors import MissingExtraError
from pipeline.learning import decision
from pipeline.learning.model import Model

Array = NDArray[Any]

# Loading numba, its compiled code and the table takes as long as the plain scorer needs for about so many paragraphs
# of news (`make bench ARGS="--only cold"`).
COMPILED_FROM = 10_000


class BulkScorer:
    """Scores texts by one model, compiled; can be pickled with its model and be used by several threads at once.

    Args:
        model: the model.
        threads: how many of its own it scores with.

    Raises:
        MissingExtraError: numba or pyarrow is not installed.
    """

    def __init__(self, model: Model, threads: int = 1) -> None:
        try:
            from pipeline.learning.kernel.score import CompiledScorer  # noqa: PLC0415  # numba, for bulk work only
        except ImportError:
            raise MissingExtraError(
                "scoring in bulk needs numba and pyarrow; pip install 'threat-topics[fast]'"
            ) from None
        self.model, self.threads = model, threads
        self._scorer = CompiledScorer.of(model)

    def scores(self, texts: Sequence[str] | Any) -> Array:
        """Log-odds before calibration, float64 of shape (n, k).

        Args:
            texts: texts, or an Arrow array of ``large_string``, which is not copied.
        """
        return self._scorer.scores(texts, self.threads)


def scores(model: Model, texts: Sequence[str]) -> Array:
    """The same by whichever scorer is sooner done; the plain one where numba is not installed.

    Args:
        model: the model.
        texts: n texts.
    """
    if len(texts) < COMPILED_FROM:
        return model.scores(texts)
    try:
        scorer = BulkScorer(model)
    except MissingExtraError:
        return model.scores(texts)
    return scorer.scores(texts)


def probabilities(model: Model, texts: Sequence[str]) -> Array:
    """Calibrated probabilities, float64 of shape (n, k)."""
    return decision.probabilities(scores(model, texts), model.slope, model.offset)
