"""Taylor series in one variable from the same first-order rules: y' = push(y, x, x'), term by term.

A row's rule says what y' is, given y and the arguments, in code that series can run too; so the coefficient
y[k] = y'[k-1] / k needs those of y up to k - 1 only. The rule is therefore run once, on y itself while it is
still growing, and coefficients are computed on demand. A partial that leads back to what is being expanded
(sin to cos to -sin) is met again instead of being expanded anew, which closes the recurrences of the
textbooks: order d costs O(d**2) operations.

Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 13; McIlroy, Power series, power serious,
Journal of Functional Programming 9 (1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ..calculus.rules import Bilinear, Linear, Pointwise, Row, Select, bind, shape_of
from .traced import Traced, levels, run

Growth = Callable[[int], Any]  # the coefficient of a number k >= 1, given all lower ones


class Expansion:
    """One expansion: its level and order, and the series that the row under way has led to.

    growing: whether a row is being expanded, so that what its rule makes stays on demand.
    """

    __slots__ = ("growing", "level", "met", "order")

    def __init__(self, order: int):
        self.order, self.level, self.growing = order, next(levels), False
        self.met: dict[Any, tuple[Jet, Sequence[Any]]] = {}


class Jet(Traced):
    """A series in t: its coefficients so far, and how the next one is found."""

    __slots__ = ("coefficients", "expansion", "grow", "level", "slope")

    def __init__(self, expansion: Expansion, coefficients: list[Any], grow: Growth | None = None):
        self.expansion, self.coefficients, self.grow = expansion, coefficients, grow
        self.level = expansion.level
        self.slope: Jet | None = None

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.coefficients[0])

    @property
    def primal(self) -> Any:  # type: ignore[override]
        return self.coefficients[0]

    def __repr__(self) -> str:
        return f"Jet({self.coefficients!r})"

    def __call__(self, k: int) -> Any:
        """Coefficient k."""
        while len(self.coefficients) <= k:
            self.coefficients.append(self.grow(len(self.coefficients)))  # type: ignore[misc]
        return self.coefficients[k]

    def derivative(self) -> Jet:
        """The series of dx/dt."""
        if self.slope is None:
            self.slope = Jet(self.expansion, [self(1)], lambda k: (k + 1) * self(k + 1))
        return self.slope

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        own = [type(x) is Jet and x.expansion is self.expansion for x in xs]
        xs = [x if row.active(i) or not own[i] else x.primal for i, x in enumerate(xs)]
        live = [mine and row.active(i) for i, mine in enumerate(own)]
        if not any(live):
            return bind(row, xs, params)
        met, key = self.expansion.met, (row, *map(identity, xs), repr(params))
        if key not in met:
            y = Jet(self.expansion, [bind(row, [x(0) if on else x for x, on in zip(xs, live)], params)])
            y.grow = reading(row)(row, y, xs, live, params)
            met[key] = y, xs
            if row.name in UNDO:
                met[row, id(y), repr(params)] = xs[0], (y,)
        return self.expanded(met[key][0])

    def expanded(self, y: Jet) -> Jet:
        """y with all its coefficients, unless a rule is running that needs y on demand."""
        expansion = self.expansion
        if not expansion.growing:
            expansion.growing = True
            try:
                y(expansion.order)
            finally:
                expansion.growing = False
                expansion.met.clear()
            y.grow = y.slope = None
        return y


def identity(x: Any) -> Any:
    """What makes two arguments of a row the same for sure."""
    return repr(x) if isinstance(x, (int, float)) else id(x)


def coefficient(x: Any, on: bool, k: int) -> Any:
    """Coefficient k >= 1 of an argument, zero for a constant."""
    return x(k) if on else np.zeros(shape_of(x))


# How the coefficients of a row grow


def integral(slope: Callable[[], Any]) -> Growth:
    """y[k] = y'[k-1] / k, with the series y' made when it is first needed."""
    made: list[Jet] = []

    def grow(k: int) -> Any:
        if not made:
            made.append(slope())
        return made[0](k - 1) / k

    return grow


def slopes(xs: Sequence[Any], live: Sequence[bool]) -> list[Jet | None]:
    return [x.derivative() if on else None for x, on in zip(xs, live, strict=True)]


def by_rule(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
    """Of any row: the rule, run on series."""
    return integral(lambda: row.push(y, xs, slopes(xs, live), params, 0))


def each_alone(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
    """Of a linear row: coefficient by coefficient."""
    return lambda k: bind(row, [coefficient(x, on, k) for x, on in zip(xs, live, strict=True)], params)


def selected(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
    """Of np.where: coefficient by coefficient, by the condition at t = 0."""
    return lambda k: bind(row, [xs[0], *(coefficient(xs[i], live[i], k) for i in (1, 2))], params)


def convolved(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
    """Of a bilinear row: Cauchy's product."""
    a, b = xs

    def grow(k: int) -> Any:
        if not live[0]:
            return bind(row, [a, b(k)], params)
        if not live[1]:
            return bind(row, [a(k), b], params)
        return reduce(add, (bind(row, [a(j), b(k - j)], params) for j in range(k + 1)))

    return grow


