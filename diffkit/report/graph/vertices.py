"""From a walk to what is drawn: vertices with their texts, and arcs with their local slopes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...languages import Subject
from ..explanation import between_numbers
from ..lines import cut
from ..numbers import entries, matrix, times

Walk = dict[str, Any]
words = Subject("numbers")

LONGEST = 28  # letters of an operation that are shown
WHOLE = 3  # entries of a vector that are shown, of a longer one its smallest and largest
ROWS, COLUMNS = 3, 3  # of a local Jacobian that is written on an arc
PRETTY = {" * ": " × ", "**2": "²", " - ": " − ", "(-": "(−"}


@dataclass(frozen=True)
class Vertex:
    """A node of the picture.

    caption: its name and shape, above its text. value stands above, adjoint below. forward, backward: when it
    is computed on the way forward, and when its adjoint is complete on the way back, counted from 0.
    """

    symbol: str
    kind: str  # "input", "data", "constant", "operation" or "group"
    text: str
    caption: str
    value: str
    adjoint: str
    forward: int
    backward: int
    result: bool = False


@dataclass(frozen=True)
class Arc:
    """From a vertex to one that uses it, by their places, with the local slope in lines.

    many: whether it stands for several values of a group, and the text is how many.
    """

    source: int
    target: int
    slope: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class Graph:
    """What is drawn of a walk."""

    vertices: tuple[Vertex, ...]
    arcs: tuple[Arc, ...]

    @property
    def arrays(self) -> bool:
        """Whether the entries of some value are told by the smallest and the largest."""
        return any(" .. " in vertex.value + vertex.adjoint for vertex in self.vertices)


def graph_of(walk: Walk) -> Graph:
    """The inputs, and the nodes that the result needs, with their arcs and slopes.

    >>> from ...differentiators.walk import walk
    >>> graph = graph_of(walk(lambda x, y: x * y, 3.0, 2.0).as_dict())
    >>> [(vertex.text, vertex.value, vertex.adjoint) for vertex in graph.vertices]
    [('x', '3', '2'), ('y', '2', '3'), ('x × y', '6', '1')]
    """
    needed = {walk["result"]}
    for step in reversed(walk["steps"]):
        if step["symbol"] in needed:
            needed.update(edge["source"] for edge in step["edges"])
    steps = [step for step in walk["steps"] if step["kind"] == "input" or step["symbol"] in needed]
    place = {step["symbol"]: i for i, step in enumerate(steps)}
    vertices = tuple(vertex(step, i, len(steps), walk["result"]) for i, step in enumerate(steps))
    arcs = [
        Arc(place[edge["source"]], place[step["symbol"]], slope_lines(step, edge))
        for step in steps
        for edge in step["edges"]
    ]
    return Graph(vertices, joined(arcs))


def joined(arcs: Sequence[Arc]) -> tuple[Arc, ...]:
    """The arcs with those of x * x as one, which has both slopes."""
    found: dict[tuple[int, int], Arc] = {}
    for arc in arcs:
        key = arc.source, arc.target
        if key in found and len(arc.slope) == 1 == len(found[key].slope):
            both = f"{found[key].slope[0]} + {arc.slope[0]}".replace("+ −", "− ")
            found[key] = replace(arc, slope=(both,))
        else:
            found.setdefault(key, arc)
    return tuple(found.values())


def vertex(step: dict[str, Any], place: int, count: int, result: str) -> Vertex:
    operation = step["kind"] == "operation"
    text = pretty(cut(step["text"] if operation else step["label"].strip("()"), LONGEST))
    shape = f"({times(step['shape'])})" if step["shape"] else ""
    caption = " ".join(filter(None, [step["label"] if operation else "", shape]))
    value = "" if step["kind"] == "constant" and not step["shape"] else amount(step["value"])
    return Vertex(
        step["symbol"], step["kind"], text, pretty(caption), value,
        amount(step["adjoint"]), place, count - 1 - place, step["symbol"] == result,
    )  # fmt: skip


def pretty(text: str) -> str:
    """An operation as it is typeset.

    >>> pretty("v1 * v2**2"), pretty("-v3"), pretty("v7 ** (-1.5)")
    ('v1 × v2²', '−v3', 'v7^(−1.5)')
    """
    for plain, typeset in PRETTY.items():
        text = text.replace(plain, typeset)
    text = re.sub(r"(?<=\d)x(?=\d)", "×", text.replace(" ** ", "^"))
    return f"−{text[1:]}" if text.startswith("-") else text


def amount(value: Any) -> str:
    """A number, a short vector, or the smallest and the largest entry.

    >>> amount(-0.19661), amount([1.0, 2.5]), amount([[1.0] * 4, [-3.0] * 4]), amount(None)
    ('−0.1966', '[1, 2.5]', '−3 .. 1', 'not finite')
    """
    if not isinstance(value, list):
        return four(value)
    numbers = list(entries(value))
    if len(numbers) <= WHOLE and not any(isinstance(each, list) for each in value):
        return f"[{', '.join(map(four, numbers))}]"
    known = [x for x in numbers if x is not None]
    if not known:
        return four(None)
    low, high = min(known), max(known)
    if low == high:
        return four(low)
    ends = four(low, 3), four(high, 3)
    return ends[0] if ends[0] == ends[1] else " .. ".join(ends)


def four(number: float | None, digits: int = 4) -> str:
    """Four significant digits, or so many, with a minus as it is typeset.

    >>> four(1 / 3), four(-1e-9), four(120960.0)
    ('0.3333', '−1e−09', '120960')
    """
    if number is None:
        return words("not finite")
    whole = number == int(number) if abs(number) < 1e7 else False
    return (f"{int(number)}" if whole else f"{number:.{digits}g}").replace("-", "−")


def slope_lines(step: dict[str, Any], edge: dict[str, Any]) -> tuple[str, ...]:
    """A local slope, or a small local Jacobian row by row; nothing where it is large."""
    rows = edge["jacobian"]
    if rows is None:
        return (four(edge["slope"]),) if between_numbers(step, edge) else ()
    text = matrix(rows)
    if not text.startswith("[["):
        return (text.replace("-", "−"),) if len(text) <= LONGEST else ()
    if len(rows) > ROWS or len(rows[0]) > COLUMNS:
        return ()
    return tuple(f"[{'  '.join(map(four, row))}]" for row in rows)
