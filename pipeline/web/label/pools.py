"""The pool that queues choose from, kept in parts: a save makes one label file be read anew, nothing else.

Each part has a keeper of its own, so that what is slow to read keeps nobody waiting who asks for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.annotation.annotations import label_files
from pipeline.annotation.journal import SAVED, SETTLED, Event, log_file, log_folder, not_undone, read_events
from pipeline.annotation.newest import instant
from pipeline.learning.doubtful import Doubt
from pipeline.reporting.runs import find_run
from pipeline.reporting.scores import SCORES, out_of_fold_probabilities
from pipeline.tagging.pool import (
    Pool,
    Remembered,
    Voice,
    candidates_of,
    doubts_of,
    file_voices,
    joined,
    read_pool,
)
from pipeline.web.kept import Kept, Stamp, stamp_of
from pipeline.web.label.schemas import Today
from pipeline.web.state import Workbench

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pools:
    """Gives the pool as the files are now; safe among threads.

    Attributes:
        workbench: whose project.
        probabilities: scores each text once.
    """

    workbench: Workbench
    probabilities: Remembered = field(default_factory=Remembered)
    _held: dict[str, Kept] = field(default_factory=dict)

    def pool(self) -> Pool:
        """The pool.

        Raises:
            PipelineError: a file is broken; names it.
        """
        codebook, (stamp, texts) = self.workbench.codebook(), self.workbench.articles().snapshot()
        return read_pool(
            self.workbench.project,
            codebook=codebook,
            articles=texts,
            candidates=self._keep("candidates", stamp, lambda: candidates_of(texts)),
            voices=self._voices(codebook.keys),
            events=self._events(),
            model=self.workbench.model,
            probabilities=self.probabilities,
            doubts=lambda: self._doubts(codebook.keys),
        )

    def today(self, annotator: str) -> Today:
        """How far an annotator came.

        Raises:
            LabelError: the name is no name, or the log is broken.
        """
        project, now = self.workbench.project, self.workbench.now()
        path = log_file(project, annotator)
        if not path.exists():
            return Today(saved=0, undoable=0)
        acts = self._keep(f"log {path.name}", stamp_of(path), lambda: not_undone(read_events(project, annotator)))
        morning = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        done = {act.span for act in acts if act.kind in {SAVED, SETTLED} and instant(act.at) >= morning}
        return Today(saved=len(done), undoable=len(acts))

    def _keep(self, name: str, stamp: Stamp, read: Callable[[], T]) -> T:
        return self._held.setdefault(name, Kept()).get(name, stamp, read)

    def _voices(self, keys: tuple[str, ...]) -> dict[str, Voice]:
        project = self.workbench.project

        def of_file(path: Path) -> dict[str, Voice]:
            return self._keep(f"voices {path.name}", (keys, *stamp_of(path)), lambda: file_voices(project, path, keys))

        return joined(of_file(path) for path in label_files(project))

    def _events(self) -> Sequence[Event]:
        paths = sorted(log_folder(self.workbench.project).glob("*.jsonl"))
        return self._keep("events", (*paths, *stamp_of(*paths)), lambda: tuple(read_events(self.workbench.project)))

    def _doubts(self, keys: tuple[str, ...]) -> Sequence[Doubt]:
        """Those of the newest run; what was judged since is left out by the queue, so labels are no part of the stamp."""
        project = self.workbench.project
        run = find_run(project.runs, None)
        stamp = (run, keys, *stamp_of(run / SCORES))
        return self._keep("doubts", stamp, lambda: doubts_of(project, out_of_fold_probabilities(run, keys)))
