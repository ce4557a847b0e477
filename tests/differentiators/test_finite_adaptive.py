"""The adaptive scheme of `finite`: what it finds, how wrong it says it is, what it cannot know."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from diffkit.differentiators import operators
from diffkit.differentiators.finite import Finite, differentiate
from diffkit.differentiators.finite.nodes import central, edge
from diffkit.differentiators.finite.stencils import weights
from diffkit.differentiators.finite.verdict import grain, judge
from diffkit.harness.truth import attainable_digits, correct_digits, truth
from diffkit.problems import instance, suite
from diffkit.problems.random_expressions import random_expressions

IN_MPMATH = {name: getattr(mp, name) for name in ("sin", "cos", "tanh", "exp", "sqrt", "log", "erf")}


def certified(text, x):
    """The derivative of a formula at a double, from differences in 100 digits."""
    formula = compile(text, text, "eval")
    with mp.workdps(100):
        h = abs(mp.mpf(x)) * mp.mpf(10) ** -30
        up, down = (eval(formula, IN_MPMATH, {"x": mp.mpf(x) + step}) for step in (h, -h))
        return (up - down) / (2 * h)


def outcome(problem):
    """(relative error, whether it is within the bound, whether it is silently wrong, evaluations)."""
    (x,) = problem.point(1)
    estimate = differentiate(problem.build(1), x)
    truth = certified(problem.formula, x)
    error = abs(mp.mpf(estimate.value) - truth)
    relative = float(error / abs(truth))
    return (
        relative,
        error <= estimate.bound,
        relative > 1e-8 and error > 10 * estimate.bound,
        estimate.evaluations,
    )


def test_random_expressions_keep_12_digits_and_tell_where_they_do_not():
    """At least 90 % within 1e-12 and 99.5 % bounded, none of 300 silent, 32 evaluations on average."""
    outcomes = [outcome(problem) for problem in random_expressions(300, seed=5, erf=math.erf)]
    errors, bounded, silent, evaluations = map(np.array, zip(*outcomes, strict=True))

    assert np.mean(errors <= 1e-12) >= 0.90
    assert np.mean(bounded) >= 0.995
    assert not np.any(silent)
    assert np.mean(evaluations) <= 32


HARD = [problem.name for problem, _ in suite("hard")]
FEWER = {  # digits than 8 or than the program keeps less 3: its values hardly change, or a kink is near
    "tanh_far_out": 0, "power_tower": 6, "arccos_at_edge": 5, "softplus_far_left": 0, "logistic_far_out": 0,
    "difference_of_roots": 0, "rectified_sine": 0, "naive_variance": 4, "near_parallel": 0, "tiny_norm": 0,
    "log_near_zero": 0, "single_sine": 6,
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_the_hard_suite_has_no_silent_error(name):
    """Within the bound where certified, and right to 8 digits or to what the program keeps, less 3."""
    case = instance(name)
    certified = truth(case.f, case.args, case.wrt)
    found = operators.prepare(case.f, *case.args, wrt=case.wrt, backend="finite").estimate(
        case.operator, *case.args
    )
    if not certified.enclosed:
        assert found.diagnosis != "ok" or not np.all(np.isfinite(found.value))
        return

    errors = np.abs(found.value - certified.derivative)
    assert np.all(errors <= found.bound) or not np.all(np.isfinite(found.value))
    usual = min(8.0, attainable_digits(case.f, case.args, certified, case.wrt) - 3)
    assert correct_digits(found.value, certified) >= FEWER.get(name, usual)


@pytest.mark.parametrize("name", ["softplus_far_left", "sure_softmax"])
def test_quantised_doubles_are_not_taken_for_a_flat_function(name):
    """Where f's doubles are a staircase, the certified gradient is within the bound, which is below 1e-12."""
    case = instance(name)
    exact = truth(case.f, case.args, case.wrt).derivative

    estimate = operators.prepare(case.f, *case.args, wrt=case.wrt, backend="finite").estimate(
        "gradient", *case.args
    )

    assert np.all(np.abs(estimate.value - exact) <= estimate.bound)
    assert np.all(estimate.bound <= 1e-12)


