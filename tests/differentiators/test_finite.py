"""The fixed schemes of the backend `finite`, and what all its schemes have in common."""

import math

import numpy as np
import pytest

from diffkit.differentiators import operators
from diffkit.differentiators.finite import Finite, NotFinite
from diffkit.differentiators.finite.stencils import stencil
from diffkit.differentiators.interface import NotScalar, Unsupported
from diffkit.differentiators.registry import UnknownBackend, backend

CENTRAL = "finite:scheme=central"

FORMULAS = [
    (scheme, order, derivative)
    for scheme, orders in {
        "central": (2, 4, 6, 8, 10), "forward": (1, 2, 3, 4, 5), "backward": (1, 2, 4),
        "richardson": (2, 4, 6, 8),
    }.items()
    for order in orders
    for derivative in (1, 2, 3, 4)
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "order", "derivative"), FORMULAS)
def test_a_stencil_is_exact_up_to_its_order_and_no_further(scheme, order, derivative):
    """In rational arithmetic: sum_j w_j j^n is n! for the derivative's own power, 0 for the others."""
    formula = stencil(scheme, order, derivative)
    moments = [
        sum(w * j**n for w, j in zip(formula.weights, formula.offsets, strict=True))
        for n in range(order + derivative + 1)
    ]

    expected = [math.factorial(n) if n == derivative else 0 for n in range(formula.order + derivative)]
    assert formula.order >= order
    assert formula.order == order or scheme == "richardson"
    assert moments[: len(expected)] == expected[: len(moments)]


def test_the_textbook_stencils_come_out():
    """Fornberg 1988, tables 1 and 3."""
    assert [str(w) for w in stencil("central", 4).weights] == ["1/12", "-2/3", "0", "2/3", "-1/12"]
    assert [str(w) for w in stencil("central", 2, 2).weights] == ["1", "-2", "1"]
    assert [str(w) for w in stencil("forward", 2).weights] == ["-3/2", "2", "-1/2"]


@pytest.mark.parametrize(("scheme", "order"), [(s, o) for s, o, derivative in FORMULAS if derivative == 1])
def test_polynomials_up_to_the_order_are_differentiated_exactly(scheme, order):
    """Tolerance: rounding of f alone, a few ulps of its largest sample times the weights over the step."""
    coefficients = np.arange(1.0, order + 2)
    f, slope = np.poly1d(coefficients), np.poly1d(coefficients).deriv()
    formula, h = stencil(scheme, order), 0.25
    reach = 0.7 + h * max(map(abs, formula.offsets))
    rounding = 4 * order * 2.2e-16 * f(reach) * float(sum(map(abs, formula.weights))) / h

    answer = operators.derivative(f, 0.7, backend=Finite(scheme=scheme, order=order, step=h))

    assert abs(answer - slope(0.7)) <= rounding


VALLEY = [
    ("forward", 1e-4, 5.6e-5), ("forward", 1.5e-8, 1.0e-8), ("forward", 1e-14, 6.9e-3),
    ("central", 1e-4, 2.1e-9), ("central", 6e-6, 7.7e-12), ("central", 1e-14, 3.2e-3),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "step", "median"), VALLEY)
def test_the_step_size_valley_of_exp(scheme, step, median, random):
    """Median relative error over points near 1; its published value within a factor of 3."""
    points = random.uniform(0.5, 2, 400)
    chosen = Finite(scheme=scheme, step=step)

    errors = [abs(operators.derivative(np.exp, x, backend=chosen) / np.exp(x) - 1) for x in points.tolist()]

    assert median / 3 < np.median(errors) < median * 3


def weigh(x, w):
    return np.sum(w * np.tanh(x["a"] @ x["b"])) * x["c"]


A_TABLE = [
    (lambda x: np.sin(x) * np.exp(-(x**2)), (0.7,)),
    (lambda x: 1 / x, (1e-3,)),
    (lambda x: np.array([x**2, 1 / x]), (3.0,)),
    (lambda x: [x[0] * x[1], np.sin(x[2])], (np.array([1.0, 2.0, 3.0]),)),
    (lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), (np.array([-1.2, 1.0, 0.5]),)),
    (lambda x: np.log(np.sum(np.exp(x))), (np.linspace(-3, 3, 7),)),
    (lambda x: np.outer(x, x), (np.array([1e8, 1.0]),)),
    (weigh, ({"a": np.ones((2, 3)) / 3, "b": np.array([0.1, 0.2, 0.3]), "c": 2.0}, np.array([1.0, -2.0]))),
]


