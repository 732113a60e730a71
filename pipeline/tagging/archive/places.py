"""Where bytes come from: local files, and through fsspec whatever has "://" in its name.

fsspec is loaded for such names only.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from pipeline.errors import InputError, MissingExtraError
from pipeline.text.reading import list_inputs

TABLES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".parquet")
KINDS = (".txt", ".html", ".htm", *TABLES)


def is_remote(name: str) -> bool:
    """Whether a name is an address that fsspec resolves."""
    return "://" in name


def file_system(address: str) -> tuple[Any, str]:
    """The file system of an address, and its path there.

    Raises:
        MissingExtraError: fsspec, or what it needs for this kind of address, is not installed.
        InputError: there is no such kind of address.
    """
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415  an extra

        system, path = url_to_fs(address)
    except ImportError as error:
        raise MissingExtraError(
            f"{address}: needs {error.name or 'more than is installed'}; pip install 'threat-topics[cluster]' and what fsspec asks for such addresses"
        ) from None
    except ValueError as error:
        raise InputError(f"{address}: is no address that can be opened ({error}); check its beginning") from None
    return system, str(path)


def listed(names: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """For each name the files it stands for: itself, or all those of known kinds in that folder, sorted.

    Raises:
        InputError: there is no such file or folder, it holds nothing to read, the file is of no known kind, or is among
            those of another name too.
    """
    if not names:
        raise InputError("no input was named; name files or folders")
    found = [(name, _remote(name) if is_remote(name) else _local(name)) for name in names]
    if len(found) > 1:
        seen: set[str] = set()
        for name, inside in found:
            places = set(map(whole, inside))
            if not seen.isdisjoint(places):
                twice = min(seen & places)
                raise InputError(f"{name}: {twice} was named already; name each file once, by itself or by its folder")
            seen |= places
    return found


def _local(name: str) -> list[str]:
    path = Path(name)
    if not name or not path.exists():
        raise InputError(
            f"{name or 'an empty name'}: no such file or folder; check the spelling and the folder you are in"
        )
    found = [str(file) for file in list_inputs([path], KINDS)]
    for file in found:
        kind(file)
    return found


def _remote(address: str) -> list[str]:
    system, path = file_system(address)
    if system.isfile(path):
        kind(address)
        return [address]
    if not system.isdir(path):
        raise InputError(f"{address}: no such file or folder; check its spelling and your access to it")
    inside = []
    for file in system.find(path):
        parts = PurePosixPath(str(file).removeprefix(path).lstrip("/")).parts
        if not any(part.startswith(".") for part in parts) and parts[-1].lower().endswith(KINDS):
            inside.append(str(system.unstrip_protocol(file)))
    if not inside:
        raise InputError(f"{address}: no file to read in this folder; known kinds are: {', '.join(KINDS)}")
    return sorted(inside)


def kind(name: str) -> str:
    """What a file is by the ending of its name; one without an ending is plain text.

    Raises:
        InputError: it is of no known kind.

    >>> kind("news/2014.JSONL.gz"), kind("notes")
    ('.jsonl.gz', '.txt')
    """
    path = PurePosixPath(name)
    found = next((ending for ending in (*path.suffixes[-2:-1], "") if (ending + path.suffix).lower() in KINDS), None)
    if found is not None:
        return (found + path.suffix).lower()
    if not path.suffix:
        return ".txt"
    raise InputError(f"{name}: {path.suffix.lower()} files cannot be read; known kinds are: {', '.join(KINDS)}")


def stem(name: str) -> str:
    """A file's name without what says its kind, which ids begin with.

    >>> stem("news/2014.jsonl.gz"), stem("s3://bucket/a.b.txt")
    ('2014', 'a.b')
    """
    last = PurePosixPath(name).name
    ending = kind(name)
    return last[: -len(ending)] if last.lower().endswith(ending) else last


def whole(name: str) -> str:
    """The same place by a name that means the same to another process, wherever it stands."""
    return name if is_remote(name) else str(Path(name).absolute())


def opened(place: str, where: str) -> BinaryIO:
    """A file to read bytes from.

    Args:
        place: the file.
        where: what to call it in a message.

    Raises:
        InputError: it is gone or cannot be opened.
    """
    try:
        if not is_remote(place):
            path = Path(place)
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, and can be read once only
                raise InputError(f"{where}: is no file that can be read twice; save what it gives as a file")
            return path.open("rb")
        system, address = file_system(place)
        return cast("BinaryIO", system.open(address, "rb"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{where}: cannot be read ({reason}); check its permissions") from None


def lies_in(place: str, folder: str) -> bool:
    """Whether one local place is another or lies below it."""
    if is_remote(place) or is_remote(folder):
        return place.rstrip("/") == folder.rstrip("/") or place.startswith(folder.rstrip("/") + "/")
    inner, outer = os.path.realpath(place), os.path.realpath(folder)
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)
