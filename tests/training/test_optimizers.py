"""Optimisers on quadratics: iterates that can be computed by hand, and convergence."""

import numpy as np
import pytest

from diffkit.training.optimizers import OPTIMIZERS, SCHEDULES

# f(x) = x**2 / 2 from x = 1 at the rate 0.5, so g = x: the first iterates, worked out from each definition.
ROOT = {
    "sgd": [0.5, 0.25],  # x (1 - 1/2)
    "momentum": [0.5, 0.5 - 0.5 * (0.9 * 1 + 0.5)],  # v = 1, 1.4
    "nesterov": [1 - 0.5 * 1.9, 0.05 - 0.5 * (0.05 + 0.9 * 0.95)],  # v = 1, 0.95
    "adagrad": [0.5, 0.5 - 0.5 * 0.5 / np.sqrt(1.25)],  # s = 1, 1.25
    "rmsprop": [1 - 0.5 / np.sqrt(0.1)],  # s = 0.1
    "adam": [0.5, 0.5 - 0.5 * (0.14 / 0.19) / np.sqrt((0.000999 + 0.00025) / 0.001999)],
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_first_iterates_are_those_of_the_definition(name):
    """By hand, up to the 1e-8 that keeps the denominators from 0."""
    x, state = np.array([1.0]), []
    for expected in ROOT[name]:
        x, state = OPTIMIZERS[name].update(x, x, state, 0.5)
        assert x[0] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimisers_find_the_minimum_and_change_nothing_in_place(name):
    """An ill-scaled bowl from its default rate; state and parameters of each step stay as they were."""
    scales, x, state = np.array([1.0, 10.0]), np.array([1.0, -1.0]), []
    for _ in range(2000):
        before, kept = x.copy(), [np.copy(each) for each in state]
        moved, new = OPTIMIZERS[name].update(x, scales * x, state, OPTIMIZERS[name].rate)
        assert np.array_equal(x, before) and all(map(np.array_equal, state, kept))
        x, state = moved, new
    # RMSProp keeps stepping by about its rate; the others come to rest.
    assert np.abs(x).max() < (0.01 if name == "rmsprop" else 1e-3)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_stay_between_nothing_and_the_rate(name):
    """Factors from 0 to 1; all but the constant one vary, all but the warm-up never rise."""
    factors = np.array([SCHEDULES[name](done) for done in np.linspace(0, 1, 101)])
    assert factors.min() >= 0 and factors.max() == 1
    assert (np.ptp(factors) == 0) == (name == "constant")
    if name != "warm-up":
        assert np.all(np.diff(factors) <= 0) and factors[0] == 1
