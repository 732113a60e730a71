"""What stands before every route: who may ask, from where, how much, and the headers every answer carries.

Pure ASGI. The rules, in their order, each of which may answer in the route's place:

1. On loopback only this machine's own names are answered, so that a stranger's page whose name was bound to 127.0.0.1
   after it loaded (DNS rebinding) gets nothing.
2. Where a token is set, everything needs the session's cookie or the token itself, but for the form that asks for it and
   for looks.
3. What changes or computes something (any method but GET, HEAD and OPTIONS, which change nothing here) must come from this
   server's own pages. Browsers say where a request comes from: ``Sec-Fetch-Site`` and ``Origin``. What says neither is a
   program, or a browser too old to say it; such a browser can be made by another site to send bodies only of the kinds
   that HTML forms send, or of no kind, so those are refused. Reading uploaded files (multipart) and giving the token
   (urlencoded) are excepted: neither changes anything for whoever does not see the answer.
4. No body may be longer than the limit: not one that says so, nor one that says nothing, which is counted as it comes.

A fault of the program is answered here too, without details; those go to the server's standard error.
"""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import anyio
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web.problems import problem

COOKIE = "threat_topics_session"
LOGIN = "/login"
STATIC = "/static/"
THEME = "/theme.css"
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FRESH = "no-store"
FOR_A_MINUTE = "max-age=60, must-revalidate"
DRAINED = 4  # times the limit: so much of a body that is too long is taken in, since browsers read no answer before
_DIGITS = 18  # of a length that is taken for one
_HARMLESS = ("GET", "HEAD", "OPTIONS")
_OF_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")
_EXCEPTED = {("/api/read", "multipart/form-data"), (LOGIN, "application/x-www-form-urlencoded")}

Rule = Callable[[Request], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in.

    Attributes:
        names: what ``Host`` may say beside a port, as on loopback; ``None`` for anything.
        token: what strangers must know; ``None`` where everybody is let in.
        wait: seconds that pass before a wrong token is refused.
        session: what the cookie holds; made anew for every start.
    """

    names: frozenset[str] | None = None
    token: str | None = field(default=None, repr=False)
    wait: float = 0.5
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def opens(self, token: str) -> bool:
        """Whether this is the token; takes as long for a wrong one as for the right one."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def knows(self, session: str) -> bool:
        """Whether this is the session."""
        return hmac.compare_digest(session.encode(), self.session.encode())


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules before an application.

    Attributes:
        app: what is asked in the end.
        door: who is let in.
        body_bytes: largest body.
    """

    app: ASGIApp
    door: Door
    body_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the application's place, or let it answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _with_headers(scope["path"], send)
        for rule in (self._wrong_host, self._stranger, foreign, self._too_large):
            refused = await rule(Request(scope, receive))
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self.app(scope, _counted(receive, self.body_bytes), send)

    async def _wrong_host(self, request: Request) -> Response | None:
        if self.door.names is None:
            return None
        hosts = request.headers.getlist("host")
        if len(hosts) == 1 and _name(hosts[0]) in self.door.names:
            return None
        names = ", ".join(sorted(self.door.names))
        return problem(HTTPStatus.MISDIRECTED_REQUEST, f"this server answers to {names} only; use one of them")

    async def _stranger(self, request: Request) -> Response | None:
        path = request.scope["path"]
        if self.door.token is None or path in {LOGIN, THEME} or path.startswith(STATIC):
            return None
        if self.door.knows(request.cookies.get(COOKIE, "")):
            return None
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            if self.door.opens(given.strip()):
                return None
            await anyio.sleep(self.door.wait)
        if request.method in {"GET", "HEAD"} and not path.startswith("/api/") and path != "/openapi.json":
            return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        return problem(
            HTTPStatus.UNAUTHORIZED,
            f"this server asks for its token; open {LOGIN} in the browser, or send it as Authorization: Bearer TOKEN",
            {"WWW-Authenticate": "Bearer"},
        )

    async def _too_large(self, request: Request) -> Response | None:
        said = request.headers.get("content-length", "0")
        length = int(said) if said.isdecimal() and len(said) <= _DIGITS else math.inf
        if length <= self.body_bytes:
            return None
        if length <= DRAINED * self.body_bytes:
            await _drain(request.receive, DRAINED * self.body_bytes)
        return _too_long(self.body_bytes)


async def foreign(request: Request) -> Response | None:
    """Refuse what another site's page sends; rule 3 above."""
    if request.method in _HARMLESS:
        return None
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    if (site is not None and site not in {"same-origin", "none"}) or (origin is not None and origin != own):
        return problem(
            HTTPStatus.FORBIDDEN, "the request comes from another site's page; only this server's own pages may send it"
        )
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_of_form = kind in _OF_FORMS and (has_body or kind)  # a form without a field names its kind and sends nothing
    if site is None and origin is None and is_of_form and (request.scope["path"], kind) not in _EXCEPTED:
        return problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body is {kind or 'of no kind'}, as HTML forms send it; send it with Content-Type: application/json",
        )
    return None


def install(app: FastAPI, door: Door, body_bytes: int) -> None:
    """Put the guard before an application, and answer for faults of the program.

    Args:
        app: the application.
        door: who is let in.
        body_bytes: largest body.
    """
    app.add_middleware(Guard, door=door, body_bytes=body_bytes)

    async def fault(request: Request, _: Exception) -> Response:
        # Answered outside of the guard, so it carries the headers itself. The exception goes on to the server, which
        # writes it to standard error.
        detail = "something went wrong in the program; the terminal that threat-topics serve runs in says what"
        answer = problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
        _add_headers(answer.headers, request.url.path, answer.status_code)
        return answer

    app.add_exception_handler(Exception, fault)


def _name(host: str) -> str:
    """A ``Host`` header without its port."""
    name, sign, port = host.rpartition(":")
    return (name if sign and port.isdecimal() else host).lower()


def _with_headers(path: str, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add_headers(MutableHeaders(scope=message), path, message["status"])
        await send(message)

    return sending


def _add_headers(headers: MutableHeaders, path: str, status: int) -> None:
    """What every answer carries; what a route sets itself, as a report's page does its policy, is left as it is."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    is_file = path.startswith(STATIC) and status < HTTPStatus.BAD_REQUEST
    headers.setdefault("Cache-Control", FOR_A_MINUTE if is_file else FRESH)


def _counted(receive: Receive, most: int) -> Receive:
    """``receive`` that ends a body which grows beyond its limit, whatever its length was said to be."""
    so_far = 0

    async def receiving() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > most:
            if message.get("more_body", False):
                await _drain(receive, DRAINED * most)
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_long_text(most))
        return message

    return receiving


async def _drain(receive: Receive, most: int) -> None:
    """Take in the rest of a body and forget it: who still sends would not see the answer."""
    taken = 0
    while taken <= most:
        message = await receive()
        taken += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _too_long(most: int) -> Response:
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_long_text(most))


def _too_long_text(most: int) -> str:
    return f"the request is longer than {most:,} bytes; send less at once"
