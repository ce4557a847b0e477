"""The computational graph of a walk as a picture.

    walk -> vertices.py (what is drawn) -> folding.py (not too much of it) -> scene.py (boxes, lines, labels,
    placed by programs/layout) -> svg.py, figure.py (PNG, PDF, frames); languages.py writes .dot and .mmd

Nothing is computed here: values, adjoints and slopes are those that the walk has noted. Texts are those of
the language that is spoken.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...languages import Subject
from .folding import folded
from .languages import dot_text, mermaid_text
from .scene import scene_of
from .svg import svg_text
from .vertices import Graph, Walk, graph_of

messages = Subject("messages")

__all__ = ["SUFFIXES", "frames_path", "graph_path", "graph_svg", "save_frames", "save_graph"]


def graph_svg(walk: Walk, column: float | None = None) -> str:
    """The graph as one SVG element, which may stand in a page of HTML; the same text for the same walk.

    column: pixels that there are, where the page cannot see to it itself.
    """
    return svg_text(scene_of(walk), column)


def as_picture(suffix: str) -> Callable[[Walk], bytes]:
    def drawn(walk: Walk) -> bytes:
        from .figure import picture_bytes

        return picture_bytes(scene_of(walk), suffix)

    return drawn


def as_text(writer: Callable[[Graph, str], str]) -> Callable[[Walk], bytes]:
    return lambda walk: writer(folded(graph_of(walk)), walk["title"]).encode()


WRITERS: dict[str, Callable[[Walk], bytes]] = {
    "svg": lambda walk: graph_svg(walk).encode(),
    "png": as_picture("png"),
    "pdf": as_picture("pdf"),
    "dot": as_text(dot_text),
    "mmd": as_text(mermaid_text),
}
SUFFIXES = tuple(WRITERS)


def save_graph(walk: Walk, path: str | Path) -> Path:
    """Write the graph in the format that the suffix names (SUFFIXES); returns the path.

    The same walk gives the same bytes. Raises ValueError for another suffix and (NoFont) for letters that no
    font has, OSError as `open` does.
    """
    path = graph_path(path)
    path.write_bytes(WRITERS[path.suffix.lower().lstrip(".")](walk))
    return path


def graph_path(path: str | Path) -> Path:
    """The path, if its suffix names a format; raises ValueError with the list."""
    path = Path(path)
    if path.suffix.lower().lstrip(".") not in WRITERS:
        raise ValueError(messages("no graph suffix", path=path, suffixes=f".{', .'.join(WRITERS)}"))
    return path


def save_frames(walk: Walk, path: str | Path) -> int:
    """Write the two passes step by step: a .gif file, or numbered PNG files in a folder; returns how many.

    Raises ValueError for another suffix and (NoFont) for letters that no font has, OSError as `open` does.
    """
    path = frames_path(path)
    from .figure import save_frames

    if not path.suffix:
        path.mkdir(exist_ok=True)
    return save_frames(scene_of(walk), path)


def frames_path(path: str | Path) -> Path:
    """The path, if it names a .gif file or a folder; raises ValueError."""
    path = Path(path)
    if path.suffix and path.suffix.lower() != ".gif":
        raise ValueError(messages("no animation", path=path))
    return path
