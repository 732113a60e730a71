"""What the review page shows, gathered from a project's files and kept until these change.

Nothing is computed here that reports or the command line compute: figures come from ``reporting`` and ``annotation``.
Nothing here is about HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from pipeline.annotation.agreement import agreement_of, all_together
from pipeline.annotation.annotations import GOLD, Judgement, Lines, Span, by_annotator, label_files, settle
from pipeline.annotation.disagreements import disagreements
from pipeline.annotation.newest import instant
from pipeline.errors import InputError
from pipeline.files import read_utf8
from pipeline.reporting.acceptance import Acceptance, acceptance
from pipeline.reporting.figures import Panel, share_axis
from pipeline.reporting.history import PastRun, TopicRow, curves, history, mistakes, topic_rows
from pipeline.reporting.labelling import Labelling, labelling
from pipeline.reporting.runs import METRICS, OUT_OF_FOLD, PAGE
from pipeline.web.jobs.verbs import gain_file
from pipeline.web.kept import stamp_of
from pipeline.web.review.records import Agreed, Evaluated, Gained, Labels, Quoted, TopicMistakes
from pipeline.web.review.schemas import GainTold
from pipeline.web.shelf import Shelf
from pipeline.web.state import Workbench

WORST = 3  # mistakes of each kind quoted, a topic
ALL = 1_000_000  # more mistakes than there are


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers, and keeps what it gathered in ``workbench.kept``; safe among threads.

    Attributes:
        workbench: what it works on.
    """

    workbench: Workbench

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
            gold: Lines = []
            others: Lines = []
            for path, voices in self.workbench.voices().items():
                for voice in voices.values():
                    (gold if path.stem == GOLD else others).extend(voice.lines)
            return Labels(gold, others, settle(gold, others))

        return self.workbench.kept.get("labels", self.workbench.label_stamp(), read)

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
        bench = self.workbench
        files = stamp_of(folder / METRICS, folder / OUT_OF_FOLD, folder / PAGE)
        stamp = (*files, *bench.label_stamp(), *bench.articles().stamp())
        return bench.kept.get("evaluated", stamp, lambda: self._evaluated(run, folder))

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
        stamp = (*self.workbench.label_stamp(), *self.workbench.articles().stamp())
        return self.workbench.kept.get("agreed", stamp, self._agreed)

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
        bench, now = self.workbench, self.workbench.now()
        stamp = (now.date(), *bench.label_stamp(), *bench.log_stamp(), *bench.articles().stamp())

        def read() -> Labelling:
            labels = self.labels()
            return labelling(labels.gold, labels.others, bench.events(), bench.articles(), self.keys, now)

        return bench.kept.get("progress", stamp, read)

    def accepted(self) -> Acceptance:
        """What became of the model's tags.

        Raises:
            LabelError: the log is broken.
        """
        bench = self.workbench
        stamp = (self.keys, *bench.log_stamp(), *bench.articles().stamp())

        def read() -> Acceptance:
            events, corpus = bench.events(), bench.articles()
            named = {event.article for event in events} & set(corpus)
            return acceptance(events, {name: corpus[name].agency or "" for name in named}, self.keys)

        return bench.kept.get("accepted", stamp, read)


def text_of(corpus: Shelf, span: Span, sha: str) -> str | None:
    """A paragraph's text; ``None`` if no paragraph stands there any more that has this hash."""
    paragraph = corpus.paragraph(span)
    return paragraph.text if paragraph is not None and paragraph.sha == sha else None


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
