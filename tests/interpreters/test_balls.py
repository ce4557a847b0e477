"""Balls contain the truth, refuse what they cannot certify, and do not trust the table that they judge."""

import threading

import flint
import mpmath
import numpy as np
import pytest

import diffkit
from diffkit.calculus import elementwise, spellings
from diffkit.calculus.rules import TABLE, Constant, Pointwise, rows_of
from diffkit.interpreters.balls import NotEnclosed, enclosure, nearest, precision, run, widths
from diffkit.interpreters.balls.decisions import DECISIONS
from diffkit.interpreters.balls.exact import BALLS, SERIES, Primitive

DIGITS = 400  # tanh'(300) is 1e-260: what is left of 400 digits after the difference is still 100


def name_of(row):
    return row.name


# The third witness: central differences of the row's exact function in mpmath


class Mp:
    """The names of exact functions, in mpmath."""

    max, min = staticmethod(max), staticmethod(min)

    def cbrt(self, x):
        return mpmath.sign(x) * mpmath.cbrt(abs(x))

    def __getattr__(self, name):
        return getattr(mpmath.mp, name)


def difference(exact, xs, i):
    """The partial in argument i, with a relative step of 1e-40."""
    with mpmath.workdps(DIGITS):
        h = mpmath.mpf(10) ** -40 * (abs(mpmath.mpf(xs[i])) or 1)
        function = getattr(Mp(), exact) if isinstance(exact, str) else lambda *each: exact(Mp(), *each)
        ahead, behind = ([mpmath.mpf(x) + s * h * (j == i) for j, x in enumerate(xs)] for s in (1, -1))
        return (function(*ahead) - function(*behind)) / (2 * h)


def agrees(ball, number, digits=30):
    """Whether the ball is within 10^-digits of the number, relatively (absolutely at 0)."""
    with mpmath.workdps(DIGITS), precision(1024):
        man, power = (int(each) for each in ball.mid().man_exp())
        error = abs(mpmath.ldexp(man, power) - number) / (abs(number) or 1)
        return error < mpmath.mpf(10) ** -digits


def points(row, random):
    """Three points of the domain, and the hard points."""
    drawn = [tuple(random.uniform(*interval) for interval in row.domain) for _ in range(3)]
    return drawn + [point if isinstance(point, tuple) else (point,) for point in row.hard]


@pytest.mark.parametrize("row", [*rows_of(Pointwise)], ids=name_of)
def test_partials_agree_with_differences_in_400_digits(row, random):
    """FLINT's series and mpmath's differences give the same partial to 30 digits, hard points included."""
    primitive = Primitive.of(row)
    for xs in points(row, random):
        for i in range(len(xs)):
            with precision(512):
                p = primitive.partial([flint.arb(x) for x in xs], i)

            assert agrees(p, difference(row.exact, xs, i)), (xs, i)


@pytest.mark.parametrize("row", [*rows_of(Pointwise)], ids=name_of)
def test_the_exact_function_is_what_numpy_computes(row, random):
    """Within 4 units in the last place, NumPy's own accuracy, at moderate points."""
    for xs in points(row, random)[:3]:
        with precision(128):
            y = float(Primitive.of(row).value([flint.arb(x) for x in xs]))

        assert abs(row.evaluate(*xs) - y) <= 4 * np.spacing(max(abs(y), *map(abs, xs)))


def test_a_wrong_partial_is_caught_by_the_differences(random):
    xs = (0.7,)
    with precision(512):
        right = Primitive("sin", "sin").partial([flint.arb(0.7)], 0)
        for wrong in (
            -right,
            right * (1 + flint.arb(10) ** -20),
            flint.arb(0),
            Primitive("x", "cos").partial([flint.arb(0.7)], 0),
        ):
            assert not agrees(wrong, difference("sin", xs, 0))

    assert agrees(right, difference("sin", xs, 0))


def test_our_partials_are_not_read():
    """A row whose partial is wrong has the same certified derivative as a right one."""
    wrong = Pointwise("wrong sine", np.sin, "sin", partials=(lambda y, x: 2 * np.cos(x),))

    _, J = enclosure(lambda x: wrong(x), [0.3])

    assert abs(float(J[0, 0]) - np.cos(0.3)) < 1e-16


def test_both_namespaces_have_the_same_names():
    assert set(vars(BALLS)) == set(vars(SERIES))


@pytest.mark.parametrize("row", [*rows_of(Constant)], ids=name_of)
def test_every_constant_row_can_be_decided(row):
    assert row.name in DECISIONS


# Whole arrays


ARRAY_CASES = [
    pytest.param(row, shapes, params, id=f"{row.name}-{k}")
    for row in TABLE.values()
    if not isinstance(row, (Pointwise, Constant))
    for k, (shapes, params) in enumerate(row.samples)
    if row.name != "where"
]


