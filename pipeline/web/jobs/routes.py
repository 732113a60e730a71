"""Work that goes on behind the pages: begun, watched and cancelled over HTTP. What is run stands in ``verbs``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel

from pipeline.web.jobs.processes import BusyError, Job
from pipeline.web.jobs.verbs import KINDS, Kind, said_after
from pipeline.web.problems import responses
from pipeline.web.state import Workbench


class JobView(BaseModel):
    """How a job stands.

    Attributes:
        kind: what it does.
        state: where it is.
        done: folds done.
        whole: folds in all, 0 until they are known.
        message: the last thing it said.
        seconds: how long it has run, or ran.
    """

    kind: Kind
    state: Literal["running", "done", "failed", "cancelled"]
    done: int
    whole: int
    message: str
    seconds: float


def routes(workbench: Workbench) -> APIRouter:
    """Begin, watch and cancel jobs; those that run when the server stops are ended."""

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            workbench.jobs.stop()

    router = APIRouter(prefix="/api/jobs", tags=["jobs"], lifespan=alive)

    @router.get("")
    def listed() -> list[JobView]:
        """The last job of each kind since the server began."""
        return [_view(job) for job in workbench.jobs.listed(workbench.now)]

    @router.post("/{kind}", status_code=HTTPStatus.ACCEPTED, responses=responses(409))
    def start(kind: Kind) -> JobView:
        """Begin a job; it goes on after the answer."""
        command = KINDS[kind](workbench.project)
        try:
            job = workbench.jobs.start(kind, command, workbench.now, lambda: said_after(kind, workbench))
        except BusyError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from None
        return _view(job)

    @router.delete("/{kind}", responses=responses(409))
    def cancel(kind: Kind) -> JobView:
        """End a job; the answer comes when it has ended."""
        try:
            return _view(workbench.jobs.cancel(kind, workbench.now))
        except BusyError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from None

    return router


def _view(job: Job) -> JobView:
    return JobView.model_validate(job, from_attributes=True)
