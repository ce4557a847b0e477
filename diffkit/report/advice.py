"""One sentence that says what to take, with its condition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..harness.record import Measurement
from ..harness.standing import CONTROLS, groups
from ..languages import Subject
from .lists import listed
from .units import seconds, tenths

words = Subject("tables")

DOUBLE_DIGITS = 16.0


def by_backend(scored: Sequence[Sequence[Measurement]]) -> dict[str, list[Measurement]]:
    """The newest row of every problem, for each backend that has one on all of them; no controls."""
    found: dict[str, dict[int, Measurement]] = {}
    for index, group in enumerate(scored):
        for row in group:
            if row.backend not in CONTROLS:
                found.setdefault(row.backend, {})[index] = row
    return {backend: list(rows.values()) for backend, rows in found.items() if len(rows) == len(scored)}


@dataclass(frozen=True)
class Bill:
    """What a backend costs on all problems: seconds by the median call, and by the quartiles."""

    backend: str
    total: float
    low: float
    high: float


def required(row: Measurement, min_digits: float | None) -> float:
    """The digits asked of a row: as stated, or within one digit of what is attainable."""
    if min_digits is not None:
        return min_digits
    return min(DOUBLE_DIGITS if row.attainable_digits is None else row.attainable_digits, DOUBLE_DIGITS) - 1


def meets(row: Measurement, min_digits: float | None) -> bool:
    """Whether a row is right, was measured to its end, and keeps the digits asked of it."""
    timed = row.prepare_seconds is not None and bool(row.execute_samples)
    return timed and row.status == "ok" and row.digits is not None and row.digits >= required(row, min_digits)


def bill(backend: str, rows: Sequence[Measurement], calls: int) -> Bill:
    """The seconds of one preparation and `calls` calls on each of the rows."""
    prepare = sum(row.prepare_seconds or 0.0 for row in rows)
    low, total, high = (prepare + calls * quartile_sums(rows)).tolist()
    return Bill(backend, total, low, high)


def quartile_sums(rows: Sequence[Measurement]) -> np.ndarray:
    """The quartiles of each row's samples, summed over the rows; rows of as many samples at once."""
    samples: dict[int, list[list[float]]] = {}
    for row in rows:
        samples.setdefault(len(row.execute_samples), []).append(row.execute_samples)
    return sum(
        (np.quantile(each, (0.25, 0.5, 0.75), axis=1).sum(axis=1) for each in samples.values()), np.zeros(3)
    )


def advice(rows: Sequence[Measurement], min_digits: float | None = None, calls: int = 1000) -> str | None:
    """One sentence that says which backend to take, on what condition; None where nothing was scored.

    Backends that keep `min_digits` (without it: within one digit of the attainable) on every scored problem
    are compared by the seconds of one preparation and `calls` calls, summed over the problems. Where their
    interquartile intervals overlap the sentence names no winner. Problems whose own program keeps no digit
    are left out: no backend can do well on them.

    >>> def row(backend, digits, time):
    ...     return Measurement(problem="sin", backend=backend, operator="gradient", status="ok",
    ...         digits=digits, attainable_digits=16, prepare_seconds=0.001, execute_samples=[time])
    >>> print(advice([row("finite", 9.0, 1e-6), row("reverse", 15.9, 4e-6), row("symbolic", 16, 2e-6)]))
    Take symbolic: of the 2 backends within one digit of the attainable, it needs
    the least time for set-up and 1,000 calls, 3 ms.
    """
    scored, everywhere = scored_groups(rows), by_backend(scored_groups(rows))
    if not scored:
        return words("rewrite") if any(map(hopeless, groups(rows))) else None
    bar = words("bar attainable") if min_digits is None else words("bar digits", digits=f"{min_digits:g}")
    condition = bar if len(scored) == 1 else words("bar on all", bar=bar, count=len(scored))
    bills = able(everywhere, min_digits, calls)
    if not bills:
        return words("nobody", condition=condition, nearest=nearest(everywhere))
    return verdict(bills, condition, words("work once" if calls == 1 else "work", calls=f"{calls:,}"))


def recommended(
    rows: Sequence[Measurement], min_digits: float | None = None, calls: int = 1000
) -> str | None:
    """The cheapest backend that meets the condition of `advice`, or None where none does.

    >>> row = Measurement(problem="sin", backend="zero", operator="gradient", status="wrong", digits=0.0)
    >>> recommended([row]) is None
    True
    """
    bills = able(by_backend(scored_groups(rows)), min_digits, calls)
    return bills[0].backend if bills else None


def scored_groups(rows: Sequence[Measurement]) -> list[list[Measurement]]:
    """The rows of each problem that was scored, without those whose program keeps no digit."""
    scored = [group for group in groups(rows) if any(row.digits is not None for row in group)]
    return [group for group in scored if not hopeless(group)]


def hopeless(group: Sequence[Measurement]) -> bool:
    """Whether the function itself, as it is written, loses all digits at this point."""
    return any(row.attainable_digits is not None and row.attainable_digits < 1 for row in group)


def able(everywhere: dict[str, list[Measurement]], min_digits: float | None, calls: int) -> list[Bill]:
    """The bills of the backends that meet the condition on every problem, cheapest first."""
    bills = [
        bill(name, found, calls)
        for name, found in everywhere.items()
        if all(meets(row, min_digits) for row in found)
    ]
    return sorted(bills, key=lambda each: each.total)


def nearest(everywhere: dict[str, list[Measurement]]) -> str:
    """The backend whose worst result keeps the most digits, as the tail of a sentence; or nothing."""
    worst = {
        name: min(-1.0 if row.digits is None else row.digits for row in found)
        for name, found in everywhere.items()
    }
    best = max(worst, key=worst.__getitem__, default="")
    if worst.get(best, -1) < 0:
        return ""
    return words("nearest", backend=best, digits=tenths(worst[best]))


def verdict(bills: Sequence[Bill], condition: str, work: str) -> str:
    """The sentence about backends that meet the condition, cheapest first."""
    best = bills[0]
    tied = [b.backend for b in bills if b.low <= best.high]
    told = {"condition": condition, "work": work, "time": seconds(best.total)}
    if len(bills) == 1:
        return words("take the only", backend=best.backend, **told)
    if len(tied) == 1:
        return words("take the best", backend=best.backend, count=len(bills), **told)
    return words("take one of", backends=listed(tied, "or"), count=len(bills), **told)
