"""Truth is found, refused with a reason, and counts digits that resolve a double."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import diffkit
from diffkit.calculus.rules import Pointwise
from diffkit.harness.truth import (
    DIRECTIONS,
    SpellingAtFault,
    attainable_digits,
    correct_digits,
    digits_worst,
    truth,
    ulps_worst,
)
from diffkit.interpreters.balls import exact
from diffkit.problems import CATALOGUE, instance

LARGE = {"network_784_128_10"}  # two seconds; its little sisters stand for it
UNDIFFERENTIABLE = {
    "abs_at_zero", "max_tie", "norm_at_zero", "relu_network", "where_log", "sqrt_at_zero", "edge_of_domain",
}  # fmt: skip
NAMES = sorted(set(CATALOGUE) - LARGE)


def truth_of(name, size=None, **options):
    problem = instance(name, size)
    return problem, truth(problem.f, problem.args, problem.wrt, **options)


# The catalogue


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_is_enclosed_or_has_no_derivative(name):
    """63 bits or more at every entry; exactly the kinks and jumps are refused, with a sentence."""
    _, found = truth_of(name)

    assert found.enclosed == (name not in UNDIFFERENTIABLE)
    assert found.width < 2.0**-63 if found.enclosed else found.reason


@pytest.mark.parametrize(
    "name", [name for name in NAMES if CATALOGUE[name].hand and name not in UNDIFFERENTIABLE]
)
def test_hand_written_derivatives_agree(name):
    """To 13 digits, or to what the program's own rounding leaves: brown cancels at one entry."""
    problem, found = truth_of(name)
    value, derivative = problem.hand(*problem.args)

    assert_allclose(value, found.value, rtol=1e-12, atol=1e-15)  # two of chebyquad's values cancel to nothing
    assert correct_digits(derivative, found) > 13


@pytest.mark.parametrize(
    "name", ["sin_exp_log", "rosenbrock", "two_body", "network_2_8_2", "osborne", "broyden"]
)
def test_wrong_derivatives_lose_their_digits(name):
    """A zero, a sign-flipped, a 1 % off and a float32 derivative are told from a right one."""
    _, found = truth_of(name)
    right = diffkit.differentiators.arguments.flatten(found.derivative, "the derivative")[0]

    def digits_of(wrong):
        return correct_digits([wrong(np.asarray(x)) for x in right], found)

    assert digits_of(lambda x: x) > 15.5
    assert digits_of(lambda x: 0 * x) == digits_of(lambda x: -x) == digits_of(lambda x: x * np.nan) == 0
    assert digits_of(lambda x: 1.01 * x) == pytest.approx(2.0, abs=1e-9)
    assert 6 < digits_of(lambda x: x.astype(np.float32)) < 9 or name == "broyden"  # whole numbers fit float32


def test_a_transposed_jacobian_has_no_digits():
    _, found = truth_of("broyden")

    assert correct_digits(found.derivative, found) == 17
    assert correct_digits(found.derivative.T, found) < 2


# The shape of the answer


def test_the_derivative_is_built_like_a_backends_answer():
    """Several arguments, a container, a vector function, data: structure and shapes as reverse gives them."""

    def f(p, x, k):
        return np.tanh(p["W"] @ x + p["b"]) * k

    p, x = (
        {"W": np.array([[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]]), "b": np.array([0.1, 0.2])},
        np.array([1.0, 2.0, 3.0]),
    )
    for wrt in (0, 1, (0, 1), (2, 0)):
        found = truth(f, (p, x, 2.0), wrt)
        by_reverse = diffkit.prepare(f, p, x, 2.0, wrt=wrt).jacobian(p, x, 2.0)

        assert_allclose(found.value, f(p, x, 2.0), rtol=1e-15)
        assert correct_digits(by_reverse, found) > 15
        assert shapes(found.derivative) == shapes(by_reverse)


