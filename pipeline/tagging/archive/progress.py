"""How far a run is, for whoever tells a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """How far a run is.

    Attributes:
        size: bytes of all inputs, about.
        before: of those, done by earlier calls.
        done: of those, done by now.
        shards: how many there will be.
        made: how many are there.
        articles: tagged by now, earlier calls counted.
        paragraphs: the same.
        rejects: records that could not be used.
    """

    size: int
    before: int = 0
    done: int = 0
    shards: int = 0
    made: int = 0
    articles: int = 0
    paragraphs: int = 0
    rejects: int = 0
