"""The backend `complex-step`: every operator, steps that survive underflow, and what is refused."""

import math

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import complex_step as backend
from diffkit.differentiators.arguments import flatten
from diffkit.differentiators.complex_step import ComplexStep
from diffkit.harness.truth import attainable_digits, correct_digits, truth
from diffkit.problems import CATALOGUE, instance

EPS = np.finfo(float).eps
STEP = ComplexStep()
X = np.array([0.5, -1.5, 2.0, 0.25])


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def network(p, x):
    hidden = np.maximum(x @ p["W"] + p["b"], 0.0)
    return np.sum(np.abs(hidden @ p["out"][0])) + np.linalg.norm(p["W"])


PARAMETERS = {
    "W": np.array([[0.5, -1.0], [0.25, 2.0]]), "b": np.array([0.1, -0.2]), "out": (np.array([1.0, -3.0]),)
}  # fmt: skip
DATA = np.array([[1.0, 2.0], [-3.0, 0.5], [0.25, -1.0]])


def test_every_operator_agrees_with_forward():
    """16 eps: both are exact, what remains is the rounding of a dozen operations."""
    v, w = np.array([1.0, -0.5, 0.25, 3.0]), np.array([0.5, 2.0, -1.0, 1.0])

    def field(x):
        return np.tanh(x) * np.roll(x, 1)

    for operator, args in {
        "gradient": (rosenbrock, X), "jacobian": (field, X), "jvp": (field, (X,), v),
        "vjp": (field, (X,), w), "derivative": (np.tan, 0.5),
    }.items():  # fmt: skip
        ours, theirs = (getattr(diffkit, operator)(*args, backend=each) for each in (STEP, "forward"))
        for a, b in zip(*((r if isinstance(r, tuple) else (r,)) for r in (ours, theirs)), strict=True):
            np.testing.assert_allclose(a, b, rtol=16 * EPS, atol=16 * EPS * np.max(np.abs(b)))


def test_relu_networks_in_containers():
    ours, theirs = (diffkit.gradient(network, PARAMETERS, DATA, backend=b) for b in (STEP, "reverse"))
    assert isinstance(ours["out"], tuple)
    for a, b in [(ours["W"], theirs["W"]), (ours["b"], theirs["b"]), (ours["out"][0], theirs["out"][0])]:
        np.testing.assert_allclose(a, b, rtol=16 * EPS)


LARGE = {"network_64_32_10", "network_784_128_10"}  # a run for each of thousands of parameters


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - LARGE))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_catalogue_keeps_the_attainable_digits(name):
    """Within two of what the program keeps in doubles, 12 at most (DOUBTFUL); or NaN, or refused."""
    each = instance(name, size=CATALOGUE[name].smallest)
    certified = truth(each.f, each.args, each.wrt)
    try:
        value = diffkit.jacobian(each.f, *each.args, wrt=each.wrt, backend=STEP)
    except (diffkit.NoRule, diffkit.Unsupported) as error:
        assert " use f" in str(error)
        return
    known = all(np.all(np.isfinite(x)) for x in flatten(value, "the slope")[0])
    if certified.rows is not None and known:
        attainable = attainable_digits(each.f, each.args, certified, each.wrt)
        assert correct_digits(value, certified) >= min(attainable, 14) - 2


