"""The message of a check in another language: records hold it in English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..languages import DEFAULT, Subject, spoken
from ..languages.retelling import retold
from ..languages.widths import padded, widest

COLUMNS = ("entry", "got", "expected", "tolerance", "digits")  # of the worst entries
titles = Subject("columns")


def told(message: str) -> str:
    """A message in the language that is spoken; the line to paste stays as it is.

    >>> from ..languages import speaking
    >>> with speaking("ko"):
    ...     print(told("The gradient g of f agrees with the certified enclosure of f."))
    f의 기울기 g: 일치한다 (기준: f의 검증된 포함 구간).
    """
    if spoken() == DEFAULT:
        return message
    first, *below = message.split("\n")
    return "\n".join([retold(first), *tabled(below)])


def tabled(lines: Sequence[str]) -> list[str]:
    """The lines below the sentence: those of the table in columns as wide as their words are now."""
    rows = [re.split(r" {2,}", line.strip()) for line in lines]
    cells = [row for row in rows if len(row) == len(COLUMNS)]
    if cells:
        cells[0][:] = map(titles, COLUMNS)
    widths = [widest(column) for column in zip(*cells)]
    return [
        "  ".join(["", *(padded(cell, widths[k], right=k > 0) for k, cell in enumerate(row))]).rstrip()
        if row in cells
        else f"  {recounted(line.strip())}"
        for row, line in zip(rows, lines, strict=True)
    ]


def recounted(line: str) -> str:
    """A line below the table; what another method says stands behind its name."""
    name, colon, opinion = line.partition(": ")
    if colon and (who := retold(name)) != name:
        return f"{who}: {retold(opinion.removesuffix('.'))}."
    return retold(line)
