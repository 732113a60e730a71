"""The folder a run writes: shards that are there whole or not at all, and what is known of each.

OUT holds ``rows/part-00000.parquet`` ... (and nothing else in ``rows/``, so that any reader takes the folder as one table), ``manifest.json`` (what was asked of which inputs; in the end what came of it) and,
in the end, ``rejects.jsonl``. While the run is under way ``progress/`` has a file of counts and rejects for each shard
that is done: what is listed there is never made again. A name that begins with a dot is a file being written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import canonical_json, write_whole
from pipeline.tagging.archive.places import file_system, is_remote, whole

MANIFEST, REJECTS, PROGRESS, ROWS = "manifest.json", "rejects.jsonl", "progress", "rows"
FORMAT, FORMAT_VERSION = "threat-topics archive", 1
_OURS = {
    "": re.compile(r"manifest\.json|rejects\.jsonl|progress|rows"),
    ROWS: re.compile(r"part-\d{5,}\.(?:parquet|jsonl)"),
    PROGRESS: re.compile(r"\d{5,}\.json"),
}
_HALF = re.compile(rf"\.(?:{'|'.join(pattern.pattern for pattern in _OURS.values())})\.[\w-]+")
_ELSE = "name another --out, or remove this one"


class Store:
    """Files of one folder, local or behind an address, each written whole or not at all.

    Args:
        name: the folder.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.place = whole(name)

    def write(self, name: str, data: Iterable[bytes]) -> None:
        """Write a file, of parts one after another, under a name that shows it only when it is whole.

        Raises:
            InputError: nothing can be written there.
        """
        try:
            if is_remote(self.place):
                self._send(name, data)
            else:
                write_whole(Path(self.place, name), data)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"{self.name}/{name}: cannot be written ({reason}); make room or name another --out, then continue by the same call") from None  # fmt: skip

    def read(self, name: str) -> bytes | None:
        """A file's bytes, ``None`` if there is none."""
        try:
            if is_remote(self.place):
                system, path = file_system(f"{self.place.rstrip('/')}/{name}")
                return bytes(system.cat_file(path))
            return Path(self.place, name).read_bytes()
        except FileNotFoundError:
            return None
        except IsADirectoryError:
            raise InputError(f"{self.name}: holds {name!r} as a folder, which is no part of a run; {_ELSE}") from None

    def names(self, folder: str = "") -> list[str]:
        """Names of what lies in the folder or one of its folders, sorted; none if it is not there.

        Raises:
            InputError: it is a file.
        """
        try:
            if is_remote(self.place):
                system, path = file_system(f"{self.place.rstrip('/')}/{folder}".rstrip("/"))
                system.invalidate_cache()
                return sorted(str(found).rstrip("/").rpartition("/")[2] for found in system.ls(path, detail=False))
            return sorted(found.name for found in Path(self.place, folder).iterdir())
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            raise InputError(f"{self.name}: is a file, a folder is needed; name another --out") from None

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with nothing in it; it may be gone."""
        if is_remote(self.place):
            system, there = file_system(f"{self.place.rstrip('/')}/{name}")
            if system.exists(there):
                system.rm(there, recursive=True)
            return
        path = Path(self.place, name)
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)

    def _send(self, name: str, data: Iterable[bytes]) -> None:
        system, path = file_system(f"{self.place.rstrip('/')}/{name}")
        folder, _, last = path.rpartition("/")
        system.makedirs(folder, exist_ok=True)
        half = f"{folder}/.{last}.{os.getpid()}"
        with system.open(half, "wb") as stream:
            for part in data:
                stream.write(part)
        system.mv(half, path)


def standing(store: Store) -> dict[str, Any] | None:
    """The manifest of the run whose folder this is, ``None`` where it is nobody's yet.

    Raises:
        InputError: the folder holds something else.
    """
    for folder, ours in _OURS.items():
        for name in store.names(folder) if not folder or folder in store.names() else ():
            if not ours.fullmatch(name) and not _HALF.fullmatch(name):
                raise InputError(
                    f"{store.name}: holds {f'{folder}/{name}'.lstrip('/')!r}, which is no part of a run; "
                    "name an empty or new folder"
                )
    data = store.read(MANIFEST)
    if data is None:
        if any(_OURS[""].fullmatch(name) for name in store.names()):
            raise InputError(f"{store.name}: holds parts of a run without its {MANIFEST}; {_ELSE}")
        return None
    try:
        manifest = json.loads(data)
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{store.name}: its {MANIFEST} is no run's; {_ELSE}")
    return manifest


def claimed(store: Store, old: dict[str, Any] | None, identity: dict[str, Any]) -> dict[str, Any]:
    """Make a folder the run's, or find that it is; what a killed run left half-written is removed.

    Args:
        store: the folder.
        old: what ``standing`` found there.
        identity: what decides the output, plain JSON values.

    Returns:
        The manifest as it stands.

    Raises:
        InputError: the folder holds a run that differs.
    """
    agree(store, old, identity)
    remove_halves(store)
    if old is None:
        store.write(MANIFEST, [manifest_bytes(identity)])
        return identity
    return old


def remove_halves(store: Store) -> None:
    """Remove what a killed process left half-written."""
    for folder in _OURS:
        for name in store.names(folder):
            if _HALF.fullmatch(name):
                store.remove(f"{folder}/{name}".lstrip("/"))


def agree(store: Store, old: dict[str, Any] | None, new: dict[str, Any]) -> None:
    """Refuse to go on with a run that differs in what is asked now.

    Args:
        store: the folder.
        old: its manifest; ``None`` agrees with all.
        new: what decides the output, or some of it.

    Raises:
        InputError: says what differs.
    """
    if old is None:
        return
    for key, asked in json.loads(canonical_json(new)).items():
        if old.get(key) != asked:
            what, before, now = _difference(key, old.get(key), asked)
            raise InputError(
                f"{store.name}: holds a run of other {what} ({_short(before)} there, {_short(now)} now); {_ELSE}"
            )


def _difference(what: str, before: Any, now: Any) -> tuple[str, Any, Any]:
    """Where two values differ, and how."""
    if isinstance(now, dict) and isinstance(before, dict):
        key = next(key for key in sorted({*now, *before}) if now.get(key) != before.get(key))
        return f"{what}: {key}", before.get(key), now.get(key)
    if isinstance(now, list) and isinstance(before, list):
        return (what, *next((a, b) for a, b in zip_longest(before, now) if a != b))
    return what, before, now


def _short(value: object) -> str:
    shown = canonical_json(value)
    return shown if len(shown) <= 200 else f"{shown[:200]}..."


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    """The manifest as it is stored."""
    return (canonical_json(manifest, indent=1) + "\n").encode()


def shard_name(number: int, ending: str) -> str:
    """The name of a shard.

    >>> shard_name(7, "parquet")
    'rows/part-00007.parquet'
    """
    return f"{ROWS}/part-{number:05d}.{ending}"


def done_name(number: int) -> str:
    """Where it is kept that a shard is done."""
    return f"{PROGRESS}/{number:05d}.json"
