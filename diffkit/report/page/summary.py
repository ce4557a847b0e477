"""What the records say of each backend: numbers over problems, without a ranking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from ...harness.record import Measurement
from ...harness.standing import CONTROLS
from ..plots.rows import cells

Grid = dict[str, dict[str, Measurement]]  # the newest record by problem, then by backend
CERTAIN = ("ok", "wrong")


@dataclass(frozen=True)
class Summary:
    """All rows by problem and backend, and what follows from them."""

    grid: Grid

    @classmethod
    def of(cls, rows: Sequence[Measurement]) -> Summary:
        return cls(cells(rows))

    @property
    def backends(self) -> list[str]:
        """In the order of their appearance."""
        return list(dict.fromkeys(name for found in self.grid.values() for name in found))

    @property
    def compared(self) -> list[str]:
        """The backends that are candidates: without what others are held against."""
        return [name for name in self.backends if name not in CONTROLS]

    @property
    def scored(self) -> Grid:
        """The problems that have a certified derivative."""
        return {
            problem: found
            for problem, found in self.grid.items()
            if any(row.digits is not None or row.truth is not None for row in found.values())
        }

    def of_backend(self, name: str) -> dict[str, Measurement]:
        """Its record by problem."""
        return {problem: found[name] for problem, found in self.grid.items() if name in found}

    def statuses(self, name: str) -> Counter[str]:
        return Counter(row.status for row in self.of_backend(name).values())

    def numbers(self, name: str, number: Callable[[Measurement], float | None]) -> list[float]:
        """What is known of a number over a backend's problems."""
        known = (number(row) for row in self.of_backend(name).values())
        return [value for value in known if value is not None]

    def common(self, names: Sequence[str]) -> list[str]:
        """The problems on which all of these have digits."""
        return [
            problem
            for problem, found in self.grid.items()
            if all(name in found and found[name].digits is not None for name in names)
        ]

    def median_digits(self) -> tuple[dict[str, float], int]:
        """Median digits of each backend over the problems that all are scored on, and their number.

        Backends that are scored on less than half as many problems as the most are left out: with them little
        would be left in common.
        """
        counts = {name: len(self.numbers(name, lambda row: row.digits)) for name in self.compared}
        names = [name for name, count in counts.items() if count and 2 * count >= max(counts.values())]
        problems = self.common(names)
        if not problems or not names:
            return {}, 0
        digits = {name: [self.grid[problem][name].digits or 0.0 for problem in problems] for name in names}
        return {name: median(each) for name, each in digits.items()}, len(problems)

    def leaders(self) -> dict[str, list[str]]:
        """By problem those right answers that no other beats: several where their quartiles overlap."""
        found = {}
        for problem, each in self.grid.items():
            timed = {
                name: np.quantile(row.execute_samples, (0.25, 0.5, 0.75)).tolist()
                for name, row in each.items()
                if row.status == "ok" and row.execute_samples and name not in CONTROLS
            }
            if len(timed) > 1:
                best = min(timed.values(), key=lambda quartiles: quartiles[1])
                found[problem] = [name for name, quartiles in timed.items() if quartiles[0] <= best[2]]
        return found


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return low, middle, high
