"""Before believing the figures: where plain rules do better, how empty sets are counted, and texts that stand twice."""

from __future__ import annotations

import math

from pipeline.learning.leaks import LEAST, Leak
from pipeline.learning.outside_evaluation import OutsideResult
from pipeline.learning.training import Evaluation
from pipeline.reporting.sections import Grid, Section

SHOWN = 10

EMPTY_SETS = (
    ("a paragraph rightly left without topics", "right: it counts for exact match and against Hamming loss"),
    ("a topic that nobody judged for a paragraph", "counted nowhere; a missing judgement is never a no"),
    ("a paragraph or article judged for no topic at all", "counted nowhere, exact match included"),
    ("precision of a topic that was never tagged", "undefined; as 0 in the macro average"),
    ("recall of a topic without positives", "undefined; the topic is left out of macro averages"),
    ("F1 where neither a tag nor a positive exists", "undefined; 0 as soon as there is one of them and none agree"),
    ("average precision without positives", "undefined; the topic is left out of macro averages"),
    ("a topic missing from some paragraphs of an article", "known for the article only if a judged paragraph has it"),
    ("a bootstrap round in which a figure is undefined", "left out of that figure's interval"),
    ("figures of one article or group alone", "told without an interval: one says nothing of others"),
    (
        "an error that never occurred, a topic in one article of many",
        "the interval has no width there: a draw holds only what occurred",
    ),
)


def exceptions(evaluation: Evaluation, outside: tuple[OutsideResult, ...]) -> str:
    """Every outside file and left-out part on which the keyword rules do better, clearly or within chance."""
    compared = [
        (("", row.topic, f" of {result.name}"), (row.ap_ahead, row.f1_ahead))
        for result in outside
        for row in result.rows
    ]
    column = evaluation.split.column if evaluation.split else ""
    for tables in evaluation.parts:
        difference = tables[-1].difference
        gaps = difference["macro", "average_precision"], difference["macro", "f1"]
        compared.append(((f"{column} ", tables[0].level, ""), gaps))
    clear = [place for place, gaps in compared if any(gap.high < 0 for gap in gaps)]
    slight = [place for place, gaps in compared if place not in clear and any(gap.value < 0 for gap in gaps)]
    also = f" They are better, but not clearly, on {_named(slight)}." if slight else ""
    if clear:
        return f"The keyword rules are clearly better on {_named(clear)}.{also}"
    places = (["the outside text"] if outside else []) + ([f"any {column} left out"] if column else [])
    where = " or ".join(places)
    if all(math.isnan(gap.high) for _, gaps in compared for gap in gaps):
        return f"Too little is judged to compare the model with the keyword rules on {where}."
    return f"Nowhere on {where} are the keyword rules clearly better.{also}"


def _named(places: list[tuple[str, str, str]]) -> str:
    """Places, what they share said once.

    >>> _named([("", "drugs", " of news.jsonl"), ("", "macro", " of news.jsonl"), ("region ", "north", "")])
    'drugs, macro of news.jsonl; region north'
    """
    within: dict[tuple[str, str], list[str]] = {}
    for before, what, after in places:
        within.setdefault((before, after), []).append(what)
    return "; ".join(f"{before}{', '.join(what)}{after}" for (before, after), what in within.items())


def empty_sets() -> Section:
    """The rules for what has nothing to count."""
    return Section("How empty sets are counted", (), (Grid(("case", "counted as"), EMPTY_SETS),))


def leaks(found: tuple[Leak, ...]) -> Section:
    """Texts that stand in two articles, those that a model was judged on after learning them first."""
    heading = "Same text in two articles"
    if not found:
        return Section(heading, (f"None: no two paragraphs of different articles share {LEAST:.0%} of their 5-grams.",))
    apart = sum(leak.repeats > 0 for leak in found)
    what = (
        f"Pairs of paragraphs of different articles that share {LEAST:.0%} or more of their word 5-grams: {len(found)}."
    )
    verdict = "None of them stood in different folds, so no model was judged on what it had learnt."
    if apart:
        verdict = (
            f"Pairs in different folds, so that a model was judged on what it had learnt: {apart}. The figures may be too "
            "good: merge such articles, or take one of them out of the labels."
        )
    worst = sorted(found, key=lambda leak: leak.repeats == 0)[:SHOWN]
    rows = tuple((leak.first, leak.second, f"{leak.share:.0%}", str(leak.repeats)) for leak in worst)
    return Section(
        heading, (what, verdict), (Grid(("paragraph", "and", "shared", "repeats in different folds"), rows),)
    )
