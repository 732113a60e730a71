"""Tags of many articles as one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.learning.locate import load_model
from pipeline.learning.model import Model
from pipeline.tagging.output import columns, table_rows
from pipeline.tagging.tagger import tag_article
from pipeline.text.articles import Article, article_from_text


def tag_articles(articles: Iterable[str | Article], model: Model | None = None) -> pd.DataFrame:
    """Tag articles into a table with one row a paragraph.

    Args:
        articles: texts, or articles that were read; a text without an id is numbered from "text-1".
        model: ``None`` for the one ``load_model()`` finds.

    Returns:
        Columns ``id``, ``article_id``, ``start``, ``end``, ``kind``, ``text``, ``unsupported``, one column a topic with
        its probability (``nan`` where unsupported), ``topics``, the tags, and ``review``, the topics left for a person
        to review, both strongest first and joined by spaces.
    """
    model = model if model is not None else load_model()
    rows: list[list[Any]] = []
    for number, given in enumerate(articles, 1):
        article = article_from_text(given, f"text-{number}") if isinstance(given, str) else given
        rows += table_rows(tag_article(article, model))
    return pd.DataFrame(rows, columns=columns(model.codebook.keys)).astype(dict.fromkeys(model.codebook.keys, float))
