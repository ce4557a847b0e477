"""Second derivatives: kinks in the slope, and what is symmetric."""

import numpy as np
import pytest

import diffkit
from diffkit.checking import check_gradient as check


def test_a_hessian_where_the_slope_has_a_kink_is_not_accused():
    """max(x, 0)**2 has the second derivatives 0 and 2 at 0: either is as good as the other."""

    def f(x):
        return np.sum(np.maximum(x, 0) ** 2)

    x = np.array([0.0, 1.0, -1.0])
    for second in (0.0, 2.0):
        found = check(
            f, lambda x, h=second: np.diag(np.where(x == 0, h, 2.0 * (x > 0))), x, operator="hessian"
        )
        assert found.verdict == "cannot tell" and "no second derivative" in found.message
    assert check(f, lambda x: np.diag(-2.0 * (x > 0)), x, operator="hessian").verdict == "disagree"


def test_a_symmetric_matrix_is_never_transposed():
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    found = check(lambda x: x @ A @ x / 2, lambda x: A + np.diag([0.0, 1e-3]), np.ones(2), operator="hessian")

    assert found.verdict == "disagree" and found.cause != "transposed"


def on_containers(p, c):
    return c * np.sum(np.sin(p["a"]) * p["b"]) + p["s"] ** 2 * p["b"][0]


POINT = {"a": np.array([0.3, -0.7, 1.1]), "b": np.arange(3.0), "s": 0.4}


@pytest.mark.parametrize("operator", ["hessian", "hvp", "vjp", "jvp", "gradient"])
def test_every_operator_takes_containers(operator):
    """Those of our own reverse mode; its Jacobian products give the value as well."""
    assert check(on_containers, "reverse", POINT, 2.0, operator=operator).verdict == "agree"


def test_a_wrong_hessian_of_containers_is_compared_with_reverse():
    def doubled(p, c):
        H = diffkit.hessian(on_containers, p, c)
        return {key: {other: 2 * block for other, block in row.items()} for key, row in H.items()}

    found = check(on_containers, doubled, POINT, 2.0, operator="hessian")
    assert (found.cause, found.wrong, found.entries) == ("constant ratio", 10, 49)
    assert found.worst[0]["component"] == "p['a'][1] p['a'][1]"
    assert "Reverse: agrees with the reference" in found.message


def test_a_hessian_of_another_structure_is_told():
    found = check(on_containers, lambda p, c: {"a": np.eye(3)}, POINT, 2.0, operator="hessian")

    assert (found.verdict, found.cause) == ("disagree", "shape")


POWERS_AT_ZERO = {
    "x**3": (lambda x: np.sum(x**3), lambda x: np.diag(6 * x)),
    "x**4": (lambda x: np.sum(np.power(x, 4)), lambda x: np.diag(12 * x**2)),
    "x**0": (lambda x: np.sum(x**0 + x * x), lambda x: 2 * np.eye(2)),
    "x**[3, 2]": (lambda x: np.sum(x ** np.array([3, 2])), lambda x: np.diag([6 * x[0], 2.0])),
}


@pytest.mark.parametrize("name", POWERS_AT_ZERO)
def test_second_derivatives_of_powers_are_enclosed_at_zero(name):
    """The slope of x**n asks whether x is 0 only where n is an unknown."""
    f, H = POWERS_AT_ZERO[name]
    found = check(f, H, np.array([0.0, 1.0]), operator="hessian")

    assert (found.verdict, found.reference) == ("agree", "enclosure")
    assert check(f, lambda x: H(x) + 1e-3 * np.eye(2), np.array([0.0, 1.0]), operator="hessian").wrong == 2
