"""What may be judged, and what scores say: the one way from paragraphs to answers, of one article and of archives.

How scores are made is the caller's choice; records of the outcome are made in ``tagger`` and ``archive``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from pipeline.learning.decision import answer, probabilities
from pipeline.learning.model import Model
from pipeline.text.language import too_short, unsupported_reason
from pipeline.text.paragraphs import Paragraph

NO, REVIEW, YES = ANSWERS = ("no", "review", "yes")

Array = NDArray[Any]


def reasons(content: Sequence[Paragraph]) -> tuple[str | None, list[str | None]]:
    """Why an article, and why each of its paragraphs, cannot be judged; ``None`` where it can.

    Language is judged on the whole article, length on each paragraph.

    Args:
        content: the article's paragraphs that are not furniture.
    """
    whole = unsupported_reason("\n".join(paragraph.text for paragraph in content))
    return whole, [whole or too_short(paragraph.text) for paragraph in content]


def judged(S: Array, model: Model) -> tuple[Array, Array]:
    """Probabilities, float64, and numbers of ``ANSWERS``, ints; both (n, k) as the scores are."""
    P = probabilities(S, model.slope, model.offset)
    return P, answer(P, model.thresholds, model.review)


def strongest(topics: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Topics by probability, the greatest first.

    >>> strongest([("drugs", 0.7), ("migration", 0.9)])
    {'migration': 0.9, 'drugs': 0.7}
    """
    return dict(sorted(topics, key=lambda item: -item[1]))
