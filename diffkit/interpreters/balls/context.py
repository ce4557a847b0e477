"""Precision, and the refusal of what balls cannot certify. Nothing here or beside reads our partials."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from flint import arb, ctx

LOCK = RLock()
ZERO, ONE, NAN = arb(0), arb(1), arb.nan()


class NotEnclosed(ArithmeticError):
    """What the balls cannot certify, naming the operation.

    hopeless: the operands were exact, so more bits will not help. kink: the function is Lipschitz there, so
    that an adjoint of exactly zero makes the missing slope harmless.
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
