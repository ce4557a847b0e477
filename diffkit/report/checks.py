"""Checks of gradients as a table: a row for each claim, over all points."""

from __future__ import annotations

from collections.abc import Sequence

from ..checking.record import Check
from ..languages.widths import padded, widest
from .columns import titles
from .units import count, tenths

TITLES = ("claim", "agree", "disagree", "cannot tell", "fewest digits")
UNSUPPORTED = "unsupported"  # cause of a check whose backend does not take the function


def summary(checks: Sequence[Check]) -> str:
    """How many points agree, disagree and cannot be judged, and the fewest digits, for each claim.

    >>> one = Check(function="f", operator="gradient", claimed="g", verdict="agree", message="", digits=15.2)
    >>> print(summary([one, one]))
      claim  agree  disagree  cannot tell  fewest digits
      g          2         0            0           15.2
    """
    rows = [tuple(map(titles, TITLES)), *map(row, by_claim(checks).items())]
    widths = [widest(row[k] for row in rows) for k in range(len(TITLES))]
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


def exit_code(checks: Sequence[Check]) -> int:
    """1 where one disagrees, else 3 where one cannot tell, else 0.

    A backend that does not take the function says nothing of its derivative; where none takes it, it is 3.

    >>> one = Check(function="f", operator="gradient", verdict="agree", message="")
    >>> exit_code([one]), exit_code([])
    (0, 3)
    """
    codes = {check.exit_code for check in checks if check.cause != UNSUPPORTED}
    return next((code for code in (1, 3, 0) if code in codes), 3)
