"""Questions and steps over balls: decided by the whole ball, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from .context import ZERO, refusal

INFINITIES = (arb.pos_inf(), arb.neg_inf())


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
        ("logical_xor", lambda a, b: (true(a) and b.is_zero()) or (a.is_zero() and true(b)),
         lambda a, b: (true(a) and true(b)) or (a.is_zero() and b.is_zero())),
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
