"""What the interfaces take and give, as pydantic models: what is asked is checked by them, answers are described.

Answers are built elsewhere, from the records of the command line; tests hold them against these descriptions. Limits
that ``WebOptions`` sets are told here and checked in ``asked``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from pipeline.web.options import WebOptions

_LIMITS = WebOptions()
_ONE_OF: JsonDict = {"oneOf": [{"required": ["text"]}, {"required": ["articles"]}]}

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(description=f"at most {_LIMITS.characters:,} characters")]


class Asked(BaseModel):
    """What is the same for everything that is asked: types as they are, no key that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ArticleAsked(Asked):
    """One of several articles to tag.

    Attributes:
        text: as it was published; it is split into paragraphs here.
        id: what to call it; left out, ``article-1`` and so on.
    """

    text: Text
    id: Annotated[str, Field(min_length=1, max_length=200)] = ""


class TagAsked(Asked):
    """What to tag, and how much to say of it.

    Attributes:
        text: one article.
        articles: or several.
        why: every topic of every paragraph, with the words that spoke for it and against it.
        all_scores: every topic of every paragraph.
        thresholds: least probability that is a tag, of some topics, instead of the model's; nothing is left for review
            for these.
    """

    model_config = ConfigDict(json_schema_extra=_ONE_OF)

    text: Text = ""
    articles: Annotated[list[ArticleAsked], Field(min_length=1, json_schema_extra={"maxItems": _LIMITS.articles})] = []
    why: bool = False
    all_scores: bool = False
    thresholds: dict[str, Probability] = {}

    @model_validator(mode="after")
    def _text_or_articles(self) -> Self:
        if len({"text", "articles"} & self.model_fields_set) != 1:
            raise ValueError("give either text, one article, or articles, a list of them")
        return self

    @property
    def every_topic(self) -> bool:
        """Whether topics that missed are told as well."""
        return self.why or self.all_scores


class ExportAsked(TagAsked):
    """What to tag, and what kind of file to make of it.

    Attributes:
        format: as the command line names it; ``html`` is a page to read and print.
    """

    format: Literal["jsonl", "csv", "html"]


class Health(BaseModel):
    """That the server answers, and which version it is."""

    status: Literal["ok"]
    version: str


class ModelNamed(BaseModel):
    """Which model judged."""

    name: str
    version: str
    sha256: str


class ModelTold(ModelNamed):
    """A model and what it was trained on.

    Attributes:
        terms: how many it knows.
        dataset: what it learnt from.
        decision: what chose each topic's threshold.
        metrics: figures of its training, out of fold.
        set_after_training: thresholds that were set anew, if any were.
    """

    terms: int
    dataset: dict[str, Any]
    decision: dict[str, Any]
    metrics: dict[str, Any]
    set_after_training: dict[str, Any] | None


class TopicTold(BaseModel):
    """A topic as the codebook has it, and as the pages show it.

    Attributes:
        letter: stands for it beside its colour.
        hotkey: the key that judges it.
        tone: number of its colour in ``/theme.css``.
        threshold: least probability that is a tag; null where the model does not know the topic, or there is none.
        review: least probability that is left for review.
    """

    key: str
    name: str
    definition: str
    letter: str
    hotkey: str
    tone: int
    colour: str
    threshold: float | None
    review: float | None
    counts: list[str]
    does_not_count: list[str]
    examples: list[str]
    counter_examples: list[str]


class CurvePoint(BaseModel):
    """What a threshold would cost; null where there is nothing to divide by."""

    threshold: float
    precision: float | None
    recall: float | None


class EvidenceTold(BaseModel):
    """Some words and their share of a topic's score; offsets count in the paragraph's text."""

    start: int
    end: int
    text: str
    weight: float


class _Decided(BaseModel):
    topic: str
    probability: float
    threshold: float
    review: float
    decision: Literal["yes", "review", "no"]


class VerdictTold(_Decided):
    """What the model says of a paragraph and a topic; ``evidence`` only where it was asked why."""

    score: float
    evidence: list[EvidenceTold] = []


class ParagraphTold(BaseModel):
    """A tagged paragraph, as a line of the command line's JSON has it."""

    id: str
    article_id: str
    start: int
    end: int
    kind: str
    text: str
    unsupported: str | None
    topics: list[VerdictTold]
    model: ModelNamed


class ArticleTopicTold(_Decided):
    """A topic of an article, and the paragraphs that gave it."""

    paragraphs: list[str]


class ArticleTold(BaseModel):
    """A tagged article, as the command line's JSON has it, with its paragraphs."""

    id: str
    title: str | None
    date: str | None
    place: str | None
    agency: str | None
    unsupported: str | None
    topics: list[ArticleTopicTold]
    model: ModelNamed
    paragraphs: list[ParagraphTold]


class TagTold(BaseModel):
    """Tagged articles in the order they were given."""

    model: ModelNamed
    articles: list[ArticleTold]


class ArticleRead(BaseModel):
    """An article found in a file.

    Attributes:
        name: the file's name, a label and nothing else.
        id: made of that name or of the record's own id.
    """

    name: str
    id: str
    title: str | None
    text: str


class Unread(BaseModel):
    """A file, or a part of it, that was not read, and why."""

    name: str
    detail: str


class ReadTold(BaseModel):
    """What was found in files."""

    articles: list[ArticleRead]
    problems: list[Unread]
