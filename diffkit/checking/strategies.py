"""Strategies of Hypothesis for points: numbers, arrays, and whatever an example is built like.

@given(points({"W": np.zeros((3, 2)), "b": 0.0}))
def test_my_gradient(point):
    diffkit.assert_gradient(loss, loss_gradient, point)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ..differentiators.arguments import is_container


def numbers(low: float = -10.0, high: float = 10.0) -> st.SearchStrategy[float]:
    """Finite floats between low and high, without subnormal ones: they shrink to whole numbers."""
    return st.floats(low, high, allow_nan=False, allow_infinity=False, allow_subnormal=False)


def arrays(
    shape: int | tuple[int, ...], low: float = -10.0, high: float = 10.0
) -> st.SearchStrategy[np.ndarray]:
    """float64 arrays of this shape, entries between low and high."""
    return hnp.arrays(np.float64, shape, elements=numbers(low, high))


def points(like: Any, low: float = -10.0, high: float = 10.0) -> st.SearchStrategy[Any]:
    """Points built like the example: a float, an array, a dict, list or tuple of these."""
    if isinstance(like, dict):
        return st.fixed_dictionaries({key: points(x, low, high) for key, x in like.items()})
    if is_container(like):
        parts = st.tuples(*(points(x, low, high) for x in like))
        return parts.map(list) if isinstance(like, list) else parts
    shape = np.shape(like)
    return arrays(shape, low, high) if shape else numbers(low, high)
