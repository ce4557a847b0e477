"""How cost grows with the size: exponents fitted to records of one problem at several sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import fmean, linear_regression

from .record import Measurement

FEWEST = 3  # sizes for a fit with an interval
QUANTITIES: dict[str, Callable[[Measurement], float | None]] = {
    "time": lambda row: row.execute_seconds,
    "cost": lambda row: row.ratio,
    "memory": lambda row: row.peak_bytes,
    "operations": lambda row: row.operations,
}
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)  # 97.5 %, 1 degree up


@dataclass(frozen=True)
class Power:
    """y ~ n**exponent, with the 95 % interval of the exponent."""

    exponent: float
    low: float
    high: float


@dataclass(frozen=True)
class Growth:
    """How one backend's cost grows on one problem. powers: by quantity, those that were measured."""

    problem: str
    operator: str
    backend: str
    sizes: tuple[int, ...]
    powers: dict[str, Power]


def power_law(ns: Sequence[float], ys: Sequence[float]) -> Power:
    """The exponent of y ~ n**exponent by least squares on logarithms, from at least three sizes.

    The interval takes the scatter about the line for independent and normal.

    >>> power_law([10, 100, 1000], [3e-6, 3e-4, 3e-2])
    Power(exponent=2.0, low=2.0, high=2.0)
    """
    xs, logs = [log(n) for n in ns], [log(y) for y in ys]
    slope, intercept = linear_regression(xs, logs)
    freedom = len(xs) - 2
    scatter = sum((y - intercept - slope * x) ** 2 for x, y in zip(xs, logs, strict=True)) / freedom
    mean = fmean(xs)
    error = sqrt(scatter / sum((x - mean) ** 2 for x in xs))
    quantile = STUDENT[freedom - 1] if freedom <= len(STUDENT) else 1.96 + 2.6 / freedom
    slope, half = round(slope, 12), round(quantile * error, 12)
    return Power(slope, slope - half, slope + half)


def growth(rows: Iterable[Measurement]) -> list[Growth]:
    """The growth of every backend on every problem that has three sizes or more, as they come in the rows.

    What did not work at a size is left out of the fit.

    >>> rows = [Measurement(problem="p", size=n, backend="forward", operator="gradient", status="ok",
    ...     execute_samples=[1e-7 * n**2], primal_samples=[1e-7 * n]) for n in (10, 100, 1000)]
    >>> [found] = growth(rows)
    >>> {name: power.exponent for name, power in found.powers.items()}
    {'time': 2.0, 'cost': 1.0}
    """
    groups: dict[tuple[str, str, str], list[Measurement]] = {}
    for row in rows:
        if row.size:
            groups.setdefault((row.problem, row.operator, row.backend), []).append(row)
    found = []
    for (problem, operator, backend), group in groups.items():
        powers = {name: power for name, value in QUANTITIES.items() if (power := fitted(group, value))}
        if powers:
            sizes = tuple(sorted({row.size for row in group if row.size}))
            found.append(Growth(problem, operator, backend, sizes, powers))
    return found


def fitted(rows: Sequence[Measurement], value: Callable[[Measurement], float | None]) -> Power | None:
    """The power law of one quantity, None where fewer than three sizes have it."""
    pairs = [(row.size, y) for row in rows if row.size and (y := value(row))]
    if len({n for n, _ in pairs}) < FEWEST:
        return None
    return power_law(*zip(*pairs, strict=True))
