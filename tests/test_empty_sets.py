"""How empty sets are counted: the report states each rule, and each rule it states is shown to hold."""

import math

import numpy as np
import pytest

from pipeline.intervals import bootstrap
from pipeline.learning.evaluation import Answers
from pipeline.learning.summary import article_judgements, table_of
from pipeline.reporting.honesty import EMPTY_SETS, empty_sets
from pipeline.reporting.report import build_report
from tests.corpora import evaluated, make_dataset, trained

YES, NO, UNKNOWN = "1", "0", "-"


def judged(*rows, articles=None):
    """Paragraphs, one a string of judgements: "1-0" has the first topic, the second nobody judged."""
    cells = np.array([list(row) for row in rows])
    keys = tuple("abc"[: cells.shape[1]])
    names = articles or [f"article {i}" for i in range(len(rows))]
    return make_dataset([f"text {i}" for i in range(len(rows))], names, cells == YES, cells != UNKNOWN, keys)


def table(dataset, *tags):
    """The table of a system that says this, probabilities as its tags."""
    T = np.array([[cell == YES for cell in row] for row in tags])
    return table_of(dataset, Answers(T[None].astype(float), T[None]), rounds=100, seed=0)


def value(made, topic, name):
    return made.figure(topic, name).value


def rightly_empty():
    made = table(judged("00", "10"), "00", "00")
    assert (made.exact_match.value, made.hamming_loss.value) == (0.5, 0.25)


def not_judged():
    one, other = (table(judged("1-", "01"), first, "01") for first in ("10", "11"))
    assert repr(one) == repr(other)
    assert (value(other, "b", "precision"), other.exact_match.value) == (1, 1)


def judged_for_nothing():
    with_it, without = table(judged("10", "--"), "10", "11"), table(judged("10"), "10")
    assert with_it.exact_match.value == without.exact_match.value == 1
    assert [row.support for row in with_it.rows] == [row.support for row in without.rows]
    Y, known = article_judgements(judged("10", "--"))
    assert (Y[1].any(), known[1].any()) == (False, False)


def never_tagged():
    made = table(judged("11", "00"), "10", "00")
    assert math.isnan(value(made, "b", "precision"))
    assert (value(made, "a", "precision"), value(made, "macro", "precision")) == (1, 0.5)


def without_positives():
    made = table(judged("10", "00"), "11", "00")
    assert math.isnan(value(made, "b", "recall"))
    assert [value(made, "macro", name) for name in ("precision", "recall", "f1")] == [1, 1, 1]


def neither_tag_nor_positive():
    assert math.isnan(value(table(judged("10", "00"), "10", "00"), "b", "f1"))
    assert value(table(judged("10", "00"), "11", "00"), "b", "f1") == 0
    assert value(table(judged("11", "00"), "10", "00"), "b", "f1") == 0


def ranking_without_positives():
    made = table(judged("10", "00"), "10", "01")
    assert math.isnan(value(made, "b", "average_precision"))
    assert value(made, "macro", "average_precision") == value(made, "a", "average_precision") == 1


def article_judged_in_part():
    Y, known = article_judgements(judged("10", "--", "00", "00", articles=["one", "one", "two", "two"]))
    assert (Y.tolist(), known.tolist()) == ([[True, False], [False, False]], [[True, False], [True, True]])


def undefined_rounds():
    recall = table(judged("1", "0", "0"), "1", "0", "0").figure("a", "recall")
    assert (recall.value, recall.low, recall.high) == (1, 1, 1)
    (never,) = bootstrap(lambda weight: np.full((len(weight), 1), np.nan), np.arange(3), rounds=10)
    assert math.isnan(never.low)


def one_article_alone():
    recall = table(judged("1", "1", articles=["one", "one"]), "1", "0").figure("a", "recall")
    assert recall.value == 0.5
    assert math.isnan(recall.low)


def never_wrong():
    rows = ["1", "0"] * 10
    precision = table(judged(*rows), *rows).figure("a", "precision")
    assert precision.low == precision.high == 1
    recall = table(judged("1", "1", "0", "0", articles=["x", "x", "y", "z"]), "1", "0", "0", "0").figure("a", "recall")
    assert recall.low == recall.high == 0.5


CHECKS = dict(
    zip(
        (case for case, _ in EMPTY_SETS),
        (
            rightly_empty,
            not_judged,
            judged_for_nothing,
            never_tagged,
            without_positives,
            neither_tag_nor_positive,
            ranking_without_positives,
            article_judged_in_part,
            undefined_rounds,
            one_article_alone,
            never_wrong,
        ),
        strict=True,
    )
)


@pytest.mark.parametrize("case", CHECKS)
def test_what_the_report_states_holds(case):
    CHECKS[case]()


def test_the_report_states_every_rule():
    section = next(s for s in build_report(evaluated(), trained()) if s.heading == empty_sets().heading)
    assert section.grids[0].rows == EMPTY_SETS
