"""The example that a report explains: the one formula of its records, or the textbook's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..differentiators.witnesses import explained
from ..expressions import FormulaError, parse
from ..harness.record import Measurement, Record

TEXTBOOK = ("2*x*y + y + 3", {"x": 40.0, "y": 4.0})
MOST_STEPS = 40  # that are read with profit


def worked_example(records: Sequence[Record]) -> dict[str, Any]:
    """A walk of the tape with what the other backends say, in its dictionary form.

    The function is that of the records where they have one problem, a short formula of numbers; else the
    textbook's.

    >>> worked_example([])["value"]
    327.0
    """
    text, point = formula_of(records) or TEXTBOOK
    found = explained(parse(text, tuple(point)), *point.values(), names=list(point), title=text)
    return worked_example([]) if len(found.steps) > MOST_STEPS else found.as_dict()


def formula_of(records: Sequence[Record]) -> tuple[str, dict[str, float]] | None:
    """The one problem of the records and its point, where it is a formula in numbers."""
    rows = [row for row in records if isinstance(row, Measurement)]
    if not rows or len({row.problem for row in rows}) > 1 or not isinstance(rows[0].point, dict):
        return None
    text, point = rows[0].problem, rows[0].point
    if not all(isinstance(x, float) for x in point.values()):
        return None
    try:
        known = set(parse(text).variables) == set(point)
    except FormulaError:
        return None
    return (text, point) if known else None
