"""From records to the rows that a figure shows; a figure's CSV holds these rows and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...harness.record import Measurement, Record
from ...harness.standing import CONTROLS, groups
from ...languages import Subject
from ..columns import shortened

Row = dict[str, Any]
words = Subject("plots")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SWEPT = 5  # steps of one problem from which on its differences are a study of steps
DIGIT_TICKS = (0, 4, 8, 12, 16)
SCREEN_DPI = 130  # dots of a small PNG in an inch


class CannotPlot(ValueError):
    """The records lack what the plot needs, or there is no such plot; the message says the way out."""


class NotFed(CannotPlot):
    """The records lack what the plot needs, which other records would have."""


def without_sweeps(records: Sequence[Record]) -> list[Record]:
    """The records without those of a study of steps, in which one backend appears once for each step."""
    steps: dict[str, set[float]] = {}
    for row in records:
        if isinstance(row, Measurement) and row.settings.get("step"):
            steps.setdefault(row.problem, set()).add(row.settings["step"])
    studied = {problem for problem, each in steps.items() if len(each) >= SWEPT}
    return [row for row in records if not (isinstance(row, Measurement) and row.problem in studied)]


def cells(records: Sequence[Measurement]) -> dict[str, dict[str, Measurement]]:
    """The newest record of each backend, for each problem by its name; several points are numbered."""
    found: dict[str, dict[str, Measurement]] = {}
    for group in groups(records):
        first = group[0]
        name = shortened(first.problem, 32) + (f" {first.size}" if first.size else "")
        number = 2
        while (unique := name if name not in found else f"{name} ({number})") in found:
            number += 1
        found[unique] = {row.backend: row for row in group}
    return found


def ranked(rows: Sequence[Row]) -> list[Row]:
    """The rows of which a title speaks: without what others are held against, if there is anything else."""
    return [row for row in rows if row["backend"] not in CONTROLS] or list(rows)


def backends(rows: Sequence[Row]) -> list[str]:
    """The backends of the rows in the order of their appearance."""
    return list(dict.fromkeys(row["backend"] for row in rows))


def of(rows: Sequence[Row], **wanted: Any) -> list[Row]:
    """The rows whose entries are those wanted."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def about(amount: float) -> str:
    """Two digits, as a title needs them.

    >>> about(0.0234), about(26789.0), about(3.0)
    ('0.023', '27,000', '3')
    """
    return f"{float(f'{amount:.2g}'):,.12g}"


def counted(problems: int) -> str:
    """
    >>> counted(1), counted(3000)
    ('1 problem', '3,000 problems')
    """
    return words("problem" if problems == 1 else "problems", count=f"{problems:,}")


def power(amount: float) -> str:
    """A small amount with one digit, as mathematics is set.

    >>> power(3e-9), power(1.0), power(0.0), power(0.02)
    ('3×10⁻⁹', '1', '0', '0.02')
    """
    if not amount or 1e-3 <= amount < 1e5:
        return f"{amount:.1g}"
    digit, exponent = f"{amount:.0e}".split("e")
    return ("" if digit == "1" else f"{digit}×") + ten_to(int(exponent))


def ten_to(exponent: int) -> str:
    """A power of ten in letters that need no mathematical setting, which would read a $ in a user's name.

    >>> ten_to(-16)
    '10⁻¹⁶'
    """
    return "10" + str(exponent).translate(RAISED)
