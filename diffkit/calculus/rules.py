"""The kinds of rule and their two readings.

A row is a primitive: a NumPy evaluation and its derivative. `push` reads it forward (tangents in, tangent
out), `pull` reads it backward (cotangent out, cotangents in); each is the other's transpose. Both readings
are written with rows and NumPy, so they can be traced and differentiated again.

Kinds
    Pointwise     one partial per argument, given the answer and the arguments; broadcasting is undone here
    Select        np.where: the tangents and cotangents of the branch that was taken
    Linear        one transpose; `batch` says how the static parameters change under leading axes
    Bilinear      a contraction: its derivative is itself with one operand exchanged
    Reduction     dy = sum(weight * v) over some axes: max, min, prod, norm, det
    Differential  the differential and its transpose spelled out: solve
    Composite     composed of other rows, but with a shorter way for plain values
    Constant      piecewise constant: the derivative is zero wherever it exists

Griewank and Walther, Evaluating Derivatives, 2nd ed., chapters 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from string import ascii_letters as LETTERS
from typing import Any, ClassVar, TypeVar

import numpy as np

from .scalars import FAILS, MATH, evaluation, reading

TABLE: dict[str, Row] = {}
AnyRow = TypeVar("AnyRow", bound="Row")


class NoRule(TypeError):
    """A function or an option that has no derivative rule; the message says what to write instead."""


class Interpreted:
    """What every interpreter's arrays have in common: a level, and a way to apply a row to themselves.

    A value of a higher level was made by a differentiation that started later, so it goes first:
    this is what keeps nested derivatives apart (perturbation confusion).
    """

    __slots__ = ()
    level: int
    shape: tuple[int, ...]
    opens = True  # whether a composite row is replaced by the rows that it is composed of
    visible = True  # whether its numbers can be looked at, which they cannot while they are recorded

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        raise NotImplementedError


def bind(row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
    """The one call: apply `row` to `xs` by the innermost interpreter among them, or plainly."""
    top = None
    for x in xs:
        if isinstance(x, Interpreted) and (top is None or x.level > top.level):
            top = x
    return evaluated(row, xs, params) if top is None else top.apply(row, xs, params)


NUMBER = {float, int, bool, np.bool_}


def evaluated(row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
    """A row of plain values: by Python where all are floats, else by NumPy."""
    quick = row.quick
    if quick is not None:
        for x in xs:
            if type(x) not in NUMBER:
                break
        else:
            try:
                return quick(*xs)
            except FAILS:
                pass  # a pole, an overflow, outside the domain: NumPy answers inf or NaN
    return row.evaluate(*xs, **params)


@dataclass(frozen=True, eq=False)
class Row:
    """One primitive. Calling it binds it: `sine(x)`, `total(x, axes=(0,))`.

    exact: its name in the namespace of exact functions (SymPy, mpmath, python-flint), or a function of that
        namespace and the arguments, built from the names found in all three.
    domain: per argument the interval from which tests draw; hard: the points where lesser forms lose digits.
    kink: the convention where the derivative does not exist, in words.
    samples: for array rows, pairs (shapes, params) on which tests run it.
    """

    name: str
    evaluate: Callable[..., Any]
    exact: str | Callable[..., Any] | None = None
    domain: tuple[tuple[float, float], ...] = ()
    hard: tuple[Any, ...] = ()
    kink: str = ""
    samples: tuple[Any, ...] = ()
    quick: ClassVar[Callable[..., float] | None] = None  # the evaluation on plain floats, without NumPy
    into: ClassVar[Callable[..., None] | None] = None  # pull that adds to a plain array in place

    def __call__(self, *xs: Any, **params: Any) -> Any:
        return bind(self, xs, params)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} row {self.name}>"

    def active(self, i: int) -> bool:
        """Whether the answer depends differentiably on argument i."""
        return True

    def push(self, y: Any, xs: Sequence[Any], vs: Sequence[Any], params: dict[str, Any], lead: int) -> Any:
        """Tangent of y, of shape (directions) + y.shape, or None if it is zero; vs[i] is None where zero."""
        total = None
        for i, v in enumerate(vs):
            if v is not None and self.active(i):
                term = self.push_one(i, v, y, xs, params, lead)
                total = term if total is None else total + term
        return total

    def push_one(self, i: int, v: Any, y: Any, xs: Sequence[Any], params: dict[str, Any], lead: int) -> Any:
        raise NotImplementedError

    def pull(self, i: int, w: Any, y: Any, xs: Sequence[Any], params: dict[str, Any], lead: int) -> Any:
        """Cotangent of argument i, of shape (directions) + xs[i].shape."""
        raise NotImplementedError

    def back(self, i: int, w: Any, y: Any, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        """`pull` of one cotangent over floats and arrays, without ceremony.

        A float stands for an array of equal entries, as a sum sends it back; it may be taken and answered.
        """
        return self.pull(i, written(w, y), y, xs, params, 0)

    def pattern(self, i: int, a: Any, y: Any, xs: Sequence[Any], params: dict[str, Any], lead: int) -> Any:
        """Where argument i can reach the result at all, given where y can: a pull with every partial 1.

        It tells a cotangent that is structurally zero (not selected) from one that happens to be 0.
        """
        return self.pull(i, a, y, xs, params, lead)

    def reach(self, i: int, a: Any, y: Any, xs: Sequence[Any], params: dict[str, Any], lead: int) -> Any:
        """Which entries of y argument i can reach at all, given which of its own move: a push likewise."""
        return self.push(y, xs, [a if j == i else None for j in range(len(xs))], params, lead)


def shape_of(x: Any) -> tuple[int, ...]:
    """Shape of a float, an array or an interpreted value."""
    return getattr(x, "shape", ())


def written(w: Any, y: Any) -> Any:
    """A cotangent of the plain value y with all its entries, where a float has stood for them."""
    repeats = type(w) is float and type(y) is not float
    return TABLE["broadcast"].evaluate(w, shape=y.shape) if repeats else w


def unbroadcast(w: Any, shape: tuple[int, ...], lead: int) -> Any:
    """Sum w over the axes along which an argument of `shape` was repeated; `lead` axes stay in front."""
    have = shape_of(w)
    target = have[:lead] + shape
    if have == target:
        return w
    extra = len(have) - len(target)
    if type(w) is np.ndarray and not lead and have[extra:] == shape:  # a bias: the commonest
        return TABLE["sum"].evaluate(w, axes=tuple(range(extra)))
    axes = tuple(range(lead, lead + extra))
    ones = tuple(i for i in range(lead + extra, len(have)) if have[i] != target[i - extra])
    summed = TABLE["sum"](w, axes=axes + ones)
    return TABLE["reshape"](summed, shape=target) if shape_of(summed) != target else summed


def align(v: Any, ndim: int, lead: int) -> Any:
    """Insert axes of one behind the leading axes, so that v broadcasts like an array of `ndim` axes."""
    shape = shape_of(v)
    missing = ndim + lead - len(shape)
    if not lead or missing <= 0:
        return v
    return TABLE["reshape"](v, shape=shape[:lead] + (1,) * missing + shape[lead:])


def spread(v: Any, shape: tuple[int, ...]) -> Any:
    """Broadcast v to shape unless it has it already."""
    have = shape_of(v)
    if have == shape:
        return v
    if len(have) < len(shape):
        v = TABLE["reshape"](v, shape=(1,) * (len(shape) - len(have)) + have)
    return TABLE["broadcast"](v, shape=shape)


@dataclass(frozen=True, eq=False, repr=False)
class Pointwise(Row):
    """Applied element by element.

    partials[i] is a function (y, *xs) -> dy/dx_i, or 1, or -1, or None where there is no slope.
    """

    partials: tuple[Any, ...] = ()

    def active(self, i: int) -> bool:
        return self.partials[i] is not None

    @cached_property
    def quick(self) -> Callable[..., float] | None:  # type: ignore[override]
        return evaluation(self.evaluate)

    @cached_property
    def slopes(self) -> tuple[Any, ...]:
        """The partials, read for plain floats."""
        return tuple(map(reading, self.partials))

    def flow(self, i: int, v: Any, y: float, xs: Sequence[Any]) -> Any:
        """v, of one direction or many, times the partial in argument i of numbers."""
        p = self.slopes[i]
        if type(p) is int:
            return v if p == 1 else -v
        try:
            return p(y, *xs) * v
        except FAILS:
            return partial(self.partials[i], y, xs) * v

    def push(self, y, xs, vs, params, lead):  # type: ignore[no-untyped-def]
        if type(y) is not float:
            return super().push(y, xs, vs, params, lead)
        total = None
        for i, v in enumerate(vs):
            if v is not None and self.slopes[i] is not None:
                term = self.flow(i, v, y, xs)
                total = term if total is None else total + term
        return total

    def push_one(self, i, v, y, xs, params, lead):  # type: ignore[no-untyped-def]
        shape = shape_of(y)
        v = times(align(v, len(shape), lead), self.partials[i], y, xs)
        return spread(v, shape_of(v)[:lead] + shape)

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        if type(y) is float and type(w) is float:
            return self.flow(i, w, y, xs)
        return unbroadcast(times(w, self.partials[i], y, xs), shape_of(xs[i]), lead)

    def pattern(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return unbroadcast(a, shape_of(xs[i]), lead)

    def reach(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        a = align(a, len(shape_of(y)), lead)
        return spread(a, shape_of(a)[:lead] + shape_of(y))


def times(v: Any, p: Any, y: Any, xs: Sequence[Any]) -> Any:
    """v times the partial p."""
    if callable(p):
        return partial(p, y, xs) * v
    return v if p == 1 else -v


def partial(p: Callable[..., Any], y: Any, xs: Sequence[Any]) -> Any:
    """p(y, *xs); where Python's division raises at a pole, NumPy's answers inf."""
    try:
        return p(y, *xs)
    except ZeroDivisionError:
        return p(*(np.float64(z) if type(z) in NUMBER else z for z in (y, *xs)))


@dataclass(frozen=True, eq=False, repr=False)
class Select(Row):
    """Chooses element by element: multiplying by 0 and 1 would make NaN of an infinite slope not taken."""

    quick: ClassVar[Callable[..., float] | None] = staticmethod(MATH.where)

    def active(self, i: int) -> bool:
        return i > 0

    def taken(self, i: int, v: Any, condition: Any) -> Any:
        """v where branch i was taken, zero elsewhere."""
        return self(condition, v, 0.0) if i == 1 else self(condition, 0.0, v)

    def push_one(self, i, v, y, xs, params, lead):  # type: ignore[no-untyped-def]
        shape = shape_of(y)
        v = align(v, len(shape), lead)
        return spread(self.taken(i, v, xs[0]), shape_of(v)[:lead] + shape)

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return unbroadcast(self.taken(i, w, xs[0]), shape_of(xs[i]), lead)


@dataclass(frozen=True, eq=False, repr=False)
class Linear(Row):
    """Linear in all of its arguments together.

    transpose(i, w, shape, **params): the transpose in argument i, of that shape, written with rows.
    batch(params, front): the parameters that do the same behind leading axes of shape `front`.
    plain(i, w, shape, **params): the transpose of a plain array, or of a float that stands for equal entries.
    into(array, w, **params): adds the transpose of w to a plain array, where that touches few entries.
    """

    transpose: Callable[..., Any] = field(default=lambda: None)
    batch: Callable[[dict[str, Any], tuple[int, ...]], dict[str, Any]] = field(default=lambda p, front: p)
    into: Callable[..., None] | None = None  # type: ignore[misc]
    plain: Callable[..., Any] | None = None

    def push(self, y, xs, vs, params, lead):  # type: ignore[no-untyped-def]
        front = next(shape_of(v)[:lead] for v in vs if v is not None)
        moved = [np.zeros(front + shape_of(x)) if v is None else v for x, v in zip(xs, vs, strict=True)]
        return self(*moved, **(self.batch(params, front) if lead else params))

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        front = shape_of(w)[:lead]
        shape = front + shape_of(xs[i])
        return self.transpose(i, w, shape, **(self.batch(params, front) if lead else params))

    def back(self, i, w, y, xs, params):  # type: ignore[no-untyped-def]
        if self.plain is None:
            return super().back(i, w, y, xs, params)
        return self.plain(i, w, shape_of(xs[i]), **params)


@dataclass(frozen=True, eq=False, repr=False)
class Bilinear(Row):
    """A contraction of two arrays by a subscript text such as "ij,jk->ik"; a direction is one more letter."""

    def push_one(self, i, v, y, xs, params, lead):  # type: ignore[no-untyped-def]
        spec = directed(params["spec"], i, lead)[0]
        return self(v, xs[1], spec=spec) if i == 0 else self(xs[0], v, spec=spec)

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        spec = directed(params["spec"], i, lead)[1]
        return self(w, xs[1], spec=spec) if i == 0 else self(xs[0], w, spec=spec)

    def back(self, i, w, y, xs, params):  # type: ignore[no-untyped-def]
        w = written(w, y)
        spec = directed(params["spec"], i, 0)[1]
        return self.evaluate(w, xs[1], spec) if i == 0 else self.evaluate(xs[0], w, spec)

    def pattern(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return self.pull(i, a, y, [np.ones(shape_of(x)) for x in xs], params, lead)

    def reach(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return self.push_one(i, a, y, [np.ones(shape_of(x)) for x in xs], params, lead)


@lru_cache(maxsize=1024)
def kept_shape(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with ones in place of what is reduced."""
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def subscripts(spec: str) -> tuple[str, str, str]:
    """The three words of "ij,jk->ik"."""
    operands, out = spec.split("->")
    a, b = operands.split(",")
    return a, b, out


