"""The work on one partition: read, tag, write the shard, then note that it is done. Runs in any process.

Which partitions there are, and who works on which, is the business of ``run``.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.files import canonical_json
from pipeline.learning.bulk import BulkScorer
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.plan import Partition
from pipeline.tagging.archive.rows import Rows, rows
from pipeline.tagging.archive.shards import Store, done_name, shard_name
from pipeline.tagging.archive.sources import Reader, Reject, source
from pipeline.tagging.tagger import model_facts


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one partition.

    Attributes:
        number: the partition's.
        size: bytes of its input, about.
        articles: how many were tagged.
        paragraphs: rows of the shard.
        unsupported: of those, not judged.
        rejects: records that could not be used.
        tags: topic -> paragraphs that have it.
    """

    number: int
    size: int
    articles: int
    paragraphs: int
    unsupported: int
    rejects: int
    tags: dict[str, int]


class Worker:
    """Everything that work on partitions needs; goes to another process once, by value, with the model in it.

    Args:
        scorer: scores by the model.
        options: the run's.
        store: where shards go.
    """

    def __init__(self, scorer: BulkScorer, options: ArchiveOptions, store: Store) -> None:
        self._parts = scorer, options, store
        self._own = threading.local()  # an open file belongs to one thread

    def __reduce__(self) -> tuple[type[Worker], tuple[BulkScorer, ArchiveOptions, Store]]:
        return Worker, self._parts

    @property
    def identity(self) -> str:
        """What tells one run's worker from another's."""
        scorer, options, store = self._parts
        return canonical_json([scorer.model.sha256, options.to_dict(), store.place])

    def work(self, partition: Partition) -> Done:
        """Make a partition's shard, whatever was made of it before."""
        scorer, options, store = self._parts
        reader = self._reader()
        sources, rejects = [], []
        for piece in partition.pieces:
            for found in reader.records(piece):
                if isinstance(found, Reject):
                    rejects.append(asdict(found))
                else:
                    sources.append(source(found, options))
        made = rows(sources, scorer, options)
        store.write(shard_name(partition.number, options.format), [_shard(made, options, scorer)])
        facts = {"articles": made.articles, "paragraphs": len(made), "unsupported": made.unsupported, "tags": made.tags}
        note = {"size": partition.size, **facts, "rejects": rejects}
        store.write(done_name(partition.number), [canonical_json(note).encode("utf-8", "replace")])
        return done_from(partition.number, note)

    def close(self) -> None:
        """Let go of this thread's open files."""
        reader = getattr(self._own, "reader", None)
        if reader is not None:
            reader.close()

    def _reader(self) -> Reader:
        if not hasattr(self._own, "reader"):
            self._own.reader = Reader(self._parts[1])
        reader: Reader = self._own.reader
        return reader


def done_from(number: int, note: dict[str, Any]) -> Done:
    """What was noted of a shard."""
    return Done(
        number,
        note["size"],
        articles=note["articles"],
        paragraphs=note["paragraphs"],
        unsupported=note["unsupported"],
        rejects=len(note["rejects"]),
        tags=note["tags"],
    )


def noted(store: Store, number: int) -> dict[str, Any] | None:
    """What was noted of a shard that is done, rejects and all; ``None`` if it is not."""
    data = store.read(done_name(number))
    note: dict[str, Any] | None = None if data is None else json.loads(data)
    return note


def _shard(made: Rows, options: ArchiveOptions, scorer: BulkScorer) -> bytes:
    if options.format == "jsonl":
        return "".join(line + "\n" for line in made.json_lines()).encode("utf-8", "replace")
    from pipeline.tagging.archive.parquet import written  # noqa: PLC0415  loads pyarrow

    columns = {name: (kind, made.cells[name]) for name, kind in made.kinds.items()}
    return written(columns, {f"threat_topics.{key}": value for key, value in model_facts(scorer.model).items()})
