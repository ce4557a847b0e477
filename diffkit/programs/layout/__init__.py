"""A graph placed as a picture: pure geometry. Who draws brings the sizes, and knows what the nodes mean.

    sizes, links -> columns.py (layers) -> ordering.py (few crossings) -> heights.py (straight links)
                 -> routes.py (wires) -> wrapping.py (a long picture in rows, as text is)

No Graphviz is needed. Coordinates grow to the right and down, in the units of the sizes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .columns import Columns, Link, Size, columns, ranks
from .heights import heights
from .ordering import Order, crossings, ordered
from .routes import Point, Router, Row, Wire, row_of
from .wrapping import LANE, MARGIN, around, cuttings, indent, parted, sent, stacked, worth

__all__ = ["Link", "Placement", "Point", "Size", "Wire", "placed", "ranks"]

NODES_APART, PASSES_APART = 16.0, 9.0


@dataclass(frozen=True)
class Placement:
    """The middles of nodes and of the labels of links, the wires, and how large all of it is.

    crossings: pairs of wires that cross.
    """

    nodes: list[Point]
    labels: list[Point]
    wires: list[Wire]
    width: float
    height: float
    crossings: int


def placed(
    sizes: Sequence[Size],
    links: Sequence[Link],
    first: Collection[int] = (),
    bodies: Sequence[float] = (),
    page: Size | None = None,
) -> Placement:
    """Where nodes, labels and wires of an acyclic graph go, from left to right; the same for the same graph.

    sizes: width and height of every node. links: in the order in which a target uses its sources.
    first: nodes that stand at the left. bodies: of each node the width of what wires start from and end at,
    which may be less than the room it takes. page: proportions to fit; a picture that is wider is cut between
    columns and goes on in a row below. Raises ValueError for a cycle.

    >>> picture = placed([(40, 20)] * 4, [Link(0, 2), Link(1, 2), Link(2, 3)])
    >>> [x for x, y in picture.nodes] == sorted(x for x, y in picture.nodes), picture.crossings
    (True, 0)

    Sugiyama, Tagawa, Toda, Methods for visual understanding of hierarchical system structures, 1981.
    """
    graph = columns(sizes, links, first)
    order = ordered(graph)
    single = row_at(graph, order)
    cuts, rows = [], [single]
    if page is not None:
        best = worth(single.width, single.height, 0, page)
        for trial in cuttings(graph, order, single, page):
            found = [row_at(*part) for part in parted(graph, order, trial)]
            lanes = [len(pairs) for pairs in sent(graph, order, found, trial)]
            whole, _ = stacked(found, lanes)
            value = worth(whole.width + MARGIN + LANE * max(lanes), whole.height, sum(lanes), page)
            if value > best:
                best, cuts, rows = value, trial, found
    return assembled(graph, order, links, bodies or [w for w, _ in sizes], cuts, rows)


def row_at(graph: Columns, order: Order) -> Row:
    """These columns at the heights that suit them."""
    items = graph.items

    def apart(a: int, b: int) -> float:
        both = "node" in (items[a].kind, items[b].kind)
        return (items[a].size[1] + items[b].size[1]) / 2 + (NODES_APART if both else PASSES_APART)

    return row_of(graph, order, heights(graph, order, apart))


def assembled(
    graph: Columns, order: Order, links: Sequence[Link], bodies: Sequence[float], cuts: Sequence[int],
    rows: Sequence[Row],
) -> Placement:  # fmt: skip
    """The rows with their wires, and those that go around."""
    pairs = sent(graph, order, rows, cuts)
    lanes = list(map(len, pairs))
    whole, bottoms = stacked(rows, lanes)
    router = Router(graph, whole, links, bodies)
    apart = {pair for each in pairs for pair in each}
    joined = [(a, b) for column in order for a in column for b in graph.after[a] if (a, b) not in apart]
    wires = [router.wire(a, b) for a, b in joined]
    for each, bottom in zip(pairs, bottoms, strict=False):
        wires += around([router.wire(a, b) for a, b in each], whole.width, bottom, indent(lanes))
    middle = {i: (whole.column[i].middle, whole.y[i]) for i in whole.column}
    items = list(enumerate(graph.items))
    labels = sorted((item.of, i) for i, item in items if item.kind == "label")
    return Placement(
        [middle[i] for i, item in items if item.kind == "node"], [middle[i] for _, i in labels], wires,
        max([whole.width, *(x for wire in wires for x, _ in wire.points)]), whole.height,
        crossings(graph, order),
    )  # fmt: skip
