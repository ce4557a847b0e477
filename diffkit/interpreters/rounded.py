"""Random rounding: the program run anew, each operation that rounds off by one last bit, up or down.

Such runs differ by what rounding does to f, also by what it does alike at all points near x: in the factors
of a fixed matrix, on the treads of a staircase. Vignes, Discrete stochastic arithmetic for validating results
of numerical software, Numerical Algorithms 37 (2004); Parker, Monte Carlo arithmetic, UCLA CSD-970002 (1997).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.rules import (
    Bilinear,
    Constant,
    Differential,
    Linear,
    Pointwise,
    Reduction,
    Row,
    bind,
    shape_of,
)
from .traced import Traced, levels, run


class Rounding:
    """One run: its level, and the random numbers of its seed."""

    __slots__ = ("level", "random")

    def __init__(self, seed: int):
        self.level, self.random = next(levels), np.random.default_rng(seed)

    def off(self, x: Any) -> Any:
        """x, every entry one unit in the last place up or down."""
        return x + np.spacing(x) * self.random.choice((-1.0, 1.0), shape_of(x))


class Rounded(Traced):
    """A value of one such run."""

    __slots__ = ("level", "primal", "rounding")

    def __init__(self, primal: Any, rounding: Rounding):
        self.primal, self.rounding, self.level = primal, rounding, rounding.level

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.primal)

    def __repr__(self) -> str:
        return f"Rounded({self.primal!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        values = [x.primal if type(x) is Rounded and x.level == self.level else x for x in xs]
        y = bind(row, values, params)
        if type(row) is Constant:
            return y
        return Rounded(rounded(self.rounding, row, y, values, params), self.rounding)


def rounded(rounding: Rounding, row: Row, y: Any, xs: Sequence[Any], params: dict[str, Any]) -> Any:
    """What the row may give instead of y.

    Sums, products of matrices and solutions are right for operands that are off by a little (Higham, Accuracy
    and Stability of Numerical Algorithms, 2nd ed., chapters 3, 4, 9); what is only moved is exact.
    """
    if isinstance(row, Pointwise):
        return np.where(is_exact(y, xs), y, rounding.off(y))
    if isinstance(row, Linear):
        terms = bind(row, [np.ones(shape_of(x)) for x in xs], params)
        return np.where(terms <= 1, y, bind(row, [rounding.off(x) for x in xs], params))
    if isinstance(row, Bilinear | Reduction | Differential):
        return rounding.off(bind(row, [rounding.off(x) for x in xs], params))
    return y


def is_exact(y: Any, xs: Sequence[Any]) -> Any:
    """Where y is 0, not finite, or an operand times a power of two, of either sign."""
    mantissa = np.abs(np.frexp(y)[0])
    exact = (mantissa == 0) | ~np.isfinite(mantissa)
    for x in xs:
        exact = exact | (np.abs(np.frexp(x)[0]) == mantissa)
    return exact


def run_rounded(f: Callable[..., Any], xs: Sequence[Any], seed: int) -> Any:
    """f(*xs) with random rounding; the xs are exact, the same seed gives the same value.

    Raises NoRule where f cannot be traced.

    >>> [round(float(run_rounded(lambda x: np.log(1 + x) / x, [1e-8], seed)), 9) for seed in (0, 1)]
    [1.000000011, 0.999999967]
    """
    rounding = Rounding(seed)
    y = run(f, [Rounded(x, rounding) for x in xs])
    return y.primal if type(y) is Rounded and y.level == rounding.level else y
