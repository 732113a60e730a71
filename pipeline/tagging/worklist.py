"""Queues of paragraphs to label, as sheets for people without a browser.

A row leaves every cell blank, so that what is imported is what the annotator judged; ``why`` says what the row is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.annotation.codebook import Codebook
from pipeline.annotation.sheets import worksheet
from pipeline.learning.doubtful import Doubt
from pipeline.text.paragraphs import Paragraph


def doubts_sheet(doubts: Iterable[Doubt], codebook: Codebook) -> str:
    """A sheet of doubtful labels, one row a paragraph in the order of its most surprising label."""
    reasons: dict[str, tuple[Paragraph, list[str]]] = {}
    for doubt in doubts:
        said = f"{doubt.topic}: labelled {'1' if doubt.label else '0'} ({doubt.where}), probability {doubt.probability:.2f}"
        reasons.setdefault(doubt.paragraph.id, (doubt.paragraph, []))[1].append(said)
    return worksheet(((paragraph, "; ".join(said)) for paragraph, said in reasons.values()), codebook)
