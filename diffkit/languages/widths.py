"""Texts in cells of a terminal: a Korean letter takes two."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category, east_asian_width


def cells(text: str) -> int:
    """How many cells a text takes.

    >>> cells("값 = 1"), cells("e\u0301"), cells("…")
    (6, 1, 1)
    """
    return len(text) if text.isascii() else sum(map(of_letter, text))


def of_letter(letter: str) -> int:
    if category(letter) in ("Mn", "Me", "Cf"):  # drawn onto the letter before, or not at all
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def widest(texts: Iterable[str]) -> int:
    """The cells of the widest."""
    return max(map(cells, texts), default=0)


def padded(text: str, room: int, right: bool = False) -> str:
    """The text with spaces to so many cells, behind it or, to stand at the right, before it.

    >>> padded("값", 4), padded("1", 4, right=True)
    ('값  ', '   1')
    """
    spaces = " " * (room - cells(text))
    return spaces + text if right else text + spaces
