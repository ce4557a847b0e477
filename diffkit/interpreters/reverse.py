"""The tape: every operation is noted on the way forward, and pulled back in the opposite order.

The order of the tape is a topological order of the computational graph, so the way back is one loop: no
recursion, no search, a chain of a million operations is fine. A node keeps its value (the intermediate),
its row and its arguments, nothing else. Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus import elementwise
from ..calculus.arrays import contract, pick
from ..calculus.rules import (
    Constant,
    Interpreted,
    Pointwise,
    Row,
    bind,
    evaluated,
    partial,
    shape_of,
    unbroadcast,
)
from ..calculus.scalars import FAILS
from ..calculus.spellings import POWERS, UFUNCS, index, matmul, power, product_plan
from .traced import NO_PARAMS, PLAIN, Traced, levels, operand, run

ndarray, add_reduce = np.ndarray, np.add.reduce
EVERY = (slice(None),)
SMALL = 2048  # entries of an array that is made in less time than is asked whether it has to be


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


def sweep(y: Node, w: Any, lead: int) -> list[Any]:
    """Adjoint of every node of y's tape for the cotangent w of y; None where y does not depend on it."""
    tape = y.tape
    nodes = tape.nodes
    adjoints: list[Any] = [None] * len(nodes)
    adjoints[y.position] = w
    for position in range(y.position, -1, -1):
        w = adjoints[position]
        if w is None:
            continue
        node = nodes[position]
        row = node.row
        if row is None:
            continue
        for i, x in enumerate(node.xs):
            if type(x) is Node and x.tape is tape and row.active(i):
                part = row.pull(i, w, node.primal, node.values, node.params, lead)
                j = x.position
                so_far = adjoints[j]
                adjoints[j] = part if so_far is None else so_far + part
    return adjoints