def test_what_is_rounded_alike_at_every_point_is_in_the_bound():
    """The factors of a Hilbert matrix are: their error, 1e-7 of f, is the same in every sample.

    Code that cannot be traced shows nothing else, and its bound is too small.
    """
    case = instance("hilbert")
    exact = truth(case.f, case.args, case.wrt).derivative

    traced, opaque = (
        operators.prepare(f, *case.args, backend="finite").estimate("gradient", *case.args)
        for f in (case.f, lambda x: case.f(np.array(x.tolist(), float)))
    )

    assert np.all(np.abs(traced.value - exact) <= traced.bound)
    assert traced.diagnosis == "noisy"
    assert np.any(np.abs(opaque.value - exact) > 10 * opaque.bound)
    assert traced.evaluations - opaque.evaluations >= 3


STAIRS = [-34.0, -37.0, -50.0, -200.0]


@pytest.mark.parametrize("x", STAIRS)
def test_softplus_is_bounded_on_its_treads(x):
    """From eight treads above 0 to none at all: the slope is within the bound, which is below 1e-12."""
    estimate = differentiate(lambda x: np.log(1 + np.exp(x)), x)

    assert abs(estimate.value - 1 / (1 + math.exp(-x))) <= estimate.bound <= 1e-12


@pytest.mark.parametrize(("f", "x"), [(np.floor, 0.5), (np.floor, 7.7), (lambda x: np.round(x, 3), 0.1234)])
def test_a_slope_of_stairs_is_told_as_such(f, x):
    """The derivative is 0 on a tread, while the stairs climb with 1: which is meant, no difference knows."""
    estimate = differentiate(f, x)

    assert estimate.value == pytest.approx(1.0, abs=estimate.bound)
    assert estimate.diagnosis == "noisy"


