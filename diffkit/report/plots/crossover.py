"""`crossover`: which backend is the fastest for a Jacobian of n inputs by m results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...harness.record import Measurement
from ...harness.standing import CONTROLS
from ..lists import listed
from .palette import looks
from .rows import NotFed, Row, backends, words

FEWEST = 2  # different numbers of inputs, and of results
MODES = ("forward", "reverse")
TIE = "#9A9A9A"
Cells = dict[tuple[int, int], list[Row]]


def crossover_rows(records: Sequence[Measurement]) -> list[Row]:
    """Median seconds of a call and their quartiles, of every backend that is right, for each n and m."""
    newest = {
        (row.inputs, row.outputs, row.backend): row
        for row in records
        if row.inputs and row.outputs and row.status in ("ok", "unscored") and row.execute_samples
        if row.operator == "jacobian" and row.backend not in CONTROLS
    }
    rows = [
        {"inputs": n, "outputs": m, "problem": row.problem, "backend": backend, "seconds": middle,
         "low": low, "high": high}
        for (n, m, backend), row in sorted(newest.items())
        for low, middle, high in [np.quantile(row.execute_samples, (0.25, 0.5, 0.75)).tolist()]
    ]  # fmt: skip
    ns, ms = (len({row[name] for row in rows}) for name in ("inputs", "outputs"))
    if (
        min(ns, ms) < FEWEST or 2 * len(by_shape(rows, backends(rows))) < ns * ms + 1
    ):  # a few squares are no map
        raise NotFed(words("crossover needs"))
    return rows


def by_shape(rows: Sequence[Row], names: Sequence[str]) -> Cells:
    """The rows of these backends for each n and m."""
    found: Cells = {}
    for row in rows:
        if row["backend"] in names:
            found.setdefault((row["inputs"], row["outputs"]), []).append(row)
    return found


def fastest(rows: Sequence[Row]) -> list[Row]:
    """The fastest, and those whose quartiles reach its own: between them there is no winner."""
    best = min(rows, key=lambda row: row["seconds"])
    return sorted((row for row in rows if row["low"] <= best["high"]), key=lambda row: row["seconds"])


def wins(cells: Cells) -> str:
    """Who is clearly the fastest on how many of these shapes."""
    clear = [best[0]["backend"] for best in map(fastest, cells.values()) if len(best) == 1]
    counts = {name: clear.count(name) for name in clear}
    most = max(counts.values(), default=0)
    first = [name for name, number in counts.items() if number == most]
    names = listed(first) if first else words("nobody")
    return words("wins", backends=names, count=most or len(cells), all=len(cells))


def crossover_title(rows: Sequence[Row]) -> str:
    """Who wins on how many shapes; of the two modes by whether there are more results or more inputs."""
    told = words("clearly", wins=wins(by_shape(rows, backends(rows))))
    if not set(MODES) <= set(backends(rows)):
        return told
    modes = by_shape(rows, MODES)
    tall = {shape: cell for shape, cell in modes.items() if shape[1] > shape[0]}
    wide = {shape: cell for shape, cell in modes.items() if shape[0] > shape[1]}
    sides = [
        words(key, wins=wins(cells))
        for key, cells in (("more results", tall), ("more inputs", wide))
        if cells
    ]
    return words("of the modes", told=told, wins=listed(sides))


def draw_crossover(page: Any, rows: Sequence[Row]) -> None:
    """A map of all backends, and where there are more than two one of forward against reverse."""
    names = backends(rows)
    maps = {words("of all"): names}
    if set(MODES) < set(names):
        maps[words("of modes")] = list(MODES)
    ns, ms = (sorted({row[name] for row in rows}) for name in ("inputs", "outputs"))
    em = page.style.font / 72
    panels = page.panels(
        crossover_title(rows), len(maps), left=[f"{m:,}" for m in ms], top=1.6 * em, height=len(ms) * 3.1 * em
    )
    for (caption, chosen), axes in zip(maps.items(), panels):
        prepare(axes, ns, ms)
        for (n, m), cell in by_shape(rows, chosen).items():
            square(page, axes, ns.index(n), ms.index(m), cell)
        page.caption(axes, caption)


def prepare(axes: Any, ns: Sequence[int], ms: Sequence[int]) -> None:
    """Inputs to the right, results up, no lines."""
    axes.set(
        xlim=(-0.5, len(ns) - 0.5),
        ylim=(-0.5, len(ms) - 0.5),
        xlabel=words("inputs axis"),
        ylabel=words("results axis"),
    )
    axes.set_xticks(range(len(ns)), [f"{n:,}" for n in ns])
    axes.set_yticks(range(len(ms)), [f"{m:,}" for m in ms])
    axes.tick_params(length=0)
    axes.grid(False)


def square(page: Any, axes: Any, x: int, y: int, cell: Sequence[Row]) -> None:
    """The colour of the fastest, its name and how many times the next one takes; a tie is grey."""
    best = fastest(cell)
    tie = len(best) > 1
    rest = [row["seconds"] for row in cell if row not in best]
    names = [row["backend"] for row in best[:2]]
    if tie:
        more = words("tie") if len(best) == 2 else words("and more", count=len(best) - 2)
        lines = [*names, more] if rest else [words("tie")]
    else:
        ahead = f"{min(rest) / best[0]['seconds']:.2f}" if rest else ""
        lines = [*names, *([words("ahead", ratio=ahead)] if rest else [])]
    color = TIE if tie else looks(names)[names[0]].color
    axes.bar(x, 0.94, 0.96, y - 0.47, color=color, alpha=0.28, linewidth=0)
    axes.text(x, y, "\n".join(lines), ha="center", va="center", color="#222222", linespacing=1.2,
              fontsize=page.style.font * fitting(page, axes, lines))  # fmt: skip


def fitting(page: Any, axes: Any, lines: Sequence[str]) -> float:
    """The size in multiples of the font at which the lines fit into a square."""
    room = 0.88 * axes.get_window_extent().width / page.figure.dpi / (axes.get_xlim()[1] + 0.5)
    return min(0.78, room / max(map(page.width, lines)))
