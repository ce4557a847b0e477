"""Derivatives by hand behind the common interface."""

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.harness.compare import measure
from diffkit.harness.targets import from_callable, from_problem
from diffkit.problems import CATALOGUE


@pytest.mark.parametrize("name", ["sin_exp_log", "pendulum", "rosenbrock", "osborne", "network_2_8_2", "gmm"])
def test_the_catalogue_s_derivatives_are_measured(name):
    size = CATALOGUE[name].smallest if CATALOGUE[name].size_means else None
    [row] = measure([from_problem(name, size)], ["hand"], effort="quick")
    assert (row.status, row.evaluations, row.message) == ("ok", 0, None) and row.digits > 13


def test_what_has_none_is_refused():
    targets = [from_callable(lambda x: x * x, 3.0), from_problem("speelpenning_loop")]
    rows = measure(targets, ["hand"], effort="quick")
    assert [row.status for row in rows] == ["unsupported"] * 2 and "f.by_hand" in rows[0].message


def test_a_function_carries_its_own():
    def f(x, a):
        return a * np.sum(x**3)

    f.by_hand = lambda x, a: (a * np.sum(x**3), 3 * a * x**2)
    x = np.array([1.0, 2.0])
    y, g = diffkit.prepare(f, x, 2.0, backend="hand").value_and_gradient(x, 4.0)
    assert y == 36.0 and g.tolist() == [12.0, 48.0]


def test_it_is_never_among_all():
    assert "hand" not in registry.names() and "hand" in registry.known()


def test_nothing_stands_between_the_clock_and_what_was_written():
    """The answer is the very object; one of another shape is given the owed one."""
    answer = np.array([3.0, 12.0])
    point = np.array([1.0, 2.0])

    def f(x):
        return np.sum(x**3)

    f.by_hand = lambda x: (9.0, answer)
    assert diffkit.prepare(f, point, backend="hand").gradient(point) is answer
    f.by_hand = lambda x: (9.0, answer.reshape(1, 2))
    assert diffkit.gradient(f, point, backend="hand").shape == (2,)
    f.by_hand = lambda x: (x**3, np.diag(3 * x**2))
    assert diffkit.jacobian(f, point, backend="hand").shape == (2, 2)
    with pytest.raises(diffkit.NotScalar):
        diffkit.gradient(f, point, backend="hand")
    with pytest.raises(diffkit.NotScalar):
        diffkit.derivative(f, point, backend="hand")
