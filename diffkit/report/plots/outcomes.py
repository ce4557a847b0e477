"""`outcomes`: problems by backends, the digits as colour and number, failures as words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...harness.record import Measurement
from .palette import GREY, VERMILION, ink
from .rows import CannotPlot, Row, backends, cells, counted, listed, of

SCORED = ("ok", "wrong")
MOST_ROWS = 30  # problems in a column of the page


def outcome_rows(records: Sequence[Measurement]) -> list[Row]:
    """Status and digits of every backend on every problem."""
    return [
        {"problem": problem, "backend": row.backend, "status": row.status, "digits": row.digits}
        for problem, found in cells(records).items()
        for row in found.values()
    ]


def outcome_title(rows: Sequence[Row]) -> str:
    """Who is right on how many of the problems."""
    problems = len(dict.fromkeys(row["problem"] for row in rows))
    right = {name: len(of(rows, backend=name, status="ok")) for name in backends(rows)}
    best, worst = max(right.values()), min(right.values())
    if not best:
        raise CannotPlot("No backend came out right on any of the problems: there is nothing to rank.")
    first = listed([name for name, number in right.items() if number == best])
    if best == worst:
        return f"Every backend is right on {best} of {counted(problems, 'problem')}"
    last = listed([name for name, number in right.items() if number == worst])
    return f"Right on {best} of {counted(problems, 'problem')}: {first}; on {worst}: {last}"


def draw_outcomes(page: Any, rows: Sequence[Row]) -> None:
    """A square for every outcome."""
    problems, names = list(dict.fromkeys(row["problem"] for row in rows)), backends(rows)
    em = page.style.font / 72
    count = -(-len(problems) // MOST_ROWS)
    each = -(-len(problems) // count)
    panels = page.panels(
        outcome_title(rows), count, left=problems, right=["0" * 3],
        top=max(map(page.width, names)) * 0.75 + em, height=each * 1.75 * em, below=0.4 * em,
    )  # fmt: skip
    for i, axes in enumerate(panels):
        part = problems[i * each : (i + 1) * each]
        prepare(axes, part, names, each)
        for row in rows:
            if row["problem"] in part:
                square(page, axes, names.index(row["backend"]), part.index(row["problem"]), row)


def prepare(axes: Any, problems: Sequence[str], names: Sequence[str], height: int) -> None:
    """Names at the left and above, no lines."""
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(height - 0.5, -0.5))
    axes.set_yticks(range(len(problems)), problems)
    axes.set_xticks(range(len(names)), names, rotation=38, ha="left", rotation_mode="anchor")
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def square(page: Any, axes: Any, x: int, y: int, row: Row) -> None:
    """Blue the deeper the more digits; red with a frame where wrong; white with a word where nothing came."""
    digits, status = row["digits"], row["status"]
    text: str
    if status in SCORED and digits is not None:
        face = page.shade(digits / 17)
        text, color = f"{digits:.1f}", "white" if digits > 9 else "#222222"
    else:
        face, text, color = "#F4F4F4", status, "#555555"
    if status == "wrong":
        face, text, color = "#FBE3D6", f"{text} wrong" if digits is not None else "wrong", ink(VERMILION)
    edge = VERMILION if status == "wrong" else "white" if status == "ok" else GREY + "55"
    axes.bar(x, 0.92, 0.96, y - 0.46, color=face, edgecolor=edge, linewidth=page.style.font / 14)
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=page.style.font * 0.72)
