"""What a run consists of: files, the pieces they are read in, and partitions of pieces, each of which makes one shard.

Data only: how files are cut into pieces is told in ``survey`` and ``parquet``, how pieces are read in ``sources``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST_PIECES = 1000  # of a partition; tiny files are many


@dataclass(frozen=True, slots=True)
class File:
    """One file of the inputs.

    Attributes:
        name: as a message calls it.
        place: where it is opened, from any process.
        kind: ".txt", ".jsonl.gz" and so on.
        sha256: of its bytes, hex; "" where it could not be read.
        header: names of a CSV's columns.
        delimiter: what divides them.
        wide: whether it is UTF-16, whose pieces count in the UTF-8 it is turned into.
        reason: why it, or the stretch of it that a piece names, cannot be used, a whole sentence, or "".
    """

    name: str
    place: str
    kind: str
    sha256: str = ""
    header: tuple[str, ...] = ()
    delimiter: str = ","
    wide: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one file.

    Attributes:
        file: the file.
        start: first byte, after unpacking; in Parquet the first row of its row group.
        stop: one past the last.
        line: number of the first line, or row of the file, from 1.
        size: bytes of input it stands for, about.
        group: the row group, in Parquet.
        take: most articles to use of it, ``None`` for all.
    """

    file: File
    start: int
    stop: int
    line: int
    size: int
    group: int = 0
    take: int | None = None


@dataclass(frozen=True, slots=True)
class Partition:
    """What makes one shard.

    Attributes:
        number: its place in the run, from 0.
        pieces: in order.
    """

    number: int
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes of input, about."""
        return sum(piece.size for piece in self.pieces)


@dataclass(slots=True)
class Plan:
    """All of a run.

    Attributes:
        partitions: in order; one at least.
        inputs: what each input held, plain JSON values, by which a run is known again.
    """

    partitions: list[Partition] = field(default_factory=list)
    inputs: list[dict[str, str | int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of input, about."""
        return sum(partition.size for partition in self.partitions)


def packed(pieces: Iterable[Piece], size: int) -> Iterator[Partition]:
    """Pieces in order, as many to a partition as fit into ``size`` bytes; one at least.

    >>> file = File("a", "a", ".txt")
    >>> parts = packed([Piece(file, 0, n, 1, n) for n in (3, 4, 9, 1)], 8)
    >>> [[piece.size for piece in part.pieces] for part in parts]
    [[3, 4], [9], [1]]
    """
    held: list[Piece] = []
    total = number = 0
    for piece in pieces:
        if held and (total + piece.size > size or len(held) == MOST_PIECES):
            yield Partition(number, tuple(held))
            held, total, number = [], 0, number + 1
        held.append(piece)
        total += piece.size
    if held or not number:
        yield Partition(number, tuple(held))