CLIPPED = [
    (lambda x: max(x, 0.0), -1e-3), (lambda x: max(x, 0.0), -40.0), (lambda x: max(x, 0.0), -1e-9),
    (lambda x: max(x, 0.0) ** 5, -0.1), (lambda x: math.copysign(max(abs(x) - 1e-3, 0), x), 1e-4),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x"), CLIPPED)
def test_a_clipped_function_is_flat(f, x):
    """It is flat around the point, but not everywhere: zero, to an ulp of what it is elsewhere."""
    estimate = differentiate(f, x)

    assert (estimate.value, estimate.diagnosis in ("ok", "C1")) == (0, True)
    assert estimate.bound <= 1e-12


FOOLING = [  # formula, point, derivative of the formula; what fools the tools that are in use today
    ("abs", abs, 1e-9, 1.0),
    ("sin(32 pi x)", lambda x: np.sin(32 * np.pi * x), 1.0, 32 * np.pi),
    ("sin(1e4 x)", lambda x: np.sin(1e4 * x), 1.0, 1e4 * math.cos(1e4)),
    ("sin(1e5 x)", lambda x: np.sin(1e5 * x), 1.0, 1e5 * math.cos(1e5)),
    ("erf", math.erf, 4.0, 2 / math.sqrt(math.pi) * math.exp(-16)),
    ("log", np.log, 1e8, 1e-8),
    ("log near 0", math.log, 1e-9, 1e9),
    ("1e-300 sin", lambda x: 1e-300 * np.sin(x), 1.0, 1e-300 * math.cos(1)),
    ("log(1+x)/x", lambda x: np.log(1 + x) / x, 1e-8, -0.5),
    ("sqrt(x^2+1)-x", lambda x: np.sqrt(x**2 + 1) - x, 1e7, -5e-15),
    ("runge", lambda x: 1 / (1 + 25 * x * x), 0.3, -15 / 3.25**2),
    ("x^3 at its flat point", lambda x: x**3, 0.0, 0.0),
    ("(x-1)^5 at its flat point", lambda x: (x - 1) ** 5, 1.0, 0.0),
    ("exp(-1/x^2)", lambda x: math.exp(-1 / x**2) if x else 0.0, 0.0, 0.0),
    ("x^x", lambda x: x**x, 1e-3, 1e-3**1e-3 * (1 + math.log(1e-3))),
    ("sin(1/x)", lambda x: np.sin(1 / x), 1e-3, -1e6 * math.cos(1e3)),
    ("tanh(1e6 x)", lambda x: np.tanh(1e6 * x), 0.0, 1e6),
    ("sqrt near 0", math.sqrt, 1e-12, 5e5),
    ("cbrt near 0", np.cbrt, 1e-9, 1e6 / 3),
    ("arcsin near 1", np.arcsin, 1 - 1e-9, 22360.68009678968),
    ("sin far out", np.sin, 1e9, math.cos(1e9)),
    ("ripple", lambda x: x + 1e-6 * np.sin(1e4 * x), 1.0, 1 + 1e-2 * math.cos(1e4)),
    ("3 x", lambda x: 3 * x, 1e-6, 3.0),
    ("constant", lambda x: 3.0 + 0 * x, 1.0, 0.0),
    ("zero", lambda x: 0 * x, 1.0, 0.0),
    ("relu near its kink", lambda x: max(x, 0.0), 1e-3, 1.0),
    ("staircase", lambda x: math.floor(10 * x) / 10, 2.55, 0.0),
]
LOST = ("log(1+x)/x", "sqrt(x^2+1)-x", "staircase")  # the program has no digits of its formula's slope


@pytest.mark.parametrize(("name", "f", "x", "truth"), FOOLING, ids=[row[0] for row in FOOLING])
def test_what_fools_other_tools_is_within_its_bound(name, f, x, truth):
    """And right to 8 digits, unless the program itself has lost them."""
    estimate = differentiate(f, x)

    assert abs(estimate.value - truth) <= estimate.bound * (1 + 1e-15) + 1e-15 * abs(truth)
    assert abs(estimate.value - truth) <= 1e-8 * abs(truth) + 1e-8 * (truth == 0) or name in LOST


def cusp(x):
    return math.sqrt(abs(x))


SUMMITS = [  # even functions at their centre: the slope is exactly 0, and so is every odd difference
    (np.cos, 0.0),
    (lambda x: 1 / (1 + x * x), 0.0),
    (lambda x: np.tanh(x) ** 2, 0.0),
    (lambda x: np.exp(-x * x), 0.0),
    (lambda x: 0.25 / np.cosh(0.5 * x) ** 2, 0.0),
    (lambda x: x * x, 0.0),
    (lambda x: (x - 1) ** 2, 1.0),
    (lambda x: 1e6 * np.cos(1e3 * x), 0.0),
    (lambda x: np.cos(1e-3 * x), 0.0),
]


@pytest.mark.parametrize(("f", "x"), SUMMITS)
def test_the_slope_of_a_summit_is_zero_and_known_to_be(f, x):
    """12 digits of what f changes by over the length on which it varies; the scan and a stencil or two."""
    estimate = differentiate(f, x)
    length = 1e-3 if f(0.0) == 1e6 else 1.0

    assert abs(estimate.value) <= estimate.bound <= 1e-11 * max(abs(f(x)), 1) / length
    assert estimate.diagnosis in ("ok", "noisy")
    assert estimate.evaluations <= 40


@pytest.mark.parametrize("x", [1e-300, 1e-295, 1e-250, 1e-20])
@pytest.mark.parametrize(("f", "slope"), [(np.log, lambda x: 1 / x), (np.sqrt, lambda x: 0.5 / np.sqrt(x))])
def test_steps_are_as_small_as_the_point(f, slope, x):
    """Bounded, to the digits that are reached where nothing is tiny."""
    estimate = differentiate(f, x)

    assert abs(estimate.value - slope(x)) <= estimate.bound <= 1e-9 * slope(x)
    assert estimate.evaluations <= 60


@pytest.mark.parametrize("x", [1e-310, 1e-307, 1e-300])
def test_what_no_double_can_hold_is_unresolved(x):
    """1/x**2 is 1e600 or more: no number, no warning, no exception."""
    assert differentiate(lambda t: 1 / t, x).diagnosis == "unresolved"


NOT_SMOOTH = [
    (abs, 0.0, "kink", -1, 1), (lambda x: max(x, 1.0), 1.0, "kink", 0, 1),
    (lambda x: max(x, 0.0), 0.0, "kink", 0, 1),
    (lambda x: max(x, x * x), 1.0, "kink", 1, 2), (lambda x: abs(np.sin(x)), math.pi, "kink", -1, 1),
    (lambda x: np.exp(x) + 3 * abs(x - 0.5), 0.5, "kink", math.exp(0.5) - 3, math.exp(0.5) + 3),
    (lambda x: x * abs(x), 0.0, "C1", 0, 0), (lambda x: abs(x) ** 3, 0.0, "C1", 0, 0),
    (lambda x: np.floor(x + 2), 0.0, "jump", math.inf, 0),
    (np.sign, 0.0, "jump", math.inf, math.inf), (np.floor, 2.0, "jump", math.inf, 0),
    (lambda x: np.where(x > 1, 1.0, 0.0) + x, 1.0, "jump", 1, math.inf),
    (np.cbrt, 0.0, "infinite slope", math.inf, math.inf), (cusp, 0.0, "infinite slope", -math.inf, math.inf),
    (math.sqrt, 0.0, "infinite slope", math.nan, math.inf), 
    (np.arcsin, 1.0, "infinite slope", math.inf, math.nan),
    (lambda x: x * math.sqrt(x), 0.0, "one-sided", math.nan, 0),
    (lambda x: x**1.5, 0.0, "one-sided", math.nan, 0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "diagnosis", "left", "right"), NOT_SMOOTH)
def test_where_there_is_no_slope_both_sides_are_told(f, x, diagnosis, left, right):
    """Kinks, jumps, cusps and edges by name; slopes to 1e-9, to 1e-3 where that side is not smooth either."""
    estimate = differentiate(f, x)

    assert estimate.diagnosis == diagnosis
    tolerance = 1e-3 if diagnosis == "one-sided" else 1e-9
    np.testing.assert_allclose([estimate.left, estimate.right], [left, right], rtol=0, atol=tolerance)
    if diagnosis == "kink":  # the value is between the slopes, and the bound reaches both
        assert estimate.value == pytest.approx((left + right) / 2, abs=1e-9)
        assert estimate.bound >= abs(right - left) / 2
    if diagnosis == "jump":
        assert math.isnan(estimate.value)
        assert estimate.bound == math.inf


STEEP = [
    (np.arccos, 1 - 1e-12, -707113.6973185597), (lambda x: np.sqrt(x + 1e-14), 0.0, 5e6),
    (lambda x: 1 / np.sqrt((1 - x) * (1 + x)), 1 - 1e-10, 353553346704731.4),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "truth"), STEEP)
