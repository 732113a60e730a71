"""What the workbench knows while it runs: the project, its articles and its model, each read anew when its files change.

Nothing here is about HTTP. The clock of the web pages is here (``Workbench.now``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.annotation.codebook import Codebook, load_codebook
from pipeline.learning.locate import find_model
from pipeline.learning.model import Model
from pipeline.learning.persist import load_folder
from pipeline.project import Project
from pipeline.web.jobs.processes import Jobs
from pipeline.web.kept import Kept, stamp_of
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
        return self.kept.get("model", (folder, *stamp_of(folder / "model.json")), lambda: load_folder(folder))

    def articles(self) -> Shelf:
        """The project's articles."""
        return self.kept.get("articles", (), lambda: Shelf(self.project))
