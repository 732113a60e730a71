"""The application put together: pages, interfaces, files, and what stands guard before them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from pipeline import __version__
from pipeline.web import guard, login, pages, problems
from pipeline.web.guard import Door
from pipeline.web.jobs import routes as jobs
from pipeline.web.label import routes as label
from pipeline.web.review import routes as review
from pipeline.web.state import Workbench
from pipeline.web.tag import routes as tag

STATIC = Path(__file__).parent / "static"
TITLE = "threat-topics"


def make_app(workbench: Workbench, door: Door | None = None) -> FastAPI:
    """The application of one workbench.

    Args:
        workbench: what it works on.
        door: who is let in; ``None`` for everybody under any name, which is for tests: ``server`` always gives one.
    """
    door = door or Door()
    app = FastAPI(
        title=TITLE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        responses=problems.responses(*problems.COMMON),
    )
    problems.install(app)
    guard.install(app, door, workbench.options.body_bytes)
    for part in (tag, label, review, jobs, pages):
        app.include_router(part.routes(workbench))
    if door.token is not None:
        app.include_router(login.routes(workbench, door))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
