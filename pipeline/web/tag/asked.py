"""From what was asked to tagged articles: limits, ids, thresholds of the asker's own. Knows no route and no format."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.errors import InputError, unknown_key
from pipeline.learning.model import Model
from pipeline.tagging.tagger import TaggedArticle, tag_article
from pipeline.text.articles import article_from_text
from pipeline.web.options import WebOptions
from pipeline.web.tag.schemas import TagAsked


def tagged(asked: TagAsked, model: Model, options: WebOptions, *, evidence: bool) -> list[TaggedArticle]:
    """The articles of a request, tagged by a model.

    Args:
        asked: what was asked.
        model: as ``model_for`` gives it.
        options: limits.
        evidence: whether the answer will have evidence in it.

    Raises:
        InputError: a limit is passed; says which, and by how much.
    """
    texts = _texts(asked)
    if len(texts) > options.articles:
        raise InputError(
            f"articles: {len(texts)} articles were given, at most {options.articles} are tagged in one request; "
            "send them in parts, or use threat-topics tag for archives"
        )
    for name, text in texts:
        if len(text) > options.characters:
            raise InputError(
                f"{name}: the text has {len(text):,} characters, at most {options.characters:,} are tagged; divide it"
            )
    whole = sum(len(text) for _, text in texts)
    if whole > options.together:
        raise InputError(
            f"the texts have {whole:,} characters together, at most {options.together:,} are tagged in one request; "
            "send them in parts, or use threat-topics tag for archives"
        )
    if evidence and whole > options.explained:
        raise InputError(
            f"the texts have {whole:,} characters together, evidence is told of at most {options.explained:,}; "
            "send fewer, or ask without why, or for csv"
        )
    return [tag_article(article_from_text(text, name), model) for name, text in texts]


def model_for(asked: TagAsked, model: Model) -> Model:
    """The model with the asker's thresholds in place of its own, as the command line's ``--threshold`` does it.

    Raises:
        InputError: a topic is none of the model's.
    """
    if not asked.thresholds:
        return model
    keys = model.codebook.keys
    for topic in asked.thresholds:
        if topic not in keys:
            raise InputError(unknown_key("thresholds", topic, keys))
    cuts = np.array([asked.thresholds.get(key, cut) for key, cut in zip(keys, model.thresholds.tolist(), strict=True)])
    given = np.array([key in asked.thresholds for key in keys])
    return replace(model, thresholds=cuts, review=np.where(given, cuts, model.review))


def _texts(asked: TagAsked) -> list[tuple[str, str]]:
    """Id and text of each article."""
    if "text" in asked.model_fields_set:
        return [("text", asked.text)]
    return [(article.id or f"article-{number}", article.text) for number, article in enumerate(asked.articles, 1)]