def shapes(x):
    """The structure of a container, with shapes for arrays."""
    if isinstance(x, dict):
        return {key: shapes(each) for key, each in x.items()}
    return tuple(map(shapes, x)) if isinstance(x, tuple) else np.shape(x)


def test_a_large_jacobian_is_certified_along_directions():
    """The truth then is w J for eight seeded cotangents; a wrong entry still costs its digits."""
    problem, found = truth_of("bratu", 20, most_entries=100)
    J = diffkit.jacobian(problem.f, *problem.args)
    wrong = J.copy()
    wrong[3, 4] *= 1.01

    assert found.derivative is None and found.enclosed
    assert found.rows.shape == (DIRECTIONS, 20)
    assert correct_digits(J, found) > 15
    assert correct_digits(wrong, found) < 4
    assert attainable_digits(problem.f, problem.args, found) > 14


def test_a_gradient_is_certified_whole_whatever_its_size():
    assert truth_of("rosenbrock", 200, most_entries=100)[1].derivative.shape == (200,)


# Precision, reasons, faults


def test_precision_doubles_until_chaos_is_enclosed():
    assert truth_of("logistic_map", 4)[1].bits == 128
    assert truth_of("logistic_map", 100)[1].bits == 512


def test_what_stays_wide_is_refused_at_the_last_precision():
    _, found = truth_of("logistic_map", 100, last_bits=256)

    assert (found.enclosed, found.bits) == (False, 256)
    assert "256 bits" in found.reason


def test_a_hidden_zero_is_found_to_be_zero():
    """sin^2 + cos^2 has slope 0, which no ball shows exactly; beside a 1 it is measured absolutely."""
    found = truth(lambda x: np.sin(x[0]) ** 2 + np.cos(x[0]) ** 2 + x[1], (np.array([0.7, 1.0]),))

    assert found.enclosed
    assert correct_digits(np.array([1e-12, 1.0]), found) == pytest.approx(12)
    assert digits_worst(np.array([0.0, 1.0]), found) == 17


def test_an_exact_refusal_does_not_ask_for_more_bits():
    assert truth(lambda x: abs(x), (0.0,)).bits == 128


def test_the_value_stands_where_the_derivative_is_refused():
    found = truth(lambda x: abs(x) + 2.0, (0.0,))

    assert (found.value, found.derivative, found.enclosed) == (2.0, None, False)
    with pytest.raises(ValueError, match="no certified derivative to compare with: absolute"):
        correct_digits(0.0, found)
    assert attainable_digits(lambda x: abs(x), (0.0,), found) is None


def test_a_function_without_a_rule_is_a_reason():
    assert "np.i0" in truth(lambda x: np.i0(x), (1.0,)).reason


def test_overflow_in_doubles_is_a_reason():
    assert "not finite" in truth(lambda x: np.exp(x) * 0.5, (1000.0,)).reason


def test_a_wrong_exact_name_is_blamed():
    """A row that computes cosines and claims to be a sine cannot certify itself."""
    crooked = Pointwise("crooked", np.cos, "sin", partials=(lambda y, x: np.cos(x),))

    with pytest.raises(SpellingAtFault, match="is at fault"):
        truth(lambda x: crooked(x), (0.3,))


def test_a_subtly_wrong_exact_function_is_blamed():
    """Wrong by 1e-12, four orders above rounding."""
    crooked = Pointwise("crooked", np.exp, lambda m, x: m.exp(x) * (1 + 1e-12), partials=(lambda y, x: y,))

    with pytest.raises(SpellingAtFault):
        truth(lambda x: crooked(x), (0.3,))


def test_rounding_is_not_blamed():
    """One wrong digit of sixteen: log(1 + x)/x at 1e-8 is 6e-9 off in NumPy, and the program is why."""
    found = truth(lambda x: np.log(1 + x) / x, (1e-8,))

    assert abs(np.log(1 + 1e-8) / 1e-8 - found.value) > 1e-9
    assert found.derivative == pytest.approx(-0.5, abs=1e-7)


# Digits