def test_a_steep_slope_beside_an_edge_is_not_infinite(f, x, truth):
    """The domain ends a millionth of the usual step away: what seems a jump from afar has a slope."""
    estimate = differentiate(f, x)

    assert abs(estimate.value - truth) <= estimate.bound + 1e-12 * abs(truth)
    assert estimate.value == pytest.approx(truth, rel=1e-4)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1.0, 1e160, 1e300])
def test_the_scale_of_f_does_not_matter(scale):
    """Squares of 1e160 overflow, those of 1e-160 vanish: in units of f neither is met."""
    estimate = differentiate(lambda x: scale * np.sin(x), 1.0)

    assert abs(estimate.value - scale * math.cos(1)) <= estimate.bound <= 1e-11 * scale
    assert estimate.diagnosis == "ok"


def sawtooth(amplitude, x):
    """Noise that is the same at every run: the bits of x beyond its tenth digit."""
    return np.sin(x) + amplitude * (1.2345e9 * x % 1 - 0.5)


@pytest.mark.parametrize("amplitude", [1e-10, 1e-8, 1e-6, 1e-4])
def test_noise_is_measured_and_bounds_the_answer(amplitude):
    """The bound holds, is within a factor of 1000 of the noise, and the word is said."""
    estimate = differentiate(lambda x: sawtooth(amplitude, x), 1.0)

    assert estimate.diagnosis == "noisy"
    assert abs(estimate.value - math.cos(1)) <= estimate.bound <= 1000 * amplitude


@pytest.mark.parametrize("derivative", [1, 2, 3])
def test_a_ripple_is_no_noise_however_long_the_first_step_is(derivative):
    """2 z^2 + cos z for z = x/1.86e-6: from afar, and at a thousandth of that, it looks like noise."""
    s, x = 1.86e-6, 2.902649365755685e-06
    truth = {1: 4 * x / s - math.sin(x / s), 2: 4 - math.cos(x / s), 3: math.sin(x / s)}[derivative]

    estimate = differentiate(lambda x: 2 * (x / s) ** 2 + np.cos(x / s), x, derivative=derivative)

    assert abs(estimate.value - truth / s**derivative) <= estimate.bound <= 1e-6 * truth / s**derivative
    assert estimate.diagnosis == "ok"


