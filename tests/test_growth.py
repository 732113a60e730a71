"""The learning curve: nested parts of whole articles, on the evaluation's own folds; and evidence out of fold."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline.learning.evaluation import MODEL
from pipeline.learning.features import count
from pipeline.learning.fold_evidence import mistake_evidence
from pipeline.learning.growth import learning_curve, parts
from pipeline.learning.training import fit_part
from tests.corpora import LEXICON, QUICK, evaluated, quiet, small


@pytest.fixture(scope="module")
def points():
    return learning_curve(small(), LEXICON, QUICK, evaluated().out, quiet, 1, (0.2, 0.5))


def test_parts_are_whole_articles_each_holding_the_smaller_ones():
    groups = small().groups
    train = np.flatnonzero(groups % 3 > 0)
    drawn = parts(groups, train, (0.2, 0.5, 1.0), seed=4)
    for smaller, larger in itertools.pairwise(drawn):
        assert set(smaller) < set(larger)
    for rows in drawn:
        assert set(rows) <= set(train)
        assert set(rows) == {row for row in train if groups[row] in set(groups[rows])}
    assert set(drawn[-1]) == set(train)
    assert not np.array_equal(drawn[0], parts(groups, train, (0.2,), seed=5)[0])


def test_the_last_point_is_the_evaluation_itself(points):
    last, own = points[-1], evaluated().table("paragraph")
    assert last.share == 1.0
    assert not last.table.difference
    assert last.table.rows == own.rows
    assert last.paragraphs == pytest.approx(2 / 3 * len(small().paragraphs))


def test_parts_too_small_for_the_inner_folds_are_left_out_and_others_learn_from_fewer(points):
    strict = replace(QUICK, evaluation=replace(QUICK.evaluation, inner_folds=5))
    assert [p.share for p in points] == [0.2, 0.5, 1.0]
    assert [p.share for p in learning_curve(small(), LEXICON, strict, evaluated().out, quiet, 1, (0.1,))] == [1.0]
    assert [p.paragraphs for p in points] == sorted(p.paragraphs for p in points)


def test_what_all_labels_bring_is_the_difference_of_the_figures(points):
    gain = points[0].table.difference["macro", "f1"]
    figures = [points[place].table.figure("macro", "f1").value for place in (-1, 0)]
    assert gain.value == pytest.approx(figures[0] - figures[1])


def test_evidence_of_a_mistake_adds_up_to_the_score_it_had_out_of_fold():
    evaluation = evaluated()
    dataset, fold = small(), evaluation.out.fold[0]
    found = mistake_evidence(evaluation, LEXICON, "1.2.3")
    assert len(found) == len(evaluation.mistakes) > 0
    counts = count(dataset.texts, QUICK.features, LEXICON)
    place = {p.id: i for i, p in enumerate(dataset.paragraphs)}
    for mistake, spans in zip(evaluation.mistakes, found, strict=True):
        row, j = place[mistake.paragraph_id], dataset.codebook.keys.index(mistake.topic)
        own = fit_part(evaluation, LEXICON, "1.2.3", counts, np.flatnonzero(fold != fold[row]))
        total = math.fsum([own.intercept[j], *(c.weight for c in spans)])
        assert total == pytest.approx(evaluation.out.S[0, row, j], abs=1e-9)
        assert evaluation.out.systems[MODEL].score[0, row, j] == mistake.probability
