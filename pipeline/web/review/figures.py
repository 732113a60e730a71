"""What the review page shows, gathered from a project's files and kept until these change.

Nothing is computed here that reports or the command line compute: figures come from ``reporting`` and ``annotation``.
Nothing here is about HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline.annotation.agreement import agreement_of, all_together
from pipeline.annotation.annotations import (
    Judgement,
    Span,
    by_annotator,
    label_files,
    read_labels,
    settle,
)
from pipeline.annotation.disagreements import disagreements
from pipeline.annotation.journal import Event, log_folder, read_events
from pipeline.annotation.newest import instant
from pipeline.errors import InputError
from pipeline.files import read_utf8
from pipeline.reporting.acceptance import Acceptance, acceptance
from pipeline.reporting.figures import Panel, share_axis
from pipeline.reporting.history import PastRun, TopicRow, curves, history, mistakes, topic_rows
from pipeline.reporting.labelling import Labelling, labelling
from pipeline.reporting.runs import PAGE
from pipeline.text.articles import Article
from pipeline.web.jobs.routes import gain_file
from pipeline.web.kept import Kept, Stamp, stamp_of
from pipeline.web.review.records import Agreed, Evaluated, Gained, Labels, Quoted, TopicMistakes
from pipeline.web.review.schemas import GainTold
from pipeline.web.state import Workbench

T = TypeVar("T")
WORST = 3  # mistakes of each kind quoted, a topic
ALL = 1_000_000  # more mistakes than there are


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers; safe among threads.

    Attributes:
        workbench: what it works on.
    """

    workbench: Workbench
    _held: dict[str, Kept] = field(default_factory=dict)

    def keep(self, name: str, stamp: Stamp, read: Callable[[], T]) -> T:
        """A keeper for each name: what is slow keeps nobody waiting who asks for something else."""
        return self._held.setdefault(name, Kept()).get(name, stamp, read)

    def _label_stamp(self) -> Stamp:
        project = self.workbench.project
        paths = label_files(project)
        return (*paths, *stamp_of(project.codebook, *paths))

    def _log_stamp(self) -> Stamp:
        paths = sorted(log_folder(self.workbench.project).glob("*.jsonl"))
        return (*paths, *stamp_of(*paths))

    @property
    def keys(self) -> tuple[str, ...]:
        """The topics of the codebook."""
        return self.workbench.codebook().keys

    def labels(self) -> Labels:
        """All label lines.

        Raises:
            LabelError: a file is broken.
        """

        def read() -> Labels:
            gold, others = read_labels(self.workbench.project, self.keys)
            return Labels(gold, others, settle(gold, others))

        return self.keep("labels", self._label_stamp(), read)

    def events(self) -> list[Event]:
        """The log.

        Raises:
            LabelError: a file of it is broken.
        """
        return self.keep("events", self._log_stamp(), lambda: read_events(self.workbench.project))

    def runs(self) -> list[PastRun]:
        """Past runs, the newest first."""
        return history(self.workbench.project.runs)

    def run_folder(self, name: str) -> Path | None:
        """The folder of a listed run; ``None`` for any other name, which is never made a path of."""
        folders = {run.run: self.workbench.project.runs / run.run for run in self.runs()}
        return folders.get(name)

    def evaluated(self) -> Evaluated | None:
        """The newest run with everything the page says of it; ``None`` without any run.

        Raises:
            PipelineError: a file of it is broken.
        """
        runs = self.runs()
        if not runs:
            return None
        run, folder = runs[0], self.workbench.project.runs / runs[0].run
        files = stamp_of(folder / "metrics.json", folder / "out_of_fold.csv", folder / PAGE)
        stamp = (run.run, *files, *self._label_stamp(), *self.workbench.articles().stamp())
        return self.keep("evaluated", stamp, lambda: self._evaluated(run, folder))

    def _evaluated(self, run: PastRun, folder: Path) -> Evaluated:
        labels, end = self.labels(), instant(run.time)
        found, outdated = self._mistakes(folder, labels)
        return Evaluated(
            run,
            self._rows(folder),
            self.panels(folder),
            found,
            outdated,
            (folder / PAGE).is_file(),
            sum(_judged_at(cells) > end for cells in labels.settled.values()),
        )

    def _rows(self, folder: Path) -> list[TopicRow]:
        """Topics as the codebook orders them, then those it does not have any more, then the averages."""
        rows = topic_rows(folder)
        return sorted(rows[:-2], key=lambda row: _place(row.topic, self.keys)) + rows[-2:]

    def panels(self, folder: Path) -> list[Panel]:
        """Precision against recall of a run's topics.

        Raises:
            InputError: the run holds no answers.
        """
        # They are small here: fewer ticks, and the axes are named once, below all of them.
        axis = share_axis("", step=0.5)
        return [replace(panel, x=axis, y=axis) for panel in curves(folder, self.workbench.codebook())]

    def _mistakes(self, folder: Path, labels: Labels) -> tuple[list[TopicMistakes], int]:
        found: dict[str, list[Quoted]] = {row.topic: [] for row in self._rows(folder)[:-2]}
        corpus, outdated = self.workbench.articles(), 0
        for mistake in mistakes(folder, ALL):
            span = mistake.article, mistake.start, mistake.end
            settled = labels.settled.get(span, {}).get(mistake.topic)
            text = text_of(corpus, span, settled[0].annotation.sha) if settled else None
            if text is None or settled is None or settled[0].value != mistake.label:
                outdated += 1
            else:
                found.setdefault(mistake.topic, []).append(Quoted(mistake, text))
        return [_of_topic(topic, quoted) for topic, quoted in found.items()], outdated

    def gained(self) -> Gained | None:
        """What the newest labels changed, when that was computed last; ``None`` if it never was.

        Raises:
            InputError: the file cannot be read.
        """
        path = gain_file(self.workbench.project)
        if not path.is_file():
            return None
        try:
            figures = GainTold.model_validate_json(read_utf8(path))
        except ValidationError:
            raise InputError(f"{path}: is not what `threat-topics gain` writes; compute it anew") from None
        written = path.stat().st_mtime_ns
        is_outdated = any(file.stat().st_mtime_ns > written for file in label_files(self.workbench.project))
        return Gained(datetime.fromtimestamp(written // 10**9, UTC).isoformat(), figures, is_outdated)

    def agreed(self) -> Agreed:
        """How alike annotators judge, and what they have to settle.

        Raises:
            PipelineError: a label file is broken, or krippendorff is not installed.
        """
        stamp = (*self._label_stamp(), *self.workbench.articles().stamp())
        return self.keep("agreed", stamp, self._agreed)

    def _agreed(self) -> Agreed:
        labels, project = self.labels(), self.workbench.project
        names = tuple(sorted(by_annotator(labels.others)))
        differ = disagreements(labels.gold, labels.others, self.keys)
        corpus = self.workbench.articles()
        to_settle = [(one, text) for one in differ if (text := text_of(corpus, one.span, one.sha)) is not None]
        if len(names) < 2:
            return Agreed(names, [], [], to_settle)
        return Agreed(names, agreement_of(project), all_together(project), to_settle)

    def progress(self) -> Labelling:
        """How far labelling has come.

        Raises:
            LabelError: a label file or the log is broken.
        """
        now = self.workbench.now()
        stamp = (now.date(), *self._label_stamp(), *self._log_stamp(), *self.workbench.articles().stamp())

        def read() -> Labelling:
            labels = self.labels()
            return labelling(labels.gold, labels.others, self.events(), self.workbench.articles(), self.keys, now)

        return self.keep("progress", stamp, read)

    def accepted(self) -> Acceptance:
        """What became of the model's tags.

        Raises:
            LabelError: the log is broken.
        """
        stamp = (self.keys, *self._log_stamp(), *self.workbench.articles().stamp())

        def read() -> Acceptance:
            events, corpus = self.events(), self.workbench.articles()
            named = {event.article for event in events} & set(corpus)
            return acceptance(events, {name: corpus[name].agency or "" for name in named}, self.keys)

        return self.keep("accepted", stamp, read)


def text_of(corpus: Mapping[str, Article], span: Span, sha: str) -> str | None:
    """A paragraph's text; ``None`` if no paragraph stands there any more that has this hash."""
    article, *place = span
    paragraphs = corpus[article].content if article in corpus else ()
    return next((p.text for p in paragraphs if [p.start, p.end] == place and p.sha == sha), None)


def _place(topic: str, keys: tuple[str, ...]) -> int:
    return keys.index(topic) if topic in keys else len(keys)


def _judged_at(cells: dict[str, tuple[Judgement, ...]]) -> float:
    """When a settled paragraph was judged last."""
    return max(instant(judgement.annotation.at) for judgements in cells.values() for judgement in judgements)


def _of_topic(topic: str, quoted: list[Quoted]) -> TopicMistakes:
    """Counts, and the worst of each kind; they come with the worst first."""
    misses = [one for one in quoted if one.mistake.label]
    alarms = [one for one in quoted if not one.mistake.label]
    return TopicMistakes(topic, len(alarms), len(misses), (*alarms[:WORST], *misses[:WORST]))