def test_a_ripple_on_a_large_parabola_is_found_below_steps_that_miss_it():
    """x^2 + x + sin x at 1.4e6: steps of thousands of wave lengths see a parabola, right to 3e-7 only."""
    x = 1433313.9508594999
    estimate = differentiate(lambda x: x * x + x + 0.857 * np.sin(x), x)

    truth = 2 * x + 1 + 0.857 * math.cos(x)
    assert abs(estimate.value - truth) <= estimate.bound <= 1e-8 * truth


def test_a_function_of_noise_alone_is_unresolved():
    """Where nothing can be known, the bound is infinite: never a small one beside a wrong number."""
    estimate = differentiate(lambda x: math.sin(math.exp(40 * x)), 1.0)

    assert estimate.diagnosis == "unresolved"
    assert estimate.bound == math.inf


HIGHER = [
    (np.exp, mp.exp, 1.0), (np.sin, mp.sin, 0.7), (lambda x: 1 / x, lambda x: 1 / x, 1e-3),
    (np.log, mp.log, 1e5), (np.tanh, mp.tanh, 0.3), (np.sqrt, mp.sqrt, 1e-6),
]  # fmt: skip


@pytest.mark.parametrize(("f", "exact", "x"), HIGHER)
@pytest.mark.parametrize(("derivative", "digits"), [(1, 13), (2, 11), (3, 9), (4, 8)])
def test_derivatives_up_to_the_fourth(f, exact, x, derivative, digits):
    """Within their bounds; each order costs about a digit and a half, as the rounding eps/step**k says."""
    with mp.workdps(50):
        truth = float(mp.diff(exact, mp.mpf(x), derivative))

    estimate = differentiate(f, x, derivative=derivative)

    assert abs(estimate.value - truth) <= estimate.bound
    assert abs(estimate.value - truth) <= 10.0**-digits * abs(truth)


@pytest.mark.parametrize("order", [4, 6, 8, 10])
def test_every_order_is_within_its_bound(order):
    """On a dozen smooth points; lower orders take shorter steps and lose no more than their bound says."""
    for x in np.linspace(-3, 3, 12).tolist():
        estimate = differentiate(np.sin, x, order=order)

        assert abs(estimate.value - math.cos(x)) <= estimate.bound <= 1e-8


BOUNDED = [
    (1.0, 1.0, 9.0),
    (1.0, 0.0, 1.0),
    (1.0, 1 - 1e-9, 1 + 1e-3),
    (1.0, 0.9, 1.1),
    (1e8, 1e8, 2e8),
    (2.0, 0.5, 2.5),
]


@pytest.mark.parametrize(("x", "low", "high"), BOUNDED)
def test_bounds_are_never_stepped_over(x, low, high):
    """Every point that f ever sees lies within; the answer is good to 9 digits all the same."""
    points = []

    def f(x):
        points.append(x)
        return np.sqrt(x)

    estimate = differentiate(f, x, low=low, high=high)

    assert low <= min(points) <= max(points) <= high
    assert estimate.value == pytest.approx(0.5 / math.sqrt(x), rel=1e-9)
    assert abs(estimate.value - 0.5 / math.sqrt(x)) <= estimate.bound


def test_bounds_hold_for_gradients_directions_and_fixed_schemes():
    """The settings low and high are for every entry, along axes, along v and in pairs."""
    points = []

    def f(x):
        points.append(np.array(x))
        return np.sum(x**3)

    x = np.array([0.0, 0.5, 1.0])
    for chosen in ("finite:low=0,high=1", "finite:scheme=forward,low=0,high=1.5"):
        prepared = operators.prepare(f, x, backend=chosen)
        np.testing.assert_allclose(prepared.gradient(x), 3 * x**2, atol=1e-6)
        prepared.jvp(x, np.array([1.0, -1.0, 0.1]) * (chosen != "finite:low=0,high=1"))
        assert np.min(points) >= 0
        assert np.max(points) <= (1 if "scheme" not in chosen else 1.5)
    with pytest.raises(ValueError, match="leaves the bounds"):
        operators.gradient(f, x, backend="finite:scheme=central,low=0,high=1")
    with pytest.raises(ValueError, match="the point leaves its bounds"):
        operators.gradient(f, x + 1, backend="finite:low=0,high=1")


