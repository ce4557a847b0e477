"""Rewriting a program: constants folded, equal equations merged, algebra that saves passes, dead code.

A program is built anew, equation by equation; each row may have a rewriting that looks at how its arguments
were made and answers with something cheaper that means the same for finite numbers. Rewritings only ever
regroup factors, signs and sums, so a value moves by a few roundings at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.rules import TABLE, Pointwise, Row, shape_of
from ..interpreters.program import Equation, Name, Program, kind_of

Rewriting = Callable[["Builder", Sequence[Name], dict[str, Any]], Name | None]
REWRITINGS: dict[str, Rewriting] = {}
KINDS = {"b": bool, "i": int, "u": int, "f": float}
BROADCASTING = ("add", "subtract", "multiply", "divide")  # NumPy may repeat their operands itself


def rewrites(*names: str) -> Callable[[Rewriting], Rewriting]:
    """Decorate the rewriting of the rows of these names; it answers None where it has nothing better."""

    def record(function: Rewriting) -> Rewriting:
        for name in names:
            REWRITINGS[name] = function
        return function

    return record


def filled(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Ones, and twos on the diagonals of square matrices: not singular."""
    ones = np.ones(shape, dtype)
    square = len(shape) > 1 and shape[-1] == shape[-2] and ones.dtype.kind == "f"
    return ones + np.eye(shape[-1]) if square else ones


class Builder:
    """A program in the making."""

    def __init__(self, program: Program):
        self.shapes = dict(program.shapes)
        self.kinds = dict(program.kinds)
        self.constants = dict(program.constants)
        self.made: dict[Name, Equation] = {}
        self.known: dict[Any, Name] = {}
        self.fresh = max(self.shapes, default=-1) + 1
        for name, value in self.constants.items():
            if np.ndim(value) == 0:
                self.known.setdefault(constant_key(value), name)

    def constant(self, value: Any) -> Name:
        """The name of a constant; equal numbers share one."""
        if np.ndim(value) == 0:
            key = constant_key(value)
            if key in self.known:
                return self.known[key]
            self.known[key] = self.fresh
        return self.enter(value)

    def enter(self, value: Any) -> Name:
        name, self.fresh = self.fresh, self.fresh + 1
        self.constants[name] = value
        self.shapes[name], self.kinds[name] = np.shape(value), kind_of(value)
        return name

    def number(self, name: Name) -> float | None:
        """The value of a constant that is one number, or an array of one repeated number; else None."""
        value = self.constants.get(name)
        if value is None or np.asarray(value).dtype.kind not in "fiu" or np.size(value) == 0:
            return None
        first = np.asarray(value).flat[0]
        return float(first) if np.all(np.equal(value, first)) else None

    def by(self, name: Name, row: str) -> Equation | None:
        """The equation of a variable if it was made by that row."""
        equation = self.made.get(name)
        return equation if equation is not None and equation.row.name == row else None

    def apply(self, row: Row | str, xs: Sequence[Name], params: dict[str, Any] | None = None) -> Name:
        """The name of row(*xs): rewritten, found, folded, or a new equation."""
        row = TABLE[row] if isinstance(row, str) else row
        params = params or {}
        if all(x in self.constants for x in xs):
            with np.errstate(all="ignore"):
                return self.constant(row.evaluate(*(self.constants[x] for x in xs), **params))
        if row.name in BROADCASTING:
            xs = [self.narrow(x, other, self.out_shape(xs)) for x, other in zip(xs, xs[::-1], strict=True)]
        rewriting = REWRITINGS.get(row.name)
        better = rewriting(self, xs, params) if rewriting else None
        if better is not None:
            return better
        key = (row.name, tuple(xs), repr(params) if params else "")
        if key not in self.known:
            self.known[key] = self.enter_equation(row, tuple(xs), params)
        return self.known[key]

    def enter_equation(self, row: Row, xs: tuple[Name, ...], params: dict[str, Any]) -> Name:
        name, self.fresh = self.fresh, self.fresh + 1
        self.shapes[name], self.kinds[name] = self.result(row, xs, params)
        self.made[name] = Equation(name, row, xs, params)
        return name

    def result(self, row: Row, xs: Sequence[Name], params: dict[str, Any]) -> tuple[tuple[int, ...], str]:
        """Shape and kind of what a row makes."""
        if isinstance(row, Pointwise):
            return self.out_shape(xs), "f"
        with np.errstate(all="ignore"):
            example = row.evaluate(*(filled(self.shapes[x], KINDS[self.kinds[x]]) for x in xs), **params)
        return shape_of(example), kind_of(example)

    def out_shape(self, xs: Sequence[Name]) -> tuple[int, ...]:
        shapes = [self.shapes[x] for x in xs]
        return shapes[0] if shapes.count(shapes[0]) == len(shapes) else np.broadcast_shapes(*shapes)

    def narrow(self, x: Name, other: Name, shape: tuple[int, ...]) -> Name:
        """What x repeats, where broadcasting against `other` repeats it as well."""
        while (equation := self.by(x, "broadcast") or self.by(x, "reshape")) is not None:
            inner = equation.xs[0]
            if equation.row.name == "reshape" and self.shapes[inner] != ():
                break
            if np.broadcast_shapes(self.shapes[inner], self.shapes[other]) != shape:
                break
            x = inner
        number = self.number(x)
        if number is not None and self.shapes[x] != () and self.shapes[other] == shape:
            return self.constant(number)
        return x