def quotient(product: Callable[[Any, Any], Any], left: int) -> Callable[..., Growth]:
    """Of a row that solves product(c, y) = d for y, c being argument `left`: Cauchy's product, solved."""

    def reading(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
        c, d = xs[left], xs[1 - left]

        def grow(k: int) -> Any:
            rest = coefficient(d, live[1 - left], k)
            if not live[left]:
                return bind(row, [c, rest] if left == 0 else [rest, c], params)
            for j in range(1, k + 1):
                rest = rest - product(c(j), y(k - j))
            return bind(row, [c(0), rest] if left == 0 else [rest, c(0)], params)

        return grow

    return reading


def raised(row: Row, y: Jet, xs: Sequence[Any], live: Sequence[bool], params: dict[str, Any]) -> Growth:
    """Of x**e, x not 0: y' = y (e log x)'. Its rule leads to x**(e - 1), x**(e - 2), and so on."""
    x, e = xs
    if np.any(np.equal(x.primal if live[0] else x, 0)):
        return by_rule(row, y, xs, live, params)

    def slope() -> Any:
        dx, de = slopes(xs, live)
        terms = [] if dx is None else [e * (dx / x)]
        return y * reduce(add, terms if de is None else [*terms, de * np.log(x)])

    return integral(slope)


UNDO = {"negative"}  # rows that undo themselves: -(-x) is x, met again
READINGS: dict[str, Callable[..., Growth]] = {
    "multiply": convolved,
    "divide": quotient(lambda c, y: c * y, 1),
    "solve": quotient(np.matmul, 0),
    "power": raised,
    "float_power": raised,
}
KINDS: dict[type, Callable[..., Growth]] = {Linear: each_alone, Bilinear: convolved, Select: selected}


def reading(row: Row) -> Callable[..., Growth]:
    """How series go through a row: products and what is linear as such, all else by its rule."""
    if isinstance(row, Pointwise) and all(type(p) is int for p in row.partials):
        return each_alone  # sums and signs
    return READINGS.get(row.name) or KINDS.get(type(row), by_rule)


def expand(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], order: int) -> list[Any]:
    """Coefficients 0 to `order` of t -> f(*(xs + t vs)), each shaped like the value.

    >>> [float(c) for c in expand(np.exp, [0.0], [2.0], 3)]
    [1.0, 2.0, 2.0, 1.3333333333333333]
    """
    expansion = Expansion(order)
    tail = max(order - 1, 0)
    lines = [
        Jet(expansion, [x, v, *[np.zeros(shape_of(x))] * tail][: order + 1])
        for x, v in zip(xs, vs, strict=True)
    ]
    y = run(f, lines)
    if type(y) is Jet and y.expansion is expansion:
        return y.coefficients
    return [y, *[np.zeros(shape_of(y))] * order]
