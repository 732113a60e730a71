"""Articles from what a person names: files, folders, standard input; one bad input need not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.errors import InputError, PipelineError
from pipeline.text.articles import Article
from pipeline.text.reading import article_from_bytes, list_inputs, read_articles


@dataclass(slots=True)
class Inputs:
    """Iterate to read; afterwards ``failed`` says how many inputs could not be read.

    Attributes:
        names: files, folders, or "-" for standard input.
        stdin: reads all of standard input.
        text_key: key or column of the text in JSON Lines and CSV.
        id_key: key or column of the id there.
        report: told of each input that cannot be read, after which the others go on; ``None`` to stop at the first.
        limit: most articles, ``None`` for all.
        failed: inputs passed over so far.
    """

    names: tuple[str, ...]
    stdin: Callable[[], bytes]
    text_key: str = "text"
    id_key: str = "id"
    report: Callable[[str], None] | None = None
    limit: int | None = None
    failed: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[Article]:
        return islice(self._all(), self.limit)

    def _all(self) -> Iterator[Article]:
        for name in self.names:
            try:
                if not name:
                    raise InputError("an input's name is empty; name a file, a folder or - for standard input")
                paths = [None] if name == "-" else list_inputs([Path(name)])
            except PipelineError as error:
                self._failed(error)
                continue
            for path in paths:
                try:
                    if path is None:
                        yield article_from_bytes(self.stdin(), "standard input", "stdin")
                    else:
                        on_error = None if self.report is None else self._failed
                        yield from read_articles(path, text_key=self.text_key, id_key=self.id_key, on_error=on_error)
                except PipelineError as error:
                    self._failed(error)

    def _failed(self, error: PipelineError) -> None:
        if self.report is None:
            raise error
        self.failed += 1
        self.report(str(error))