def leaves(x):
    """All numbers of a container, in order."""
    if isinstance(x, dict):
        return np.concatenate([leaves(each) for each in x.values()])
    if isinstance(x, tuple):
        return np.concatenate([leaves(each) for each in x])
    return np.ravel(np.asarray(x, dtype=float))


@pytest.mark.parametrize("scheme", ["central", "richardson", "forward", "backward"])
@pytest.mark.parametrize(("f", "args"), A_TABLE)
def test_it_agrees_with_forward_within_its_own_bound(f, args, scheme):
    """Containers, data arguments, lists as outputs and all scales: the estimate covers the difference."""
    estimate = operators.prepare(f, *args, backend=Finite(scheme=scheme)).estimate("jacobian", *args)
    exact = operators.jacobian(f, *args, backend="forward")

    assert np.all(np.abs(leaves(estimate.value) - leaves(exact)) <= leaves(estimate.bound))


SCALARS = [A_TABLE[i] for i in (0, 4, 5, 7)]


@pytest.mark.parametrize("scheme", ["central", "richardson", "forward"])
@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_hessians_and_their_products_agree_with_reverse(f, args, scheme):
    """Second differences of f itself, within their bounds, and the product is the Hessian's."""
    chosen = operators.prepare(f, *args, backend=Finite(scheme=scheme))
    exact = operators.prepare(f, *args, backend="reverse")

    whole, product = chosen.estimate("hessian", *args), chosen.estimate("hvp", args, args[0])

    assert np.all(np.abs(leaves(whole.value) - leaves(exact.hessian(*args))) <= leaves(whole.bound))
    assert np.all(np.abs(leaves(product.value) - leaves(exact.hvp(args, args[0]))) <= leaves(product.bound))


def test_jvp_vjp_and_tuples_of_arguments_agree_with_forward():
    """The deduced operators, within the default step's 1e-9."""
    f, x, s = (lambda x, k, s: np.sin(k * x) * s), np.array([1.0, 2.0]), 3.0
    ours, exact = (
        operators.prepare(f, x, 2, s, wrt=(0, 2), backend=b) for b in (Finite("central"), "forward")
    )
    v, w = (np.array([1.0, -1.0]), 0.5), np.array([2.0, 1.0])

    for operator, extra in (("jvp", v), ("vjp", w)):
        a, b = getattr(ours, operator)((x, 2, s), extra), getattr(exact, operator)((x, 2, s), extra)
        np.testing.assert_allclose(leaves(a), leaves(b), rtol=1e-8)
    assert np.all(ours.estimate("vjp", (x, 2, s), -w).bound[0] > 0)


def test_the_steps_taken_are_exact_at_large_points():
    """At 1e8 the step asked for is not representable: ignoring that would cost 4e-11 of the slope 1."""
    x = 1e8 + 1 / 3

    answer = operators.derivative(lambda x: x, x, backend=Finite("central", step=1.1, order=4))

    assert abs(answer - 1) < 1e-14


def spoiled(x):
    x *= 2
    return np.sum(x)


def test_the_arguments_are_never_changed():
    """Not by us, and not by a function that changes what it is given."""
    x, data = np.arange(3.0), np.ones(3)
    prepared = operators.prepare(lambda x, d: np.sum(x * d), x, data, backend=CENTRAL)

    prepared.gradient(x, data), prepared.hessian(x, data), prepared.jvp((x, data), x)
    answer = operators.gradient(spoiled, x, backend=CENTRAL)

    assert x.tolist() == [0, 1, 2]
    np.testing.assert_allclose(answer, 2, rtol=1e-9)


