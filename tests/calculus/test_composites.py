"""Composites for users are differentiated through what they are made of, and are smooth all the same."""

import numpy as np
import pytest

import diffkit

EPS = np.finfo(float).eps
SMOOTH = {  # slope and curvature at 0
    "logistic": (diffkit.logistic, 0.25, 0.0),
    "softplus": (diffkit.softplus, 0.5, 0.25),
    "softmax": (lambda x: diffkit.softmax(np.stack([x, -x]))[0], 0.5, 0.0),
    "logsumexp": (lambda x: diffkit.logsumexp(np.stack([x, -x])), 0.0, 1.0),
}


@pytest.mark.parametrize("backend", ["forward", "reverse", "complex-step"])
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_composites_have_their_slopes_at_zero(name, backend):
    """Where abs, max and where hide a kink that cancels. Complex step's second derivatives are differences
    of slopes at steps near 0.1: some hundreds of eps."""
    f, slope, curvature = SMOOTH[name]
    assert abs(diffkit.derivative(f, 0.0, backend=backend) - slope) <= 2 * EPS
    rounding = 1000 * EPS if backend == "complex-step" else 2 * EPS
    assert abs(diffkit.hessian(f, 0.0, backend=backend) - curvature) <= rounding
