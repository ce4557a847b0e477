"""Backend `hand`: the derivative that somebody wrote by hand, where a function carries one.

A function carries it as its attribute `by_hand`, of the same arguments, which gives (value, derivative); the
derivative is shaped like the differentiated argument, a tuple of such for several, and a Jacobian like
y.shape + x.shape. It is what a table of costs is held against, so nothing stands between it and the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..calculus.rules import shape_of
from .arguments import flatten
from .interface import Differentiator, Prepared, Unsupported, refuse_many_outputs


class WithHand:
    """f, and its derivative by hand."""

    def __init__(self, f: Callable[..., Any], by_hand: Callable[..., Any]):
        self.f, self.by_hand = f, by_hand

    def __call__(self, *args: Any) -> Any:
        return self.f(*args)


class PreparedHand(Prepared):
    """What was written by hand: looked at once, then called as it is, since others are held against it."""

    def __init__(
        self,
        backend: Differentiator,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: int | tuple[int, ...],
    ):
        super().__init__(backend, f, args, wrt)
        self.by_hand: Callable[..., Any] = f.by_hand  # type: ignore[attr-defined]
        y, g = self.by_hand(*args)
        parts = [g] if isinstance(wrt, int) else g
        found = [shape_of(x) for part in parts for x in flatten(part, "the derivative by hand")[0]]
        self.scalar = shape_of(y) == ()
        self.fits = found == [shape_of(y) + shape for shape in self.arguments.shapes]

    def opened(self, args: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        """All arguments, as the function by hand takes them, and the leaves."""
        return args, self.arguments.open(args)

    def rows(self, args, leaves):  # type: ignore[no-untyped-def]
        y, g = self.by_hand(*args)
        parts = [g] if isinstance(self.arguments.wrt, int) else g
        found = [leaf for part in parts for leaf in flatten(part, "the derivative by hand")[0]]
        return y, [
            np.reshape(row, shape_of(y) + shape_of(x)) if shape_of(row) else row
            for row, x in zip(found, leaves, strict=True)
        ]

    def gradients(self, args, leaves):  # type: ignore[no-untyped-def]
        y, rows = self.rows(args, leaves)
        refuse_many_outputs(y)
        return y, rows

    def jacobian(self, *args: Any) -> Any:
        return self.by_hand(*args)[1] if self.fits else super().jacobian(*args)

    def gradient(self, *args: Any) -> Any:
        return self.by_hand(*args)[1] if self.fits and self.scalar else super().gradient(*args)

    def prepared_for(self, f: Callable[..., Any], args: tuple[Any, ...]) -> Prepared:
        """Itself: f is never called."""
        return self


@dataclass(frozen=True)
class Hand(Differentiator):
    """The derivative that f carries as `f.by_hand`; problems of the catalogue have one.

    >>> import diffkit
    >>> def square(x): return x * x
    >>> square.by_hand = lambda x: (x * x, 2 * x)
    >>> diffkit.derivative(square, 3.0, backend="hand")
    6.0
    """

    name: ClassVar[str] = "hand"
    summary: ClassVar[str] = "the derivative written by hand, for problems of the catalogue that have one"

    def prepare(
        self, f: Callable[..., Any], args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0
    ) -> PreparedHand:
        if not callable(getattr(f, "by_hand", None)):
            raise Unsupported(
                "hand: nobody wrote this derivative by hand; set f.by_hand to a function of the same "
                "arguments that returns (value, derivative)."
            )
        return PreparedHand(self, f, args, wrt)
