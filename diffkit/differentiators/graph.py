"""Derivatives of SymPy expressions accumulated over their graph instead of spelled out as one expression.

A common subexpression is a node, and so is every long sum and product. SymPy differentiates one node at a
time, in the nodes that it uses; the chain rule runs from the results back to the symbols, as on a tape. So
operations grow with the graph, not with the expression (Laue 2019, arXiv 1904.02990).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

LONG = 3  # a sum or product of more arguments is taken apart

Slope = Callable[[Any, Sequence[Any]], list[Any]]


@dataclass(frozen=True)
class Graph:
    """Nodes (symbol, expression) in order of evaluation, and the expressions of the results."""

    nodes: tuple[tuple[Any, Any], ...]
    outputs: tuple[Any, ...]

    def mapped(self, change: Callable[[Any], Any]) -> Graph:
        """The graph with every expression changed."""
        return Graph(tuple((x, change(e)) for x, e in self.nodes), tuple(map(change, self.outputs)))

    def live(self) -> Graph:
        """The graph without the nodes that no output needs."""
        needed, kept = set().union(*(e.free_symbols for e in self.outputs)), []
        for x, e in reversed(self.nodes):
            if x in needed:
                needed |= e.free_symbols
                kept.append((x, e))
        return Graph(tuple(reversed(kept)), self.outputs)

    @property
    def operations(self) -> int:
        """Operations of all nodes and outputs, as SymPy counts them."""
        return int(sum(sympy.count_ops(e) for e in [*(e for _, e in self.nodes), *self.outputs]))


def dummies() -> Iterator[Any]:
    while True:
        yield sympy.Dummy(real=True)


def shared(expressions: Sequence[Any]) -> Graph:
    """Expressions over their common subexpressions."""
    nodes, outputs = sympy.cse(expressions, symbols=dummies(), order="none")
    return Graph(tuple(nodes), tuple(outputs))


def taken_apart(graph: Graph) -> Graph:
    """The graph with a node for each term of a long sum and each partial product of a long product."""
    nodes: list[tuple[Any, Any]] = []
    for x, e in graph.nodes:
        nodes.append((x, apart(e, nodes)))
    outputs = tuple(apart(e, nodes) for e in graph.outputs)
    return Graph(tuple(nodes), outputs)


def apart(e: Any, nodes: list[tuple[Any, Any]]) -> Any:
    """The expression over new nodes, which are appended."""
    if e.is_Atom:
        return e
    args = [apart(arg, nodes) for arg in e.args]
    if e.is_Add and len(args) > LONG:
        return node(sympy.Add(*(term(arg, nodes) for arg in args)), nodes)
    if e.is_Mul and len(args) > LONG:
        factors = [arg if arg.is_number else node(arg, nodes) for arg in args]
        product = factors[0] * factors[1]
        for factor in factors[2:]:
            product = node(product, nodes) * factor
        return product
    return e if all(a is b for a, b in zip(args, e.args)) else e.func(*args)


def node(e: Any, nodes: list[tuple[Any, Any]]) -> Any:
    """A symbol that stands for the expression."""
    if e.is_Atom:
        return e
    nodes.append((sympy.Dummy(real=True), e))
    return nodes[-1][0]


def term(e: Any, nodes: list[tuple[Any, Any]]) -> Any:
    """A term of a sum as a node, its numerical factor outside."""
    number, rest = e.as_coeff_Mul()
    return number * node(rest, nodes)


def partials(e: Any, slope: Slope) -> dict[Any, Any]:
    """The derivative of one node in each symbol that it uses, a sum term by term."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for each in e.args if e.is_Add else [e]:
        xs = sorted(each.free_symbols, key=str)
        for x, p in zip(xs, slope(each, xs), strict=True):
            found[x].append(p)
    return {x: sympy.Add(*terms) for x, terms in found.items()}


def accumulated(graph: Graph, xs: Sequence[Any], slope: Slope) -> Graph:
    """The derivatives of every output in every x, output by output, behind the nodes of the graph.

    slope(e, symbols) gives the derivatives of one expression.
    """
    known = {e: x for x, e in graph.nodes}  # exp(x) is its own slope, and is there already

    def local(e: Any) -> dict[Any, Any]:
        return {x: p.xreplace(known) for x, p in partials(e, slope).items() if p != 0}

    slopes = {x: local(e) for x, e in graph.nodes}
    nodes, outputs = list(graph.nodes), []
    for y in graph.outputs:
        adjoints = swept(local(y), slopes, nodes)
        outputs += [sympy.Add(*adjoints[x]) for x in xs]
    return Graph(tuple(nodes), tuple(outputs)).live()


def swept(
    seed: dict[Any, Any], slopes: dict[Any, dict[Any, Any]], nodes: list[tuple[Any, Any]]
) -> dict[Any, list[Any]]:
    """The terms of every symbol's adjoint, from those of the output's; new nodes are appended."""
    adjoints: dict[Any, list[Any]] = defaultdict(list, {x: [p] for x, p in seed.items()})
    for y in reversed(slopes):
        if y in adjoints:
            w = node(sympy.Add(*adjoints[y]), nodes)
            for x, p in slopes[y].items():
                adjoints[x].append(w * p)
    return adjoints
