"""What a report is made of, whatever it is written as: headings, sentences, tables, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A title with the anchor that links lead to."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several; perhaps with a link to its evidence, the anchor and what is written on it."""

    text: str
    link: tuple[str, str] | None = None
    kind: str = ""  # "note" for remarks on how something is read


@dataclass(frozen=True)
class Points:
    """Paragraphs of equal weight."""

    items: Sequence[Paragraph]
    kind: str = ""  # "answer" for the sentences at the top


@dataclass(frozen=True)
class Cell:
    """A text, what it is sorted by where that is another, and how it is set."""

    text: str
    key: float | None = None
    kind: str = ""  # a status, such as "wrong"


@dataclass(frozen=True)
class Table:
    """Titles and rows of cells; `right` tells the columns of numbers.

    data: for each row what a reader may ask for, such as its digits; only where rows can be chosen.
    """

    caption: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: Sequence[bool]
    anchor: str = ""
    sortable: bool = False
    data: Sequence[dict[str, str]] = ()


@dataclass(frozen=True)
class Figure:
    """A picture as SVG or PNG, its caption, which is read aloud too, and how it is read."""

    kind: str
    caption: str
    svg: str = ""
    png: bytes = b""
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """An SVG element of our own, which has its words, its size and its dark colours itself."""

    kind: str
    svg: str


@dataclass(frozen=True)
class Chooser:
    """Fields by which the rows of a table are chosen; only where a script runs."""

    table: str
    backends: Sequence[str]
    words: dict[str, str]


@dataclass(frozen=True)
class Verbatim:
    """Text in columns, as it stands."""

    text: str


@dataclass(frozen=True)
class Terms:
    """A glossary."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Fold:
    """What is shown on demand."""

    summary: str
    blocks: Sequence[Block]
    open: bool = False


Block = Heading | Paragraph | Points | Table | Figure | Drawing | Chooser | Verbatim | Terms | Fold


@dataclass(frozen=True)
class Page:
    """A title, a line below it, and the blocks; `lang` is that of its words, `contents` the name of its
    list of sections.
    """

    title: str
    subtitle: str
    blocks: Sequence[Block]
    lang: str = "en"
    contents: str = "Contents"
