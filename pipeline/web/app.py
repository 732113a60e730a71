"""The application put together: pages, interfaces, files, and what stands guard before them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from pipeline import __version__
from pipeline.web import api, jobs, labelling, pages, problems, review
from pipeline.web.state import Workbench

STATIC = Path(__file__).parent / "static"


def make_app(workbench: Workbench) -> FastAPI:
    """The application of one workbench.

    Args:
        workbench: what it works on.
    """
    app = FastAPI(title="threat-topics", version=__version__, docs_url=None, redoc_url=None)
    problems.install(app)
    for part in (api, labelling, review, jobs, pages):
        app.include_router(part.routes(workbench))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
