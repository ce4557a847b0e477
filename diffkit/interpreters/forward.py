"""Dual numbers: a value and its tangents, many directions at once.

Each operation pushes the tangents of its arguments through its row while the value is computed. With
`lead` = 1 a tangent has one leading axis of directions, so a whole Jacobian is one pass; with `lead` = 0
it is shaped like the value. Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus import elementwise
from ..calculus.rules import Constant, Pointwise, Row, bind, shape_of
from ..calculus.scalars import FAILS
from ..calculus.spellings import UFUNCS
from .reverse import has_nan
from .traced import NO_PARAMS, PLAIN, Traced, levels, operand, run


def direct(row: Pointwise) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The method of an operator and its reflected twin, where the values are floats: no search, no NumPy."""
    operator = row.quick
    assert operator is not None

    def method(self: Dual, other: Any) -> Any:
        a, kind = self.primal, type(other)
        mine = kind is Dual and other.level == self.level
        b, v = (other.primal, other.tangent) if mine else (other, None)
        if type(a) is type(b) is float:
            try:
                y = operator(a, b)
                return Dual(y, row.push(y, (a, b), (self.tangent, v), NO_PARAMS, 0), self.level, self.lead)
            except FAILS:
                pass  # NumPy answers inf or NaN
        if mine or kind in PLAIN:
            return self.apply(row, (self, other), NO_PARAMS)
        return row(self, operand(other))

    def reflected(self: Dual, other: Any) -> Any:
        if type(other) in PLAIN:
            return self.apply(row, (other, self), NO_PARAMS)
        return row(operand(other), self)

    return method, reflected


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
        primals, tangents = [], []
        for x in xs:
            mine = type(x) is Dual and x.level == level
            primals.append(x.primal if mine else x)
            tangents.append(x.tangent if mine else None)
        y = bind(row, primals, params)
        if type(row) is Constant:
            return y
        v = row.push(y, primals, tangents, params, self.lead)
        return y if v is None else Dual(y, v, level, self.lead)

    __add__, __radd__ = direct(elementwise.add)
    __sub__, __rsub__ = direct(elementwise.subtract)
    __mul__, __rmul__ = direct(elementwise.multiply)
    __truediv__, __rtruediv__ = direct(elementwise.divide)

    def __array_ufunc__(self, ufunc: np.ufunc, how: str, *inputs: Any, **options: Any) -> Any:
        if len(inputs) == 1 and how == "__call__" and not options:
            row = UFUNCS.get(ufunc)
            if type(row) is Pointwise:  # the commonest, without ceremony
                return self.apply(row, inputs, NO_PARAMS)
        return super().__array_ufunc__(ufunc, how, *inputs, **options)


class Careful(Traced):
    """The same with what its tangent depends on: where that is nothing, it is zero whatever it has met.

    An entry that does not move along a direction, or that np.where did not choose, stays at 0 through an
    infinite slope; where something moves and its tangent merely happens to be 0, 0 * inf stays NaN.
    """

    __slots__ = ("lead", "level", "moves", "primal", "tangent")

    def __init__(self, primal: Any, tangent: Any, moves: Any, level: int, lead: int):
        self.primal, self.tangent, self.moves, self.level, self.lead = primal, tangent, moves, level, lead

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.primal)

    def __repr__(self) -> str:
        return f"Careful({self.primal!r}, {self.tangent!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        own = [type(x) is Careful and x.level == self.level for x in xs]
        primals = [x.primal if mine else x for x, mine in zip(xs, own, strict=True)]
        y = bind(row, primals, params)
        if type(row) is Constant:
            return y
        parts = [
            self.part(row, i, x, y, primals, params)
            for i, (x, mine) in enumerate(zip(xs, own, strict=True)) if mine and row.active(i)
        ]  # fmt: skip
        if not parts:
            return y
        (v, a), *others = parts
        for tangent, moves in others:
            v, a = v + tangent, a + moves
        return Careful(y, v, a, self.level, self.lead)

    def part(self, row: Row, i: int, x: Careful, y: Any, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        """(tangent, what moves) of y from its argument i alone."""
        moves = row.reach(i, x.moves, y, xs, params, self.lead)
        alone = [x.tangent if j == i else None for j in range(len(xs))]
        return np.where(np.equal(moves, 0), 0.0, row.push(y, xs, alone, params, self.lead)), moves


def push_forward(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], lead: int) -> tuple[Any, Any]:
    """y = f(*xs) and its tangent along vs, in one pass.

    vs[i] is shaped like xs[i], behind one axis of directions if lead is 1; None stands for zero.
    Returns (y, v): v of shape (directions,) + y.shape or y.shape, zero where y does not depend on x. Where v
    is NaN f is run again, carefully.
    """
    level = next(levels)
    y = run(f, [x if v is None else Dual(x, v, level, lead) for x, v in zip(xs, vs, strict=True)])
    y, v = parted(y, level, vs, lead)
    return push_carefully(f, xs, vs, lead) if has_nan(v) else (y, v)


def push_carefully(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], lead: int) -> tuple[Any, Any]:
    """The same, each tangent with what it depends on."""
    level = next(levels)
    moves = [None if v is None else np.where(np.equal(v, 0), 0.0, 1.0) for v in vs]
    inputs = zip(xs, vs, moves, strict=True)
    y = run(f, [x if v is None else Careful(x, v, a, level, lead) for x, v, a in inputs])
    return parted(y, level, vs, lead)


def parted(y: Any, level: int, vs: Sequence[Any], lead: int) -> tuple[Any, Any]:
    """(value, tangent) of what f has returned."""
    if type(y) in (Dual, Careful) and y.level == level:
        return y.primal, y.tangent
    front = next((shape_of(v)[:lead] for v in vs if v is not None), (0,) * lead)
    return y, np.zeros(front + shape_of(y))
