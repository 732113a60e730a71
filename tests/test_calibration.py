"""Probabilities that come true: bins of equal mass, and the distance between said and seen."""

from __future__ import annotations

import numpy as np

from pipeline.learning.calibration import calibration_error, reliability


def test_bins_hold_equal_numbers_of_rows() -> None:
    p = np.linspace(0, 1, 100)
    assert [point.rows for point in reliability(p, p > 0.5)] == [10] * 10


def test_equal_probabilities_share_a_bin_whatever_their_order() -> None:
    p = np.array([0.2, 0.2, 0.2, 0.2, 0.9, 0.9])
    y = np.array([True, False, False, False, True, True])
    assert [(point.frequency, point.rows) for point in reliability(p, y)] == [(0.25, 4), (1.0, 2)]
    assert calibration_error(p, y) == calibration_error(p[::-1], y[::-1])


def test_the_error_is_nought_where_frequencies_are_as_said_and_the_whole_gap_where_they_are_not() -> None:
    p = np.repeat([0.25, 0.75], 4)
    assert calibration_error(p, np.array([1, 0, 0, 0, 1, 1, 1, 0], bool)).tolist() == [0.0]
    assert calibration_error(np.ones(5), np.zeros(5, bool)).tolist() == [1.0]


def test_a_weight_counts_a_row_as_often_as_it_says() -> None:
    p, y = np.array([0.2, 0.4, 0.9]), np.array([False, True, True])
    weighted = calibration_error(p, y, np.array([[2.0, 2.0, 2.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    assert weighted[0] == calibration_error(p, y)[0]
    assert np.isclose(weighted[1], 0.2)
    assert np.isnan(weighted[2])


def test_probabilities_drawn_as_they_say_have_a_small_error_and_overconfident_ones_a_great_one() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 4000)
    y = rng.uniform(0, 1, 4000) < p
    sure = np.where(p > 0.5, 0.99, 0.01)
    assert calibration_error(p, y)[0] < 0.04
    assert calibration_error(sure, y)[0] > 0.2


def test_nothing_gives_no_bins_and_no_figure() -> None:
    nothing = np.array([])
    assert reliability(nothing, nothing.astype(bool)) == ()
    assert np.isnan(calibration_error(nothing, nothing.astype(bool))).all()
