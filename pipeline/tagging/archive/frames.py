"""Tables of records to tables of tagged paragraphs: the step that engines of other kinds can run on their partitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pandas as pd

from pipeline.errors import InputError
from pipeline.learning.bulk import BulkScorer
from pipeline.learning.model import Model
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.rows import kinds, rows
from pipeline.tagging.archive.sources import source
from pipeline.text.tables import BadRecordError, Table

_DTYPES = {"text": "object", "place": "int64", "number": "float64", "list": "object"}


def tag_frame(
    frame: pd.DataFrame,
    model: Model,
    options: ArchiveOptions | None = None,
    on_error: Callable[[InputError], None] | None = None,
) -> pd.DataFrame:
    """Tag a table of articles, one a row, into a table of paragraphs, with the columns and numbers of ``tag_archive``.

    Spark::

        def tag(frames):
            return (tag_frame(frame, model, options, print) for frame in frames)
        tagged = articles.mapInPandas(tag, schema)

    Ray::

        articles.map_batches(tag_frame, fn_args=[model, options, print], batch_format="pandas")

    Args:
        frame: with the options' columns of text and, best, id; a row without an id is called by its number in this
            frame, from "row-1", which other frames have too.
        model: the model.
        options: ``None`` for the defaults; ``limit``, ``format`` and ``shard_bytes`` do not count.
        on_error: told of each row that cannot be used, after which the others go on; ``None`` to stop at the first.

    Returns:
        One row a paragraph that is not furniture; probabilities are ``nan`` where nothing was judged.

    Raises:
        InputError: a row cannot be used, or there is no column of texts.
    """
    options = options or ArchiveOptions()
    table = Table("frame", "row", options.text, options.id)
    if options.text not in frame.columns:
        raise InputError(f"frame: {table.no_column([str(name) for name in frame.columns])}")
    wanted = [c for c in dict.fromkeys((options.text, options.id, options.title, options.date)) if c in frame.columns]
    cells = [
        [None if missing else value for value, missing in zip(frame[c].tolist(), frame[c].isna(), strict=True)]
        for c in wanted
    ]
    found = []
    for number, row in enumerate(zip(*cells, strict=True), 1):
        record = table.record(dict(zip(wanted, row, strict=True)), number)
        if not isinstance(record, BadRecordError):
            found.append(source(record, options))
        elif on_error is None:
            raise record
        else:
            on_error(record)
    made = rows(found, _scorer(model), options)
    types = {name: _DTYPES[kind] for name, kind in kinds(model.codebook.keys, options).items()}
    return pd.DataFrame(made.cells, columns=list(made.kinds)).astype(types)


@lru_cache(maxsize=1)
def _scorer(model: Model) -> BulkScorer:
    """Engines call once a batch; what is made of a model is kept from one to the next."""
    return BulkScorer(model)
