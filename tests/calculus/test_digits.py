"""How many digits every pointwise row keeps, in its domain and at its hard points, at first and second order.

The witness is mpmath at 1,000 digits: central differences of relative step 1e-150, so that two in a row keep
hundreds of digits, even of a slope of 1e-260 on a value of 1. It knows the exact forms, not the partials.
"""

import functools
import itertools

import mpmath
import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import Pointwise, rows_of
from diffkit.interpreters.fields import Field, MPNumbers

TINY = 1e-300  # below it doubles themselves run out of digits
NUMBERS = MPNumbers(1000)
STEP = NUMBERS.context.mpf(10) ** -150
MODES = [*itertools.product(["forward", "reverse"], repeat=2)]
ROWS = [pytest.param(row, id=row.name) for row in rows_of(Pointwise)]


def points(row, random):
    """Four points of the domain and the hard ones."""
    inside = [tuple(random.uniform(low, high) for low, high in row.domain) for _ in range(4)]
    return [tuple(map(float, np.atleast_1d(x))) for x in (*inside, *row.hard)]


@functools.cache
def witness(row, point, wrt):
    """The derivative of the row in the arguments listed in wrt, by nested central differences."""
    exact = [NUMBERS.number(x) for x in point]
    steps = [(abs(x) or 1) * STEP for x in exact]

    def slope(xs, wrt):
        if not wrt:
            return row(*(Field(x, NUMBERS) for x in xs)).entries.item()
        i, h = wrt[0], steps[wrt[0]]
        right, left = ([x + s * h if j == i else x for j, x in enumerate(xs)] for s in (1, -1))
        return (slope(right, wrt[1:]) - slope(left, wrt[1:])) / (2 * h)

    return slope(exact, wrt)


def keeps_its_digits(value, row, point, wrt):
    """Whether 14 digits of the truth are there."""
    truth = witness(row, point, wrt)
    return bool(abs(NUMBERS.number(value) - truth) <= 1e-14 * abs(truth) + TINY)


def active(row):
    return [i for i, p in enumerate(row.partials) if p is not None]


@pytest.mark.parametrize("row", ROWS)
def test_values_keep_their_digits(row, random):
    for x in points(row, random):
        assert keeps_its_digits(row.evaluate(*x), row, x, ()), x


@pytest.mark.parametrize("row", ROWS)
def test_first_derivatives_keep_their_digits(row, random):
    for x, i, backend in itertools.product(points(row, random), active(row), ["forward", "reverse"]):
        value = diffkit.derivative(row, *x, wrt=i, backend=backend)
        assert keeps_its_digits(value, row, x, (i,)), (x, i, backend, value)


def second_derivative(row, x, i, j, inner, outer):
    return diffkit.derivative(
        lambda *xs: diffkit.derivative(row, *xs, wrt=i, backend=inner), *x, wrt=j, backend=outer
    )


@pytest.mark.parametrize("row", ROWS)
def test_second_derivatives_keep_their_digits(row, random):
    for x, i, j, modes in itertools.product(points(row, random), active(row), active(row), MODES):
        value = second_derivative(row, x, i, j, *modes)
        assert keeps_its_digits(value, row, x, (i, j)), (x, i, j, modes, value)


@pytest.mark.parametrize(
    "name, lesser, point",
    [
        ("tanh", lambda y, x: 1 - y * y, 10.0),
        ("arcsin", lambda y, x: 1 / np.sqrt(1 - x * x), 1 - 1e-9),
        ("sin", lambda y, x: np.sin(np.pi / 2 - x), 1e9),
        ("sin", lambda y, x: -np.cos(x), 1.0),
        ("sin", lambda y, x: 1.01 * np.cos(x), 1.0),
        ("sin", lambda y, x: 0.0 * x, 1.0),
    ],
)
def test_a_lesser_form_is_noticed(name, lesser, point):
    """The forms of other tables, and plainly wrong ones, fail the check that the rows pass."""
    row = next(each for each in rows_of(Pointwise) if each.name == name)
    row = Pointwise(row.name, row.evaluate, row.exact, row.domain, partials=(lesser,))

    assert not keeps_its_digits(diffkit.derivative(row, point), row, (point,), (0,))


def test_the_witness_agrees_with_mpmaths_own_derivative():
    with mpmath.workdps(60):
        truth = mpmath.diff(mpmath.tanh, mpmath.mpf(10), 2)

    assert (
        abs(witness(next(r for r in rows_of(Pointwise) if r.name == "tanh"), (10.0,), (0, 0)) / truth - 1)
        < 1e-15
    )
