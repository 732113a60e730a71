"""What the workbench knows while it runs: project, articles, labels, log and model, each read anew when its files change.

Nothing here is about HTTP. The clock of the web pages is here (``Workbench.now``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.annotation.annotations import label_files
from pipeline.annotation.codebook import Codebook, load_codebook
from pipeline.annotation.journal import Event, log_files, read_events
from pipeline.learning.locate import find_model
from pipeline.learning.model import Model
from pipeline.learning.persist import MANIFEST, load_folder
from pipeline.project import Project
from pipeline.tagging.pool import Voice, file_voices
from pipeline.web.jobs.processes import Jobs
from pipeline.web.kept import Kept, Stamp, stamp_of
from pipeline.web.options import WebOptions
from pipeline.web.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Workbench:
    """One running workbench.

    Attributes:
        project: whose articles and labels are worked on.
        model_path: a model named by the user; ``None`` for the project's own, which retraining replaces.
        now: the clock, with a time zone.
        options: limits.
        kept: what was read from files.
        jobs: what runs behind the pages.
    """

    project: Project
    model_path: Path | None
    now: Callable[[], datetime]
    options: WebOptions = field(default_factory=WebOptions)
    kept: Kept = field(default_factory=Kept)
    jobs: Jobs = field(default_factory=Jobs)

    def at(self) -> str:
        """The present moment as label lines write it."""
        return self.now().isoformat(timespec="seconds")

    def codebook(self) -> Codebook:
        """The project's codebook.

        Raises:
            LabelError: it is broken.
        """
        path = self.project.codebook
        return self.kept.get("codebook", stamp_of(path), lambda: load_codebook(path))

    def model(self) -> Model:
        """The model in use; after retraining, the new one.

        Raises:
            ModelError: there is none, or it is broken.
        """
        folder = find_model(self.model_path, self.project)
        return self.kept.get("model", stamp_of(folder / MANIFEST), lambda: load_folder(folder))

    def articles(self) -> Shelf:
        """The project's articles."""
        return self.kept.get("articles", (), lambda: Shelf(self.project))

    def voices(self) -> dict[Path, dict[str, Voice]]:
        """What was judged, by label file and annotator; of the files only those that changed are read anew.

        Raises:
            LabelError: a file is broken.
        """
        keys = self.codebook().keys
        return {path: self._file_voices(path, keys) for path in label_files(self.project)}

    def _file_voices(self, path: Path, keys: tuple[str, ...]) -> dict[str, Voice]:
        stamp = (keys, *stamp_of(path))
        return self.kept.get(f"voices {path.name}", stamp, lambda: file_voices(self.project, path, keys))

    def label_stamp(self) -> Stamp:
        """What changes when codebook or labels do."""
        return stamp_of(self.project.codebook, *label_files(self.project))

    def events(self) -> list[Event]:
        """Everybody's log, in order of time.

        Raises:
            LabelError: a file of it is broken.
        """
        return self.kept.get("events", self.log_stamp(), lambda: read_events(self.project))

    def log_stamp(self) -> Stamp:
        """What changes when a log does."""
        return stamp_of(*log_files(self.project))
