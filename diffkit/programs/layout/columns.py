"""Layering: which column every node of an acyclic graph stands in, and what passes through the columns.

Nodes stand in the even columns, labels of links in the odd ones, so that nothing is written over anything.
A link that passes several columns is a chain of places to pass; the links of one source share their chain
and part in front of their targets, as wires do. Sugiyama, Tagawa, Toda 1981; long chains shared as in
circuits keep a value that is used everywhere from filling the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

Size = tuple[float, float]  # width and height


@dataclass(frozen=True)
class Link:
    """From a node to one that uses it; the size of its label, (0, 0) for none."""

    source: int
    target: int
    label: Size = (0.0, 0.0)


@dataclass(frozen=True)
class Item:
    """What takes room in a column: a node, the label of a link, or a place where links of a source pass."""

    kind: str  # "node", "label" or "pass"
    of: int  # the node, the link, or the source
    size: Size


@dataclass
class Columns:
    """Items in columns from left to right, and between adjacent columns the pairs that are connected."""

    items: list[Item] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)  # items of each column
    after: list[list[int]] = field(default_factory=list)  # of each item, those it leads to in the next column
    before: list[list[int]] = field(default_factory=list)

    def add(self, item: Item, column: int) -> int:
        self.items.append(item)
        self.members[column].append(len(self.items) - 1)
        self.after.append([])
        self.before.append([])
        return len(self.items) - 1

    def join(self, a: int, b: int) -> None:
        self.after[a].append(b)
        self.before[b].append(a)


def ranks(count: int, links: Sequence[Link], first: Collection[int] = ()) -> list[int]:
    """The column of every node, counted in columns of nodes; links go to the right.

    As far left as links allow, then towards where a node is used, where that shortens more links than it
    lengthens. Nodes of `first` stay at the left. Raises ValueError for a cycle.

    >>> ranks(4, [Link(0, 2), Link(2, 3), Link(1, 3)])
    [0, 1, 1, 2]
    >>> ranks(4, [Link(0, 2), Link(2, 3), Link(1, 3)], first=[0, 1])
    [0, 0, 1, 2]
    """
    users: list[set[int]] = [set() for _ in range(count)]
    sources: list[set[int]] = [set() for _ in range(count)]
    for link in links:
        users[link.source].add(link.target)
        sources[link.target].add(link.source)
    order = in_order(users, sources)
    rank = [0] * count
    for node in order:
        rank[node] = max((rank[x] + 1 for x in sources[node]), default=0)
    for node in reversed(order):
        if users[node] and node not in first and len(users[node]) > 0 == len(sources[node]):
            rank[node] = min(rank[user] for user in users[node]) - 1
        elif len(users[node]) > len(sources[node]):
            rank[node] = min(rank[user] for user in users[node]) - 1 if node not in first else rank[node]
    return rank


def in_order(users: Sequence[set[int]], sources: Sequence[set[int]]) -> list[int]:
    """The nodes, each behind those that it uses (Kahn 1962)."""
    waiting = [len(each) for each in sources]
    order = [node for node, n in enumerate(waiting) if n == 0]
    for node in order:  # grows while it is read
        for user in sorted(users[node]):
            waiting[user] -= 1
            if waiting[user] == 0:
                order.append(user)
    if len(order) < len(users):
        raise ValueError("the graph has a cycle, so it cannot be drawn in columns.")
    return order


def columns(sizes: Sequence[Size], links: Sequence[Link], first: Collection[int] = ()) -> Columns:
    """Nodes, labels and places to pass in their columns; item i is node i."""
    rank = ranks(len(sizes), links, first)
    found = Columns(members=[[] for _ in range(2 * max(rank, default=0) + 1)])
    for node, size in enumerate(sizes):
        found.add(Item("node", node, size), 2 * rank[node])
    ends: dict[tuple[int, int], int] = {}  # (source, column) -> the item in which its links pass there
    for number, link in enumerate(links):
        last = 2 * rank[link.target] - 1
        here = link.source
        for column in range(2 * rank[link.source] + 1, last):
            if (link.source, column) not in ends:
                ends[link.source, column] = found.add(Item("pass", link.source, (0.0, 0.0)), column)
                found.join(here, ends[link.source, column])
            here = ends[link.source, column]
        label = found.add(Item("label", number, link.label), last)
        found.join(here, label)
        found.join(label, link.target)
    return found
