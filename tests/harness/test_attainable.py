"""Automatic differentiation keeps what the program can keep, on every problem of the catalogue."""

import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import NoRule
from diffkit.differentiators.interface import Unsupported
from diffkit.harness.truth import attainable_digits, correct_digits, truth
from diffkit.problems import CATALOGUE, instance

BACKENDS = ("forward", "reverse", "compiled-numpy")
MOST_DIRECTIONS = (
    5000  # forward mode takes them all, 100,000 parameters one after the other would take minutes
)


def known(name):
    """A problem with its truth and its attainable digits, or a skip that says why there is none."""
    each = instance(name, size=CATALOGUE[name].smallest)
    found = truth(each.f, each.args, each.wrt)
    if not found.enclosed:
        pytest.skip(f"no truth: {found.reason}")
    return each, found, attainable_digits(each.f, each.args, found, each.wrt)


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_exact_backends_are_within_one_digit_of_the_attainable(name):
    each, found, attainable = known(name)
    operator = "jacobian" if each.operator == "jacobian" else "gradient"
    for backend in BACKENDS:
        if backend == "forward" and found.rows.shape[1] > MOST_DIRECTIONS:
            continue
        try:
            prepared = diffkit.prepare(each.f, *each.args, wrt=each.wrt, backend=backend)
        except (NoRule, Unsupported):
            assert backend == "compiled-numpy" and "branch" in CATALOGUE[name].tags
            continue
        assert correct_digits(getattr(prepared, operator)(*each.args), found) > attainable - 1


def test_a_derivative_that_lost_digits_falls_behind():
    """A gradient computed in single precision is more than one digit short."""
    each, found, attainable = known("rosenbrock")
    lost = np.float32(diffkit.gradient(each.f, *each.args)).astype(float) * (1 + 1e-8)
    assert correct_digits(lost, found) < attainable - 1