def lossy(x, seen):
    """Grows by far from its point, where it has lost digits: so both ends of the samples are looked at."""
    seen.append(x)
    return (x + 1e8 - 1e8) ** 2 + 1e-3


BESIDE = [{}, {"order": 4}, {"derivative": 2}, {"derivative": 3, "order": 6}, {"derivative": 4}]


@pytest.mark.parametrize("settings", BESIDE)
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1e-3, 1.0), (-3.0, 2.0)])
def test_bounds_hold_whatever_is_looked_at(settings, low, high):
    """Also for the runs that round at random, at every order of formula and of derivative."""
    seen = []
    differentiate(lambda x: lossy(x, seen), 0.0, low=low, high=high, **settings)

    numbers = [float(getattr(x, "primal", x)) for x in seen]
    assert len(numbers) > len([x for x in seen if isinstance(x, float)])  # some were traced
    assert low <= min(numbers) <= max(numbers) <= high


@pytest.mark.parametrize("scheme", ["forward", "central"])
def test_bounds_hold_for_the_rounding_of_fixed_schemes(scheme):
    """A one-sided scheme is not looked at from both sides."""
    seen, low = [], 0.0 if scheme == "forward" else -1.0
    p = operators.prepare(lambda x: lossy(x, seen), 0.0, backend=Finite(scheme, step=0.1, low=low, high=1.0))
    p.estimate("derivative", 0.0)

    assert min(float(getattr(x, "primal", x)) for x in seen) >= low


@pytest.mark.parametrize("f", [lambda x: np.sin(np.float32(x)), lambda x: float(np.sin(np.float32(x)))])
def test_single_precision_is_noticed(f):
    """By the type of what f returns, or by its bits: the bound covers the error, and float32 shows."""
    for x in (0.3, 1.0, 2.5):
        estimate = differentiate(f, x)

        assert abs(estimate.value - math.cos(x)) <= estimate.bound <= 1e-4


TABLE = [
    (lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2, axis=0), [-1.2, 1.0, 0.5, 2.0]),
    (lambda x: np.log(np.exp(x[0]) + np.exp(x[1])), [1.0, -2.0]),
    (lambda x: 1e3 * x[0] ** 2 + 1e-3 * np.sin(x[1] * 1e3), [1e3, 1e-3]),
    (lambda x: x[0] / x[1], [1e-6, 1e6]),
]


@pytest.mark.parametrize("batch", ["no", "last"])
@pytest.mark.parametrize(("f", "x"), TABLE)
def test_gradients_and_hessians_agree_with_reverse(f, x, batch):
    """Within their own bounds, which promise 10 digits of the gradient and 7 of the Hessian; in few calls."""
    x = np.array(x)
    ours, exact = operators.prepare(f, x, backend=Finite(batch=batch)), operators.prepare(f, x)

    for operator, digits in (("gradient", 1e-10), ("hessian", 1e-7)):
        estimate, truth = ours.estimate(operator, x), getattr(exact, operator)(x)
        assert np.all(np.abs(estimate.value - truth) <= estimate.bound)
        assert np.all(
            estimate.bound <= digits * max(np.max(np.abs(truth)), np.max(np.abs(f(x)) / np.abs(x).min()))
        )
        assert estimate.calls == estimate.evaluations if batch == "no" else estimate.calls < 60


def test_each_output_gets_the_step_it_needs():
    """Outputs on scales 1e-4 to 1e4, one constant, one with a kink: the others keep their digits."""

    def f(x):
        return np.array([np.sin(1e4 * x), np.sin(x), np.sin(1e-4 * x), 3.0, abs(x - 1)])

    x = 1.0
    estimate = operators.prepare(f, x, backend="finite").estimate("jacobian", x)

    truth = np.array([1e4 * np.cos(1e4), np.cos(1), 1e-4 * np.cos(1e-4), 0, 0])
    assert np.all(np.abs(estimate.value - truth) <= estimate.bound)
    assert np.all(estimate.bound[:4] <= 1e-8 * np.maximum(np.abs(truth[:4]), 1e-4))
    assert (estimate.diagnosis, estimate.bound[4]) == ("kink", pytest.approx(1))
    np.testing.assert_allclose([estimate.left[4], estimate.right[4]], [-1, 1], atol=1e-9)


