"""What a problem is: a function in bare NumPy, how big it can be, and a point for a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arguments = Callable[[int, np.random.Generator], tuple]


@dataclass(frozen=True)
class Problem:
    """One row of the catalogue.

    `build(size)` returns f, a plain NumPy function of `arguments(size, random)`, which is a fresh point well
    inside the domain; `famous(size)` is the point of seed 0 where the literature has one.
    `operator` says what is differentiated: "derivative" (floats to a float), "gradient" (to a float),
    "jacobian" (to an array). `wrt` names the differentiated positional arguments, the others are data; None
    is all, however many.
    `hand(size)` returns a function of the same arguments that gives (value, derivative), written by hand; the
    derivative is shaped like the differentiated argument, a tuple of such where `wrt` is one, and a Jacobian
    like y.shape + x.shape. `formula` is f as text in its own argument names, where that is short.
    `suites` names the suites that the problem is in and its sizes there. A problem without a size has
    `size_means == ""` and size 1.
    """

    name: str
    summary: str
    source: str
    operator: str
    build: Callable[[int], Callable]
    arguments: Arguments
    size: int = 1
    size_means: str = ""
    suites: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    tags: tuple[str, ...] = ()
    wrt: int | tuple[int, ...] | None = 0
    hand: Callable[[int], Callable[..., tuple]] | None = None
    formula: str | None = None
    famous: Callable[[int], tuple] | None = None
    smallest: int = 1

    def point(self, size: int, seed: int = 0) -> tuple:
        """The arguments of f at this size for this seed: same seed, same bytes."""
        if self.famous and seed == 0:
            return self.famous(size)
        return self.arguments(size, np.random.default_rng(seed))


@dataclass(frozen=True)
class Instance:
    """A problem at one size and one point: everything that a differentiator needs."""

    problem: str
    size: int
    seed: int
    f: Callable
    args: tuple[Any, ...]
    wrt: int | tuple[int, ...]
    operator: str
    hand: Callable[..., tuple] | None


def always(f: Callable) -> Callable[[int], Callable]:
    """The builder of a function that is the same at every size."""
    return lambda size: f


def at(*point: float) -> Callable[[int], tuple]:
    """This point, whatever the size."""
    return lambda size: point


def exactly(*point: float) -> Arguments:
    """This point for every seed: the point is the problem."""
    return lambda size, random: point


def between(*ranges: tuple[float, float]) -> Arguments:
    """One float from each range."""
    return lambda size, random: tuple(float(random.uniform(low, high)) for low, high in ranges)


def vector(low: float, high: float) -> Arguments:
    """One vector of `size` numbers between low and high."""
    return lambda size, random: (random.uniform(low, high, size),)
