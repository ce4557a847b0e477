"""Second derivatives: kinks in the slope, and what is symmetric."""

import numpy as np

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
