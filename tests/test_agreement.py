"""Agreement of annotators, against scikit-learn and a worked example of the literature."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.annotation.agreement import _alpha, _figures, agreement_of, all_together
from pipeline.annotation.annotations import append_annotations, label_file, read_annotations
from pipeline.cli import main
from pipeline.errors import LabelError, MissingExtraError

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


def test_alpha_of_four_observers_with_missing_values_equals_krippendorffs_nominal_example():
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units, 0.743.
    nan = np.nan
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ]
    assert _alpha(np.array(observers)) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_alpha_of_a_pair_equals_the_package(pairs):
    counts = [
        pairs.count((True, True)),
        pairs.count((True, False)),
        pairs.count((False, True)),
        pairs.count((False, False)),
    ]
    ours = _figures(np.array([counts], float))[0, 1]
    assert ours == pytest.approx(_alpha(np.array(pairs, float).T), abs=1e-9, nan_ok=True)


def test_two_annotators_together_are_the_pair(make_project, tmp_path):
    first = {name: ["drugs", ""] for name in ARTICLES}
    second = {**first, "a0": ["", "drugs migration"], "a1": ["drugs", None]}
    project = make_project(tmp_path, ARTICLES, {"first": first, "second": second, "gold": first})
    for pair, together in zip(agreement_of(project), all_together(project), strict=True):
        assert (together.topic, together.annotators, together.units) == (pair.topic, ("first", "second"), 11)
        assert together.alpha == pytest.approx(pair.alpha.value, abs=1e-9)


def test_all_are_compared_on_what_two_of_them_judged_in_the_same_text(make_project, tmp_path):
    judged = {
        "first": {"a0": ["drugs", ""], "a1": ["drugs", None], "a2": ["", None]},
        "second": {"a0": ["drugs", "drugs"], "a1": [None, ""], "a2": ["", None]},
        "third": {"a0": ["", ""], "a1": ["drugs", None], "a2": ["drugs", None]},
    }
    project = make_project(tmp_path, ARTICLES, judged)
    # Of a2 the third judged another text, which is none of the others' unit.
    path = label_file(project, "third")
    lines = [line for _, line in read_annotations(path)]
    path.unlink()
    append_annotations(path, [replace(line, sha="0") if line.article == "a2" else line for line in lines])
    drugs, migration = all_together(project)
    assert drugs.units == migration.units == 4
    # Coincidences by hand: units 110, 010, 1-1, 00-; each pair of values weighs 1 / (values of the unit - 1).
    values = 3 + 3 + 2 + 2
    ones = 2 + 1 + 2
    apart = 2 * 2 / 2 + 2 * 2 / 2
    assert drugs.alpha == pytest.approx(1 - (values - 1) * apart / (2 * ones * (values - ones)))
    assert np.isnan(migration.alpha)
    assert [row.annotators for row in all_together(project, ("third", "first"))] == [("third", "first")] * 2


def test_nothing_in_common_has_no_alpha(make_project, tmp_path):
    labels = {"first": {"a0": ["drugs", None]}, "second": {"a0": [None, ""]}}
    rows = all_together(make_project(tmp_path, ARTICLES, labels))
    assert [row.units for row in rows] == [0, 0]
    assert all(np.isnan(row.alpha) for row in rows)


def test_together_refuses_whom_the_pairs_refuse(make_project, tmp_path):
    project = make_project(tmp_path, ARTICLES, {"first": {"a0": ["drugs", ""]}})
    with pytest.raises(LabelError, match="1 annotators beside gold to compare"):
        all_together(project)
    with pytest.raises(LabelError, match="annotator 'anna': has no lines"):
        all_together(project, ("anna",))


def printed(project, *names):
    arguments = [part for name in names for part in ("--annotator", name)]
    done = CliRunner().invoke(main, ["agreement", "--project", str(project.root), *arguments])
    assert done.exit_code == 0, done.output
    return done


def test_the_verb_shows_three_annotators_at_once_and_two_as_a_pair_alone(make_project, tmp_path, monkeypatch):
    judged = {name: ["drugs", ""] for name in ARTICLES}
    labels = {"first": judged, "second": judged, "third": {**judged, "a0": ["", ""]}}
    project = make_project(tmp_path, ARTICLES, labels)
    shown = printed(project).stdout
    assert shown.count("Agreement of ") == 4
    assert "All at once: first, second, third; units are paragraphs that two of them or more judged" in shown
    (row,) = [line for line in shown.partition("Agreement of all")[2].splitlines() if line.startswith("| drugs")]
    drugs, migration = all_together(project)
    assert row.split("|")[2:4] == [f" {drugs.units} ", f" {drugs.alpha:.3f} "]
    assert np.isnan(migration.alpha)
    assert printed(project, "first", "third").stdout.count("Agreement of ") == 1
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    with pytest.raises(MissingExtraError, match=r"needs krippendorff; pip install 'threat-topics\[web\]', then"):
        all_together(project)
    without = printed(project)
    assert without.stdout.count("Agreement of ") == 3
    assert "needs krippendorff" in without.stderr
