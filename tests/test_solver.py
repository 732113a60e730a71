"""Solver: scikit-learn's liblinear says what the weights of each topic must be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from pipeline.errors import RecipeError
from pipeline.learning.solver import Problem, SolverOptions, column_sums, solve

EXACT = SolverOptions(tolerance=1e-10)
ALIKE = 1e-5  # weights and intercepts, absolute: liblinear itself comes no closer at its least tolerance


def random_problem(seed, n=60, m=150, k=4, density=0.08, scale=10.0):
    """Rows and columns scaled each topic for itself; some columns closed, some turned round, some rows of no weight."""
    draw = np.random.default_rng(seed)
    X = sparse.random(n, m, density, "csc", rng=draw, data_rvs=lambda size: draw.lognormal(size=size))
    right = draw.normal(size=(m, k)) * (draw.random((m, k)) < 0.8)
    Y = draw.random((n, k)) < np.linspace(0.2, 0.7, k)
    Y[0], Y[1] = True, False
    cost = scale * draw.lognormal(sigma=0.7, size=(n, k))
    cost[2] = 0
    return Problem(X, Y, cost, draw.random((n, k)) + 0.2, right)


def tiny(X, y, cost=1.0):
    """One topic, nothing scaled."""
    X = sparse.csc_matrix(np.array(X, dtype=float))
    Y = np.array(y, dtype=bool)[:, None]
    return Problem(X, Y, np.full(Y.shape, cost), np.ones(Y.shape), np.ones((X.shape[1], 1)))


def rows_of(problem, j):
    """What the topic sees, as a matrix of its own."""
    return sparse.diags(problem.left[:, j]) @ problem.X @ sparse.diags(problem.right[:, j])


def objective(problem, j, w, b):
    sides = np.where(problem.Y[:, j], 1, -1)
    loss = np.logaddexp(0, -sides * (rows_of(problem, j) @ w + b))
    return w @ w / 2 + b**2 / 2 + problem.cost[:, j] @ loss


def oracle(problem, j, tol=1e-10):
    found = LogisticRegression(solver="liblinear", C=1.0, tol=tol, max_iter=100_000).fit(
        rows_of(problem, j).tocsr(), problem.Y[:, j], sample_weight=problem.cost[:, j]
    )
    return found.coef_[0], found.intercept_[0]


PROBLEMS = {
    **{f"random {seed}": random_problem(seed) for seed in range(5)},
    "more rows than columns": random_problem(7, n=400, m=12, density=0.4),
    "a heavy cost": random_problem(8, scale=1e4),
    "a light cost": random_problem(9, scale=1e-3),
    "separable": tiny([[1, 0], [2, 0], [0, 1], [0, 3]], [1, 1, 0, 0], 100.0),
    "one column": tiny([[1], [2], [-1], [0.5], [-2]], [1, 1, 0, 0, 0]),
    "two rows": tiny([[1, 2, 0], [0, 1, 1]], [1, 0]),
    "every row twice": tiny([[1, 2, 0], [0, 1, 1], [1, 0, 0]] * 2, [1, 0, 0] * 2, 5.0),
    "rows without terms": tiny([[0, 0], [1, 0], [0, 0]], [1, 1, 0]),
    "alike but for the answer": tiny([[1, 2], [1, 2], [1, 2]], [1, 1, 0]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_weights_and_intercepts_are_those_of_liblinear(name):
    problem = PROBLEMS[name]
    W, b = solve(problem, EXACT)
    for j in range(problem.Y.shape[1]):
        expected, intercept = oracle(problem, j)
        largest = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(W[:, j], expected, rtol=0, atol=ALIKE * largest)
        np.testing.assert_allclose(b[j], intercept, rtol=0, atol=ALIKE * largest)


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_objective_ends_above_liblinears(name):
    problem = PROBLEMS[name]
    for options, tol in ((EXACT, 1e-10), (SolverOptions(), 1e-4)):
        W, b = solve(problem, options)
        for j in range(problem.Y.shape[1]):
            theirs = objective(problem, j, *oracle(problem, j, tol))
            assert objective(problem, j, W[:, j], b[j]) <= theirs * (1 + 1e-9)


def test_the_oracle_tells_weights_of_another_problem_apart():
    problem = PROBLEMS["random 0"]
    expected, _ = oracle(problem, 0)
    for other in (
        replace(problem, cost=problem.cost * 1.01),
        replace(problem, left=problem.left * 1.01),
        replace(problem, right=problem.right * 1.01),
    ):
        assert np.abs(solve(other, EXACT)[0][:, 0] - expected).max() > 100 * ALIKE


def test_a_closed_column_has_no_weight_and_a_row_of_no_cost_no_say():
    problem = PROBLEMS["random 1"]
    W, b = solve(problem)
    assert not W[problem.right == 0].any()
    assert W[problem.right != 0].any()
    flipped = problem.Y.copy()
    flipped[2] = ~flipped[2]
    again, intercept = solve(replace(problem, Y=flipped))
    np.testing.assert_allclose(again, W, rtol=0, atol=1e-12)
    np.testing.assert_allclose(intercept, b, rtol=0, atol=1e-12)


def test_the_same_problem_gives_the_same_bytes():
    one, two = solve(random_problem(3)), solve(random_problem(3))
    assert [part.tobytes() for part in one] == [part.tobytes() for part in two]


@pytest.mark.parametrize("topics", [[0], [2], [0, 3], [3, 1, 2]])
def test_a_topic_is_the_same_to_the_last_bit_whatever_stands_beside_it(topics):
    problem = random_problem(4, n=301, m=2003)
    W, b = solve(problem)
    parts = (part[:, topics] for part in (problem.Y, problem.cost, problem.left, problem.right))
    some, intercepts = solve(Problem(problem.X, *parts))
    np.testing.assert_array_equal(some, W[:, topics])
    np.testing.assert_array_equal(intercepts, b[topics])


def test_columns_closed_to_a_topic_change_no_bit_of_it():
    problem = random_problem(5, n=200, m=1001)
    more = sparse.random(200, 77, 0.1, "csc", rng=np.random.default_rng(1))
    X = sparse.hstack([more[:, :40], problem.X[:, :500], more[:, 40:], problem.X[:, 500:]], "csc")
    right = np.insert(problem.right, [0] * 40 + [500] * 37, 0, axis=0)
    W, b = solve(replace(problem, X=X, right=right))
    mine = np.r_[40:540, 577:1078]
    expected, intercepts = solve(problem)
    np.testing.assert_array_equal(W[mine], expected)
    np.testing.assert_array_equal(b, intercepts)
    assert not np.delete(W, mine, axis=0).any()


def test_answers_that_cancel_out_leave_no_weight():
    W, b = solve(tiny([[1, 2], [1, 2]], [1, 0]))
    assert not W.any()
    assert not b.any()


def test_every_step_brings_the_objective_down():
    problem = random_problem(6)
    reached = [
        [objective(problem, j, W[:, j], b[j]) for j in range(4)]
        for W, b in (solve(problem, SolverOptions(steps=steps)) for steps in range(1, 8))
    ]
    assert (np.diff(reached, axis=0) < 0).all()


def test_a_step_too_long_is_cut():
    # Far out on its flat side, the loss promises more than a whole step of Newton's brings.
    problem = tiny([[1.0], [1.0], [-3.0]], [1, 0, 1], 1e5)
    W, b = solve(problem, EXACT)
    expected, intercept = oracle(problem, 0)
    np.testing.assert_allclose([W[0, 0], b[0]], [expected[0], intercept], rtol=1e-5)


def test_sums_are_taken_from_the_first_row_to_the_last():
    values = np.random.default_rng(0).normal(size=(1000, 3))
    assert column_sums(values).tolist() == [sum(column) for column in values.T.tolist()]
    assert column_sums(values[:, 0]) == column_sums(values)[0]


@pytest.mark.parametrize(
    "wrong",
    [{"tolerance": 0.0}, {"tolerance": 1.0}, {"forcing": 1.0}, {"decrease": 0.5}, {"steps": 0}, {"halvings": 0}],
)
def test_impossible_options_are_refused(wrong):
    with pytest.raises(RecipeError, match=r"^solver: .* must "):
        SolverOptions(**wrong)
