"""Taylor coefficients of every row: against FLINT's power series, nested forward mode and closed forms."""

from fractions import Fraction
from math import comb, factorial

import flint
import numpy as np
import pytest
from flint import arb, arb_series

import diffkit
from diffkit.calculus.rules import TABLE, Constant, NoRule, Pointwise, rows_of, shape_of
from diffkit.calculus.spellings import rule
from diffkit.interpreters import taylor as interpreter
from diffkit.interpreters.balls.context import precision
from diffkit.interpreters.balls.exact import SERIES, Primitive
from diffkit.interpreters.balls.series import Series
from diffkit.interpreters.complex import FORMS
from diffkit.interpreters.forward import push_forward
from diffkit.interpreters.taylor import expand
from diffkit.interpreters.traced import Traced
from tests.calculus.sampling import ROWS, cases, draw

EPS = np.finfo(float).eps
TINY = 1e-290  # below it doubles run out of digits
CORE = [pytest.param(row, id=row.name) for row in rows_of(Pointwise) if row.name in FORMS]
CASES = [
    pytest.param(row, shapes, params, id=f"{row.name}-{i}")
    for row in ROWS
    for i, (shapes, params) in enumerate(cases(row))
]


def enclosed(f, xs, vs, order):
    """FLINT's coefficients of t -> f(*(xs + t vs)), as doubles; 2000 bits leave all of them right."""
    with precision(2000):
        cap, flint.ctx.cap = flint.ctx.cap, order + 1
        try:
            y = f(*(Series(arb_series([arb(x), arb(v)])) for x, v in zip(xs, vs, strict=True)))
            terms = [y.terms[k] for k in range(order + 1)]
        finally:
            flint.ctx.cap = cap
        assert all(c.rel_accuracy_bits() > 60 for c in terms)
        return np.array([float(c) for c in terms])


def nested(f, xs, vs, order):
    """The same by dual numbers of dual numbers: exact, and twice the work for every order."""
    derivatives = [f]
    for _ in range(order):
        inner = derivatives[-1]
        derivatives.append(lambda *xs, inner=inner: push_forward(inner, xs, vs, 0)[1])
    return [g(*xs) / factorial(k) for k, g in enumerate(derivatives)]


def points(row, random):
    inside = [tuple(random.uniform(*interval) for interval in row.domain) for _ in range(4)]
    return inside + [tuple(map(float, np.atleast_1d(x))) for x in row.hard]


def direction(row, x, random):
    """In proportion to the point, and at most of size 1, so that no coefficient over- or underflows."""
    return [0.3 * random.normal() * min(abs(a) or 1.0, 1.0) * row.active(i) for i, a in enumerate(x)]


@pytest.mark.parametrize("row", CORE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_core_rows_agree_with_flint_to_order_12(row, random):
    """1e-12 of each coefficient: a few dozen roundings, and what cancels in a convolution."""
    exact = Primitive.of(row).exact
    for x in points(row, random):
        v = direction(row, x, random)
        truth = enclosed(lambda *xs: exact(SERIES, *xs), x, v, 12)
        np.testing.assert_allclose(expand(row, x, v, 12), truth, rtol=1e-12, atol=TINY, err_msg=str((x, v)))


@pytest.mark.parametrize("row, shapes, params", CASES)
def test_rows_agree_with_nested_forward_on_arrays(row, shapes, params, random):
    """All arguments move at once, to order 4; 1e-12, and 1e-13 of the largest of all coefficients."""
    xs = draw(row, shapes, random)
    live = [i for i in range(len(xs)) if row.active(i)]
    vs = [0.1 * random.normal(size=shape_of(xs[i])) for i in live]

    def f(*moving):
        given = dict(zip(live, moving, strict=True))
        return row(*(given.get(i, x) for i, x in enumerate(xs)), **params)

    ours = expand(f, [xs[i] for i in live], vs, 4)
    truth = nested(f, [xs[i] for i in live], vs, 4)
    for a, b in zip(ours, truth, strict=True):
        assert shape_of(a) == shape_of(b)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13 * np.max(np.abs(truth)))


@pytest.mark.parametrize("i", [0, 1])
@pytest.mark.parametrize("name", ["multiply", "divide", "power", "contract", "solve", "concatenate", "where"])
def test_one_argument_may_be_constant(name, i, random):
    row = TABLE[name]
    shapes, params = cases(row)[0]
    xs = draw(row, shapes, random)
    i += name == "where"

    def f(x):
        return row(*xs[:i], x, *xs[i + 1 :], **params)

    v = [random.normal(size=shape_of(xs[i]))]
    for a, b in zip(expand(f, [xs[i]], v, 4), nested(f, [xs[i]], v, 4), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11)


