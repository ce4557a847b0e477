"""Many inputs: a few directions, and bisection to the entry."""

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


def test_a_right_gradient_takes_a_few_evaluations_whatever_its_length():
    found = check(loss, gradient, X)

    assert found.verdict == "agree" and found.evaluations < 100


@pytest.mark.parametrize("change", [lambda g: -g, lambda g: 0.0, lambda g: 1.01 * g, lambda g: g + 0.1])
def test_a_single_wrong_entry_is_found(change):
    found = check(loss, with_entry(change), X)

    assert (found.verdict, found.cause) == ("disagree", "single entry")
    assert found.worst[0]["component"] == "x[12345]" and "only x[12345] is wrong" in found.message
    assert found.evaluations < 600


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
