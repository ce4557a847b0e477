"""A graph placed and spelled out as boxes, lines and labels: what every painter paints alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...languages import Subject
from ...programs.layout import Link, Placement, Point, placed, ranks
from ..units import number
from . import look
from .folding import folded
from .metrics import width
from .vertices import Arc, Graph, Vertex, Walk, graph_of

words = Subject("explain")

PAGE = (960.0, 620.0)  # the half page on which a picture is to be read: wider ones go on in a row below
SHALLOW = 7  # columns up to which all inputs stand at the left; in a deeper graph where they are used
EDGE = 18.0  # around everything
LINE = 1.25  # from one line of text to the next, in font sizes


@dataclass(frozen=True)
class Stage:
    """When something appears: with which step of the way forward or back."""

    forward: int | None = None
    backward: int | None = None


@dataclass(frozen=True)
class Box:
    """A rounded rectangle by its middle; role: input, constant, operation, group, result or legend."""

    middle: Point
    size: Point
    role: str
    symbol: str = ""
    stage: Stage = field(default_factory=Stage)


@dataclass(frozen=True)
class Label:
    """A text on its base line; anchor: start, middle or end."""

    at: Point
    text: str
    size: float
    role: str
    anchor: str = "middle"
    stage: Stage = field(default_factory=Stage)


@dataclass(frozen=True)
class Line:
    """A wire through its points, level between the first and second, third and fourth, ...

    around: with rounded corners at its points instead. arrow: whether it ends at a node.
    """

    points: tuple[Point, ...]
    around: bool
    arrow: bool
    stage: Stage = field(default_factory=Stage)


@dataclass(frozen=True)
class Scene:
    """A picture of this width and height, with y downwards."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    labels: list[Label]
    title: str
    description: str
    crossings: int
    steps: int = 0


def scene_of(walk: Walk) -> Scene:
    """The computational graph of a walk: inputs at the left, the result at the right.

    The same walk gives the same scene, in the language that is spoken.

    >>> from ...differentiators.walk import walk
    >>> scene = scene_of(walk(lambda x, y: x * y, 3.0, 2.0, title="x*y").as_dict())
    >>> [label.text for label in scene.labels if label.role == "value"][:3], scene.crossings
    (['3', '2', '6'], 0)
    """
    graph = folded(graph_of(walk))
    sizes, links = list(map(slot, graph.vertices)), list(map(link, graph.arcs))
    bodies = [body(vertex)[0] for vertex in graph.vertices]
    inputs = [i for i, vertex in enumerate(graph.vertices) if vertex.kind == "input"]
    shallow = max(ranks(len(sizes), links), default=0) < SHALLOW
    picture = placed(sizes, links, inputs if shallow else (), bodies, PAGE)
    return composed(walk, graph, picture)


def body(vertex: Vertex) -> Point:
    """Width and height of the box of a vertex."""
    wide = max(width(vertex.text, look.TEXT), width(vertex.caption, look.CAPTION))
    return max(wide + 16.0, 30.0), 26.0 if not vertex.caption else 36.0


def slot(vertex: Vertex) -> Point:
    """Width and height of a vertex with the numbers above and below it."""
    numbers = look.BOLD * max(width(vertex.value, look.NUMBER), width(vertex.adjoint, look.NUMBER))
    wide, high = body(vertex)
    return max(wide, numbers + 4.0), high + 2 * look.NUMBER * LINE


def link(arc: Arc) -> Link:
    wide = max((width(line, look.SLOPE) for line in arc.slope), default=0.0)
    size = (wide + 6.0, look.SLOPE * LINE * len(arc.slope)) if arc.slope else (0.0, 0.0)
    return Link(arc.source, arc.target, size)


