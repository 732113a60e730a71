"""A run over an archive: plan it, claim the folder, do what is not done, and sum up.

Nothing here reads the clock: how fast it goes is for the caller of ``progress`` to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import InputError
from pipeline.files import canonical_json
from pipeline.learning.bulk import BulkScorer
from pipeline.learning.locate import load_model
from pipeline.learning.model import Model
from pipeline.tagging.archive.crews import Alone, Crew, Processes
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.places import is_remote, lies_in, listed
from pipeline.tagging.archive.plan import Plan
from pipeline.tagging.archive.planning import planned
from pipeline.tagging.archive.progress import Progress
from pipeline.tagging.archive.rows import kinds
from pipeline.tagging.archive.shards import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    PROGRESS,
    REJECTS,
    ROWS,
    Store,
    agree,
    claimed,
    done_name,
    manifest_bytes,
    remove_halves,
    shard_name,
    standing,
)
from pipeline.tagging.archive.work import Done, Worker, done_from, noted
from pipeline.tagging.tagger import model_facts


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """What came of a run.

    Attributes:
        out: the folder.
        shards: files of rows in it.
        articles: how many were tagged.
        paragraphs: rows.
        unsupported: of those, not judged: not English, or too short.
        rejects: records that could not be used; ``rejects.jsonl`` lists them.
        tags: topic -> paragraphs that have it.
    """

    out: str
    shards: int
    articles: int
    paragraphs: int
    unsupported: int
    rejects: int
    tags: dict[str, int]


def tag_archive(
    inputs: Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    model: Model | None = None,
    options: ArchiveOptions | None = None,
    *,
    workers: int = 1,
    dask: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ArchiveSummary:
    """Tag any number of articles into a folder of Parquet or JSON Lines shards, one row a paragraph.

    Content and bytes of the output depend on inputs, options and model alone. A call that was ended, however, is
    continued by the same call and loses at most the shards that were in hand.

    Args:
        inputs: files and folders of .txt, .html, .jsonl, .jsonl.gz, .csv, .csv.gz and .parquet, or addresses of them.
        out: the folder, new, empty or of an earlier call.
        model: ``None`` for the one ``load_model()`` finds.
        options: ``None`` for the defaults.
        workers: processes; more than one needs the caller's script under ``if __name__ == "__main__":``.
        dask: the address of a Dask scheduler whose workers do the work, or "local" to start ``workers`` of them here.
        progress: told how far the run is, each time a shard is done.

    Returns:
        The counts of the whole run, earlier calls included.

    Raises:
        InputError: an input is not there; ``out`` holds something else, or a run of other inputs, options or model.
        MissingExtraError: pyarrow, Dask, fsspec or trafilatura is needed and not installed.
        ModelError: no model was given and none is found.
    """
    names = tuple(os.fspath(name) for name in inputs)
    options = options or ArchiveOptions()
    model = model if model is not None else load_model()
    store = Store(os.fspath(out))
    columns = kinds(model.codebook.keys, options)
    if options.format == "parquet":
        import pipeline.tagging.archive.parquet  # noqa: F401, PLC0415  says at once if it is missing
    for name in names:
        if lies_in(store.place, name) or lies_in(name, store.place):
            raise InputError(f"{store.name}: and the input {name} lie in one another; name an --out elsewhere")
    found = listed(names)
    with _held(store), _crew(dask, workers) as crew:
        old = standing(store)
        identity: dict[str, Any] = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program": __version__,
            "model": model_facts(model),
            "options": options.to_dict(),
            "columns": list(columns),
        }
        agree(store, old, identity)  # now, since it takes a while to look at the inputs
        plan = planned(found, options, crew)
        identity |= {"inputs": plan.inputs, "shards": len(plan.partitions)}
        manifest = claimed(store, old, identity)
        if "outcome" not in manifest:
            worker = Worker(BulkScorer(model), options, store)
            done = _work(plan, worker, store, crew, options, progress or (lambda _: None))
            _check(store, plan, options)
            manifest = identity | {"outcome": _outcome(done, model.codebook.keys)}
            _finish(store, len(done), manifest)
        _check(store, plan, options)
        _clean(store)
    outcome = manifest["outcome"]
    tags = {key: outcome["tags"][key] for key in model.codebook.keys}  # in JSON they are sorted
    return ArchiveSummary(out=store.name, shards=len(plan.partitions), **outcome | {"tags": tags})


def _work(
    plan: Plan,
    worker: Worker,
    store: Store,
    crew: Crew,
    options: ArchiveOptions,
    progress: Callable[[Progress], None],
) -> list[Done]:
    """Make the shards that are not there; what came of all of them, in order."""
    found = dict.fromkeys(range(len(plan.partitions)), None) | _earlier(plan, store, options)
    state = Progress(plan.size, shards=len(plan.partitions))
    for done in found.values():
        if done is not None:
            _count(state, done)
    state.before = state.done
    progress(state)
    left = [partition for partition in plan.partitions if found[partition.number] is None]
    for done in crew.work(worker, left):
        found[done.number] = done
        _count(state, done)
        progress(state)
    return [done for done in found.values() if done is not None]


def _earlier(plan: Plan, store: Store, options: ArchiveOptions) -> dict[int, Done]:
    """What earlier calls have done."""
    there, noted_there = set(store.names(ROWS)), set(store.names(PROGRESS))
    found = {}
    for partition in plan.partitions:
        number = partition.number
        if Path(shard_name(number, options.format)).name in there and Path(done_name(number)).name in noted_there:
            note = noted(store, number)
            if note is not None:
                found[number] = done_from(number, note)
    return found


def _count(state: Progress, done: Done) -> None:
    state.done += done.size
    state.made += 1
    state.articles += done.articles
    state.paragraphs += done.paragraphs
    state.rejects += done.rejects


def _outcome(done: list[Done], keys: tuple[str, ...]) -> dict[str, Any]:
    counted = {
        what: sum(getattr(d, what) for d in done) for what in ("articles", "paragraphs", "unsupported", "rejects")
    }
    return counted | {"tags": {key: sum(d.tags[key] for d in done) for key in keys}}


def _finish(store: Store, shards: int, manifest: dict[str, Any]) -> None:
    """Write what is known only in the end: first the rejects, then that the run is complete."""
    notes = (noted(store, number) or {"rejects": []} for number in range(shards))
    store.write(REJECTS, (f"{canonical_json(reject)}\n".encode() for note in notes for reject in note["rejects"]))
    store.write(MANIFEST, [manifest_bytes(manifest)])


def _check(store: Store, plan: Plan, options: ArchiveOptions) -> None:
    """All shards are there, as they are not if workers write where this process does not look."""
    there = set(store.names(ROWS))
    for partition in plan.partitions:
        name = shard_name(partition.number, options.format)
        if Path(name).name not in there:
            raise InputError(
                f"{store.name}: {name} was made and is not there; name an --out that all workers share, or if it was "
                "removed, remove the folder and run again"
            )


def _clean(store: Store) -> None:
    for name in store.names(PROGRESS):
        store.remove(f"{PROGRESS}/{name}")
    if PROGRESS in store.names():
        store.remove(PROGRESS)
    remove_halves(store)


@contextmanager
def _crew(dask: str | None, workers: int) -> Iterator[Crew]:
    if workers < 1:
        raise InputError(f"workers: is {workers}; must be 1 or more")
    if dask is None:
        yield Processes(workers) if workers > 1 else Alone()
        return
    from pipeline.learning.cluster import connected  # noqa: PLC0415  loads Dask
    from pipeline.tagging.archive.cluster import Cluster  # noqa: PLC0415  the same

    with connected(dask, workers) as client:
        yield Cluster(client)


@contextmanager
def _held(store: Store) -> Iterator[None]:
    """Keep other runs of this machine out of a folder, for as long as this process lives."""
    if is_remote(store.place):
        yield
        return
    try:
        import fcntl  # noqa: PLC0415  not on every system
    except ImportError:
        yield
        return
    store.names()  # says so if it is a file
    try:
        Path(store.place).mkdir(parents=True, exist_ok=True)
        handle = os.open(store.place, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{store.name}: cannot be written ({error.strerror}); name another --out") from None
    try:
        with suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{store.name}: another run is at work there; wait for it or end it") from None
        yield
    finally:
        os.close(handle)
