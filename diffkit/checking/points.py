"""Points to check at: drawn around a given one, and the simplest at which a check still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..differentiators.arguments import Arguments
from ..differentiators.peers.foreign import as_numpy
from ..harness.targets import TargetError
from .question import Wrt, spelled_out
from .record import Check

ATTEMPTS = 50
MOST_TRIALS = 60  # checks spent on a simpler point
MOST_ENTRIES = 20  # that are simplified one by one


def draw(
    f: Callable[..., Any], args: tuple[Any, ...], random: np.random.Generator, wrt: Wrt = 0
) -> tuple[Any, ...]:
    """The arguments with the differentiated ones moved by about their own size, where f is finite.

    Raises TargetError if fifty draws do not find such a point.

    >>> [x] = draw(np.log, (1.0,), np.random.default_rng(0))
    >>> 0 < x < 5
    True
    """
    args = tuple(spelled_out(as_numpy(x)) for x in args)
    layout = Arguments.of(args, wrt)
    leaves = [np.asarray(x, dtype=float) for x in layout.open(args)]
    sizes = [np.where(x != 0, np.abs(x), np.sqrt(np.mean(x * x)) or 1.0) for x in leaves]
    for _ in range(ATTEMPTS):
        moved = [
            x + size * random.standard_normal(x.shape) / 2 for x, size in zip(leaves, sizes, strict=True)
        ]
        point = rebuilt(layout, args, moved)
        with np.errstate(all="ignore"):
            value = f(*point)
        value = value[0] if isinstance(value, tuple) else value
        if np.all(np.isfinite(np.asarray(as_numpy(value), dtype=float))):
            return point
    raise TargetError(f"{ATTEMPTS} points around the given one were drawn, and f is finite at none of them.")


def rebuilt(layout: Arguments, args: tuple[Any, ...], leaves: list[np.ndarray]) -> tuple[Any, ...]:
    """The arguments with other leaves; a leaf without axes is a float."""
    return layout.close(args, [x if x.shape else float(x) for x in leaves])


def simplest(
    check: Callable[[tuple[Any, ...]], Check], args: tuple[Any, ...], first: Check, wrt: Wrt = 0
) -> tuple[tuple[Any, ...], Check]:
    """The simplest arguments found at which the check fails as `first` did, with verdict and cause, and that
    check: zeros and ones before whole numbers, few digits before many. `first` itself if none is simpler.
    """
    args = tuple(spelled_out(as_numpy(x)) for x in args)
    layout = Arguments.of(args, wrt)
    leaves = [np.asarray(x, dtype=float) for x in layout.open(args)]
    found, best, trials = leaves, first, 0
    for k, simpler in candidates(leaves):
        now = [simpler(x) if k in (None, i) else x for i, x in enumerate(found)]
        if all(map(np.array_equal, now, found)):
            continue
        trials += 1
        if trials > MOST_TRIALS:
            break
        outcome = attempt(check, rebuilt(layout, args, now))
        if outcome is not None and (outcome.verdict, outcome.cause) == (first.verdict, first.cause):
            found, best = now, outcome
    return rebuilt(layout, args, found), best


def attempt(check: Callable[[tuple[Any, ...]], Check], args: tuple[Any, ...]) -> Check | None:
    """The check there; None where f or g cannot be called, so that the point is none at all."""
    try:
        return check(args)
    except (ArithmeticError, ValueError, TypeError, IndexError):
        return None


Simpler = Callable[[np.ndarray], np.ndarray]


def candidates(leaves: list[np.ndarray]) -> Iterator[tuple[int | None, Simpler]]:
    """(leaf or None for all, a simplification), from the boldest to the most timid."""
    bold: list[Simpler] = [np.zeros_like, np.ones_like, np.sign, np.round]
    bold += [lambda x, d=d: np.round(x, d) for d in (1, 2, 3)]  # type: ignore[misc]
    for simpler in bold:
        yield None, simpler
    for k, x in enumerate(leaves):
        if sum(leaf.size for leaf in leaves) <= MOST_ENTRIES:
            for entry in range(x.size):
                yield k, at_entry(entry, 0.0)
                yield k, at_entry(entry, 1.0)


def at_entry(entry: int, value: float) -> Simpler:
    """A simplification of one entry, unless it is as simple already."""

    def simpler(x: np.ndarray) -> np.ndarray:
        if x.reshape(-1)[entry] in (0.0, value):
            return x
        fresh = x.copy()
        fresh.reshape(-1)[entry] = value
        return fresh

    return simpler
