"""Labels and codebook of different ages: what was judged under a newer codebook, and what a changed decision asks again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.annotation.annotations import Annotation
from pipeline.annotation.codebook import Codebook
from pipeline.project import MARK
from pipeline.text.articles import Article


def outdated(
    live: Mapping[str, Annotation], codebook: Codebook, articles: Mapping[str, Article]
) -> Iterator[tuple[str, str]]:
    """Yield (``file:line``, what and what to do) for each label line of another age than the codebook.

    A line judged under a newer codebook is named as a whole. One judged before a decision changed is named where it
    judges the topic of the change and its paragraph holds a word the change names.

    Args:
        live: lines that still say something, by ``file:line``.
        codebook: the present one.
        articles: those that can be read.
    """
    file = MARK.as_posix()
    for where, annotation in live.items():
        if annotation.codebook > codebook.version:
            yield (
                where,
                (
                    f"codebook: was judged under version {annotation.codebook}, {file} has version {codebook.version}; "
                    "fetch the newer codebook, or judge the paragraph again"
                ),
            )
        article = articles.get(annotation.article)
        text = article.text[annotation.start : annotation.end].lower() if article else ""
        for change in codebook.changes:
            judged = change.topic in annotation.known and annotation.codebook < change.version
            if judged and any(re.search(rf"\b{re.escape(word.lower())}", text) for word in change.again):
                yield (
                    where,
                    (
                        f"{change.topic}: was judged under codebook version {annotation.codebook}, since version "
                        f"{change.version}: {change.what}; judge article {annotation.article}, characters "
                        f"{annotation.start}-{annotation.end} again and import the sheet"
                    ),
                )
