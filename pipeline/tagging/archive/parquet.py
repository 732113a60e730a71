"""Parquet: where it can be cut, its records, and tables written as its bytes. The only file that loads pyarrow.

pyarrow is loaded when this file is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import InputError, MissingExtraError
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.places import opened
from pipeline.tagging.archive.plan import File, Piece
from pipeline.tagging.archive.streams import changed
from pipeline.text.tables import BadRecordError, Table

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    raise MissingExtraError("Parquet needs pyarrow; pip install 'threat-topics[fast]'") from None

_BUFFER = 1 << 20
_DAMAGE = (pa.ArrowException, OSError)


def cut(file: File, options: ArchiveOptions) -> list[Piece]:
    """Pieces of a file: its row groups, large ones in several.

    Raises:
        InputError: it is no Parquet, or lacks the text's column.
    """
    try:
        with opened(file.place, file.name) as stream, pq.ParquetFile(stream) as parquet:
            facts, names = parquet.metadata, list(parquet.schema_arrow.names)
            groups = [facts.row_group(i) for i in range(facts.num_row_groups)]
            sizes = [_size(group, options.text) for group in groups]
            rows = [int(group.num_rows) for group in groups]
    except _DAMAGE:
        raise InputError(f"{file.name}: is no Parquet file, or a broken one; write it anew") from None
    if options.text not in names:
        raise InputError(f"{file.name}: {Table(file.name, '', options.text).no_column(names)}")
    pieces = []
    before = 1
    for number, (size, length) in enumerate(zip(sizes, rows, strict=True)):
        parts = max(1, -(-size // options.shard_bytes))
        step = max(1, -(-length // parts))
        for start in range(0, length, step):
            stop = min(length, start + step)
            pieces.append(Piece(file, start, stop, before + start, size * (stop - start) // length, number))
        before += length
    return pieces or [Piece(file, 0, 0, 1, 0)]


def _size(group: pq.RowGroupMetaData, text: str) -> int:
    """Bytes of the text's column, unpacked."""
    columns = [group.column(i) for i in range(group.num_columns)]
    return sum(int(c.total_uncompressed_size) for c in columns if c.path_in_schema.partition(".")[0] == text)


class RowCursor:
    """Reads stretches of rows; quickest if they are asked for in order. Not to be shared by threads."""

    def __init__(self) -> None:
        self._at: tuple[File, int] | None = None
        self._parquet: pq.ParquetFile | None = None
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._held: pa.RecordBatch | None = None
        self._place = 0

    def rows(self, piece: Piece, columns: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The rows of a piece with their numbers in the file.

        Args:
            piece: the piece.
            columns: names; those the file has not are left out.

        Raises:
            BadRecordError: the rows from there on cannot be read.
        """
        number = piece.line
        if self._at != (piece.file, piece.group) or self._place > piece.start:
            self._enter(piece, columns)
        while number < piece.line + piece.stop - piece.start:
            try:
                batch = self._next(piece)
                found = batch.to_pylist()
            except (*_DAMAGE, ValueError):
                self.close()
                last = piece.line + piece.stop - piece.start - 1
                what = f"rows {number} to {last} cannot be read, the Parquet file is broken there; write it anew"
                raise BadRecordError(piece.file.name, number, what) from None
            for row in found:
                yield number, row
                number += 1

    def close(self) -> None:
        """Let go of the open file."""
        if self._parquet is not None:
            self._parquet.close(force=True)
        self._at, self._parquet, self._held, self._place = None, None, None, 0

    def _enter(self, piece: Piece, columns: tuple[str, ...]) -> None:
        self.close()
        stream = opened(piece.file.place, piece.file.name)
        try:
            self._parquet = pq.ParquetFile(stream, buffer_size=_BUFFER)
        except _DAMAGE:
            stream.close()
            raise changed(piece.file.name) from None
        names = set(self._parquet.schema_arrow.names)
        self._batches = self._parquet.iter_batches(
            batch_size=max(1, piece.stop - piece.start),
            row_groups=[piece.group],
            columns=[name for name in columns if name in names],
        )
        self._at = piece.file, piece.group

    def _next(self, piece: Piece) -> pa.RecordBatch:
        """The rows that follow, as many of the piece as one batch has."""
        while True:
            batch = self._held if self._held is not None else next(self._batches, None)
            if batch is None:
                raise changed(piece.file.name)
            skipped = min(batch.num_rows, max(0, piece.start - self._place))
            used = min(batch.num_rows, piece.stop - self._place)
            self._held = batch.slice(used) if used < batch.num_rows else None
            self._place += used
            if used > skipped:
                return batch.slice(skipped, used - skipped)


def written(columns: Mapping[str, tuple[str, list[Any]]], facts: Mapping[str, str]) -> bytes:
    """A table as the bytes of a Parquet file; the same table and pyarrow give the same bytes.

    Args:
        columns: name -> its kind ("text", "number", "place" or "list") and its cells.
        facts: goes into the schema's metadata.
    """
    kinds = {"text": pa.string(), "number": pa.float64(), "place": pa.int64(), "list": pa.list_(pa.string())}
    schema = pa.schema([pa.field(name, kinds[kind]) for name, (kind, _) in columns.items()], metadata=dict(facts))
    arrays = [pa.array(cells, field.type) for (_, cells), field in zip(columns.values(), schema, strict=True)]
    sink = io.BytesIO()
    table = pa.Table.from_arrays(arrays, schema=schema)
    repeated = [
        name for name, (kind, _) in columns.items() if kind == "list" or name in {"article_id", "kind", "unsupported"}
    ]
    pq.write_table(table, sink, compression="zstd", use_dictionary=repeated or False)
    return sink.getvalue()
