"""L2-regularised logistic regression for several topics at once, over one matrix that all of them share.

The objective of each topic is that of liblinear (Fan et al. 2008; scikit-learn's ``solver="liblinear"``, the oracle of
the tests), intercept penalised and all:

    1/2 |w|^2 + 1/2 b^2 + sum_i cost_i * log(1 + exp(-y_i * (left_i * sum_c X_ic * right_c * w_c + b)))

It is minimised by Newton steps whose direction comes from conjugate gradients, cut short while far from the goal
(Lin, Weng & Keerthi 2008), with a line search (Galli & Lin 2021). All they need of the matrix A of a topic's rows, each
times its answer -1 or 1, are products, so the topics advance together and one pass over X serves them all; those that
have arrived drop out. What makes topics differ (rows weighed or scaled, columns scaled, or closed by a scale of zero)
lies in arrays beside X, which is never copied. Weights that start from zero stay combinations of rows, w = A' a: the
steps are taken in a, with K = A A', as arithmetic on n numbers is cheaper than on many more terms.

A topic's weights do not depend, to the last bit, on the topics beside it, on columns closed to it, or on the number of
cores: every sum is taken in the order of the matrix, by products of scipy's that run in one thread.
What the columns mean and what a score is worth is decided elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from pipeline.errors import RecipeError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SolverOptions:
    """When to stop.

    Attributes:
        tolerance: a topic has arrived when its gradient is so many times shorter than at zero weights. scikit-learn's
            default comes to 4e-6 to 1e-5 on the shipped labels, which leaves scores wrong by up to 0.1; the next digit
            costs a fifth more.
        steps: most Newton steps; 10 to 20 is usual.
        inner_steps: most conjugate gradient steps within one.
        forcing: a direction is good enough when it leaves no more than this share of the gradient.
        decrease: least decrease of the objective, as a share of what its slope promises.
        halvings: of a step; where none of them brings the objective down, the arithmetic brings nothing further.
    """

    tolerance: float = 1e-6
    steps: int = 1000
    inner_steps: int = 500
    forcing: float = 0.3
    decrease: float = 0.01
    halvings: int = 40

    def __post_init__(self) -> None:
        if not 0 < self.tolerance < 1 or not 0 < self.forcing < 1 or not 0 < self.decrease < 0.5:
            raise RecipeError(
                f"solver: tolerance is {self.tolerance!r}, forcing {self.forcing!r}, decrease {self.decrease!r}; must lie "
                "between 0 and 1, decrease below 0.5"
            )
        if not min(self.steps, self.inner_steps, self.halvings) >= 1:
            raise RecipeError("solver: steps, inner_steps and halvings must be 1 or more")


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """k topics over the same n rows and m columns.

    Attributes:
        X: CSC of shape (n, m).
        Y: the answers, bool of shape (n, k).
        cost: what a mistake in a row costs, float of shape (n, k), not negative.
        left: row scales of shape (n, k).
        right: column scales of shape (m, k); zero closes a column to a topic.
    """

    X: Any
    Y: Array
    cost: Array
    left: Array
    right: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """A topic's rows, each times its answer: the matrix A, never written out.

    Attributes:
        X: as in the problem.
        sides: the answers, 1 and -1, float of shape (n, k).
        cost: as in the problem.
        left: row scales times answers.
        right: as in the problem.
    """

    X: Any
    sides: Array
    cost: Array
    left: Array
    right: Array

    def of(self, topics: Array) -> _Rows:
        """The rows of some topics; ``topics`` bool of shape (k,)."""
        return _Rows(self.X, *_only(topics, self.sides, self.cost, self.left, self.right))

    def margins(self, W: Array) -> Array:
        """A W: scores of shape (n, k), positive where they are right, of weights (m + 1, k), the intercept last."""
        scores: Array = self.X @ (self.right * W[:-1])
        scores *= self.left
        scores += self.sides * W[-1]
        return scores

    def gathered(self, U: Array) -> Array:
        """A' U: weights of shape (m + 1, k), the intercept last, from values of shape (n, k)."""
        found = np.empty((len(self.right) + 1, U.shape[1]))
        np.multiply(self.X.T @ (self.left * U), self.right, out=found[:-1])
        found[-1] = column_sums(self.sides * U)
        return found


def _only(topics: Array, *arrays: Array) -> Iterator[Array]:
    """Some columns of each array, as arrays of their own whose rows lie together, as the products need them."""
    return (np.compress(topics, array, axis=1) for array in arrays)


def column_sums(A: Array) -> Array:
    """Sums over the first axis, from the first row to the last: numpy's own order changes with the shape.

    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [4.0, 6.0]
    """
    ones = np.ones(len(A)), np.arange(len(A)), np.array([0, len(A)])
    return np.asarray((csr_matrix(ones, shape=(1, len(A))) @ A)[0])


