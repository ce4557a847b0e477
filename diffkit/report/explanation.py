"""The two passes of backpropagation as text and as HTML, from a walk in its dictionary form."""

from __future__ import annotations

import textwrap
from html import escape
from typing import Any

from .units import number

Walk = dict[str, Any]
Row = tuple[str, ...]
MOST = (12, 18, 24)  # columns for name, operation and value in a terminal of 80
WRITTEN_OUT = 12  # entries of a gradient that are all shown
SHOWN = 200  # steps that are printed; a longer walk is cut in the middle and says so


def explanation_text(walk: Walk, width: int = 80) -> str:
    """Both passes and the gradient as plain text, at most `width` columns wide (80 or more)."""
    head = [walk["title"], ""] if walk["title"] else []
    forward = table(("node", "operation", "value", "local slopes"), forward_rows(walk), width)
    backward = table(
        ("node", "adjoint", "sum of what flows back: adjoint * slope"), backward_rows(walk), width
    )
    return "\n".join(
        [*head, "Forward pass: every intermediate is kept", "", *forward, ""]
        + [f"Backward pass: adjoints, d {walk['result'] or 'result'} / d node", "", *backward, ""]
        + [piece for line in gradient_lines(walk) for piece in wrapped(line, width)]
    )


def forward_rows(walk: Walk) -> list[Row]:
    """Name, how it is made, value, local slopes; in the order of evaluation."""
    return [(step["symbol"], step["text"] or step["kind"], shown(step["value"], step["shape"]), slopes(step))
            for step in walk["steps"]]  # fmt: skip


def slopes(step: dict[str, Any]) -> str:
    known = [edge for edge in step["edges"] if edge["slope"] is not None]
    return ", ".join(f"{slope_in(edge['source'])} = {six(edge['slope'])}" for edge in known)


def slope_in(symbol: str) -> str:
    """d/dx, or d/d(...) for a name of several words."""
    return f"d/d({symbol})" if " " in symbol else f"d/d{symbol}"


def backward_rows(walk: Walk) -> list[Row]:
    """Name, adjoint, and the flows that add up to it; from the result back."""
    flows: dict[str, list[str]] = {}
    for step in walk["steps"]:
        for edge in step["edges"]:
            if edge["slope"] is not None:
                product = f"{six(step['adjoint'])} * {six(edge['slope'])} from {step['symbol']}"
            else:
                product = f"{shown(edge['flow'], None)} from {step['symbol']}"
            flows.setdefault(edge["source"], []).append(product)
    return [
        (
            step["symbol"],
            shown(step["adjoint"], step["shape"]),
            " + ".join(flows.get(step["symbol"], ["the seed"])),
        )
        for step in reversed(walk["steps"])
        if step["symbol"] in flows or step["symbol"] == walk["result"]
    ]


def gradient_lines(walk: Walk) -> list[str]:
    """The value and the derivative in every input and in every constant."""
    of = {kind: [step for step in walk["steps"] if step["kind"] == kind] for kind in ("input", "constant")}
    lines = [f"value = {number(walk['value'])}"]
    lines += [f"d/d{step['symbol']} = {exact(step['adjoint'], step['shape'])}" for step in of["input"]]
    constants = [
        f"d/d({step['symbol']}) = {shown(step['adjoint'], step['shape'])}" for step in of["constant"]
    ]
    return lines + (["and in the constants: " + ", ".join(constants)] if constants else [])


def exact(value: Any, shape: Any) -> str:
    """A number or a small array with all its entries, twelve digits each; a larger array in short."""
    if not isinstance(value, list):
        return number(value)
    if len([*entries(value)]) > WRITTEN_OUT:
        return shown(value, shape)
    return f"[{', '.join(exact(each, None) for each in value)}]"


def shown(value: Any, shape: Any) -> str:
    """A number, or the first entries of an array, with its shape unless it is shown whole."""
    if not isinstance(value, list):
        return six(value)
    flat = [*entries(value)]
    text = f"[{', '.join(map(three, flat[:2]))}{', ..' if len(flat) > 2 else ''}]"
    whole = len(flat) <= 2 and not any(isinstance(each, list) for each in value)
    return text if whole or shape is None else f"{text} {'x'.join(map(str, shape))}"


def three(amount: float | None) -> str:
    """Three digits, for entries of arrays."""
    return "nan" if amount is None else f"{amount + 0.0:.3g}"


def six(amount: float | None) -> str:
    """Six significant digits, and no negative zero.

    >>> six(1 / 3), six(-0.0), six(None)
    ('0.333333', '0', 'not finite')
    """
    return "not finite" if amount is None else f"{amount + 0.0:.6g}"


def entries(value: Any) -> Any:
    """The numbers of a nested list."""
    if isinstance(value, list):
        for each in value:
            yield from entries(each)
    else:
        yield value


def table(head: Row, rows: list[Row], width: int) -> list[str]:
    """Rows in columns; the last column is wrapped onto further lines where it does not fit."""
    if len(rows) > SHOWN:
        gap = ("...", f"{len(rows) - SHOWN} more", *[""] * (len(head) - 2))
        rows = [*rows[: SHOWN // 2], gap, *rows[-SHOWN // 2 :]]
    last = len(head) - 1
    longest = [max(len(row[i]) for row in [head, *rows]) for i in range(last)]
    widths = [min(n, most * width // 80) for n, most in zip(longest, MOST[-last:], strict=True)]
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


def explanation_html(walk: Walk) -> str:
    """The same as two HTML tables; every text of the user is escaped."""
    parts = [f"<h4>{escape(walk['title'])}</h4>"] if walk["title"] else []
    for title, head, rows in (
        ("Forward pass", ("node", "operation", "value", "local slopes"), forward_rows(walk)),
        ("Backward pass", ("node", "adjoint", "sum of what flows back"), backward_rows(walk)),
    ):
        cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        names = "".join(f"<th>{name}</th>" for name in head)
        parts.append(f"<p>{title}</p><table><tr>{names}</tr>{cells}</table>")
    return "".join(parts) + f"<p>{escape('; '.join(gradient_lines(walk)))}</p>"
