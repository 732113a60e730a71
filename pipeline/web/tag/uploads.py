"""Files that a browser sends, to articles. Nothing is unpacked or stored, and no name a client sends is ever a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from threading import Event

from pipeline.errors import InputError, PipelineError
from pipeline.text.articles import Article
from pipeline.text.decoding import decode
from pipeline.text.reading import SUPPORTED, articles_from_file
from pipeline.web.options import WebOptions
from pipeline.web.tag.schemas import ArticleRead, ReadTold, Unread

LONGEST_ID = 60
LONGEST_LABEL = 120
_FALLBACK = "article"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came.

    Attributes:
        name: what the client calls it; anything at all.
        data: its bytes.
        size: how many bytes it had; ``data`` is empty where that is more than is read.
    """

    name: str
    data: bytes
    size: int


class _GivenUpError(Exception):
    """Nobody waits for the rest."""


@dataclass(slots=True)
class Reading:
    """The files of one request, read one after the other until somebody gives up waiting.

    Attributes:
        files: what came.
        options: limits.
        given_up: set by who no longer waits for the answer; the rest is left unread then.
        found: articles and problems so far.
    """

    files: list[Upload]
    options: WebOptions
    given_up: Event = field(default_factory=Event)
    found: ReadTold = field(default_factory=lambda: ReadTold(articles=[], problems=[]))
    _ids: set[str] = field(default_factory=set)

    def __call__(self) -> ReadTold:
        """Read them all; what cannot be read is a problem told, and no end to the others."""
        with suppress(_GivenUpError):
            for file in self.files:
                self._read(file, label(file.name))
        return self.found

    def _read(self, file: Upload, name: str) -> None:
        try:
            for article in self._articles(file, name):
                if self.given_up.is_set():
                    raise _GivenUpError
                if len(self.found.articles) == self.options.articles:
                    raise InputError(
                        f"{name}: only the first {self.options.articles} articles were read, so many are tagged at "
                        "once; use threat-topics tag for archives"
                    )
                self._add(article, name)
        except PipelineError as error:
            self._problem(name)(error)

    def _articles(self, file: Upload, name: str) -> Iterator[Article]:
        stem, suffix = name_parts(file.name)
        if suffix not in SUPPORTED:
            raise InputError(
                f"{name}: {suffix or 'files without an ending'} cannot be read; known kinds are: {', '.join(SUPPORTED)}"
            )
        if file.size > self.options.file_bytes:
            raise InputError(
                f"{name}: has {file.size:,} bytes, at most {self.options.file_bytes:,} are read; "
                "use threat-topics tag for archives"
            )
        if suffix == ".txt" and (length := len(decode(file.data, name))) > self.options.characters:
            raise self._too_long(name, stem, length)  # to divide it into paragraphs first could take minutes
        return articles_from_file(file.data, suffix, name, stem, on_error=self._problem(name))

    def _add(self, article: Article, name: str) -> None:
        if len(article.text) > self.options.characters:
            raise self._too_long(name, article.id, len(article.text))
        wanted = slug(article.id)
        unique, number = wanted, 1
        while unique in self._ids:
            number += 1
            unique = f"{wanted[: LONGEST_ID - len(str(number)) - 1]}-{number}"
        self._ids.add(unique)
        read = ArticleRead(name=name, id=unique, title=article.title, text=article.text)
        self.found.articles.append(read)

    def _too_long(self, name: str, article_id: str, length: int) -> InputError:
        return InputError(
            f"{name}: {article_id} has {length:,} characters, at most {self.options.characters:,} are tagged; divide it"
        )

    def _problem(self, name: str) -> Callable[[PipelineError], None]:
        def tell(error: PipelineError) -> None:
            if self.given_up.is_set():
                raise _GivenUpError
            if len(self.found.problems) > self.options.articles:
                return  # a table with nothing but bad lines says it often enough
            self.found.problems.append(Unread(name=name, detail=label(str(error), len(str(error)))))

        return tell


def name_parts(name: str) -> tuple[str, str]:
    r"""Stem and suffix of a client's file name, whatever kind of path it pretends to be.

    >>> name_parts("../../etc/passwd"), name_parts("C:\\news\\Kabul raid.HTML")
    (('passwd', ''), ('Kabul raid', '.html'))
    """
    last = PurePosixPath(re.split(r"[/\\]", name)[-1])
    return last.stem, last.suffix.lower()


def slug(name: str) -> str:
    """An id of letters, digits and hyphens.

    >>> slug("Überfall in Kabul!"), slug("Кабул")
    ('uberfall-in-kabul', 'article')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_ID].strip("-") or _FALLBACK


def label(name: str, longest: int = LONGEST_LABEL) -> str:
    r"""A client's name as it may be shown: one line without control characters, shortened.

    >>> label("a\0b\n.txt")
    'a?b?.txt'
    """
    shown = "".join(c if unicodedata.category(c)[0] != "C" else "?" for c in name) or "a file without a name"
    return shown if len(shown) <= longest else f"{shown[:longest]}..."
