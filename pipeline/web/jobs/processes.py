"""Commands that run beside the server, one of a kind at a time: begun, watched, ended. What they do is not known here.

A command's stderr tells how far it is: a line with "3 of 5 folds" moves the progress, and the last line is what is said
of it. Nothing is kept on disk: the commands write whole files or none, so one that was cut short left nothing behind.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread

from pipeline.errors import PipelineError

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
PATIENCE = 5.0  # seconds a command gets to clear up after itself
SPOKEN = "threat-topics: "  # how a verb begins the sentence it fails with
_STEP = re.compile(r"(\d+) of (\d+) folds")
Clock = Callable[[], datetime]


class BusyError(PipelineError):
    """A command of this kind runs already, or none does."""


@dataclass(frozen=True, slots=True)
class Job:
    """How a command stands.

    Attributes:
        kind: its name; a new one of the same name takes the place of the last.
        state: ``RUNNING``, ``DONE``, ``FAILED`` or ``CANCELLED``.
        done: steps done.
        whole: steps in all, 0 until they are known.
        message: the last thing it said; of a failure, its reason.
        seconds: how long it has run, or ran.
    """

    kind: str
    state: str
    done: int
    whole: int
    message: str
    seconds: float


@dataclass(slots=True)
class _Watched:
    """A command and what is known of it; changed under the lock of ``Jobs`` only."""

    process: subprocess.Popen[str]
    began: datetime
    watcher: Thread | None = None
    state: str = RUNNING
    done: int = 0
    whole: int = 0
    message: str = ""
    reason: str = ""
    ended: datetime | None = None
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Jobs:
    """The commands of one server. Safe among threads.

    Attributes:
        patience: seconds between asking a command to end and ending it.
    """

    patience: float = PATIENCE
    _held: dict[str, _Watched] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def start(self, kind: str, command: list[str], now: Clock, finished: Callable[[], str]) -> Job:
        """Run a command without waiting for it.

        Args:
            kind: its name.
            command: program and arguments; no shell sees them.
            now: the clock.
            finished: called after a success, gives what is said then.

        Raises:
            BusyError: one of this kind runs.
        """
        with self._lock:
            held = self._held.get(kind)
            if held is not None and held.state == RUNNING:
                raise BusyError(f"{kind} runs already; wait until it is done, or cancel it")
            process = subprocess.Popen(  # noqa: S603  the caller's own words, none of a client's
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # a group of its own, so that its workers end with it
            )
            held = self._held[kind] = _Watched(process, now())
            held.watcher = Thread(target=self._watch, args=(held, now, finished), daemon=True)
            held.watcher.start()
            return _job(kind, held, now())

    def listed(self, now: Clock) -> list[Job]:
        """The last command of each kind."""
        with self._lock:
            return [_job(kind, held, now()) for kind, held in self._held.items()]

    def cancel(self, kind: str, now: Clock) -> Job:
        """End a command and its workers, kindly at first; returns when it has ended, done if it was too late.

        Raises:
            BusyError: none of this kind runs.
        """
        with self._lock:
            held = self._held.get(kind)
            if held is None or held.state != RUNNING:
                raise BusyError(f"{kind} does not run, so there is nothing to cancel; look how it ended in /api/jobs")
            held.is_stopped = True
        self._end(held)
        with self._lock:
            return _job(kind, held, now())

    def stop(self) -> None:
        """End whatever runs."""
        with self._lock:
            running = [held for held in self._held.values() if held.state == RUNNING]
            for held in running:
                held.is_stopped = True
        for held in running:
            self._end(held)

    def wait(self, kind: str) -> None:
        """Return when the last command of a kind has ended."""
        with self._lock:
            held = self._held[kind]
        _join(held, None)

    def _end(self, held: _Watched) -> None:
        for number in (signal.SIGINT, getattr(signal, "SIGKILL", signal.SIGTERM)):
            _signal(held.process, number)
            if _join(held, self.patience):
                return

    def _watch(self, held: _Watched, now: Clock, finished: Callable[[], str]) -> None:
        """Read what a command says until it ends."""
        with held.process as process:
            for line in process.stderr or ():
                with self._lock:
                    _take(held, line.strip())
        code = held.process.returncode
        said = _said(finished) if code == 0 else ""
        with self._lock:
            held.ended = now()
            if code == 0:  # perhaps asked to end, but too late
                held.state, held.done, held.message = DONE, held.whole, said
            elif held.is_stopped:
                held.state, held.message = CANCELLED, "cancelled; nothing was changed"
            else:
                held.state, held.message = (
                    FAILED,
                    held.reason or held.message or f"it ended with status {code} and did not say why",
                )


def _said(finished: Callable[[], str]) -> str:
    """What is said of a success; what cannot be told must not leave the command running for ever."""
    try:
        return finished()
    except PipelineError as error:
        return str(error)


def _take(held: _Watched, line: str) -> None:
    """Let one more line of a command count."""
    if not line:
        return
    held.message = line
    if line.startswith(SPOKEN):
        held.reason = line
    if step := _STEP.search(line):
        held.done, held.whole = int(step[1]), int(step[2])


def _job(kind: str, held: _Watched, at: datetime) -> Job:
    seconds = ((held.ended or at) - held.began).total_seconds()
    return Job(kind, held.state, held.done, held.whole, held.message, seconds)


def _signal(process: subprocess.Popen[str], number: int) -> None:
    """Signal a command and its workers; one that has gone in the meantime needs none."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()
    except ProcessLookupError:
        return


def _join(held: _Watched, seconds: float | None) -> bool:
    """Whether a command has ended, waiting so long for it (``None``: as long as it takes)."""
    if held.watcher is not None:
        held.watcher.join(seconds)
        return not held.watcher.is_alive()
    return held.process.poll() is not None
