"""Why a paragraph was answered wrongly out of fold: the evidence of the very model that answered, which had not seen it.

The folds' weights are not kept; the same rows and seed give them again. Evidence of a model on all data would be of
one that has learnt the paragraph's label since.
"""

from __future__ import annotations

import numpy as np

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.evidence import Contribution, explain
from pipeline.learning.features import count
from pipeline.learning.training import Evaluation, fit_part


def mistake_evidence(evaluation: Evaluation, lexicon: Lexicon, version: str) -> tuple[tuple[Contribution, ...], ...]:
    """Contributions to the score of each of ``evaluation.mistakes``, the greatest first.

    With the intercept of its fold's model they add up to the paragraph's score in the first repeat.

    Args:
        evaluation: with the mistakes.
        lexicon: the term lists it was made with.
        version: of the package.
    """
    dataset, fold = evaluation.dataset, evaluation.out.fold[0]
    place = {paragraph.id: row for row, paragraph in enumerate(dataset.paragraphs)}
    rows = [place[mistake.paragraph_id] for mistake in evaluation.mistakes]
    counts = count(dataset.texts, evaluation.recipe.features, lexicon)
    models = {
        f: fit_part(evaluation, lexicon, version, counts, np.flatnonzero(fold != f))
        for f in sorted({int(fold[row]) for row in rows})
    }
    return tuple(
        explain(models[int(fold[row])], dataset.paragraphs[row].text, dataset.codebook.keys.index(mistake.topic))
        for row, mistake in zip(rows, evaluation.mistakes, strict=True)
    )
