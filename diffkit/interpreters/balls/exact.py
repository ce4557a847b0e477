"""The exact functions over balls, and FLINT's own derivative of each: nothing here reads our partials.

A row names its function in a namespace `m`, as text ("sin") or as an expression of `m` and its arguments. There
are two namespaces of the same names: BALLS, whose numbers are balls, and SERIES, whose numbers are power series
of length 2 over balls, so that FLINT's series arithmetic gives a primitive's partial. What a ball cannot decide
is refused: `NotEnclosed`, never a wrong ball. Johansson, Arb: efficient arbitrary-precision midpoint-radius
interval arithmetic, IEEE Transactions on Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from threading import RLock
from types import SimpleNamespace
from typing import Any

from flint import arb, arb_series, ctx

from ...calculus.rules import Row

LOCK = RLock()
ZERO, ONE, NAN = arb(0), arb(1), arb.nan()
INFINITIES = (arb.pos_inf(), arb.neg_inf())


class NotEnclosed(ArithmeticError):
    """What the balls cannot certify, naming the operation.

    hopeless: the operands were exact, so more bits will not help. kink: the function is Lipschitz there, so that
    an adjoint of exactly zero makes the missing slope harmless.
    """

    def __init__(self, message: str, hopeless: bool = False, kink: bool = False):
        super().__init__(message)
        self.hopeless, self.kink = hopeless, kink


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with this many bits; FLINT's context belongs to the whole process, so other threads wait."""
    with LOCK:
        before = ctx.prec, ctx.cap
        ctx.prec, ctx.cap = bits, 2
        try:
            yield
        finally:
            ctx.prec, ctx.cap = before


def shown(*xs: arb) -> str:
    """Balls as a person reads them."""
    return ", ".join(x.str(5) for x in xs)


def refusal(what: str, *xs: arb, kink: bool = False) -> NotEnclosed:
    return NotEnclosed(f"{what} at {shown(*xs)}", all(x.is_exact() for x in xs), kink)


# Power series of length 2


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


# Balls


def of_ball(name: str) -> Callable[[Any], arb]:
    function = getattr(arb, name)
    return lambda x: function(x if type(x) is arb else arb(x))


def ball_cbrt(x: Any) -> arb:
    return -(-x).root(3) if x < 0 else x.root(3)


def wider(x: arb) -> arb:
    """A neighbourhood of x: wider by a relative 2^-precision, and by next to nothing at 0."""
    return x * arb(1, arb(2) ** -ctx.prec) + arb(0, arb(2) ** -1_000_000)


def question(name: str, yes: Callable[..., bool], no: Callable[..., bool]) -> Callable[..., bool]:
    """A yes or no that the balls decide, or a refusal."""

    def answer(*xs: arb) -> bool:
        if yes(*xs):
            return True
        if no(*xs):
            return False
        raise refusal(f"{name}, which the balls do not decide,", *xs)

    return answer


def true(x: arb) -> bool:
    return bool(x != 0)


def infinite(x: arb) -> bool:
    return x in INFINITIES


QUESTIONS = {
    name: question(name, yes, no)
    for name, yes, no in (
        ("less", lambda a, b: a < b, lambda a, b: a >= b),
        ("less_equal", lambda a, b: a <= b, lambda a, b: a > b),
        ("greater", lambda a, b: a > b, lambda a, b: a <= b),
        ("greater_equal", lambda a, b: a >= b, lambda a, b: a < b),
        ("equal", lambda a, b: a == b, lambda a, b: a != b),
        ("not_equal", lambda a, b: a != b, lambda a, b: a == b),
        ("logical_and", lambda a, b: true(a) and true(b), lambda a, b: a.is_zero() or b.is_zero()),
        ("logical_or", lambda a, b: true(a) or true(b), lambda a, b: a.is_zero() and b.is_zero()),
        ("logical_xor", lambda a, b: true(a) and b.is_zero() or a.is_zero() and true(b),
         lambda a, b: true(a) and true(b) or a.is_zero() and b.is_zero()),
        ("logical_not", lambda a: a.is_zero(), true),
        ("isnan", lambda x: False, lambda x: x.is_finite() or infinite(x)),
        ("isinf", infinite, lambda x: x.is_finite()),
        ("isfinite", lambda x: x.is_finite(), infinite),
        ("signbit", lambda x: x < 0, lambda x: x > 0),
    )
}  # fmt: skip


def exactly(name: str, step: Callable[..., arb]) -> Callable[..., arb]:
    """A step function, refused unless the ball decides its value."""

    def answer(*xs: arb) -> arb:
        y = step(*xs)
        if y.is_exact() and y.is_finite():
            return y
        raise refusal(f"{name}, which the ball does not decide,", *xs)

    return answer


def nearest_even(x: arb) -> arb:
    y = (x + 0.5).floor()
    tie = (x + 0.5).is_integer() and not (y / 2).is_integer()
    return y - 1 if tie else y


def toward_zero(x: arb) -> arb:
    return ZERO if abs(x) < 1 else x.floor() if x > 0 else x.ceil()


def heaviside(x: arb, at_zero: arb) -> arb:
    return at_zero if x.is_zero() else (1 + x.sgn()) / 2


STEPS = {
    name: exactly(name, step)
    for name, step in (
        ("sign", arb.sgn),
        ("floor", arb.floor),
        ("ceil", arb.ceil),
        ("rint", nearest_even),
        ("trunc", toward_zero),
        ("floor_divide", lambda a, b: (a / b).floor()),
        ("heaviside", heaviside),
    )
}
DECISIONS: dict[str, Callable[..., Any]] = {**QUESTIONS, **STEPS, "stop": lambda x: x}

BALLS = SimpleNamespace(
    **{name: of_ball(name) for name in (
        "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log sqrt".split())},
    **STEPS,
    atan2=lambda a, b: arb.atan2(arb(a), arb(b)), power=lambda x, e: arb(x) ** arb(e), cbrt=ball_cbrt,
    max=lambda *xs: reduce(arb.max, map(arb, xs)), min=lambda *xs: reduce(arb.min, map(arb, xs)), pi=arb.pi,
    tighter={"expm1": lambda m, x: x.expm1(), "log1p": lambda m, x: x.log1p()},
)  # fmt: skip
SERIES = SimpleNamespace(
    **{name: of_series(name) for name in "sin cos tan asin acos atan exp log sqrt".split()},
    **{name: on_wider_ball(step) for name, step in STEPS.items()},
    sinh=sinh, cosh=cosh, tanh=tanh, asinh=asinh, acosh=acosh, atanh=atanh, atan2=atan2, power=power, cbrt=cbrt,
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
        if row.exact is None or isinstance(row.exact, str) and not hasattr(BALLS, row.exact):
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
