"""One forward and one backward pass, node by node, read off the very tape that the backend `reverse` runs.

The computational graph: nodes are inputs, constants and operations, edges carry data forward and adjoints
back. Constants have adjoints too: the derivative with respect to the number written in the formula.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..calculus.rules import Row, shape_of
from ..calculus.spellings import plain
from ..interpreters.reverse import Node, Tape, backward, record
from .arguments import flatten, paths_of
from .interface import finished
from .reverse import one

SIGNS = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "power": "{} ** {}",
    "negative": "-{}",
    "square": "{}**2",
    "reciprocal": "1 / {}",
    "contract": "{} @ {}",
    "absolute": "abs({})",
    "permute": "{}.T",
}


@dataclass(frozen=True)
class Edge:
    """From a node to one of its arguments: the local slope, and what flows back along it.

    slope: the partial derivative of the node in this argument, a number; None for arrays.
    flow: adjoint of the node times the slope, shaped like the argument.
    """

    source: str
    slope: float | None
    flow: Any


@dataclass(frozen=True)
class Step:
    """A node: its name, how it is made, its value on the way forward, its adjoint from the way back."""

    symbol: str
    kind: str  # "input", "constant" or "operation"
    row: str  # name of the primitive, empty for inputs and constants
    text: str  # "v1 * y"
    shape: tuple[int, ...]
    value: Any
    adjoint: Any  # d result / d node, shaped like the value
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Walk:
    """The two passes of one function at one point; `steps` are in the order of evaluation."""

    title: str
    value: float
    result: str  # the symbol of the last node
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        """The walk as JSON types: what reports read."""
        return {"schema": "diffkit/1", "record": "walk", **plain_types(asdict(self))}


def plain_types(x: Any) -> Any:
    """Arrays and tuples as lists, NaN and infinity as None."""
    if isinstance(x, dict):
        return {key: plain_types(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_types(each) for each in x]
    if isinstance(x, (np.ndarray, np.generic)):
        return plain_types(x.tolist())
    return None if isinstance(x, float) and not np.isfinite(x) else x


def walk(f: Callable[..., Any], *args: Any, names: Sequence[str] | None = None, title: str = "") -> Walk:
    """Run f forward and back at args, every one of them differentiated, and note what happens at each node.

    names: of the arguments; by default the parameters of f. Raises NotScalar unless f returns one number.

    >>> z = walk(lambda x, y: 2 * x * y + y + 3, 40.0, 4.0)
    >>> z.value, {step.symbol: step.adjoint for step in z.steps if step.kind == "input"}
    (327.0, {'x': 8.0, 'y': 81.0})
    """
    names = list(names or argument_names(f, len(args)))
    flattened = [flatten(arg, name) for arg, name in zip(args, names, strict=True)]
    leaves = [leaf for each, _ in flattened for leaf in each]
    labels = [label for arg, name in zip(args, names, strict=True) for label in paths_of(arg, name)]

    def flat(*xs: Any) -> Any:
        rest = iter(xs)
        return f(*(rebuild([next(rest) for _ in each]) for each, rebuild in flattened))

    y, inputs, tape = record(flat, leaves, [True] * len(leaves))
    one(plain(y))
    if not (isinstance(y, Node) and y.tape is tape):
        steps = tuple(input_step(label, x, 0.0) for label, x in zip(labels, leaves, strict=True))
        return Walk(title, float(plain(y)), "", steps)
    adjoints = backward(y, 1.0, 0, inputs)
    return Walk(title, float(y.primal), *Walker(tape, y, labels, adjoints).steps())


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Names of the first `count` positional parameters, or x0, x1, ..."""
    names = list(getattr(f, "variables", ()))
    if not names:
        try:
            parameters = inspect.signature(f).parameters.values()
        except ValueError:
            parameters = ()  # type: ignore[assignment]
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names[:count] if len(names) >= count else [f"x{i}" for i in range(count)]


def input_step(label: str, x: Any, adjoint: Any) -> Step:
    return Step(label, "input", "", "", shape_of(x), x, adjoint)