SCALES = {
    "denormal imaginary parts": (lambda x: 1e-300 * np.sin(x), 1.0, 1e-300 * math.cos(1)),
    "lost on the way": (lambda x: x + 1e300 * (1e-300 * np.sin(x)), 1.0, 1 + math.cos(1)),
    "a matrix product": (
        lambda x: np.array([1e300]) @ (np.array([[1e-300]]) @ np.stack([np.exp(x)])), 1.0, math.e
    ),
    "far out on tanh": (np.tanh, 300.0, 4 * math.exp(-600)),
    "a tiny point": (np.log, 1e-300, 1e300),
    "a large one": (lambda x: np.sqrt(x), 1e300, 0.5e-150),
    "a high frequency": (lambda x: np.sin(1e9 * x), 1.0, 1e9 * math.cos(1e9)),
    "a high frequency that underflows": (
        lambda x: 1e-250 * np.sin(1e6 * x), 1.0, 1e-244 * math.cos(1e6)
    ),
    "terms that underflow by themselves": (
        lambda x: diffkit.logsumexp(np.stack([x, 2 * x, -900 * x])), 3.0,
        (1 + 2 * math.exp(3)) / (1 + math.exp(3)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SCALES)
def test_steps_survive_every_scale(case):
    """16 eps, and what is left of the doubles' own digits below 1e-308."""
    f, x, truth = SCALES[case]
    value = diffkit.derivative(f, x, backend=STEP)
    assert abs(value - truth) <= 16 * EPS * abs(truth)


def test_one_fixed_step_would_lose_the_digits(monkeypatch):
    """The check above can fail: believing the tiny step, underflow or not."""
    trusting = lambda f, xs, vs, h: (*backend.complex_step(f, xs, vs, h)[:2], False)  # noqa: E731
    for case in ("denormal imaginary parts", "lost on the way", "far out on tanh"):
        f, x, truth = SCALES[case]
        value = backend.slope(trusting, f, [x], [1.0])[1]
        assert abs(value - truth) > 1e-8 * abs(truth)


def test_where_no_step_is_found_it_says_so():
    """A function that underflows at every step that is small against its wave length."""
    with pytest.raises(diffkit.Unsupported, match="finds no step"):
        diffkit.derivative(lambda x: 1e-306 * np.sin(1e15 * x) * 1e306, 1.0, backend=STEP)


def opaque_sum(x):
    """What compiled code does: a plain array of whatever numbers come in, or nothing."""
    return sum(value * value * value for value in np.asarray(x).tolist())


def unspelled(x):
    return np.cumprod(x)[-1]  # NumPy's own, without a rule, analytic


def test_opaque_code_is_given_complex_numbers():
    np.testing.assert_allclose(diffkit.gradient(unspelled, X, backend=STEP), np.prod(X) / X, rtol=4 * EPS)
    value, slope = diffkit.jvp(unspelled, X, np.ones(4), backend=STEP)
    assert value == np.prod(X) and abs(slope - np.sum(np.prod(X) / X)) <= 16 * EPS


REFUSED = {
    "a cast to float": lambda x: np.sum(np.cumprod(np.asarray(x, float))),
    "a cast of each": lambda x: sum(math.sin(each) for each in x),
    "a complex absolute value": lambda x: np.sum(np.abs(np.cumprod(x.tolist()))),
    "a conjugate": lambda x: np.sum(np.conj(np.cumprod(x.tolist())) * np.array(x.tolist())),
    "only the real part": lambda x: float(np.real(np.cumprod(x.tolist())[-1])),
    "an ordered comparison": lambda x: sorted(np.cumprod(x.tolist()).tolist())[0],
}


@pytest.mark.parametrize("case", REFUSED)
def test_opaque_code_that_drops_the_step_is_refused(case):
    def f(x):
        return REFUSED[case](x if isinstance(x, np.ndarray) else np.cumprod(x) and x)

    with pytest.raises(diffkit.Unsupported, match="complex-step can"):
        diffkit.prepare(f, X, backend=STEP)


def test_opaque_code_is_checked_at_every_call():
    """Analytic at the point of preparation, conjugated elsewhere."""

    def f(x):
        y = np.cumprod(x)[-1]
        return y if np.real(x[0]) > 0 else np.conj(y)

    prepared = diffkit.prepare(f, X, backend=STEP)
    with pytest.raises(diffkit.Unsupported, match="cannot follow this function"):
        prepared.gradient(-X)


SECOND = [
    (rosenbrock, (X,), 0), (lambda x: np.sum(np.tanh(x) * x), (X,), 0), (unspelled, (X,), 0),
    (lambda x, y: np.sin(x * y) + x**3, (1.0, 2.0), (0, 1)), (np.tan, (0.5,), 0),
    (lambda p, d: np.sum(np.exp(p["W"] * d)) * p["b"], ({"W": X[:2], "b": 0.5}, X[2:]), 0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args", "wrt"), SECOND)
def test_second_derivatives_are_differences_of_complex_steps(f, args, wrt, monkeypatch):
    """Within their own bounds, which promise 11 digits, of opaque code too, and without a rule of reverse."""
    traced = f if f is not unspelled else np.prod
    exact = diffkit.prepare(traced, *args, wrt=wrt)
    hessian, product = exact.hessian(*args), exact.hvp(args, along(args, wrt))
    monkeypatch.setattr("diffkit.interpreters.reverse.pull_back", None)

    ours = diffkit.prepare(f, *args, wrt=wrt, backend=STEP)
    for found, exact in (
        (ours.estimate("hessian", *args), hessian),
        (ours.estimate("hvp", args, along(args, wrt)), product),
    ):
        value, bound, exact = (np.concatenate([np.ravel(x) for x in flatten(each, "it")[0]])
                               for each in (found.value, found.bound, exact))  # fmt: skip
        assert np.all(np.abs(value - exact) <= bound)
        assert np.all(bound <= 1e-11 * np.max(np.abs(exact)))
        assert found.diagnosis == "ok" and found.evaluations > 20


def along(args, wrt):
    """The point as a direction, built like what is differentiated."""
    return args[wrt] if isinstance(wrt, int) else tuple(args[i] for i in wrt)


def test_a_kink_of_the_slope_is_told():
    """x abs(x) has the slope 2 abs(x), and none of that at 0: the bound reaches both sides."""
    found = diffkit.prepare(lambda x: x * abs(x), 0.0, backend=STEP).estimate("hessian", 0.0)

    assert (found.diagnosis, found.value) == ("kink", pytest.approx(0, abs=1e-9))
    assert found.bound >= 2
    lost = diffkit.prepare(lambda x: abs(x), 0.0, backend=STEP).estimate("hessian", 0.0)
    assert np.isnan(lost.value) and lost.bound == np.inf


def test_many_outputs_have_no_hessian():
    with pytest.raises(diffkit.NotScalar, match="jacobian"):
        diffkit.hessian(np.sin, X, backend=STEP)


@pytest.mark.parametrize("outside", ["forward", "reverse"])
def test_nested_use_is_refused(outside):
    with pytest.raises(diffkit.Unsupported, match="put complex-step outside"):
        diffkit.derivative(diffkit.grad(lambda x: x**3, backend=STEP), 2.0, backend=outside)
    with pytest.raises(diffkit.Unsupported, match="use forward or reverse inside"):
        diffkit.derivative(
            lambda x: diffkit.derivative(lambda y: x * y, 1.0, backend=STEP), 2.0, backend=outside
        )
    with pytest.raises(diffkit.Unsupported, match="put complex-step outside"):
        diffkit.derivative(diffkit.grad(lambda x: x**3, backend=STEP), 2.0, backend=STEP)


def test_the_other_way_round_it_nests():
    assert diffkit.derivative(diffkit.grad(lambda x: x**3), 2.0, backend=STEP) == 12.0


def test_an_estimate_counts_the_runs():
    estimate = diffkit.prepare(rosenbrock, X, backend=STEP).estimate("gradient", X)
    assert (estimate.evaluations, estimate.bound, estimate.diagnosis) == (4, None, "exact")
    lost = diffkit.prepare(np.arcsin, 1.0, backend=STEP).estimate("derivative", 1.0)
    assert lost.diagnosis == "unresolved" and np.isnan(lost.value)


def test_many_outputs_have_no_gradient():
    with pytest.raises(diffkit.NotScalar):
        diffkit.gradient(np.sin, X, backend=STEP)


def test_no_outputs_and_no_inputs():
    assert diffkit.jacobian(lambda x: x[:0], X, backend=STEP).shape == (0, 4)
    assert diffkit.gradient(lambda x: np.sum(x), X[:0], backend=STEP).shape == (0,)
    np.testing.assert_array_equal(diffkit.gradient(lambda x: 3.0, X, backend=STEP), np.zeros(4))


def test_opaque_code_with_many_outputs_is_given_complex_numbers():
    def f(x):
        if isinstance(x, diffkit.calculus.rules.Interpreted):
            raise TypeError("opaque")
        return np.array([x[0] * x[1], np.sin(x[0])])

    x = np.array([0.3, 0.7])
    expected = [[0.7, 0.3], [np.cos(0.3), 0.0]]
    np.testing.assert_allclose(diffkit.jacobian(f, x, backend="complex-step"), expected, rtol=1e-15)
