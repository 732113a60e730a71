"""Labels to look at again: confident learning on out-of-fold probabilities (Northcutt, Jiang & Chuang 2021; cleanlab).

Each topic is judged apart, on the paragraphs labelled for it. A doubt says that label and model disagree more than
the topic's own scores make likely; who of the two is wrong is for a person to say. Nothing is relabelled here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.errors import MissingExtraError
from pipeline.text.paragraphs import Paragraph

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One label that the model contradicts.

    Attributes:
        paragraph: the paragraph.
        topic: the topic in question.
        label: whether it is labelled to have it.
        probability: of the topic, out of fold, the mean over repeats.
        where: ``file:line`` of the label.
    """

    paragraph: Paragraph
    topic: str
    label: bool
    probability: float
    where: str

    @property
    def surprise(self) -> float:
        """Probability that the model gives to the other answer."""
        return 1 - self.probability if self.label else self.probability


def doubtful(dataset: Dataset, P: Array) -> list[Doubt]:
    """Labels that confident learning doubts, the most surprising first.

    Args:
        dataset: n labelled paragraphs.
        P: probabilities out of fold, float of shape (n, k).

    Raises:
        MissingExtraError: cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues  # noqa: PLC0415  an extra, for this alone
    except ImportError:
        raise MissingExtraError("doubtful labels need cleanlab; pip install 'threat-topics[doubt]'") from None
    found = []
    for j, key in enumerate(dataset.codebook.keys):
        rows = np.flatnonzero(dataset.known[:, j])
        y, p = dataset.Y[rows, j], P[rows, j]
        if y.all() or not y.any():
            continue
        issues = find_label_issues(y.astype(int), np.column_stack([1 - p, p]), n_jobs=1)
        found += [
            Doubt(dataset.paragraphs[i], key, bool(dataset.Y[i, j]), float(P[i, j]), dataset.where[i])
            for i in rows[issues].tolist()
        ]
    return sorted(found, key=lambda doubt: (-doubt.surprise, doubt.paragraph.id, doubt.topic))
