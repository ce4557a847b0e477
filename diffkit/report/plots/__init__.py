"""Figures from records: `draw(kind, records)`. matplotlib is imported when the first one is drawn."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...harness.record import Measurement, Record
from ...languages import Subject
from ...training.record import Run, Step
from ..lists import listed
from . import accuracy, costs, crossover, outcomes, steps, training
from .rows import CannotPlot, NotFed, Row, without_sweeps, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PLOTS", "CannotPlot", "Plot", "draw", "save_plot"]

messages = Subject("messages")

SUFFIXES = ("png", "svg", "pdf")
STYLES = ("paper", "slides")
SUITE = ("diffkit compare", "diffkit.compare()")
SIZES = (
    "diffkit compare rosenbrock --sizes 2,10,100,1000",
    'diffkit.compare("rosenbrock", sizes=[2, 10, 100, 1000])',
)


@dataclass(frozen=True)
class Plot:
    """A kind of figure: its name, the command and the call that feed it, its rows, and how they are drawn."""

    name: str
    command: str
    call: str
    rows: Callable[[Sequence[Any]], list[Row]]
    draw: Callable[[Any, list[Row]], None]
    kinds: tuple[type[Record], ...] = (Measurement,)  # of records that it reads

    @property
    def summary(self) -> str:
        """What it shows."""
        return words(f"summary {self.name}")

    @property
    def feeder(self) -> str:
        """The command whose records it reads: compare or train."""
        return self.command.split()[1]


PLOTS = {
    plot.name: plot
    for plot in (
        Plot("outcomes", *SUITE, outcomes.outcome_rows, outcomes.draw_outcomes),
        Plot("precision", *SUITE, accuracy.precision_rows, accuracy.draw_precision),
        Plot("cost", *SIZES, costs.cost_rows, costs.draw_cost),
        Plot("breakeven", *SUITE, costs.breakeven_rows, costs.draw_breakeven),
        Plot("profile", *SUITE, costs.profile_rows, costs.draw_profile),
        Plot("ulps", *SUITE, accuracy.ulp_rows, accuracy.draw_ulps),
        Plot("samples", "diffkit compare rosenbrock --careful",
             'diffkit.compare("rosenbrock", effort="careful")', costs.sample_rows, costs.draw_samples),
        Plot("swell", "diffkit compare logistic_map --sizes 2,4,8,16",
             'diffkit.compare("logistic_map", sizes=[2, 4, 8, 16])', costs.swell_rows, costs.draw_swell),
        Plot("steps", 'diffkit compare "exp(x)" --at x=1 --sweep-step', 'diffkit.sweep_steps("exp(x)", 1.0)',
             steps.step_rows, steps.draw_steps),
        Plot("crossover", "diffkit compare --suite crossover --backends forward,reverse",
             'diffkit.compare(suite="crossover", backends="forward,reverse")',
             crossover.crossover_rows, crossover.draw_crossover),
        Plot("training", "diffkit train --data moons --layers 2,8,1 --backends all",
             'diffkit.train("moons", layers=(2, 8, 1), backends="all")',
             training.training_rows, training.draw_training, (Step, Run)),
    )
}  # fmt: skip


def draw(kind: str, records: Sequence[Record], style: str = "paper") -> Figure:
    """The figure of a kind, drawn from records alone; style is paper or slides.

    Raises CannotPlot, a ValueError, if there is no such kind or style, or if the records lack what it needs.

    >>> draw("outcoms", [])
    Traceback (most recent call last):
        ...
    diffkit.report.plots.rows.CannotPlot: There is no plot 'outcoms': did you mean outcomes?
    """
    try:
        return drawn(kind, records, style)[0]
    except NotFed as error:
        raise NotFed(words("in Python", told=error, call=named(kind).call)) from None


def drawn(kind: str, records: Sequence[Record], style: str) -> tuple[Any, list[Row]]:
    """The figure, and the rows that it was drawn from."""
    plot = named(kind)
    if style not in STYLES:
        raise CannotPlot(words("no style", style=repr(style), styles=listed(STYLES, "or")))
    mine = [record for record in records if isinstance(record, plot.kinds)]
    if not mine:
        raise NotFed(words("no records", command=plot.command))
    rows = plot.rows(mine if kind == "steps" else without_sweeps(mine) or mine)
    from . import canvas

    with canvas.settings(canvas.STYLES[style], {str(vars(each).get("problem")) for each in mine}):
        page = canvas.Page(canvas.STYLES[style], footer(mine))
        plot.draw(page, rows)
    return page.figure, rows


def finding(figure: Any) -> str:
    """What a figure says: its title, unfolded."""
    return " ".join(figure.texts[0].get_text().split())


def save_plot(kind: str, records: Sequence[Record], path: str | Path, style: str = "paper") -> Path:
    """Write the figure (.png, .svg, .pdf) and beside it, as .csv, what it was drawn from; returns the path.

    The same records give the same bytes. Raises CannotPlot as `draw` does and for another suffix or a folder
    that does not exist.
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in SUFFIXES:
        raise CannotPlot(words("no picture", path=path, suffixes=f".{', .'.join(SUFFIXES)}"))
    if not path.parent.is_dir():
        raise CannotPlot(messages("no folder", folder=path.parent, name=path.name))
    figure, rows = drawn(kind, records, style)
    from . import canvas

    canvas.write(figure, path, suffix)
    with open(path.with_suffix(".csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def named(kind: str) -> Plot:
    """The plot of that name; raises CannotPlot with the nearest one."""
    if kind not in PLOTS:
        near = get_close_matches(kind, PLOTS, 1)
        hint = words("did you mean", near=near[0]) if near else words("there are", kinds=listed(list(PLOTS)))
        raise CannotPlot(words("no plot", kind=repr(kind), hint=hint))
    return PLOTS[kind]


def footer(records: Sequence[Record]) -> str:
    """Seed, versions and machine, as the records tell them; of several runs all that differ."""

    def told(texts: list[str]) -> str:
        return listed(list(dict.fromkeys(text for text in texts if text)), "or")

    rows = [vars(record) for record in records if "machine" in vars(record)]
    drawn = [row.get("setup", row).get("seed") for row in rows]
    seeds = told([str(seed) for seed in drawn if seed is not None])
    packages = dict.fromkeys(name for row in rows for name in row["versions"])
    versions = [f"{name} {told([row['versions'].get(name, '') for row in rows])}" for name in packages]
    machine = told([str(row["machine"].get("cpu") or "") for row in rows])
    pythons = told([str(row["machine"].get("python") or "") for row in rows])
    parts = [
        words("seed", seed=seeds) if seeds else "",
        f"python {pythons}" if pythons else "",
        *versions,
        machine,
    ]
    return ", ".join(part for part in parts if part)
