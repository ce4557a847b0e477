"""Right formulas that lose digits, and functions that are not exact themselves: neither is accused."""

import numpy as np
import pytest

from diffkit.checking import check_gradient as check


def opaque(f):
    """f as a compiled library would be."""
    return lambda x: f(np.array([float(each) for each in x]) if np.ndim(x) else float(x))


def logistic_map(x):
    for _ in range(30):
        x = 4 * x * (1 - x)
    return x


def logistic_map_slope(x):
    slope = 1.0
    for _ in range(30):
        slope, x = slope * (4 - 8 * x), 4 * x * (1 - x)
    return slope


def weierstrass(x):
    return sum(0.5**k * np.cos(7.0**k * x) for k in range(12))


def weierstrass_slope(x):
    return sum(-(3.5**k) * np.sin(7.0**k * x) for k in range(12))


NEAR_CHAOS = {
    "logistic map": (logistic_map, logistic_map_slope, 0.3),
    "weierstrass": (weierstrass, weierstrass_slope, 0.7),
    "near the edge of the domain": (np.arccos, lambda x: -1 / np.sqrt(1 - x * x), 1 - 1e-9),
}


@pytest.mark.parametrize("name", NEAR_CHAOS)
def test_the_rounding_of_a_claim_is_followed_through_its_program(name):
    """Its values scatter by 100 % between neighbouring points, and yet it keeps seven digits."""
    f, g, x = NEAR_CHAOS[name]

    right, off = check(f, g, x), check(f, lambda x: 1.01 * g(x), x)
    assert right.verdict == "agree" and 6 < right.digits < 11
    assert off.verdict == "disagree"


def in_place(x):
    """1 - tanh(x)**2, as a program that cannot be followed."""
    g = np.zeros(1)
    g[0] = 1 - np.tanh(x) ** 2
    return g


def test_a_form_that_has_lost_its_digits_is_told_to_be_rewritten():
    """At 15 it is right to 1e-4, and at its best to 1e-2: no error could be seen."""
    found = check(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 15.0)

    assert (found.verdict, found.cause) == ("cannot tell", "cancellation")
    assert "write it in a form that keeps its digits" in found.message


def test_what_cannot_be_followed_is_read_off_its_scatter():
    """Near samples are all alike there: what is rounded away shows further off."""
    assert check(np.tanh, in_place, 15.0).verdict == "agree"
    assert check(np.tanh, lambda x: -in_place(x), 15.0).cause == "sign"


def test_a_form_without_any_digits_is_not_called_detached():
    assert check(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 25.0).cause == "cancellation"
    assert check(np.tanh, lambda x: 0.0 * x, 25.0).cause == "detached"


def test_an_ill_conditioned_system_accuses_nobody():
    """Both sides solve with one factorisation, and differ by its rounding: 9 digits at condition 1e10."""
    H = 1 / (np.arange(8)[:, None] + np.arange(8) + 1.0)
    f = opaque(lambda b: float(b @ np.linalg.solve(H, b)))

    assert check(f, lambda b: 2 * np.linalg.solve(H, b), np.arange(1.0, 9)).verdict == "agree"


def euler(a):
    """exp(a) by 2,000 steps of a method of second order: wrong in the seventh digit."""
    return (1 + a / 2000 + (a / 2000) ** 2 / 2) ** 2000


def test_a_solver_s_tolerance_accuses_nobody_and_can_be_allowed_for():
    found = check(opaque(euler), np.exp, 1.0)

    assert (found.verdict, found.cause) == ("cannot tell", "low precision")
    slack = float(found.message.partition("slack=")[2].partition(".")[0])
    assert check(opaque(euler), np.exp, 1.0, slack=slack).verdict == "agree"
    assert check(opaque(euler), lambda a: 1.01 * np.exp(a), 1.0).verdict == "disagree"
