"""Rows as lines of a terminal: widths in cells, what does not fit is cut and marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from ..harness.record import Measurement
from ..languages.retelling import retold
from .columns import Column, outcome, statuses
from .lines import folded

COLOURS = {"ok": 32, "wrong": 31, "error": 31, "memory": 31, "timeout": 33, "unscored": 33, "unsupported": 33}
FAILED = {"unsupported", "timeout", "memory", "error"}
GAP = "  "
LONGEST_REASON = 400  # cells: a reason is a sentence or two, a message from elsewhere may be a page


def printable(text: str) -> str:
    """The text on one line, without control characters: a record may come from anywhere."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def clip(text: str, cells: int | None, ellipsis: str) -> str:
    """The text, if it takes more than `cells` cells of a terminal then cut and marked; None is no limit."""
    text = printable(text)
    if cells is None or cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - len(ellipsis))).rstrip() + ellipsis[:cells]


def paint(text: str, code: int, color: bool) -> str:
    """The text in an ANSI colour, or as it is."""
    return f"\x1b[{code}m{text}\x1b[0m" if color and text else text


@dataclass(frozen=True)
class Layout:
    """How rows become lines: columns and their widths, the last one free; `limit` cells a line, or None."""

    columns: Sequence[Column]
    widths: Sequence[int]
    limit: int | None
    ellipsis: str

    def left(self, cells: Sequence[str]) -> str:
        """Indented cells, each cut or padded to its column's width."""
        line = ""
        for cell, column, width in zip(cells, self.columns, self.widths, strict=False):
            text = clip(cell, width, self.ellipsis)
            padding = " " * (width - cell_len(text))
            line += GAP + (padding + text if column.right else text + padding)
        return line + GAP

    def title(self) -> str:
        """The line of titles."""
        *titles, last = [column.title for column in self.columns]
        return clip(self.left(titles) + last, self.limit, self.ellipsis)

    def start(self, row: Measurement) -> str:
        """The line of a row up to its outcome; a failure's stands in the place of the numbers it has not."""
        cells = [column.text(row) for column in self.columns[:-1]]
        return self.left(cells[:1] if self.limit and row.status in FAILED else cells)

    def holds(self, row: Measurement) -> bool:
        """Whether the whole outcome fits on the row's line."""
        whole = cell_len(self.start(row) + printable(outcome(row)))
        return self.limit is None or whole <= self.limit

    def row(self, row: Measurement, color: bool) -> str:
        """The line of a row; a reason that does not fit is left to the notes."""
        left = self.start(row)
        room = self.limit and max(0, self.limit - cell_len(left))
        line = clip(left, self.limit, self.ellipsis)
        end = clip(outcome(row) if self.holds(row) else statuses(row.status), room, self.ellipsis)
        return line + paint(end, COLOURS.get(row.status, 0), color)

    def notes(self, rows: Sequence[Measurement]) -> list[str]:
        """The reasons that did not fit on the rows' lines, each once, with the backends that it is about."""
        backends: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            if not self.holds(row):
                backends.setdefault((row.status, row.message or ""), []).append(row.backend)
        told = [
            f"{statuses(status)} ({', '.join(who)}): {retold(why)}" for (status, why), who in backends.items()
        ]
        notes = [clip(note, LONGEST_REASON, self.ellipsis) for note in told]
        return [line for note in notes for line in self.folded(note, GAP)]

    def folded(self, text: str, indent: str = "") -> list[str]:
        """The text in lines of at most `limit` cells, broken neither in brackets nor about an equals sign."""
        whole = re.sub(r" = |\[[^\[\]]*\]", lambda found: found[0].replace(" ", "\xa0"), printable(text))
        lines = folded(
            whole, self.limit or 1_000_000, initial_indent=indent, subsequent_indent=indent + 2 * GAP
        )
        return [clip(line.replace("\xa0", " "), self.limit, self.ellipsis) for line in lines]


def laid_out(
    rows: Sequence[Measurement], columns: Sequence[Column], limit: int | None, ellipsis: str
) -> Layout:
    """Columns as wide as their widest cell, where lines are limited not wider than their most."""

    def width(column: Column) -> int:
        shown = [row for row in rows if limit is None or column is columns[0] or row.status not in FAILED]
        widest = max(
            cell_len(text) for text in [column.title, *(printable(column.text(row)) for row in shown)]
        )
        return widest if limit is None else min(widest, max(column.most, cell_len(column.title)))

    return Layout(columns, [width(column) for column in columns[:-1]], limit, ellipsis)
