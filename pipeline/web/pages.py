"""The HTML pages and their colours: templates filled with escaped values, never with HTML from a text."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline import __version__
from pipeline.annotation.codebook import Codebook
from pipeline.reporting.palette import schemes
from pipeline.reporting.pictures import letter
from pipeline.web.state import Workbench

_TEMPLATES = Environment(
    loader=PackageLoader("pipeline.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES = (("/", "Tag"), ("/label", "Label"), ("/review", "Review"))


def page(name: str, request: Request, workbench: Workbench, **values: Any) -> HTMLResponse:
    """A filled template.

    Args:
        name: file in ``templates``.
        request: gives the path, which marks the page in the navigation.
        workbench: gives the topics.
        values: what the template needs beside them.
    """
    codebook = workbench.codebook()
    shared = {
        "pages": PAGES,
        "path": request.url.path,
        "project": workbench.project.root.name,
        "topics": [(topic, *letter(codebook, topic.key)) for topic in codebook.topics],
        "general": codebook.general,
        "version": __version__,
    }
    return HTMLResponse(_TEMPLATES.get_template(name).render(**shared, **values))


def theme(codebook: Codebook) -> str:
    """Colours of both schemes as CSS variables, and one class a topic: ``.t0 { --c: ... }``."""
    found = schemes(topic.colour for topic in codebook.topics)
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in found[scheme].items()) for scheme in ("light", "dark")
    )
    tones = "\n".join(f".t{tone} {{ --c: var(--t{tone}); }}" for tone in range(len(codebook.topics)))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n{tones}\n"
    )


def routes(workbench: Workbench) -> APIRouter:
    """The pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/theme.css")
    def theme_css() -> Response:
        return Response(theme(workbench.codebook()), media_type="text/css")

    @router.get("/")
    def tag_page(request: Request) -> HTMLResponse:
        return page("tag.html", request, workbench)

    @router.get("/label")
    def label_page(request: Request) -> HTMLResponse:
        return page("label.html", request, workbench)

    return router
