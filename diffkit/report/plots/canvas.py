"""The only matplotlib: a page with title, panels, labels that keep apart, a footer; always the same bytes."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from ..fonts import LATIN, families
from .palette import GREY, Look, ink
from .rows import SCREEN_DPI, ten_to

LONG_NUMBER = re.compile(r"(?<![\w#.])-?[1-9]\d*\.\d{3,}")  # below 1 it may be a scale
COLORS = 64
POINT = 1 / 72  # inches
LEAST = 1.6  # inches of a panel, however long its labels are: then the page is wider
HASH_SALT = {"svg.hashsalt": "diffkit", "path.simplify": False, "text.hinting": "none"}
UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


@dataclass(frozen=True)
class Style:
    """Inches and points: what a printed column needs, or a screen on a wall."""

    width: float
    height: float
    font: float
    dpi: int


STYLES = {"paper": Style(6.5, 4.0, 9.0, 200), "slides": Style(12.0, 6.75, 17.0, 120)}


def settings(style: Style, texts: Iterable[str] = ()) -> Any:
    """matplotlib's own defaults with our few changes, whatever the user's matplotlibrc says.

    texts: of the figure, where they are known. Raises NoFont for Korean without a font.
    """
    fonts = families(texts)
    outlines = 42 if fonts == [LATIN] else 3  # a PDF cannot hold CFF, as Korean fonts are, as TrueType
    return matplotlib.style.context(["default", HASH_SALT | {
        "text.parse_math": False, "font.size": style.font, "font.family": fonts, "pdf.fonttype": outlines,
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": style.font / 14,
        "axes.labelsize": style.font, "axes.edgecolor": "#444444",
        "xtick.labelsize": style.font * 0.92, "ytick.labelsize": style.font * 0.92,
        "lines.linewidth": style.font / 6, "lines.markersize": style.font / 1.7,
        "axes.grid": True, "grid.color": "#E6E6E6", "grid.linewidth": style.font / 18, "axes.axisbelow": True,
    }])  # fmt: skip


class Picture(Figure):
    """A Figure that notebooks show as it is, without pyplot, and that knows its style."""

    style: Style

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture, and its size on a page, where its many dots make it sharp and not large."""
        width, height = (round(96 * inches) for inches in self.get_size_inches())
        return of_few_colours(image(self, "png")), {"width": width, "height": height}


def own_settings(figure: Picture) -> Any:
    """The settings in which a figure was drawn, in whatever language it is written out."""
    return settings(figure.style, [text.get_text() for text in figure.findobj(Text)])


def write(figure: Picture, target: Path | io.BytesIO, suffix: str) -> None:
    """Write the figure: the same bytes for the same figure, without dates."""
    stream = io.BytesIO()
    with own_settings(figure):
        figure.savefig(stream, format=suffix, dpi=figure.style.dpi, metadata=UNDATED[suffix])
    content = slim(stream.getvalue().decode()).encode() if suffix == "svg" else stream.getvalue()
    if isinstance(target, Path):
        target.write_bytes(content)
    else:
        target.write(content)


def slim(svg: str) -> str:
    """The same picture without comments, in hundredths of a point: a sixth smaller.

    >>> slim('<svg>\\n <!-- a -->\\n <path d="M 1.23456 20.5 \\nL 0.0828 3"/>\\n</svg>')
    '<svg><path d="M 1.23 20.5 L 0.0828 3"/></svg>'
    """
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", re.sub(r"\s*\n\s*", " ", svg))
    return LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), svg)


def of_few_colours(png: bytes) -> bytes:
    """The same picture with a palette of 256 colours: a third of the bytes, and a notebook holds many."""
    from PIL import Image

    stream = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(stream, "png", optimize=True)
    return stream.getvalue()


def image(figure: Picture, suffix: str) -> bytes:
    """The figure as the bytes of a file."""
    stream = io.BytesIO()
    write(figure, stream, suffix)
    return stream.getvalue()


def small_png(figure: Picture) -> bytes:
    """The figure as PNG of few colours and as many dots as a screen shows: a tenth of the bytes."""
    from PIL import Image  # a requirement of matplotlib

    stream, small = io.BytesIO(), io.BytesIO()
    with own_settings(figure):
        figure.savefig(stream, format="png", dpi=SCREEN_DPI)
    drawn = Image.open(stream).convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")  # a figure without a ground would have black edges
    paper.alpha_composite(drawn)
    paper.convert("RGB").quantize(COLORS).save(small, format="png", optimize=True)
    return small.getvalue()


