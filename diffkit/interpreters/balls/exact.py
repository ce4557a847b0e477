"""The exact functions over balls, and FLINT's own derivative of each: nothing here reads our partials.

A row names its function in a namespace `m`, as text ("sin") or as an expression of `m` and its arguments.
There are two namespaces of the same names: BALLS, whose numbers are balls, and SERIES, whose numbers are
power series of length 2 over balls, so that FLINT's series arithmetic gives a primitive's partial. What a
ball cannot decide is refused: `NotEnclosed`, never a wrong ball. Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, IEEE Transactions on Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from types import SimpleNamespace
from typing import Any

from flint import arb, arb_series

from ...calculus.rules import Row
from . import series
from .context import ZERO, NotEnclosed, refusal
from .decisions import STEPS
from .series import Series, greater, of_series, on_wider_ball


def of_ball(name: str) -> Callable[[Any], arb]:
    function = getattr(arb, name)
    return lambda x: function(x if type(x) is arb else arb(x))


def on_balls(function: Callable[..., arb]) -> Callable[..., arb]:
    return lambda *xs: function(*map(arb, xs))


def ball_cbrt(x: Any) -> arb:
    return -(-x).root(3) if x < 0 else x.root(3)


OF_X: dict[str, tuple[Callable[..., arb], Callable[..., arb]]] = {  # value and slope, in the last argument
    "digamma": (lambda x: x.digamma(), lambda x: arb(2).zeta(x)),
    "zeta": (lambda s, x: s.zeta(x), lambda s, x: -s * (s + 1).zeta(x)),
    "erfinv": (lambda x: x.erfinv(), lambda x: arb.pi().sqrt() / 2 * (x.erfinv() ** 2).exp()),
    "besselj": (
        lambda n, x: x.bessel_j(n),
        lambda n, x: (x.bessel_j(n - 1) - x.bessel_j(n + 1)) / 2,
    ),
    "besseli": (
        lambda n, x: x.bessel_i(n),
        lambda n, x: (x.bessel_i(n - 1) + x.bessel_i(n + 1)) / 2,
    ),
}
BALLS = SimpleNamespace(
    **{name: of_ball(name) for name in (
        "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log sqrt erf erfc gamma".split())},
    **STEPS, **{name: on_balls(value) for name, (value, _) in OF_X.items()}, loggamma=of_ball("lgamma"),
    atan2=lambda a, b: arb.atan2(arb(a), arb(b)), power=lambda x, e: arb(x) ** arb(e), cbrt=ball_cbrt,
    max=lambda *xs: reduce(arb.max, map(arb, xs)), min=lambda *xs: reduce(arb.min, map(arb, xs)), pi=arb.pi,
    tighter={"expm1": lambda m, x: x.expm1(), "log1p": lambda m, x: x.log1p()},
)  # fmt: skip
SERIES = SimpleNamespace(
    **{name: of_series(name) for name in "sin cos tan asin acos atan exp log sqrt erf erfc gamma".split()},
    **{name: series.by_slope(*pair) for name, pair in OF_X.items()}, loggamma=of_series("lgamma"),
    **{name: on_wider_ball(step) for name, step in STEPS.items()},
    **{name: getattr(series, name) for name in "sinh cosh tanh asinh acosh atanh atan2 power cbrt".split()},
    max=lambda *xs: reduce(lambda a, b: a if greater(a, b) else b, xs),
    min=lambda *xs: reduce(lambda a, b: b if greater(a, b) else a, xs), pi=arb.pi, tighter={},
)  # fmt: skip


# Primitives


class Primitive:
    """One scalar function, exactly: its value over balls, its partials by FLINT's series."""

    __slots__ = ("exact", "name", "tight")

    def __init__(self, name: str, exact: str | Callable[..., Any]):
        self.name = name
        self.exact = named(exact) if isinstance(exact, str) else exact
        self.tight = BALLS.tighter.get(name, self.exact)

    @classmethod
    def of(cls, row: Row) -> Primitive:
        """The primitive of a pointwise row; raises NotEnclosed if the row names no exact function."""
        if row.exact is None or (isinstance(row.exact, str) and not hasattr(BALLS, row.exact)):
            raise NotEnclosed(f"{row.name} names no exact function; pass exact= with its rule", hopeless=True)
        return cls(row.name, row.exact)

    def value(self, xs: Sequence[arb]) -> arb:
        return self.tight(BALLS, *xs)

    def partial(self, xs: Sequence[arb], i: int) -> arb:
        """The partial in argument i; raises NotEnclosed where FLINT's series has none."""
        lifted = [Series(arb_series([x, 1])) if j == i else x for j, x in enumerate(xs)]
        try:
            y = self.exact(SERIES, *lifted)
        except NotEnclosed as error:
            raise NotEnclosed(f"{self.name}: {error}", error.hopeless, error.kink) from error
        if type(y) is not Series:
            return ZERO
        p = y.terms[1]
        if y.terms.prec < 2 or not p.is_finite():
            raise refusal(f"the slope of {self.name}", *xs)
        return p


def named(name: str) -> Callable[..., Any]:
    return lambda m, *xs: getattr(m, name)(*xs)
