"""The forward and backward pass of one function, shown in whatever form is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..differentiators.walked import Walk
from ..languages import spoken
from ..report.explanation import explanation_html, explanation_text
from ..report.graph import graph_svg, save_frames, save_graph
from ..report.stepping import step_texts
from .comparison import chosen, pandas

COLUMN = 720  # pixels that the page of an exported notebook leaves for a picture


@dataclass(frozen=True, repr=False)
class Explanation:
    """Every node of the running tape with its value and its adjoint; `walk` holds them.

    It prints as text, in notebooks as its graph with the text as HTML.
    """

    walk: Walk

    def text(self, width: int = 80) -> str:
        """The two passes and what the other backends say, as text of at most `width` columns."""
        return explanation_text(self.walk.as_dict(), width)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        walk = self.walk.as_dict()
        return graph_svg(walk) + explanation_html(walk)

    def graph(self) -> GraphPicture:
        """The computational graph as a picture, which notebooks show and `save` writes."""
        return GraphPicture(self.walk)

    def frames(self, path: str | Path) -> int:
        """Write the two passes as an animation: a .gif file, or numbered PNG files in a folder.

        Returns how many frames. Raises ValueError for another suffix, OSError as `open` does.
        """
        return save_frames(self.walk.as_dict(), path)

    def steps(self, width: int = 80) -> Iterator[str]:
        """A short text for each node on the way forward, then for each on the way back."""
        return step_texts(self.walk.as_dict(), width)

    def to_pandas(self) -> Any:
        """A pandas DataFrame, one row a node; raises ImportError where pandas is missing."""
        return pandas().DataFrame(self.walk.as_dict()["steps"])

    def save(self, path: str | Path) -> Path:
        """Write it in the format that the suffix names (.txt, .md, .json, .html); returns the path.

        Raises ValueError for another suffix, OSError as `open` does.
        """
        path = Path(path)
        path.write_text(chosen(path, FORMATS)(self), encoding="utf-8")
        return path


@dataclass(frozen=True, repr=False)
class GraphPicture:
    """The computational graph of a walk: values above the nodes, adjoints below, local slopes on the wires.

    >>> from ..differentiators.walk import walk
    >>> picture = GraphPicture(walk(lambda x: x * x, 3.0))
    >>> picture, picture.svg.count("<rect")
    (<picture of 2 nodes; .save("graph.svg") writes it>, 3)
    """

    walk: Walk

    def __repr__(self) -> str:
        return f'<picture of {len(self.walk.steps)} nodes; .save("graph.svg") writes it>'

    @property
    def svg(self) -> str:
        """One SVG element."""
        return graph_svg(self.walk.as_dict())

    def _repr_svg_(self) -> str:
        """The picture, made a little smaller where it fits the column of a notebook so; wider ones scroll."""
        return graph_svg(self.walk.as_dict(), column=COLUMN)

    def save(self, path: str | Path) -> Path:
        """Write it as .svg, .png, .pdf, .dot (Graphviz) or .mmd (Mermaid); returns the path.

        Raises ValueError for another suffix, OSError as `open` does.
        """
        return save_graph(self.walk.as_dict(), path)


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;
background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd;vertical-align:top}
pre{overflow-x:auto;font-size:.85rem}
:lang(ko){word-break:keep-all}
@media screen and (prefers-color-scheme:dark){body{color:#ececec;background:#15181c}
th,td{border-color:#3a3f45}}
"""


def page(explanation: Explanation) -> str:
    """An HTML document that needs nothing else, for screens by day and by night and for paper."""
    from html import escape

    title = explanation.walk.title or "diffkit"
    head = f'<!doctype html><html lang="{spoken()}"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{head}<style>{STYLE}</style><body>{explanation._repr_html_()}</body></html>\n"


FORMATS: dict[str, Callable[[Explanation], str]] = {
    "txt": lambda e: f"{e}\n",
    "md": lambda e: f"```\n{e}\n```\n",
    "json": lambda e: json.dumps(e.walk.as_dict(), indent=2, allow_nan=False) + "\n",
    "html": page,
}
