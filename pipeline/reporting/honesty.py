"""What a reader must know before believing the figures: how empty sets are counted, and texts that stand twice."""

from __future__ import annotations

from pipeline.learning.leaks import LEAST, Leak
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
    ("an error that never occurred", "the interval has no width there: a draw holds only what occurred"),
)


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
