"""The project's articles one by one: asking for one looks at its own file and at no other, so that a save is quick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.annotation.annotations import Span
from pipeline.annotation.corpus import project_corpus
from pipeline.project import Project
from pipeline.text.articles import Article
from pipeline.text.paragraphs import Paragraph
from pipeline.text.reading import read_article
from pipeline.web.kept import Kept, Stamp, stamp_of


@dataclass(frozen=True, slots=True, eq=False)
class Shelf(Mapping[str, Article]):
    """Articles by id, each read anew when its file changes. Safe among threads.

    Attributes:
        project: whose articles.
    """

    project: Project
    _kept: Kept = field(default_factory=Kept)
    _read: dict[str, tuple[Stamp, Article]] = field(default_factory=dict)

    def __getitem__(self, article_id: str) -> Article:
        return self._article(article_id, self._path(article_id))

    def __contains__(self, article_id: object) -> bool:
        try:
            self._path(article_id)
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(project_corpus(self.project).paths)

    def __len__(self) -> int:
        return len(project_corpus(self.project).paths)

    def paragraph(self, span: Span) -> Paragraph | None:
        """The paragraph there, if there is one that carries labels."""
        article_id, *place = span
        content = self[article_id].content if article_id in self else ()
        return next((paragraph for paragraph in content if [paragraph.start, paragraph.end] == place), None)

    def snapshot(self) -> tuple[Stamp, dict[str, Article]]:
        """All articles as they are now, and what changes when one of them does."""
        stamp, paths = self._stamp()
        return stamp, self._kept.get("articles", stamp, lambda: {key: self._article(key, paths[key]) for key in paths})

    def stamp(self) -> Stamp:
        """What changes when an article does, is added or taken away."""
        return self._stamp()[0]

    def _stamp(self) -> tuple[Stamp, dict[str, Path]]:
        paths = project_corpus(self.project).paths
        return stamp_of(*paths.values()), paths

    def _path(self, article_id: object) -> Path:
        """The file of an article, found among those that lie in the folder; no name a client sends becomes a path.

        Raises:
            KeyError: there is none.
        """
        for attempt in range(2):
            # The folder's stamp may be no newer for a file that came in the same instant: then it is looked at again.
            stamp = (*stamp_of(self.project.articles), attempt)
            paths = self._kept.get("paths", stamp, lambda: project_corpus(self.project).paths)
            if article_id in paths:
                return paths[article_id]
        raise KeyError(article_id)

    def _article(self, article_id: str, path: Path) -> Article:
        stamp = stamp_of(path)
        held = self._read.get(article_id)
        if held is None or held[0] != stamp:
            held = (stamp, read_article(path))
            self._read[article_id] = held
        return held[1]
