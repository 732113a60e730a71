"""Counts over a corpus: how much there is of what, how varied its language is, and whether its targets are met.

Targets are the project's own (``data/targets.toml``); a project without that file is counted all the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.annotation.annotations import read_labels, settle
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.near_duplicates import near_duplicates
from pipeline.annotation.settled import Row, place, settled_rows
from pipeline.errors import InputError, unknown_key
from pipeline.files import read_toml, read_utf8
from pipeline.project import Project

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z])")
SHOWN = 10
_PLAN = ("least", "most", "obvious", "regions")
_BOUNDS = (
    *("articles", "paragraphs", "none", "hard", "multi", "positives", "without_obvious_word"),
    *("near_duplicate", "six_gram_articles"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """One target and what was counted.

    Attributes:
        name: what is counted.
        wanted: the bound.
        found: the count or share.
        is_least: whether ``wanted`` is a least, else a most.
    """

    name: str
    wanted: float
    found: float
    is_least: bool

    @property
    def is_met(self) -> bool:
        """Whether the count lies on the right side of the bound."""
        return self.found >= self.wanted if self.is_least else self.found <= self.wanted


@dataclass(frozen=True, slots=True)
class Census:
    """What was counted.

    Attributes:
        counts: articles, paragraphs, none, hard, multi.
        positives: topic -> paragraphs that have it.
        obvious_free: topic -> of these, the ones without the topic's obvious words; empty without targets.
        combinations: topics of a paragraph joined by " + " -> paragraphs, two topics or more, the commonest first.
        axes: column of ``data/articles.csv`` -> value -> (articles, paragraphs).
        growth: (tokens, types) after each tenth of the corpus.
        six_grams: (6-gram, articles that share it), the commonest first.
        openings: (first three words of a sentence, times), the commonest first.
        nearest: (share, place, place) of paragraphs in different articles, the nearest first.
        targets: what is to be reached.
    """

    counts: dict[str, int]
    positives: dict[str, int]
    obvious_free: dict[str, int]
    combinations: dict[str, int]
    axes: dict[str, dict[str, tuple[int, int]]]
    growth: tuple[tuple[int, int], ...]
    six_grams: tuple[tuple[str, int], ...]
    openings: tuple[tuple[str, int], ...]
    nearest: tuple[tuple[float, str, str], ...]
    targets: tuple[Target, ...]


def take_census(project: Project) -> Census:
    """Count a project's settled paragraphs.

    Raises:
        LabelError: a label file is broken.
        InputError: an article, ``data/articles.csv`` or ``data/targets.toml`` cannot be read.
    """
    keys = load_codebook(project.codebook).keys
    articles = project_corpus(project)
    rows = settled_rows(settle(*read_labels(project, keys)), articles, ())
    plan = _plan(project)
    topics = [tuple(key for key in keys if row.cells.get(key)) for row in rows]
    counts = {
        "articles": len({row.span[0] for row in rows}),
        "paragraphs": len(rows),
        "none": sum(not t for t in topics),
        "hard": sum(row.is_near_miss for row in rows),
        "multi": sum(len(t) > 1 for t in topics),
    }
    positives = {key: sum(key in t for t in topics) for key in keys}
    free = {
        key: sum(key in t and not _begins(row.text, plan["obvious"][key]) for row, t in zip(rows, topics, strict=True))
        for key in keys
        if key in plan.get("obvious", {})
    }
    axes = _axes(project, rows)
    six_grams = _six_grams(rows)
    nearest = _nearest(rows)
    return Census(
        counts,
        positives,
        free,
        dict(Counter(" + ".join(t) for t in topics if len(t) > 1).most_common()),
        axes,
        _growth(rows),
        tuple(six_grams[:SHOWN]),
        _openings(rows),
        tuple(nearest[:SHOWN]),
        tuple(_targets(plan, counts, positives, free, axes, six_grams, nearest)),
    )


def _plan(project: Project) -> dict[str, dict[str, Any]]:
    """The targets; a bound nobody counts is refused, since it would be missed in silence."""
    if not project.targets.is_file():
        return {}
    path, plan = str(project.targets), read_toml(project.targets, InputError)
    for name, table in plan.items():
        if name not in _PLAN:
            raise InputError(unknown_key(path, name, _PLAN))
        if not isinstance(table, dict):
            raise InputError(f"{path}: {name}: is {table!r}; must be a table [{name}]")
        for key, value in table.items():
            bounds = (*_BOUNDS, *plan.get("regions", {}))
            if name in {"least", "most"} and key not in bounds:
                raise InputError(unknown_key(f"{path}: {name}", key, bounds))
            is_right = type(value) in {int, float} if name in {"least", "most"} else _is_texts(value)
            if not is_right:
                wanted = "a number" if name in {"least", "most"} else "a list of texts"
                raise InputError(f"{path}: {name}.{key}: is {value!r}; must be {wanted}")
    return plan


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _begins(text: str, beginnings: Sequence[str]) -> bool:
    return any(word.lower().startswith(tuple(beginnings)) for word in _WORD.findall(text))


def _axes(project: Project, rows: list[Row]) -> dict[str, dict[str, tuple[int, int]]]:
    """Articles and paragraphs by each value of the drawn axes."""
    path = project.article_table
    if not path.is_file():
        return {}
    paragraphs = Counter(row.span[0] for row in rows)
    table = list(csv.DictReader(io.StringIO(read_utf8(path, InputError))))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for axis in ("region", "genre", "voice", "decade", "breaks", "headline", "dateline", "furniture", "extra"):
        values: dict[str, tuple[int, int]] = {}
        for line in table:
            value = line.get(axis)  # None also where a row is too short
            if line.get("id") in paragraphs and value is not None:
                number, length = values.get(value, (0, 0))
                values[value] = number + 1, length + paragraphs[line["id"]]
        if values:
            found[axis] = dict(sorted(values.items(), key=lambda item: (-item[1][0], item[0])))
    return found


def _growth(rows: list[Row]) -> tuple[tuple[int, int], ...]:
    """Tokens and types after each tenth of the corpus."""
    seen: set[str] = set()
    tokens = 0
    points = []
    marks = {round(len(rows) * tenth / 10) for tenth in range(1, 11)}
    for number, row in enumerate(rows, 1):
        words = _WORD.findall(row.text.lower())
        tokens += len(words)
        seen.update(words)
        if number in marks:
            points.append((tokens, len(seen)))
    return tuple(points)


def _six_grams(rows: list[Row]) -> list[tuple[str, int]]:
    """Word 6-grams by the number of articles that share them, those of one article left out."""
    holders: dict[str, set[str]] = {}
    for row in rows:
        words = _WORD.findall(row.text.lower())
        for i in range(len(words) - 5):
            holders.setdefault(" ".join(words[i : i + 6]), set()).add(row.span[0])
    shared = [(gram, len(articles)) for gram, articles in holders.items() if len(articles) > 1]
    return sorted(shared, key=lambda item: (-item[1], item[0]))


def _openings(rows: list[Row]) -> tuple[tuple[str, int], ...]:
    sentences = (sentence for row in rows for sentence in _SENTENCE.split(row.text))
    firsts = Counter(" ".join(words[:3]) for s in sentences if len(words := _WORD.findall(s)) > 3)
    return tuple(sorted(firsts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN])


def _nearest(rows: list[Row]) -> list[tuple[float, str, str]]:
    pairs = near_duplicates([row.text for row in rows], 0.1)
    apart = [p for p in pairs if rows[p.first].span[0] != rows[p.second].span[0]]
    found = [(p.share, place(rows[p.first].span), place(rows[p.second].span)) for p in apart]
    return sorted(found, key=lambda item: (-item[0], item[1]))


def _targets(
    plan: dict[str, Any],
    counts: dict[str, int],
    positives: dict[str, int],
    free: dict[str, int],
    axes: dict[str, dict[str, tuple[int, int]]],
    six_grams: list[tuple[str, int]],
    nearest: list[tuple[float, str, str]],
) -> list[Target]:
    """What was counted for each target named in the plan."""
    regions = axes.get("region", {})
    whole = sum(number for number, _ in regions.values()) or 1
    found: dict[str, dict[str, float]] = {name: {name: number} for name, number in counts.items()}
    found["positives"] = {f"positives of {key}": number for key, number in positives.items()}
    found["without_obvious_word"] = {
        f"{key} without its obvious word": number / (positives[key] or 1) for key, number in free.items()
    }
    for name, members in plan.get("regions", {}).items():
        inside = sum(number for region, (number, _) in regions.items() if region in members)
        found[name] = {f"share of articles: {name}": inside / whole}
    found["near_duplicate"] = {"nearest pair of paragraphs": nearest[0][0] if nearest else 0.0}
    found["six_gram_articles"] = {"articles that share a 6-gram": six_grams[0][1] if six_grams else 0}
    return [
        Target(name, wanted, number, is_least=side == "least")
        for side in ("least", "most")
        for bound, wanted in plan.get(side, {}).items()
        for name, number in found.get(bound, {}).items()
    ]
