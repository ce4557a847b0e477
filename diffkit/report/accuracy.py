"""What many records say of accuracy: how honest backends are, and how errors depend on steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean, median
from typing import Any

from ..harness.record import Measurement
from ..languages import Subject
from ..languages.widths import padded, widest
from .columns import entries, statuses, titles
from .units import count

words = Subject("tables")

CLOSE, WRONG, FAR = 1e-12, 1e-8, 10  # relative errors; and how many times its estimate a silent error exceeds
EXACT = (None, "exact")  # diagnoses of backends that estimate no error
MANY = 40  # problems that are summed up; from a hundred on in percent


def absolute_error(row: Measurement) -> float:
    """Distance of the value from the truth in the 2-norm; infinite where the value is not finite."""
    pairs = zip(entries(row.value), entries(row.truth), strict=False)
    gaps = [math.inf if a is None or b is None else a - b for (_, a), (_, b) in pairs]
    return math.hypot(*gaps)


def size_of_truth(row: Measurement) -> float:
    """The 2-norm of the truth, 1 where that is 0."""
    return math.hypot(*(x for _, x in entries(row.truth) if x is not None)) or 1.0


def relative_error(row: Measurement) -> float | None:
    """The error in the 2-norm, relative to the truth; None without a certified truth or a value.

    >>> rows = [Measurement(problem="p", backend="b", operator="derivative", status="ok", value=v, truth=2.0)
    ...     for v in (2.5, None)]
    >>> [relative_error(row) for row in rows]
    [0.25, None]
    """
    known = row.truth is not None and row.value is not None
    return absolute_error(row) / size_of_truth(row) if known else None


# How honest a backend is


def honesty(rows: Sequence[Measurement]) -> list[dict[str, Any]]:
    """A row for each backend over all its problems that have a certified truth.

    problems: their number. within, right, bounded, silent: shares of them, as the legend says; bounded is
    None where a backend estimates no error. not_finite: answers that are none, so nothing is silent about
    them. failed: problems without an answer. evaluations_mean, evaluations_median: None where not counted.
    """
    names = dict.fromkeys(row.backend for row in rows)
    return [of_backend(name, [row for row in rows if row.backend == name and scored(row)]) for name in names]


def scored(row: Measurement) -> bool:
    return row.truth is not None


def of_backend(name: str, rows: Sequence[Measurement]) -> dict[str, Any]:
    """The shares of one backend."""
    answered = [row for row in rows if row.status in ("ok", "wrong")]
    finite = [row for row in answered if row.value is not None]
    estimating = [row for row in finite if row.diagnosis not in EXACT or row.error_estimate is not None]
    counts = [row.evaluations for row in answered if row.evaluations]
    total = len(rows) or 1
    return {
        "backend": name, "problems": len(rows), "failed": len(rows) - len(answered),
        "not_finite": len(answered) - len(finite),
        "within": sum(map(close, finite)) / total,
        "right": sum(map(right, finite)) / total,
        "bounded": sum(map(bounded, finite)) / total if estimating else None,
        "silent": sum(map(silent, finite)) / total,
        "evaluations_mean": mean(counts) if counts else None,
        "evaluations_median": median(counts) if counts else None,
    }  # fmt: skip


def close(row: Measurement) -> bool:
    return absolute_error(row) <= CLOSE * size_of_truth(row)


def right(row: Measurement) -> bool:
    return absolute_error(row) <= WRONG * size_of_truth(row)


def estimate_of(row: Measurement) -> float:
    """The backend's own error bound: 0 of one that claims to be exact, infinite of one that knows none."""
    if row.error_estimate is None:
        return 0.0 if row.diagnosis in EXACT else math.inf
    return math.hypot(*(math.inf if bound is None else bound for _, bound in entries(row.error_estimate)))


def bounded(row: Measurement) -> bool:
    """Whether the error is within the estimate; the truth is told in doubles, so half an ulp is not seen."""
    return absolute_error(row) <= estimate_of(row) + math.ulp(size_of_truth(row)) / 2


def silent(row: Measurement) -> bool:
    error = absolute_error(row)
    return error > WRONG * size_of_truth(row) and error > FAR * estimate_of(row)


def honesty_table(rows: Sequence[Measurement]) -> str:
    """How many of the cases, in percent if they are a hundred; 80 columns, a line for each backend.

    >>> row = Measurement(problem="p", backend="finite", operator="derivative", status="ok", value=2.0,
    ...     truth=2.0, error_estimate=1e-14, diagnosis="ok", evaluations=29)
    >>> print(honesty_table([row]))
    backend  cases  1e-12  1e-8  bounded  silent  mean  median  none
    finite       1      1     1        1       0  29.0      29     0
    """
    names = ("backend", "cases", "1e-12", "1e-8", "bounded", "silent", "mean", "median", "none")
    return aligned([list(map(titles, names)), *map(honesty_line, honesty(rows))])


def honesty_line(found: dict[str, Any]) -> list[str]:
    cases = found["problems"]
    return [
        found["backend"], count(cases),
        *(among(found[name], cases) for name in ("within", "right", "bounded", "silent")),
        plain(found["evaluations_mean"], ".1f"), plain(found["evaluations_median"], ".0f"),
        count(found["failed"] + found["not_finite"]),
    ]  # fmt: skip


