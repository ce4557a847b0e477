"""Exponents of growth as a small table below the measurements."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..harness.growth import QUANTITIES, Growth, Power, growth
from ..harness.record import Measurement
from ..languages import Subject
from ..languages.widths import padded, widest
from .columns import titles

words = Subject("tables")


def growth_lines(rows: Sequence[Measurement]) -> list[str]:
    """For each problem with three sizes or more a table of exponents with their 95 % intervals, or nothing.

    >>> rows = [Measurement(problem="p", size=n, backend="reverse", operator="gradient", status="ok",
    ...     execute_samples=[1e-7 * n], primal_samples=[2e-8 * n]) for n in (10, 100, 1000)]
    >>> print(*growth_lines(rows), sep="\\n")
    p: gradient grows as n to the power, n = 10 to 1,000 (95 %)
      backend  time          cost
      reverse  1.00 +- 0.00  0.00 +- 0.00
    """
    lines: list[str] = []
    for (problem, operator), group in groupby(growth(rows), key=lambda each: (each.problem, each.operator)):
        found = list(group)
        sizes = [n for each in found for n in each.sizes]
        least, most = f"{min(sizes):,}", f"{max(sizes):,}"
        lines.append(words("grows", problem=problem, operator=words(operator), least=least, most=most))
        lines += table(found)
    return lines


def table(found: Sequence[Growth]) -> list[str]:
    """The exponents of each backend in columns."""
    names = [name for name in QUANTITIES if any(name in each.powers for each in found)]
    width = widest(name for name in (titles("backend"), *(each.backend for each in found)))
    head = "".join(padded(titles(name), 14) for name in names)
    lines = [f"  {padded(titles('backend'), width)}  {head}"]
    for each in found:
        cells = "".join(f"{shown(each.powers.get(name)):14}" for name in names)
        lines.append(f"  {each.backend:{width}}  {cells}")
    return [line.rstrip() for line in lines]


def shown(power: Power | None) -> str:
    """An exponent with half of its interval."""
    return "" if power is None else f"{power.exponent:.2f} +- {(power.high - power.low) / 2:.2f}"
