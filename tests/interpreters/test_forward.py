"""Forward mode where an infinite slope meets a tangent that is zero: careful, as reverse mode is."""

import numpy as np
import pytest

import diffkit
from diffkit.interpreters.forward import push_carefully, push_forward
from tests.calculus.sampling import ROWS, cases, draw

CASES = [(row, *case) for row in ROWS for case in cases(row)]
INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(("row", "shapes", "params"), CASES, ids=lambda x: getattr(x, "name", ""))
def test_being_careful_changes_nothing_where_all_is_finite(row, shapes, params, random):
    """Every row, along two directions in which half of the entries stand still: the same up to a sum."""
    xs = draw(row, shapes, random)
    vs = [random.normal(size=(2, *np.shape(x))) * random.integers(0, 2, (2, *np.shape(x))) for x in xs]
    vs = [v if row.active(i) else None for i, v in enumerate(vs)]

    f = lambda *xs: row(*xs, **params)  # noqa: E731
    quick, careful = push_forward(f, xs, vs, 1), push_carefully(f, xs, vs, 1)

    np.testing.assert_array_equal(careful[0], quick[0])
    np.testing.assert_allclose(careful[1], quick[1], rtol=1e-14, atol=1e-14)


X = np.array([0.0, 2.0])
MEETINGS = {  # the Jacobian at X; sqrt has an infinite slope at 0
    "another entry": (lambda x: np.sqrt(x[0]) + x[1] ** 2, [INF, 4.0]),
    "every entry": (np.sqrt, [[INF, 0.0], [0.0, 0.5 / np.sqrt(2)]]),
    "not chosen": (lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)), [0.0, 0.5 / np.sqrt(2)]),
    "a product": (lambda x: np.outer(np.sqrt(x), [1.0, 2.0])[:, 1], [[INF, 0.0], [0.0, 1 / np.sqrt(2)]]),
    "a largest": (lambda x: np.max(np.sqrt(x)), [NAN, 0.5 / np.sqrt(2)]),
    "times zero": (lambda x: np.sqrt(x[0]) * 0.0 + x[1], [NAN, 1.0]),
}


@pytest.mark.parametrize("backend", ["forward", "reverse", "compiled"])
@pytest.mark.parametrize("name", MEETINGS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_tangent_that_depends_on_nothing_stays_zero(name, backend):
    """0 * inf is 0 where the entry does not move at all; where it moves and the slope is 0, nobody knows."""
    f, expected = MEETINGS[name]

    np.testing.assert_allclose(diffkit.jacobian(f, X, backend=backend), expected, rtol=1e-15)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_second_derivatives_are_as_careful():
    """x^1.5 curves infinitely at 0 and not across; chosen away it does not curve at all."""
    for f, expected in (
        (lambda x: np.sum(x**1.5), [INF, 0.75 / np.sqrt(2)]),
        (lambda x: np.sum(np.where(x > 0, np.sqrt(x) ** 3, 0.0)), [0.0, 0.75 / np.sqrt(2)]),
    ):
        H = diffkit.hessian(f, X, backend="forward")

        np.testing.assert_allclose(H, np.diag(expected), rtol=1e-14)
