"""What the label page asks for and says: queues, judgements, suggestions; save, settle, skip, undo, report.

What is acknowledged is on disk: ``annotation.desk`` returns after label line and act are. ``/api/suggestion`` alone
tells the page what the model thinks.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import JSONResponse

from pipeline.annotation import desk, journal
from pipeline.annotation.annotations import label_file
from pipeline.annotation.journal import Event
from pipeline.tagging.filters import TAGGED, Filters
from pipeline.tagging.pool import Pool
from pipeline.tagging.queues import (
    ARTICLE,
    DISAGREEMENTS,
    DOUBTFUL,
    QUEUES,
    RANDOM,
    REPORTS,
    SEARCH,
    SETTLING,
    UNCERTAIN,
    QueueOptions,
    Task,
    counts,
    tasks,
)
from pipeline.web.label import acts, articles
from pipeline.web.label.pools import Pools
from pipeline.web.label.schemas import (
    LONGEST_NAME,
    Done,
    JudgementTold,
    LabelAsked,
    QueueTold,
    QueueView,
    ReportAsked,
    SkipAsked,
    TaskView,
    Today,
    UndoAsked,
    Undone,
)
from pipeline.web.label.standing import judgement_of
from pipeline.web.options import WebOptions
from pipeline.web.problems import responses
from pipeline.web.state import Workbench
from pipeline.web.tag.schemas import ParagraphTold

BLIND = "the model is unsure"
# What to do where a queue is empty.
REMARKS = {
    REPORTS: "Nothing that was called wrong waits to be judged.",
    UNCERTAIN: "Somebody has judged every paragraph. Add an article, or take the random sample: it shows how far you agree.",
    RANDOM: "You have judged every paragraph. Add an article to go on.",
    DOUBTFUL: "The last evaluation doubts no label that still stands.",
    DISAGREEMENTS: "Annotators agree, or what they differ on is settled.",
    SEARCH: "Nothing found. Use fewer words or clear a field; articles without a date are in no span of dates.",
    ARTICLE: "This article has no paragraph that can be judged.",
}
NO_ARTICLES = "There are no articles yet. Add one to begin."
_LIMITS = WebOptions()

Name = Annotated[str, Query(max_length=LONGEST_NAME)]
Filter = Annotated[str, Query(max_length=400)]
Offset = Annotated[int, Query(ge=0, le=2**53)]


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    router = APIRouter(prefix="/api", tags=["label"])
    _ask(router, workbench, Pools(workbench))
    _tell(router, workbench)
    _act(router, workbench)
    whole = APIRouter()
    whole.include_router(articles.routes(workbench))
    whole.include_router(router)
    return whole


def _ask(router: APIRouter, workbench: Workbench, pools: Pools) -> None:
    """What to judge."""

    @router.get("/queues")
    def queues(annotator: Name = "") -> list[QueueView]:
        """The queues, with how much is in them for this annotator."""
        who = _named(workbench, annotator)
        found = counts(pools.pool(), who)
        return [
            QueueView(queue=queue, about=about, count=found[queue], settling=queue in SETTLING)
            for queue, about in QUEUES.items()
        ]

    @router.get("/queue/{queue}", responses=responses(503))
    def queue_tasks(
        queue: str,
        annotator: Name = "",
        limit: Annotated[int, Query(ge=1, le=_LIMITS.tasks)] = 50,
        offset: Offset = 0,
        text: Filter = "",
        topic: Filter = "",
        source: Filter = "",
        since: Filter = "",
        until: Filter = "",
        by: Filter = "",
        article: Filter = "",
        *,
        reveal: bool = False,
    ) -> QueueTold:
        """The next paragraphs of a queue; what the model thinks of them only with ``reveal``."""
        who, pool = _named(workbench, annotator), pools.pool()
        filters = Filters(text, topic, source, since, until, by, article)
        found = tasks(pool, queue, who, filters, QueueOptions(limit=None))
        shown = [_task(pool, queue, task, who, reveal=reveal) for task in found[offset : offset + limit]]
        remark = "" if found else REMARKS[queue] if pool.candidates else NO_ARTICLES
        return QueueTold(tasks=shown, left=len(found), remark=remark)

    @router.get("/today")
    def today(annotator: Name) -> Today:
        """How far an annotator came today, and how many acts can be taken back."""
        return pools.today(annotator)


def _tell(router: APIRouter, workbench: Workbench) -> None:
    """What is known of one paragraph."""

    @router.get("/judgement", responses=responses(404))
    def judgement(
        article: Filter, start: Offset, end: Offset, annotator: Name = "", *, settling: bool = False
    ) -> JudgementTold:
        """What stands about a paragraph: by the annotator, and where it is to be settled by everybody."""
        paragraph = workbench.articles().paragraph((article, start, end))
        if paragraph is None:
            raise _missing(article, start, end)
        who, keys = _named(workbench, annotator), workbench.codebook().keys
        return judgement_of(workbench.project, keys, paragraph, who, settling=settling)

    @router.get("/suggestion", responses=responses(404, 503), response_model=ParagraphTold)
    def suggestion(article: Filter, start: Offset, end: Offset) -> JSONResponse:
        """What the model thinks of a paragraph, with the words behind it."""
        found = acts.suggestion(workbench, (article, start, end))
        if found is None:
            raise _missing(article, start, end)
        return JSONResponse(found.to_dict(every_topic=True))


def _act(router: APIRouter, workbench: Workbench) -> None:
    """What is written."""
    project = workbench.project

    @router.post("/label")
    def label(asked: LabelAsked) -> Done:
        """Keep a judgement in the annotator's own file."""
        annotation, event = acts.judged(workbench, asked)
        desk.save(project, workbench.articles(), annotation, event)
        return _done(event, journal.SAVED)

    @router.post("/settle")
    def settle(asked: LabelAsked) -> Done:
        """Keep a judgement as the settled one."""
        annotation, event = acts.judged(workbench, asked)
        desk.settle(project, workbench.articles(), annotation, event)
        return _done(event, journal.SETTLED)

    @router.post("/skip")
    def skip(asked: SkipAsked) -> Done:
        """Pass a paragraph over: it does not come back to this annotator, but in a search."""
        event = acts.skipped(workbench, asked)
        desk.skip(project, event)
        return _done(event, journal.SKIPPED)

    @router.post("/report")
    def report(asked: ReportAsked) -> Done:
        """Say which tags of a paragraph are wrong or missing; it comes first among those to be judged."""
        event = acts.reported(workbench, asked)
        desk.report(project, event)
        return _done(event, journal.REPORTED)

    @router.post("/undo", responses=responses(409))
    def undo(asked: UndoAsked) -> Undone:
        """Take the annotator's newest judgement or settlement back; what stood before stands again."""
        event = desk.undo(project, asked.annotator, workbench.at())
        if event is None:
            raise HTTPException(
                HTTPStatus.CONFLICT, "nothing is left to undo; you have saved nothing that still stands"
            )
        topics = list(event.topics or ())
        return Undone(**_done(event, event.kind).model_dump(), sha=event.sha, queue=event.queue, topics=topics)


