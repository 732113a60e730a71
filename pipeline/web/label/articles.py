"""Articles of the project for the label page: one to read, one to add. Labels are none of its business."""

from __future__ import annotations

from http import HTTPStatus
from itertools import pairwise

from fastapi import APIRouter, HTTPException

from pipeline.annotation.corpus import add_article
from pipeline.errors import InputError
from pipeline.files import sha256_text
from pipeline.tagging.judging import reasons
from pipeline.text.articles import Article, article_from_text
from pipeline.text.decoding import decode
from pipeline.web.label.schemas import ArticleAdded, ArticleView, NewArticle, ParagraphView
from pipeline.web.options import WebOptions
from pipeline.web.problems import responses
from pipeline.web.state import Workbench
from pipeline.web.tag.uploads import slug

LONGEST_WORDS = 48  # characters of an id before its hash
_HASH = 8
_WORDS = 8  # of a text that has no title, in its id


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    router = APIRouter(prefix="/api/articles", tags=["label"])

    @router.post("")
    def add(asked: NewArticle) -> ArticleAdded:
        """Keep a text in the project; the same text is kept once."""
        article, paragraphs = judgeable(asked.text, asked.title, workbench.options)
        kept, added = add_article(workbench.project, article)
        return ArticleAdded(id=kept.id, added=added, paragraphs=paragraphs)

    @router.get("/{article_id}", responses=responses(404))
    def one(article_id: str) -> ArticleView:
        """An article of the project, paragraph by paragraph."""
        articles = workbench.articles()
        if article_id not in articles:
            raise HTTPException(
                HTTPStatus.NOT_FOUND,
                f"article {article_id[:200]!r} is unknown; it may have been taken out of the project",
            )
        return view(articles[article_id])

    return router


def judgeable(text: str, title: str, options: WebOptions) -> tuple[Article, int]:
    """A text as an article of the project, and how many of its paragraphs can be judged.

    Args:
        text: what was sent.
        title: gives the id its words; "" for the text's own.
        options: limits.

    Raises:
        InputError: it is too long, no text, not English, or has nothing to judge.
    """
    if len(text) > options.characters:
        raise InputError(
            f"text: has {len(text):,} characters, at most {options.characters:,} are kept as one article; divide it"
        )
    clean = article_from_text(text).text
    decode(clean.encode("utf-8"), "text")  # what could not be read again from its file is not written into one
    read = article_from_text(clean)
    whole, unsupported = reasons(read.content)
    paragraphs = sum(reason is None for reason in unsupported)
    if not read.content:
        raise InputError(
            "text: holds nothing but furniture such as datelines and bylines; paste the article's paragraphs"
        )
    if whole is not None:
        raise InputError(f"text: cannot be judged ({whole}); paste an English article")
    if not paragraphs:
        raise InputError("text: no paragraph has three words; paste whole paragraphs")
    first = title.strip() or read.title or " ".join(read.content[0].text.split()[:_WORDS])
    words = slug(first)[:LONGEST_WORDS].rstrip("-")
    return article_from_text(clean, f"{words}-{sha256_text(clean)[:_HASH]}"), paragraphs


def view(article: Article) -> ArticleView:
    """An article as the page shows it."""
    ends = [0, *(paragraph.end for paragraph in article.paragraphs)]
    starts = [*(paragraph.start for paragraph in article.paragraphs), len(article.text)]
    gaps = [article.text[end:start] for end, start in zip(ends, starts, strict=True)]
    shown = [
        ParagraphView(
            start=paragraph.start,
            end=paragraph.end,
            sha=paragraph.sha,
            kind=paragraph.kind,
            text=paragraph.text,
            lead=before.rpartition("\n")[2].strip(),
            tail=after.partition("\n")[0].strip() if "\n" in after or paragraph is article.paragraphs[-1] else "",
            is_furniture=paragraph.is_furniture,
        )
        for paragraph, (before, after) in zip(article.paragraphs, pairwise(gaps), strict=True)
    ]
    facts = {name: getattr(article, name) for name in ("id", "title", "date", "place", "agency", "text")}
    return ArticleView(**facts, paragraphs=shown)
