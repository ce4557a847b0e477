"""Every row of the table goes through a complex step: right, or refused with a sentence."""

import numpy as np
import pytest

import diffkit
from diffkit.calculus.elementwise import pointwise
from diffkit.calculus.rules import TABLE, NoRule, Pointwise, rows_of, shape_of
from diffkit.calculus.spellings import rule
from diffkit.differentiators.complex_step import ComplexStep
from diffkit.interpreters import complex as interpreter
from diffkit.interpreters.complex import NoStep, complex_step
from tests.calculus.sampling import ROWS, cases, draw

EPS = np.finfo(float).eps
TINY = 1e-300  # below it doubles themselves run out of digits
POINTWISE = [pytest.param(row, id=row.name) for row in rows_of(Pointwise)]
FORMED = [pytest.param(row, id=row.name) for row in rows_of(Pointwise) if row.name in interpreter.FORMS]
WHOLE = [
    pytest.param(row, shapes, params, id=f"{row.name}-{i}")
    for row in ROWS
    for i, (shapes, params) in enumerate(cases(row))
]


def step(f, x, v=1.0, h=1e-60):
    return complex_step(f, [x], [v], h)[1]


def assert_refused(row, error):
    """Only rows that brought no form may be refused, and with a way out."""
    assert row.name not in interpreter.FORMS and " use f" in str(error)


@pytest.fixture
def temporary():
    """Rows entered during a test leave the table after it."""
    before = set(TABLE)
    yield
    for name in set(TABLE) - before:
        del TABLE[name]


