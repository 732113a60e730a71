"""The lint of a project's labels: everything that is wrong at once, each with its place and its cure, and a summary.

Never stops at the first mistake and never raises for one of a user's files. It mends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.annotation.annotations import (
    GOLD,
    Annotation,
    Lines,
    Span,
    annotation_from_dict,
    by_annotator,
    label_files,
    settle,
    stand,
)
from pipeline.annotation.codebook import Codebook, load_codebook, topic_line
from pipeline.annotation.corpus import local, misfit, project_corpus
from pipeline.annotation.lexicon import read_entries, repeated
from pipeline.annotation.near_duplicates import near_duplicates
from pipeline.annotation.outdated import outdated
from pipeline.annotation.settled import Row, place, settled_rows
from pipeline.errors import LabelError, PipelineError, RecipeError
from pipeline.files import read_jsonl
from pipeline.project import MARK, Project
from pipeline.text.articles import Article


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is worth a finding.

    Attributes:
        near_duplicate: least share of word 5-grams that makes two paragraphs nearly the same.
        min_positives: positive paragraphs a topic should have.
        min_articles: articles they should stand in.
    """

    near_duplicate: float = 0.5
    min_positives: int = 5
    min_articles: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.near_duplicate <= 1:
            raise RecipeError(f"near_duplicate: is {self.near_duplicate!r}; must be greater than 0 and at most 1")


