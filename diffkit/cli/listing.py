"""`diffkit list`: what there is, each table read from the place where it is defined."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..report.layout import clip
from ..results.subjects import BadInput
from ..results.support import support_rows
from .console import RAN, say, width

Row = dict[str, Any]


def list_command(what: str, as_json: bool) -> int:
    """Print one of the lists, as a table of the terminal's width or as JSON."""
    if what not in LISTS:
        raise BadInput(f"There is no list of {what!r}: ask for {', '.join(LISTS)}.")
    rows = LISTS[what]()
    if as_json:
        say(json.dumps({"schema": "diffkit/1", "command": f"list {what}", "rows": rows}, indent=2))
    else:
        say("\n".join(lines(rows, width())))
    return RAN


def problems() -> list[Row]:
    """Problems with what their size means, the suites they are in, a summary and their source."""
    from ..problems import CATALOGUE

    return [
        {
            "name": p.name,
            "suites": " ".join(p.suites),
            "summary": p.summary + (f"; n = {p.size} {p.size_means}" if p.size_means else ""),
            "source": p.source,
        }
        for p in CATALOGUE.values()
    ]


def backends() -> list[Row]:
    """Backends with their settings, and why one does not load."""
    from dataclasses import fields

    from ..differentiators import registry

    def settings(name: str) -> str:
        return ",".join(f"{field.name}={field.default}" for field in fields(registry.load(name)))

    return [
        {
            "name": name,
            "settings": "" if reason else settings(name),
            "summary": summary or f"not there: {reason}",
        }
        for name, summary, reason in registry.available()
    ]


def suites() -> list[Row]:
    """Suites with their problems and sizes."""
    from ..problems import SUITES, suite

    def member(problem: Any, size: int) -> str:
        return f"{problem.name} {size}" if problem.size_means else problem.name

    return [
        {
            "name": name,
            "problems": len(suite(name)),
            "members": ", ".join(member(*each) for each in suite(name)),
        }
        for name in SUITES
    ]


LISTS: dict[str, Callable[[], list[Row]]] = {
    "problems": problems,
    "backends": backends,
    "functions": support_rows,
    "suites": suites,
}


def lines(rows: list[Row], columns: int) -> list[str]:
    """The rows under their titles, cut at the width: --json has them whole."""
    titles = list(rows[0])
    cells = [titles] + [[str(row[title]) for title in titles] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(titles) - 1)]
    padded = ["  ".join([*(cell.ljust(n) for cell, n in zip(row, widths)), row[-1]]) for row in cells]
    return [clip(line.rstrip(), columns, "...") for line in padded]
