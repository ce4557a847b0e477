"""`steps`: the error of differences against their step, the valley between truncation and rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...harness.record import Measurement
from ..accuracy import relative_error, scheme_of
from ..columns import shortened
from .palette import Look, looks
from .rows import NotFed, Row, of, power, words

EXACT = 1e-17  # where an error of zero is drawn: below half an ulp of the value
TOP = 10.0  # errors above are not drawn: the difference says nothing there
COLORS = ("#D55E00", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#000000")  # of schemes, in their order


def step_rows(records: Sequence[Measurement]) -> list[Row]:
    """Step and relative error of each scheme on each problem; step None where a backend has none given.

    chosen: the one that it took then.
    """
    rows = [
        {"problem": row.problem, "backend": scheme_of(row) if step else row.backend, "step": step,
         "chosen": row.chosen_step, "error": error, "evaluations": row.evaluations}
        for row in records
        for step, error in [(row.settings.get("step"), relative_error(row))]
        if error is not None
    ]  # fmt: skip
    if len({row["step"] for row in rows if row["step"]}) < 2:
        raise NotFed(words("steps need"))
    swept = {row["problem"] for row in rows if row["step"]}
    return [row for row in rows if row["problem"] in swept]


def step_title(rows: Sequence[Row]) -> str:
    """Where the best step of each kind of simplest difference lies, and what shorter ones cost."""
    stepped = [row for row in rows if row["step"]]
    told = []
    for name in list(dict.fromkeys(row["backend"] for row in stepped))[:2]:
        best = min(of(stepped, backend=name), key=lambda row: row["error"])
        h, error = power(best["step"]), power(best["error"])
        told.append(words("best at", scheme=name, h=h, error=error))
    text = words("drown", told=", ".join(told))
    return text[0].upper() + text[1:]


def draw_steps(page: Any, rows: Sequence[Row]) -> None:
    """A line for each scheme, and level lines for backends that choose their step or need none."""
    problems = list(dict.fromkeys(row["problem"] for row in rows))
    schemes = list(dict.fromkeys(row["backend"] for row in rows if row["step"]))
    own = list(dict.fromkeys(row["backend"] for row in rows if not row["step"]))
    look = looks(own) | scheme_looks(schemes)
    panels = page.panels(
        step_title(rows), len(problems), left=["10⁻¹⁶"], right=[*schemes, *map(chosen, own)],
        top=1.6 * page.style.font / 72,
    )  # fmt: skip
    for problem, axes in zip(problems, panels):
        mine = of(rows, problem=problem)
        hs = sorted({row["step"] for row in mine if row["step"]})
        axes.set(
            xscale="log", yscale="log", xlim=(hs[0] / 2, hs[-1] * 2), ylim=(EXACT / 3, TOP * 3),
            xlabel=words("step axis"), ylabel=words("error axis"),
        )  # fmt: skip
        page.log_ticks(axes.xaxis)
        page.log_ticks(axes.yaxis)
        ends = valleys(page, axes, mine, schemes, look) + levels(page, axes, mine, hs, look)
        page.labels_right(axes, ends)
        page.caption(axes, shortened(problem, 44))


def valleys(page: Any, axes: Any, rows: Sequence[Row], schemes: Sequence[str], look: dict[str, Look]) -> list:
    """The lines of the schemes, and the labels at their ends."""
    ends = []
    for name in schemes:
        line = sorted((row for row in of(rows, backend=name) if row["step"]), key=lambda row: row["step"])
        if line:
            errors = [min(max(row["error"], EXACT), TOP) for row in line]
            page.line(axes, [row["step"] for row in line], errors, look[name])
            ends.append((line[-1]["step"], errors[-1], name, look[name].color))
    return ends


def levels(page: Any, axes: Any, rows: Sequence[Row], hs: Sequence[float], look: dict[str, Look]) -> list:
    """A level line for each backend without a given step, marked at the one that it chose."""
    ends = []
    for row in rows:
        if not row["step"]:
            name, error = row["backend"], max(row["error"], EXACT)
            axes.plot([hs[0], hs[-1]], [error, error], color=look[name].color, linestyle=look[name].dash)
            if row["chosen"] is not None:
                axes.plot([row["chosen"]], [error], color=look[name].color, marker=look[name].marker)
            ends.append((hs[-1], error, chosen(name), look[name].color))
    return ends


def chosen(name: str) -> str:
    """What the label of a level line says."""
    return words("own steps", backend=name) if name == "finite" else name


def scheme_looks(schemes: Sequence[str]) -> dict[str, Look]:
    """A colour and a marker for each scheme: they are one backend, which has one colour elsewhere."""
    markers = "s^oDvP"
    return {
        name: Look(COLORS[i % len(COLORS)], markers[i % len(markers)], "-") for i, name in enumerate(schemes)
    }
