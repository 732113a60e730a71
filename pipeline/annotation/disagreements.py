"""What is to be settled: paragraphs of which annotators say different things and gold says nothing.

Only judgements of the same text are compared. Whether that text is still the article's is not asked here
(``corpus.misfit``), and nothing is settled here (``desk.settle``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.annotation.annotations import Annotation, Span, by_annotator, stand


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A paragraph to settle.

    Attributes:
        span: article id, start and end.
        sha: hex SHA-256 of the text that was judged.
        topics: the topics in dispute, in order of the codebook.
        voices: annotator -> the topics they gave the paragraph, of those who judged one in dispute.
    """

    span: Span
    sha: str
    topics: tuple[str, ...]
    voices: dict[str, tuple[str, ...]]


def disagreements(
    gold: Iterable[tuple[str, Annotation]], others: Iterable[tuple[str, Annotation]], keys: tuple[str, ...]
) -> list[Disagreement]:
    """Paragraphs to settle, in order of article and place.

    Args:
        gold: lines of the settled file.
        others: lines of the annotators.
        keys: the topics there are.
    """
    settled = {(span, j.annotation.sha, key) for span, cells in stand(gold).items() for key, j in cells.items()}
    said: dict[tuple[Span, str], dict[str, dict[str, bool]]] = {}
    for name, lines in sorted(by_annotator(others).items()):
        for span, cells in stand(lines).items():
            for key, j in cells.items():
                said.setdefault((span, j.annotation.sha), {}).setdefault(name, {})[key] = j.value
    found = []
    for (span, sha), voices in sorted(said.items()):
        disputed = tuple(key for key in keys if (span, sha, key) not in settled and _differ(voices.values(), key))
        if disputed:
            given = {
                name: tuple(key for key in keys if cells.get(key))
                for name, cells in voices.items()
                if any(key in cells for key in disputed)
            }
            found.append(Disagreement(span, sha, disputed, given))
    return found


def _differ(voices: Iterable[dict[str, bool]], key: str) -> bool:
    return len({cells[key] for cells in voices if key in cells}) > 1
