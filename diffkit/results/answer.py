"""The answer in front of the table: f, its value, its certified derivative, SymPy's formula if short."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..differentiators import registry
from ..differentiators.arguments import is_container
from ..differentiators.symbolic import PreparedSymbolic
from ..harness.record import Measurement, plain
from ..harness.targets import AsText, Target
from ..languages import Subject
from ..languages.retelling import retold
from ..languages.widths import padded, widest
from ..report.columns import shortened
from ..report.lines import folded
from ..report.units import brief, within

words = Subject("tables")

MOST_DIGITS = 50
MOST_ENTRIES = 4  # of a vector that is shown with all digits
LONGEST_FORMULA = 160  # characters, two lines
QUICK_SECONDS = 2.0  # a symbolic preparation that took longer is not repeated for its formula


def answer_text(target: Target, rows: Sequence[Measurement], columns: int = 80) -> str:
    """A few lines on one target, from its measured rows; names on the left, in one column.

    >>> from ..harness.targets import from_formula
    >>> row = Measurement(problem="x^2", backend="reverse", operator="derivative", status="ok",
    ...     point={"x": 3.0}, primal_value=9.0, truth=6.0, truth_width=0.0)
    >>> print(answer_text(from_formula("x^2", {"x": 3.0}), [row]))
    x^2 at x = 3
      f      = 9.0
      df/dx  = 6.0  (certified, exact)
    """
    pairs = [("f", shown(first(rows, "primal_value")))]
    truth = first(rows, "truth")
    names = active_names(target)
    if truth is None:
        pairs.append((", ".join(map(slope, names)), reason(rows)))
    else:
        parts = truth if isinstance(target.wrt, tuple) else [truth]
        known = certainty(first(rows, "truth_width"))
        pairs += [(slope(name), f"{shown(part)}  ({known})") for name, part in zip(names, parts)]
    formula = symbolic_formula(target, rows)
    if formula:
        pairs.append((words("symbolic"), formula))
    width = widest(name for name, _ in pairs) + 1
    lines = [heading(target), *(f"  {padded(name, width)} = {text}" for name, text in pairs)]
    return "\n".join(piece for line in lines for piece in folded(line, columns, subsequent_indent=" " * 6))


def heading(target: Target) -> str:
    """What the target is, and where."""
    text = target.function.text if isinstance(target.function, AsText) else target.name
    named = text if text == target.name else f"{target.name}: {text}"
    sized = f", n = {target.size}" if target.size else ""
    point = ", ".join(f"{name} = {coordinate(x)}" for name, x in target.point.items())
    return shortened(named, LONGEST_FORMULA) + sized + words("at", point=point)


def coordinate(x: Any) -> str:
    """A number so that it can be typed again, an array by its first entries."""
    if isinstance(x, float) and float(f"{x:.6g}") != x:
        return f"{x:.17g}"
    return shortened(within(plain(x), 3), 60)


def active_names(target: Target) -> list[str]:
    """The differentiated arguments, of several also the parts of containers, as the truth lists them."""
    names = list(target.point)
    if isinstance(target.wrt, int):
        return [names[target.wrt]]
    return [leaf for i in target.wrt for leaf in leaf_names(names[i], target.args[i])]


def leaf_names(name: str, x: Any) -> list[str]:
    """The names of the arrays in an argument, in the order in which a derivative is flattened.

    >>> leaf_names("p", {"b": 1.0, "W": [{"a": 2.0}, 3.0]})
    ["p['W'][0]['a']", "p['W'][1]", "p['b']"]
    """
    if not is_container(x):
        return [name]
    keys = sorted(x, key=repr) if isinstance(x, dict) else range(len(x))
    return [leaf for key in keys for leaf in leaf_names(f"{name}[{key!r}]", x[key])]


def slope(name: str) -> str:
    return f"df/d{name}"


def first(rows: Sequence[Measurement], name: str) -> Any:
    """What the rows of one target have in common, or None."""
    return next((value for row in rows if (value := getattr(row, name)) is not None), None)


def reason(rows: Sequence[Measurement]) -> str:
    """Why the derivative has no certified value."""
    told = (row.message for row in rows if row.status == "unscored" and row.message)
    return retold(next(told, words("not certified")))


def certainty(width: float | None) -> str:
    """How many digits are certain, from the relative width of the enclosure."""
    if not width:
        return words("certified exact" if width == 0 else "certified")
    return words("certified to", digits=min(MOST_DIGITS, math.floor(-math.log10(width))))


def shown(value: Any) -> str:
    """A number or a short vector with all its digits, a longer one by its first entries.

    >>> shown(1 / 3), shown([0.1, 2.0]), shown([1.0, 2.0, 3.0, 4.0, 5.0])
    ('0.3333333333333333', '[0.1, 2.0]', '[1, 2, 3, ... 5 in all]')
    """
    if value is None:
        return words("unknown")
    short = isinstance(value, list) and len(value) <= MOST_ENTRIES
    whole = isinstance(value, float) or (short and all(isinstance(entry, float) for entry in value))
    return repr(value) if whole else shortened(brief(value), 60)


def symbolic_formula(target: Target, rows: Sequence[Measurement]) -> str | None:
    """SymPy's derivative where it is short, and where it was found quickly when it was measured."""
    for row in rows:
        quick = row.prepare_seconds is not None and row.prepare_seconds < QUICK_SECONDS
        if row.backend == "symbolic" and row.status in ("ok", "unscored", "wrong") and quick:
            prepared = registry.backend(row.backend).prepare(target.function.load(), target.args, target.wrt)
            return prepared.formula(list(target.point)) if isinstance(prepared, PreparedSymbolic) else None
    return None
