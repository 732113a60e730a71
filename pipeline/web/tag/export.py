"""Tagged articles as files to keep: JSON Lines and CSV as the command line writes them, and a page to read and print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.annotation.codebook import Codebook
from pipeline.reporting.palette import schemes
from pipeline.reporting.pictures import letter
from pipeline.reporting.sections import chance
from pipeline.tagging.judging import NO
from pipeline.tagging.output import csv_lines, json_lines
from pipeline.tagging.tagger import TaggedArticle, TaggedParagraph, model_facts

WORDS_MARKED = 5  # of each topic, as on the terminal


@dataclass(frozen=True, slots=True)
class Tag:
    """A topic as the page shows it.

    Attributes:
        name: for people.
        letter: stands for it beside its colour.
        tone: number of its colour.
        chance: the probability, in two digits.
        is_review: left for a person to review.
    """

    name: str
    letter: str
    tone: int
    chance: str
    is_review: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph's text; ``tone`` is ``None`` where nothing in it is marked, ``title`` says what is."""

    text: str
    tone: int | None
    title: str


def text_file(form: str, tagged: list[TaggedArticle], keys: tuple[str, ...], *, every_topic: bool) -> str:
    """The file in "jsonl" or "csv"; the bytes are those the command line writes."""
    lines = csv_lines(tagged, keys) if form == "csv" else json_lines(tagged, "paragraph", every_topic=every_topic)
    return "".join(f"{line}\n" for line in lines)


def page_values(tagged: list[TaggedArticle], codebook: Codebook) -> dict[str, object]:
    """What the page's template needs.

    Args:
        tagged: the articles.
        codebook: the model's.
    """
    return {
        "articles": [(article, _tags(codebook, article), list(_paragraphs(codebook, article))) for article in tagged],
        "model": model_facts(tagged[0].model),
        "schemes": schemes(topic.colour for topic in codebook.topics),
        "tones": range(len(codebook.topics)),
    }


def pieces(paragraph: TaggedParagraph, codebook: Codebook) -> list[Piece]:
    """The text cut where marks begin and end; where marks overlap, the one that weighs most is drawn."""
    text = paragraph.paragraph.text
    marks = []
    for verdict in paragraph.verdicts:
        if verdict.decision == NO:
            continue
        tone = codebook.keys.index(verdict.topic)
        spoke = [c for c in paragraph.why(verdict.topic) if c.weight > 0][:WORDS_MARKED]
        marks += [(c.weight, c.start, c.end, tone) for c in spoke]
    cuts = sorted({0, len(text), *(place for _, start, end, _ in marks for place in (start, end))})
    found = []
    for start, end in pairwise(cuts):
        over = [mark for mark in marks if mark[1] <= start and end <= mark[2]]
        if over:
            weight, _, _, tone = max(over)
            found.append(Piece(text[start:end], tone, f"{codebook.topics[tone].name} {weight:+.2f}"))
        else:
            found.append(Piece(text[start:end], None, ""))
    return found


def _tags(codebook: Codebook, tagged: TaggedArticle | TaggedParagraph) -> list[Tag]:
    said = [(topic, p, False) for topic, p in tagged.topics.items()]
    said += [(topic, p, True) for topic, p in tagged.review.items()]
    tags = []
    for topic, probability, is_review in said:
        sign, tone = letter(codebook, topic)
        tags.append(Tag(codebook.topics[tone].name, sign, tone, chance(probability), is_review))
    return tags


def _paragraphs(codebook: Codebook, tagged: TaggedArticle) -> Iterator[tuple[TaggedParagraph, list[Tag], list[Piece]]]:
    for paragraph in tagged.paragraphs:
        yield paragraph, _tags(codebook, paragraph), pieces(paragraph, codebook)