DEFAULTS = CheckOptions()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend.

    Attributes:
        where: ``file:line``, or the file where no line can be named, as it lies in the project.
        message: what is wrong, and what to do.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the settled judgements that fit their text.

    Attributes:
        paragraphs: paragraphs judged for one topic or more.
        articles: articles they stand in.
        positives: topic -> paragraphs that have it.
        judged: topic -> paragraphs judged for it.
        none: paragraphs that have none of the topics they were judged for.
        hard: of these, the ones whose note begins with "near miss".
        multi: paragraphs that have two topics or more.
    """

    paragraphs: int
    articles: int
    positives: dict[str, int]
    judged: dict[str, int]
    none: int
    hard: int
    multi: int


def check_project(project: Project, options: CheckOptions = DEFAULTS) -> tuple[list[Finding], Summary]:
    """Check codebook, lexicon, articles and labels of a project.

    Args:
        project: what to check.
        options: what is worth a finding.

    Returns:
        The findings in order of file and line, and the summary of what could be read.
    """
    root = project.root
    findings: list[Finding] = []
    codebook = _codebook(project, findings)
    keys = codebook.keys if codebook else None
    articles, unreadable = _articles(project, findings)
    gold: Lines = []
    others: Lines = []
    before = len(findings)
    for path in label_files(project):
        name = path.relative_to(root).as_posix()
        (gold if path.stem == GOLD else others).extend(_lines(path, name, root, keys, findings))
    whole = len(findings) == before

    live = _live(gold, others)
    wrong = {w: m for w, a in live.items() if a.article not in unreadable and (m := misfit(articles, *a.span, a.sha))}
    findings.extend(Finding(where, str(message)) for where, message in wrong.items())
    findings.extend(_repeated_judgements(gold))
    rows = settled_rows(settle(gold, others), articles, set(wrong))
    findings.extend(_near_duplicates(rows, options))
    if codebook is not None:
        findings.extend(Finding(where, message) for where, message in outdated(live, codebook, articles))
        if whole:  # else the cure for too few would be to mend the file
            findings.extend(_few_positives(rows, codebook, project, options))
    return sorted(findings, key=_order), _summary(rows, codebook.keys if codebook else ())


def _finding(error: PipelineError, root: Path, more: str = "") -> Finding:
    """The error as a finding: its message begins with its place."""
    text = local(str(error), root)
    parts = re.match(r"(?s)(.+?(?::\d+)?): (.*)", text)
    where, message = parts.groups() if parts else (str(root), text)
    return Finding(where, message + more)


def _order(finding: Finding) -> tuple[str, int]:
    file, _, line = finding.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (finding.where, 0)


def _codebook(project: Project, findings: list[Finding]) -> Codebook | None:
    """The codebook, its lexicon checked with it."""
    try:
        codebook = load_codebook(project.codebook)
    except PipelineError as error:
        findings.append(_finding(error, project.root))
        return None
    name = project.lexicon.relative_to(project.root).as_posix()
    try:
        entries = read_entries(project.lexicon, codebook)
    except PipelineError as error:
        findings.append(_finding(error, project.root))
        return codebook
    for entry, first in repeated(entries):
        there = f"{first.topic}.{first.group}" + (f", line {first.line}" if first.line else "")
        cure = "delete one of them" if entry.topic == first.topic else "keep it with the topic it points to"
        where = f"{name}:{entry.line}" if entry.line else name
        findings.append(
            Finding(where, f"{entry.term!r} of {entry.topic}.{entry.group} is listed before ({there}); {cure}")
        )
    return codebook


def _articles(project: Project, findings: list[Finding]) -> tuple[dict[str, Article], set[str]]:
    """The articles that can be read, and the ids of those that cannot."""
    corpus = project_corpus(project)
    articles: dict[str, Article] = {}
    for article_id in corpus:
        try:
            articles[article_id] = corpus[article_id]
        except PipelineError as error:
            findings.append(_finding(error, project.root))
    return articles, set(corpus) - set(articles)


def _lines(path: Path, name: str, root: Path, keys: tuple[str, ...] | None, findings: list[Finding]) -> Lines:
    """The lines of a label file that can be read."""
    found: Lines = []
    try:
        for number, values in read_jsonl(path, LabelError):
            where = f"{name}:{number}"
            try:
                found.append((where, annotation_from_dict(values, where, keys)))
            except LabelError as error:
                findings.append(_finding(error, root))
    except PipelineError as error:
        findings.append(_finding(error, root, " (lines after it were not checked)"))
    return found


def _live(gold: Lines, others: Lines) -> dict[str, Annotation]:
    """The lines that still say something, by ``file:line``."""
    standings = [stand(gold), *(stand(lines) for lines in by_annotator(others).values())]
    return {j.where: j.annotation for standing in standings for cells in standing.values() for j in cells.values()}


def _repeated_judgements(gold: Lines) -> Iterator[Finding]:
    """Cells of gold that are judged again without having been withdrawn."""
    held: dict[Span, dict[str, tuple[bool, str]]] = {}
    for where, annotation in gold:
        if annotation.topics is None:
            held.pop(annotation.span, None)
            continue
        cells = held.setdefault(annotation.span, {})
        again: dict[tuple[str, bool], list[str]] = {}
        for key, value in annotation.cells.items():
            if key in cells:
                old, there = cells[key]
                again.setdefault((there, old == value), []).append(key)
            cells[key] = value, where
        for (there, same), topics in again.items():
            what = "judges again, as" if same else "contradicts"
            cure = (
                "delete one of the two lines"
                if same
                else "delete the wrong line, or withdraw it by a line with topics null"
            )
            yield Finding(where, f"{what} {there}: {', '.join(topics)} of {place(annotation.span)}; {cure}")


def _near_duplicates(rows: list[Row], options: CheckOptions) -> Iterator[Finding]:
    """Pairs that are judged differently; of the same text judged alike the first stands for all."""
    unique: dict[tuple[str, tuple[tuple[str, bool], ...]], Row] = {}
    for row in rows:
        unique.setdefault((row.text, tuple(sorted(row.cells.items()))), row)
    kept = list(unique.values())
    for pair in near_duplicates([row.text for row in kept], options.near_duplicate):
        one, other = kept[pair.first], kept[pair.second]
        differ = [key for key, value in other.cells.items() if one.cells.get(key, value) != value]
        if differ:
            yield Finding(
                other.where,
                f"{place(other.span)}: is nearly the text of {place(one.span)} ({one.where}; {pair.share:.0%} of the 5-grams) "
                f"but differs in {', '.join(differ)}; judge both alike, or take one out of the labels",
            )


def _few_positives(rows: list[Row], codebook: Codebook, project: Project, options: CheckOptions) -> Iterator[Finding]:
    for key in codebook.keys:
        spans = [row.span for row in rows if row.cells.get(key)]
        articles = {article for article, _, _ in spans}
        if len(spans) < options.min_positives or len(articles) < options.min_articles:
            line = topic_line(project.codebook, key)
            yield Finding(
                f"{MARK.as_posix()}:{line}" if line else MARK.as_posix(),
                f"topic {key!r} has too few positives: paragraphs {len(spans)} of at least {options.min_positives}, "
                f"articles {len(articles)} of at least {options.min_articles}; label more of it",
            )


def _summary(rows: Iterable[Row], keys: tuple[str, ...]) -> Summary:
    rows = list(rows)
    counts = [sum(row.cells.values()) for row in rows]
    none = [row for row, count in zip(rows, counts, strict=True) if not count]
    return Summary(
        paragraphs=len(rows),
        articles=len({row.span[0] for row in rows}),
        positives={key: sum(row.cells.get(key, False) for row in rows) for key in keys},
        judged={key: sum(key in row.cells for row in rows) for key in keys},
        none=len(none),
        hard=sum(row.is_near_miss for row in none),
        multi=sum(count > 1 for count in counts),
    )
