"""A scene painted by matplotlib, for PNG and PDF; and the two passes as frames."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.animation import PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline

from ..plots.canvas import STYLES, Picture, own_settings, settings, write
from . import look
from .metrics import width
from .scene import Box, Label, Line, Scene, Stage

INCH, POINT = 96.0, 0.75  # of the scene's units: an inch, and a unit in points
FRAME_WIDTH = 1200  # pixels that a frame may have: an animation is for screens
FRAMES_PER_SECOND = 1
LAST = 3  # times as long the last frame stays


class Painted:
    """A figure of a scene, whose artists can be shown and hidden."""

    def __init__(self, scene: Scene, style: str = "paper") -> None:
        self.scene, self.artists = scene, list[tuple[Stage, Any]]()
        with settings(STYLES[style], [label.text for label in scene.labels]):
            self.figure = Picture(figsize=(scene.width / INCH, scene.height / INCH), dpi=STYLES[style].dpi)
            self.figure.style = STYLES[style]
            FigureCanvasAgg(self.figure)
            self.axes = self.figure.add_axes((0, 0, 1, 1))
            self.axes.set(xlim=(0, scene.width), ylim=(scene.height, 0))
            self.axes.axis("off")
            for line in scene.lines:
                self.line(line)
            for box in scene.boxes:
                self.artists.append((box.stage, self.box(box)))
            for label in scene.labels:
                self.artists.append((label.stage, self.label(label)))
                if label.stage.forward is not None and label.size == look.SLOPE:
                    self.artists.append((label.stage, self.gap(label)))

    def line(self, line: Line) -> None:
        colour = look.DAY["wire"]
        outline = cornered(line) if line.around else bent(line)
        self.axes.add_patch(PathPatch(outline, fill=False, edgecolor=colour, linewidth=1.4 * POINT, zorder=1,
                                      capstyle="round"))  # fmt: skip
        if line.arrow:
            (x, y), size = line.points[-1], look.ARROW
            tip = [(x, y), (x - size, y - size * 0.45), (x - size, y + size * 0.45)]
            self.axes.add_patch(Polygon(tip, closed=True, facecolor=colour, linewidth=0, zorder=1.5))

    def box(self, box: Box) -> Any:
        (x, y), (wide, high) = box.middle, box.size
        corner = look.CORNER if box.role not in look.ROUNDED else look.PILL
        patch = FancyBboxPatch(
            (x - wide / 2, y - high / 2), wide, high, boxstyle=f"round,pad=0,rounding_size={corner}",
            facecolor=look.DAY[f"{box.role} fill"], edgecolor=look.DAY[f"{box.role} line"],
            linewidth=POINT * (2.0 if box.role == "result" else 1.3),
            linestyle=(0, (3, 2)) if box.role == "constant" else "-", zorder=2,
        )  # fmt: skip
        return self.axes.add_patch(patch)

    def label(self, label: Label) -> Any:
        role, *note = label.role.split()
        return self.axes.text(
            *label.at, label.text, fontsize=label.size * POINT, color=look.DAY[role], va="baseline",
            ha={"start": "left", "middle": "center", "end": "right"}[label.anchor], zorder=3,
            fontweight="bold" if role in look.STRONG and not note else "normal", parse_math=False,
        )  # fmt: skip

    def gap(self, label: Label) -> Any:
        """The wire where a slope will stand, for as long as it is not known."""
        (x, y), half = label.at, width(label.text, label.size) / 2 + 3.0
        level = y - look.SLOPE * 0.36
        (line,) = self.axes.plot([x - half, x + half], [level, level], color=look.DAY["wire"], zorder=1,
                                 linewidth=1.4 * POINT, visible=False)  # fmt: skip
        return line

    # The passes

    def frames(self) -> Iterator[Picture]:
        """The figure with more and more of the two passes: a frame for each node forward, then each back."""
        for forward, backward in stages(self.scene):
            for stage, artist in self.artists:
                self.show(artist, stage, forward, backward)
            yield self.figure

    def show(self, artist: Any, stage: Stage, forward: int, backward: int) -> None:
        """An artist as it looks when so many steps are done each way."""
        if isinstance(artist, FancyBboxPatch):
            now = stage.backward == backward - 1 if backward else stage.forward == forward - 1
            artist.set_linewidth(POINT * (3.2 if now else 1.3))
            artist.set_alpha(1.0 if (stage.forward or 0) < forward else 0.35)
        else:
            done = [(stage.forward, forward), (stage.backward, backward)]
            shown = all(at is None or at < reached for at, reached in done)
            artist.set_visible(not shown if isinstance(artist, Line2D) else shown)


def stages(scene: Scene) -> list[tuple[int, int]]:
    """How many steps are done forward and back in each frame: where something new is shown."""
    forward, backward = (
        sorted({getattr(box.stage, way) + 1 for box in scene.boxes if getattr(box.stage, way) is not None})
        for way in ("forward", "backward")
    )
    return [(0, 0), *((n, 0) for n in forward), *((forward[-1], n) for n in backward)]


def bent(line: Line) -> Outline:
    (x0, y0), (x1, y1), (x2, y2), (x3, _) = line.points
    middle = (x1 + x2) / 2
    points = [(x0, y0), (x1, y1), (middle, y1), (middle, y2), (x2, y2), (x3, y2)]
    return Outline(points, [Outline.MOVETO, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.LINETO])


def cornered(line: Line) -> Outline:
    points, codes = [line.points[0]], [Outline.MOVETO]
    for before, corner, after in zip(line.points, line.points[1:], line.points[2:], strict=False):
        points += [look.towards(corner, before), corner, look.towards(corner, after)]
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    return Outline([*points, line.points[-1]], [*codes, Outline.LINETO])


def painted(scene: Scene) -> Picture:
    """The scene as a figure that notebooks show and `write` writes."""
    return Painted(scene).figure


def picture_bytes(scene: Scene, suffix: str) -> bytes:
    """The scene as a PNG or PDF; the same bytes for the same scene."""
    stream = io.BytesIO()
    write(painted(scene), stream, suffix)
    return stream.getvalue()


def save_frames(scene: Scene, path: Path) -> int:
    """The two passes as an animation in a .gif file, or as numbered .png files in a folder; returns how many.

    Raises OSError as `open` does.
    """
    canvas = Painted(scene)
    dpi = min(INCH, INCH * FRAME_WIDTH / scene.width)
    canvas.figure.set_dpi(dpi)
    count = len(stages(scene))
    with own_settings(canvas.figure):
        if path.suffix.lower() == ".gif":
            writer = PillowWriter(fps=FRAMES_PER_SECOND)
            with writer.saving(canvas.figure, str(path), dpi):
                for number, _ in enumerate(canvas.frames(), 1):
                    for _ in range(LAST if number == count else 1):
                        writer.grab_frame()
            return count
        for number, figure in enumerate(canvas.frames()):
            figure.savefig(path / f"frame_{number:03d}.png", dpi=dpi, metadata={"Software": None})
    return count
