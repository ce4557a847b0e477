"""Crossing reduction: the order of the items in every column.

Sweeps that sort each column by the mean place of the neighbours, from the left and from the right, then
exchanges of adjacent items as long as any removes a crossing; the best order found is kept. Eades and
Wormald 1994; Gansner, Koutsofios, North, Vo 1993; crossings are counted as inversions.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from .columns import Columns

Order = list[list[int]]

SWEEPS = 12
SMALL, RESTARTS = 600, 12  # items up to which orders drawn by lot are tried as well, and how many
LARGE = 4000  # items from which on fewer sweeps are made, and exchanges only at the end


def ordered(graph: Columns) -> Order:
    """The items of each column from top to bottom, with few crossings; the same for the same graph."""
    large = len(graph.items) > LARGE
    best, fewest = [], -1
    for start in starts(graph):
        order, found = improved(graph, start, 3 if large else SWEEPS, large)
        if fewest < 0 or found < fewest:
            best, fewest = order, found
        if fewest == 0:
            break
    return best


def starts(graph: Columns) -> list[Order]:
    """Orders to begin with: as a walk from the last node back meets the items, as they were given, by lot."""
    place: dict[int, int] = {}
    stack = [item for column in graph.members for item in column if not graph.after[item]]
    while stack:
        item = stack.pop()
        if item not in place:
            place[item] = len(place)
            stack += reversed(graph.before[item])
    met = [sorted(column, key=lambda item: place[item]) for column in graph.members]
    given = [list(column) for column in graph.members]
    random = Random(len(graph.items))
    drawn = [[random.sample(column, len(column)) for column in met] for _ in range(RESTARTS)]
    return [met, given, *(drawn if len(graph.items) <= SMALL else [])]


def improved(graph: Columns, order: Order, sweeps: int, large: bool) -> tuple[Order, int]:
    """The best order that sweeps and exchanges reach from a start, and its crossings."""
    best, fewest, waited = [list(column) for column in order], crossings(graph, order), 0
    for sweep in range(sweeps):
        forward = sweep % 2 == 0
        run = range(1, len(order)) if forward else range(len(order) - 2, -1, -1)
        for c in run:
            neighbours = graph.before if forward else graph.after
            order[c] = by_mean_place(order[c], places(order[c - 1 if forward else c + 1]), neighbours)
        if not large:
            exchange(graph, order)
        found = crossings(graph, order)
        waited += 1
        if found < fewest:
            best, fewest, waited = [list(column) for column in order], found, 0
        if fewest == 0 or waited >= 4:
            break
    if large:
        exchange(graph, best, rounds=2)
        fewest = crossings(graph, best)
    return best, fewest


def places(column: Sequence[int]) -> dict[int, int]:
    return {item: i for i, item in enumerate(column)}


def by_mean_place(column: list[int], place: dict[int, int], neighbours: Sequence[Sequence[int]]) -> list[int]:
    """The column sorted by the mean place of each item's neighbours; who has none stays where it is."""

    def mean(item: int) -> float:
        return sum(place[each] for each in neighbours[item]) / len(neighbours[item])

    moving = sorted((item for item in column if neighbours[item]), key=mean)
    rest = iter(moving)
    return [next(rest) if neighbours[item] else item for item in column]


def exchange(graph: Columns, order: Order, rounds: int = 8) -> None:
    """Exchange adjacent items as long as that removes crossings; in place."""
    for _ in range(rounds):
        changed = False
        for c, column in enumerate(order):
            left = places(order[c - 1]) if c else {}
            right = places(order[c + 1]) if c + 1 < len(order) else {}
            sides = [
                (sorted(left[x] for x in graph.before[item]), sorted(right[x] for x in graph.after[item]))
                for item in column
            ]
            for i in range(len(column) - 1):
                (a, b), (d, e) = sides[i], sides[i + 1]
                if inversions(a, d) + inversions(b, e) > inversions(d, a) + inversions(e, b):
                    column[i], column[i + 1] = column[i + 1], column[i]
                    sides[i], sides[i + 1] = sides[i + 1], sides[i]
                    changed = True
        if not changed:
            return


def inversions(above: Sequence[int], below: Sequence[int]) -> int:
    """Crossings of the links of two items, the first above the second, to sorted places."""
    return sum(bisect_right(above, y) < len(above) and len(above) - bisect_right(above, y) for y in below)


def crossings(graph: Columns, order: Order) -> int:
    """How many pairs of connections cross between adjacent columns.

    >>> from .columns import Link, columns
    >>> graph = columns([(1, 1)] * 4, [Link(0, 3), Link(1, 2)])
    >>> crossings(graph, graph.members), crossings(graph, ordered(graph))
    (1, 0)
    """
    total = 0
    for column, following in pairwise(order):
        place = places(following)
        seen: list[int] = []
        for item in column:
            ends = sorted(place[x] for x in graph.after[item])
            total += sum(len(seen) - bisect_right(seen, y) for y in ends)
            for y in ends:
                insort(seen, y)
    return total