def among(share: float | None, cases: int) -> str:
    """How many of the cases a share is."""
    if share is None:
        return ""
    return f"{100 * share:.1f}%" if cases >= 100 else count(round(share * cases))


def are_many(rows: Sequence[Measurement]) -> bool:
    """Whether the rows are of so many problems that their accuracy is worth a summary."""
    return len(dict.fromkeys(row.problem for row in rows)) >= MANY


def plain(amount: float | None, form: str) -> str:
    return "" if amount is None else format(amount, form)


def aligned(cells: Sequence[Sequence[str]]) -> str:
    """Cells in columns, the first to the left."""
    widths = [widest(column) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(padded(cell, widths[i], right=i > 0) for i, cell in enumerate(row)).rstrip()
        for row in cells
    )


# Errors against steps


SATURATED = 0.1  # relative error above which a difference says nothing, and no slope is read off


@dataclass(frozen=True)
class Valley:
    """The errors of one scheme over its steps: the floor, its step, and the slopes on both sides of it.

    longer is the order of the scheme, shorter -1 where f is as smooth and as exact as its doubles.
    """

    floor: float | None = None
    step: float | None = None
    longer: float | None = None
    shorter: float | None = None


def valley_of(errors: Mapping[float, float | None]) -> Valley:
    """The valley of errors by step.

    >>> valley_of({1e-1: 1e-2, 1e-2: 1e-3, 1e-3: 1e-4, 1e-4: 1e-3, 1e-5: 1e-2})
    Valley(floor=0.0001, step=0.001, longer=1.0, shorter=-1.0)
    """
    known = {h: error for h, error in sorted(errors.items()) if error is not None}
    if not known:
        return Valley()
    step = min(known, key=known.__getitem__)
    told = {h: error for h, error in known.items() if 0 < error <= SATURATED}
    sides = [[h for h in told if h >= step][::-1], [h for h in told if h <= step]]
    longer, shorter = (slope(told, side if len(side) < 3 else side[:-1]) for side in sides)
    return Valley(known[step], step, longer, shorter)


def slope(errors: Mapping[float, float], steps: Sequence[float]) -> float | None:
    """The exponent of h in the errors at these steps, None for fewer than two.

    The median over all pairs of steps: one error that happens to be small does not move it (Theil and Sen).
    """
    points = [(math.log10(h), math.log10(errors[h])) for h in steps]
    pairs = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2)]
    return round(median(pairs), 2) if pairs else None


def valleys(rows: Sequence[Measurement]) -> dict[str, Valley]:
    """The valley of each scheme, from the rows with a step."""
    found: dict[str, dict[float, float | None]] = {}
    for row in rows:
        if h := row.settings.get("step"):
            found.setdefault(scheme_of(row), {})[h] = relative_error(row)
    return {name: valley_of(errors) for name, errors in found.items()}


def sweep_table(rows: Sequence[Measurement]) -> str:
    """Relative errors, a line for each step h, a column for each scheme; then the valley of each.

    Below them, the backends that choose their own step or need none.

    >>> def row(scheme, h, value):
    ...     return Measurement(problem="p", backend="finite", operator="derivative", status="ok", truth=2.0,
    ...         value=value, settings={"scheme": scheme, "order": 0, "step": h}, evaluations=2,
    ...         chosen_step=None if h else 0.05)
    >>> print(sweep_table([row("forward", 0.1, 2.1), row("forward", 0.01, 2.01), row("adaptive", 0, 2.0)]))
    h        forward
    0.1      5.0e-02
    0.01     5.0e-03
    floor    5.0e-03
    at h        0.01
    longer       1.0
    shorter        -
    <BLANKLINE>
    finite chooses the step 0.05: 0, evaluations: 2
    """
    stepped = [row for row in rows if row.settings.get("step")]
    found = valleys(rows)
    errors = {(row.settings["step"], scheme_of(row)): relative_error(row) for row in stepped}
    steps = dict.fromkeys(row.settings["step"] for row in stepped)
    lines = [[f"{h:.3g}", *(error_text(errors.get((h, name))) for name in found)] for h in steps]
    shown = (
        ("floor", lambda valley: error_text(valley.floor)),
        ("at h", lambda valley: plain(valley.step, ".3g") or "-"),
        ("longer", lambda valley: plain(valley.longer, ".1f") or "-"),
        ("shorter", lambda valley: plain(valley.shorter, ".1f") or "-"),
    )
    feet = [[words(name), *map(text, found.values())] for name, text in shown]
    table = aligned([["h", *found], *lines, *feet])
    own = [own_choice(row) for row in rows if not row.settings.get("step")]
    return "\n".join([table, "", *own]) if own else table


def scheme_of(row: Measurement) -> str:
    order = row.settings.get("order")
    return f"{row.settings['scheme']} {order}" if order else str(row.settings["scheme"])


def own_choice(row: Measurement) -> str:
    """What a backend without a given step reached."""
    key = "no step"
    if row.backend.startswith("finite"):
        key = "own step" if row.chosen_step else "own steps"
    error = relative_error(row)
    told = statuses(row.status) if error is None else error_text(error)
    if error is not None and row.evaluations:
        told = words("with evaluations", error=told, evaluations=row.evaluations)
    step = f"{row.chosen_step:.2g}" if row.chosen_step else ""
    return words(key, backend=row.backend, told=told, step=step)


def error_text(error: float | None) -> str:
    return "-" if error is None else f"{error:.1e}" if error else "0"