def constant_key(value: Any) -> Any:
    return ("constant", float(value), bool(np.signbit(value)), np.asarray(value).dtype.kind == "b")


def simplified(program: Program) -> Program:
    """The program rewritten, without what no output needs."""
    builder = Builder(program)
    renamed = {x: builder.constant(value) for x, value in program.constants.items() if np.ndim(value) == 0}
    for equation in program.equations:
        xs = [renamed.get(x, x) for x in equation.xs]
        renamed[equation.out] = builder.apply(equation.row, xs, equation.params)
    outputs = tuple(renamed.get(y, y) for y in program.outputs)
    return live(
        Program(
            program.inputs,
            outputs,
            tuple(builder.made.values()),
            builder.constants,
            builder.shapes,
            builder.kinds,
        )
    )


def live(program: Program) -> Program:
    """The program without equations and constants that no output needs."""
    needed, kept = set(program.outputs), []
    for equation in reversed(program.equations):
        if equation.out in needed:
            needed.update(equation.xs)
            kept.append(equation)
    constants = {name: value for name, value in program.constants.items() if name in needed}
    shapes = {name: program.shapes[name] for name in needed | set(program.inputs)}
    kinds = {name: program.kinds[name] for name in shapes}
    return Program(program.inputs, program.outputs, tuple(reversed(kept)), constants, shapes, kinds)


# The rewritings


