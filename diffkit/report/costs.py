"""The table of costs: a line a problem, a column a backend, in calls of the derivative written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from ..harness.record import Measurement
from ..harness.standing import CONTROLS, groups, standings
from ..languages import Subject
from ..languages.widths import padded, widest
from .columns import statuses, titles
from .units import multiple, seconds, tenths

words = Subject("tables")

FEWEST = 2  # problems: of one, the table above says the same


def cost_cells(rows: Sequence[Measurement]) -> list[list[str]]:
    """Titles; a line for each problem with a timed row `hand`; set-up and lost digits. Empty if too few.

    What did not work has its status in the place of the number.
    """
    stands = {id(row): each for row, each in zip(rows, standings(rows), strict=True)}
    lines = [{row.backend: row for row in group} for group in groups(rows)]
    lines = [line for line in lines if "hand" in line and line["hand"].execute_samples]
    if len(lines) < FEWEST:
        return []
    names = list(dict.fromkeys(name for line in lines for name in line if name not in CONTROLS))

    def cell(row: Measurement | None) -> str:
        if row is None or row.status not in ("ok", "unscored"):
            return "" if row is None else statuses(row.status)
        return multiple(stands[id(row)].hand_ratio)

    found = [["", "f", titles("hand"), *names]]
    for line in lines:
        hand = line["hand"]
        times = [seconds(hand.primal_seconds), seconds(hand.execute_seconds)]
        found.append([workload(hand), *times, *(cell(line.get(name)) for name in names)])
    for title, summary in SUMMARIES.items():
        each = [[line[name] for line in lines if name in line] for name in ("hand", *names)]
        found.append([titles(title), "", *map(summary, each)])
    return found


def workload(row: Measurement) -> str:
    """Problem and size."""
    return row.problem if row.size is None else f"{row.problem} {row.size:,}"


def set_up(of: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Measurement]], str]:
    def summary(rows: Sequence[Measurement]) -> str:
        times = [row.prepare_seconds for row in rows if row.prepare_seconds is not None]
        return seconds(of(times)) if times else ""

    return summary


def lost_digits(rows: Sequence[Measurement]) -> str:
    """By how much the worst row stays below the attainable digits."""
    lost = [
        max(0.0, row.attainable_digits - row.digits)
        for row in rows
        if row.attainable_digits is not None and row.digits is not None
    ]
    return tenths(max(lost, default=None))


SUMMARIES: dict[str, Callable[[Sequence[Measurement]], str]] = {
    "set-up, median": set_up(median),
    "set-up, longest": set_up(max),
    "digits lost, at most": lost_digits,
}


def cost_lines(rows: Sequence[Measurement], limit: int | None) -> list[str]:
    """The table of costs in lines of at most `limit` cells: what does not fit beside stands below."""
    cells = cost_cells(rows)
    lines = [words("by hand")] if cells else []
    for part in parts(cells, limit):
        widths = [widest(line[i] for line in part) for i in range(len(part[0]))]
        for name, *rest in part:
            texts = [padded(text, width, right=True) for text, width in zip(rest, widths[1:], strict=True)]
            lines.append("  ".join(["", padded(name, widths[0]), *texts]).rstrip())
    return lines


def parts(cells: list[list[str]], limit: int | None) -> Iterator[list[list[str]]]:
    """The columns in as many tables as it takes, each with the names of its lines."""
    widths = [widest(line[i] for line in cells) + 2 for i in range(len(cells[0]))] if cells else []
    start = 1
    while start < len(widths):
        end, used = start + 1, widths[0] + widths[start]
        while end < len(widths) and (limit is None or used + widths[end] <= limit):
            used += widths[end]
            end += 1
        yield [[line[0], *line[start:end]] for line in cells]
        start = end


def cost_markdown(rows: Sequence[Measurement]) -> list[str]:
    """The table of costs as one block of Markdown, or none."""
    cells = cost_cells(rows)
    if not cells:
        return []
    sides = "|" + "|".join([" --- ", *[" ---: "] * (len(cells[0]) - 1)]) + "|"
    first, *others = [f"| {' | '.join(line)} |" for line in cells]
    return ["\n".join([f"**{words('by hand')}**", "", first, sides, *others])]