def test_a_sparse_jacobian_does_not_pay_for_its_zeros():
    """Twenty outputs of integers, two of which move along each axis: fewer than 60 evaluations a line."""
    x = np.full(20, -1.0)
    estimate = operators.prepare(lambda x: (3 - 2 * x) * x - np.roll(x, 1) + 1, x, backend="finite").estimate(
        "jacobian", x
    )

    np.testing.assert_allclose(estimate.value, 7 * np.eye(20) - np.roll(np.eye(20), 1, axis=0), atol=1e-12)
    assert np.all(estimate.bound <= 1e-11)
    assert estimate.evaluations < 60 * 20


@pytest.mark.parametrize("nodes", [central(4, 1), central(10, 1), central(8, 3), edge(8, 1)])
def test_the_points_off_the_grid_measure_the_truncation(nodes, random):
    """For the first power that the polynomial misses, the truncation is the error itself: to rounding."""
    power, step = len(nodes.at), 1.0
    values = np.array([[t**power] for t in nodes.offsets])

    verdict = judge(nodes, step, nodes.offsets, values, np.zeros(1), 2.0**-52, 0.0)

    assert abs(verdict.value[0]) == pytest.approx(verdict.truncation[0], rel=1e-6)


@pytest.mark.parametrize(("order", "derivative"), [(4, 1), (10, 1), (8, 2), (10, 4)])
def test_weights_on_one_side_need_no_fractions(order, derivative, random):
    """In doubles they keep 14 digits at nodes that rounding has moved: no step costs exact arithmetic."""
    nodes = edge(order, derivative)
    moved = nodes.moved([o * (1 + 1e-9 * random.normal()) for o in nodes.offsets])

    exact = weights([Fraction(o) for o in moved.at], derivative)

    np.testing.assert_allclose(moved.table[-1], [float(w) for w in exact], rtol=1e-14)


def test_noise_is_read_off_the_difference_table(random):
    """Gaussian noise on a smooth function: the bound covers 97 of 100 draws, at most 300 times too wide."""
    nodes, step, noise = central(10, 1), 0.05, 1e-9
    offsets = [o * step for o in nodes.offsets]
    covered, bounds = 0, []
    for _ in range(100):
        values = np.sin(offsets) + random.normal(0, noise, len(offsets))
        verdict = judge(nodes, step, offsets, values[:, None], np.zeros(1), 2.0**-52, 0.0)
        covered += abs(verdict.value[0] - 1) <= verdict.bound[0]
        bounds.append(verdict.bound[0])

    assert covered >= 97
    assert max(bounds) < 300 * noise / step


def test_the_grain_of_numbers(random):
    """The largest power of two that divides them all: what is left over is whole, and odd at least once."""
    for values in (
        [3.0, 5.0, 0.0],
        [0.1, 0.3, 1e-3],
        np.float32(random.normal(size=5)),
        random.normal(size=9),
    ):
        size = grain(np.array(values, float)[:, None])[0]
        left = np.array(values, float) / size

        assert math.frexp(size)[0] == 0.5
        assert np.all(left % 1 == 0)
        assert np.any(left % 2 == 1)
    assert grain(np.zeros((3, 1)))[0] == 0


def test_a_wrong_value_is_outside_the_bound():
    """The bound can fail: what is 1e-12 off, of the wrong sign or zero is told from the truth."""
    estimate = differentiate(np.exp, 1.0)

    assert abs(estimate.value - math.e) <= estimate.bound
    assert all(abs(wrong - math.e) > estimate.bound for wrong in (0.0, -math.e, math.e * (1 + 1e-12)))


def test_what_does_not_exist_is_refused():
    """A fifth derivative, an odd order, a point outside its bounds."""
    for wrong in ({"derivative": 5}, {"order": 5}, {"low": 2.0}):
        with pytest.raises(ValueError):
            differentiate(np.sin, 1.0, **wrong)
