"""Rows in columns of a terminal, with the last column wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

Row = tuple[str, ...]
MOST = (12, 18, 24)  # cells for the columns before the last, in a terminal of 80
SHOWN = 200  # rows that are printed; a longer table is cut in the middle and says so


def table(
    head: Row, rows: Sequence[Row], width: int, most: Sequence[int] = (), more: str = "{count} more"
) -> list[str]:
    """Rows in columns; the last column is wrapped onto further lines where it does not fit.

    most: cells for each column but the last in a terminal of 80. more: what stands for the rows left out.
    """
    if len(rows) > SHOWN:
        gap = ("...", more.format(count=len(rows) - SHOWN), *[""] * (len(head) - 2))
        rows = [*rows[: SHOWN // 2], gap, *rows[-SHOWN // 2 :]]
    last = len(head) - 1
    longest = [max(len(row[i]) for row in [head, *rows]) for i in range(last)]
    caps = most or MOST[-last:]
    widths = [min(n, cap * width // 80) for n, cap in zip(longest, caps, strict=True)]
    room = max(width - sum(widths) - 2 * last - 2, 16)
    lines = []
    head = (*head[:-1], cut(head[-1], room))
    for row in [head, tuple("-" * n for n in [*widths, min(room, len(head[-1]))]), *rows]:
        parts = wrapped(row[-1], room)
        lead = "  ".join(cut(cell, n).ljust(n) for cell, n in zip(row[:-1], widths, strict=True))
        lines.append(f"  {lead}  {parts[0]}".rstrip())
        lines += [f"  {' ' * len(lead)}  {part}".rstrip() for part in parts[1:]]
    return lines


def cut(text: str, room: int) -> str:
    """Text that fits, with its middle left out where it is too long."""
    return (
        text
        if len(text) <= room
        else f"{text[: room // 2 - 1]}..{text[len(text) - (room - room // 2 - 1) :]}"
    )


def wrapped(text: str, room: int) -> list[str]:
    """Text cut before its " + " and behind its ", ": no term is torn that fits on a line."""
    lines = [""]
    terms = text.replace(", ", ",\n").replace(" + ", "\n + ").split("\n")
    for term in [piece for whole in terms for piece in torn(whole, room)]:
        joined = lines[-1] + (" " if lines[-1].endswith(",") else "") + term
        if len(joined) > room and lines[-1]:
            lines.append(term.lstrip())
        else:
            lines[-1] = joined
    return lines


def torn(term: str, room: int) -> list[str]:
    """A term, in pieces only if it does not fit on a line by itself."""
    if len(term.strip()) <= room:
        return [term]
    return [f" {piece}" for piece in textwrap.wrap(term, room)]  # with its space it begins a line
