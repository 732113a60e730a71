"""Agreement of annotators, against scikit-learn and a worked example of the literature."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.annotation.agreement import _figures, agreement_of
from pipeline.errors import LabelError

ARTICLES = {f"a{i}": f"First paragraph of story {i}.\n\nSecond paragraph of story {i}.\n" for i in range(6)}


def test_kappa_equals_scikit_learns():
    generator = np.random.default_rng(1)
    one = generator.random(200) < 0.4
    two = np.where(generator.random(200) < 0.8, one, ~one)
    counts = [(one & two).sum(), (one & ~two).sum(), (~one & two).sum(), (~one & ~two).sum()]
    assert _figures(np.array([counts], float))[0, 0] == pytest.approx(cohen_kappa_score(one, two))


def test_alpha_equals_krippendorffs_binary_example():
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example A: ten units, two coders, alpha 0.095.
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    two = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    pairs = list(zip(one, two, strict=True))
    counts = [pairs.count((1, 1)), pairs.count((1, 0)), pairs.count((0, 1)), pairs.count((0, 0))]
    assert _figures(np.array([counts], float))[0, 1] == pytest.approx(0.095, abs=5e-4)


def test_two_passes_are_compared_on_what_both_judged(make_project, tmp_path):
    first = {name: ["drugs", ""] for name in ARTICLES}
    second = {**{name: ["drugs", ""] for name in ARTICLES}, "a0": ["", ""], "a1": ["drugs", None]}
    project = make_project(tmp_path, ARTICLES, {"first": first, "second": second, "gold": first})
    drugs, migration = agreement_of(project)
    assert (drugs.first, drugs.second, drugs.topic) == ("first", "second", "drugs")
    assert (drugs.both, drugs.only_first, drugs.only_second, drugs.neither) == (5, 1, 0, 5)
    assert drugs.kappa.low <= drugs.kappa.value <= drugs.kappa.high
    assert np.isnan(migration.kappa.value)


def test_one_pass_alone_and_an_unknown_annotator_are_refused(make_project, tmp_path):
    project = make_project(tmp_path, ARTICLES, {"first": {"a0": ["drugs", ""]}})
    with pytest.raises(LabelError, match="1 annotators beside gold to compare, two are needed"):
        agreement_of(project)
    with pytest.raises(LabelError, match="1 annotators beside gold"):
        agreement_of(project, ("first", "first"))
    with pytest.raises(LabelError, match=r"annotator 'anna': has no lines in .*; those who have: first"):
        agreement_of(project, ("anna",))