def plain_sweep(y: Node, w: Any, leaves: Sequence[Node]) -> list[Any]:
    """The same of the leaves alone, for one cotangent over floats and arrays, without ceremony.

    A float may be the adjoint of an array: it stands for equal entries, as a sum sends them back. An adjoint
    is let go when it is used, so that its memory serves the next. Where a part goes into a few entries only
    (indexing), or a third one comes, it is added to the array that the first two made: x[i] for every i costs
    as much as x, not n times as much. The arrays of the leaves are held by nothing else.
    """
    tape = y.tape
    nodes = tape.nodes
    adjoints: list[Any] = [None] * len(nodes)
    adjoints[y.position] = w
    ours: set[int] = set()  # positions whose array was made here, so that it may be added to
    for position in range(y.position, -1, -1):
        w = adjoints[position]
        node = nodes[position]
        row = node.row
        if w is None or row is None:
            continue
        adjoints[position] = None
        values, primal = node.values, node.primal
        if type(row) is Pointwise and type(primal) is float:
            for i, x in enumerate(node.xs):
                p = row.slopes[i]
                if type(x) is not Node or x.tape is not tape or p is None:
                    continue
                if type(p) is int:
                    part = w if p == 1 else -w
                else:
                    try:
                        part = p(primal, *values) * w
                    except FAILS:
                        part = float(partial(row.partials[i], primal, values) * w)
                j = x.position
                so_far = adjoints[j]
                adjoints[j] = part if so_far is None else so_far + part
            continue
        if type(row) is Pointwise:
            for i, x in enumerate(node.xs):
                p = row.partials[i]
                if type(x) is not Node or x.tape is not tape or p is None:
                    continue
                fresh = True
                if type(p) is int:
                    part = w if p == 1 else -w
                    fresh = p != 1
                else:
                    try:
                        part = p(primal, *values)
                    except FAILS:
                        part = partial(row.partials[i], primal, values)
                    if type(part) is ndarray and part.size > SMALL:
                        part, fresh = scaled(part, w, is_new(part, primal, values))
                    else:
                        part = part * w
                value, j = values[i], x.position
                if type(part) is not ndarray:
                    part = float(part) * (primal.size // (1 if type(value) is float else value.size or 1))
                elif type(value) is float:
                    part = float(add_reduce(spread_like(primal, part, w), None))
                elif part.shape != value.shape:
                    part = unbroadcast(spread_like(primal, part, w), value.shape, 0)
                if adjoints[j] is None:
                    adjoints[j] = part
                    if fresh and type(part) is ndarray and part.size > SMALL:
                        ours.add(j)
                else:
                    add(adjoints, ours, j, part)
            continue
        into = row.into
        for i, x in enumerate(node.xs):
            if type(x) is not Node or x.tape is not tape or not row.active(i):
                continue
            j = x.position
            so_far = adjoints[j]
            big = type(w) is ndarray and w.size > SMALL
            if into is not None and not (big and so_far is None):
                into(room(adjoints, ours, j, values[i]), w, **node.params)
                continue
            part = row.back(i, w, primal, values, node.params)
            add(adjoints, ours, j, part)
            if big and so_far is None and type(part) is ndarray and is_new(part, w, values):
                ours.add(j)
    for x in leaves:
        if x.position not in ours:
            adjoints[x.position] = own(adjoints[x.position], x.primal)
    return adjoints


def scaled(part: np.ndarray, w: Any, fresh: bool) -> tuple[Any, bool]:
    """(part * w, whether that is an array of our own), in its place where it may be."""
    if type(w) is float and w == 1.0:
        return part, fresh
    if fresh and (type(w) is float or w.shape == part.shape):
        part *= w
        return part, True
    return part * w, True


def spread_like(y: np.ndarray, part: np.ndarray, w: Any) -> np.ndarray:
    """A part with all entries of y: a float that stands for an array has not brought them."""
    return np.broadcast_to(part, y.shape) if type(w) is float and part.shape != y.shape else part


def own(g: Any, x: Any) -> Any:
    """The adjoint of an input x with all its entries, in an array of its own."""
    if type(g) is float:
        return g if type(x) is float else np.full(x.shape, g)
    return np.array(g) if type(g) is ndarray else g


def is_new(part: Any, primal: Any, values: Sequence[Any]) -> bool:
    """Whether the array was made by the partial, and is not an operand or a view of one."""
    return part.base is None and part is not primal and not any([part is x for x in values])


def add(adjoints: list[Any], ours: set[int], j: int, part: Any) -> None:
    """Add a part to an adjoint, in place where the array is ours."""
    so_far = adjoints[j]
    if so_far is None:
        adjoints[j] = part
    elif j in ours:
        so_far += part
    else:
        adjoints[j] = so_far = so_far + part
        if type(so_far) is np.ndarray:
            ours.add(j)


def room(adjoints: list[Any], ours: set[int], j: int, value: np.ndarray) -> np.ndarray:
    """The array of an adjoint, ours to add to."""
    so_far = adjoints[j]
    if j not in ours:
        if so_far is None:
            so_far = np.zeros(value.shape)
        elif type(so_far) is float:
            so_far = np.full(value.shape, so_far)
        else:
            so_far = np.array(so_far, order="C")
        adjoints[j] = so_far
        ours.add(j)
    return so_far


def careful_sweep(y: Node, w: Any, lead: int) -> list[Any]:
    """The same, with a cotangent that is structurally zero staying zero whatever it meets.

    An entry that np.where did not select is not differentiated, even if its slope is infinite: 0 * inf is 0
    there, and so is one that w leaves out. A second pass over the pattern of dependence tells it from a
    cotangent that merely happens to be 0, where 0 * inf stays NaN.
    """
    nodes = y.tape.nodes
    adjoints: list[Any] = [None] * len(nodes)
    patterns: list[Any] = [None] * len(nodes)
    adjoints[y.position], patterns[y.position] = w, np.where(np.equal(w, 0), 0.0, 1.0)
    for position in range(y.position, -1, -1):
        w, a, node = adjoints[position], patterns[position], nodes[position]
        if w is None or node.row is None:
            continue
        row, xs = node.row, node.values
        for i, x in enumerate(node.xs):
            if type(x) is Node and x.tape is node.tape and row.active(i):
                reach = row.pattern(i, a, node.primal, xs, node.params, lead)
                part = np.where(np.equal(reach, 0), 0.0, row.pull(i, w, node.primal, xs, node.params, lead))
                j = x.position
                adjoints[j] = part if adjoints[j] is None else adjoints[j] + part
                patterns[j] = reach if patterns[j] is None else patterns[j] + reach
    return adjoints


def has_nan(x: Any) -> bool:
    """Whether x, or any tangent it carries, has a NaN."""
    if type(x) is float:
        return math.isnan(x)
    while isinstance(x, Interpreted):
        if has_nan(getattr(x, "tangent", None)):
            return True
        if not x.visible:
            return False
        x = x.primal  # type: ignore[attr-defined]
    if type(x) is np.ndarray and x.dtype == np.float64:
        return math.isnan(np.vdot(x, x))  # one pass, no array of answers, and no warning where it overflows
    x = np.asarray(x)  # of objects where it is None, a ball or an exact number: those say so themselves
    return x.dtype.kind == "f" and bool(np.isnan(x).any())


def pull_back(
    f: Callable[..., Any], xs: Sequence[Any], active: Sequence[bool], cotangent: Callable[[Any], Any]
) -> tuple[Any, list[Any]]:
    """y = f(*xs) and the cotangents of the active arguments.

    cotangent(y) gives w, of shape y.shape, or of shape (directions,) + y.shape for many in one sweep.
    Returns (y, [w J for each active argument]), shaped x.shape or (directions,) + x.shape: floats, or arrays
    that nothing else holds.
    """
    y, inputs, tape = record(f, xs, active)
    leaves = [x for x, live in zip(inputs, active, strict=True) if live]
    try:
        live = type(y) is Node and y.tape is tape
        value = y.primal if live else y
        w = cotangent(value)
        lead = len(shape_of(w)) - len(shape_of(value))
        adjoints = backward(y, w, lead, leaves) if live else [None] * len(inputs)
        found = [adjoints[x.position] for x in leaves]
        front = shape_of(w)[:lead]
        return value, [
            np.zeros(front + x.shape) if g is None else g for x, g in zip(leaves, found, strict=True)
        ]
    finally:
        tape.nodes.clear()  # nodes and tape hold each other: let the intermediates go at once


def backward(y: Node, w: Any, lead: int, leaves: Sequence[Node], every: bool = False) -> list[Any]:
    """Adjoint of every leaf, or of every node; if a leaf's is NaN the sweep is made again, carefully."""
    plain = not (every or lead or y.tape.nested or isinstance(w, Interpreted))
    adjoints = plain_sweep(y, w, leaves) if plain else sweep(y, w, lead)
    if any([has_nan(adjoints[x.position]) for x in leaves]):
        adjoints, plain = careful_sweep(y, w, lead), False
    if not plain:
        for x in leaves:
            adjoints[x.position] = own(adjoints[x.position], x.primal)
    return adjoints
