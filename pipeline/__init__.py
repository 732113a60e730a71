"""Threat topics of news paragraphs, with the words that earned them.

>>> from pipeline import Article, article_from_text
>>> article_from_text("Fourteen kilograms of opium were found.").paragraphs[0].start
0

Names are resolved when first used, so that tagging an article does not load what only training needs.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "ArchiveOptions": "pipeline.tagging.archive.options",
    "ArchiveSummary": "pipeline.tagging.archive.run",
    "Article": "pipeline.text.articles",
    "Codebook": "pipeline.annotation.codebook",
    "Contribution": "pipeline.learning.evidence",
    "Model": "pipeline.learning.model",
    "Paragraph": "pipeline.text.paragraphs",
    "PipelineError": "pipeline.errors",
    "TaggedArticle": "pipeline.tagging.tagger",
    "TaggedParagraph": "pipeline.tagging.tagger",
    "article_from_text": "pipeline.text.articles",
    "load_model": "pipeline.learning.locate",
    "read_article": "pipeline.text.reading",
    "read_articles": "pipeline.text.reading",
    "tag_archive": "pipeline.tagging.archive.run",
    "tag_article": "pipeline.tagging.tagger",
    "tag_articles": "pipeline.tagging.frames",
    "tag_frame": "pipeline.tagging.archive.frames",
}

__all__ = sorted(_HOME)  # noqa: PLE0605  the table above is the list; a second one could differ from it


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
