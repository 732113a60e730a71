"""A server process of the workbench on a free port, for tests, and what such servers are told. Not a test file."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.project import Project

TOKEN = "correct-horse-battery-staple"  # noqa: S105  opens nothing but servers of tests
EVERYWHERE = "0.0.0.0"  # noqa: S104  to see it refused
_ADDRESS = re.compile(r"http://(\S+):(\d+)/")


@dataclass(slots=True)
class Served:
    """A server that answers.

    Attributes:
        process: the server.
        host: as a client names it.
        port: where it listens.
        said: lines of standard error so far; all of them after ``stop``.
    """

    process: subprocess.Popen[str]
    host: str
    port: int
    said: list[str] = field(default_factory=list)
    _listener: threading.Thread | None = None

    def listen(self) -> None:
        """Keep reading what it says."""
        self._listener = threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True)
        self._listener.start()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, wait for the end; returns the exit code."""
        self.process.send_signal(number)
        code = self.process.wait()
        if self._listener is not None:
            self._listener.join()
        return code


def command(project: Project, *options: str) -> list[str]:
    """The command line of a server of the project."""
    return [sys.executable, "-m", "pipeline", "serve", "--project", str(project.root), *options]


@contextmanager
def served(project: Project, *options: str, **environment: str) -> Iterator[Served]:
    """A server that said its address; ended at the end if it has not ended by then."""
    process = subprocess.Popen(
        command(project, "--port", "0", *options),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        first = process.stderr.readline()
        found = _ADDRESS.search(first)
        assert found, first + process.stderr.read()
        server = Served(process, found[1], int(found[2]), [first])
        server.listen()
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stderr.close()
