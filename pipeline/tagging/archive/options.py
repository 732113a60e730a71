"""What a run over an archive can be told. What decides its output is here; how fast it is made is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import RecipeError, unknown_key

FORMATS = ("parquet", "jsonl")
ROWS = ("articles", "paragraphs")
COLUMNS = ("text", "id", "title", "date")
EVIDENCE = ("none", "tags", "all")


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """What decides the output of a run, beside its inputs and the model.

    Attributes:
        text: key or column of the text in tables.
        id: key or column of the id there; where it is missing or blank the id is ``<stem>-<line>``.
        title: key or column of a title that is carried into the output and not judged; "" for no such column.
        date: the same of a date. In text and web pages both are what the furniture tells.
        rows: whether a record, or file, is one of the "articles", split as everywhere, or of "paragraphs" split already.
        limit: most articles of the whole run, the first ones that can be read; ``None`` for all.
        evidence: "none"; of the "tags" and what is left for review; of "all" topics.
        with_text: whether the paragraphs' texts are in the output; ids and offsets always are.
        format: "parquet" or "jsonl".
        shard_bytes: so many bytes of input make a shard, about; less where a run is to lose less when it is killed.
    """

    text: str = "text"
    id: str = "id"
    title: str = ""
    date: str = ""
    rows: str = "articles"
    limit: int | None = None
    evidence: str = "none"
    with_text: bool = False
    format: str = "parquet"
    shard_bytes: int = 4 << 20

    def __post_init__(self) -> None:
        for key, legal in (("format", FORMATS), ("rows", ROWS), ("evidence", EVIDENCE)):
            if getattr(self, key) not in legal:
                raise RecipeError(f"{key}: is {getattr(self, key)!r}; must be one of: {', '.join(legal)}")
        if not self.text:
            raise RecipeError("text: is empty; name the column that holds the text")
        for key in ("limit", "shard_bytes"):
            value = getattr(self, key)
            if value is not None and (type(value) is not int or value < 1):
                raise RecipeError(f"{key}: is {value!r}; must be a whole number of 1 or more")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def columns_from_text(text: str) -> Mapping[str, str]:
    """Which columns are meant by "text=body,id=url".

    Raises:
        RecipeError: it is of another form, or names what no column can be for.

    >>> columns_from_text("text=body, id=url")
    {'text': 'body', 'id': 'url'}
    """
    found = {}
    for part in text.split(","):
        key, sign, name = (piece.strip() for piece in part.partition("="))
        if not sign or not name:
            raise RecipeError(f"columns: {part.strip()!r} is no pair; write them as text=body,id=url")
        if key not in COLUMNS:
            raise RecipeError(unknown_key("columns", key, COLUMNS))
        found[key] = name
    return found
