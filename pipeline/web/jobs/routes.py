"""Work that goes on behind the pages, each in a process of its own: retraining, and what the last labels gained.

A job is a verb of the command line on the workbench's project. Which verbs there are stands in ``KINDS``; nothing a
client sends becomes part of a command.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel

from pipeline.learning.locate import find_model
from pipeline.project import Project
from pipeline.web.jobs.processes import BusyError, Job
from pipeline.web.problems import responses
from pipeline.web.state import Workbench

Kind = Literal["retrain", "gain"]
GAIN_OF = 100  # the newest labels that are left out and put back


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


def gain_file(project: Project) -> Path:
    """Where the result of the last ``gain`` job lies."""
    return project.runs / "gain.json"


def retrain(project: Project) -> list[str]:
    """The verb that trains the project's own model anew."""
    return [*_verb("train", project), "--json"]


def gain(project: Project) -> list[str]:
    """The verb that tells what the newest labels changed."""
    return [*_verb("gain", project), "-n", str(GAIN_OF), "--json", "-o", str(gain_file(project))]


def _verb(name: str, project: Project) -> list[str]:
    return [sys.executable, "-m", "pipeline", name, "--project", str(project.root)]


KINDS: dict[Kind, Callable[[Project], list[str]]] = {"retrain": retrain, "gain": gain}


def said_after(kind: Kind, workbench: Workbench) -> str:
    """What is said of a job that went well."""
    if kind == "gain":
        return "computed anew"
    used = find_model(workbench.model_path, workbench.project)
    if used != workbench.project.model:
        return f"the project's own model is trained anew; this workbench goes on with the model it was given, {used}"
    return "the model is trained anew; articles are tagged by it from now on"


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
