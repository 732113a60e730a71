"""What the workbench knows while it runs: the project, its articles and its model, each read anew when its files change.

Nothing here is about HTTP. The clock of the web pages is here (``Workbench.now``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pipeline.annotation.codebook import Codebook, load_codebook
from pipeline.annotation.corpus import Corpus, project_corpus
from pipeline.learning.locate import find_model
from pipeline.learning.model import Model
from pipeline.learning.persist import load_folder
from pipeline.project import Project
from pipeline.web.options import WebOptions

T = TypeVar("T")
Stamp = tuple[object, ...]


@dataclass(slots=True)
class Kept:
    """Something read from files, kept until they change. Safe among threads."""

    _held: dict[object, tuple[Stamp, object]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, name: object, stamp: Stamp, read: Callable[[], T]) -> T:
        """What ``read`` gave when the files had this stamp; it is called by one thread at a time."""
        with self._lock:
            held = self._held.get(name)
            if held is None or held[0] != stamp:
                held = (stamp, read())
                self._held[name] = held
            return held[1]  # type: ignore[return-value]  # a name stands for one kind of thing


def stamp_of(*paths: Path) -> Stamp:
    """What changes when one of the files does; a missing file has a stamp as well.

    Args:
        paths: files, or folders, whose stamp changes when a file is added or removed.
    """
    found = []
    for path in paths:
        try:
            facts = path.stat()
            found.append((facts.st_mtime_ns, facts.st_size, facts.st_ino))
        except FileNotFoundError:
            found.append((0, 0, 0))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Workbench:
    """One running workbench.

    Attributes:
        project: whose articles and labels are worked on.
        model_path: a model named by the user; ``None`` for the project's own, which retraining replaces.
        now: the clock, with a time zone.
        options: limits.
    """

    project: Project
    model_path: Path | None
    now: Callable[[], datetime]
    options: WebOptions = field(default_factory=WebOptions)
    kept: Kept = field(default_factory=Kept)

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

    def corpus(self) -> Corpus:
        """The project's articles, each read once until one of the files changes."""
        corpus = project_corpus(self.project)
        stamp = (*corpus.paths, *stamp_of(*corpus.paths.values()))
        return self.kept.get("corpus", stamp, lambda: corpus)
