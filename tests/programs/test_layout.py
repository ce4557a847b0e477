"""Graphs placed as pictures: few crossings, nothing over anything, the same every time."""

from itertools import combinations, pairwise, permutations, product
from random import Random

import pytest

from diffkit.programs.layout import Link, placed, ranks
from diffkit.programs.layout.columns import columns
from diffkit.programs.layout.ordering import crossings, ordered

SIZE, LABEL = (60.0, 50.0), (30.0, 13.0)


def graph(*pairs):
    return 1 + max(map(max, pairs)), [Link(a, b, LABEL) for a, b in pairs]


def butterfly(n):
    """The graph of a fast Fourier transform: stage k joins i with i xor 2**k."""
    stages = n.bit_length() - 1
    return graph(*[
        (k * n + i, (k + 1) * n + (i ^ flip)) for k in range(stages) for i in range(n) for flip in (0, 2**k)
    ])  # fmt: skip


def random_graph(n, seed, reach=8):
    random = Random(seed)
    return graph(*sorted({(random.randrange(max(0, i - reach), i), i) for i in range(1, n) for _ in "ab"}))


FEW = {  # named graphs, and the crossings that no picture in columns can avoid
    "chain": (graph((0, 1), (1, 2), (2, 3)), 0),
    "diamond": (graph((0, 1), (0, 2), (1, 3), (2, 3)), 0),
    "classroom": (graph((0, 2), (1, 2), (2, 4), (3, 4), (4, 5), (3, 5), (5, 7), (6, 7)), 0),
    "neuron": (graph((0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6), (6, 8), (7, 8), (8, 9), (9, 10)), 0),
    "binary tree": (graph(*((30 - 2 * i - side, 30 - i) for i in range(15) for side in (1, 2))), 0),
    "horner": (graph(*((0, i) for i in range(2, 12)), (1, 2), *((i, i + 1) for i in range(2, 11))), 0),
    "ladder": (graph(*((i, i + 2) for i in range(18)), *((i, i + 1) for i in range(0, 20, 2))), 0),
    "three by three": (graph(*product(range(3), range(3, 6))), 9),
    "four by four": (graph(*product(range(4), range(4, 8))), 36),
    "butterfly of 4": (butterfly(4), 8),
}
RANDOM = {f"random {n} {seed}": random_graph(n, seed) for n, seed in ((12, 1), (30, 2), (60, 3), (60, 4))}


@pytest.mark.parametrize("name", FEW)
def test_named_graphs_cross_as_little_as_they_can(name):
    (count, links), fewest = FEW[name]
    assert placed([SIZE] * count, links).crossings == fewest


@pytest.mark.parametrize("name", ["diamond", "butterfly of 4"])
def test_no_order_of_a_small_graph_has_fewer(name):
    """All orders of the nodes tried: labels stand where their nodes let them cross least."""
    (count, links), fewest = FEW[name]
    pairs = [(link.source, link.target) for link in links]
    rank = ranks(count, links)
    layers = [[i for i in range(count) if rank[i] == r] for r in range(max(rank) + 1)]

    def crossed(order):
        place = {node: i for layer in order for i, node in enumerate(layer)}
        return sum(
            rank[a] == rank[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
            for (a, b), (c, d) in combinations(pairs, 2)
        )

    assert min(map(crossed, product(*(list(permutations(layer)) for layer in layers)))) == fewest


@pytest.mark.parametrize("name", [*FEW, *RANDOM])
def test_crossings_are_counted_pair_by_pair(name):
    """The count by inversions is that of all pairs of connections between neighbouring columns."""
    count, links = FEW[name][0] if name in FEW else RANDOM[name]
    found = columns([SIZE] * count, links)
    for order in (found.members, ordered(found)):
        slow = 0
        for column, following in pairwise(order):
            place = {item: i for i, item in enumerate(following)}
            ends = [(i, place[b]) for i, item in enumerate(column) for b in found.after[item]]
            slow += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(ends, 2))
        assert crossings(found, order) == slow


@pytest.mark.parametrize("name", RANDOM)
def test_ordering_removes_most_crossings(name):
    count, links = RANDOM[name]
    found = columns([SIZE] * count, links)
    assert crossings(found, ordered(found)) <= crossings(found, found.members) / 2


def rectangles(picture, links):
    boxes = [(x, y, *SIZE) for x, y in picture.nodes]
    return boxes + [(x, y, *link.label) for (x, y), link in zip(picture.labels, links, strict=True)]


def overlap(a, b):
    return abs(a[0] - b[0]) < (a[2] + b[2]) / 2 and abs(a[1] - b[1]) < (a[3] + b[3]) / 2


