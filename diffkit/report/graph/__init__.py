"""The computational graph of a walk as a picture.

    walk -> vertices.py (what is drawn) -> folding.py (not too much of it) -> scene.py (boxes, lines, labels,
    placed by programs/layout) -> svg.py, figure.py (PNG, PDF, frames); languages.py writes .dot and .mmd

Nothing is computed here: values, adjoints and slopes are those that the walk has noted. Texts are those of
the table of words that is passed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..words import ENGLISH, Words
from .folding import folded
from .languages import dot_text, mermaid_text
from .scene import scene_of
from .svg import svg_text
from .vertices import Graph, Walk, graph_of

__all__ = ["SUFFIXES", "frames_path", "graph_path", "graph_svg", "save_frames", "save_graph"]


def graph_svg(walk: Walk, words: Words = ENGLISH) -> str:
    """The graph as one SVG element, which may stand in a page of HTML; the same text for the same walk."""
    return svg_text(scene_of(walk, words))


def as_picture(suffix: str) -> Callable[[Walk, Words], bytes]:
    def drawn(walk: Walk, words: Words) -> bytes:
        from .figure import picture_bytes

        return picture_bytes(scene_of(walk, words), suffix)

    return drawn


def as_text(writer: Callable[[Graph, str], str]) -> Callable[[Walk, Words], bytes]:
    return lambda walk, words: writer(folded(graph_of(walk), words), walk["title"]).encode()


WRITERS: dict[str, Callable[[Walk, Words], bytes]] = {
    "svg": lambda walk, words: graph_svg(walk, words).encode(),
    "png": as_picture("png"),
    "pdf": as_picture("pdf"),
    "dot": as_text(dot_text),
    "mmd": as_text(mermaid_text),
}
SUFFIXES = tuple(WRITERS)


def save_graph(walk: Walk, path: str | Path, words: Words = ENGLISH) -> Path:
    """Write the graph in the format that the suffix names (SUFFIXES); returns the path.

    The same walk gives the same bytes. Raises ValueError for another suffix, OSError as `open` does.
    """
    path = graph_path(path)
    path.write_bytes(WRITERS[path.suffix.lower().lstrip(".")](walk, words))
    return path


def graph_path(path: str | Path) -> Path:
    """The path, if its suffix names a format; raises ValueError with the list."""
    path = Path(path)
    if path.suffix.lower().lstrip(".") not in WRITERS:
        raise ValueError(f"{path} has no suffix of a graph: use one of .{', .'.join(WRITERS)}.")
    return path


def save_frames(walk: Walk, path: str | Path, words: Words = ENGLISH) -> int:
    """Write the two passes step by step: a .gif file, or numbered PNG files in a folder; returns how many.

    Raises ValueError for another suffix, OSError as `open` does.
    """
    path = frames_path(path)
    from .figure import save_frames

    if not path.suffix:
        path.mkdir(exist_ok=True)
    return save_frames(scene_of(walk, words), path)


def frames_path(path: str | Path) -> Path:
    """The path, if it names a .gif file or a folder; raises ValueError."""
    path = Path(path)
    if path.suffix and path.suffix.lower() != ".gif":
        raise ValueError(f"{path} is no animation: name a .gif file, or a folder for the frames.")
    return path
