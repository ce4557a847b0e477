"""f at many points: one call each, or all at once where f turns out to take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from ...calculus.rules import Interpreted, shape_of
from ...calculus.spellings import interpreted
from ...interpreters.rounded import run_rounded
from ..interface import Unsupported

BATCH_ENTRIES = 2**22  # numbers in one batched call: 32 MB
RUNS = 3  # with random rounding: two may happen to agree


class NotFinite(Unsupported, ValueError):
    """f is not finite where a difference needs it."""


class Sampler:
    """f at many points: values as rows of float64, NaN where f raises or has no number; and a count.

    batch: "no", or the axis ("first", "last") along which f takes many points at once. That is tried on the
    first batch, against single calls; where they differ, `batch` becomes "no".
    """

    def __init__(self, f: Callable[..., Any], leaves: Sequence[Any], batch: str = "no"):
        if any(isinstance(x, Interpreted) for x in leaves):
            raise Unsupported("finite differences need numbers and got a traced value: put finite outside.")
        self.f, self.leaves, self.batch, self.checked = f, leaves, batch, False
        self.traceable = True
        self.evaluations, self.calls = 1, 1
        with np.errstate(all="ignore"):
            self.y = as_real(f(*(x if isinstance(x, float) else np.array(x) for x in leaves)))
        self.center = np.asarray(self.y, dtype=np.float64).reshape(-1)
        self.single = getattr(self.y, "dtype", None) in (np.float32, np.float16)
        self.eps = float(np.finfo(self.y.dtype if self.single else np.float64).eps)
        self.entries = sum(np.size(x) for x in leaves)
        self.trouble: Exception | None = None

    @cached_property
    def rounding(self) -> np.ndarray:
        """How much rounding may change f at the point, an entry for each output."""
        return np.ptp([*self.roundings(self.leaves, self.center), np.zeros_like(self.center)], axis=0)

    def roundings_at(self, point: list[Any]) -> np.ndarray:
        """What rounding at random changes at another point, in the same runs."""
        return self.roundings(point, self.one(point))

    def roundings(self, point: Sequence[Any], plain: np.ndarray) -> np.ndarray:
        """What rounding at random changes in f, a row for each run; 0 where f cannot be traced.

        Of such code nothing is known but its values.
        """
        changes = np.zeros((RUNS, self.center.size))
        for seed in range(RUNS if self.traceable else 0):
            try:
                with np.errstate(all="ignore"):
                    change = np.reshape(run_rounded(self.f, point, seed), plain.shape) - plain
            except Exception:  # f takes numbers; what traces it may make it fail in any way
                self.traceable = False
                return np.zeros_like(changes)
            changes[seed] = np.where(np.isfinite(change), change, 0.0)
            self.evaluations += 1
            self.calls += 1
        return changes

    def __call__(self, points: Iterable[list[Any]]) -> np.ndarray:
        """Values of f, one row for each point."""
        points = iter(points)
        rows: list[np.ndarray] = []
        size = max(2, BATCH_ENTRIES // max(1, self.entries)) if self.batch != "no" else 1
        while chunk := list(islice(points, size)):
            rows += self.together(chunk) if len(chunk) > 1 and self.batch != "no" else map(self.one, chunk)
        return np.array(rows).reshape(-1, self.center.size)

    def one(self, point: list[Any]) -> np.ndarray:
        """f at one point, flat; NaN where f raises an arithmetic error."""
        self.evaluations += 1
        self.calls += 1
        try:
            with np.errstate(all="ignore"):
                y = self.f(*point)
        except (ArithmeticError, ValueError) as error:
            self.trouble = error
            return np.full(self.center.size, np.nan)
        if isinstance(y, complex):  # Python's answer to (-1.0)**0.5
            return np.full(self.center.size, np.nan)
        y = as_real(y)
        if shape_of(y) != shape_of(self.y):
            raise Unsupported(
                f"f returns shape {shape_of(y)} near the point but {shape_of(self.y)} at it: no difference."
            )
        return np.asarray(y, dtype=np.float64).reshape(-1)

    def together(self, points: list[list[Any]]) -> list[np.ndarray]:
        """f at many points in one call; point by point if f turns out not to take them."""
        rows = self.stacked(points)
        if rows is not None and not self.checked:
            ends = np.array([self.one(points[0]), self.one(points[-1])])
            size = np.max(np.abs(ends), initial=0.0)
            self.checked = bool(np.allclose(rows[[0, -1]], ends, 0.0, 64 * self.eps * size, equal_nan=True))
            rows = rows if self.checked else None
        if rows is None:
            self.batch = self.batch if self.checked else "no"
            return [self.one(point) for point in points]
        return list(rows)

    def stacked(self, points: list[list[Any]]) -> np.ndarray | None:
        """f of the stacked points, one row each; None where the answer has not the shape of as many."""
        axis = {"first": 0, "last": -1}[self.batch]
        columns = [np.stack(column, axis) for column in zip(*points, strict=True)]
        try:
            with np.errstate(all="ignore"):
                y = np.asarray(as_real(self.f(*columns)), dtype=np.float64)
        except (ArithmeticError, ValueError, TypeError, IndexError):
            return None  # the function does not take many points: it gets them one by one
        finally:
            self.calls += 1
        shape = shape_of(self.y)
        if y.shape != ((len(points), *shape) if axis == 0 else (*shape, len(points))):
            return None
        self.evaluations += len(points)
        return np.reshape(np.moveaxis(y, axis, 0), (len(points), -1))


def as_real(y: Any) -> Any:
    """What f returned, as a number or an array of real numbers."""
    if isinstance(y, complex) or (isinstance(y, np.ndarray) and y.dtype.kind == "c"):
        raise Unsupported("f returns complex numbers; finite differences are for real functions.")
    y = interpreted(y)
    if isinstance(y, Interpreted):
        raise Unsupported(
            "finite differences need numbers and f returned a traced value: put finite outside."
        )
    return y
