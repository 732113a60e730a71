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
class _Entry:
    """What is kept under one name, and when it was read; ``stamp`` is ``None`` until it was."""

    lock: Lock = field(default_factory=Lock)
    stamp: Stamp | None = None
    value: object = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Things read from files, each kept until its files change. Safe among threads."""

    _entries: dict[str, _Entry] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, name: str, stamp: Stamp, read: Callable[[], T]) -> T:
        """What ``read`` gave when the files had this stamp.

        One thread at a time reads what has this name; what is slow to read keeps nobody waiting who asks for another.

        Args:
            name: stands for one kind of thing; ``read`` must not ask for the same again.
            stamp: what changes when the files do, see ``stamp_of``.
            read: called where nothing is kept, or something with another stamp.
        """
        with self._lock:
            entry = self._entries.setdefault(name, _Entry())
        with entry.lock:
            if entry.stamp != stamp:
                entry.value = read()
                entry.stamp = stamp
            return entry.value  # type: ignore[return-value]  # a name stands for one kind of thing


def stamp_of(*paths: Path) -> Stamp:
    """What changes when one of the files does, or when they are others; a missing file has a stamp as well.

    Args:
        paths: files, or folders, whose stamp changes when a file is added or removed.
    """
    found: list[object] = []
    for path in paths:
        try:
            facts = path.stat()
            found.append((path, facts.st_mtime_ns, facts.st_size, facts.st_ino))
        except FileNotFoundError:
            found.append((path, 0, 0, 0))
    return tuple(found)
