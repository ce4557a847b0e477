"""A function of many numbers, seen along a line through the point: every scheme samples lines.

Nothing is ever changed in place: each point is made of fresh arrays.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...calculus.rules import shape_of


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
