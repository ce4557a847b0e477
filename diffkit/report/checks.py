"""Checks of gradients as a table: a row for each claim, over all points."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from ..checking.record import Check
from ..languages import DEFAULT, spoken
from ..languages.retelling import retold
from .columns import titles
from .lines import padded, widest
from .units import count, tenths

TITLES = ("claim", "agree", "disagree", "cannot tell", "fewest digits")
COLUMNS = ("entry", "got", "expected", "tolerance", "digits")  # of the worst entries in a message
UNSUPPORTED = "unsupported"  # cause of a check whose backend does not take the function


def summary(checks: Sequence[Check]) -> str:
    """How many points agree, disagree and cannot be judged, and the fewest digits, for each claim.

    >>> one = Check(function="f", operator="gradient", claimed="g", verdict="agree", message="", digits=15.2)
    >>> print(summary([one, one]))
      claim  agree  disagree  cannot tell  fewest digits
      g          2         0            0           15.2
    """
    rows = [tuple(map(titles, TITLES)), *map(row, by_claim(checks).items())]
    widths = [max(cell_len(row[k]) for row in rows) for k in range(len(TITLES))]
    return "\n".join(
        "  ".join(["", *(padded(cell, widths[k], right=k > 0) for k, cell in enumerate(row))]).rstrip()
        for row in rows
    )


def by_claim(checks: Sequence[Check]) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in checks:
        found.setdefault(check.claimed.removeprefix("by "), []).append(check)
    return found


def row(item: tuple[str, list[Check]]) -> tuple[str, ...]:
    """Cells of one claim."""
    name, checks = item
    verdicts = [check.verdict for check in checks]
    known = [check.digits for check in checks if check.digits is not None]
    counts = (count(verdicts.count(verdict)) for verdict in TITLES[1:4])
    return name, *counts, tenths(min(known, default=None))


def failures(checks: Sequence[Check]) -> list[Check]:
    """The first check of each kind that did not agree: by claim, verdict and cause, the wrong ones first."""
    found: dict[tuple[str, str, str], Check] = {}
    for check in checks:
        if not check:
            found.setdefault((check.claimed, check.verdict, check.cause), check)
    return sorted(found.values(), key=lambda check: (check.exit_code, check.cause == UNSUPPORTED))


def told(check: Check) -> str:
    """The message of a check in the language that is spoken; the line to paste stays as it is.

    >>> print(told(Check(function="f", operator="gradient", verdict="agree", message="It agrees.")))
    It agrees.
    """
    if spoken() == DEFAULT:
        return check.message
    first, *below = check.message.split("\n")
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


def exit_code(checks: Sequence[Check]) -> int:
    """1 where one disagrees, else 3 where one cannot tell, else 0.

    A backend that does not take the function says nothing of its derivative; where none takes it, it is 3.

    >>> one = Check(function="f", operator="gradient", verdict="agree", message="")
    >>> exit_code([one]), exit_code([])
    (0, 3)
    """
    codes = {check.exit_code for check in checks if check.cause != UNSUPPORTED}
    return next((code for code in (1, 3, 0) if code in codes), 3)
