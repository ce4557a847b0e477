"""The two passes one node at a time, each as a short text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..languages import Subject
from ..languages.widths import cells
from .explanation import Walk, backward_rows, labels, slopes
from .lines import wrapped
from .numbers import shown, six, times

words = Subject("explain")

CELLS = 40  # for the entries of an array
INDENT = 4


def step_texts(walk: Walk, width: int = 80) -> Iterator[str]:
    """A text for each node on the way forward, then for each on the way back.

    >>> from ..differentiators.walk import walk
    >>> print(list(step_texts(walk(lambda x: 3 * x, 2.0).as_dict()))[2])
    Forward, step 3 of 3
      v1 = 3 * x
         = 3 * 2
         = 6
      local slopes: d/d3 = 2, d/dx = 3
    """
    steps = walk["steps"]
    values = {step["symbol"]: step["value"] for step in steps}
    for number, step in enumerate(steps, 1):
        head = words("step forward", number=number, count=len(steps))
        yield "\n".join([head, *fitted(forward_lines(step, labels(walk), values), width)])
    rows = backward_rows(walk)
    for number, (node, adjoint, flows) in enumerate(rows, 1):
        head = words("step backward", number=number, count=len(rows))
        name = f"d {walk['result']} / d {node}"
        lines = [f"{name} = {flows}", f"{' ' * len(name)} = {adjoint}"]
        if flows == words("seed"):
            lines = [f"{name} = {adjoint}, {flows}"]
        yield "\n".join([head, *fitted(lines, width)])


def forward_lines(step: dict[str, Any], called: dict[str, str], values: dict[str, Any]) -> list[str]:
    """How a node comes about: as it is written, with numbers put in, and its value; then its slopes."""
    shape = f" ({times(step['shape'])})" if step["shape"] else ""
    name, value = step["label"] + shape, shown(step["value"], CELLS)
    if step["kind"] != "operation":
        given = f"{name} = {value}" if name != value else name
        return [f"{given}, {words(step['kind'])}"]
    forms = [step["text"], put_in(step, called, values), value]
    different = [form for i, form in enumerate(forms) if form and form not in forms[:i]]
    lines = [f"{name if i == 0 else ' ' * len(name)} = {form}" for i, form in enumerate(different)]
    found = slopes(step, called)
    return lines + ([f"{words('slopes')}: {found}"] if found else [])


def put_in(step: dict[str, Any], called: dict[str, str], values: dict[str, Any]) -> str:
    """The operation with the numbers in the place of names; nothing where an array is among them."""
    numbers = {called[edge["source"]]: values[edge["source"]] for edge in step["edges"]}
    if any(isinstance(x, list) for x in numbers.values()):
        return ""
    text = step["text"]
    names = sorted(numbers, key=len, reverse=True)
    pattern = "|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.(\[])" for name in names)
    return re.sub(pattern, lambda found: bracketed(numbers[found[0]]), text) if names else ""


def bracketed(number: float | None) -> str:
    """A number, a negative one in brackets."""
    return f"({six(number)})" if number is not None and number < 0 else six(number)


def fitted(lines: list[str], width: int) -> list[str]:
    """Lines indented, a long one wrapped."""
    found = []
    for line in lines:
        first, *more = wrapped(line.strip(), width - INDENT) if cells(line) > width - 2 else [line]
        found += [f"  {first}", *(" " * INDENT + piece for piece in more)]
    return found
