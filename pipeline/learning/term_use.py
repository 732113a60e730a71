"""Where listed terms occur in the labelled paragraphs: those that never do, and those that mostly mislead.

A term is a fact, so one that never occurs is no fault; one that occurs mostly where its topic is not is ambiguous
and belongs in a phrase, or out of the list. Nothing is judged here of what a model makes of the terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.annotation.check import Finding
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.dataset import Dataset, load_dataset
from pipeline.annotation.lexicon import Entry, Lexicon, load_lexicon, read_entries
from pipeline.learning.analyser import Analyser, words
from pipeline.project import Project

LEAST = 3  # paragraphs without the topic; fewer may be chance
SHORT = 4  # letters of a beginning; a shorter one opens too many words


@dataclass(frozen=True, slots=True)
class TermUse:
    """One listed term.

    Attributes:
        topic: the topic it is listed for, as a strong term.
        term: as written.
        positives: paragraphs that hold it and have the topic.
        negatives: paragraphs that hold it and do not.
    """

    topic: str
    term: str
    positives: int
    negatives: int

    @property
    def is_misleading(self) -> bool:
        """Whether it occurs oftener without its topic than with it."""
        return self.negatives >= LEAST and self.negatives > self.positives


def term_uses(dataset: Dataset, lexicon: Lexicon) -> tuple[TermUse, ...]:
    """Count every listed term over the paragraphs judged for its topic, in the order of the lexicon.

    Each term is counted for itself, also where a longer one of its topic stands.
    """
    pairs = [(topic, term) for topic in dataset.codebook.keys for term in lexicon.terms.get(topic, ())]
    analyser = Analyser(listed={str(number): (term,) for number, (_, term) in enumerate(pairs)})
    counts = [[0, 0] for _ in pairs]
    columns = [dataset.codebook.keys.index(topic) for topic, _ in pairs]
    for i, text in enumerate(dataset.texts):
        for number in {int(name) for name, _, _, _ in analyser.matches(words(text))}:
            if dataset.known[i, columns[number]]:
                counts[number][0 if dataset.Y[i, columns[number]] else 1] += 1
    return tuple(TermUse(*pair, *count) for pair, count in zip(pairs, counts, strict=True))


def check_terms(project: Project) -> tuple[tuple[TermUse, ...], list[Finding]]:
    """The uses of a project's strong terms, and those to mend: ambiguous by their form, or by where they occur.

    Raises:
        LabelError: the labels cannot be joined.
    """
    codebook = load_codebook(project.codebook)
    uses = term_uses(load_dataset(project), load_lexicon(project.lexicon, codebook))
    strong = [entry for entry in read_entries(project.lexicon, codebook) if not entry.is_weak]
    name = project.lexicon.relative_to(project.root).as_posix()
    return uses, list(_ambiguous(strong, {(use.topic, use.term): use for use in uses}, name))


def _ambiguous(entries: list[Entry], uses: dict[tuple[str, str], TermUse], name: str) -> Iterator[Finding]:
    for entry in entries:
        where = f"{name}:{entry.line}" if entry.line else name
        term = f"{entry.term!r} of {entry.topic}.{entry.group}"
        use = uses.get((entry.topic, entry.term))
        if entry.term.endswith("*") and len(entry.term) <= SHORT:
            yield Finding(where, f"{term} opens any word with these letters; write more of the word, or whole words")
        elif use is not None and use.is_misleading:
            yield Finding(
                where,
                f"{term} occurs in {use.negatives} paragraphs without the topic and {use.positives} with it; write it in "
                "a phrase, move it to the group 'weak', or delete it",
            )
