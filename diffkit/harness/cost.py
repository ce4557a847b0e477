"""What a derivative costs: the only clock of the house.

A sample is the time of as many calls in a row as last `sample_seconds`, divided by their number; the garbage
collector rests meanwhile, as in timeit. f and its derivative take turns, so that what disturbs one disturbs
the other. Memory is measured in a run of its own, because watching it makes everything slower.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter_ns
from typing import Any

import numpy as np

from ..differentiators.hand import Hand, WithHand
from ..differentiators.interface import Counted, Differentiator, Estimate, Prepared
from .targets import InCatalogue, Target

Args = tuple[Any, ...]


@dataclass(frozen=True)
class Effort:
    """How long one backend on one problem is timed.

    At most `rounds` samples of at least `sample_seconds` each; no new round begins after `cell_seconds`.
    """

    rounds: int
    sample_seconds: float
    cell_seconds: float


EFFORTS = {
    "untimed": Effort(rounds=0, sample_seconds=0.0, cell_seconds=0.0),  # values, estimates, evaluations
    "quick": Effort(rounds=3, sample_seconds=1e-4, cell_seconds=0.05),
    "normal": Effort(rounds=9, sample_seconds=5e-4, cell_seconds=0.5),
    "careful": Effort(rounds=31, sample_seconds=2e-3, cell_seconds=5.0),
}


@dataclass(frozen=True)
class Round:
    """One sample of the operator and one of f, in seconds per call; `spent_seconds` is what they took."""

    execute_seconds: float
    primal_seconds: float
    spent_seconds: float


def seconds_of(call: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    """Seconds of one call, and what it returned."""
    begin = perf_counter_ns()
    result = call(*args)
    return (perf_counter_ns() - begin) * 1e-9, result


def total_seconds(call: Callable[..., Any], args: Args, repeats: int) -> float:
    """Seconds of `repeats` calls in a row, without the garbage collector."""
    turns = repeat(None, repeats)
    with collector_at_rest():
        begin = perf_counter_ns()
        for _ in turns:
            call(*args)
        return (perf_counter_ns() - begin) * 1e-9


def warm_seconds(call: Callable[..., Any], args: Args, repeats: int) -> float:
    """The same after a call that is not counted: caches went cold while other backends had their turn."""
    if repeats > 1:
        call(*args)
    return total_seconds(call, args, repeats)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No garbage collection, as timeit does it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


SLOW = 100  # samples: what takes as long is slow with warm caches too


def enough_repeats(call: Callable[..., Any], args: Args, seconds: float) -> int:
    """How many calls in a row last at least `seconds`: found by doubling, after one that warms the caches.

    1 stands for a slow call; of others there are two at least, so that a sample begins with a warm one.
    """
    if total_seconds(call, args, 1) > SLOW * seconds:
        return 1
    repeats = 2
    while (lasted := total_seconds(call, args, repeats)) < seconds:
        repeats = max(2 * repeats, min(int(seconds / max(lasted, 1e-9) * repeats) + 1, 16 * repeats))
    return repeats


def peak_bytes(call: Callable[..., Any], args: Args) -> int:
    """The most memory that Python and NumPy hold at once during one call, above what they held before."""
    already = tracemalloc.is_tracing()
    if not already:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call(*args)
        return max(0, tracemalloc.get_traced_memory()[1] - before)
    finally:
        if not already:
            tracemalloc.stop()


class Trial:
    """One backend at work on one target. The harness gives the turns, here or in another process."""

    def __init__(self, backend: Differentiator, target: Target):
        self.backend, self.target = backend, target
        self.f = target.function.load()
        self.prepared: Prepared | None = None
        self.repeats: tuple[int, int] | None = None

    def warm_up(self) -> None:
        """Imports and other set-up that happen once per process, at the expense of x*x and not of the target.

        A backend that cannot do x*x says so again, and is heard, when it prepares the target.
        """
        with suppress(Exception):
            self.backend.prepare(square, (1.5,), 0).derivative(1.5)

    def primal(self) -> Any:
        """f at the point."""
        with np.errstate(all="ignore"):
            return self.f(*self.target.args)

    def prepare(self) -> float:
        """Seconds of the preparation."""
        with np.errstate(all="ignore"):
            prepare, target = self.backend.prepare, self.target
            seconds, self.prepared = seconds_of(prepare, self.carrying(), target.args, target.wrt)
        return seconds

    def carrying(self) -> Callable[..., Any]:
        """f, for the backend `hand` together with the derivative that the catalogue has for it."""
        function = self.target.function
        wanted = isinstance(self.backend, Hand) and isinstance(function, InCatalogue)
        written = function.by_hand() if wanted else None  # type: ignore[attr-defined]
        return WithHand(self.f, written) if written else self.f

    def operations(self) -> int | None:
        """Operations of one call, where the backend knows them."""
        with np.errstate(all="ignore"):
            return getattr(self.ready, "operations", None)

    def first_call(self) -> tuple[float, Any]:
        """Seconds of the first call of the operator, and its value."""
        with np.errstate(all="ignore"):
            return seconds_of(self.operator, *self.target.args)

    def round(self, sample_seconds: float) -> Round:
        """One sample of the operator and one of f."""
        args = self.target.args
        with np.errstate(all="ignore"):
            if self.repeats is None:
                n, m = (enough_repeats(call, args, sample_seconds) for call in (self.operator, self.f))
                self.repeats = n, m
            n, m = self.repeats
            execute, primal = warm_seconds(self.operator, args, n), warm_seconds(self.f, args, m)
        return Round(execute / n, primal / m, execute + primal)

    def evaluations(self) -> int:
        """How often one call of the operator calls f, by a preparation of its own."""
        counted = Counted(self.f)
        with np.errstate(all="ignore"):
            prepared = self.ready.prepared_for(counted, self.target.args)
            counted.calls = 0
            getattr(prepared, self.target.operator)(*self.target.args)
        return counted.calls

    def estimate(self) -> Estimate:
        """The backend's own estimate: error bound and diagnosis."""
        with np.errstate(all="ignore"):
            return self.ready.estimate(self.target.operator, *self.target.args)

    def peak_bytes(self) -> int:
        """The most memory that one call of the operator holds."""
        with np.errstate(all="ignore"):
            return peak_bytes(self.operator, self.target.args)

    @property
    def ready(self) -> Prepared:
        if self.prepared is None:
            raise RuntimeError("prepare comes before the first call.")
        return self.prepared

    @property
    def operator(self) -> Callable[..., Any]:
        return getattr(self.ready, self.target.operator)


def square(x: Any) -> Any:
    return x * x