def along(wire):
    """Points of a wire but its two ends: level, a cubic bend, level; or straight from corner to corner."""
    if wire.around:
        legs = pairwise(wire.points)
        found = [(a + (c - a) * t / 20, b + (d - b) * t / 20) for (a, b), (c, d) in legs for t in range(21)]
        return found[1:-1]
    (x0, y0), (x1, y1), (x2, y2), (x3, _) = wire.points
    bend = [t / 20 for t in range(21)]
    curve = [
        (x1 + (x2 - x1) * (1.5 * t * (1 - t) + t**3), y1 + (y2 - y1) * t * t * (3 - 2 * t)) for t in bend
    ]
    level = [(x0 + (x1 - x0) * t, y0) for t in bend] + [(x2 + (x3 - x2) * t, y2) for t in bend]
    return [point for point in level + curve if point not in ((x0, y0), (x3, y2))]


PAGES = [None, (900.0, 600.0)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", [*FEW, *RANDOM])
def test_nothing_lies_over_anything(name, page):
    """No node or label over another, no wire through one, and all of it on the page that is told."""
    count, links = FEW[name][0] if name in FEW else RANDOM[name]
    picture = placed([SIZE] * count, links, page=page)
    shapes = rectangles(picture, links)

    assert not [pair for pair in combinations(shapes, 2) if overlap(*pair)]
    points = [point for wire in picture.wires for point in along(wire)]
    assert not [(p, s) for p in points for s in shapes if overlap((*p, 0.0, 0.0), s)]
    for x, y, w, h in shapes:
        assert w / 2 - 1e-9 <= x <= picture.width - w / 2 + 1e-9
        assert h / 2 - 1e-9 <= y <= picture.height - h / 2 + 1e-9
    for x, y in points:
        assert -1e-9 <= x <= picture.width + 1e-9 and -1e-9 <= y <= picture.height + 1e-9


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", RANDOM)
def test_every_link_is_joined_from_end_to_end(name, page):
    """From a source's wires each of its links can be followed to the arrow at its target."""
    count, links = RANDOM[name]
    picture = placed([SIZE] * count, links, page=page)

    assert sum(wire.ends for wire in picture.wires) == len(links)
    for number, link in enumerate(links):
        (x, y), (u, v) = picture.nodes[link.source], picture.nodes[link.target]
        reached, label = {(x + SIZE[0] / 2, y)}, picture.labels[number]
        mine = [w for w in picture.wires if w.source == link.source and w.link in (None, number)]
        for _ in mine:
            reached |= {w.points[-1] for w in mine if w.points[0] in reached}
            if (label[0] - LABEL[0] / 2, label[1]) in reached:
                reached.add((label[0] + LABEL[0] / 2, label[1]))
        assert any(abs(a - (u - SIZE[0] / 2)) < 1e-9 and abs(b - v) <= 13 for a, b in reached)


def test_a_long_picture_goes_on_in_rows_of_a_page():
    count, links = graph(*((i, i + 1) for i in range(39)))
    single, rows = (placed([SIZE] * count, links, page=page) for page in PAGES)

    assert single.width > 3000 and single.height == SIZE[1]
    assert rows.width < 1500 and sum(wire.around for wire in rows.wires) >= 3


def test_a_picture_that_fits_stays_in_one_row():
    count, links = FEW["classroom"][0]
    assert placed([SIZE] * count, links, page=PAGES[1]) == placed([SIZE] * count, links)


def test_links_go_to_the_right_and_named_nodes_stand_at_the_left():
    count, links = RANDOM["random 30 2"]
    rank = ranks(count, links, first=[0])
    assert all(rank[link.source] < rank[link.target] for link in links) and rank[0] == 0
    x = [x for x, _ in placed([SIZE] * count, links).nodes]
    assert all(x[link.source] < x[link.target] for link in links)


def test_the_same_graph_has_the_same_picture():
    count, links = RANDOM["random 60 3"]
    assert placed([SIZE] * count, links) == placed([SIZE] * count, links)


def test_two_thousand_nodes_are_placed():
    """A value used by all is one wire with branches, so its places to pass grow with the columns only."""
    count, links = graph(*((0, i) for i in range(1, 2000)), *((i, i + 1) for i in range(1, 1999)))
    picture = placed([SIZE] * count, links)
    assert picture.crossings == 0 and len(picture.wires) < 4 * len(links)


def test_a_graph_without_links_and_one_without_nodes():
    assert placed([SIZE], []).nodes == [(30.0, 25.0)]
    assert placed([], []).nodes == []


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="cycle"):
        placed([SIZE] * 2, [Link(0, 1), Link(1, 0)])
