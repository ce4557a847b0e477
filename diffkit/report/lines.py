"""Rows in columns of a terminal, with the last column wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from ..languages.widths import cells, padded, widest

Row = tuple[str, ...]
MOST = (12, 18, 24)  # cells for the columns before the last, in a terminal of 80
FILLER = "\ue000"  # stands behind a letter that is two cells wide, for it counts as two
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
    longest = [widest(row[i] for row in [head, *rows]) for i in range(last)]
    caps = most or MOST[-last:]
    widths = [min(n, cap * width // 80) for n, cap in zip(longest, caps, strict=True)]
    room = max(width - sum(widths) - 2 * last - 2, 16)
    lines = []
    head = (*head[:-1], cut(head[-1], room))
    for row in [head, tuple("-" * n for n in [*widths, min(room, cells(head[-1]))]), *rows]:
        parts = wrapped(row[-1], room)
        lead = "  ".join(padded(cut(cell, n), n) for cell, n in zip(row[:-1], widths, strict=True))
        lines.append(f"  {lead}  {parts[0]}".rstrip())
        lines += [f"  {' ' * cells(lead)}  {part}".rstrip() for part in parts[1:]]
    return lines


def cut(text: str, room: int) -> str:
    """Text that fits, with its middle left out where it is too long."""
    if cells(text) <= room:
        return text
    half = room // 2
    return f"{beginning(text, half - 1)}..{beginning(text[::-1], room - half - 1)[::-1]}"


def beginning(text: str, room: int) -> str:
    """As many letters as fit."""
    while cells(text) > max(room, 0):
        text = text[:-1]
    return text


def folded(text: str, room: int, **options: Any) -> list[str]:
    """Lines of so many cells, broken at spaces; options: those of `textwrap.wrap`.

    >>> folded("값 값 값", 5)
    ['값 값', '값']
    """
    counted = "".join(letter + FILLER * (cells(letter) - 1) for letter in text)
    lines = textwrap.wrap(counted, room, break_on_hyphens=False, **options)
    return [line.replace(FILLER, "") for line in lines]


def wrapped(text: str, room: int) -> list[str]:
    """Text cut before its " + " and behind its ", ": no term is torn that fits on a line."""
    lines = [""]
    terms = text.replace(", ", ",\n").replace(" + ", "\n + ").split("\n")
    for term in [piece for whole in terms for piece in torn(whole, room)]:
        joined = lines[-1] + (" " if lines[-1].endswith(",") else "") + term
        if cells(joined) > room and lines[-1]:
            lines.append(term.lstrip())
        else:
            lines[-1] = joined
    return lines


def torn(term: str, room: int) -> list[str]:
    """A term, in pieces only if it does not fit on a line by itself."""
    if cells(term.strip()) <= room:
        return [term]
    return [f" {piece}" for piece in folded(term, room)]  # with its space it begins a line
