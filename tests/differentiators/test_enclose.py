"""Intervals that contain the answer, or the operation that has none."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import Pointwise, rows_of
from diffkit.interpreters.fields import mp_jacobian

ROWS = [row for row in rows_of(Pointwise) if row.exact]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_lies_in_its_interval(row, random):
    """The witness, good to 50 digits, lies between the ends; these are the same double or two neighbours."""
    x = [float(random.uniform(low, high)) for low, high in row.domain]
    for i in [i for i in range(len(x)) if row.active(i)]:
        found = diffkit.enclose(row, *x, wrt=i, operator="derivative")
        witness = mp_jacobian(row, x, i, 200)[0].item()
        with mpmath.workdps(200):
            slack = abs(witness) * mpmath.mpf(10) ** -50
            assert found.lower - slack <= witness <= found.upper + slack, (x, i)
        assert found.width <= np.spacing(abs(found.midpoint))
        assert found.lower <= found.midpoint <= found.upper


def test_the_interval_of_a_rational_function_holds_the_fraction():
    """Ends are rounded outward: 1/3 and -1/9 are no doubles, so they lie strictly inside."""
    for operator, truth in (("value", Fraction(1, 3)), ("derivative", Fraction(-1, 9))):
        found = diffkit.enclose(lambda x: 1 / x, 3.0, operator=operator)
        assert Fraction(found.lower) < truth < Fraction(found.upper)
        assert np.nextafter(found.lower, np.inf) == found.upper


def test_what_is_exact_has_no_width():
    found = diffkit.enclose(lambda x: x[0] ** 2 * x[1], [3.0, 0.5])
    np.testing.assert_array_equal(found.lower, [3.0, 9.0])
    np.testing.assert_array_equal(found.width, [0.0, 0.0])


def test_cancellation_costs_bits_and_not_digits():
    """sqrt(x*x + 1) - x at 1e40 loses 266 bits."""
    found = diffkit.enclose(lambda x: np.sqrt(x * x + 1) - x, 1e40)
    assert found.enclosed and found.bits > 266
    assert found.lower <= -0.5e-80 <= found.upper


def f(x, A):
    return np.tanh(A @ x)


@pytest.mark.parametrize(
    "operator, v, shape",
    [
        ("value", None, (2,)),
        ("jacobian", None, (2, 3)),
        ("jvp", [1.0, 2.0, -1.0], (2,)),
        ("vjp", [1.0, 2.0], (3,)),
    ],
)
def test_answers_are_built_like_those_of_a_backend(operator, v, shape, random):
    x, A = random.normal(size=3), random.normal(size=(2, 3))
    found = diffkit.enclose(f, x, A, operator=operator, v=v)
    prepared = diffkit.prepare(f, x, A)
    theirs = {
        "value": lambda: prepared.value(x, A),
        "jacobian": lambda: prepared.jacobian(x, A),
        "jvp": lambda: prepared.jvp((x, A), v)[1],
        "vjp": lambda: prepared.vjp((x, A), v)[1],
    }[operator]()
    assert found.lower.shape == found.upper.shape == found.width.shape == shape
    assert np.all(np.abs(theirs - found.midpoint) <= 1e-14 * np.abs(theirs).max())
    assert np.all(found.width <= np.spacing(np.abs(found.midpoint)))


def test_containers_and_several_arguments():
    loss = lambda p, c: c * (p["w"] ** 2).sum() + p["b"]  # noqa: E731
    found = diffkit.enclose(loss, {"w": np.array([1.0, 2.0]), "b": 3.0}, 0.5, wrt=(0, 1))
    np.testing.assert_array_equal(found.midpoint[0]["w"], [1.0, 2.0])
    assert found.midpoint[0]["b"] == 1.0 and found.midpoint[1] == 5.0
    assert found.width[1] == 0.0


STOPPED = {
    "abs at 0": (lambda x: abs(x), 0.0, "abs"),
    "sqrt at 0": (lambda x: np.sqrt(x), 0.0, "sqrt"),
    "a pole": (lambda x: 1 / x, 0.0, "divide"),
    "a jump": (lambda x: np.floor(x) * x, 2.0, "floor"),
    "a tie": (lambda x: np.maximum(x, 2 - x), 1.0, "max"),
}


@pytest.mark.parametrize("case", STOPPED)
def test_what_stops_it_is_named(case):
    g, x, operation = STOPPED[case]
    found = diffkit.enclose(g, x)
    assert not found.enclosed and operation in found.reason
    assert found.lower is found.upper is found.width is None


def test_the_value_at_a_kink_is_enclosed():
    assert diffkit.enclose(lambda x: abs(x), 0.0, operator="value").enclosed


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="there are value, derivative"):
        diffkit.enclose(np.sin, 1.0, operator="hessian")
    with pytest.raises(ValueError, match="needs a v"):
        diffkit.enclose(np.sin, 1.0, operator="jvp")
    with pytest.raises(ValueError, match="takes no v"):
        diffkit.enclose(np.sin, 1.0, v=1.0)
    with pytest.raises(diffkit.NotScalar):
        diffkit.enclose(np.sin, [1.0, 2.0])
    with pytest.raises(ValueError, match="the cotangent has shape"):
        diffkit.enclose(np.sin, [1.0, 2.0], operator="vjp", v=[1.0])
