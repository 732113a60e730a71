"""The verbs for labelling: ``sheet``, ``import`` and ``check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.annotation.annotations import append_annotations, label_file, read_annotations
from pipeline.annotation.check import Summary, check_project
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import add_article, project_corpus
from pipeline.annotation.desk import writing
from pipeline.annotation.sheets import new_judgements, read_sheet
from pipeline.annotation.sheets import sheet as sheet_text
from pipeline.cli.options import near, now, project_of, project_option, talk
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.learning.term_use import TermUse, check_terms
from pipeline.project import Project
from pipeline.text.articles import Article
from pipeline.text.reading import read_article

FOUND = 1


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--annotator", metavar="NAME", help="fill in what NAME judged before")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file to write; default: stdout")
@project_option
def sheet(articles: tuple[str, ...], annotator: str | None, output: Path | None, folder: Path | None) -> None:
    """Write a sheet to label articles in.

    CSV for any spreadsheet: one row a paragraph, one column a topic; write 1 (has it), 0 (has it not) or nothing (not
    judged). ARTICLE is an id of the project or a file; a file from elsewhere is first added to data/articles as
    clean text.

    \b
    Example:
      threat-topics sheet 0012-khorog news.html -o sheet.csv
    """
    project = project_of(folder)
    codebook = load_codebook(project.codebook)
    chosen = [_article(name, project) for name in articles]
    lines = read_annotations(label_file(project, annotator), codebook.keys) if annotator else []
    text = sheet_text(chosen, codebook, [line for _, line in lines])
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, "\ufeff" + text)  # spreadsheets take a file with this mark for UTF-8
        talk(f"fill in {near(output)}, then: threat-topics import {near(output)} --annotator YOUR-NAME")


def _article(name: str, project: Project) -> Article:
    corpus = project_corpus(project)
    if name in corpus:
        return corpus[name]
    path = Path(name)
    if not path.is_file():
        raise InputError(
            f"{name}: is neither an article of {project.articles} nor a file; give an id there (a file name without "
            ".txt) or the path of a text to add"
        )
    if path.resolve().parent == project.articles.resolve():
        return read_article(path)
    article, added = add_article(project, read_article(path))
    if added:
        talk(f"added {near(project.articles / article.id)}.txt")
    return article


@click.command("import")
@click.argument("sheets", nargs=-1, required=True, metavar="SHEET...", type=click.Path(path_type=Path))
@click.option("--annotator", required=True, metavar="NAME", help="whose judgements these are; gold is the settled view")
@project_option
def import_(sheets: tuple[Path, ...], annotator: str, folder: Path | None) -> None:
    """Turn filled-in sheets into label lines.

    Lines are appended to labels/NAME.jsonl; what that file says already is not said again. If any sheet has a mistake
    nothing is appended.

    \b
    Example:
      threat-topics import sheet.csv --annotator maria
    """
    project = project_of(folder)
    codebook = load_codebook(project.codebook)
    corpus = project_corpus(project)
    at = now().isoformat(timespec="seconds")
    target = label_file(project, annotator)
    incoming = [line for path in sheets for line in read_sheet(path, codebook, corpus, annotator, at)]
    with writing(project):  # what is new is told from what stands, which the workbench may be adding to
        existing = [line for _, line in read_annotations(target, codebook.keys)]
        new = new_judgements(existing, incoming)
        append_annotations(target, new)
    talk(f"{len(incoming)} judged paragraphs read, {len(new)} lines appended to {near(target)}")


@click.command()
@project_option
def check(folder: Path | None) -> None:
    """Lint codebook, labels and lexicon; exit 1 if anything is found.

    \b
    Example:
      threat-topics check --project my-topics
    """
    project = project_of(folder)
    findings, summary = check_project(project)
    terms: tuple[TermUse, ...] = ()
    if summary.paragraphs and not findings:  # else there is nothing to count terms in, or it cannot be joined
        terms, misleading = check_terms(project)
        findings += misleading
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo()
    click.echo(_table(summary, terms))
    if findings:
        talk(f"{len(findings)} findings")
        sys.exit(FOUND)


def _table(summary: Summary, terms: tuple[TermUse, ...]) -> str:
    counts = {
        "articles": summary.articles,
        "paragraphs": summary.paragraphs,
        "without a topic": summary.none,
        "  of these hard": summary.hard,
        "two or more topics": summary.multi,
    }
    lines = [f"{name:<20}{number:>8}" for name, number in counts.items()]
    lines += ["", f"{'topic':<20}{'positives':>10}{'judged':>8}{'terms':>8}{'silent':>8}"]
    for key in summary.positives:
        uses = [use for use in terms if use.topic == key]
        silent = sum(use.positives + use.negatives == 0 for use in uses)
        lines.append(f"{key:<20}{summary.positives[key]:>10}{summary.judged[key]:>8}{len(uses):>8}{silent:>8}")
    return "\n".join(lines)
