"""What stands before every route: names, tokens, origins, lengths, headers."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import pytest

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.testclient import TestClient

from pipeline.web.app import make_app
from pipeline.web.guard import COOKIE, HEADERS, OWN_NAMES, POLICY, Door
from pipeline.web.options import WebOptions
from pipeline.web.problems import MEDIA_TYPE
from pipeline.web.state import Workbench
from tests.served import EVERYWHERE, TOKEN
from tests.workbench import NOW, workbench_project

TEXT = {"text": "Customs officers found heroin in a truck."}
OWN = "http://127.0.0.1:8000"
SMALL = WebOptions(body_bytes=1000)
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return workbench_project(tmp_path_factory.mktemp("guarded"))


@pytest.fixture
def client(project):
    """A function: a client of an application with this door and these limits."""

    def make(door=None, options=SMALL, base=OWN, **settings):
        app = make_app(Workbench(project, None, lambda: NOW, options), door)

        @app.get("/break")
        def broken():
            raise ZeroDivisionError("a secret of the program")

        @app.post("/echo")
        async def echo(request: Request):
            return len(await request.body())

        @app.get("/own-policy")
        def own():
            return HTMLResponse("<p>x", headers={"Content-Security-Policy": "default-src 'none'"})

        return TestClient(app, base_url=base, follow_redirects=False, **settings)

    return make


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = answer.json()
    assert told["status"] == status
    assert "\n" not in told["detail"]
    assert safe(answer)
    return told["detail"]


def safe(answer):
    return all(answer.headers[name] == value for name, value in HEADERS.items())


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000", "localhost:65535"]
)
def test_on_loopback_this_machines_own_names_are_answered_on_any_port(client, host):
    assert client(Door(OWN_NAMES)).get("/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "localhost.", ""),
        *("127.0.0.2", "::1", "[::1", "[::]", EVERYWHERE, "localhost:80:80", "localhost:x", "localhost@evil.example"),
    ],
)
def test_on_loopback_any_other_name_is_told_nothing(client, host):
    for method, path in (("GET", "/"), ("GET", "/api/topics"), ("POST", "/api/tag"), ("GET", "/static/base.css")):
        answer = client(Door(OWN_NAMES)).request(method, path, headers={"Host": host})
        assert "only" in problem(answer, 421)


def test_two_names_at_once_are_none(client):
    answer = client(Door(OWN_NAMES)).get("/", headers=[("Host", "localhost"), ("Host", "evil.example")])
    problem(answer, 421)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_a_browser_says_comes_from_another_site_changes_nothing(client, site):
    for method, path in (("POST", "/api/tag"), ("POST", "/api/label"), ("DELETE", "/api/jobs/retrain"), ("PUT", "/x")):
        answer = client().request(method, path, headers={"Sec-Fetch-Site": site, **JSON})
        assert "another site" in problem(answer, 403)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1", "http://127.0.0.1:8001", "null", ""),
        *("http://localhost:8000", "http://127.0.0.1:8000.evil.example", "http://127.0.0.1:8000/", "file://"),
    ],
)
def test_an_origin_must_be_exactly_this_server(client, origin):
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert "another site" in problem(client().post("/api/tag", json=TEXT, headers=headers), 403)
    headers = {"Origin": origin}
    assert "another site" in problem(client().post("/api/tag", json=TEXT, headers=headers), 403)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": OWN}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, {}],
)  # fmt: skip
def test_this_servers_own_pages_and_programs_may_ask(client, headers):
    assert client().post("/api/tag", json=TEXT, headers=headers).status_code == 200


def test_reading_is_open_to_links_from_anywhere(client):
    assert client().get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "Text/Plain;charset=UTF-8", None]
)
def test_without_a_word_of_where_it_comes_from_no_body_as_forms_send_it_is_taken(client, kind):
    headers = {} if kind is None else {"Content-Type": kind}
    assert "as HTML forms send it" in problem(client().post("/echo", content=b"{}", headers=headers), 415)
    assert "as HTML forms send it" in problem(client().post("/echo", content=iter([b"{}"]), headers=headers), 415)
    assert client().post("/echo", content=b"{}", headers={**headers, "Origin": OWN}).json() == 2
    assert kind is None or "as HTML forms send it" in problem(client().post("/echo", headers=headers), 415)


def test_without_a_word_of_where_it_comes_from_a_program_may_send_nothing_files_and_json(client):
    assert client().post("/echo").json() == 0
    assert client().post("/echo", content=b"{}", headers=JSON).json() == 2
    assert client().post("/api/read", files={"files": ("a.txt", b"Two men were held.")}).status_code == 200


def test_a_body_that_says_it_is_too_long_is_refused(client):
    headers = {**JSON, "Content-Length": "1001"}
    assert "1,000 bytes" in problem(client().post("/echo", content=b" " * 1001, headers=headers), 413)
    assert client().post("/echo", content=b" " * 1000, headers=JSON).json() == 1000


def test_a_body_in_chunks_is_counted_as_it_comes(client):
    assert client().post("/echo", content=iter([b" " * 500] * 2), headers=JSON).json() == 1000
    assert "1,000 bytes" in problem(client().post("/echo", content=iter([b" " * 501] * 2), headers=JSON), 413)
    assert "1,000 bytes" in problem(client().post("/api/tag", content=iter([b" " * 400] * 20), headers=JSON), 413)
    parts = [b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n', *[b"a " * 300] * 3]
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert "1,000 bytes" in problem(client().post("/api/read", content=iter(parts), headers=headers), 413)


async def endless(app, header):
    """Send an application a body without end under a header; returns the status, and how many parts it took in."""
    taken, sent = 0, []

    async def receive():
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b" " * 100, "more_body": True}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"x"), (b"content-type", b"application/json"), header]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/echo",
        "headers": headers,
        "query_string": b"",
        "scheme": "http",
    }
    await app({**scope, "http_version": "1.1", "root_path": "", "server": ("x", 80)}, receive, send)
    return sent[0]["status"], taken


@pytest.mark.anyio
@pytest.mark.parametrize("said", ["5001", "9" * 5000, "-1", "1e3", ""])
async def test_a_length_that_is_absurd_is_refused_without_reading(client, said):
    assert await endless(client().app, (b"content-length", said.encode())) == (413, 0)


@pytest.mark.anyio
async def test_of_a_body_without_end_only_some_is_taken_in(client):
    status, taken = await endless(client().app, (b"transfer-encoding", b"chunked"))
    assert status == 413
    assert 0 < taken < 60


@pytest.fixture
def anyio_backend():
    return "asyncio"


# tokens


PATHS = ("/", "/label", "/review", "/api/health", "/api/topics", "/openapi.json", "/nothing", "/api/read")


def logged_in(client, token=TOKEN, **headers):
    return client.post("/login", data={"token": token}, headers=headers)


@pytest.fixture
def waits(monkeypatch):
    """Seconds that were waited before answers, without waiting for them."""
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr("anyio.sleep", sleep)
    return waited


def test_without_the_token_every_path_but_the_form_and_its_looks_is_shut(client):
    shut = client(Door(token=TOKEN))
    for path in PATHS:
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            answer = shut.request(method, path, headers=JSON)
            assert answer.status_code in {303, 401}, (method, path)
            assert safe(answer)
    assert shut.get("/login").status_code == shut.get("/static/base.css").status_code == 200
    assert shut.get("/theme.css").status_code == 200
    assert shut.get("/static/../api/topics").status_code == 401
    assert shut.get("/static/%2e%2e/%2e%2e/app.py").status_code == 404


def test_pages_lead_to_the_form_and_interfaces_say_what_is_missing(client):
    shut = client(Door(token=TOKEN))
    page = shut.get("/review?next=http://evil.example")
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    answer = shut.get("/api/topics")
    assert "Authorization: Bearer" in problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_token_in_the_form_gives_a_cookie_that_opens_everything(client):
    door = Door(token=TOKEN)
    inside = client(door)
    answer = logged_in(inside)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, "strict", "/")
    assert not cookie["secure"]
    assert not cookie["domain"]
    assert cookie.value == door.session
    assert TOKEN not in answer.headers["set-cookie"]
    for path in PATHS[:6]:
        assert inside.get(path).status_code in {200, 404}, path
    assert inside.post("/api/tag", json=TEXT).status_code == 200


def test_over_https_the_cookie_never_travels_without(client):
    answer = logged_in(client(Door(token=TOKEN), base="https://news.example"), Origin="https://news.example")
    assert SimpleCookie(answer.headers["set-cookie"])[COOKIE]["secure"]


def test_programs_send_the_token_itself(client, waits):
    shut = client(Door(token=TOKEN))
    assert shut.get("/api/topics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert shut.get("/api/topics", headers={"Authorization": f"bearer  {TOKEN}"}).status_code == 200
    for given in (f"Basic {TOKEN}", TOKEN, "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer gr\xf6\xdfer"):
        problem(shut.get("/api/topics", headers={"Authorization": given.encode("latin-1")}), 401)
    assert waits == [0.5] * 4  # after each wrong token, so that it cannot be guessed fast


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "größer", "\0", "a" * 3000])
def test_a_wrong_token_costs_a_wait_and_says_so_on_the_form(client, waits, token):
    shut = client(Door(token=TOKEN), WebOptions())
    answer = logged_in(shut, token)
    assert answer.status_code == 401
    assert "That is not the token" in answer.text
    assert "set-cookie" not in answer.headers
    assert waits == [0.5]
    assert shut.get("/api/topics").status_code == 401


@pytest.mark.parametrize("body", [b"", b"token", b"tokens=x", b"token=%zz&token=", b"\xff\xfe", b"=" * 200])
def test_a_form_that_is_none_is_a_wrong_token(client, waits, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client(Door(token=TOKEN)).post("/login", content=body, headers=headers).status_code == 401


def test_a_form_that_is_too_long_or_has_too_many_fields_is_refused(client, waits):
    shut = client(Door(token=TOKEN), WebOptions())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "too long" in problem(shut.post("/login", content=b"token=" + b"a" * 5000, headers=headers), 413)
    assert shut.post("/login", content=b"a=1&" * 500, headers=headers).status_code == 401


def test_after_logging_in_nobody_is_led_elsewhere(client):
    answer = client(Door(token=TOKEN)).post(
        "/login?next=//evil.example", data={"token": TOKEN, "next": "//evil.example"}
    )
    assert answer.headers["location"] == "/"


def test_another_sites_form_cannot_log_anybody_in(client):
    assert logged_in(client(Door(token=TOKEN)), Origin="http://evil.example").status_code == 403


def test_the_form_lets_its_own_browser_say_where_it_comes_from(client):
    page = client(Door(token=TOKEN)).get("/login")
    assert page.headers["referrer-policy"] == "same-origin"  # under no-referrer the form's origin would be "null"
    assert re.search(r'<form[^>]* method="post" action="/login">', page.text)
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_cookie_of_an_earlier_start_or_of_somebodys_own_opens_nothing(client):
    for value in (Door(token=TOKEN).session, TOKEN, "", "gr\xf6\xdfer"):
        headers = {"Cookie": f"{COOKIE}={value}".encode("latin-1")}
        problem(client(Door(token=TOKEN)).get("/api/topics", headers=headers), 401)
    assert len({Door(token=TOKEN).session for _ in range(10)}) == 10
    assert len(Door().session) >= 40


def test_a_cookie_does_not_excuse_a_strangers_origin(client):
    inside = client(Door(token=TOKEN))
    logged_in(inside)
    problem(inside.post("/api/tag", json=TEXT, headers={"Origin": "http://evil.example"}), 403)


def test_tokens_and_sessions_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda one, other: bool(compared.append((one, other))))
    door = Door(token=TOKEN)
    assert not door.opens(TOKEN)
    assert not door.knows(door.session)
    assert compared == [(TOKEN.encode(),) * 2, (door.session.encode(),) * 2]


def test_neither_token_nor_session_stands_in_a_representation():
    door = Door(token=TOKEN)
    assert door.session not in repr(door)
    assert TOKEN not in repr(door)


def test_without_a_token_there_is_no_form(client):
    assert client().get("/login").status_code == 404
    assert not Door().opens("")


# headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/api/health", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/theme.css", 200),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("PATCH", "/api/tag", 405),
        ("POST", "/api/tag", 422),
        ("GET", "/break", 500),
    ],
)
def test_every_answer_carries_the_headers_and_is_kept_by_nobody(client, method, path, status):
    answer = client(raise_server_exceptions=False).request(method, path, headers=JSON)
    assert answer.status_code == status
    assert safe(answer)
    assert answer.headers["cache-control"] == "no-store"
    if status >= 400:
        problem(answer, status)


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert POLICY.startswith("default-src 'none';")
    for rule in (
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in POLICY


def test_files_are_kept_for_a_minute_and_asked_for_again_by_their_mark(client):
    first = client().get("/static/base.css")
    assert first.headers["cache-control"] == "max-age=60, must-revalidate"
    again = client().get("/static/base.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert safe(again)


def test_a_routes_own_policy_is_kept(client):
    answer = client().get("/own-policy")
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_the_program_is_told_in_one_sentence_and_goes_on_to_the_servers_log(client):
    answer = client(raise_server_exceptions=False).get("/break")
    assert "secret" not in problem(answer, 500)
    with pytest.raises(ZeroDivisionError):
        client().get("/break")
