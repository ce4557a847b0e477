"""Power series of length 2 over balls: FLINT's own calculus, with the refusals that it lacks.

What arb_series does not have (tanh, abs, atan2, max, ...) is built here from what it has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_series

from .context import ZERO, refusal
from .decisions import wider


class Series:
    """value + slope * t, in FLINT's arithmetic of power series, with the refusals that FLINT lacks."""

    __slots__ = ("terms",)

    def __init__(self, terms: arb_series):
        self.terms = terms

    def __add__(self, other: Any) -> Series:
        return Series(self.terms + bare(other))

    def __mul__(self, other: Any) -> Series:
        return Series(self.terms * bare(other))

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other: Any) -> Series:
        return Series(self.terms - bare(other))

    def __rsub__(self, other: Any) -> Series:
        return Series(bare(other) - self.terms)

    def __neg__(self) -> Series:
        return Series(-self.terms)

    def __truediv__(self, other: Any) -> Series:
        return Series(self.terms / bare(nonzero(other)))

    def __rtruediv__(self, other: Any) -> Series:
        return Series(bare(other) / nonzero(self).terms)

    def __pow__(self, other: Any) -> Any:
        return power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return power(other, self)

    def __abs__(self) -> Series:
        return -self if sign_of(self, "abs", kink=True) < 0 else self


def bare(x: Any) -> Any:
    return x.terms if type(x) is Series else x


def centre(x: Any) -> arb:
    """The constant term."""
    return x.terms[0] if type(x) is Series else arb(x)


def nonzero(x: Any) -> Any:
    """x as a divisor: FLINT would cancel the leading terms of series, and lose the slope without a word."""
    if centre(x).contains(0):
        raise refusal("a division by a ball that contains 0,", centre(x))
    return x


def sign_of(x: Any, what: str, kink: bool = False) -> int:
    c = centre(x)
    if c > 0:
        return 1
    if c < 0:
        return -1
    raise refusal(f"{what} where its argument's sign is open,", c, kink=kink)


def of_series(name: str) -> Callable[[Any], Any]:
    """FLINT's function of a series, or of a ball where x is constant."""

    def function(x: Any) -> Any:
        return Series(getattr(x.terms, name)()) if type(x) is Series else getattr(arb(x), name)()

    return function


exp, log, sqrt, atan = map(of_series, ("exp", "log", "sqrt", "atan"))


def by_slope(value: Callable[..., arb], slope: Callable[..., arb]) -> Callable[..., Any]:
    """A function that FLINT has over balls and not over series, by an identity for its slope in x.

    Arguments in front of x are plain numbers.
    """

    def function(*given: Any) -> Any:
        *front, x = given
        front = [arb(n) for n in front]
        if type(x) is not Series:
            return value(*front, arb(x))
        p = slope(*front, x.terms[0])
        return Series(arb_series([value(*front, x.terms[0]), p * x.terms[1]]))

    return function


def sinh(x: Any) -> Any:
    e = exp(x)
    return (e - 1 / e) / 2


def cosh(x: Any) -> Any:
    e = exp(x)
    return (e + 1 / e) / 2


def tanh(x: Any) -> Any:
    return 1 - 2 / (exp(2 * x) + 1)


def asinh(x: Any) -> Any:
    """Odd, and written for x > 0, where nothing cancels."""
    return -asinh(-x) if centre(x) < 0 else log(x + sqrt(x * x + 1))


def acosh(x: Any) -> Any:
    return log(x + sqrt((x - 1) * (x + 1)))


def atanh(x: Any) -> Any:
    return (log(1 + x) - log(1 - x)) / 2


def cbrt(x: Any) -> Any:
    return sign_of(x, "cbrt") * exp(log(abs(x)) / 3)


def atan2(a: Any, b: Any) -> Any:
    """By the quarter turn in which (b, a) lies; on the cut, behind the origin, its slope is refused."""
    if centre(b) > 0:
        return atan(a / b)
    return sign_of(a, "atan2 at its cut or") * arb.pi() / 2 - atan(b / a)


def power(x: Any, e: Any) -> Any:
    """x**e; an exact integer exponent takes any x, and 0**e has the value and slope 0 for e > 0."""
    if type(e) is not Series:
        e = arb(e)
        if type(x) is not Series:
            return arb(x) ** e
        whole = e.unique_fmpz() if e.is_integer() and abs(e) < 2**31 else None
        if e < 0:
            nonzero(x)
        return Series(x.terms ** (e if whole is None else int(whole)))
    if type(x) is not Series and arb(x).is_zero() and centre(e) > 0:
        return ZERO
    base = x.terms if type(x) is Series else arb_series([arb(x)])
    return Series(base**e.terms)


def greater(a: Any, b: Any) -> bool:
    """Whether a > b; a tie is a kink."""
    return sign_of(centre(a) - centre(b), "max or min of a tie,", kink=True) > 0


def on_wider_ball(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step of a series: its value, if the step is constant in a neighbourhood of the point."""
    return lambda *xs: step(*(wider(centre(x)) for x in xs))
