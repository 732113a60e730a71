"""Limits of the workbench: what a stranger's request may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Limits, each told in the message of the error it causes.

    Attributes:
        articles: most articles in one request to tag.
        body_bytes: largest body of a request, files included.
        file_bytes: largest file that is read.
        files: most files in one request.
        characters: longest text of an article.
        together: most characters of all articles in one request to tag.
        explained: most characters of all articles together where evidence is asked for, which takes twenty times as
            long and is a hundred times as large.
        read_seconds: longest time that reading uploaded files may take.
        note_characters: longest note.
        tasks: most paragraphs of a queue in one answer.
    """

    articles: int = 32
    body_bytes: int = 16 * 1024 * 1024
    file_bytes: int = 4 * 1024 * 1024
    files: int = 32
    characters: int = 1_000_000
    together: int = 4_000_000
    explained: int = 200_000
    read_seconds: float = 30.0
    note_characters: int = 2000
    tasks: int = 200
