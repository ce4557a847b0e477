"""How it works: both passes of one small function, from a walk in its dictionary form."""

from __future__ import annotations

from typing import Any

from ...languages import Subject
from ..explanation import explanation_text
from ..graph import graph_svg
from .blocks import Block, Drawing, Fold, Paragraph, Verbatim

words = Subject("report")

WIDTH = 96  # columns of the passes as text


def worked(walk: dict[str, Any] | None) -> list[Block]:
    """The graph, and folded the passes node by node; nothing without a walk."""
    if not walk:
        return []
    return [
        Paragraph(words("how intro", title=walk["title"])),
        Drawing("graph", graph_svg(walk)),
        Fold(words("passes"), [Verbatim(explanation_text(walk, WIDTH))]),
    ]
