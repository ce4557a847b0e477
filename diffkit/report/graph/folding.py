"""A graph too large to be read, with neighbouring operations folded into groups.

A group is a stretch of the tape, so groups have no cycle among them. Where to part the tape is chosen by
dynamic programming: few wires between groups, groups of like size. In a loop that is once a turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ...languages import Subject
from .vertices import Arc, Graph, Vertex

words = Subject("explain")

MOST = 60  # vertices that are drawn one by one
GROUPS = 20  # that a larger graph is folded into, about
INPUTS = 20  # inputs that are drawn one by one
STRETCH = 2.5  # how many times longer than the mean a group may be
UNEVEN = 3.0  # wires that a group costs whose length is twice the mean, or nothing
ATOMS = 2000  # places at which a tape may be parted; of a longer tape not every one


def folded(graph: Graph) -> Graph:
    """The graph with at most MOST vertices: constants go first, for they stand in the operations."""
    if len(graph.vertices) > MOST:
        graph = kept(graph, [v.kind != "constant" for v in graph.vertices])
    if len(graph.vertices) <= MOST:
        return graph
    inputs = [i for i, v in enumerate(graph.vertices) if v.kind != "operation"]
    operations = [i for i, v in enumerate(graph.vertices) if v.kind == "operation"]
    parts = [[i] for i in inputs] if len(inputs) <= INPUTS else [inputs]
    if len(operations) + len(parts) > MOST:
        parts += [operations[a:b] for a, b in stretches(operations, graph.arcs)]
    else:
        parts += [[i] for i in operations]
    return merged(graph, parts)


def kept(graph: Graph, keep: Sequence[bool]) -> Graph:
    """The graph with some vertices only."""
    place = {i: n for n, i in enumerate(i for i, stays in enumerate(keep) if stays)}
    arcs = (replace(arc, source=place[arc.source], target=place[arc.target])
            for arc in graph.arcs if arc.source in place and arc.target in place)  # fmt: skip
    return Graph(tuple(graph.vertices[i] for i in place), tuple(arcs))


def stretches(operations: Sequence[int], arcs: Sequence[Arc]) -> list[tuple[int, int]]:
    """Where the list of operations is parted: pairs of first and behind last."""
    place = {vertex: i for i, vertex in enumerate(operations)}
    n = len(operations)
    sources: list[list[int]] = [[] for _ in range(n)]
    last_use = list(range(n))
    for arc in arcs:
        if arc.target in place:
            sources[place[arc.target]].append(place.get(arc.source, -1 - arc.source))
            if arc.source in place:
                last_use[place[arc.source]] = max(last_use[place[arc.source]], place[arc.target])
    atom = -(-n // ATOMS)
    mean = max(n / GROUPS, 1.0)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * n
    for start in range(0, n, atom):
        if best[start][0] == float("inf"):
            continue
        outside: set[int] = set()
        leaving: Counter[int] = Counter()  # how many values made in here are last used at a place
        alive = 0
        for stop in range(start + 1, min(n, start + max(int(mean * STRETCH), atom)) + 1):
            i = stop - 1
            outside.update(x for x in sources[i] if x < start)
            alive -= leaving[i]
            if last_use[i] > i:
                alive, leaving[last_use[i]] = alive + 1, leaving[last_use[i]] + 1
            if stop % atom and stop < n:
                continue
            cost = best[start][0] + len(outside) + alive + UNEVEN * ((stop - start) / mean - 1) ** 2
            best[stop] = min(best[stop], (cost, start))
    cuts, stop = [], n
    while stop:
        cuts.append((best[stop][1], stop))
        stop = best[stop][1]
    return cuts[::-1]


def merged(graph: Graph, parts: Sequence[Sequence[int]]) -> Graph:
    """The graph with a vertex for each part; one arc between two parts, with its slope if both are single.

    An arc from or to a group tells how many values go along it.
    """
    part_of = {i: number for number, part in enumerate(parts) for i in part}
    leaving: dict[int, set[int]] = {}
    between: dict[tuple[int, int], dict[int, Arc]] = {}
    for arc in graph.arcs:
        source, target = part_of[arc.source], part_of[arc.target]
        if source != target:
            leaving.setdefault(source, set()).add(arc.source)
            between.setdefault((source, target), {})[arc.source] = arc
    arcs = []
    for (source, target), found in between.items():
        single = len(parts[source]) == 1 == len(parts[target])
        several = (words("values", count=len(found)),) if len(found) > 1 else ()
        arcs.append(Arc(source, target, next(iter(found.values())).slope if single else several, not single))
    vertices = tuple(
        graph.vertices[part[0]]
        if len(part) == 1
        else group([graph.vertices[i] for i in part], len(leaving.get(number, ())))
        for number, part in enumerate(parts)
    )
    return Graph(vertices, tuple(arcs))


def group(members: Sequence[Vertex], outputs: int) -> Vertex:
    """One vertex for several; it has a value where only one of theirs goes on, or is the result."""
    first, last = members[0], members[-1]
    alone = last.result or (outputs == 1 and last.kind == "operation")
    key = "operations" if last.kind == "operation" else "inputs"
    return Vertex(
        last.symbol, "group" if last.kind == "operation" else "input", words(key, count=len(members)),
        f"{first.symbol} … {last.symbol}", last.value if alone else "", last.adjoint if alone else "",
        last.forward, first.backward, last.result,
    )  # fmt: skip
