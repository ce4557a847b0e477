"""Reads the nodes of a tape as the steps of a walk: what each is called, how it is written, its slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from ..calculus.rules import Row, shape_of
from ..interpreters.tape import Node, Tape
from .arguments import flatten, is_container, keys_of, paths_of
from .interface import finished, put, size_of
from .spelled import constant_text, entry_text, operation_text
from .walked import Edge, Step

LOCAL_ENTRIES = 16  # of a local Jacobian that is kept


class Flat:
    """f as a function of the leaves of its differentiated arguments, which become nodes, with their names."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        names: Sequence[str],
        wrt: Sequence[int] | None = None,
    ):
        self.f, self.args = f, args
        self.wrt = tuple(range(len(args))) if wrt is None else tuple(wrt)
        self.parts = {i: flatten(args[i], names[i]) for i in self.wrt}
        self.leaves = [leaf for each, _ in self.parts.values() for leaf in each]
        self.labels = [label for i in self.wrt for label in paths_of(args[i], names[i])]
        data = [(names[i], x) for i, x in enumerate(args) if i not in self.parts]
        self.data = {id(x): label for name, each in data for label, x in leaves_of(each, name)}

    def named(self) -> list[tuple[str, Any]]:
        return [*zip(self.labels, self.leaves, strict=True)]

    def rebuilt(self, xs: Sequence[Any]) -> tuple[Any, ...]:
        """The differentiated arguments with these leaves."""
        rest = iter(xs)
        return tuple(rebuild([next(rest) for _ in each]) for each, rebuild in self.parts.values())

    def __call__(self, *xs: Any) -> Any:
        return self.f(*put(self.args, self.wrt, self.rebuilt(xs)))


def leaves_of(x: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The parts of an argument that are no containers, as they are, with their names."""
    if not is_container(x):
        yield name, x
        return
    for key in keys_of(x):
        yield from leaves_of(x[key], f"{name}[{key!r}]")


def input_step(label: str, x: Any, adjoint: Any) -> Step:
    return Step(label, "input", "", "", shape_of(x), x, adjoint, (), label)


class Walker:
    """Reads the steps off a tape after the sweep; x[0] is one step, not a slice and a reshape."""

    def __init__(self, tape: Tape, y: Node, flat: Flat, adjoints: list[Any]):
        self.tape, self.y, self.adjoints, self.data = tape, y, adjoints, flat.data
        self.symbols = dict(enumerate(flat.labels))
        self.taken = {*flat.labels, *flat.data.values()}
        self.found: list[Step] = []
        self.entries = entry_picks(tape)

    def steps(self) -> tuple[str, tuple[Step, ...]]:
        operations = 0
        for node in self.tape.nodes[: self.y.position + 1]:
            if node.row is None:
                self.found.append(input_step(self.symbols[node.position], node.primal, self.adjoint(node)))
            elif node.position not in self.entries:
                operations += 1
                self.symbols[node.position] = self.free(f"v{operations}")
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
        values, symbol = node.values, self.symbols[node.position]
        for i, x in enumerate(node.xs):
            x, back = through if through is not None else x, Pull(node, i, source)
            flow = back(self.adjoint(node), 0) if row.active(i) else None
            word, name = self.words(x, values[i], flow, symbol)
            words.append(word)
            if flow is not None:
                slope, jacobian = local(node, values[i] if source is None else source.values[0], back)
                edges.append(Edge(name, slope, finished(flow), jacobian))
        index = source.params["index"] if source is not None else None
        text = (
            entry_text(words[0], index)
            if index is not None
            else operation_text(row, words, values, node.params)
        )
        return Step(symbol, "operation", row.name if index is None else "entry", text, shape_of(node.primal),
                    node.primal, self.adjoint(node), tuple(edges), symbol)  # fmt: skip

    def is_entry(self, node: Node) -> bool:
        first = node.xs[0]
        return type(first) is Node and first.tape is self.tape and first.position in self.entries

    def words(self, x: Any, value: Any, flow: Any, consumer: str) -> tuple[str, str]:
        """What an argument is called, and its symbol; a constant becomes a step of its own."""
        if type(x) is Node and x.tape is self.tape:
            return (self.symbols[x.position],) * 2
        adjoint = finished(np.zeros(shape_of(value)) if flow is None else flow)
        if id(value) in self.data:
            return (self.datum(self.data[id(value)], value, adjoint),) * 2
        label = constant_text(value)
        if flow is None and label:
            return label, ""
        if not label:
            label = symbol = self.free("c1")  # an array that f captures
        else:
            symbol = self.free(f"{label} in {consumer}") if label in self.taken else label
            self.taken.add(symbol)
        self.found.append(Step(symbol, "constant", "", "", shape_of(value), value, adjoint, (), label))
        return label, symbol

    def datum(self, name: str, value: Any, adjoint: Any) -> str:
        """An argument that is data: one step, however often it is used."""
        known = {step.symbol: i for i, step in enumerate(self.found)}
        if name in known:
            step = self.found[known[name]]
            self.found[known[name]] = replace(step, adjoint=step.adjoint + adjoint)
        else:
            self.found.append(Step(name, "data", "", "", shape_of(value), value, adjoint, (), name))
        return name

    def free(self, wanted: str) -> str:
        """The name, which ends with a number, or the next that nobody has: an input may be called v1."""
        stem = wanted.rstrip("0123456789")
        numbered = (f"{stem}{n}" for n in count(int(wanted[len(stem) :])))
        name = next(each for each in numbered if each not in self.taken)
        self.taken.add(name)
        return name


@dataclass(frozen=True)
class Pull:
    """Cotangents of a node -> of its argument i, or through the slice of which the node is the one entry."""

    node: Node
    i: int
    source: Node | None = None

    def __call__(self, w: Any, lead: int) -> Any:
        for node, i in [(self.node, self.i)] + ([(self.source, 0)] if self.source is not None else []):
            w = node.row.pull(i, w, node.primal, node.values, node.params, lead)  # type: ignore[union-attr]
        return w


def local(node: Node, value: Any, back: Pull) -> tuple[float | None, Any]:
    """The local slope of numbers, or the small local Jacobian where an array is among them."""
    m, n = size_of(node.primal), size_of(value)
    if shape_of(node.primal) == () == shape_of(value):
        return float(back(1.0, 0)), None
    if m * n > LOCAL_ENTRIES:
        return None, None
    rows = back(np.eye(m).reshape((m, *shape_of(node.primal))), 1)
    return None, np.reshape(rows, (m, n))


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
