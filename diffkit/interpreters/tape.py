"""The tape: every operation is noted on the way forward.

The order of the tape is a topological order of the computational graph. A node keeps its value (the
intermediate), its row and its arguments, nothing else. Griewank and Walther, Evaluating Derivatives, 2nd ed.,
section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus import elementwise
from ..calculus.arrays import contract, pick
from ..calculus.rules import Constant, Interpreted, Pointwise, Row, bind, evaluated, shape_of
from ..calculus.scalars import FAILS
from ..calculus.spellings import POWERS, UFUNCS, index, matmul, power, product_plan
from .traced import NO_PARAMS, PLAIN, Traced, levels, operand, run

ndarray = np.ndarray
EVERY = (slice(None),)


class Tape:
    """The nodes of one differentiation, in the order in which they were made.

    nested: whether some value on it is traced by another interpreter as well.
    """

    __slots__ = ("level", "nested", "nodes")

    def __init__(self, nested: bool = False) -> None:
        self.level, self.nested = next(levels), nested
        self.nodes: list[Node] = []


def direct(row: Pointwise) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The method of an operator and its reflected twin, where tape and operands are plain: no search.

    Python's operator stands for the row on floats and arrays alike.
    """
    operator = row.quick
    assert operator is not None

    def noted(tape: Tape, xs: tuple[Any, Any], a: Any, b: Any) -> Any:
        try:
            y = operator(a, b)
        except FAILS:
            y = row.evaluate(a, b)
        return Node(float(y) if type(y) is np.float64 else y, tape, row, xs, (a, b))

    def method(self: Node, other: Any) -> Any:
        tape, kind = self.tape, type(other)
        if tape.nested:
            return row(self, operand(other))
        if kind in PLAIN:
            return noted(tape, (self, other), self.primal, other)
        if kind is Node and other.tape is tape:
            return noted(tape, (self, other), self.primal, other.primal)
        if kind is np.ndarray and other.dtype.char == "d":
            return noted(tape, (self, other), self.primal, other)
        return row(self, operand(other))

    def reflected(self: Node, other: Any) -> Any:
        if type(other) in PLAIN and not self.tape.nested:
            return noted(self.tape, (other, self), other, self.primal)
        return row(operand(other), self)

    return method, reflected


def product(turned: bool) -> Callable[..., Any]:
    """The method of a matrix product, or its reflected twin, where tape and operands are plain arrays."""

    def method(self: Node, other: Any) -> Any:
        tape, kind = self.tape, type(other)
        theirs = other.primal if kind is Node and other.tape is tape else other
        plain = type(theirs) is type(self.primal) is ndarray and theirs.dtype.char == "d"
        if tape.nested or not plain:
            return matmul(operand(other), self) if turned else matmul(self, operand(other))
        xs, values = (self, other), (self.primal, theirs)
        if turned:
            xs, values = xs[::-1], values[::-1]
        spec, shapes, want = product_plan(values[0].shape, values[1].shape)
        if want is not None or shapes != (None, None):
            return matmul(*xs)
        y = contract.evaluate(*values, spec)
        return Node(float(y) if type(y) is np.float64 else y, tape, contract, xs, values, {"spec": spec})

    return method


class Node(Traced):
    """A value on a tape: made by `row` from `xs`, some of which are nodes of the same tape, at `values`."""

    __slots__ = ("level", "params", "position", "primal", "row", "tape", "values", "xs")

    def __init__(
        self,
        primal: Any,
        tape: Tape,
        row: Row | None = None,
        xs: Sequence[Any] = (),
        values: Sequence[Any] = (),
        params: dict[str, Any] = NO_PARAMS,
    ):
        self.primal = primal
        self.tape = tape
        self.row = row
        self.xs = xs
        self.values = values
        self.params = params
        self.level = tape.level
        nodes = tape.nodes
        self.position = len(nodes)
        nodes.append(self)

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.primal)

    def __repr__(self) -> str:
        return f"Node({self.primal!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        tape = self.tape
        values: Sequence[Any] = (self.primal,)
        if len(xs) > 1:
            values = []
            for x in xs:
                if type(x) is Node and x.tape is tape:
                    x = x.primal
                elif isinstance(x, Interpreted):
                    tape.nested = True
                values.append(x)
        y = bind(row, values, params) if tape.nested else evaluated(row, values, params)
        if type(row) is Constant:
            return y
        return Node(float(y) if type(y) is np.float64 else y, tape, row, xs, values, params)

    __add__, __radd__ = direct(elementwise.add)
    __sub__, __rsub__ = direct(elementwise.subtract)
    __mul__, __rmul__ = direct(elementwise.multiply)
    __truediv__, __rtruediv__ = direct(elementwise.divide)
    __matmul__, __rmatmul__ = product(turned=False), product(turned=True)

    def pointwise(self, row: Pointwise, xs: tuple[Any]) -> Any:
        """A row of this value alone, the commonest, without ceremony where that is an array."""
        tape, a = self.tape, self.primal
        if type(a) is ndarray and not tape.nested:
            return Node(row.evaluate(a), tape, row, xs, (a,))
        return self.apply(row, xs, NO_PARAMS)

    def __pow__(self, e: Any) -> Any:
        row = POWERS.get(e) if type(e) in PLAIN else None
        return power(self, operand(e)) if row is None else self.pointwise(row, (self,))

    def __getitem__(self, key: Any) -> Any:
        tape, a = self.tape, self.primal
        if type(key) is slice and type(a) is ndarray and not tape.nested:
            where = (key,) + EVERY * (a.ndim - 1)
            return Node(a[where], tape, pick, (self,), (a,), {"index": where})
        return index(self, key)

    def __array_ufunc__(self, ufunc: np.ufunc, how: str, *inputs: Any, **options: Any) -> Any:
        if how == "__call__" and not options and (row := UFUNCS.get(ufunc)) is not None:
            if type(row) is not Pointwise:
                if ufunc is np.matmul and inputs[1] is self:
                    return self.__rmatmul__(inputs[0])
                return row(*map(operand, inputs))
            if len(inputs) == 1:
                return self.pointwise(row, inputs)
            a, b = inputs
            if b is self and type(a) is ndarray and a.dtype.char == "d" and not self.tape.nested:
                return Node(row.evaluate(a, self.primal), self.tape, row, inputs, (a, self.primal))
            return row(*map(operand, inputs))
        return super().__array_ufunc__(ufunc, how, *inputs, **options)


def record(f: Callable[..., Any], xs: Sequence[Any], active: Sequence[bool]) -> tuple[Any, list[Any], Tape]:
    """Run f forward, noting every operation. Returns (y, the inputs as given to f, the tape)."""
    tape = Tape(any([isinstance(x, Interpreted) for x in xs]))
    inputs = [Node(x, tape) if live else x for x, live in zip(xs, active, strict=True)]
    return run(f, inputs), inputs, tape
