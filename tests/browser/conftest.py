"""The workbench in a real browser: one Chromium for each file of tests, a server and a watched page for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from pipeline.project import Project
from pipeline.web.app import make_app
from tests.workbench import workbench, workbench_project

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Served:
    """A workbench that runs.

    Attributes:
        address: "http://127.0.0.1:" and the port.
        project: what it works on; a folder of the test's own.
    """

    address: str
    project: Project


@dataclass  # without slots: Playwright leaves marks on what it calls back
class Watched:
    """What a page must never do, noted while it does something else."""

    host: str
    faults: list[str] = field(default_factory=list)

    def request(self, request: Any) -> None:
        """A request that leaves the host is a fault."""
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self.faults.append(f"a request left the host: {request.url}")

    def response(self, response: Any) -> None:
        """So is an answer that fails; an interface may refuse, but not break."""
        inside = urlsplit(response.url).path.startswith("/api/")
        if response.status >= (500 if inside else 400):
            self.faults.append(f"{response.status} for {response.url}")

    def console(self, message: Any) -> None:
        """So is an error in the console."""
        # A refusal of the server is written there too; `response` judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def dialog(self, dialog: Any) -> None:
        """So is a dialog that a script opened."""
        self.faults.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def error(self, error: Any) -> None:
        """So is an error that nothing caught."""
        self.faults.append(f"an error in the page: {error}")


class _Announcing(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture(scope="module")  # while it lives, its event loop keeps tests from running loops of their own
def browser() -> Iterator[Any]:
    """Chromium, of ``CHROMIUM`` or of the path; where ``BROWSER_REQUIRED`` is set, as in CI, its lack is a failure."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        lacking = f"no browser: install one of {', '.join(BROWSERS)}, or name one in CHROMIUM"
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail(lacking)
        pytest.skip(lacking)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """A workbench on a project of the test's own, listening on a free port."""
    project = workbench_project(tmp_path)
    app = make_app(workbench(project))
    running = _Announcing(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = Thread(target=running.run, daemon=True)
    thread.start()
    assert running.listening.wait(120)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", project)
    running.should_exit = True
    thread.join(120)


@pytest.fixture
def context(browser: Any, server: Served) -> Iterator[Any]:
    """A browser without a past, 1280 pixels wide; its addresses are the server's."""
    made = browser.new_context(base_url=server.address, viewport=WIDE, accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def page(context: Any, server: Served) -> Iterator[Any]:
    """A page that fails its test on an error, a dialog or a request to anywhere else."""
    watched = Watched(urlsplit(server.address).netloc)
    made = context.new_page()
    made.set_default_timeout(60_000)
    for event in ("request", "response", "console", "dialog"):
        made.on(event, getattr(watched, event))
    made.on("pageerror", watched.error)
    yield made
    made.close()
    assert watched.faults == []
