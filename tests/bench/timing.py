"""How things are timed: side by side in one run, with the garbage collector off, on one core unless said.

A figure of one run says little on a machine that others use too; a ratio of two things timed in turns says more.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LAUNCH = Path(__file__).parent / "launch.py"
WARM = 1  # turns that are not counted
LEAST_CONTROL = 1.9  # what two threads of pure arithmetic must reach before two threads of anything else are believed


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        section: which part of the bench it belongs to.
        what: what was compared with what.
        value: the median over the rounds; ``None`` where it could not be measured.
        unit: "x" (times as fast), "share", "MiB", "difference" or "count".
        low: lowest round, ``None`` for a figure without rounds.
        high: highest round.
        goal: least or greatest value wished, ``None`` for none.
        most: whether the goal is an upper bound.
        control: what arithmetic alone reached in the same rounds, for figures of several threads.
        note: anything else that must be known to read it.
    """

    section: str
    what: str
    value: float | None
    unit: str = "x"
    low: float | None = None
    high: float | None = None
    goal: float | None = None
    most: bool = False
    control: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of several calls, a list a call, one entry a round.

    Attributes:
        seconds: by the name of the call.
    """

    seconds: Mapping[str, Sequence[float]]

    def ratio(self, slow: str, fast: str, times: float = 1.0) -> tuple[float, float, float]:
        """Median, lowest and highest over the rounds of ``times * slow / fast``.

        >>> Times({"a": [4.0, 6.0, 9.0], "b": [2.0, 2.0, 3.0]}).ratio("a", "b")
        (3.0, 2.0, 3.0)
        """
        each = [times * a / b for a, b in zip(self.seconds[slow], self.seconds[fast], strict=True)]
        return statistics.median(each), min(each), max(each)


def in_turns(
    calls: Mapping[str, Callable[[], object]], rounds: int, warm: Mapping[str, Callable[[], object]] | None = None
) -> Times:
    """Call each in turn, once to warm up and then so many rounds, and time them.

    Args:
        calls: by name.
        rounds: how many.
        warm: what to call to warm up instead, where a whole turn would take long.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(WARM + rounds):
        for name, call in (calls if warm is None or turn >= WARM else warm).items():
            gc.collect()
            gc.disable()
            try:
                start = time.perf_counter()
                call()
                took = time.perf_counter() - start
            finally:
                gc.enable()
            if turn >= WARM:
                seconds[name].append(took)
    return Times(seconds)


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core where the system can be asked to; processes started meanwhile stay there too."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that has ended.

    Attributes:
        seconds: from start to end.
        peak: the most memory it held, MiB.
        lines: what it printed.
    """

    seconds: float
    peak: float
    lines: list[str] = field(default_factory=list)


def process(*command: str) -> Finished:
    """Run a command in the project's folder and measure it; one that fails ends the bench with what it said."""
    whole = [sys.executable, "-I", "-S", str(LAUNCH), *command]
    done = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    *lines, last = done.stdout.splitlines()
    seconds, peak = map(float, last.split())
    return Finished(seconds, peak, lines)


def processes_in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Finished]]:
    """Run each command in turn, once to warm up and then so many rounds."""
    found: dict[str, list[Finished]] = {name: [] for name in commands}
    for turn in range(WARM + rounds):
        for name, command in commands.items():
            done = process(*command)
            if turn >= WARM:
                found[name].append(done)
    return found


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, lowest and highest."""
    return statistics.median(values), min(values), max(values)
