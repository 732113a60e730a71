"""From inputs to the plan of a run: their files surveyed, cut, and packed into partitions, as far as a limit allows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.files import canonical_json
from pipeline.tagging.archive.crews import Crew
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.plan import Piece, Plan, packed
from pipeline.tagging.archive.sources import Reader, Reject, characters


def planned(found: list[tuple[str, list[str]]], options: ArchiveOptions, crew: Crew) -> Plan:
    """Everything there is to do, and by what the inputs are known again.

    Args:
        found: for each input, as a person named it, its files.
        options: the run's.
        crew: who surveys the files.

    Raises:
        MissingExtraError: a file is of a kind that needs an extra.
    """
    names = [name for name, _ in found]
    digests = {name: hashlib.sha256() for name in names}
    counted = dict.fromkeys(names, 0)

    def pieces() -> Iterator[Piece]:
        files = [(name, file) for name, inside in found for file in inside]
        for (name, file), cut in zip(files, crew.survey((file for _, file in files), options), strict=False):
            sha256 = cut[0].file.sha256 if cut else ""
            digests[name].update(canonical_json([file, sha256]).encode("utf-8", "surrogatepass"))
            counted[name] += 1
            yield from cut

    partitions = list(packed(_limited(pieces(), options), options.shard_bytes))
    return Plan(
        partitions, [{"name": characters(n), "files": counted[n], "sha256": digests[n].hexdigest()} for n in counted]
    )


def _limited(pieces: Iterable[Piece], options: ArchiveOptions) -> Iterator[Piece]:
    """The pieces that hold the first articles, as many as are wanted."""
    if options.limit is None:
        yield from pieces
        return
    left = options.limit
    reader = Reader(options)
    for piece in pieces:
        usable = sum(not isinstance(found, Reject) for found in reader.records(replace(piece, take=left)))
        yield replace(piece, take=usable if usable == left else None)
        left -= usable
        if not left:
            break
    reader.close()