@rewrites("multiply")
def rewrite_multiply(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    shape = b.out_shape(xs)
    for x, other in (xs, xs[::-1]):
        number = b.number(x)
        if number == 1.0 and b.shapes[other] == shape:
            return other
        if number == 0.0:
            return b.constant(np.zeros(shape) if shape else 0.0)
        if number == -1.0 and b.shapes[other] == shape:
            return b.apply("negative", [other])
        if (inner := b.by(x, "negative")) is not None:
            return b.apply("negative", [b.apply("multiply", [inner.xs[0], other])])
        inner = b.by(other, "multiply") if b.shapes[x] == () else None
        if (
            inner is not None
            and b.shapes[inner.xs[0]] == ()
            and (b.shapes[other] != () or None not in (number, b.number(inner.xs[0])))
        ):
            return b.apply("multiply", [b.apply("multiply", [x, inner.xs[0]]), inner.xs[1]])
        if (inner := b.by(x, "divide")) is not None:
            if inner.xs[1] == other and b.shapes[inner.xs[0]] == shape:
                return inner.xs[0]
            if b.number(inner.xs[0]) is not None and b.shapes[inner.xs[1]] in ((), b.shapes[x]):
                scaled = b.apply("multiply", [inner.xs[0], other])
                return b.apply("divide", [scaled, inner.xs[1]])
    if (
        b.shapes[xs[1]] == ()
        and (b.shapes[xs[0]] != () or b.number(xs[1]) is not None)
        and b.number(xs[0]) is None
    ):
        return b.apply("multiply", [xs[1], xs[0]])  # the number first, where the rules above look for it
    return None


@rewrites("add")
def rewrite_add(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    shape = b.out_shape(xs)
    for x, other in (xs, xs[::-1]):
        if b.number(x) == 0.0 and b.shapes[other] == shape:
            return other
        if (inner := b.by(x, "negative")) is not None:
            return b.apply("subtract", [other, inner.xs[0]])
        if (positive := turned(b, x)) is not None:
            return b.apply("subtract", [other, positive])
    left, right = (b.by(x, "place") for x in xs)
    if left and right and repr(left.params) == repr(right.params):
        return b.apply("place", [b.apply("add", [left.xs[0], right.xs[0]])], left.params)
    return None


@rewrites("subtract")
def rewrite_subtract(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    if b.number(xs[1]) == 0.0 and b.shapes[xs[0]] == b.out_shape(xs):
        return xs[0]
    if (inner := b.by(xs[1], "negative")) is not None:
        return b.apply("add", [xs[0], inner.xs[0]])
    if (positive := turned(b, xs[1])) is not None:
        return b.apply("add", [xs[0], positive])
    return None


def turned(b: Builder, x: Name) -> Name | None:
    """-x, where x is a negative constant times a number: a - 2.0 * b reads better than a + (-2.0) * b."""
    inner = b.by(x, "multiply")
    factor = None if inner is None or b.shapes[x] != () else b.number(inner.xs[0])
    if inner is None or factor is None or not factor < 0:
        return None
    return b.apply("multiply", [b.constant(-factor), inner.xs[1]])


@rewrites("negative")
def rewrite_negative(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    if (inner := b.by(xs[0], "negative")) is not None:
        return inner.xs[0]
    if (inner := b.by(xs[0], "subtract")) is not None:
        return b.apply("subtract", [inner.xs[1], inner.xs[0]])
    if (inner := b.by(xs[0], "multiply")) is not None and (number := b.number(inner.xs[0])) is not None:
        return b.apply("multiply", [b.constant(-number), inner.xs[1]])
    return None


@rewrites("divide")
def rewrite_divide(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    if xs[0] == xs[1]:
        return b.constant(np.ones(b.shapes[xs[0]]) if b.shapes[xs[0]] else 1.0)
    if b.number(xs[1]) == 1.0 and b.shapes[xs[0]] == b.out_shape(xs):
        return xs[0]
    if (inner := b.by(xs[0], "negative")) is not None:
        return b.apply("negative", [b.apply("divide", [inner.xs[0], xs[1]])])
    return None


@rewrites("where")
def rewrite_where(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    """Two branches that are one: the slope of x**e asks whether x is 0, whatever the constant e."""
    return xs[1] if xs[1] == xs[2] and b.shapes[xs[1]] == b.out_shape(xs) else None


@rewrites("square")
def rewrite_square(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    inner = b.by(xs[0], "negative")
    return None if inner is None else b.apply("square", inner.xs)


@rewrites("reshape")
def rewrite_reshape(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    if b.shapes[xs[0]] == params["shape"]:
        return xs[0]
    if (inner := b.by(xs[0], "reshape")) is not None:
        return b.apply("reshape", inner.xs, params)
    return None


@rewrites("broadcast")
def rewrite_broadcast(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    return xs[0] if b.shapes[xs[0]] == params["shape"] else None


@rewrites("sum")
def rewrite_sum(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    """Numbers and signs go out of a sum; a sum of products is a scalar product; a sum of sums is split."""
    x, axes = xs[0], params["axes"]
    shape = b.shapes[x]
    if not axes:
        return x
    if (inner := b.by(x, "negative")) is not None:
        return b.apply("negative", [b.apply("sum", inner.xs, params)])
    if (inner := b.by(x, "multiply")) is not None and b.shapes[inner.xs[0]] == ():
        return b.apply("multiply", [inner.xs[0], b.apply("sum", [inner.xs[1]], params)])
    if (inner := b.by(x, "divide")) is not None and b.shapes[inner.xs[1]] == ():
        return b.apply("divide", [b.apply("sum", [inner.xs[0]], params), inner.xs[1]])
    inner = b.by(x, "add") or b.by(x, "subtract")
    whole = inner is not None and all(b.shapes[each] == shape for each in inner.xs)
    if inner is not None and whole and any(each in b.constants for each in inner.xs):
        return b.apply(inner.row, [b.apply("sum", [each], params) for each in inner.xs])
    if (inner := b.by(x, "multiply")) is not None:
        for factor, other in (inner.xs, inner.xs[::-1]):
            if repeated(b.shapes[factor], shape, axes) and b.shapes[other] == shape:
                rest = tuple(n for i, n in enumerate(shape) if i not in axes)
                outside = b.apply("reshape", [factor], {"shape": rest})
                return b.apply("multiply", [outside, b.apply("sum", [other], params)])
    if len(axes) != len(shape):
        return None
    letters = "abcdefgh"[: len(shape)]
    inner = b.by(x, "multiply") or b.by(x, "square")
    if inner is not None and all(b.shapes[each] == shape for each in inner.xs):
        return b.apply("contract", [inner.xs[0], inner.xs[-1]], {"spec": f"{letters},{letters}->"})
    inner = b.by(x, "add") or b.by(x, "subtract")
    if inner is not None and all(b.shapes[each] == shape and is_product(b, each) for each in inner.xs):
        return b.apply(inner.row, [b.apply("sum", [each], params) for each in inner.xs])
    return None


def repeated(part: tuple[int, ...], shape: tuple[int, ...], axes: Sequence[int]) -> bool:
    """Whether an operand of shape `part` is the same all along `axes` and full along the others."""
    return len(part) == len(shape) and all(n == (1 if i in axes else shape[i]) for i, n in enumerate(part))


def is_product(b: Builder, x: Name) -> bool:
    return any(b.by(x, row) is not None for row in ("multiply", "square"))


@rewrites("contract")
def rewrite_contract(b: Builder, xs: Sequence[Name], params: dict[str, Any]) -> Name | None:
    """A number times an array is no contraction; signs and numbers go out where the answer is smaller."""
    words, _, out = params["spec"].partition("->")
    left, right = words.split(",")
    if (not left and right == out) or (not right and left == out):
        return b.apply("multiply", list(xs))
    size = np.prod([dict(zip(left + right, b.shapes[xs[0]] + b.shapes[xs[1]], strict=True))[c] for c in out])
    for i in (0, 1):
        other = xs[1 - i]
        if (inner := b.by(xs[i], "negative")) is not None:
            pair = [inner.xs[0], other] if i == 0 else [other, inner.xs[0]]
            return b.apply("negative", [b.apply("contract", pair, params)])
        inner = b.by(xs[i], "multiply")
        if inner is not None and b.shapes[inner.xs[0]] == () and size <= np.prod(b.shapes[xs[i]]):
            pair = [inner.xs[1], other] if i == 0 else [other, inner.xs[1]]
            return b.apply("multiply", [inner.xs[0], b.apply("contract", pair, params)])
    return None
