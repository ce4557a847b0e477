"""One forward and one backward pass of a network as a lecture writes it down; read from a plain dict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..languages import Subject
from ..languages.widths import cells
from .columns import titles
from .lines import table, wrapped
from .numbers import six, three

Anatomy = dict[str, Any]
Layer = dict[str, Any]
words = Subject("training")

MOST = 6  # rows and entries of a matrix that are shown
MOST_PARAMETERS = 120  # that the update lists one by one


def anatomy_text(anatomy: Anatomy, width: int = 80) -> str:
    """Forward pass, backward pass and update of one sample as plain text, at most `width` columns."""
    layers = anatomy["layers"]
    units = "-".join(map(str, anatomy["units"]))
    lines = [
        words(
            "network", data=anatomy["data"], units=units, activation=anatomy["activation"],
            loss=anatomy["loss_name"], backend=anatomy["backend"],
        ),
        "", words("forward"), "",
    ]  # fmt: skip
    for k, layer in enumerate(layers, 1):
        lines += [*forward_lines(k, layer, anatomy["activation"], k == len(layers)), ""]
    lines += [words("loss for", loss=six(anatomy["loss"]), target=vector(anatomy["target"])), ""]
    lines += [words("backward"), ""]
    for k in range(len(layers), 0, -1):
        last = k == len(layers)
        lines += [*backward_lines(k, layers[k - 1], anatomy["activation"], last, anatomy["decay"]), ""]
    return "\n".join(
        part.rstrip()
        for line in [*lines, *update_lines(anatomy, width)]
        for part in ([line] if cells(line) <= width else wrapped(line, width))
    )


def forward_lines(k: int, layer: Layer, activation: str, last: bool) -> list[str]:
    """Inputs, weights, pre-activations with the first one worked out, activations."""
    before = f"a{k - 1}" if k > 1 else "x"
    n, m = len(layer["W"]), len(layer["b"])
    return [
        words("layer of", k=k, inputs=counted(n, "input"), units=counted(m, "unit")),
        f"  {before} = {vector(layer['input'])}",
        *matrix(f"  W{k} = ", layer["W"]),
        f"  b{k} = {vector(layer['b'])}",
        f"  z{k} = {before} W{k} + b{k} = {vector(layer['z'])}",
        f"    z{k}[0] = {worked_out(layer)}",
        f"  a{k} = z{k}{words('scores')}" if last else f"  a{k} = {activation}(z{k}) = {vector(layer['a'])}",
    ]


def worked_out(layer: Layer) -> str:
    """The first pre-activation as a sum of products."""
    terms = [f"{three(x)}*{three(row[0])}" for x, row in zip(layer["input"], layer["W"], strict=True)]
    shown = terms if len(terms) <= 3 else [*terms[:3], "..."]
    return f"{' + '.join([*shown, three(layer['b'][0])])} = {three(layer['z'][0])}".replace("+ -", "- ")


def backward_lines(k: int, layer: Layer, activation: str, last: bool, decay: float) -> list[str]:
    """What flows back to a layer, and the derivatives in its parameters."""
    before, penalty = f"a{k - 1}" if k > 1 else "x", f" + {decay:g} W{k}" if decay else ""
    arrives = [] if last else [f"  dL/da{k} = W{k + 1} dL/dz{k + 1} = {vector(layer['da'])}"]
    slope = "" if last else f"dL/da{k} * {activation}'(z{k}) = "
    return [
        words("layer", k=k),
        *arrives,
        f"  dL/dz{k} = {slope}{vector(layer['dz'])}",
        *matrix(f"  dL/dW{k} = {before} {words('outer')} dL/dz{k}{penalty} = ", layer["dW"]),
        f"  dL/db{k} = dL/dz{k} = {vector(layer['db'])}",
    ]


def update_lines(anatomy: Anatomy, width: int) -> list[str]:
    """Every parameter with its derivative and what it becomes; of many the first and the last."""
    rate, entries = anatomy["learning_rate"], anatomy["update"]
    plain = anatomy["optimizer"] == "sgd"
    key = "plain rule" if plain else "rule"
    rule = words("update", rule=words(key, rate=f"{rate:g}", optimizer=anatomy["optimizer"]))
    rows = [tuple(six(each[name]) if name != "name" else each[name] for name in NAMES) for each in entries]
    if len(rows) > MOST_PARAMETERS:
        half = MOST_PARAMETERS // 2
        rows = [*rows[:half], ("...", words("more", count=len(rows) - 2 * half), "", ""), *rows[-half:]]
    head = tuple(map(titles, ("parameter", "old", "derivative of L", "new")))
    ends = words("loss goes", before=six(anatomy["loss"]), after=six(anatomy["loss_after"]))
    return [rule, "", *table(head, rows, width), "", ends]


def counted(number: int, noun: str) -> str:
    """1 input, 2 inputs."""
    return words(noun if number == 1 else f"{noun}s", count=number)


NAMES = ("name", "value", "derivative", "new")


def vector(values: Sequence[Any]) -> str:
    """The first entries, and how many there are where not all are shown."""
    shown = ", ".join(map(three, values[:MOST]))
    return f"[{shown}]" if len(values) <= MOST else f"[{shown}, ...] ({len(values)})"


def matrix(title: str, rows: Sequence[Sequence[Any]]) -> list[str]:
    """The title and below it the first rows, aligned."""
    cells = [[three(x) for x in row[:MOST]] + ["..."] * (len(row) > MOST) for row in rows[:MOST]]
    wide = max(len(cell) for row in cells for cell in row)
    lines = [f"    [{'  '.join(cell.rjust(wide) for cell in row)}]" for row in cells]
    more = ["    " + words("rows more", rows=len(rows), columns=len(rows[0]))] if len(rows) > MOST else []
    return [title.rstrip(" "), *lines, *more]
