"""Dual numbers: a value and its tangents, many directions at once.

Each operation pushes the tangents of its arguments through its row while the value is computed. With
`lead` = 1 a tangent has one leading axis of directions, so a whole Jacobian is one pass; with `lead` = 0
it is shaped like the value. Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.rules import Constant, Row, bind, shape_of
from .traced import Traced, levels, run


class Dual(Traced):
    """A value with its tangent, in the differentiation `level`."""

    __slots__ = ("lead", "level", "primal", "tangent")

    def __init__(self, primal: Any, tangent: Any, level: int, lead: int):
        self.primal, self.tangent, self.level, self.lead = primal, tangent, level, lead

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.primal)

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        level = self.level
        primals = [x.primal if type(x) is Dual and x.level == level else x for x in xs]
        y = bind(row, primals, params)
        if type(row) is Constant:
            return y
        tangents = [x.tangent if type(x) is Dual and x.level == level else None for x in xs]
        v = row.push(y, primals, tangents, params, self.lead)
        return y if v is None else Dual(y, v, level, self.lead)


def push_forward(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], lead: int) -> tuple[Any, Any]:
    """y = f(*xs) and its tangent along vs, in one pass.

    vs[i] is shaped like xs[i], behind one axis of directions if lead is 1; None stands for zero.
    Returns (y, v): v of shape (directions,) + y.shape or y.shape, zero where y does not depend on x.
    """
    level = next(levels)
    y = run(f, [x if v is None else Dual(x, v, level, lead) for x, v in zip(xs, vs, strict=True)])
    if type(y) is Dual and y.level == level:
        return y.primal, y.tangent
    front = next((shape_of(v)[:lead] for v in vs if v is not None), (0,) * lead)
    return y, np.zeros(front + shape_of(y))