@pytest.mark.parametrize("row, shapes, params", ARRAY_CASES)
def test_array_rows_agree_with_the_table(row, shapes, params, random):
    """Value and Jacobian of every array row, by moving entries and by the reverse reading: 12 digits."""
    xs = [random.uniform(0.5, 2.0, size=shape) for shape in shapes]

    def f(*xs):
        return row(*xs, **params)

    y, J = enclosure(f, xs)
    blocks = diffkit.jacobian(f, *xs, wrt=tuple(range(len(xs))))
    rows = np.concatenate([np.reshape(block, (y.size, -1)) for block in blocks], axis=1)

    assert y.shape == np.shape(f(*xs))
    np.testing.assert_allclose(nearest(y), f(*xs), rtol=1e-13)
    np.testing.assert_allclose(nearest(J), rows, rtol=1e-12, atol=1e-13)


def test_programs_of_many_functions_agree_with_reverse(random):
    """Sorting, masks, statistics, products and branches, by their NumPy names."""
    programs = (
        lambda x: np.sort(x)[::2] * np.argmax(x),
        lambda x: np.where(x > 1, np.log(x), x**3).cumsum(),
        lambda x: np.std(x) / np.linalg.norm(x - np.mean(x)) + np.prod(x),
        lambda x: spellings.logsumexp(x) + spellings.softmax(x) @ np.arange(5.0),
        lambda x: np.linalg.det(np.outer(x, x) + np.eye(5)) + np.linalg.inv(np.diag(x) + 0.1).sum(),
        lambda x: np.einsum("i,j,ij->", x, x, np.ones((5, 5))) + np.tensordot(x, x, 1),
        lambda x: np.max(x) - np.min(x) + np.clip(x, 0.9, 1.5).sum() + (x % 0.7).sum(),
        lambda x: np.array([x[0] * x[1], np.hypot(x[2], x[3]), x[x > 0.6].sum()]),
        lambda x: (
            np.stack([np.arctan2(x, 2.0), np.cbrt(-x), np.exp2(x), np.float_power(x, 2.5)]) + np.round(x)
        ),
    )
    x = random.uniform(0.5, 2.0, 5)
    for f in programs:
        y, J = enclosure(f, [x])
        np.testing.assert_allclose(nearest(y), f(x), rtol=1e-13)
        np.testing.assert_allclose(
            nearest(J), np.reshape(diffkit.jacobian(f, x), J.shape), rtol=1e-11, atol=1e-12
        )


def test_an_inner_derivative_is_part_of_the_program():
    y, J = enclosure(lambda x: diffkit.derivative(lambda z: z**3, x), [2.0])

    assert (float(y[()]), float(J[0, 0])) == (12.0, 12.0)


def test_more_bits_give_narrower_balls():
    f = [lambda x: np.tanh(np.exp(x)), [0.3]]
    wide, narrow = (widths(enclosure(*f, bits)[1]).max() for bits in (128, 512))

    assert 0 < narrow < wide * 2.0**-300


# Refusals

