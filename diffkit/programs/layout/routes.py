"""From columns and heights to points: wires run level within a column and bend only between columns.

So no wire passes through a node or a label: in its own column it has a place of its own, and between
columns there is nothing but wires.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .columns import Columns, Item, Link
from .ordering import Order

Point = tuple[float, float]

NARROW, WIDE, STEEP = 10.0, 56.0, 0.25  # room between columns, and how it grows with what wires climb there
PORT, BODY = 9.0, 26.0  # between two wires that end at one node, and the height that they share


@dataclass(frozen=True)
class Wire:
    """A piece of the links of a source, through its points: level, a bend, level.

    link: the link that this piece belongs to alone, None where several pass. ends: whether it ends at the
    link's target, where an arrow belongs. around: whether it goes from the end of a row to the beginning of
    the next, straight between its points.
    """

    source: int
    points: tuple[Point, ...]
    link: int | None = None
    ends: bool = False
    around: bool = False


@dataclass(frozen=True)
class Column:
    """The edges of what stands in a column."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Row:
    """Columns side by side: where each of their items stands, and how much room all take."""

    column: dict[int, Column]
    y: dict[int, float]
    width: float
    height: float

    def moved(self, right: float, down: float) -> Row:
        """The row at another place."""
        column = {i: Column(c.left + right, c.right + right) for i, c in self.column.items()}
        return Row(column, {i: y + down for i, y in self.y.items()}, self.width, self.height)


def row_of(graph: Columns, order: Order, heights: Sequence[float]) -> Row:
    """The columns of an order, each as wide as its widest item, at a distance that suits what climbs between.

    The row begins at (0, 0).
    """
    items = graph.items
    members = [i for column in order for i in column]
    heights = [round(2 * y) / 2 for y in heights]  # a wire that is all but level is level
    top = min((heights[i] - items[i].size[1] / 2 for i in members), default=0.0)
    bottom = max((heights[i] + items[i].size[1] / 2 for i in members), default=0.0)
    column: dict[int, Column] = {}
    left = right = 0.0
    for each in order:
        right = left + max((items[i].size[0] for i in each), default=0.0)
        column.update(dict.fromkeys(each, Column(left, right)))
        climb = max((abs(heights[a] - heights[b]) for a in each for b in graph.after[a]), default=0.0)
        left = right + min(max(NARROW, STEEP * climb), WIDE)
    return Row(column, {i: heights[i] - top for i in members}, right, bottom - top)


class Router:
    """Draws the wires between items whose places are known."""

    def __init__(self, graph: Columns, row: Row, links: Sequence[Link], bodies: Sequence[float]):
        self.graph, self.row, self.links, self.bodies = graph, row, links, bodies

    def wire(self, a: int, b: int) -> Wire:
        """From an item to one in the next column."""
        first, second, column, y = self.graph.items[a], self.graph.items[b], self.row.column, self.row.y
        source = self.links[first.of].source if first.kind == "label" else first.of
        number = next((item.of for item in (first, second) if item.kind == "label"), None)
        at = y[b] + (self.port(a, b) if second.kind == "node" else 0.0)
        begin, end = self.edges(first, column[a])[1], self.edges(second, column[b])[0]
        points = ((begin, y[a]), (column[a].right, y[a]), (column[b].left, at), (end, at))
        return Wire(source, points, number, second.kind == "node")

    def edges(self, item: Item, column: Column) -> tuple[float, float]:
        """Where wires end at an item, at its left, and where they start from it, at its right."""
        if item.kind == "pass":
            return column.right, column.right  # what arrives runs through the column
        half = (self.bodies[item.of] if item.kind == "node" else item.size[0]) / 2
        return column.middle - half, column.middle + half

    def port(self, a: int, b: int) -> float:
        """How far above or below its middle a wire ends at a node: they arrive side by side, uncrossed."""
        arriving = sorted(self.graph.before[b], key=lambda x: (self.row.y[x], x))
        gap = min(PORT, BODY / len(arriving))
        return (arriving.index(a) - (len(arriving) - 1) / 2) * gap
