"""The graph as text for other programs that draw: Graphviz (.dot) and Mermaid (.mmd)."""

from __future__ import annotations

from . import look
from .vertices import Arc, Graph, Vertex

SHAPES = {"input": "ellipse", "data": "ellipse", "constant": "box", "operation": "box", "group": "box3d"}


def dot_text(graph: Graph, title: str) -> str:
    r"""The graph in Graphviz's language: values above, adjoints below, slopes on the edges.

    >>> from .vertices import graph_of
    >>> from ...differentiators.walk import walk
    >>> print(dot_text(graph_of(walk(lambda x: x * x, 3.0).as_dict()), "x*x").splitlines()[5])
      n0 [shape=ellipse, label="3\nx\n6", fillcolor="#E6F1F9", color="#0072B2"];
    """
    lines = [f"  n{i} [{dot_vertex(vertex)}];" for i, vertex in enumerate(graph.vertices)]
    lines += [f"  n{arc.source} -> n{arc.target}{dot_label(arc)};" for arc in graph.arcs]
    head = [
        "digraph {", "  rankdir=LR;", f'  label="{quoted(title)}"; labelloc=t;',
        '  node [style="rounded,filled", fontname="DejaVu Sans", fontsize=12];',
        '  edge [fontname="DejaVu Sans", fontsize=10, color="#7A7A7A"];',
    ]  # fmt: skip
    return "\n".join([*head, *lines, "}"]) + "\n"


def dot_vertex(vertex: Vertex) -> str:
    role = "result" if vertex.result else vertex.kind
    text = "\\n".join(map(quoted, lines_of(vertex)))
    colours = f'fillcolor="{look.DAY[f"{role} fill"]}", color="{look.DAY[f"{role} line"]}"'
    return f'shape={SHAPES[vertex.kind]}, label="{text}", {colours}'


def dot_label(arc: Arc) -> str:
    return f' [label="{quoted(" ".join(arc.slope))}"]' if arc.slope else ""


def lines_of(vertex: Vertex) -> list[str]:
    """The value, the name with the operation, the adjoint."""
    named = f"{vertex.caption} = {vertex.text}" if vertex.kind == "operation" else vertex.text
    return [text for text in (vertex.value, named, vertex.adjoint) if text]


def quoted(text: str) -> str:
    """A text within Graphviz's quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def mermaid_text(graph: Graph, title: str) -> str:
    """The graph in Mermaid's language, which GitHub draws in Markdown.

    >>> from .vertices import graph_of
    >>> from ...differentiators.walk import walk
    >>> print(mermaid_text(graph_of(walk(lambda x: x * x, 3.0).as_dict()), "x*x").splitlines()[-1])
        n0 -->|"3 + 3"| n1
    """
    marks = {"input": ('(["', '"])'), "data": ('(["', '"])'), "group": ('[["', '"]]')}
    lines = []
    for i, vertex in enumerate(graph.vertices):
        left, right = marks.get(vertex.kind, ('["', '"]'))
        lines.append(f"    n{i}{left}{'<br>'.join(map(entities, lines_of(vertex)))}{right}")
    for arc in graph.arcs:
        label = f'|"{entities(" ".join(arc.slope))}"|' if arc.slope else ""
        lines.append(f"    n{arc.source} -->{label} n{arc.target}")
    return "\n".join(["---", f"title: {title_of(title)}", "---", "flowchart LR", *lines]) + "\n"


def title_of(title: str) -> str:
    """A title as a quoted YAML text."""
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'


def entities(text: str) -> str:
    """A text within Mermaid's quotation marks, where markup has no meaning."""
    plain = " .,+-−×/()"
    return "".join(c if c.isalnum() or c in plain else f"#{ord(c)};" for c in text)
