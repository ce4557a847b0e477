"""`outcomes`: problems by backends, the digits as colour and number, failures as words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...harness.record import Measurement
from ..columns import statuses
from ..lists import listed
from .palette import GREY, VERMILION, ink
from .rows import CannotPlot, Row, backends, cells, counted, of, ranked, words

SCORED = ("ok", "wrong")
MOST_ROWS = 30  # problems in a column of the page
MOST_PROBLEMS = 90  # that have squares of their own
SMALLEST = 0.55  # of the font, of the word wrong; else its frame says it alone
BANDS = ((15.0, "15 or more"), (12.0, "12 to 15"), (8.0, "8 to 12"), (0.0, "fewer"))
FAILURES = {
    "wrong": (VERMILION, "white"),
    "unscored": ("#E3E3E3", "#222222"),
    "unsupported": ("#BDBDBD", "#222222"),
    "timeout": ("#8C8C8C", "white"),
    "memory": ("#5E5E5E", "white"),
    "error": ("#222222", "white"),
}


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
    right = {name: len(of(rows, backend=name, status="ok")) for name in backends(ranked(rows))}
    best, worst = max(right.values()), min(right.values())
    if not best:
        raise CannotPlot(words("nothing right"))
    first = listed([name for name, number in right.items() if number == best])
    if best == worst:
        return words("every right", count=best, problems=counted(problems))
    last = listed([name for name, number in right.items() if number == worst])
    return words(
        "right", count=f"{best:,}", problems=counted(problems), backends=first, least=f"{worst:,}", worst=last
    )


def draw_outcomes(page: Any, rows: Sequence[Row]) -> None:
    """A square for every outcome; of more problems than can be read a bar for each backend."""
    if len({row["problem"] for row in rows}) > MOST_PROBLEMS:
        draw_shares(page, rows)
    else:
        draw_squares(page, rows)


def draw_shares(page: Any, rows: Sequence[Row]) -> None:
    """How many problems end how: a bar for each backend, parted by digits where right, and by status."""
    names, total = backends(rows), len({row["problem"] for row in rows})
    em = page.style.font / 72
    labels = sorted({label for name in names for label in endings(of(rows, backend=name))}, key=order_of)
    lines = key_lines(page, labels, page.style.width - max(map(page.width, names)) - 8 * em)
    top = (1.7 + 1.5 * len(lines)) * em
    (axes,) = page.panels(
        outcome_title(rows), left=names, top=top, height=len(names) * 2.4 * em, right=["000"]
    )
    axes.set(xlim=(0, total), ylim=(len(names) - 0.5, -0.5), xlabel=words("of", problems=counted(total)))
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    for i, name in enumerate(names):
        start = 0
        for label, number in endings(of(rows, backend=name)).items():
            face, text = paint(page, label)
            axes.barh(i, number, 0.74, start, color=face, edgecolor="white", linewidth=page.style.font / 14)
            if (
                page.width(f"{number} ", 0.78)
                < number / total * axes.get_position().width * page.figure.get_figwidth()
            ):
                axes.text(start + number / 2, i, f"{number:,}", ha="center", va="center", color=text,
                          fontsize=page.style.font * 0.78)  # fmt: skip
            start += number
    key(page, axes, lines)


def endings(rows: Sequence[Row]) -> dict[str, int]:
    """How many of the rows end so: with so many digits, else by their status; the best first."""
    labels = [band(row) for row in rows]
    order = [*(text for _, text in BANDS), *dict.fromkeys(labels)]
    return {label: labels.count(label) for label in dict.fromkeys(order) if label in labels}


def band(row: Row) -> str:
    """The digits of what is right as a range, or the status."""
    if row["status"] != "ok" or row["digits"] is None:
        return str(row["status"])
    return next(text for least, text in BANDS if row["digits"] >= least)


def paint(page: Any, label: str) -> tuple[str, str]:
    """The colours of an ending and of the number on it."""
    places = {text: least for least, text in BANDS}
    if label in places:
        return page.shade((places[label] + 2) / 17), "white" if places[label] > 7 else "#222222"
    return FAILURES.get(label, ("#CFCFCF", "#222222"))


def key_lines(page: Any, labels: Sequence[str], width: float) -> list[list[str]]:
    """The labels of the key in lines of so many inches."""
    lines: list[list[str]] = [[]]
    for label in labels:
        if lines[-1] and sum(key_width(page, each) for each in [*lines[-1], label]) > width:
            lines.append([])
        lines[-1].append(label)
    return lines


def key_width(page: Any, label: str) -> float:
    """The inches that a colour and its label take, and the room behind them."""
    return float(page.width(told(label), 0.8) + 2.7 * page.style.font / 72)


def key(page: Any, axes: Any, lines: Sequence[Sequence[str]]) -> None:
    """What the colours mean, above the bars."""
    em = page.style.font / 72
    width, height = (axes.get_position().size * page.figure.get_size_inches()).tolist()
    for i, line in enumerate(lines):
        x, y = 0.0, 1 + (1.1 + 1.5 * (len(lines) - 1 - i)) * em / height
        for label in line:
            axes.plot([x / width], [y], "s", color=paint(page, label)[0], transform=axes.transAxes,
                      clip_on=False, markersize=page.style.font * 0.8)  # fmt: skip
            axes.text((x + 0.9 * em) / width, y, told(label), transform=axes.transAxes, va="center",
                      fontsize=page.style.font * 0.8)  # fmt: skip
            x += key_width(page, label)


def told(label: str) -> str:
    """An ending in words."""
    return words(label) if label in dict(BANDS).values() else statuses(label)


def order_of(label: str) -> tuple[bool, float, str]:
    """Right ones first, the most digits before fewer."""
    places = {text: least for least, text in BANDS}
    return label not in places, -places.get(label, 0.0), label


def draw_squares(page: Any, rows: Sequence[Row]) -> None:
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
        face, text, color = "#F4F4F4", statuses(status), "#555555"
    room = 0.9 * axes.get_window_extent().width / page.figure.dpi / (axes.get_xlim()[1] + 0.5)
    if status == "wrong":
        whole = words("digits wrong", digits=text) if digits is not None else statuses(status)
        text = text if digits is not None and page.width(whole, SMALLEST) > room else whole
        face, color = "#FBE3D6", ink(VERMILION)
    edge = VERMILION if status == "wrong" else "white" if status == "ok" else GREY + "55"
    axes.bar(x, 0.92, 0.96, y - 0.46, color=face, edgecolor=edge, linewidth=page.style.font / 14)
    size = page.style.font * min(0.72, room / page.width(text))
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=size)