class Walker:
    """Reads the steps off a tape after the sweep; x[0] is one step, not a slice and a reshape."""

    def __init__(self, tape: Tape, y: Node, labels: Sequence[str], adjoints: list[Any]):
        self.tape, self.y, self.adjoints = tape, y, adjoints
        self.symbols = dict(enumerate(labels))
        self.found: list[Step] = []
        self.entries = entry_picks(tape)

    def steps(self) -> tuple[str, tuple[Step, ...]]:
        operations = 0
        for node in self.tape.nodes[: self.y.position + 1]:
            if node.row is None:
                self.found.append(input_step(self.symbols[node.position], node.primal, self.adjoint(node)))
            elif node.position not in self.entries:
                operations += 1
                self.symbols[node.position] = f"v{operations}"
                self.found.append(self.operation(node))
        return self.symbols[self.y.position], tuple(self.found)

    def adjoint(self, node: Node) -> Any:
        value = self.adjoints[node.position]
        return finished(np.zeros(shape_of(node.primal)) if value is None else value)

    def operation(self, node: Node) -> Step:
        """The step of one operation, after the steps of the constants that it uses."""
        edges, words = [], []
        source = self.tape.nodes[node.xs[0].position] if self.is_entry(node) else None
        through = source.xs[0] if source is not None else None
        row: Row = node.row  # type: ignore[assignment]
        values, w = node.values, self.adjoint(node)
        for i, x in enumerate(node.xs):
            slope = row.pull(i, 1.0, node.primal, values, node.params, 0) if self.scalar(node, x, i) else None
            flow = row.pull(i, w, node.primal, values, node.params, 0) if row.active(i) else None
            if through is not None:
                flow = source.row.pull(0, flow, source.primal, source.values, source.params, 0)  # type: ignore[union-attr]
                x = through
            symbol = self.symbol(x, values[i], flow, slope, self.symbols[node.position], i)
            words.append(symbol)
            if flow is not None:
                edges.append(Edge(symbol, None if slope is None else float(slope), finished(flow)))
        index = source.params["index"] if source is not None else None
        text = entry_text(words[0], index) if index is not None else operation_text(row, words, node.params)
        symbol = self.symbols[node.position]
        return Step(symbol, "operation", row.name if index is None else "entry", text, shape_of(node.primal),
                    node.primal, w, tuple(edges))  # fmt: skip

    def is_entry(self, node: Node) -> bool:
        first = node.xs[0]
        return type(first) is Node and first.tape is self.tape and first.position in self.entries

    def scalar(self, node: Node, x: Any, i: int) -> bool:
        return node.row.active(i) and shape_of(node.primal) == () and shape_of(x) == ()  # type: ignore[union-attr]

    def symbol(self, x: Any, value: Any, flow: Any, slope: Any, consumer: str, i: int) -> str:
        """The name of an argument; a constant becomes a step of its own."""
        if type(x) is Node and x.tape is self.tape:
            return self.symbols[x.position]
        text = f"{value:g}" if shape_of(value) == () and not isinstance(value, bool) else "constant"
        taken = {step.symbol for step in self.found}
        name = text if text not in taken else f"{text} in {consumer}"
        adjoint = finished(np.zeros(shape_of(value)) if flow is None else flow)
        self.found.append(Step(name, "constant", "", "", shape_of(value), value, adjoint))
        return name


def entry_picks(tape: Tape) -> set[int]:
    """Positions of slices of one entry whose only use is to be reshaped to a number: x[0] in two rows."""
    uses: dict[int, list[Node]] = {}
    for node in tape.nodes:
        for x in node.xs:
            if type(x) is Node and x.tape is tape:
                uses.setdefault(x.position, []).append(node)
    return {
        position
        for position, users in uses.items()
        if (row := tape.nodes[position].row) is not None
        and row.name == "pick"
        and [user.row.name for user in users if user.row] == ["reshape"]
        and users[0].params["shape"] == ()
    }


def entry_text(name: str, index: tuple[slice, ...]) -> str:
    return f"{name}[{', '.join(str(each.start) for each in index)}]"


def slice_text(index: tuple[slice, ...]) -> str:
    """Slices as they are written."""

    def word(each: slice) -> str:
        text = f"{'' if each.start is None else each.start}:{'' if each.stop is None else each.stop}"
        return text if each.step is None else f"{text}:{each.step}"

    return ", ".join(map(word, index))


def operation_text(row: Row, words: Sequence[str], params: dict[str, Any]) -> str:
    """An operation as one would write it, such as "v1 * y" or "sum(v3, axes=(0,))"."""
    if row.name in SIGNS:
        return SIGNS[row.name].format(*words)
    if row.name == "pick":
        return f"{words[0]}[{slice_text(params['index'])}]"
    shown = [f"{key}={value}" for key, value in params.items() if key in ("axes", "axis", "shape")]
    return f"{row.name}({', '.join([*words, *shown])})"
