"""Many inputs: a few directions, and bisection to the entry."""

import tracemalloc
import zlib

import numpy as np
import pytest

from diffkit.checking import check_gradient as check

N = 20_000
X = np.random.default_rng(5).standard_normal(N)


def loss(x):
    return float(x @ x + np.sum(np.sin(x[1:]) * x[:-1]))


def gradient(x):
    g = 2 * x
    g[:-1] += np.sin(x[1:])
    g[1:] += np.cos(x[1:]) * x[:-1]
    return g


def with_entry(change):
    """The gradient with its entry 12345 changed."""

    def g(x):
        g = gradient(x)
        g[12345] = change(g[12345])
        return g

    return g


def traced(x):
    return np.sum(x * x) + np.sum(np.sin(x[1:]) * x[:-1])


def taking_complex(x):
    """NumPy that our interpreters do not know, and that takes complex numbers."""
    return traced(np.frombuffer(x.tobytes(), dtype=x.dtype))


FUNCTIONS = {"traced": traced, "taking complex": taking_complex, "opaque": loss}
COUNTS = {  # evaluations at most: of a right gradient, and until one or two wrong entries are found
    "traced": (20, 80, 80), "taking complex": (30, 80, 130), "opaque": (60, 220, 320),
}  # fmt: skip
KINDS = pytest.mark.parametrize("kind", FUNCTIONS)


@KINDS
def test_a_right_gradient_takes_a_few_evaluations_whatever_its_length(kind):
    found = check(FUNCTIONS[kind], gradient, X)

    assert found.verdict == "agree" and found.evaluations <= COUNTS[kind][0]


@KINDS
@pytest.mark.parametrize(
    "change", [lambda g: -g, lambda g: 0.0, lambda g: 1.01 * g, lambda g: g + 0.1, lambda g: g * (1 + 1e-6)]
)
def test_a_single_wrong_entry_is_found(kind, change):
    found = check(FUNCTIONS[kind], with_entry(change), X)

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "single entry", 1)
    assert found.worst[0]["component"] == "x[12345]" and "only x[12345] is wrong" in found.message
    assert found.evaluations <= COUNTS[kind][1]


@KINDS
@pytest.mark.parametrize("second", [12346, 19999, 7])
def test_two_wrong_entries_are_found(kind, second):
    def g(x):
        g = with_entry(lambda g: g + 1.0)(x)
        g[second] -= 0.5
        return g

    found = check(FUNCTIONS[kind], g, X)

    assert (found.verdict, found.wrong) == ("disagree", 2) and found.evaluations <= COUNTS[kind][2]
    assert {row["component"] for row in found.worst} == {"x[12345]", f"x[{second}]"}


def test_one_wrong_in_its_fifth_digit_is_found_among_a_million():
    x = np.random.default_rng(0).standard_normal(1_000_000)

    def g(x):
        g = 2 * x
        g[12345] *= 1 + 1e-5
        return g

    found = check(lambda x: float(np.sum(x * x)), g, x)
    assert found.cause == "single entry" and found.worst[0]["component"] == "x[12345]"
    assert found.evaluations <= 400


@KINDS
@pytest.mark.parametrize("zeros", [slice(0, 3), slice(None)], ids=["few", "all"])
@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_a_slope_of_one_side_of_a_kink_is_not_accused(kind, zeros, slope):
    """Of relu at 0, where a complex step and a central difference take the mean of both sides."""

    def relu(x):
        return np.sum(np.maximum(x, 0) * C)

    def g(x):
        return np.where(x == 0, slope, x > 0) * C

    C = np.random.default_rng(6).standard_normal(N)
    x = X.copy()
    x[zeros] = 0.0
    f = {"traced": relu, "opaque": lambda x: float(relu(np.array(x, dtype=float)))}.get(kind)
    if f is not None:
        assert check(f, g, x).verdict != "disagree"


def test_a_dead_input_of_a_network_is_no_error():
    """All its units sit on their kinks: 50 slopes are not what complex steps find, and right."""
    random = np.random.default_rng(0)
    inputs, targets = random.standard_normal((20, 100)), random.standard_normal(20)
    inputs[3] = 0.0

    def parts(x):
        return x[:5000].reshape(100, 50), x[5000:5050], x[5050:]

    def f(x):
        W, b, w = parts(x)
        return np.mean((np.maximum(inputs @ W + b, 0) @ w - targets) ** 2)

    def g(x, slope):
        W, b, w = parts(x)
        z = inputs @ W + b
        r = 2 * (np.maximum(z, 0) @ w - targets) / 20
        back = np.outer(r, w) * np.where(z == 0, slope, z > 0)
        return np.concatenate([np.ravel(inputs.T @ back), back.sum(axis=0), np.maximum(z, 0).T @ r])

    x = np.concatenate([random.standard_normal(5000) / 10, np.zeros(50), random.standard_normal(50)])
    for slope in (0.0, 0.5, 1.0):
        assert check(f, lambda x, s=slope: g(x, s), x).verdict != "disagree"
    found = check(f, lambda x: g(x, 0.5) + (np.arange(5100) == 1234), x)
    assert found.verdict == "disagree" and found.worst[0]["component"] == "x[1234]"


