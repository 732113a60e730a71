"""The review page and its interfaces: what is gathered in ``figures``, as HTML and as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.annotation.annotations import GOLD
from pipeline.errors import MissingExtraError, PipelineError
from pipeline.files import read_utf8
from pipeline.reporting.pictures import letter
from pipeline.reporting.runs import METRICS, OUT_OF_FOLD, figure, page_of
from pipeline.web.jobs.verbs import GAIN_OF
from pipeline.web.kept import stamp_of
from pipeline.web.pages import page, theme
from pipeline.web.problems import responses
from pipeline.web.review.figures import Gatherer
from pipeline.web.review.records import Agreed
from pipeline.web.review.schemas import AcceptanceTold, AgreementTold, ProgressTold, RunTold
from pipeline.web.review.sources import WEEKS, sides
from pipeline.web.review.words import WORDS
from pipeline.web.state import Workbench

T = TypeVar("T")
# A report styles itself and loads nothing; a picture the same.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_ARTICLE_LINK = re.compile(r'href="[^"]*/data/articles/([^"/]+)\.txt"')
_FONT = "text { font-size: 13px !important; font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; }"


def routes(workbench: Workbench) -> APIRouter:
    """The page, what it shows of each run, and the same as JSON."""
    router = APIRouter(tags=["review"])
    gatherer = Gatherer(workbench)
    _pages(router, gatherer)
    _interfaces(router, gatherer)
    return router


def _pages(router: APIRouter, gatherer: Gatherer) -> None:
    workbench = gatherer.workbench

    @router.get("/review", include_in_schema=False)
    def review(request: Request) -> HTMLResponse:
        found: dict[str, Any] = {}
        lacking: dict[str, str] = {}
        for name, gather in (
            ("evaluated", gatherer.evaluated),
            ("runs", gatherer.runs),
            ("gained", gatherer.gained),
            ("agreed", gatherer.agreed),
            ("progress", gatherer.progress),
            ("sides", lambda: sides(gatherer.accepted(), workbench.now())),
        ):
            found[name], lacking[name] = _or_why_not(gather)
        codebook = workbench.codebook()
        found |= {"lacking": lacking, "gain_of": GAIN_OF, "weeks": WEEKS, "gold": GOLD, **WORDS}
        found["letters"] = {topic.key: letter(codebook, topic.key) for topic in codebook.topics}
        found["names"] = {topic.key: topic.name for topic in codebook.topics}
        return page("review.html", request, workbench, **found)

    @router.get("/report/{run}", include_in_schema=False)
    def report(run: str) -> HTMLResponse:
        folder = _folder(gatherer, run)
        try:
            text = read_utf8(page_of(folder))
        except MissingExtraError as error:
            raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
        # Its links lead to files beside the run; here an article is opened where it is labelled.
        text = _ARTICLE_LINK.sub(r'href="/label?queue=article&amp;article=\1"', text)
        return HTMLResponse(text, headers={"Content-Security-Policy": REPORT_POLICY})

    @router.get("/review/plots/{run}/{number}.svg", include_in_schema=False)
    def plot(run: str, number: int) -> Response:
        drawn = _pictures(gatherer, _folder(gatherer, run))
        if not 0 <= number < len(drawn):
            raise HTTPException(HTTPStatus.NOT_FOUND, f"this run has {len(drawn)} plots, counted from 0")
        return Response(drawn[number], media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})


def _interfaces(router: APIRouter, gatherer: Gatherer) -> None:
    @router.get("/api/leaderboard", response_model=list[RunTold])
    def leaderboard() -> list[dict[str, Any]]:
        """Past runs, the newest first, each with its difference to the run before by the same recipe."""
        return [run.to_dict() for run in gatherer.runs()]

    @router.get("/api/acceptance", response_model=AcceptanceTold, responses=responses(422))
    def acceptance() -> dict[str, Any]:
        """What became of the model's tags when people judged."""
        return gatherer.accepted().to_dict()

    @router.get("/api/agreement", response_model=AgreementTold, responses=responses(422))
    def agreement() -> dict[str, Any]:
        """How alike annotators judge, and what they have to settle."""
        return _agreement(gatherer.agreed())

    @router.get("/api/progress", response_model=ProgressTold, responses=responses(422))
    def progress() -> dict[str, Any]:
        """Who judged how much, what is judged of each topic, and what is left."""
        return gatherer.progress().to_dict()


def _or_why_not(gather: Callable[[], T]) -> tuple[T | None, str]:
    """What was gathered, or the sentence that says why it was not: one broken file must not take the page."""
    try:
        return gather(), ""
    except PipelineError as error:
        return None, str(error)


def _folder(gatherer: Gatherer, run: str) -> Path:
    folder = gatherer.run_folder(run)
    if folder is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "this project has no run of that name; /api/leaderboard lists them")
    return folder


def _pictures(gatherer: Gatherer, folder: Path) -> list[str]:
    """The plots of a run as SVG documents that follow light and dark by themselves."""

    def read() -> list[str]:
        try:
            from pipeline.reporting.plots import draw  # noqa: PLC0415  slow to load, and most pages need none
        except ImportError:
            raise MissingExtraError("plots need matplotlib; pip install 'threat-topics[web]'") from None
        style = f"<style>{theme(gatherer.workbench.codebook())}{_FONT}</style>"
        return [_document(draw(panel, f"p{place}"), style) for place, panel in enumerate(gatherer.panels(folder))]

    bench = gatherer.workbench
    return bench.kept.get("pictures", stamp_of(folder / METRICS, folder / OUT_OF_FOLD, bench.project.codebook), read)


def _document(svg: str, style: str) -> str:
    """An element of a page as a document of its own."""
    opening, rest = svg.split(">", 1)
    return f'{opening} xmlns="http://www.w3.org/2000/svg">{style}{rest}'


def _agreement(agreed: Agreed) -> dict[str, Any]:
    """The same as plain JSON values."""
    pairs = []
    for one in agreed.pairs:
        n = one.both + one.only_first + one.only_second + one.neither
        pairs.append({**asdict(one), "kappa": figure(one.kappa, n), "alpha": figure(one.alpha, n)})
    to_settle = []
    for differing, _ in agreed.to_settle:
        article, start, end = differing.span
        said = {"sha": differing.sha, "topics": differing.topics, "voices": differing.voices}
        to_settle.append({"article": article, "start": start, "end": end, **said})
    together = [{**asdict(one), "alpha": None if math.isnan(one.alpha) else one.alpha} for one in agreed.together]
    return {"annotators": agreed.annotators, "pairs": pairs, "together": together, "to_settle": to_settle}
