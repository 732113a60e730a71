"""What tests of several rooms share: small projects in a temporary folder."""

import pytest

from pipeline.annotation.annotations import Annotation, append_annotations, label_file
from pipeline.files import write_text
from pipeline.project import Project
from pipeline.text.reading import read_article

AT = "2026-01-02T03:04:05+00:00"


def codebook_toml(*keys, version=1):
    """A codebook of the given topics, as TOML."""
    topics = [
        f'[[topics]]\nkey = "{key}"\nname = "{key.capitalize()}"\ndefinition = "What is {key}."\n'
        f'counts = ["{key}"]\ndoes_not_count = []\nexamples = []\ncounter_examples = []\n'
        f'hotkey = "{number}"\ncolour = "#0b5fae"\n'
        for number, key in enumerate(keys)
    ]
    return f"version = {version}\n" + "\n".join(topics)


@pytest.fixture
def make_project():
    """A function that lays out a project and returns it.

    ``make_project(tmp_path, articles={"a": two_paragraphs}, labels={"gold": {"a": ["drugs", ""]}})``

    ``articles``: id -> text. ``labels``: annotator -> article id -> one entry for each paragraph that is not furniture:
    its topics separated by spaces ("" for none), or ``None`` for not judged; all topics are judged. ``topics``: keys of
    the codebook. ``lexicon``: text of lexicon.toml.
    """

    def make(root, articles=None, labels=None, *, topics=("drugs", "migration"), lexicon=None, version=1):
        project = Project(root)
        write_text(project.codebook, codebook_toml(*topics, version=version))
        if lexicon is not None:
            write_text(project.lexicon, lexicon)
        for article_id, text in (articles or {}).items():
            write_text(project.articles / f"{article_id}.txt", text)
        for annotator, judged in (labels or {}).items():
            for article_id, entries in judged.items():
                article = read_article(project.articles / f"{article_id}.txt")
                lines = [
                    judgement(paragraph, entry.split(), topics, annotator=annotator)
                    for paragraph, entry in zip(article.content, entries, strict=True)
                    if entry is not None
                ]
                append_annotations(label_file(project, annotator), lines)
        return project

    return make


def judgement(paragraph, topics, known, *, annotator="gold", at=AT, codebook=1, note=""):
    """A label line about a paragraph; ``topics=None`` withdraws."""
    place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    said = None if topics is None else tuple(topics)
    return Annotation(*place, said, () if said is None else tuple(known), annotator, at, codebook, note)


@pytest.fixture
def judge():
    """The function ``judgement``, for tests that need a single label line."""
    return judgement
