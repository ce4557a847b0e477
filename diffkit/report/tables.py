"""Records as tables: for the terminal, Markdown, CSV, HTML and JSON. Everything is read, nothing measured."""

import codecs
import csv
import io
import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from ..harness.record import Measurement, document
from ..harness.standing import as_rows, groups
from ..languages import Subject
from .advice import advice, recommended
from .columns import Column, all_columns, broad, heading, losses, narrow, outcome
from .costs import cost_lines, cost_markdown
from .growth import growth_lines
from .layout import GAP, clip, laid_out, paint, printable
from .lines import folded

__all__ = [
    "advice", "csv_text", "html_table", "json_text", "markdown_table", "recommended", "text_table",
]  # fmt: skip

words = Subject("tables")
EXPLAINED = ("cost", "x hand", "set-up", "break-even")  # columns whose meaning stands below


def legend(columns: Sequence[Column]) -> str:
    """What the columns mean."""
    meanings = [words(f"meaning of {c.key}") for c in columns if c.key in EXPLAINED]
    return "; ".join([words("double"), *meanings]) + "."


def text_table(
    rows: Sequence[Measurement],
    width: int = 80,
    wide: bool = False,
    color: bool = False,
    encoding: str = "utf-8",
) -> str:
    """The rows as text, grouped by problem, with a legend; every line at most `width` cells.

    wide: all columns, and lines as long as they must be. color: ANSI colours for headings and outcomes.
    encoding: that of the stream; what it cannot write is replaced, and unless it is UTF-8 marks are ASCII.

    >>> print(text_table([Measurement(problem="sin", backend="reverse", operator="derivative", status="ok",
    ...     value=0.5, digits=15.9, prepare_seconds=2e-5, execute_samples=[3e-6], primal_samples=[1e-6])]))
    sin: derivative
      backend  value or worst  digits  cost  set-up  outcome
      reverse  0.5               15.9  3.0x   20 us  ok
    16 digits is all a double has; cost: one call, in calls of f; set-up: once.
    """
    ellipsis = "…" if codecs.lookup(encoding).name.startswith("utf") else "..."
    limit = None if wide else width
    columns = all_columns(rows) if wide else narrow(rows)
    layout = laid_out(rows, columns, limit, ellipsis)
    lines: list[str] = []
    for group in groups(rows):
        lines += [paint(line, 1, color) for line in layout.folded(heading(group))]
        lines += [layout.title(), *(layout.row(row, color) for row in group), *layout.notes(group)]
        lines += [line for told in losses(group) for line in layout.folded(told, GAP)]
    lines += [clip(line, limit, ellipsis) for line in [*growth_lines(rows), *cost_lines(rows, limit)]]
    lines += folded(legend(columns), limit or 1_000_000)
    return "\n".join(lines).encode(encoding, "replace").decode(encoding)


def escape_markdown(text: str) -> str:
    """The text on one line, with what Markdown would take for its own marked as meant."""
    return re.sub(r"([\\`*_<>|]|(?<=\])\()", r"\\\1", printable(text))


def markdown_table(rows: Sequence[Measurement]) -> str:
    """The rows as a Markdown table for each problem, under its heading in bold, and the legend.

    Above them a table of costs in calls of the derivative written by hand, where several problems have one.

    >>> row = Measurement(problem="x**2", backend="zero", operator="derivative", status="wrong", value=0.0)
    >>> print(markdown_table([row]).splitlines()[0])
    **x\\*\\*2: derivative**
    """

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(map(escape_markdown, cells))} |"

    blocks, columns = cost_markdown(rows), broad(rows)
    for group in groups(rows):
        sides = "|".join(" ---: " if column.right else " --- " for column in columns)
        body = [line([column.text(row) for column in columns]) for row in group]
        title = f"**{escape_markdown(heading(group))}**"
        blocks.append("\n".join([title, "", line([column.title for column in columns]), f"|{sides}|", *body]))
        blocks += [escape_markdown(told) for told in losses(group)]
    return "\n\n".join([*blocks, legend(columns)]) + "\n"


def csv_text(rows: Sequence[Measurement]) -> str:
    """One line a row under a line of names: `as_rows`, with lists and objects as JSON and None as nothing.

    >>> row = Measurement(problem="sin", backend="zero", operator="derivative", status="wrong", value=0.0)
    >>> csv_text([row]).splitlines()[0][:32]
    'schema,problem,size,point,inputs'
    """
    return csv_lines(as_rows(rows))


def csv_lines(flat: Sequence[dict[str, Any]]) -> str:
    """Rows of equal names as CSV, with lists and objects as JSON and None as nothing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    for row in flat:
        writer.writerow({k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in row.items()})
    return text.getvalue()


def json_text(rows: Sequence[Measurement], command: str = "") -> str:
    """The document of schema, command, machine and rows that `--json` prints.

    >>> json.loads(json_text([], "compare sin"))["rows"]
    []
    """
    return json.dumps(document(command, as_rows(rows)), indent=2, allow_nan=False)


def html_table(rows: Sequence[Measurement]) -> str:
    """The rows as HTML that needs nothing else: a table for each problem, then the legend.

    >>> row = Measurement(problem="x<1", backend="zero", operator="derivative", status="ok", value=0.0)
    >>> "x&lt;1: derivative</caption>" in html_table([row])
    True
    """

    def cell(tag: str, text: str, column: Column, color: str = "inherit") -> str:
        side, wrap = "right" if column.right else "left", "normal" if column is columns[-1] else "nowrap"
        style = f"text-align:{side};white-space:{wrap};padding:1px 5px;color:{color}"
        return f'<{tag} style="{style}">{escape(text)}</{tag}>'

    def line(row: Measurement) -> str:
        color = {"ok": "inherit", "wrong": "#b00020"}.get(row.status, "#8a5a00")
        cells = [cell("td", column.text(row), column) for column in columns[:-1]]
        return f"<tr>{''.join(cells)}{cell('td', outcome(row), columns[-1], color)}</tr>"

    columns = broad(rows)
    titles = "".join(cell("th", column.title, column) for column in columns)
    caption = '<caption style="text-align:left;font-weight:bold;padding:6px 5px">'
    tables = [
        f'<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">'
        f"{caption}{escape(heading(group))}</caption><tr>{titles}</tr>{''.join(map(line, group))}</table>"
        + "".join(f'<p style="padding:0 5px">{escape(told)}</p>' for told in losses(group))
        for group in groups(rows)
    ]
    below = f'<p style="padding:0 5px">{escape(legend(columns))}</p>'
    return f'<div style="overflow-x:auto">{"".join(tables)}{below}</div>'