def solve(problem: Problem, options: SolverOptions = SolverOptions()) -> tuple[Array, Array]:
    """Minimise the objective of every topic.

    Args:
        problem: what to fit; both answers occur in every topic.
        options: when to stop.

    Returns:
        Weights w of shape (m, k), zero in closed columns, and intercepts of shape (k,).
    """
    k = problem.Y.shape[1]
    found, topics = np.zeros_like(problem.cost), np.arange(k)
    a, Z = found.copy(), found.copy()
    sides = np.where(problem.Y, 1.0, -1.0)
    rows = whole = _Rows(problem.X, sides, problem.cost, sides * problem.left, problem.right)
    goal, arrived = np.full(k, math.inf), np.zeros(k, dtype=bool)
    for step in range(options.steps):
        wrong = expit(-Z)
        rest = rows.cost * wrong - a
        G = rows.gathered(rest)
        size = np.sqrt(column_sums(G**2))
        if not step:
            goal = options.tolerance * size
        arrived |= size <= goal
        if arrived.any():
            found[:, topics[arrived]] = a[:, arrived]
            if arrived.all():
                break
            on = ~arrived
            rows, topics, goal, size = rows.of(on), topics[on], goal[on], size[on]
            a, Z, wrong, rest, G = _only(on, a, Z, wrong, rest, G)
        bend = rows.cost * wrong * (1 - wrong)
        d, Zd = _direction(rows, rest, rows.margins(G), bend, options.forcing * size, options.inner_steps)
        length = _length(rows, a, Z, d, Zd, -column_sums(rest * Zd), options)
        a += length * d
        Z += length * Zd
        arrived = length == 0
    else:
        found[:, topics] = a
    W = whole.gathered(found)
    return W[:-1], W[-1]


def _direction(rows: _Rows, rest: Array, Z_rest: Array, bend: Array, enough: Array, steps: int) -> tuple[Array, Array]:
    """Solve (1 + A' bend A) A'd = A'rest by conjugate gradients, until no more than ``enough`` is left over.

    Args:
        rows: give A, and K = A A'.
        rest: minus the gradient, as a combination of rows, shape (n, k).
        Z_rest: K rest.
        bend: second derivatives of the loss by the margins, shape (n, k).
        enough: lengths of shape (k,).
        steps: at most so many.

    Returns:
        d and K d, both of shape (n, k).
    """
    found, Z_found, topics = np.zeros_like(rest), np.zeros_like(rest), np.arange(len(enough))
    d, Zd = found.copy(), found.copy()
    p, Zp, square = rest, Z_rest, column_sums(rest * Z_rest)
    for _ in range(steps):
        u = bend * Zp
        Hp = p + u
        ahead = square / column_sums(Hp * Zp)
        d += ahead * p
        Zd += ahead * Zp
        rest = rest - ahead * Hp
        Z_rest = Z_rest - ahead * (Zp + rows.margins(rows.gathered(u)))
        before, square = square, column_sums(rest * Z_rest)
        on = square > enough**2
        if not on.all():
            found[:, topics[~on]], Z_found[:, topics[~on]] = d[:, ~on], Zd[:, ~on]
            if not on.any():
                break
            rows, topics, enough, before, square = rows.of(on), topics[on], enough[on], before[on], square[on]
            d, Zd, p, Zp, rest, Z_rest, bend = _only(on, d, Zd, p, Zp, rest, Z_rest, bend)
        p = rest + square / before * p
        Zp = Z_rest + square / before * Zp
    else:
        found[:, topics], Z_found[:, topics] = d, Zd
    return found, Z_found


def _length(rows: _Rows, a: Array, Z: Array, d: Array, Zd: Array, slope: Array, options: SolverOptions) -> Array:
    """How far to go from A'a along A'd: the first of 1, 1/2, 1/4 ... that brings the objective down enough, or 0.

    Args:
        rows: give the costs.
        a: shape (n, k).
        Z: K a.
        d: shape (n, k).
        Zd: K d.
        slope: of the objective along A'd, shape (k,).
        options: what is enough.
    """
    across, along = column_sums(a * Zd), column_sums(d * Zd)
    length, found = 1.0, np.zeros_like(slope)
    before = np.logaddexp(0, -Z)
    for _ in range(options.halvings):
        # Summed as differences: near the goal two objectives have nearly all their digits in common.
        loss = column_sums(rows.cost * (np.logaddexp(0, -Z - length * Zd) - before))
        change = length * across + length**2 / 2 * along + loss
        good = (found == 0) & (change <= options.decrease * length * slope)
        found[good] = length
        if found.all():
            break
        length = length / 2
    return found