@lru_cache(maxsize=4096)
def directed(spec: str, i: int, lead: int) -> tuple[str, str]:
    """The contractions that push and pull argument i.

    The letter of the directions is a new one: in nested derivatives the outer's is in the text already.
    """
    a, b, out = subscripts(spec)
    z = next(c for c in LETTERS if c not in spec) * lead
    if i == 0:
        return f"{z}{a},{b}->{z}{out}", f"{z}{out},{b}->{z}{a}"
    return f"{a},{z}{b}->{z}{out}", f"{a},{z}{out}->{z}{b}"


@dataclass(frozen=True, eq=False, repr=False)
class Reduction(Row):
    """Reduces the static `axes`: dy = sum(weight(y, x, axes) * v), with y given with its axes kept."""

    weight: Callable[..., Any] = field(default=lambda: None)

    def kept(self, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
        """y with the reduced axes kept as ones; a number needs none."""
        if shape_of(y) == ():
            return y
        return TABLE["reshape"](y, shape=kept_shape(shape_of(x), axes))

    def push_one(self, i, v, y, xs, params, lead):  # type: ignore[no-untyped-def]
        axes = params["axes"]
        weight = self.weight(self.kept(y, xs[0], axes), xs[0], axes)
        return TABLE["sum"](weight * v, axes=tuple(axis + lead for axis in axes))

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        axes, shape = params["axes"], shape_of(xs[0])
        weight = self.weight(self.kept(y, xs[0], axes), xs[0], axes)
        if type(w) is float:
            return weight * w
        kept = shape_of(w)[:lead] + kept_shape(shape, axes)
        return weight * TABLE["reshape"](w, shape=kept)

    def back(self, i, w, y, xs, params):  # type: ignore[no-untyped-def]
        axes, x = params["axes"], xs[0]
        if type(y) is float:
            return self.weight(y, x, axes) * w
        kept = kept_shape(x.shape, axes)
        return self.weight(y.reshape(kept), x, axes) * (w if type(w) is float else w.reshape(kept))

    def pattern(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        axes, shape = params["axes"], shape_of(xs[0])
        front = shape_of(a)[:lead]
        kept = front + kept_shape(shape, axes)
        return spread(TABLE["reshape"](a, shape=kept), front + shape)

    def reach(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return TABLE["sum"](a, axes=tuple(axis + lead for axis in params["axes"]))


@dataclass(frozen=True, eq=False, repr=False)
class Differential(Row):
    """forward(i, v, y, xs, params, lead) is the differential in argument i, backward its transpose."""

    forward: Callable[..., Any] = field(default=lambda: None)
    backward: Callable[..., Any] = field(default=lambda: None)

    def push_one(self, i, v, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return self.forward(i, v, y, xs, params, lead)

    def pull(self, i, w, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return self.backward(i, w, y, xs, params, lead)

    def pattern(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return np.ones(shape_of(a)[:lead] + shape_of(xs[i]))

    def reach(self, i, a, y, xs, params, lead):  # type: ignore[no-untyped-def]
        return np.ones(shape_of(a)[:lead] + shape_of(y))


@dataclass(frozen=True, eq=False, repr=False)
class Constant(Row):
    """Piecewise constant: interpreters hand it on to the plain values. `kink` says where it jumps."""

    @cached_property
    def quick(self) -> Callable[..., float] | None:  # type: ignore[override]
        return evaluation(self.evaluate)

    def active(self, i: int) -> bool:
        return False


@dataclass(frozen=True, eq=False, repr=False)
class Composite(Row):
    """Composed of other rows, and differentiated as these; plain values have a shorter way."""

    expand: Callable[..., Any] = field(default=lambda: None)

    def __call__(self, *xs: Any, **params: Any) -> Any:
        opened = any(isinstance(x, Interpreted) and x.opens for x in xs)
        return self.expand(*xs, **params) if opened else bind(self, xs, params)


def enter(row: AnyRow) -> AnyRow:
    """Put a row into the table; its name must be new."""
    if row.name in TABLE:
        raise ValueError(f"a rule named {row.name} is there already; choose another name")
    TABLE[row.name] = row
    return row


def rows_of(kind: type) -> Iterable[Row]:
    """The rows of one kind, in the order in which they were written."""
    return (row for row in TABLE.values() if isinstance(row, kind))
