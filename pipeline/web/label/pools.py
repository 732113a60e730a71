"""The pool that queues choose from, kept in parts: a save makes one label file be read anew, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.annotation.journal import SAVED, SETTLED, log_file, not_undone, read_events
from pipeline.annotation.newest import instant
from pipeline.learning.doubtful import Doubt
from pipeline.reporting.runs import OUT_OF_FOLD, find_run
from pipeline.reporting.scores import out_of_fold_probabilities
from pipeline.tagging.pool import Pool, Remembered, candidates_of, doubts_of, joined, read_pool
from pipeline.web.kept import stamp_of
from pipeline.web.label.schemas import Today
from pipeline.web.state import Workbench


@dataclass(frozen=True, slots=True)
class Pools:
    """Gives the pool as the files are now; safe among threads.

    Attributes:
        workbench: whose project.
        probabilities: scores each text once.
    """

    workbench: Workbench
    probabilities: Remembered = field(default_factory=Remembered)

    def pool(self) -> Pool:
        """The pool.

        Raises:
            PipelineError: a file is broken; names it.
        """
        bench = self.workbench
        codebook, (stamp, texts) = bench.codebook(), bench.articles().snapshot()
        return read_pool(
            bench.project,
            codebook=codebook,
            articles=texts,
            candidates=bench.kept.get("candidates", stamp, lambda: candidates_of(texts)),
            voices=joined(bench.voices().values()),
            events=bench.events(),
            model=bench.model,
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
        acts = self.workbench.kept.get(
            f"acts {path.name}", stamp_of(path), lambda: not_undone(read_events(project, annotator))
        )
        morning = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        done = {act.span for act in acts if act.kind in {SAVED, SETTLED} and instant(act.at) >= morning}
        return Today(saved=len(done), undoable=len(acts))

    def _doubts(self, keys: tuple[str, ...]) -> Sequence[Doubt]:
        """Those of the newest run; what was judged since is left out by the queue, so labels are no part of the stamp."""
        project = self.workbench.project
        run = find_run(project.runs, None)
        stamp = (keys, *stamp_of(run / OUT_OF_FOLD))
        return self.workbench.kept.get(
            "doubts", stamp, lambda: doubts_of(project, out_of_fold_probabilities(run, keys))
        )
