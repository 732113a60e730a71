"""Curves, thresholds and mix-ups against plain counting."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve

from pipeline.learning.calibration import calibration_error
from pipeline.learning.curves import (
    ALL,
    LEVELS,
    SCORE_BINS,
    WISHES,
    confusions,
    precision_at_recall,
    topic_curves,
)
from pipeline.learning.evaluation import MODEL, Answers
from pipeline.learning.objectives import least_threshold
from tests.corpora import KEYS, evaluated, gappy, small


@pytest.fixture(scope="module")
def curves():
    return topic_curves(small(), evaluated().out, rounds=100, seed=0)


def scored(seed, n=200):
    generator = np.random.default_rng(seed)
    y = generator.random(n) < 0.3
    return np.round(np.clip(generator.normal(0.3 + 0.3 * y, 0.2), 0, 1), 2), y


@pytest.mark.parametrize("seed", range(5))
def test_precision_at_a_recall_is_that_of_the_highest_threshold_that_reaches_it(seed):
    p, y = scored(seed)
    precision, recall, _ = precision_recall_curve(y, p)
    for level, found in zip(np.arange(1, 21) / 20, precision_at_recall(p, y, 20), strict=True):
        wanted = precision[:-1][recall[:-1] >= level - 1e-9][-1]  # thresholds ascend
        assert found == pytest.approx(wanted)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("wish", WISHES)
def test_the_least_threshold_reaches_the_precision_and_no_lower_one_does(seed, wish):
    p, y = scored(seed)
    found = least_threshold(p, y, wish)
    reaching = [t for t in np.unique(p) if y[p >= t].mean() >= wish]
    assert (min(reaching) if reaching else None) == (None if math.isnan(found) else found)


def test_without_positives_there_is_no_curve_and_no_threshold():
    p, y = np.array([0.2, 0.8]), np.zeros(2, bool)
    assert np.isnan(precision_at_recall(p, y)).all()
    assert math.isnan(least_threshold(p, y, 0.5))


def test_curves_are_of_all_topics_together_and_then_of_each(curves):
    assert [curve.topic for curve in curves] == [ALL, *KEYS]
    for j, curve in enumerate(curves[1:]):
        y = small().Y[:, j]
        p = evaluated().out.systems[MODEL].score[0, :, j]
        assert curve.share == y.mean()
        assert curve.precision[LEVELS - 1] == pytest.approx(y.sum() / (p >= p[y].min()).sum())
        assert curve.histogram.sum(axis=1).tolist() == [(~y).sum(), y.sum()]
        assert curve.histogram[1].tolist() == np.histogram(p[y], SCORE_BINS, (0, 1))[0].tolist()
        assert curve.calibration_error.value == pytest.approx(calibration_error(p, y).item())
        assert sum(b.rows for b in curve.bins) == len(y)
    assert curves[0].calibration_error.value == pytest.approx(np.mean([c.calibration_error.value for c in curves[1:]]))


def test_the_models_own_step_has_the_figures_of_the_table(curves):
    table = evaluated().table("paragraph")
    for j, curve in enumerate(curves[1:]):
        own = curve.steps[0]
        assert own.precision.value == pytest.approx(table.figure(curve.topic, "precision").value)
        assert own.recall.value == pytest.approx(table.figure(curve.topic, "recall").value)
        assert own.read == pytest.approx(1000 * evaluated().out.systems[MODEL].tags[0, :, j].mean())


def test_a_step_reaches_its_precision_or_says_that_none_does(curves):
    reached = 0
    for curve in curves[1:]:
        for step in curve.steps[1:]:
            if step.is_reached:
                reached += 1
                assert step.precision.value >= step.wish
                assert step.precision.low <= step.precision.value <= step.precision.high
            else:
                assert math.isnan(step.recall.value)
    assert reached


def test_repeats_count_as_means():
    out = evaluated().out
    answers = out.systems[MODEL]
    twice = replace(
        out,
        S=np.concatenate([out.S, out.S]),
        systems={MODEL: Answers(np.concatenate([answers.score] * 2), np.concatenate([answers.tags] * 2))},
    )
    once, doubled = (topic_curves(small(), o, rounds=100, seed=0) for o in (out, twice))
    for a, b in zip(once, doubled, strict=True):
        assert a.histogram.tolist() == b.histogram.tolist()
        assert a.precision.tolist() == pytest.approx(b.precision.tolist())
        assert [s.read for s in a.steps] == pytest.approx([s.read for s in b.steps], nan_ok=True)
    assert confusions(small(), out).false_alarms.tolist() == confusions(small(), twice).false_alarms.tolist()


@pytest.mark.parametrize("dataset", [small(), gappy()])
def test_mix_ups_are_counted_as_they_are_defined(dataset):
    generator = np.random.default_rng(1)
    tags = generator.random((1, *dataset.Y.shape)) < 0.4
    out = replace(evaluated().out, systems={MODEL: Answers(tags.astype(float), tags)})
    found = confusions(dataset, out)
    k = len(KEYS)
    for a in range(k):
        wrong = [i for i in range(len(dataset.Y)) if tags[0, i, a] and dataset.known[i, a] and not dataset.Y[i, a]]
        missed = [i for i in range(len(dataset.Y)) if not tags[0, i, a] and dataset.known[i, a] and dataset.Y[i, a]]
        assert found.alarms_in_all[a] == len(wrong)
        assert found.misses_in_all[a] == len(missed)
        for b in range(k):
            assert found.false_alarms[a, b] == sum(dataset.Y[i, b] and dataset.known[i, b] for i in wrong)
            assert found.misses[a, b] == sum(tags[0, i, b] for i in missed)
        assert found.false_alarms[a, k] == sum(not (dataset.Y[i] & dataset.known[i]).any() for i in wrong)
        assert found.misses[a, k] == sum(not tags[0, i].any() for i in missed)
        assert found.false_alarms[a, a] == found.misses[a, a] == 0
