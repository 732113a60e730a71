"""A project on disk for tests of the workbench: the invented corpus with its codebook, labels, recipe and model.

Not a test file. Two annotators judged everything but the last two articles; gold settled what they agree on; in article
``a14`` they differ and nobody has settled it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.annotation.annotations import Annotation, append_annotations, label_file
from pipeline.files import write_text
from pipeline.learning.persist import save_model
from pipeline.project import Project
from pipeline.text.reading import read_article
from pipeline.web.state import Workbench
from tests.corpora import CORPUS, KEYS, LEXICON, QUICK, trained

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
AT = "2026-01-02T03:04:05+00:00"
UNJUDGED = ("a15", "a16")
DISPUTED = "a14"
ANNOTATORS = ("anna", "boris")
_COLOURS = ("#0a7a4b", "#8a5a00", "#0b5fae")


def workbench_project(root: Path, *, with_model: bool = True) -> Project:
    """Lay the project out below ``root``.

    Args:
        root: a folder of the test's own.
        with_model: whether ``experiments/current`` holds the model trained on the same corpus.
    """
    project = Project(root)
    write_text(project.codebook, _codebook())
    write_text(project.lexicon, _lexicon())
    write_text(project.recipe, QUICK.to_toml())
    for article in sorted({row[0] for row in CORPUS}):
        texts = [text for name, _, text in CORPUS if name == article]
        write_text(project.articles / f"{article}.txt", "\n\n".join(texts) + "\n")
    for annotator in (*ANNOTATORS, "gold"):
        append_annotations(label_file(project, annotator), _lines(project, annotator))
    if with_model:
        save_model(trained(), project.model, "card\n")
    return project


def workbench(project: Project) -> Workbench:
    """A workbench on the project whose clock stands still."""
    return Workbench(project, None, lambda: NOW)


def _lines(project: Project, annotator: str) -> list[Annotation]:
    lines = []
    for article in sorted({row[0] for row in CORPUS} - set(UNJUDGED)):
        rows = [row for row in CORPUS if row[0] == article]
        paragraphs = read_article(project.articles / f"{article}.txt").content
        for paragraph, (_, letters, _) in zip(paragraphs, rows, strict=True):
            if article == DISPUTED and annotator == "gold":
                continue
            said = tuple(key for key in KEYS if key[0] in letters)
            if article == DISPUTED and annotator == ANNOTATORS[1]:
                said = tuple(key for key in KEYS if key not in said)[:1]
            place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
            lines.append(Annotation(*place, said, KEYS, annotator, AT, 1))
    return lines


def _codebook() -> str:
    tables = [
        f'[[topics]]\nkey = "{key}"\nname = "{key.title()}"\ndefinition = "What is about {key}."\n'
        f'counts = ["{key} reported as a fact"]\ndoes_not_count = ["the word alone"]\n'
        f'examples = ["Something of {key}."]\ncounter_examples = ["Nothing of the kind."]\n'
        f'hotkey = "{key[0]}"\ncolour = "{colour}"\n'
        for key, colour in zip(KEYS, _COLOURS, strict=True)
    ]
    return 'version = 1\ngeneral = ["Judge a paragraph on its own words."]\n\n' + "\n".join(tables)


def _lexicon() -> str:
    return "".join(
        f"[{key}]\nterms = {list(terms)}\nweak = {list(LEXICON.weak.get(key, ()))}\n"
        for key, terms in LEXICON.terms.items()
    )