def test_digits_resolve_the_last_bit():
    third = truth(lambda x: 1 / x * 1.0, (3.0,))
    best = -1 / 9

    assert 16 < correct_digits(best, third) <= 17
    assert ulps_worst(best, third) < 0.5 < ulps_worst(np.nextafter(best, 0), third) < 1.5


def test_digits_are_measured_in_the_norm_or_at_the_worst_entry():
    expected = exact([1.0, 1e-8, 0.0])
    actual = np.array([1.0, 1.1e-8, 1e-9])

    assert correct_digits(actual, expected) == pytest.approx(8.85, abs=0.01)  # sqrt(1e-18 + 1e-18)
    assert digits_worst(actual, expected) == pytest.approx(1.0)
    assert ulps_worst(actual, expected) == pytest.approx(6.04e14, rel=0.01)  # 1e-9 over the spacing of 1e-8


def test_what_is_not_finite_has_no_digits():
    expected = exact([1.0, 2.0])
    for bad in (np.nan, np.inf):
        assert (
            correct_digits(np.array([1.0, bad]), expected)
            == digits_worst(np.array([1.0, bad]), expected)
            == 0
        )
        assert ulps_worst(np.array([1.0, bad]), expected) == np.inf


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="shape"):
        correct_digits(np.ones(2), exact([1.0]))


# Attainable digits

ATTAINABLE = [  # random perturbation by half a unit in the last place, worst of eight; a digit either way
    ("newton_sqrt", 30, 15.5),
    ("pendulum", 400, 13.9),
    ("logistic_map", 40, 3.6),
    ("two_body", 6, 15.1),
    ("two_body", 300, 12.8),
    ("log_one_plus", None, 0.0),
]


@pytest.mark.parametrize("name, size, expected", ATTAINABLE)
def test_attainable_digits_are_what_ad_keeps(name, size, expected):
    """Within a digit of the known figures, and reverse mode is not a digit below them."""
    problem, found = truth_of(name, size)
    attainable = attainable_digits(
        problem.f, problem.args, found, problem.wrt, seeds=range(2 if size == 300 else 8)
    )
    by_reverse = getattr(diffkit, problem.operator)(problem.f, *problem.args, wrt=problem.wrt)

    assert attainable == pytest.approx(expected, abs=1.0)
    assert correct_digits(by_reverse, found) > attainable - 1


def test_matrix_products_are_perturbed_too():
    """A network's gradient keeps 15 digits, and an ill-conditioned system loses those of its condition."""
    problem, found = truth_of("network_2_8_2")
    assert 14.5 < attainable_digits(problem.f, problem.args, found, problem.wrt) < 16.5

    hilbert = 1 / (np.arange(8)[:, None] + np.arange(8) + 1)  # condition 1e10

    def f(x):
        return np.sum(np.linalg.solve(hilbert * x, np.ones(8)))

    assert 3 < attainable_digits(f, (1.5,), truth(f, (1.5,))) < 10


def test_an_exact_program_attains_everything():
    def f(x):
        return 2 * x * x

    assert attainable_digits(f, (3.0,), truth(f, (3.0,))) == 17


def test_the_same_seed_gives_the_same_digits():
    problem, found = truth_of("helmholtz")
    first, second, other = (
        attainable_digits(problem.f, problem.args, found, seeds=(seed,)) for seed in (1, 1, 2)
    )

    assert first == second != other


def test_a_function_in_single_precision_is_held_against_its_own_last_bits():
    """sin(1) in float32 is 3e-8 off and no fault; 1e-5 off is one, and so is 3e-8 of a double."""
    single = instance("single_sine").f
    assert truth(single, (1.0,)).derivative == math.cos(1.0)
    for off in (
        lambda x: single(x) + np.float32(1e-5) if isinstance(x, float) else np.sin(x),
        lambda x: float(single(x)) if isinstance(x, float) else np.sin(x),
    ):
        with pytest.raises(SpellingAtFault):
            truth(off, (1.0,))