@pytest.mark.parametrize("kind", ["traced", "opaque"])
def test_a_wrong_entry_is_found_among_kinks(kind):
    """Of the absolute values of 6000 numbers some lie within any step of 0."""

    def g(x):
        return np.sign(x) / 6000 * np.where(np.arange(6000) == 77, 1.01, 1.0)

    def f(x):
        return np.mean(np.abs(x))

    found = check(f if kind == "traced" else lambda x: float(f(np.array(x, dtype=float))), g, X[:6000])
    assert found.verdict == "disagree" and found.worst[0]["component"] == "x[77]"


def test_scales_whose_squares_leave_the_range_of_doubles():
    def f(x):
        return 1e200 * np.sum(x**3)

    assert check(f, lambda x: 3e200 * x**2, X)
    assert check(f, lambda x: -3e200 * x**2, X).cause == "sign"


def test_all_wrong_entries_are_counted_where_f_can_be_traced():
    found = check(traced, lambda x: gradient(x) * np.where(abs(np.arange(N) - 5000) < 500, -1, 1), X)

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "wrong sign in part", 999)
    assert "999 of 20,000 entries are wrong, x[4501] to x[5499]" in found.message


def test_an_entry_that_is_no_number_is_found():
    found = check(loss, with_entry(lambda g: np.nan), X)

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "not finite", 1)
    assert "x[12345] is NaN" in found.message


def test_complex_steps_are_not_believed_where_f_is_not_analytic():
    """abs of a complex number has no complex slope: one entry of many goes wrong, unseen in the whole."""

    def f(x):
        x = np.frombuffer(x.tobytes(), dtype=x.dtype)
        return traced(x) + 1e-3 * np.abs(x[7] + 3)

    def right(x):
        return gradient(x) + 1e-3 * (np.arange(N) == 7)

    assert check(f, right, X)
    missed = check(f, gradient, X)
    assert missed.verdict == "disagree" and missed.worst[0]["component"] == "x[7]"


@pytest.mark.parametrize("g", [lambda x: 2 * x, lambda x: 2 * x + (np.arange(x.size) == 5)])
def test_memory_is_not_filled_with_copies(g):
    """Of arrays as large as the gradient, of which the complex squares alone are four."""
    x = np.random.default_rng(0).standard_normal(300_000)
    tracemalloc.start()
    check(lambda x: np.sum(x * x), g, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 11 * x.nbytes


CAUSES = {
    "sign": lambda x: -gradient(x),
    "constant ratio": lambda x: gradient(x) / N,
    "detached": lambda x: 0 * x,
    "missing term": lambda x: gradient(x) - 0.01 * x,
    "neighbour": lambda x: np.roll(gradient(x), 1),
    "zero": lambda x: np.where(np.arange(N) // 100 == 30, 0, gradient(x)),
    "inner derivative": lambda x: x * gradient(x),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_causes_are_named_from_a_few_entries(cause):
    found = check(loss, CAUSES[cause], X)

    assert (found.verdict, found.cause) == ("disagree", cause)


def test_single_precision_of_many_entries():
    assert check(loss, lambda x: gradient(x).astype(np.float32), X)
    assert check(loss, lambda x: -gradient(x).astype(np.float32), X).cause == "sign"


def test_arrays_of_different_scales_are_each_moved_on_their_own():
    def f(p):
        return float(np.sum(np.cos(p["small"] * 1e6)) + np.sum((p["large"] / 1e8) ** 2))

    def g(p):
        return {"small": -1e6 * np.sin(p["small"] * 1e6), "large": 2 * p["large"] / 1e16}

    p = {"small": X[:500] * 1e-6, "large": X[:500] * 1e8}
    assert check(f, g, p)
    wrong = check(f, lambda p: {**g(p), "large": 2.02 * p["large"] / 1e16}, p)
    assert wrong.verdict == "disagree" and wrong.worst[0]["component"].startswith("p['large']")


def opaque(x):
    return float(sum(float(each) ** 3 for each in x))


def test_second_derivatives_of_many_inputs():
    x = X[:100]

    assert check(opaque, lambda x: np.diag(6 * x), x, operator="hessian")
    assert check(opaque, lambda x: np.diag(-6 * x), x, operator="hessian").cause == "sign"
    shifted = check(opaque, lambda x: np.diag(6 * x) + 0.1 * np.eye(100), x, operator="hessian")
    assert shifted.cause == "missing term" and "unit matrix" in shifted.message
    assert check(opaque, lambda x, v: 6 * x * v, x, operator="hvp")
    assert check(opaque, lambda x, v: 3 * x * v, x, operator="hvp").cause == "constant ratio"


def test_the_jacobian_of_many_inputs():
    def f(x):
        return np.array([opaque(x), float(np.sum(x))])

    def J(x):
        return np.stack([3 * x**2, np.ones_like(x)])

    x = X[:100]
    assert check(f, J, x)
    assert check(f, lambda x: J(x)[::-1].copy(), x).verdict == "disagree"
    assert check(f, lambda x, w: w @ J(x), x, operator="vjp")
    assert check(f, lambda x, v: J(x) @ v, x, operator="jvp")
    assert check(f, lambda x, v: 2 * J(x) @ v, x, operator="jvp").cause == "constant ratio"


def test_noise_that_hides_every_direction_cannot_tell():
    table = np.random.default_rng(0).standard_normal(1000)

    def f(x):
        return loss(x) + 1e4 * table[zlib.crc32(x.tobytes()) % 1000]

    assert check(f, gradient, X).verdict == "cannot tell"
