"""What was read from files, kept until they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar

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
