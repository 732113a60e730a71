"""Errors as ``application/problem+json`` (RFC 9457): what went wrong in one sentence, never a traceback."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from pipeline.errors import ModelError, PipelineError, ProjectError

MEDIA_TYPE = "application/problem+json"
# What any route may answer: a body that is no JSON, a stranger, a body too large or of a kind that forms send, a request
# that is not what is expected; a fault of the program, no model or project, no room on the disk.
COMMON = (400, 401, 403, 413, 415, 421, 422, 500, 503, 507)


_UNREAD = "There was an error parsing the body"  # as the framework says it
_SENTENCES = {
    404: "{path}: there is no such page; see /openapi.json for what there is, or go to /",
    405: "{path} does not answer {method}; see /openapi.json for what it does",
}


class Problem(BaseModel):
    """What an error says.

    Attributes:
        type: always ``about:blank``: the status says the kind.
        title: the status in words.
        status: the status.
        detail: one sentence: what, where, and what to do.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error's response."""
    # Half characters, which no encoding can carry, come in with the keys of a stranger's JSON.
    detail = detail.encode("utf-8", "replace").decode("utf-8")
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(said.model_dump(), status, headers, MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI tells of the errors of a route."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install(app: FastAPI) -> None:
    """Let every error of a route become a problem."""

    @app.exception_handler(PipelineError)
    async def mistake(_: Request, error: PipelineError) -> JSONResponse:
        status = (
            HTTPStatus.SERVICE_UNAVAILABLE
            if isinstance(error, ModelError | ProjectError)
            else HTTPStatus.UNPROCESSABLE_ENTITY
        )
        return problem(status, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = str(first["msg"]).removeprefix("Value error, ")
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"{where[:200]}: {what}; see /openapi.json for what is expected"
        )

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        detail = str(error.detail)
        if detail == HTTPStatus(error.status_code).phrase:  # the framework's own, which is no sentence
            path = request.url.path[:200]
            detail = _SENTENCES.get(error.status_code, "{method} {path}: {detail}; see /openapi.json").format(
                method=request.method, path=path, detail=detail.lower()
            )
        if detail == _UNREAD:
            detail = (
                "the body cannot be read: it is no UTF-8, too deeply nested, or has a number too long; send it anew"
            )
        return problem(error.status_code, detail, dict(error.headers or {}))

    @app.exception_handler(OSError)
    async def disk(_: Request, error: OSError) -> JSONResponse:
        place = error.filename or "a file"
        return problem(
            HTTPStatus.INSUFFICIENT_STORAGE,
            f"{place}: {error.strerror or error}; check its permissions and the room left on the disk",
        )