def _task(pool: Pool, queue: str, task: Task, annotator: str | None, *, reveal: bool) -> TaskView:
    """A task as the page gets it; blind where the model chose the paragraph and the person has not judged it yet."""
    why, topics = task.why, task.topics
    if not reveal and queue == UNCERTAIN:
        why, topics = BLIND, ()
    elif not reveal and queue == SEARCH:
        why = "; ".join(part for part in why.split("; ") if not part.startswith(TAGGED))
    paragraph = task.paragraph
    return TaskView(
        article=paragraph.article_id,
        start=paragraph.start,
        end=paragraph.end,
        sha=paragraph.sha,
        kind=paragraph.kind,
        why=why,
        topics=list(topics),
        judged=pool.is_judged(annotator, paragraph),
    )


def _named(workbench: Workbench, annotator: str) -> str | None:
    """The annotator who asks, if one does; any name of a label file will do."""
    if not annotator:
        return None
    label_file(workbench.project, annotator)
    return annotator


def _missing(article: str, start: int, end: int) -> HTTPException:
    return HTTPException(
        HTTPStatus.NOT_FOUND, f"article {article!r} has no paragraph {start}-{end} to judge; load the page again"
    )


def _done(event: Event, kind: str) -> Done:
    return Done(kind=kind, at=event.at, article=event.article, start=event.start, end=event.end)
