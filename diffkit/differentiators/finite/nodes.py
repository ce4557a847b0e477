"""Interpolation through fixed nodes, and the two points off them that tell what the polynomial misses.

Where the polynomial misses f by r at xi, f differs from it by a*omega(t), where omega is the product of all
(t - node) and a = r/omega(xi). So its derivative at 0 is wrong by a*omega'(0): no derivative of f is needed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .stencils import weights


@dataclass(frozen=True)
class Nodes:
    """Nodes in units of the step, 0 among them, and two points off them."""

    at: tuple[float, ...]
    off: tuple[float, float]
    derivative: int
    equispaced: bool

    @property
    def place(self) -> int:
        """Which node is 0."""
        return self.at.index(0.0)

    @functools.cached_property
    def offsets(self) -> tuple[float, ...]:
        """Everything to be sampled: the nodes without 0, then the two points."""
        return tuple(o for o in self.at if o) + self.off

    def moved(self, offsets: Sequence[float]) -> Nodes:
        """Nodes like these at what their `offsets` were rounded to."""
        at = list(offsets[:-2])
        at.insert(self.place, 0.0)
        return Nodes(tuple(at), (offsets[-2], offsets[-1]), self.derivative, self.equispaced)

    @functools.cached_property
    def table(self) -> np.ndarray:
        """Weights of the derivatives 0 < k <= derivative.

        In doubles where all nodes are on one side: nothing cancels there, and each step has nodes of its own.
        """
        nodes = [Fraction(o) for o in self.at] if self.equispaced else self.at
        rows = [weights(nodes, k) for k in range(1, self.derivative + 1)]
        return np.array([[float(w) for w in row] for row in rows])

    @functools.cached_property
    def weight(self) -> float:
        """How much the derivative amplifies noise, in units of 1/step**derivative."""
        return float(np.sum(np.abs(self.table[-1])))

    @functools.cached_property
    def lead(self) -> float:
        """The derivative's error where the first missing order has a difference of 1, equispaced nodes."""
        n = len(self.at) + (self.derivative % 2 == 0)
        return self.slopes[self.derivative % 2 == 0] / math.factorial(n)

    @functools.cached_property
    def omega(self) -> np.ndarray:
        """omega(xi) at the two points."""
        return np.array([math.prod(xi - o for o in self.at) for xi in self.off])

    @functools.cached_property
    def slopes(self) -> tuple[float, float]:
        """|(omega)^(k)| and |(t omega)^(k)| at 0: what the first two missing terms do to the derivative."""
        rising = np.poly(self.at)[::-1]
        k = self.derivative
        return abs(rising[k]) * math.factorial(k), abs(rising[k - 1]) * math.factorial(k)

    @functools.cached_property
    def lagrange(self) -> np.ndarray:
        """The polynomial's value at the two points, as weights of the nodes."""
        return np.array(
            [
                [math.prod((xi - o) / (own - o) for o in self.at if o != own) for own in self.at]
                for xi in self.off
            ]
        )

    @functools.cached_property
    def amplified(self) -> np.ndarray:
        """Standard deviation of the two misses for values with noise 1."""
        return np.sqrt(1 + np.sum(self.lagrange**2, axis=1))

    @functools.cached_property
    def differences(self) -> np.ndarray:
        """All differences of all orders, as weights of the nodes: of order 1, then of order 2, ..."""
        rows, table = [], np.eye(len(self.at))
        while len(table) > 1:
            table = np.diff(table, axis=0)
            rows.append(table)
        return np.concatenate(rows)

    @functools.cached_property
    def starts(self) -> np.ndarray:
        """Where each order begins among the differences."""
        return np.cumsum([0] + [len(self.at) - k for k in range(1, len(self.at) - 1)])

    @functools.cached_property
    def levels(self) -> np.ndarray:
        """Noise per norm of the k-th differences, of which there are n - k: k!/sqrt((2k)! (n - k))."""
        n = len(self.at)
        return np.array([math.factorial(k) / math.sqrt(math.factorial(2 * k) * (n - k)) for k in range(1, n)])


@functools.cache
def central(order: int, derivative: int) -> Nodes:
    """-m, ..., m with m = order/2, or one more for third and fourth derivatives."""
    m = order // 2 + (derivative - 1) // 2
    return Nodes(tuple(float(j) for j in range(-m, m + 1)), (5 / 12, -7 / 12), derivative, True)


GRAIN = 12  # a step that is this many times representable has all nodes and both points representable


@functools.cache
def edge(order: int, derivative: int) -> Nodes:
    """Chebyshev-Lobatto nodes of [0, 1]: equispaced ones amplify noise five times more at an end."""
    n = order + derivative - 1
    nodes = [(1 - math.cos(math.pi * i / n)) / 2 for i in range(n + 1)]
    between = [(nodes[i] + nodes[i + 1]) / 2 for i in (n // 3, 2 * n // 3)]
    return Nodes(tuple(nodes), (between[0], between[1]), derivative, False)
