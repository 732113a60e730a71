"""What the review page's interfaces give, as pydantic models; the records behind them are those of ``reporting``."""

from __future__ import annotations

from pydantic import BaseModel


class Figure(BaseModel):
    """A figure with its 95 % interval; null where it is not defined.

    Attributes:
        n: how many it was counted on.
    """

    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int


class RunTold(BaseModel):
    """A past run.

    Attributes:
        run: its name.
        time: when it was written, in UTC.
        date: of its name, "" if that has none.
        folds: how they were dealt.
        difference: of macro F1 to the run before by the same recipe.
        f1: macro F1 over paragraphs.
        average_precision: macro average precision over paragraphs.
    """

    run: str
    time: str
    date: str
    recipe: str
    folds: str
    paragraphs: int
    articles: int
    difference: float | None
    f1: Figure
    average_precision: Figure


class TallyTold(BaseModel):
    """What became of the model's tags.

    Attributes:
        right: share of the tags that were accepted.
        caught: share of the topics given that were tagged.
    """

    accepted: int
    rejected: int
    missed: int
    right: Figure
    caught: Figure


class LineTold(BaseModel):
    """Tags of a week, source or topic; null stands for all together.

    Attributes:
        before: judged with the tags in view.
        after: judged with the tags hidden.
    """

    week: str | None
    source: str | None
    topic: str | None
    before: TallyTold
    after: TallyTold


class AcceptanceTold(BaseModel):
    """What became of the model's tags, by week, by source, and by source and week."""

    weeks: list[LineTold]
    sources: list[LineTold]
    courses: list[LineTold]


class PairTold(BaseModel):
    """Two annotators on one topic, with the four counts of what they gave."""

    first: str
    second: str
    topic: str
    articles: int
    both: int
    only_first: int
    only_second: int
    neither: int
    kappa: Figure
    alpha: Figure


class TogetherTold(BaseModel):
    """All annotators on one topic.

    Attributes:
        units: paragraphs that two of them or more judged.
        alpha: null where nothing varies.
    """

    topic: str
    annotators: list[str]
    units: int
    alpha: float | None


class ToSettle(BaseModel):
    """A paragraph that annotators differ on.

    Attributes:
        topics: in dispute.
        voices: annotator -> topics given.
    """

    article: str
    start: int
    end: int
    sha: str
    topics: list[str]
    voices: dict[str, list[str]]


class AgreementTold(BaseModel):
    """How alike annotators judge."""

    annotators: list[str]
    pairs: list[PairTold]
    together: list[TogetherTold]
    to_settle: list[ToSettle]


class PersonTold(BaseModel):
    """What one annotator did; paragraphs, but ``undone``, which counts acts."""

    annotator: str
    paragraphs: int
    today: int
    week: int
    settled: int
    skipped: int
    undone: int


class JudgedTold(BaseModel):
    """Settled paragraphs that have a topic, and that do not."""

    topic: str
    positives: int
    negatives: int


class ProgressTold(BaseModel):
    """How far labelling has come.

    Attributes:
        left: paragraphs nobody judged.
    """

    people: list[PersonTold]
    topics: list[JudgedTold]
    paragraphs: int
    left: int


class GainFigures(BaseModel):
    """Figures of one topic."""

    precision: Figure
    recall: Figure
    f1: Figure
    average_precision: Figure


class GainRow(BaseModel):
    """One topic without the newest labels, with them, and the difference."""

    topic: str
    support: int
    without: GainFigures
    learnt: GainFigures
    difference: GainFigures

    model_config = {"alias_generator": lambda name: "with" if name == "learnt" else name}


class GainTold(BaseModel):
    """What the verb ``gain`` writes.

    Attributes:
        n: how many labels were in question.
        since: time of the oldest of them.
        until: time of the newest of them.
        paragraphs: held out, on which both were judged.
    """

    n: int
    since: str
    until: str
    paragraphs: int
    articles: int
    rows: list[GainRow]
