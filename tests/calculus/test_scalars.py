"""The rules read for plain floats say what NumPy says."""

import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import Pointwise, evaluated, rows_of

from .sampling import draw

ROWS = list(rows_of(Pointwise))
EPS = np.finfo(float).eps


def floats(row, random):
    """Points of the domain and the hard points, as tuples of Python floats."""
    drawn = [tuple(float(x) for x in draw(row, ((),) * len(row.partials), random)) for _ in range(20)]
    return drawn + [tuple(map(float, x if isinstance(x, tuple) else (x,))) for x in row.hard]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_values_and_slopes_agree_with_numpy(row, random):
    """Both are within an ulp or so of the truth, NumPy's vector functions within four: hence eight."""
    for xs in floats(row, random):
        y = row.evaluate(*map(np.float64, xs))
        assert abs(evaluated(row, xs, {}) - y) <= 8 * EPS * abs(y)
        for i, p in enumerate(row.partials):
            if callable(p):
                slope = p(y, *map(np.float64, xs))
                assert abs(row.flow(i, 1.0, float(y), xs) - slope) <= 16 * EPS * abs(slope) + 1e-300


def test_most_rows_need_no_numpy_on_floats():
    """What is left to NumPy has no twin in Python's math: logaddexp, remainder and maximum and the like."""
    without = [row.name for row in ROWS if row.quick is None]
    assert {"sin", "exp", "tanh", "multiply", "divide", "power", "logistic", "sqrt"}.isdisjoint(without)


POLES = {
    "1/x": (lambda x: 1 / x, 0.0, -np.inf),
    "log": (np.log, 0.0, np.inf),
    "sqrt": (np.sqrt, 0.0, np.inf),
    "exp": (np.exp, 1000.0, np.inf),
    "log of a negative": (np.log, -1.0, -1.0),
    "a power that overflows": (lambda x: x**400.0, 1e200, np.inf),
}


@pytest.mark.parametrize("case", POLES)
@pytest.mark.parametrize("backend", ["forward", "reverse"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_python_raises_numpy_answers(case, backend):
    f, x, slope = POLES[case]
    np.testing.assert_array_equal(diffkit.derivative(f, x, backend=backend), slope)
