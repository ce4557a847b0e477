"""Coordinate assignment: the height of every item, so that links run straight where they can.

Brandes and Koepf 2001: each item is aligned with its median neighbour, in four ways (towards the left or the
right column, from the top or from the bottom); the mean of the two middle answers is taken. Chains of places
to pass come first: where a link crosses such a chain, it is not aligned (conflicts of type 1). Blocks of
aligned items are packed along the longest path of what must stand apart, then drawn back together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from .columns import Columns
from .ordering import Order, places

Apart = Callable[[int, int], float]  # the least distance between the middles of an item and the one below


def heights(graph: Columns, order: Order, apart: Apart) -> list[float]:
    """The height of the middle of every item of these columns; items keep their order and their distance."""
    place = [0] * len(graph.items)
    for column in order:
        for item, i in places(column).items():
            place[item] = i
    crossed = conflicts(graph, order, place)
    answers = []
    for towards_left in (True, False):
        for from_top in (True, False):
            root = aligned(graph, order, place, crossed, towards_left, from_top)
            answers.append(packed(order, root, apart, from_top))
    return middle(answers, [item for column in order for item in column])


def middle(answers: Sequence[list[float]], members: Sequence[int]) -> list[float]:
    """The answers laid over the narrowest one, and of each item the mean of the two middle heights."""
    if not members:
        return answers[0]
    spans = [max(each[i] for i in members) - min(each[i] for i in members) for each in answers]
    narrow = answers[spans.index(min(spans))]
    shifted = []
    for i, each in enumerate(answers):
        end = min if i % 2 == 0 else max
        shift = end(narrow[x] for x in members) - end(each[x] for x in members)
        shifted.append([y + shift for y in each])
    return [sum(sorted(ys)[1:3]) / 2 for ys in zip(*shifted, strict=True)]


def conflicts(graph: Columns, order: Order, place: Sequence[int]) -> set[tuple[int, int]]:
    """Connections that cross one between two places that belong to links: these shall run straight."""
    found: set[tuple[int, int]] = set()
    inner = [item.kind != "node" for item in graph.items]
    for column, following in pairwise(order):
        start, low = 0, -1
        for i, item in enumerate(following):
            source = next((x for x in graph.before[item] if inner[x] and inner[item]), None)
            if source is None and i < len(following) - 1:
                continue
            high = len(column) if source is None else place[source]
            for other in following[start : i + 1]:
                for x in graph.before[other]:
                    if (place[x] < low or place[x] > high) and not (inner[x] and inner[other]):
                        found.add((x, other))
            start, low = i + 1, high if source is not None else low
    return found


def aligned(
    graph: Columns, order: Order, place: Sequence[int], crossed: set[tuple[int, int]],
    towards_left: bool, from_top: bool,
) -> list[int]:  # fmt: skip
    """Of each item the first item of the block that it is aligned with."""
    neighbours = graph.before if towards_left else graph.after
    root = list(range(len(graph.items)))
    taken = [False] * len(graph.items)  # whether an item has been aligned with, by one of the next column
    for column in order if towards_left else order[::-1]:
        last = -math.inf  # the place that was aligned with last: alignments do not cross
        for item in column if from_top else column[::-1]:
            near = sorted(neighbours[item], key=lambda x: place[x], reverse=not from_top)
            for x in medians(near):
                pair = (x, item) if towards_left else (item, x)
                at = place[x] if from_top else -place[x]
                if pair in crossed or taken[x] or at <= last:
                    continue
                root[item], taken[x], last = root[x], True, at
                break
    return root


def medians(near: Sequence[int]) -> Sequence[int]:
    """The one or two in the middle."""
    n = len(near)
    return near[(n - 1) // 2 : n // 2 + 1]


def packed(order: Order, root: Sequence[int], apart: Apart, from_top: bool) -> list[float]:
    """Heights of all items where blocks stand as far up as they can (or down), then are drawn together."""
    sign = 1.0 if from_top else -1.0
    under: dict[int, dict[int, float]] = {x: {} for x in set(root)}
    over: dict[int, dict[int, float]] = {x: {} for x in under}
    for column in order:
        for a, b in pairwise(column):
            up, down, gap = (root[a], root[b], apart(a, b)) if from_top else (root[b], root[a], apart(a, b))
            under[up][down] = max(gap, under[up].get(down, 0.0))
            over[down][up] = under[up][down]
    waiting = {x: len(each) for x, each in over.items()}
    sorted_blocks = [x for x in sorted(under) if not waiting[x]]
    y: dict[int, float] = {}
    for block in sorted_blocks:  # grows while it is read
        y[block] = max((y[x] + gap for x, gap in over[block].items()), default=0.0)
        for x in under[block]:
            waiting[x] -= 1
            if not waiting[x]:
                sorted_blocks.append(x)
    for block in reversed(sorted_blocks):
        if under[block] and over[block]:
            y[block] = max(y[block], min(y[x] - gap for x, gap in under[block].items()))
    return [sign * y[x] for x in root]