def composed(walk: Walk, graph: Graph, picture: Placement) -> Scene:
    """Title, picture and legend, one below the other."""
    notes = legend(walk, graph)
    inner = max(picture.width, max(width(text, look.LEGEND) for _, text in notes))
    title = fitted(walk["title"], inner / look.BOLD, look.TITLE)
    top = EDGE + (look.TITLE * LINE + 8.0 if title else 0.0)
    shift = EDGE + (inner - picture.width) / 2, top

    def moved(point: Point) -> Point:
        return point[0] + shift[0], point[1] + shift[1]

    boxes, labels = [], []
    for vertex, middle in zip(graph.vertices, picture.nodes, strict=True):
        boxes.append(box(vertex, moved(middle)))
        labels += texts(vertex, moved(middle))
    for arc, middle in zip(graph.arcs, picture.labels, strict=True):
        stage = Stage(forward=graph.vertices[arc.target].forward)
        labels += stacked(arc.slope, moved(middle), "caption" if arc.many else "slope", stage)
    lines = [Line(tuple(map(moved, wire.points)), wire.around, wire.ends) for wire in picture.wires]
    if title:
        labels.append(Label((EDGE, EDGE + look.TITLE * 0.8), title, look.TITLE, "title", "start"))
    below, bottom = written(notes, top + picture.height + 14.0, inner)
    return Scene(
        inner + 2 * EDGE, bottom + EDGE - 4.0, boxes, lines, labels + below,
        words("graph of", title=walk["title"]) if walk["title"] else words("graph"),
        described(walk, graph), picture.crossings, len(graph.vertices),
    )  # fmt: skip


def box(vertex: Vertex, middle: Point) -> Box:
    role = "result" if vertex.result else vertex.kind
    return Box(middle, body(vertex), role, vertex.symbol, Stage(vertex.forward, vertex.backward))


def texts(vertex: Vertex, middle: Point) -> list[Label]:
    """Name and operation within the box, the value above it, the adjoint below it."""
    x, y = middle
    half = body(vertex)[1] / 2
    forward, backward = Stage(forward=vertex.forward), Stage(backward=vertex.backward)
    lines = [Label((x, y + (10.0 if vertex.caption else 4.6)), vertex.text, look.TEXT, "text", stage=Stage())]
    if vertex.caption:
        lines.append(Label((x, y - 6.0), vertex.caption, look.CAPTION, "caption", stage=Stage()))
    if vertex.value:
        lines.append(Label((x, y - half - 4.0), vertex.value, look.NUMBER, "value", stage=forward))
    lines.append(Label((x, y + half + 12.0), vertex.adjoint, look.NUMBER, "adjoint", stage=backward))
    return lines


def stacked(lines: Sequence[str], middle: Point, role: str, stage: Stage) -> list[Label]:
    """Lines of text around a middle."""
    first = middle[1] - (len(lines) - 1) / 2 * look.SLOPE * LINE + look.SLOPE * 0.36
    return [
        Label((middle[0], first + i * look.SLOPE * LINE), text, look.SLOPE, role, stage=stage)
        for i, text in enumerate(lines)
    ]


def legend(walk: Walk, graph: Graph) -> list[tuple[str, str]]:
    """The roles of the numbers and what they are."""
    result = walk["result"] or words("result")
    notes = [("value", words("legend value")), ("adjoint", words("legend adjoint", result=result))]
    if any(arc.slope and not arc.many for arc in graph.arcs):
        notes.append(("slope", words("legend slope")))
    return notes + ([("caption", words("legend entries"))] if graph.arrays else [])


def written(notes: Sequence[tuple[str, str]], top: float, inner: float) -> tuple[list[Label], float]:
    """The notes side by side as far as they fit, and the base line of the last."""
    labels, x, y = [], EDGE, top + look.LEGEND
    for role, text in notes:
        wide = width(text, look.LEGEND)
        if x > EDGE and x + wide > EDGE + inner:
            x, y = EDGE, y + look.LEGEND * LINE * 1.1
        labels.append(Label((x, y), text, look.LEGEND, f"{role} note", "start"))
        x += wide + 22.0
    return labels, y


def fitted(text: str, room: float, size: float) -> str:
    """The text, its end left out where it is too wide."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def described(walk: Walk, graph: Graph) -> str:
    """The picture for who does not see it: its inputs, its result and the derivatives."""
    inputs = [step for step in walk["steps"] if step["kind"] == "input"]
    adjoints = {vertex.symbol: vertex.adjoint for vertex in graph.vertices}
    named = [(each["label"], adjoints.get(each["symbol"])) for each in inputs]
    slopes = [f"d/d{label} = {adjoint}" for label, adjoint in named if adjoint]
    first = words("described", nodes=len(graph.vertices), inputs=", ".join(label for label, _ in named),
        result=walk["result"] or words("result"), value=number(walk["value"]),
    )  # fmt: skip
    return f"{first} {words('gradient', list=', '.join(slopes))}" if slopes else first
