"""The only join: settled judgements meet the paragraphs they were made on.

A judgement whose paragraph is gone, changed or furniture is refused by name, never moved to a text nobody judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.annotations import read_labels, settle
from pipeline.annotation.codebook import Codebook, load_codebook
from pipeline.annotation.corpus import misfit, project_corpus
from pipeline.errors import LabelError
from pipeline.files import canonical_json, sha256_text
from pipeline.project import Project
from pipeline.text.paragraphs import Paragraph

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Judged paragraphs: n rows, k topics, in the order of article id and place.

    Attributes:
        codebook: the topics; column j is ``codebook.keys[j]``.
        articles: ids of the articles that have rows, sorted.
        paragraphs: n paragraphs, each judged for one topic or more.
        Y: bool of shape (n, k), whether the paragraph has the topic; ``False`` where not known.
        known: bool of shape (n, k), whether that was judged.
        groups: ints of shape (n,), places in ``articles``.
        weight: float64 of shape (n,).
        fingerprint: hex SHA-256 over everything that decides what is learnt.
        where: n times ``file:line``, the label line that settled the first of the row's topics.
    """

    codebook: Codebook
    articles: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    Y: Array
    known: Array
    groups: Array
    weight: Array
    fingerprint: str
    where: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The n texts."""
        return [paragraph.text for paragraph in self.paragraphs]


@dataclass(frozen=True, slots=True)
class _Row:
    paragraph: Paragraph
    cells: dict[str, bool]
    weight: float
    where: str


def load_dataset(project: Project, *, shipped: Project | None = None, own_weight: float = 1.0) -> Dataset:
    """Join the labels of a project with its articles.

    Args:
        project: gives codebook, labels and articles.
        shipped: a project whose judged paragraphs are added with weight 1. Its topics are matched by key; those the
            project's codebook lacks are dropped, those it adds are unknown. The project itself adds nothing.
        own_weight: weight of the project's own paragraphs where others are added; without others every weight is 1.

    Raises:
        LabelError: a label file is broken, a judgement does not fit its text, or an article id occurs in both.
        InputError: an article cannot be read.
    """
    codebook = load_codebook(project.codebook)
    if shipped is None or shipped.root.resolve() == project.root.resolve():
        return _dataset(codebook, list(_rows(project, codebook.keys, weight=1.0)))
    own = list(_rows(project, codebook.keys, weight=own_weight))
    try:
        added = list(_rows(shipped, codebook.keys, weight=1.0, prefix="shipped "))
    except LabelError as error:
        raise LabelError(f"shipped project: {error}") from None
    if clash := {row.paragraph.article_id for row in own} & {row.paragraph.article_id for row in added}:
        raise LabelError(
            f"article {min(clash)!r}: is in the project and among the shipped articles; rename the project's file in "
            "data/articles, and the article in its label lines"
        )
    return _dataset(codebook, own + added)


def _rows(project: Project, keys: tuple[str, ...], *, weight: float, prefix: str = "") -> Iterator[_Row]:
    """The settled paragraphs of one project that are judged for one of ``keys`` or more."""
    settled = settle(*read_labels(project, load_codebook(project.codebook).keys))
    articles = project_corpus(project)
    for span, said in settled.items():
        for where, sha in dict.fromkeys(
            (j.where, j.annotation.sha) for judgements in said.values() for j in judgements
        ):
            if wrong := misfit(articles, *span, sha):
                raise LabelError(f"{where}: {wrong}")
        cells = {key: said[key][0].value for key in keys if key in said}
        if cells:
            article, start, end = span
            paragraph = next(p for p in articles[article].paragraphs if (p.start, p.end) == (start, end))
            yield _Row(paragraph, cells, weight, f"{prefix}{said[next(iter(cells))][0].where}")


def _dataset(codebook: Codebook, rows: list[_Row]) -> Dataset:
    rows.sort(key=lambda row: (row.paragraph.article_id, row.paragraph.start))
    shape = len(rows), len(codebook.keys)
    articles = tuple(sorted({row.paragraph.article_id for row in rows}))
    number = {article: i for i, article in enumerate(articles)}
    cells = [[row.cells.get(key) for key in codebook.keys] for row in rows]  # None where not judged
    facts = [[r.paragraph.id, r.paragraph.text, c, r.weight] for r, c in zip(rows, cells, strict=True)]
    return Dataset(
        codebook=codebook,
        articles=articles,
        paragraphs=tuple(row.paragraph for row in rows),
        Y=np.array([[cell is True for cell in line] for line in cells], dtype=bool).reshape(shape),
        known=np.array([[cell is not None for cell in line] for line in cells], dtype=bool).reshape(shape),
        groups=np.array([number[row.paragraph.article_id] for row in rows], dtype=np.int64),
        weight=np.array([row.weight for row in rows], dtype=np.float64),
        fingerprint=sha256_text(canonical_json({"topics": codebook.keys, "rows": facts})),
        where=tuple(row.where for row in rows),
    )


def some_articles(dataset: Dataset, paragraphs: int, seed: int) -> Dataset:
    """Whole articles in a drawn order, until they hold so many paragraphs; for learning curves.

    Args:
        dataset: to draw from.
        paragraphs: least number of paragraphs; 0, or as many as there are, for all.
        seed: seed of the order; more paragraphs by the same seed hold all of the fewer.
    """
    if not 0 < paragraphs < len(dataset.paragraphs):
        return dataset
    order = np.random.default_rng(seed).permutation(len(dataset.articles))
    sizes = np.bincount(dataset.groups, minlength=len(dataset.articles))[order]
    kept = set(order[: int(np.searchsorted(np.cumsum(sizes), paragraphs)) + 1].tolist())
    rows = [_row_of(dataset, i) for i in range(len(dataset.paragraphs)) if int(dataset.groups[i]) in kept]
    return _dataset(dataset.codebook, rows)


def _row_of(dataset: Dataset, i: int) -> _Row:
    keys = dataset.codebook.keys
    cells = {key: bool(y) for key, y, k in zip(keys, dataset.Y[i], dataset.known[i], strict=True) if k}
    return _Row(dataset.paragraphs[i], cells, float(dataset.weight[i]), dataset.where[i])
