"""Causes that are told from the numbers alone."""

import numpy as np
import pytest

from diffkit.checking import check_gradient as check

X = np.array([0.7, -1.3, 2.1, 0.4, -0.6])


def cubes(x):
    return np.sum(x**3)


def squares(x):
    return 3 * x**2


SENTENCES = {
    "the vector was given length 1": lambda x: squares(x) / np.linalg.norm(squares(x)),
    "the value of f, 7.255, is a factor too many": lambda x: cubes(x) * squares(x),
    "is missing as a factor, as from log f": lambda x: squares(x) / cubes(x),
    "the claim returns None: a function without return does": lambda x: None,
    "x[0] and x[1] are wrong, the other entries are right": lambda x: squares(x) + [1, 2, 0, 0, 0],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_cause_is_a_sentence(sentence):
    assert sentence in check(cubes, SENTENCES[sentence], X).message.splitlines()[0]


def test_a_claim_of_length_1_where_zero_is_right():
    found = check(lambda x: 0 * np.sum(x) + 3, lambda x: np.eye(5)[0], X)

    assert (found.verdict, found.cause) == ("disagree", "single entry")


def test_what_is_constant_is_no_neighbour():
    """Ones where the slope is 0 or 1."""
    found = check(lambda x: np.sum(np.maximum(x, 0)), np.ones_like, X)

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "other", 2)


def test_a_number_is_no_entries():
    assert "the only entry is zero" in check(np.sin, lambda x: 0.0, 1.0).message
    assert (
        "the only entry is 2 times what it should be" in check(np.sin, lambda x: 2 * np.cos(x), 1.0).message
    )


def test_a_gradient_that_accumulates_is_told_to_start_from_zero():
    total = np.zeros(5)

    def adds(x):
        total[...] += squares(x)
        return total.copy()

    found = check(cubes, adds, X)
    assert (found.verdict, found.cause) == ("cannot tell", "accumulates") and "zero_grad" in found.message


@pytest.mark.parametrize("change", [lambda H: np.triu(H), lambda H: H + np.eye(5)[0][:, None] * np.eye(5)[1]])
def test_a_hessian_that_is_not_symmetric_is_none(change):
    def f(x):
        return np.sum(x[1:] * x[:-1] ** 2)

    def hessian(x):
        H = np.diag(np.append(2 * x[1:], 0.0))
        for i in range(4):
            H[i, i + 1] = H[i + 1, i] = 2 * x[i]
        return H

    found = check(f, lambda x: change(hessian(x)), X, operator="hessian")
    assert check(f, hessian, X, operator="hessian")
    assert (found.verdict, found.cause) == ("disagree", "not symmetric")


# Where in the program


DATA = np.random.default_rng(5).standard_normal((6, 5))


def network(p):
    return np.sum(np.tanh(DATA @ p["W"] + p["b"]) ** 2)


def network_gradient(p, slope=True):
    y = np.tanh(DATA @ p["W"] + p["b"])
    d = 2 * y * (1 - y * y if slope else 1.0)
    return {"W": DATA.T @ d, "b": d.sum(axis=0)}


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x, a=-400.0, b=-2.0):
    g = np.zeros_like(x)
    g[:-1] = a * x[:-1] * (x[1:] - x[:-1] ** 2) + b * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def log_loss(z):
    return np.log(np.sum(np.exp(z))) - z[1]


POINT = {"W": np.linspace(-0.4, 0.5, 15).reshape(5, 3), "b": np.array([0.1, -0.2, 0.3])}
PLACES = {
    "the derivative by (1 - x[:-1])**2 is left out": (rosenbrock, lambda x: rosenbrock_gradient(x, b=0), X),
    "the derivative by (1 - x[:-1])**2 has the wrong sign":
        (rosenbrock, lambda x: rosenbrock_gradient(x, b=2.0), X),
    "in x[1:] - (x[:-1]**2), the derivative by x[:-1]**2 is counted half":
        (rosenbrock, lambda x: rosenbrock_gradient(x, a=-200.0), X),
    "in x * sin(x), the derivative by x is left out":
        (lambda x: np.sum(x * np.sin(x)), lambda x: x * np.cos(x), X),
    "in log(sum(exp(z))) - z[1], the derivative by z[1] is left out":
        (log_loss, lambda z: np.exp(z) / np.sum(np.exp(z)), X),
    "the slope of tanh is left out": (network, lambda p: network_gradient(p, slope=False), POINT),
}  # fmt: skip


@pytest.mark.parametrize("sentence", PLACES)
def test_the_operation_of_f_whose_derivative_is_wrong_is_named(sentence):
    f, g, x = PLACES[sentence]
    found = check(f, g, x)

    assert found.verdict == "disagree" and sentence in found.message.splitlines()[0]
    assert check(network, network_gradient, POINT) and check(rosenbrock, rosenbrock_gradient, X)


def test_what_no_operation_explains_is_not_blamed_on_one():
    assert check(rosenbrock, lambda x: rosenbrock_gradient(x) * (1 + x**2), X).cause == "other"


# Kinks, and single entries


def opaque_relu(x):
    return float(sum(max(float(each), 0.0) for each in x) + 2 * sum(float(each) for each in x))


AT_KINK = np.array([0.0, 1.0, -2.0])  # slopes 2 or 3 at the kink, then 3 and 2


@pytest.mark.parametrize(
    ("claim", "cause"),
    [([-3, 3, 2], "wrong sign in part"), ([4, 3, 2], "ratio in part"), ([3.03, 3.03, 2.02], "constant ratio"),
     ([1.3, 3, 2], "kink"), ([1.3, 3, 5.1], "other")],
)  # fmt: skip
def test_at_a_kink_a_claim_is_held_against_the_slopes_of_each_side(claim, cause):
    """What neither explains is told by the slopes; where others are wrong too it is no matter of kinks."""
    found = check(opaque_relu, lambda x: np.array(claim, dtype=float), AT_KINK)

    assert found.verdict == "disagree"
    assert found.cause == cause and ("f has a kink" in found.message) == (cause != "other")


def test_a_single_entry_that_keeps_most_digits_is_not_called_wrong_without_more():
    found = check(cubes, lambda x: squares(x) * (1 + 1e-7 * (x == 2.1)), X)

    assert (found.verdict, found.cause) == ("disagree", "low precision")
    assert "1 of 5 entries is right to some 7 digits only" in found.message
