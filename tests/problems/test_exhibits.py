"""The catalogue's famous values, to the last digit where they are exact."""

import math

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from diffkit.problems import instance


def by_complex_step(name, *args, **size):
    return np.imag(instance(name, **size).f(args[0] + 1e-30j, *args[1:])) / 1e-30


def test_the_fourth_logistic_map_has_laue_s_derivative():
    """Integers below 2^53, so the polynomial is exact."""
    l4 = instance("logistic_map", size=4).f(Polynomial([0.0, 1.0]))

    assert l4.deriv().coef.tolist() == [64 * c for c in (1, -42, 504, -2640, 7040, -9984, 7168, -2048)]


def test_the_classroom_graph_gives_327_8_and_81():
    here = instance("two_products")

    assert here.hand(*here.args) == (327, (8, 81))


def test_the_neuron_gives_the_course_s_two_digits():
    here = instance("neuron")
    y, (w0, x0, w1, x1, w2) = here.hand(*here.args)

    assert [round(v, 2) for v in (y, w0, w1, w2, x0, x1)] == [0.73, -0.20, -0.39, 0.20, 0.39, -0.59]


@pytest.mark.parametrize("name, slope", [
    ("squire_trapp", 18.600812734259759), ("lyness_moler", 4.05342789389862), ("exp", math.e)])
def test_the_complex_step_papers_derivatives(name, slope):
    """14 digits, as they are printed."""
    assert by_complex_step(name, *instance(name).args) == pytest.approx(slope, rel=1e-14)


def test_the_product_of_the_textbook_point_telescopes():
    """32 factors round 32 times each, in the product and in its point."""
    here = instance("speelpenning", size=32)

    assert here.f(*here.args) == pytest.approx(1 / 33, rel=64 * 2**-53)


def test_rosenbrock_s_valley_ends_at_ones():
    here = instance("rosenbrock", size=2)

    assert round(here.f(*here.args), 12) == 24.2
    assert here.f(np.ones(7)) == 0
    assert not np.any(here.hand(np.ones(7))[1])


def test_newton_s_iteration_finds_the_root_and_its_slope():
    y, slope = instance("newton_sqrt", size=8).hand(2.0)

    assert y == pytest.approx(math.sqrt(2), rel=1e-15)
    assert slope == pytest.approx(0.5 / math.sqrt(2), rel=1e-14)


def test_kepler_s_equation_holds():
    for seed in range(5):
        here = instance("kepler", seed=seed)
        mean_anomaly, e = here.args
        angle = here.f(*here.args)
        assert angle - e * math.sin(angle) == pytest.approx(mean_anomaly, rel=1e-15, abs=1e-15)


def test_a_pendulum_at_ninety_degrees_is_18_percent_slow():
    """Abramowitz and Stegun, table 17.1: K(1/2) = 1.85407 46773 01372."""
    period = instance("pendulum_period").f(math.pi / 2)

    assert period == pytest.approx(4 * 1.854074677301372 * math.sqrt(1 / 9.80665), rel=1e-14)


def test_two_argon_atoms_rest_at_the_bottom_of_their_well():
    f = instance("lennard_jones").hand
    energy, slope = f(3.4 * 2 ** (1 / 6))

    assert energy == pytest.approx(-120, rel=1e-14)
    assert slope == pytest.approx(0, abs=1e-12)


def test_an_orbit_closes_after_its_period():
    """An ellipse of semi-axis 1 has the period 2 pi, 125.66 steps of 0.05; x + y grows there."""
    start = instance("two_body").args[0]
    before, after = (instance("two_body", size=n).f(start) for n in (125, 126))

    assert before < 0.5 < after


def test_osborne_s_minimum_is_the_published_one():
    """More, Garbow, Hillstrom: f = 5.46489e-5, reached by Levenberg and Marquardt's method."""
    data = np.array([
        844, 908, 932, 936, 925, 908, 881, 850, 818, 784, 751, 718, 685, 658, 628, 603, 580,
        558, 538, 522, 506, 490, 478, 467, 457, 448, 438, 431, 424, 420, 414, 411, 406]) / 1000
    here = instance("osborne")
    x = here.args[0]
    damping = 1e-3
    for _ in range(200):
        y, J = here.hand(x)
        step = np.linalg.solve(J.T @ J + damping * np.diag(np.diag(J.T @ J)), J.T @ (data - y))
        better = np.sum((data - here.f(x + step)) ** 2) < np.sum((data - y) ** 2)
        x, damping = (x + step, damping / 3) if better else (x, damping * 4)

    assert np.sum((data - here.f(x)) ** 2) == pytest.approx(5.46489e-5, rel=1e-6)


def test_the_mixture_s_likelihood_is_the_sum_over_its_points():
    """Point by point and cluster by cluster with loops, as the benchmark's paper writes it."""
    here = instance("gmm", size=7, seed=3)
    alphas, means, icf, points = here.args
    (K, d), total = means.shape, 0.0
    factors = [np.diag(np.exp(q[:d])) + np.tril(np.full((d, d), q[d]), -1) for q in icf]
    for x in points:
        total += math.log(sum(
            math.exp(a + math.log(np.linalg.det(Q)) - np.sum((Q @ (x - m)) ** 2) / 2)
            for a, m, Q in zip(alphas, means, factors, strict=True)))
    total -= 7 * (math.log(sum(map(math.exp, alphas))) + d / 2 * math.log(2 * math.pi))
    total += sum(np.sum(Q**2) / 2 for Q in factors)
    log_gamma_2 = 0.5 * math.log(math.pi) + math.lgamma(1.5) + math.lgamma(1.0)
    total -= K * (-3 * math.log(2) - log_gamma_2)

    assert here.f(*here.args) == pytest.approx(total, rel=1e-13)


def test_cancellation_leaves_no_digit_of_the_logarithm_s_quotient():
    """The formula's slope at 0 is -1/2; the program's, by the complex step, is nowhere near."""
    slope = by_complex_step("log_one_plus", 1e-8)

    assert abs(slope + 0.5) > 0.5
