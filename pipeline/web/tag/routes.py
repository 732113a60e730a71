"""What other programs, and the tag page, ask for: tag, topics, model, curves, health, export, files read.

Handlers that work are plain functions, which the server runs in threads.
"""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, File, HTTPException, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from pipeline import __version__
from pipeline.annotation.codebook import Topic
from pipeline.errors import ModelError
from pipeline.learning.locate import find_model
from pipeline.learning.model import Model
from pipeline.learning.persist import EVIDENCE, MANIFEST, load_evidence
from pipeline.learning.thresholds import AFTER
from pipeline.tagging.tagger import model_facts
from pipeline.web.kept import stamp_of
from pipeline.web.pages import page
from pipeline.web.problems import responses
from pipeline.web.state import Workbench
from pipeline.web.tag import export
from pipeline.web.tag.asked import model_for, tagged
from pipeline.web.tag.curves import curves
from pipeline.web.tag.schemas import (
    CurvePoint,
    ExportAsked,
    Health,
    ModelTold,
    ReadTold,
    TagAsked,
    TagTold,
    TopicTold,
)
from pipeline.web.tag.uploads import Reading, Upload

READERS = 4  # readers at a time; one that hangs holds its place, so that no flood of pages can take all threads
MEDIA_TYPES = {
    "jsonl": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
_FILES: dict[int | str, dict[str, Any]] = {
    HTTPStatus.OK.value: {
        "description": "The file",
        "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
    }
}


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    router = APIRouter(prefix="/api", tags=["tag"])
    _tell(router, workbench)
    _tag(router, workbench)
    _read(router, workbench)
    return router


def _tell(router: APIRouter, workbench: Workbench) -> None:
    """What is known without a text."""

    @router.get("/health")
    async def health() -> Health:
        """Whether the server answers; asks nothing of the project."""
        return Health(status="ok", version=__version__)

    @router.get("/model")
    def model() -> ModelTold:
        """The model that tags, and what it was trained on."""
        return _told(workbench.model())

    @router.get("/topics")
    def topics() -> list[TopicTold]:
        """The topics of the codebook, with the thresholds of the model where there is one."""
        return _topics(workbench)

    @router.get("/curves")
    def threshold_curves() -> dict[str, list[CurvePoint]]:
        """Precision and recall of each topic by threshold, out of fold; empty if the model keeps no such scores."""
        used = workbench.model()
        folder = find_model(workbench.model_path, workbench.project)
        if not (folder / EVIDENCE).is_file():
            return {}
        found = workbench.kept.get("curves", stamp_of(folder / MANIFEST), lambda: curves(used, load_evidence(folder)))
        return JSONResponse(found)  # type: ignore[return-value]  # in its form already; the type is for the description


def _tag(router: APIRouter, workbench: Workbench) -> None:
    """What is known of a text."""

    @router.post("/tag")
    def tag(asked: TagAsked) -> TagTold:
        """Tag one article or several; the records are those of ``threat-topics tag --json``."""
        used = model_for(asked, workbench.model())
        articles = [
            {
                **article.to_dict(),
                "paragraphs": [
                    p.to_dict(every_topic=asked.every_topic, evidence=asked.why) for p in article.paragraphs
                ],
            }
            for article in tagged(asked, used, workbench.options, evidence=asked.why)
        ]
        answer = {"model": model_facts(used), "articles": articles}
        return JSONResponse(answer)  # type: ignore[return-value]  # as above

    @router.post("/export", responses=_FILES, response_class=Response)
    def export_file(asked: ExportAsked, request: Request) -> Response:
        """Tag, and give the result as a file; jsonl and csv as ``threat-topics tag`` writes them."""
        used = model_for(asked, workbench.model())
        found = tagged(asked, used, workbench.options, evidence=asked.format != "csv")
        if asked.format == "html":
            values = export.page_values(found, used.codebook)
            content = bytes(page("export.html", request, workbench, export=values).body)
        else:
            content = export.text_file(asked.format, found, used.codebook.keys, every_topic=asked.every_topic).encode()
        headers = {"Content-Disposition": f'attachment; filename="tagged.{asked.format}"'}
        return Response(content, headers=headers, media_type=MEDIA_TYPES[asked.format])


def _read(router: APIRouter, workbench: Workbench) -> None:
    """What is in files."""
    limiter = anyio.CapacityLimiter(READERS)
    options = workbench.options

    @router.post("/read", responses=responses(504))
    async def read(files: Annotated[list[UploadFile], File()]) -> ReadTold:
        """Read articles from files (txt, html, jsonl, csv); those that cannot be read are told among the problems."""
        if len(files) > options.files:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{len(files)} files were sent, at most {options.files} are read at once; send them in parts",
            )
        reading = Reading([await _upload(file, options.file_bytes) for file in files], options)
        with anyio.move_on_after(options.read_seconds):
            return await run_sync(reading, abandon_on_cancel=True, limiter=limiter)
        reading.given_up.set()
        raise HTTPException(
            HTTPStatus.GATEWAY_TIMEOUT,
            f"reading took longer than {options.read_seconds:g} seconds and was given up; send fewer or smaller files",
        )


async def _upload(file: UploadFile, most: int) -> Upload:
    size = file.size or 0
    return Upload(file.filename or "", await file.read() if size <= most else b"", size)


def _told(model: Model) -> ModelTold:
    facts = model.facts
    return ModelTold(
        **model_facts(model),
        terms=len(model.terms),
        dataset=facts.get("dataset", {}),
        decision=facts.get("decision", {}),
        metrics=facts.get("metrics", {}),
        set_after_training=facts.get(AFTER),
    )


def _topics(workbench: Workbench) -> list[TopicTold]:
    """Those of the project, then those that only the model knows, since it may be older than the codebook."""
    codebook = workbench.codebook()
    try:
        model = workbench.model()
    except ModelError:
        return [
            _topic(topic, tone, None) for tone, topic in enumerate(codebook.topics)
        ]  # labelling goes on without one
    others = [topic for topic in model.codebook.topics if topic.key not in codebook.keys]
    return [_topic(topic, tone, model) for tone, topic in enumerate([*codebook.topics, *others])]


def _topic(topic: Topic, tone: int, model: Model | None) -> TopicTold:
    threshold = review = None
    if model is not None and topic.key in model.codebook.keys:
        j = model.codebook.keys.index(topic.key)
        threshold, review = float(model.thresholds[j]), float(model.review[j])
    told = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(topic).items()}
    shown = {"letter": topic.hotkey.upper(), "tone": tone, "threshold": threshold, "review": review}
    return TopicTold.model_validate({**told, **shown})