def groundless(figure: Picture) -> str:
    """The figure as SVG without a ground of its own, for a page that has one."""
    for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
        patch.set_visible(False)
    return image(figure, "svg").decode()


Label = tuple[float, float, str, str]  # x and y of a point in the panel, a text for it, its colour


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The places moved as little as possible until they are `gap` apart, from `low` to `high` if they fit.

    >>> spread([1.0, 5.0, 5.2], 2.0, 0.0, 10.0)
    [1.0, 4.1, 6.1]
    >>> spread([9.9, 10.0], 2.0, 0.0, 10.0)
    [8.0, 10.0]
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    blocks: list[tuple[float, list[int]]] = []  # where a block's first label is, and its labels
    for i in order:
        start, members = min(max(places[i], low), high), [i]
        while blocks and blocks[-1][0] + gap * len(blocks[-1][1]) > start:
            members = blocks.pop()[1] + members
            wanted = [places[j] - k * gap for k, j in enumerate(members)]
            start = max(low, min(sum(wanted) / len(wanted), high - gap * (len(members) - 1)))
        blocks.append((start, members))
    found = {j: start + k * gap for start, members in blocks for k, j in enumerate(members)}
    return [round(found[i], 9) for i in range(len(places))]


class Page:
    """A figure in the making."""

    def __init__(self, style: Style, footer: str) -> None:
        self.style, self.footer = style, footer
        self.figure = Picture(figsize=(style.width, style.height), dpi=style.dpi)
        self.figure.style = style
        FigureCanvasAgg(self.figure)

    def width(self, text: str, size: float = 1.0) -> float:
        """The inches that a text takes, in multiples of the style's font."""
        probe = self.figure.text(0, 0, text, fontsize=self.style.font * size)
        found: float = probe.get_window_extent().width / self.figure.dpi
        probe.remove()
        return found

    def panels(
        self, title: str, count: int = 1, *, right: Sequence[str] = (), left: Sequence[str] = ("10000",),
        top: float = 0.0, below: float | None = None, height: float | None = None,
    ) -> list[Any]:  # fmt: skip
        """Empty axes with room for labels at the right and left, under a title that is folded to the width.

        top, below: inches above and under each panel, below without anything for ticks and the axis' name.
        height: inches of a panel; without it the page has the style's height.
        """
        em = self.style.font * POINT
        columns = 1 if count < 3 else 2
        rows = -(-count // columns)
        width = self.style.width * (1.6 if columns == 2 else 1.0)
        after = max(map(self.width, right), default=0.0) + 2.4 * em
        before = max(map(self.width, left), default=0.0) + 3.2 * em
        width = max(width, columns * (before + after + LEAST))
        lines = self.folded(title, width - 2 * em, 1.15)
        notes = self.folded(self.footer, width - 2 * em, 0.68)
        head, foot = (1.5 * len(lines) + 1.4) * em, (0.95 * len(notes) + 0.9) * em
        beneath = 3.9 * em if below is None else below
        under = beneath + top
        least = len(right) * 1.35 * em
        each = height or max(self.style.height * (1 if rows == 1 else 0.75) - head - foot - under, least)
        total = head + rows * (each + under) + foot
        self.figure.set_size_inches(width, total)
        self.write_frame(lines, notes, width, total)
        found = []
        for i in range(count):
            row, column = divmod(i, columns)
            x0 = column * width / columns + before
            y0 = total - head - (row + 1) * (each + under) + beneath
            span = width / columns - before - after
            found.append(self.figure.add_axes((x0 / width, y0 / total, span / width, each / total)))
        return found

    def folded(self, text: str, width: float, size: float) -> list[str]:
        """The text in lines that fit the width in inches."""
        letters = max(int(len(text) * width / max(self.width(text, size), 1e-9)), 10)
        lines = textwrap.wrap(text, letters, break_on_hyphens=False)
        while max((self.width(line, size) for line in lines), default=0) > width and letters > 10:
            letters -= 1
            lines = textwrap.wrap(text, letters, break_on_hyphens=False)
        return lines

    def write_frame(self, lines: list[str], notes: list[str], width: float, height: float) -> None:
        """Title and footer, at the left."""
        em = self.style.font * POINT
        self.figure.text(
            em / width, 1 - 0.7 * em / height, "\n".join(lines), va="top", fontsize=self.style.font * 1.15,
            fontweight="normal", linespacing=1.2, color="#111111",
        )  # fmt: skip
        self.figure.text(
            em / width, 0.55 * em / height, "\n".join(notes), va="bottom", fontsize=self.style.font * 0.68,
            color="#666666", linespacing=1.25,
        )  # fmt: skip

    def labels_right(self, axes: Any, labels: Sequence[Label]) -> list[Text]:
        """The labels in the right margin, pushed apart, each tied to its point by a hair line.

        Of points at one height the leftmost has the highest label, so that no two hair lines cross.
        """
        em = self.style.font * POINT * self.figure.dpi
        axes.get_xlim(), axes.get_ylim()  # until asked, the limits are not yet those of what was drawn
        box = axes.get_window_extent()
        places = [axes.transData.transform(label[:2]) for label in labels]
        order = sorted(range(len(labels)), key=lambda i: (round(places[i][1]), -places[i][0]))
        labels, heights = [labels[i] for i in order], [round(places[i][1]) for i in order]
        spots = spread(heights, 1.25 * em, box.y0, box.y1)
        hair = {
            "arrowstyle": "-",
            "linewidth": self.style.font / 20,
            "relpos": (0, 0.5),
            "shrinkA": 1,
            "shrinkB": 3,
        }
        return [
            axes.annotate(
                text, (x, y), xytext=(1 + 1.6 * em / box.width, (place - box.y0) / box.height),
                textcoords="axes fraction", va="center", ha="left", color=ink(color),
                annotation_clip=False, arrowprops=hair | {"color": color},
            )
            for (x, y, text, color), place in zip(labels, spots)
        ]  # fmt: skip

    def caption(self, axes: Any, text: str) -> None:
        """A panel's own name, above it."""
        axes.set_title(text, loc="left", fontsize=self.style.font, pad=self.style.font * 0.5, color="#333333")

    def line(self, axes: Any, x: Sequence[float], y: Sequence[float], look: Look, every: int = 1) -> None:
        """A line in the look of a backend, a marker at every so many points."""
        axes.plot(x, y, color=look.color, linestyle=look.dash, marker=look.marker, markevery=every)

    def stair(self, axes: Any, x: Sequence[float], y: Sequence[float], look: Look) -> None:
        """A line that steps up at each x."""
        axes.step(
            x, y, where="post", color=look.color, linestyle=look.dash, marker=look.marker,
            markevery=max(1, len(x) // 6), markersize=self.style.font / 2.2,
        )  # fmt: skip

    def guide(self, axes: Any, x: Sequence[float], y: Sequence[float]) -> None:
        """A thin grey line to compare with."""
        axes.plot(x, y, color=GREY, linewidth=self.style.font / 12, linestyle=(0, (2, 2)), zorder=1)

    def log_ticks(self, axis: Any, places: Sequence[float] = ()) -> None:
        """Ticks of a logarithmic axis as 0.1, 1, 1,000, far ones as powers of ten; at a few given places."""
        few = 0 < len(places) <= 6
        axis.set_major_locator(FixedLocator(places) if few else LogLocator(numticks=8))
        if few:
            axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(log_text))
        axis.set_minor_formatter(NullFormatter())

    def near_ticks(self, axis: Any, values: Sequence[float]) -> None:
        """Ticks of a logarithmic axis over these values, also where they span less than some decades."""
        low, high = min(values), max(values)
        steps = (1, 2, 3, 5, 7) if high < 4 * low else (1, 2, 5)
        decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        places = [float(f"{k}e{n}") for n in decades for k in steps]
        places = [place for place in places if low * 0.9 <= place <= high * 1.1]
        self.log_ticks(axis, places if 1 < len(places) <= 6 else ())

    def shade(self, share: float) -> str:
        """A blue, the deeper the greater the share from 0 to 1; grey eyes see the same order."""
        pale, deep = np.array([0.93, 0.96, 0.99]), np.array([0.03, 0.29, 0.55])
        return to_hex(pale + (deep - pale) * share**1.5)


def log_text(value: float, _: Any = None) -> str:
    """
    >>> log_text(0.01), log_text(1000.0), log_text(1e9)
    ('0.01', '1,000', '10⁹')
    """
    return f"{value:,.6g}" if 1e-3 < value < 1e5 else ten_to(round(np.log10(value)))
