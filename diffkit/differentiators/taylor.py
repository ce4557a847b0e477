"""Taylor coefficients along a direction: derivatives of any order in one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.rules import Interpreted
from ..calculus.spellings import stack
from ..interpreters.taylor import expand
from .arguments import Arguments


def taylor(f: Callable[[Any], Any], x: Any, v: Any, order: int) -> Any:
    """Taylor coefficients c[0], ..., c[order] of t -> f(x + t v): an array of shape (order + 1,) + y.shape.

    k! c[k] is the k-th derivative of f along v; c[k] is in the units of y. x is a number, an array or a
    container of them, v is built like x. Where f has a kink or a choice the series is that of the side that
    its rules take at t = 0, and where a derivative is infinite or NaN so are the coefficients from there on.
    May be nested with every differentiation. Raises ValueError for an order that is no whole number from 0,
    ShapeMismatch where v does not fit x, NoRule for what has no rule.

    >>> taylor(np.exp, 0.0, 1.0, 4) * [1, 1, 2, 6, 24]
    array([1., 1., 1., 1., 1.])
    >>> taylor(lambda x: x[0] * x[1], [2.0, 3.0], [1.0, 1.0], 3)
    array([6., 5., 1., 0.])

    Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 13.
    """
    if not isinstance(order, (int, np.integer)) or isinstance(order, bool) or order < 0:
        raise ValueError(f"order={order!r} is no order of a series; give a whole number from 0.")
    arguments = Arguments.of((x,), 0)
    leaves, vs = arguments.open((x,)), arguments.directions((x,), v)
    try:
        coefficients = expand(lambda *xs: f(*arguments.close((x,), xs)), leaves, vs, int(order))
    except RecursionError as error:
        raise ValueError(
            f"order={order} nests rules deeper than Python's recursion limit; "
            "ask for a lower order, or raise sys.setrecursionlimit."
        ) from error
    if any(isinstance(c, Interpreted) for c in coefficients):
        return stack(coefficients)
    return np.array(coefficients, dtype=np.float64)
