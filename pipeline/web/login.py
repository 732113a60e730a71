"""The form that asks for the token and, where it is right, gives the browser the session's cookie."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

import anyio
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.web.guard import COOKIE, LOGIN, Door
from pipeline.web.pages import page
from pipeline.web.state import Workbench

LONGEST = 4096  # bytes of a filled form


def routes(workbench: Workbench, door: Door) -> APIRouter:
    """The form and its answer; neither exists where no token is set.

    Args:
        workbench: gives the page its looks.
        door: knows the token.
    """
    router = APIRouter(include_in_schema=False)

    def form(request: Request, *, wrong: bool) -> HTMLResponse:
        shown = page("login.html", request, workbench, wrong=wrong)
        # From a page that sends no referrer, browsers send a form with ``Origin: null``, which no rule could tell from a
        # stranger's.
        shown.headers["Referrer-Policy"] = "same-origin"
        return shown

    @router.get(LOGIN)
    def asked(request: Request) -> HTMLResponse:
        return form(request, wrong=False)

    @router.post(LOGIN)
    async def answered(request: Request) -> Response:
        if door.opens(_token(await request.body())):
            answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            is_https = request.url.scheme == "https"
            answer.set_cookie(COOKIE, door.session, httponly=True, samesite="strict", path="/", secure=is_https)
            return answer
        await anyio.sleep(door.wait)
        refused = form(request, wrong=True)
        refused.status_code = HTTPStatus.UNAUTHORIZED
        return refused

    return router


def _token(body: bytes) -> str:
    """The token in a filled form, "" if there is none.

    Raises:
        HTTPException: the form is longer than any that the page sends.
    """
    if len(body) > LONGEST:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the form is too long; it holds a token and nothing else"
        )
    fields = parse_qs(body.decode("latin-1"))
    return fields.get("token", [""])[0].strip()
