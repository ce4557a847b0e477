"""A picture much wider than the page, cut between columns and continued in a row below, as text is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .columns import Columns
from .ordering import Order
from .routes import Point, Row, Wire

LANE = 7.0  # between wires that go around side by side
MARGIN = 12.0  # between a row and the nearest wire that goes around
BREAK, COST = 0.15, 0.03  # shares of its scale that rows must gain: for themselves, for each wire sent around
ANYWHERE = 0.4  # how far from even widths a row may end, in widths of a row
COLUMNS = 300  # columns up to which rows are tried

Pair = tuple[int, int]


def cuttings(graph: Columns, order: Order, single: Row, page: Point) -> Iterator[list[int]]:
    """Ways to cut the columns into 2, 3, ... rows of near equal width, where few wires are cut.

    Each is a list of the columns, all of nodes, that end a row. single: the picture in one row.
    """
    if len(order) > COLUMNS:
        return
    fitting = (single.width * page[1] / max(single.height * page[0], 1.0)) ** 0.5  # rows that fill the page
    right = [max((single.column[i].right for i in each), default=0.0) for each in order]
    leaving = [sum(len(graph.after[i]) for i in each) for each in order]
    for rows in range(2, min(len(order) // 4, int(1.5 * fitting)) + 2):
        width, cuts = single.width / rows, list[int]()
        for row in range(1, rows):
            first = cuts[-1] + 2 if cuts else 0
            away = {c: abs(right[c] / width - row) for c in range(first, len(order) - 2, 2)}
            near = [c for c in away if away[c] < ANYWHERE]
            if not near:
                return
            cuts.append(min(near, key=lambda c: (leaving[c] + 4 * away[c], c)))
        yield cuts


def worth(width: float, height: float, sent: int, page: Point) -> float:
    """The scale at which a picture fits the page, less where it is in rows, and for wires that go around."""
    scale = min(page[0] / max(width, 1.0), page[1] / max(height, 1.0), 1.0)
    return scale * (1 - COST) ** sent * (1 - BREAK if sent else 1.0)


def parted(graph: Columns, order: Order, cuts: Sequence[int]) -> Iterator[tuple[Columns, Order]]:
    """Each row's columns, and the graph with the connections within that row only."""
    for first, last in pairwise([-1, *cuts, len(order) - 1]):
        part = order[first + 1 : last + 1]
        here = {i for each in part for i in each}
        inside = [[x for x in near if x in here] if i in here else [] for i, near in enumerate(graph.after)]
        before = [[x for x in near if x in here] if i in here else [] for i, near in enumerate(graph.before)]
        yield replace(graph, after=inside, before=before), part


def sent(graph: Columns, order: Order, rows: Sequence[Row], cuts: Sequence[int]) -> list[list[Pair]]:
    """For each cut the connections that go around, from top to bottom."""
    return [
        sorted(
            ((a, b) for a in order[c] for b in graph.after[a]),
            key=lambda pair: (row.y[pair[0]], below.y[pair[1]]),
        )
        for c, row, below in zip(cuts, rows, rows[1:], strict=False)
    ]


def stacked(rows: Sequence[Row], lanes: Sequence[int]) -> tuple[Row, list[float]]:
    """The rows one below the other, and where each ends; lanes: how many wires go around behind each."""
    column, y, bottoms, right = {}, {}, list[float](), 0.0
    for number, row in enumerate(rows):
        wires = lanes[number - 1] if number else 0
        top = bottoms[-1] + 2 * MARGIN + LANE * max(wires - 1, 0) if number else 0.0
        placed = row.moved(indent(lanes) if number else 0.0, top)
        column.update(placed.column)
        y.update(placed.y)
        right = max(right, row.width + (indent(lanes) if number else 0.0))
        bottoms.append(top + row.height)
    return Row(column, y, right, bottoms[-1]), bottoms


def indent(lanes: Sequence[int]) -> float:
    """How far rows but the first begin to the right, so that wires have room that go around."""
    return MARGIN + LANE * max(lanes, default=0)


def around(wires: Sequence[Wire], right: float, bottom: float, left: float) -> list[Wire]:
    """The wires of one cut, from top to bottom, led down behind the row's end, back, and into the next row.

    right: where rows end. bottom: where this row does. left: where the next row begins. The topmost goes
    outermost and enters innermost, so that they do not cross.
    """
    found = []
    for lane, wire in enumerate(wires):
        (begin, _, (_, level), end), outer = wire.points, LANE * (len(wires) - 1 - lane)
        x, floor, back = right + MARGIN + outer, bottom + MARGIN + outer, left - MARGIN - LANE * lane
        points = (begin, (x, begin[1]), (x, floor), (back, floor), (back, level), (end[0], level))
        found.append(replace(wire, points=points, around=True))
    return found
