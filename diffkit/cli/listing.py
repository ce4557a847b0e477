"""`diffkit list`: what there is, each table read from the place where it is defined."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..languages import Subject, speaking
from ..languages.widths import padded, widest
from ..report.lines import folded
from ..results.subjects import BadInput
from ..results.support import support_rows
from .console import RAN, say, width

Row = dict[str, Any]
words, messages = Subject("lists"), Subject("messages")


def list_command(what: str, as_json: bool) -> int:
    """Print one of the lists, as a table of the terminal's width or as JSON."""
    if what not in LISTS:
        raise BadInput(messages("no list", what=repr(what), lists=", ".join(LISTS)))
    with speaking("en" if as_json else None):  # what machines read is the same in every language
        rows = LISTS[what]()
    if as_json:
        say(json.dumps({"schema": "diffkit/1", "command": f"list {what}", "rows": rows}, indent=2))
    else:
        say("\n".join(lines(rows, width())))
    return RAN


def problems() -> list[Row]:
    """Problems with the suites they are in, what they are and what their size means."""
    from ..problems import CATALOGUE

    def about(problem: Any) -> str:
        return problem.summary + (f"; n = {problem.size} {problem.size_means}" if problem.size_means else "")

    return [
        {"name": p.name, "suites": " ".join(p.suites), "source": p.source, "about": about(p)}
        for p in CATALOGUE.values()
    ]


def backends() -> list[Row]:
    """Backends with their settings, and why one does not load."""
    from dataclasses import fields

    from ..differentiators import registry

    def about(name: str, summary: str) -> str:
        settings = ", ".join(f"{field.name}={field.default}" for field in fields(registry.load(name)))
        return words("settings", about=summary, settings=settings) if settings else summary

    return [
        {"name": name, "about": words("does not load", reason=reason) if reason else about(name, summary)}
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


def data() -> list[Row]:
    """Data to train on, with their sizes and what they are."""
    from ..training.data import DRAWN, REAL, load_data

    rows = []
    for name, source in (DRAWN | REAL).items():
        found = load_data(name)
        samples, features = found.X.shape
        about = " ".join((source.__doc__ or "").split())
        rows.append({
            "name": name, "samples": samples, "features": features, "classes": len(found.classes),
            "about": about,
        })  # fmt: skip
    return rows


def plots() -> list[Row]:
    """Kinds of figure with the command whose records feed each."""
    from ..report.plots import PLOTS

    return [{"name": plot.name, "about": f"{plot.summary}; {plot.command}"} for plot in PLOTS.values()]


LISTS: dict[str, Callable[[], list[Row]]] = {
    "problems": problems,
    "backends": backends,
    "functions": support_rows,
    "suites": suites,
    "plots": plots,
    "data": data,
}


ONLY_IN_JSON = {"source"}


def lines(rows: list[Row], columns: int) -> list[str]:
    """The rows under their titles; the last column is wrapped, so that nothing is cut."""
    titles = [title for title in rows[0] if title not in ONLY_IN_JSON]
    cells = [list(map(words, titles))] + [[str(row[title]) for title in titles] for row in rows]
    widths = [widest(row[i] for row in cells) for i in range(len(titles) - 1)]
    indent = " " * (sum(widths) + 2 * len(widths))
    found = []
    for row in cells:
        left = "".join(f"{padded(cell, width)}  " for cell, width in zip(row, widths))
        parts = folded(row[-1], max(columns - len(indent), 16)) or [""]
        found += [line.rstrip() for line in (left + parts[0], *(indent + part for part in parts[1:]))]
    return found
