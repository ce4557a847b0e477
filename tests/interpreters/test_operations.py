"""Counting operations: of rows, of both sweeps of the tape, of recorded programs."""

import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import TABLE
from diffkit.interpreters.operations import COUNTS, counted, operations_of
from diffkit.interpreters.program import record_program
from diffkit.problems import instance

x, A, B = np.array([0.3, 0.7, 1.1, 0.6]), np.arange(12.0).reshape(3, 4), np.eye(3) + 0.1
ROWS = [
    (lambda: counted(lambda x: 2 * np.sin(x) + x, [x]), 12),
    (lambda: counted(np.sum, [A]), 11),
    (lambda: counted(lambda a: np.sum(a, axis=0), [A]), 8),
    (lambda: counted(lambda a, x: a @ x, [A, x]), 21),
    (lambda: counted(lambda a: a.T @ a, [A]), 16 * (3 + 2)),
    (lambda: counted(np.cumsum, [x]), 3),
    (lambda: counted(np.linalg.norm, [x]), 8),
    (lambda: counted(np.linalg.det, [B]), 16 + 2),
    (lambda: counted(np.linalg.solve, [B, np.ones(3)]), 16 + 18),
    (lambda: counted(lambda x: np.where(x > 0.5, x, 0.0)[1:].reshape(3, 1), [x]), 0),
    (lambda: counted(lambda x: np.max(x), [x]), 3),
]


@pytest.mark.parametrize("case", range(len(ROWS)))
def test_operations_of_rows(case):
    count, expected = ROWS[case]
    assert count() == expected


def test_every_count_belongs_to_a_row():
    assert set(COUNTS) <= set(TABLE)


def test_a_branch_is_counted_as_it_is_taken():
    def f(x):
        return x * x * x if x > 1 else x

    assert (counted(f, [2.0]), counted(f, [0.5])) == (2, 0)


@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_reverse_mode_takes_three_multiplications_for_each_but_one_factor(n):
    here = instance("speelpenning_loop", n)
    assert diffkit.prepare(here.f, *here.args, wrt=here.wrt, backend="reverse").operations == 3 * (n - 1)


@pytest.mark.parametrize("backend", ["reverse", "compiled-numpy"])
@pytest.mark.parametrize("name", ["rosenbrock", "log_sum_exp", "speelpenning", "least_squares"])
def test_a_gradient_is_cheap_at_any_size(name, backend):
    """At most five times f in operations (Griewank and Walther: 3 to 4, up to 5)."""
    for size in (10, 100):
        here = instance(name, size)
        prepared = diffkit.prepare(here.f, *here.args, wrt=here.wrt, backend=backend)
        primal = counted(lambda x, f=here.f, rest=here.args[1:]: f(x, *rest), [here.args[0]])
        assert primal < prepared.operations <= 5 * primal


def test_a_program_of_a_loop_grows_as_the_loop():
    """Pulling the 4 of 4 x (1 - x) out of every product made 684 operations of 40 steps."""
    counts = [
        diffkit.prepare(instance("logistic_map", n).f, 0.2, backend="compiled-numpy").operations
        for n in (10, 20, 40)
    ]
    assert counts[2] - counts[1] == 2 * (counts[1] - counts[0])


def test_eager_and_recorded_count_alike():
    f = instance("rosenbrock", 10).f
    point = instance("rosenbrock", 10).args[0]
    assert operations_of(record_program(f, [point])) == counted(f, [point])


def test_the_jacobian_is_counted_where_there_are_many_outputs():
    prepared = diffkit.prepare(lambda x: x * x, x, backend="reverse")
    assert prepared.operations == 4 + 2 * 16 + 16  # f, two partials times four cotangents, their sum


def test_forward_counts_every_direction():
    """Twice the inputs are four times the operations of Rosenbrock's gradient, of reverse twice."""

    def operations(backend, n):
        problem = instance("rosenbrock", n)
        return diffkit.prepare(problem.f, *problem.args, backend=backend).operations

    assert [operations("forward", n) for n in (2, 4, 64)] == [26, 136, 36916]
    assert operations("forward", 64) / operations("forward", 32) == pytest.approx(4, rel=0.01)
    assert operations("reverse", 64) / operations("reverse", 32) == pytest.approx(2, rel=0.02)


def test_modes_change_places_with_inputs_and_outputs():
    """A square Jacobian costs the same either way, a tall one less by forward, a wide one less by reverse."""

    def ratio(m, n):
        prepared = [diffkit.prepare(lambda x: np.tanh(np.ones((m, n)) @ x), np.ones(n), backend=backend)
                    for backend in ("forward", "reverse")]  # fmt: skip
        return prepared[0].operations / prepared[1].operations

    assert ratio(16, 16) == 1
    assert ratio(64, 4) < 0.1 and ratio(4, 64) > 10