REFUSED = {
    "abs at 0": (lambda x: abs(x), 0.0, "abs"),
    "x*x/x at 0": (lambda x: x * x / x, 0.0, "divide"),
    "x/x at 0, spelled with powers": (lambda x: x * x**-1, 0.0, "reciprocal"),
    "sqrt at 0": (lambda x: np.sqrt(x), 0.0, "sqrt"),
    "the square of a square root at 0": (lambda x: np.sqrt(x) ** 2, 0.0, "sqrt"),
    "log at 0": (lambda x: np.log(x), 0.0, "log"),
    "log of a negative number": (lambda x: np.log(x), -1.0, "log"),
    "cbrt at 0": (lambda x: np.cbrt(x), 0.0, "cbrt"),
    "a power at 0": (lambda x: x**0.7, 0.0, "power"),
    "arcsin at 1": (lambda x: np.arcsin(x), 1.0, "arcsin"),
    "arccosh at 1": (lambda x: np.arccosh(x), 1.0, "arccosh"),
    "arctanh at 1": (lambda x: np.arctanh(x), 1.0, "arctanh"),
    "arctan2 on its cut": (lambda x: np.arctan2(x, -1.0), 0.0, "arctan2"),
    "a tie of maximum": (lambda x: np.maximum(x, 1.0), 1.0, "maximum"),
    "a tie of max": (lambda x: np.max(np.stack([x, 2 - x])), 1.0, "max"),
    "norm at 0": (lambda x: np.linalg.norm(np.stack([x, 2 * x])), 0.0, "sqrt"),
    "floor at an integer": (lambda x: np.floor(x), 3.0, "floor"),
    "sign at 0": (lambda x: x * np.sign(x), 0.0, "sign"),
    "remainder at its jump": (lambda x: np.remainder(5.0, x), 2.5, "remainder"),
    "a branch at its border": (lambda x: np.where(x > 0, np.log(x), 0.0), 0.0, "greater"),
    "sorting a tie": (lambda x: np.sort(np.stack([x, 2 - x]))[0], 1.0, "less"),
    "a singular system": (lambda x: np.linalg.solve(x * np.ones((2, 2)), np.ones(2))[0], 2.0, "solve"),
    "a jump inside a kink": (lambda x: np.copysign(1.0 + x, np.abs(x)), 0.0, "copysign"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_derivative_is_not_enclosed(name):
    """The refusal names the operation; nothing is certified by convention."""
    f, x, operation = REFUSED[name]

    with pytest.raises(NotEnclosed, match=operation):
        enclosure(f, [x])


def test_a_branch_that_the_balls_do_not_decide_is_refused():
    """sin(x)^2 + cos(x)^2 is 1, and no number of bits says whether it is above 1."""
    with pytest.raises(NotEnclosed, match="greater"):
        enclosure(lambda x: x if np.sin(x) ** 2 + np.cos(x) ** 2 > 1 else -x, [0.7])


ENCLOSED = {
    "an infinite slope not taken": (lambda x: np.where(x > -1, 3 * x, np.sqrt(x)), 0.0, 3.0),
    "a pole not taken": (lambda x: np.where(x > -1, 3 * x, 1 / x), 0.0, 3.0),
    "x*abs(x) at 0": (lambda x: x * abs(x), 0.0, 0.0),
    "a tie that loses": (lambda x: np.max(np.stack([x, 2 - x, 5 * x])), 1.0, 5.0),
    "x**0 at 0": (lambda x: x**0, 0.0, 0.0),
    "x**2 at 0": (lambda x: x**2, 0.0, 0.0),
    "0**x": (lambda x: np.power(0.0, x), 2.0, 0.0),
    "an integer power of a negative number": (lambda x: x**3.0, -2.0, 12.0),
    "a stopped gradient": (lambda x: x * diffkit.stop_gradient(x), 3.0, 3.0),
    "a constant comparison on its border": (
        lambda x: np.where(diffkit.stop_gradient(x) > 0, x, 2 * x),
        0.0,
        2.0,
    ),
    "a jump near by": (lambda x: np.floor(x) * x, 3.0 + 2.0**-50, 3.0),
    "an entry used twice": (lambda x: np.stack([x, x])[np.array([0, 1, 1])].sum(), 1.0, 3.0),
    "a function that does not depend on x": (lambda x: 3.0, 1.0, 0.0),
}


@pytest.mark.parametrize("name", ENCLOSED)
def test_what_has_a_derivative_is_enclosed_exactly(name):
    f, x, slope = ENCLOSED[name]
    _, J = enclosure(f, [x])

    assert J[0, 0] == slope


def test_values_stand_where_derivatives_do_not():
    program = run(lambda x: abs(x) + np.where(x > 0, 1.0, 2.0), [0.0], 128)

    assert float(program.value()[()]) == 2.0
    with pytest.raises(NotEnclosed):
        program.jacobian()


def test_a_rule_without_an_exact_function_is_refused_by_name():
    nameless = Pointwise("nameless", np.sin, None, partials=(lambda y, x: np.cos(x),))

    with pytest.raises(NotEnclosed, match="nameless names no exact function; pass exact="):
        enclosure(lambda x: nameless(x), [1.0])


def test_exact_expressions_may_use_any_common_name():
    """Every name that a row may build on has a slope over series: at 0.5 or 1.5, against mpmath."""
    other = {"tighter", "pi", "atan2", "power", "max", "min", "zeta", "besselj", "besseli"}
    for name in set(vars(BALLS)) - other - set(DECISIONS):
        x = 1.5 if name == "acosh" else 0.5
        with precision(256):
            assert agrees(Primitive("x", name).partial([flint.arb(x)], 0), difference(name, (x,), 0)), name


def test_precision_is_restored_and_other_threads_wait():
    """FLINT's precision is global: two threads at different precisions get the widths of their own."""
    before = flint.ctx.prec, flint.ctx.cap
    found = {}

    def work(bits):
        for _ in range(20):
            y, _ = enclosure(lambda x: np.exp(np.sin(x)), [0.7], bits)
            found.setdefault(bits, set()).add(float(widths(y)[()]))

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (128, 256)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (flint.ctx.prec, flint.ctx.cap) == before
    assert 2.0**-140 < min(found[128]) == max(found[128]) < 2.0**-110
    assert 2.0**-270 < min(found[256]) == max(found[256]) < 2.0**-240


def test_the_sigmoid_row_has_its_own_exact_form():
    """A composite of the table in its exact form: 1/(1 + exp(-x)) at 37 keeps its slope."""
    _, J = enclosure(lambda x: elementwise.sigmoid(x), [37.0])

    assert agrees(J[0, 0], difference(TABLE["logistic"].exact, (37.0,), 0), 15)
