"""How it works: both passes of one small function, from a walk in its dictionary form."""

from __future__ import annotations

from typing import Any

from ..explanation import explanation_text
from .blocks import Block, Figure, Fold, Paragraph, Verbatim
from .words import Words

WIDTH = 96  # columns of the passes as text


def worked(walk: dict[str, Any] | None, picture: str, words: Words) -> list[Block]:
    """The graph where there is a picture of it, and the passes node by node; nothing without a walk."""
    if not walk:
        return []
    blocks: list[Block] = [Paragraph(words["how intro"].format(title=walk["title"]))]
    if picture:
        blocks.append(Figure("graph", words["graph"], picture))
    return [*blocks, Fold(words["passes"], [Verbatim(explanation_text(walk, WIDTH))], not picture)]
