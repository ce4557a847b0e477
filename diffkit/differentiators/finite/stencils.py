"""Difference formulas as data: integer offsets, and the weights that follow from them in exact arithmetic.

Fornberg 1988, Generation of finite difference formulas on arbitrarily spaced grids.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Stencil:
    """f^(derivative)(x) = sum_j weights[j] f(x + offsets[j] h) / h**derivative + O(h**order).

    >>> Stencil((-1, 0, 1), 2).weights, Stencil((-1, 0, 1), 2).order
    ((Fraction(1, 1), Fraction(-2, 1), Fraction(1, 1)), 2)
    """

    offsets: tuple[int, ...]
    derivative: int

    @functools.cached_property
    def weights(self) -> tuple[Fraction, ...]:
        return weights(self.offsets, self.derivative)

    @functools.cached_property
    def order(self) -> int:
        """The power of h with which the truncation error vanishes."""
        terms = list(zip(self.weights, self.offsets, strict=True))
        powers = itertools.count(len(self.offsets))
        return next(q for q in powers if sum(w * o**q for w, o in terms)) - self.derivative

    @property
    def reach(self) -> tuple[int, int]:
        """How many steps the formula goes back and forth."""
        return -min(self.offsets), max(self.offsets)

    @functools.cached_property
    def table(self) -> np.ndarray:
        """Weights of the derivatives 1, 2, ..., derivative on these offsets, one row each."""
        rows = [weights(self.offsets, k) for k in range(1, self.derivative + 1)]
        return np.array([[float(w) for w in row] for row in rows])


def weights(nodes: Sequence[Any], derivative: int) -> tuple[Any, ...]:
    """What to multiply f at each node with: the derivative at 0 of the Lagrange polynomials.

    Exactly for whole numbers and fractions, in doubles for doubles.

    >>> weights((-1, 0, 1), 1)
    (Fraction(-1, 2), Fraction(0, 1), Fraction(1, 2))
    """
    nodes, answer = [Fraction(node) if isinstance(node, int) else node for node in nodes], []
    for own in nodes:
        others = [node for node in nodes if node != own]
        coefficients: list[Any] = [1]
        for node in others:  # times (t - node), lowest power first
            coefficients = [a - node * b for a, b in zip([0, *coefficients], [*coefficients, 0], strict=True)]
        top = coefficients[derivative] * math.factorial(derivative)
        answer.append(top / math.prod(own - node for node in others))
    return tuple(answer)


@functools.cache
def stencil(scheme: str, order: int, derivative: int = 1) -> Stencil:
    """The formula of this scheme and order: `order` even for central and richardson, any for one-sided ones.

    Richardson's extrapolation of central differences at h, 2h, 4h, ... is the central formula on those nodes.

    >>> stencil("forward", 2).offsets
    (0, 1, 2)
    >>> stencil("richardson", 6).offsets
    (-4, -2, -1, 0, 1, 2, 4)
    """
    if scheme in ("forward", "backward"):
        ahead = range(order + derivative)
        return Stencil(tuple(ahead if scheme == "forward" else reversed([-i for i in ahead])), derivative)
    half = order // 2 + (derivative - 1) // 2
    side = [2**i for i in range(half)] if scheme == "richardson" else list(range(1, half + 1))
    return Stencil((*(-i for i in reversed(side)), 0, *side), derivative)