def tangent_numbers(order):
    """Coefficients of tanh at 0, exactly: y' = 1 - y**2."""
    y = [Fraction(0)]
    for k in range(order):
        y.append((int(k == 0) - sum(y[j] * y[k - j] for j in range(k + 1))) / (k + 1))
    return [float(c) for c in y]


CLOSED = {
    "exp": (np.exp, 0.0, lambda k: 1 / factorial(k), 15),
    "sin": (np.sin, 0.0, lambda k: [0, 1, 0, -1][k % 4] / factorial(k), 15),
    "log": (np.log, 2.0, lambda k: np.log(2.0) if k == 0 else -((-0.5) ** k) / k, 15),
    "geometric": (lambda x: 1 / (1 - x), 0.0, lambda k: 1.0, 16),
    "binomial": (lambda x: (1 + x) ** 20, 0.0, lambda k: comb(20, k), 14),
    "cube": (lambda x: x**3, 0.0, lambda k: float(k == 3), 16),
    "tanh": (np.tanh, 0.0, lambda k: tangent_numbers(20)[k], 14),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms_to_order_20(name):
    """With so many digits, each."""
    f, x, coefficient, digits = CLOSED[name]
    truth = np.array([coefficient(k) for k in range(21)])
    ours = np.array(expand(f, [x], [1.0], 20))
    assert np.all(np.abs(ours - truth) <= 0.5 * 10.0**-digits * np.abs(truth) + 1e-30)


FORMULAS = {
    "wave packet": lambda m, x: m.sin(3 * x) * m.exp(-(x * x)),
    "quotient": lambda m, x: m.log(1 + x * x) / m.sqrt(2 + m.cos(x)),
    "nested": lambda m, x: m.tanh(m.sin(m.exp(x / 2))),
    "powers": lambda m, x: m.power(2 + m.sin(x), 2.5) - m.power(x, 7) * m.atan(x),
    "cancelling": lambda m, x: (m.exp(x) - m.exp(-x)) / 2 - m.sinh(x) + m.atan(x),
    "chain": lambda m, x: m.sqrt(1 + m.sqrt(1 + m.sqrt(1 + x * x))),
}
NAMES = {"atan": "arctan"}


class NumPyNames:
    """NumPy under the names of the exact namespaces."""

    def __getattr__(self, name):
        return getattr(np, NAMES.get(name, name))


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_agree_with_the_enclosure_to_order_20(name):
    """1e-10 of each coefficient: orders amplify what was rounded before."""
    f = FORMULAS[name]
    truth = enclosed(lambda x: f(SERIES, x), [0.7], [0.5], 20)
    ours = expand(lambda x: f(NumPyNames(), x), [0.7], [0.5], 20)
    np.testing.assert_allclose(ours, truth, rtol=1e-10, atol=1e-15)


# Cost, counted in operations


class Counting(Traced):
    """A number that counts what is done to it and its like."""

    __slots__ = ("primal", "tally")
    level = 0

    def __init__(self, primal, tally):
        self.primal, self.tally = primal, tally

    @property
    def shape(self):
        return shape_of(self.primal)

    def apply(self, row, xs, params):
        self.tally.append(row.name)
        y = row.evaluate(*(x.primal if type(x) is Counting else x for x in xs), **params)
        return y if type(row) is Constant else Counting(y, self.tally)


def operations(f, xs, order, run=expand):
    tally = []
    run(f, [Counting(np.float64(x), tally) for x in xs], [Counting(np.float64(0.3), tally)] * len(xs), order)
    return len(tally)


@pytest.mark.parametrize("row", CORE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_cost_grows_with_the_square_of_the_order(row):
    """Doubling the order costs 4 times as many operations; up to 4.5 with lower terms."""
    x = [sum(interval) / 2 + 0.1 for interval in row.domain]
    assert operations(row, x, 32) <= 4.5 * operations(row, x, 16)


def test_a_cost_that_grows_faster_is_noticed(monkeypatch):
    """By its rule alone x**e leads to x**(e-1), ...: order cubed; nested forward doubles with every order."""
    monkeypatch.delitem(interpreter.READINGS, "power")
    assert operations(TABLE["power"], [0.7, 1.5], 32) > 6 * operations(TABLE["power"], [0.7, 1.5], 16)
    assert operations(np.tanh, [0.7], 8, nested) > 100 * operations(np.tanh, [0.7], 2, nested)


def test_long_programs_and_high_orders_need_no_deep_stack():
    def chain(x):
        for _ in range(3000):
            x = np.sin(x)
        return x

    assert len(expand(chain, [0.5], [1.0], 2)) == 3
    assert all(np.isfinite(expand(lambda x: 1 / (2 + np.tanh(x)), [0.5], [0.1], 200)))


# The checks can fail


def test_a_wrong_rule_is_noticed(random):
    row = TABLE["sin"]
    wrong = Pointwise("wrong", np.sin, row.exact, row.domain, partials=(lambda y, x: 1.001 * np.cos(x),))
    with pytest.raises(AssertionError):
        test_core_rows_agree_with_flint_to_order_12(wrong, random)


def test_a_wrong_reading_is_noticed(random, monkeypatch):
    monkeypatch.setitem(interpreter.READINGS, "multiply", interpreter.each_alone)
    with pytest.raises(AssertionError):
        test_core_rows_agree_with_flint_to_order_12(TABLE["multiply"], random)


# What users meet


def test_shapes_and_containers():
    x = {"a": np.array([1.0, 2.0]), "b": 3.0}
    v = {"a": np.array([0.5, -1.0]), "b": 2.0}
    c = diffkit.taylor(lambda p: p["a"] * p["b"], x, v, 3)
    np.testing.assert_allclose(c, [[3, 6], [3.5, 1], [1, -2], [0, 0]])
    assert diffkit.taylor(np.sin, 0.5, 1.0, 0).shape == (1,)
    np.testing.assert_array_equal(diffkit.taylor(lambda x: 3.0, 0.5, 1.0, 2), [3, 0, 0])
    np.testing.assert_array_equal(
        diffkit.taylor(lambda x: x, [1.0, 2.0], [3.0, 4.0], 2), [[1, 2], [3, 4], [0, 0]]
    )


def test_programs_with_matrices_and_branches():
    """The inverse of A + t V by its Neumann series, whatever branch A takes."""
    A, V = np.array([[4.0, 1.0], [2.0, 3.0]]), np.array([[0.5, -1.0], [1.0, 0.25]])
    c = diffkit.taylor(lambda a: np.linalg.inv(a) if np.max(a) > 1 else a, A, V, 6)
    truth = [np.linalg.inv(A)]
    for _ in range(6):
        truth.append(-np.linalg.inv(A) @ V @ truth[-1])
    np.testing.assert_allclose(c, truth, rtol=1e-13, atol=1e-16)


def test_it_nests_both_ways():
    """c[2] of sin along 1 is -sin/2, its slope -cos/2; the gradient of sin(x)**2 is sin(2x)."""
    for backend in ("forward", "reverse"):
        slope = diffkit.derivative(lambda x: diffkit.taylor(np.sin, x, 1.0, 2)[2], 0.7, backend=backend)
        assert abs(slope + np.cos(0.7) / 2) <= 4 * EPS
        inside = diffkit.taylor(diffkit.grad(lambda x: np.sin(x) ** 2, backend=backend), 0.7, 1.0, 3)
        truth = [np.sin(1.4), 2 * np.cos(1.4), -2 * np.sin(1.4), -4 / 3 * np.cos(1.4)]
        np.testing.assert_allclose(inside, truth, rtol=1e-14)


def test_perturbations_are_not_confused():
    """The coefficient of t in x * (coefficient of s in (x + s) at x) is 1 where x is 1."""
    c = diffkit.taylor(lambda x: x * diffkit.taylor(lambda y: x + y, 1.0, 1.0, 1)[1], 1.0, 1.0, 2)
    np.testing.assert_array_equal(c, [1, 1, 0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_there_is_no_derivative_there_is_no_number():
    assert not np.any(np.isfinite(diffkit.taylor(np.sqrt, 0.0, 1.0, 3)[1:]))
    np.testing.assert_array_equal(diffkit.taylor(np.abs, 0.0, 1.0, 2), [0, 0, 0])  # abs'(0) = 0
    masked = diffkit.taylor(lambda x: np.where(x > 0, np.log(x), x), 0.0, 1.0, 2)
    np.testing.assert_array_equal(masked, [0, 1, 0])


REFUSED = {
    "a negative order": (lambda: diffkit.taylor(np.sin, 1.0, 1.0, -1), ValueError, "whole number from 0"),
    "half an order": (lambda: diffkit.taylor(np.sin, 1.0, 1.0, 1.5), ValueError, "whole number from 0"),
    "another shape": (lambda: diffkit.taylor(np.sin, 1.0, [1.0], 1), diffkit.ShapeMismatch, r"\(1,\)"),
    "no rule": (lambda: diffkit.taylor(np.spacing, 1.0, 1.0, 1), NoRule, "no derivative rule"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_gets_a_sentence(case):
    call, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        call()


def test_a_rule_that_leads_ever_on_says_so():
    """Each derivative of this pair is the other one of twice the argument: nothing is met again."""
    try:
        wave = rule(lambda x: np.sin(x), lambda y, x: wave(x + 1.0) * 0 + np.cos(x), name="ever on")
        with pytest.raises(ValueError, match="recursion limit"):
            diffkit.taylor(wave, 0.5, 1.0, 900)
        assert len(diffkit.taylor(wave, 0.5, 1.0, 20)) == 21
    finally:
        del TABLE["ever on"]
