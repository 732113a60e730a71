"""Bytes in and out: whole-or-nothing writes, JSON in one canonical form, JSON Lines with line numbers, hashes.

Does not know what any file means: encodings of articles live in ``text``, label lines in ``annotation``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, RLock
from typing import Any, BinaryIO

from pipeline.errors import InputError, PipelineError

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # not on Windows
    flock = None  # type: ignore[assignment]


def sha256_text(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes of ``text``."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(value: object, *, indent: int | None = None) -> str:
    """JSON with sorted keys and nothing left to chance, so that equal values give equal bytes.

    >>> canonical_json({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, indent=indent, separators=separators)


def read_bytes(path: Path) -> bytes:
    """A file's bytes; a missing file or a folder is an ``InputError`` that names it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the spelling and the folder you are in") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder, a file is needed") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None


def read_utf8(path: Path, kind: type[PipelineError] = InputError) -> str:
    """A file of our own making as text; a BOM is dropped, other encodings are refused with the line."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise kind(f"{path}:{line}: is not UTF-8 text; save the file as UTF-8") from None


def read_toml(path: Path, kind: type[PipelineError]) -> dict[str, Any]:
    """A TOML file as a dict; a syntax error becomes ``kind`` with the parser's own line and column."""
    try:
        return tomllib.loads(read_utf8(path, kind))
    except tomllib.TOMLDecodeError as error:
        raise kind(f"{path}: is not valid TOML: {error}; mend the line it names") from None


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _is_writable(value: object) -> bool:
    """Whether UTF-8 can carry all texts in a decoded value."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def read_jsonl(
    path: Path, kind: type[PipelineError] = InputError, *, about: str = ""
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(line number from 1, object)`` of a JSON Lines file; blank lines are passed over.

    Args:
        path: the file.
        kind: class of the errors.
        about: lines in which this text cannot occur are passed over unread, which is fast; others may still come.

    Raises:
        PipelineError: of class ``kind`` with ``file:line`` when a line is not a JSON object. A broken last
            line without its newline (a crash while appending) is told apart from other damage.
    """
    text = read_utf8(path, kind)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        # A string of JSON shows its characters as they are or behind a backslash.
        if not line.strip() or (about not in line and "\\" not in line):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            if number == len(lines):
                cure = (
                    "the last line is cut off, as after a crash while appending; delete that line and do its work again"
                )
            else:
                cure = "is not JSON; mend or delete the line"
            raise kind(f"{path}:{number}: {cure}") from None
        if not isinstance(record, dict):
            raise kind(f"{path}:{number}: is JSON but not an object {{...}}; write one object a line")
        if _HALF.search(line) and not _is_writable(record):
            raise kind(
                f"{path}:{number}: holds half a character (an escape such as \\ud83d alone), which no file can keep; take it out"
            )
        yield number, record


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a whole file or leave the old one: a temporary file beside it, flushed to disk, then renamed.

    Raises:
        OSError: nothing can be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text as a whole file of UTF-8, or leave the old one.

    Raises:
        InputError: nothing can be written there.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder, a file is to be written there; name a file")
    try:
        write_whole(path, [text.encode("utf-8")])
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another place") from None


@dataclass(slots=True)
class _Held:
    """Who among the threads of this process holds a file, how often, and the stream whose lock keeps others out."""

    thread: RLock = field(default_factory=RLock)
    depth: int = 0
    stream: BinaryIO | None = None


_HELD: dict[Path, _Held] = {}
_HELD_LOCK = Lock()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A block that one thread of one process at a time is in, for each path; a thread may enter it again inside.

    The lock lies on the file itself, which is made if it is missing, and ends with the process whatever ends that.
    Where the machine has no such locks it keeps out the threads of this process alone.

    Raises:
        InputError: the file cannot be made or locked.
    """
    with _HELD_LOCK:
        held = _HELD.setdefault(path.absolute(), _Held())
    with held.thread:
        if held.depth == 0:
            held.stream = _lock(path)
        held.depth += 1
        try:
            yield
        finally:
            held.depth -= 1
            if held.depth == 0 and held.stream is not None:
                held.stream.close()
                held.stream = None


def _lock(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("ab")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); check its permissions and its folder"
        ) from None
    try:
        if flock is not None:
            flock(stream, LOCK_EX)
    except OSError as error:
        stream.close()
        raise InputError(f"{path}: cannot be locked ({error.strerror}); keep it on a disk that knows locks") from None
    except BaseException:
        stream.close()
        raise
    return stream


def append_jsonl(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Append records, one line each, and return once they are on disk; one writer at a time.

    A file whose last line is cut off is refused rather than grown on to: the new record would be lost in the broken one.
    A whole line that lacks nothing but its newline, as some editors leave it, is given one. Where there is no room for all of them, the file stays as it was.

    Raises:
        InputError: the last line is cut off, or the file cannot be made or locked.
        OSError: the disk is full or broken; names the file.
    """
    lines = "".join(canonical_json(record) + "\n" for record in records).encode("utf-8")
    with locked(path), path.open("a+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.seek(0)
                if not _is_record(stream.read().rpartition(b"\n")[2]):
                    raise InputError(
                        f"{path}: the last line is cut off, as after a crash while appending; "
                        "delete that line, then append again"
                    )
                lines = b"\n" + lines
        try:
            _write(stream.fileno(), lines)
        except OSError as error:
            os.ftruncate(stream.fileno(), size)
            raise OSError(error.errno, error.strerror, str(path)) from None


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _write(handle: int, data: bytes) -> None:
    """All of the bytes, on disk; past Python's own buffer, which a full disk would be sent once more on closing."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder that appears under ``path`` whole or not at all; an older one of that name is replaced.

    Raises:
        InputError: ``path`` is a file.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file, a folder is to be made there; name another place")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield temporary
        temporary.chmod(0o755)
        old = None
        if path.exists():
            old = path.with_name(f".{path.name}.old")
            shutil.rmtree(old, ignore_errors=True)
            path.replace(old)
        temporary.replace(path)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