def test_where_f_is_not_finite_the_sentence_says_where():
    """A NaN sample, a raised domain error, and the way out that works."""
    with pytest.raises(NotFinite, match=r"f is nan at x0 -6.06e-06.*scheme=forward"):
        operators.derivative(lambda x: np.sqrt(x), 0.0, backend=Finite("central", step=6.06e-6))
    with pytest.raises(NotFinite) as caught:
        operators.derivative(lambda x: math.log(x), 1e-9, backend=CENTRAL)
    assert isinstance(caught.value.__cause__, ValueError)  # math domain error, as math.log said it
    with pytest.raises(NotFinite, match="entry 1 of differentiated array 0"):
        operators.gradient(lambda x: np.sum(x**1.5), np.array([1.0, 0.0]), backend=CENTRAL)

    assert abs(operators.derivative(lambda x: x**1.5, 0.0, backend="finite:scheme=forward")) < 1e-3


def test_what_differences_cannot_do_is_refused():
    """A step below the rounding of x, complex values, many outputs, a shape that changes."""
    with pytest.raises(NotFinite, match="lost in the rounding"):
        operators.derivative(np.sin, 1.0, backend=Finite("central", step=1e-17))
    with pytest.raises(Unsupported, match="complex"):
        operators.derivative(lambda x: x * 1j, 1.0, backend=CENTRAL)
    with pytest.raises(NotScalar, match="jacobian"):
        operators.hessian(lambda x: x**2, np.ones(2), backend=CENTRAL)
    with pytest.raises(Unsupported, match="shape"):
        operators.derivative(lambda x: np.zeros(2 + (x > 1)), 1.0, backend=CENTRAL)


def test_settings_are_read_and_checked():
    """The text form goes both ways; what does not exist is refused by name."""
    assert backend("finite:order=4,scheme=forward,step=1e-6") == Finite("forward", 4, 1e-6)
    assert str(Finite(order=4, scheme="forward")) == "finite:scheme=forward,order=4"
    for wrong in (
        "order=3,scheme=central",
        "scheme=sideways",
        "step=-1",
        "step=1e-3",
        "batch=both",
        "order=x",
        "order=2",
        "low=2,high=1",
    ):
        with pytest.raises(UnknownBackend):
            backend(f"finite:{wrong}")


ROSENBROCK = A_TABLE[4][0]
TAKES_MANY = [
    ("first", lambda x: np.sum(x[..., 1:] * x[..., :-1] ** 2, axis=-1), True),
    ("last", lambda x: np.sum(x[1:] * x[:-1] ** 2, axis=0), True),
    ("last", lambda x: np.array([x[0] * x[1], x[2]]), True),
    ("first", ROSENBROCK, False),  # sums over the points
    ("last", ROSENBROCK, False),
    ("first", lambda x: x.T @ x / x.size, False),
    ("first", lambda x: x - np.mean(x), False),  # the right shape, and wrong: only comparing values shows it
]


@pytest.mark.parametrize(("axis", "f", "takes"), TAKES_MANY)
def test_many_points_go_at_once_only_where_that_is_true(axis, f, takes):
    """The flag is tried against single calls: a function that takes no stack gets its points one by one."""
    x = np.array([-1.2, 1.0, 0.5])
    prepared = operators.prepare(f, x, backend=Finite("central", batch=axis))

    estimate = prepared.estimate("jacobian", x)

    single = operators.jacobian(f, x, backend=Finite("central"))
    np.testing.assert_allclose(estimate.value, single, rtol=1e-12, atol=1e-12)
    assert (prepared.batch == axis) is takes
    assert (estimate.calls < 11) is takes  # three of them round at random, at the point itself
    assert prepared.estimate("jacobian", x).calls <= estimate.calls


def test_single_precision_functions_get_larger_steps():
    """A function that rounds to float32: five digits, where a double's step would leave none."""
    answer = operators.derivative(lambda x: np.sin(np.float32(x)), 1.0, backend=CENTRAL)

    assert abs(answer - np.cos(1)) < 1e-4


def test_a_wrong_value_is_outside_the_bound():
    """The bound can fail: 1 % off, the sign flipped and zero are all told from the truth."""
    estimate = operators.prepare(np.sin, 1.0, backend=CENTRAL).estimate("derivative", 1.0)

    assert all(abs(estimate.value - wrong * np.cos(1)) > estimate.bound for wrong in (0, -1, 1.01))
    assert abs(estimate.value - np.cos(1)) <= estimate.bound < 1e-8
