"""Promises of the three-way decision: judged on articles that did not choose, and told as they fell."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pipeline.intervals import Interval
from pipeline.learning.decision import fit_platt, probabilities
from pipeline.learning.evaluation import MODEL, inner_scores
from pipeline.learning.features import count
from pipeline.learning.objectives import DecisionOptions, choose_threshold
from pipeline.learning.promises import ANY, Promise, kept_promises
from pipeline.learning.training import evaluate
from pipeline.reporting import decisions
from pipeline.reporting.decisions import promises
from pipeline.reporting.runs import metrics
from tests.corpora import KEYS, LEXICON, QUICK, evaluated, gappy, quiet

NAN = math.nan
CAREFUL = replace(
    QUICK,
    decision=DecisionOptions(min_precision=0.9, review_recall=0.95, topics={"floods": {"review_recall": 0.0}}),
)


@cache
def careful():
    """An evaluation that leaves a band to review, on a corpus with a third of its judgements missing."""
    return evaluate(gappy(), LEXICON, CAREFUL, quiet, jobs=1)


def kept(evaluation):
    return kept_promises(evaluation.dataset, evaluation.out, CAREFUL.decision, rounds=100, seed=0)


def test_what_is_not_a_no_was_decided_by_thresholds_chosen_inside_the_training_part():
    dataset, out = gappy(), careful().out
    counts = count(dataset.texts, QUICK.features)
    for f in range(3):
        train, test = np.flatnonzero(out.fold[0] != f), np.flatnonzero(out.fold[0] == f)
        S = inner_scores(counts, dataset, train, CAREFUL, folds=2, seed=CAREFUL.seed + 1 + f)
        for j, key in enumerate(KEYS):
            known = dataset.known[train, j]
            s, y = S[known, j], dataset.Y[train[known], j]
            slope, offset = (np.array(number) for number in fit_platt(s, y))
            choice = choose_threshold(probabilities(s, slope, offset), y, CAREFUL.decision.of(key))
            P = probabilities(out.S[0, test, j], slope, offset)
            assert out.not_no[0, test, j].tolist() == (choice.review <= P).tolist()
            assert (choice.review == choice.threshold) == (key == "floods")


def test_precision_and_recall_count_judged_cells_and_the_share_for_review_counts_all_paragraphs():
    dataset, out = gappy(), careful().out
    yes, not_no = out.systems[MODEL].tags[0], out.not_no[0]
    rows = [row for row in kept(careful()) if row.level == "paragraph"]
    assert [row.topic for row in rows] == [*KEYS, ANY]
    for j, row in enumerate(rows[:-1]):
        known, Y = dataset.known[:, j], dataset.Y[:, j]
        assert row.precision.value == pytest.approx(Y[known & yes[:, j]].mean())
        assert row.recall.value == pytest.approx(not_no[known & Y, j].mean())
        assert row.review.value == pytest.approx((not_no[:, j] & ~yes[:, j]).mean())
        assert row.review.low <= row.review.value <= row.review.high
        assert (row.positives, row.items) == ((known & Y).sum(), len(dataset.texts))
    assert rows[0].review.value > 0
    assert rows[2].review.value == 0
    assert rows[-1].review.value == pytest.approx((not_no & ~yes).any(axis=1).mean())
    assert math.isnan(rows[-1].precision.value)
    assert [(row.yes, row.no) for row in rows[:2]] == [(0.9, 0.95)] * 2
    assert rows[2].yes == 0.9
    assert math.isnan(rows[2].no)


def test_an_article_is_left_for_review_if_a_paragraph_is_and_none_is_a_yes():
    dataset, out = gappy(), careful().out
    rows = [row for row in kept(careful()) if row.level == "article"]
    for j, row in enumerate(rows[:-1]):
        left = []
        for article in range(len(dataset.articles)):
            inside = dataset.groups == article
            yes, not_no = out.systems[MODEL].tags[0][inside, j], out.not_no[0][inside, j]
            left.append(not_no.any() and not yes.any())
        assert row.review.value == pytest.approx(np.mean(left))
        assert math.isnan(row.yes)
        assert math.isnan(row.no)
        assert not row.broken


def test_nothing_is_promised_and_nothing_told_where_no_band_is_asked_for():
    assert kept_promises(evaluated().dataset, evaluated().out, QUICK.decision, rounds=100, seed=0) == ()
    assert promises(evaluated()) == ()
    assert metrics(evaluated())["promises"] == []


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        (Interval(0.91, 0.85, 0.95), "Every promise was kept out of fold."),
        (
            Interval(0.89, 0.85, 0.92),
            "Not quite kept out of fold: drugs yes 0.890 for 0.9; the whole interval lies below the promise for none of them.",
        ),
        (
            Interval(0.80, 0.75, 0.85),
            "Not quite kept out of fold: drugs yes 0.800 for 0.9; the whole interval lies below the promise for drugs yes.",
        ),
    ],
)
def test_a_promise_that_was_not_kept_is_named_and_so_is_whether_chance_explains_it(monkeypatch, precision, said):
    whole, none = Interval(1.0, 1.0, 1.0), Interval(NAN, NAN, NAN)
    rows = (
        Promise("paragraph", "drugs", 0.9, 0.95, precision, whole, whole, 4, 9),
        Promise("paragraph", ANY, NAN, NAN, none, none, whole, 4, 9),
        Promise("article", "drugs", NAN, NAN, precision, whole, whole, 4, 9),
    )
    monkeypatch.setattr(decisions, "kept_promises", lambda *_args, **_options: rows)
    (section,) = promises(careful())
    assert said in section.text
    assert section.text[-1].endswith("none is promised for articles.")
    assert [len(grid.rows) for grid in section.grids] == [2, 1]
    assert all({len(row) for row in grid.rows} == {len(grid.header)} for grid in section.grids)


def test_promises_stand_in_the_figures_as_plain_json():
    found = metrics(careful())
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    first = found["promises"][0]
    row = kept(careful())[0]
    assert (first["level"], first["topic"], first["yes_precision"], first["no_recall"]) == (
        "paragraph",
        "drugs",
        0.9,
        0.95,
    )
    assert first["recall"]["value"] == row.recall.value
    assert first["review"]["n"] == len(gappy().texts)
    assert found["review"]["drugs"] == careful().rules.review[0] < found["thresholds"]["drugs"]
    assert found["review"]["floods"] == found["thresholds"]["floods"]