@pytest.mark.parametrize("row", POINTWISE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_pointwise_rows_keep_the_digits_of_the_rule(row, random):
    """8 eps of the forward slope: a few roundings of either; 12 points of the domain and the hard ones.

    Rows without a form here are SciPy's: what their own complex functions keep, or a refusal.
    """
    slack = 8 * EPS if row.name in interpreter.FORMS else interpreter.DOUBTFUL
    points = [tuple(random.uniform(*interval) for interval in row.domain) for _ in range(12)]
    points += [tuple(map(float, np.atleast_1d(x))) for x in row.hard]
    for x in points:
        for i in filter(row.active, range(len(x))):
            truth = diffkit.derivative(row, *x, wrt=i, backend="forward")
            try:
                value = diffkit.derivative(row, *x, wrt=i, backend=ComplexStep())
            except (NoRule, diffkit.Unsupported) as error:
                assert_refused(row, error)
                continue
            assert abs(value - truth) <= slack * abs(truth) + TINY, (x, i)


@pytest.mark.parametrize("row, shapes, params", WHOLE)
def test_rows_agree_with_their_push_on_arrays(row, shapes, params, random):
    """All arguments move at once, broadcast; 64 eps of the largest entry."""
    xs = draw(row, shapes, random)
    vs = [random.normal(size=shape_of(x)) if row.active(i) else None for i, x in enumerate(xs)]
    live = [i for i, v in enumerate(vs) if v is not None]

    def f(*moving):
        given = dict(zip(live, moving, strict=True))
        return row(*(given.get(i, x) for i, x in enumerate(xs)), **params)

    try:
        y, slope, underflowed = complex_step(f, [xs[i] for i in live], [vs[i] for i in live], 1e-60)
    except NoRule as error:
        return assert_refused(row, error)
    plain = row.evaluate(*xs, **params)
    truth = row.push(plain, xs, vs, params, 0)
    np.testing.assert_allclose(y, plain, rtol=64 * EPS, atol=64 * EPS)
    np.testing.assert_allclose(slope, truth, rtol=64 * EPS, atol=64 * EPS * np.max(np.abs(truth)))
    assert not underflowed


@pytest.mark.parametrize("row", FORMED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_values_are_bit_for_bit_those_of_the_program(row, random):
    xs = [random.uniform(*interval, size=50) for interval in row.domain]
    y = complex_step(row, xs, [np.ones(50)] * len(xs), 1e-60)[0]
    np.testing.assert_array_equal(y, row.evaluate(*xs))


def test_numpys_own_complex_function_is_noticed(monkeypatch, random):
    """The check above fails with the naive form of a row."""
    monkeypatch.setitem(interpreter.FORMS, "absolute", None)
    with pytest.raises(AssertionError):
        test_pointwise_rows_keep_the_digits_of_the_rule(TABLE["absolute"], random)


def test_a_norm_that_conjugates_is_noticed(monkeypatch, random):
    monkeypatch.setitem(interpreter.WHOLE, "norm", lambda z, y, axes: np.linalg.norm(z) + 0j)
    with pytest.raises(AssertionError):
        test_rows_agree_with_their_push_on_arrays(TABLE["norm"], ((5,),), {"axes": (0,)}, random)


REAL = {  # wrong in silence on bare complex numbers
    "abs": np.abs, "sum of abs": lambda x: np.sum(np.abs(x)), "norm": np.linalg.norm,
    "1-norm": lambda x: np.linalg.norm(x, 1), "vdot": lambda x: np.vdot(x, x * x),
    "conj": lambda x: x * np.conj(x), "var": np.var, "std": np.std, "max": np.max,
    "sort": lambda x: np.sort(x) ** 2, "clip": lambda x: np.clip(x, -1, 1) * x, "ptp": np.ptp,
    "relu": lambda x: np.maximum(x, 0) * x, "where": lambda x: np.where(x > 0, x**3, -x),
    "branch": lambda x: x[0] ** 2 if x[0] < x[1] else x[1], "sign": lambda x: np.sign(x) * x,
    "truth": lambda x: np.where(x * 0, x, 2 * x), "argmax": lambda x: x[np.argmax(x)] ** 2,
    "floor": lambda x: x - np.floor(x), "negative base": lambda x: x**3, "int power": lambda x: x**-2,
    "softmax": diffkit.softmax, "log-sum-exp": diffkit.logsumexp, "round": lambda x: np.round(x, 1) * x,
    "mask": lambda x: x[x > 0], "real": lambda x: np.real(x) ** 2, "power of data": lambda x: 2.0**x,
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_meaning_throughout(name):
    x, v = np.array([0.7, -1.2, 2.5, -0.1]), np.array([1.0, 0.5, -0.25, 2.0])
    truth = diffkit.jvp(REAL[name], x, v, backend="forward")[1]
    np.testing.assert_allclose(step(REAL[name], x, v), truth, rtol=16 * EPS)


KINKS = {
    "abs": (np.abs, 0.0), "maximum": (lambda x: np.maximum(x, 2 * x), 1.5),
    "max": (lambda x: np.max(np.stack([x, 3 * x])), 2.0), "hypot": (lambda x: np.hypot(x, x), 0.0),
    "norm": (lambda x: np.linalg.norm(np.stack([x, x])), 0.0), "relu": (diffkit.relu, 0.0),
    "power 0": (lambda x: x**0.0, 0.0), "power 1": (lambda x: np.power(x, 1.0), 1.0),
    "power 3": (lambda x: x**3, 0.0), "prod": (lambda x: np.prod(np.stack([x, x + 1, x + 2])), 2.0),
    "logistic": (diffkit.logistic, 0.25), "masked": (lambda x: np.where(x > 0, np.log(x), x), 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", KINKS)
def test_conventions_at_zero(name):
    f, truth = KINKS[name]
    assert abs(step(f, 0.0) - truth) <= 2 * EPS * truth + 1e-60


BRANCHES = {
    "sqrt": (np.sqrt, 0.0), "log": (np.log, 0.0), "arcsin": (np.arcsin, 1.0), "arccos": (np.arccos, -1.0),
    "arccosh": (np.arccosh, 1.0), "arctanh": (np.arctanh, 1.0), "cbrt": (np.cbrt, 0.0),
    "power": (lambda x: x**0.5, 0.0), "reciprocal": (np.reciprocal, 0.0), "log of a negative": (np.log, -1.0),
    "a negative base": (lambda x: (-2.0) ** x, 2.0),
}  # fmt: skip


@pytest.mark.parametrize("name", BRANCHES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_slope_is_made_up_where_there_is_none(name):
    assert np.isnan(step(*BRANCHES[name]))


def test_lost_imaginary_parts_are_reported():
    assert complex_step(lambda x: 1e-300 * np.sin(x), [1.0], [1.0], 1e-60)[2]
    assert complex_step(lambda x: np.full(3, 1e-300) @ x, [np.ones(3)], [np.ones(3)], 1e-60)[2]
    assert not complex_step(lambda x: x * x * np.exp(x), [1.0], [1.0], 1e-60)[2]


def test_even_where_the_program_silences_numpy():
    def f(x):
        with np.errstate(all="ignore"):
            return 1e-300 * x

    assert complex_step(f, [1.0], [1.0], 1e-60)[2]


def test_a_rule_of_the_users_own(temporary):
    bump = rule(lambda x: np.exp(-x * x), lambda y, x: -2 * x * y, name="complex bump")
    assert abs(step(bump, 0.5) + np.exp(-0.25)) <= 4 * EPS


@pytest.mark.parametrize("partial", [lambda y, x: 1.01 * np.cos(x), lambda y, x: 0 * x])
def test_a_users_rule_that_contradicts_its_function_is_refused(partial, temporary):
    with pytest.raises(NoRule, match="disagrees with its function"):
        step(rule(lambda x: np.sin(x), partial, name="wrong sine"), 0.5)


def test_a_function_without_a_complex_form_is_refused(temporary):
    with pytest.raises(NoRule, match="not defined for complex numbers"):
        step(pointwise(np.spacing, lambda y, x: 0.0 * x, name="spacing"), 0.5)


def test_values_of_an_earlier_differentiation_are_refused():
    with pytest.raises(NoStep, match="use forward or reverse inside"):
        diffkit.derivative(lambda x: step(lambda y: x * y, 2.0), 3.0, backend="forward")


@pytest.mark.parametrize("inside", ["forward", "reverse"])
def test_later_differentiations_run_inside(inside):
    """d/dx [x * d/dy (x + y) at 1] at 1 is 1: a confused tool says 2."""
    assert step(lambda x: x * diffkit.derivative(lambda y: x + y, 1.0, backend=inside), 1.0) == 1.0
    assert step(lambda x: x * diffkit.derivative(lambda y: x * y, 3.0, backend=inside), 2.0) == 4.0
