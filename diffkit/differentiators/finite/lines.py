"""A function of many numbers, seen along a line through the point: every scheme samples lines.

Nothing is ever changed in place: each sample gets fresh arrays.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ...calculus.rules import Interpreted, shape_of
from ...calculus.spellings import interpreted
from ..interface import Unsupported

BATCH_ENTRIES = 2**22  # numbers in one batched call: 32 MB


class NotFinite(Unsupported, ValueError):
    """f is not finite where a difference needs it."""


@dataclass(frozen=True, eq=False)
class Line:
    """x + t v, for a direction v."""

    leaves: Sequence[Any]
    direction: Sequence[Any]

    def at(self, t: float) -> list[Any]:
        """The point x + t v, in fresh arrays."""
        return [x + t * v for x, v in zip(self.leaves, self.direction, strict=True)]

    def offset(self, t: float, single: bool = False) -> float:
        """The step that is really taken when t is asked for; single if f rounds its argument to float32."""
        return t

    def grain(self, reach: float) -> float:
        """Spacing of the numbers that a step of `reach` leads to, 0 where there is not one."""
        return 0.0

    @property
    def unit(self) -> float:
        """The t that moves the entry that moves most by 1."""
        most = max(float(np.max(np.abs(v), initial=0.0)) for v in self.direction)
        return 1 / most if most > 0 else 1.0

    @property
    def size(self) -> float:
        """The largest of the entries that move."""
        moved = zip(self.leaves, self.direction, strict=True)
        return max(float(np.max(np.abs(x) * (np.asarray(v) != 0), initial=0.0)) for x, v in moved)

    def room(self, low: float, high: float) -> tuple[float, float]:
        """How far t may go back and forth until an entry leaves [low, high]; raises ValueError outside."""
        if low == -math.inf and high == math.inf:
            return math.inf, math.inf
        x = np.concatenate([np.reshape(each, -1) for each in self.leaves])
        v = np.concatenate([np.reshape(each, -1) for each in self.along()]) / self.scale
        if np.any(x < low) or np.any(x > high):
            raise ValueError(f"the point leaves its bounds [{low:.6g}, {high:.6g}].")
        x, v = x[v != 0], v[v != 0]
        back, forth = np.where(v > 0, x - low, high - x), np.where(v > 0, high - x, x - low)
        inside = 1 - 2.0**-50  # x + t v is rounded, and must not be rounded over the bound
        return tuple(float(np.min(way / abs(v), initial=math.inf)) * inside for way in (back, forth))  # type: ignore[return-value]

    @property
    def scale(self) -> float:
        """A step along v that changes the entry that moves most by its size (by 1 where x is small)."""
        moved = [
            np.max(np.abs(v) / np.maximum(np.abs(x), 1.0), initial=0.0)
            for x, v in zip(self.leaves, self.direction, strict=True)
        ]
        return float(1 / most) if (most := max(moved)) > 0 else 1.0

    def along(self) -> list[Any]:
        """The direction, in leaves, as long as the scale."""
        return [v * self.scale for v in self.direction]

    def __str__(self) -> str:
        return "the direction"


@dataclass(frozen=True, eq=False)
class Axis(Line):
    """x with one entry moved by t; the direction is (number of the leaf, number of the entry)."""

    direction: tuple[int, int]

    @functools.cached_property
    def start(self) -> float:
        """The entry."""
        leaf, entry = self.direction
        x = self.leaves[leaf]
        return x if isinstance(x, float) else float(x.reshape(-1)[entry])

    def at(self, t: float) -> list[Any]:
        return self.with_entry(list(self.leaves), self.start + t)

    def offset(self, t: float, single: bool = False) -> float:
        if single:
            return float(np.float32(self.start + t)) - float(np.float32(self.start))
        return (self.start + t) - self.start  # exact: the rounding of x + t is part of the step

    def grain(self, reach: float) -> float:
        return math.ulp(abs(self.start) + reach)

    @property
    def unit(self) -> float:
        return 1.0

    @property
    def size(self) -> float:
        return abs(self.start)

    @property
    def scale(self) -> float:
        return max(abs(self.start), 1.0)

    def along(self) -> list[Any]:
        return self.with_entry([np.zeros(shape_of(x)) for x in self.leaves], self.scale)

    def with_entry(self, leaves: Sequence[Any], value: float) -> list[Any]:
        """Fresh leaves, the entry of this axis exchanged."""
        fresh: list[Any] = [x if isinstance(x, float) else np.array(x) for x in leaves]
        leaf, entry = self.direction
        if shape_of(self.leaves[leaf]):
            fresh[leaf].reshape(-1)[entry] = value
        else:
            fresh[leaf] = value
        return fresh

    def __str__(self) -> str:
        leaf, entry = self.direction
        return f"entry {entry} of differentiated array {leaf}" if shape_of(self.leaves[leaf]) else f"x{leaf}"


def axes(leaves: Sequence[Any]) -> list[Line]:
    """One line for each entry of each leaf."""
    return [Axis(leaves, (i, j)) for i, x in enumerate(leaves) for j in range(np.size(x))]


class Sampler:
    """f at many points: values as rows of float64, NaN where f raises or has no number; and a count.

    batch: "no", or the axis ("first", "last") along which f takes many points at once. That is tried on the
    first batch, against single calls; where they differ, `batch` becomes "no".
    """

    def __init__(self, f: Callable[..., Any], leaves: Sequence[Any], batch: str = "no"):
        if any(isinstance(x, Interpreted) for x in leaves):
            raise Unsupported("finite differences need numbers and got a traced value: put finite outside.")
        self.f, self.leaves, self.batch, self.checked = f, leaves, batch, False
        self.evaluations, self.calls = 1, 1
        with np.errstate(all="ignore"):
            self.y = as_real(f(*(x if isinstance(x, float) else np.array(x) for x in leaves)))
        self.center = np.asarray(self.y, dtype=np.float64).reshape(-1)
        self.single = getattr(self.y, "dtype", None) in (np.float32, np.float16)
        self.eps = float(np.finfo(self.y.dtype if self.single else np.float64).eps)
        self.entries = sum(np.size(x) for x in leaves)
        self.trouble: Exception | None = None

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
    if isinstance(y, complex) or isinstance(y, np.ndarray) and y.dtype.kind == "c":
        raise Unsupported("f returns complex numbers; finite differences are for real functions.")
    y = interpreted(y)
    if isinstance(y, Interpreted):
        raise Unsupported(
            "finite differences need numbers and f returned a traced value: put finite outside."
        )
    return y
