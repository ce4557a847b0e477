"""How the backends of one problem stand to each other: in calls of the one by hand, and when set-up pays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from .record import Measurement

CONTROLS = ("hand", "zero")  # what others are held against: never taken, and nothing has to pay against them


@dataclass(frozen=True)
class Standing:
    """A row among those of its problem. None: not measured, or never.

    hand_ratio: its call in calls of the derivative written by hand. break_even_calls: from how many calls on
    its set-up, first call and further calls take no longer than those of the backend that is cheapest for one
    call, which itself has 1.
    """

    hand_ratio: float | None = None
    break_even_calls: int | None = None


def groups(rows: Sequence[Measurement]) -> list[list[Measurement]]:
    """The rows of each problem, size, point and operator, in the order of their first appearance."""
    found: dict[str, list[Measurement]] = {}
    for row in rows:
        found.setdefault(json.dumps([row.problem, row.size, row.point, row.operator]), []).append(row)
    return list(found.values())


def standings(rows: Sequence[Measurement]) -> list[Standing]:
    """One for each row, in their order.

    >>> def row(backend, prepare, first, time):
    ...     return Measurement(problem="p", backend=backend, operator="gradient", status="ok",
    ...         prepare_seconds=prepare, first_call_seconds=first, execute_samples=[time])
    >>> rows = [row("hand", 0.0, 1.0, 1.0), row("reverse", 0.0, 8.0, 8.0), row("symbolic", 90.0, 2.0, 2.0)]
    >>> [(each.hand_ratio, each.break_even_calls) for each in standings(rows)]
    [(1.0, None), (8.0, 1), (2.0, 15)]
    """
    found: dict[int, Standing] = {}
    for group in groups(rows):
        hand = next((row.execute_seconds for row in group if row.backend == "hand"), None)
        timed = [row for row in group if once(row) is not None and row.backend not in CONTROLS]
        cheapest = min(timed, key=lambda row: once(row) or 0.0, default=None)
        for row in group:
            calls = break_even(row, cheapest) if cheapest and any(row is each for each in timed) else None
            found[id(row)] = Standing(ratio(row.execute_seconds, hand), calls)
    return [found[id(row)] for row in rows]


def once(row: Measurement) -> float | None:
    """Seconds of set-up and one call; None where calls were not timed."""
    if row.prepare_seconds is None or row.first_call_seconds is None or not row.execute_samples:
        return None
    return row.prepare_seconds + row.first_call_seconds


def break_even(row: Measurement, cheapest: Measurement) -> int | None:
    """From how many calls on a row takes no longer than the one that is cheapest for a single call."""
    if row is cheapest:
        return 1
    more = (once(row) or 0.0) - (once(cheapest) or 0.0)
    saved = (cheapest.execute_seconds or 0.0) - (row.execute_seconds or 0.0)
    return 1 + ceil(more / saved) if saved > 0 else 1 if more == 0 else None


def ratio(amount: float | None, unit: float | None) -> float | None:
    return amount / unit if amount is not None and unit else None


def as_rows(rows: Sequence[Measurement]) -> list[dict[str, Any]]:
    """The rows of `--json` and of CSV: `as_row`, and after it `hand_ratio` and `break_even_calls`."""
    return [row.as_row() | asdict(each) for row, each in zip(rows, standings(rows), strict=True)]
