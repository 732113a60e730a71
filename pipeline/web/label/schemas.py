"""What the label page sends and gets, as pydantic models. What only the project can tell is checked where it is known."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from pipeline.web.options import WebOptions
from pipeline.web.tag.schemas import Asked, Text

_LIMITS = WebOptions()
LONGEST_NAME = 60  # characters, of four bytes at most: a name of a file is not longer than 255 bytes
_LONGEST_ID = 255  # as a name of a file

Annotator = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, json_schema_extra={"pattern": r"^\w[\w.-]*$"})]
Note = Annotated[str, Field(json_schema_extra={"maxLength": _LIMITS.note_characters})]
Topics = Annotated[list[str], Field(max_length=1000)]
Queue = Annotated[str, Field(max_length=40)]


class _Place(Asked):
    """A paragraph, and the hash of its text as it was seen.

    Attributes:
        article: article id.
        start: first character.
        end: the character after the last one.
        sha: hex SHA-256.
    """

    article: Annotated[str, Field(max_length=_LONGEST_ID)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    sha: Annotated[str, Field(max_length=64)]


class SkipAsked(_Place):
    """A paragraph to pass over.

    Attributes:
        annotator: who passes it over.
        queue: where it came from, "" for nowhere in particular.
    """

    annotator: Annotator
    queue: Queue = ""


class LabelAsked(SkipAsked):
    """A judgement of a paragraph on all topics.

    Attributes:
        topics: keys of the topics it has; all others it has not.
        note: why, where that is not plain.
        shown: when the model's suggestion was seen: before the choice, after it, or not at all.
    """

    topics: Topics
    note: Note = ""
    shown: Literal["before", "after", ""] = ""


class ReportAsked(_Place):
    """Tags that somebody holds to be wrong or missing.

    Attributes:
        annotator: who says so.
        topics: keys of these tags.
        note: why.
    """

    annotator: Annotator
    topics: Topics
    note: Note = ""


class UndoAsked(Asked):
    """Whose newest act is to be taken back."""

    annotator: Annotator


class NewArticle(Asked):
    """A text to keep.

    Attributes:
        text: as it was published; it is kept as it is, but for broken encoding.
        title: gives the id its words; left out, the text's own beginning does.
    """

    text: Text
    title: Annotated[str, Field(max_length=1000)] = ""


class ArticleAdded(BaseModel):
    """An article of the project.

    Attributes:
        id: by which it is known.
        added: whether it was new.
        paragraphs: how many can be judged.
    """

    id: str
    added: bool
    paragraphs: int


class ParagraphView(BaseModel):
    """A paragraph as printed.

    Attributes:
        lead: furniture before it on its own line, such as a dateline.
        tail: furniture after it on its own line.
    """

    start: int
    end: int
    sha: str
    kind: str
    text: str
    lead: str
    tail: str
    is_furniture: bool


class ArticleView(BaseModel):
    """An article of the project, furniture and all."""

    id: str
    title: str | None
    date: str | None
    place: str | None
    agency: str | None
    text: str
    paragraphs: list[ParagraphView]


class QueueView(BaseModel):
    """A queue.

    Attributes:
        queue: its name.
        about: what is in it.
        count: how much is; null where only filling it would tell.
        settling: whether what is decided there settles what annotators said.
    """

    queue: str
    about: str
    count: int | None
    settling: bool


class TaskView(BaseModel):
    """A paragraph to judge.

    Attributes:
        why: the reason, without what the model thinks unless that was asked for.
        topics: keys of the topics in question.
        judged: whether this annotator judged all of it.
    """

    article: str
    start: int
    end: int
    sha: str
    kind: str
    why: str
    topics: list[str]
    judged: bool


class QueueTold(BaseModel):
    """What to judge next.

    Attributes:
        tasks: in order.
        left: how many there are in all.
        remark: what to do instead where there is none.
    """

    tasks: list[TaskView]
    left: int
    remark: str


class Said(BaseModel):
    """What somebody said of a paragraph.

    Attributes:
        topics: keys of the topics given.
        known: keys of the topics judged.
        note: the newest.
    """

    topics: list[str]
    known: list[str]
    note: str


class Voice(Said):
    """The same, with who said it."""

    annotator: str


class JudgementTold(BaseModel):
    """What stands about a paragraph.

    Attributes:
        mine: by the annotator who asks; null if nothing.
        voices: by everybody, only where it is to be settled.
    """

    mine: Said | None
    voices: list[Voice]


class Done(BaseModel):
    """An act that is on disk.

    Attributes:
        kind: what it was.
        at: when.
    """

    kind: str
    at: str
    article: str
    start: int
    end: int


class Undone(Done):
    """An act that was taken back.

    Attributes:
        sha: of the text it was about.
        queue: where the paragraph came from.
        topics: keys it had given.
    """

    sha: str
    queue: str
    topics: list[str]


class Today(BaseModel):
    """How far somebody came.

    Attributes:
        saved: paragraphs judged or settled today and not taken back.
        undoable: acts that can be taken back.
    """

    saved: int
    undoable: int
