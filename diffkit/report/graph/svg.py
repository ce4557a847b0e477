"""A scene as SVG: one file that needs nothing else, legible by day and by night, the same bytes for the same
scene. Names of classes and ids are its own, so that several may stand in one page.
"""

from __future__ import annotations

from html import escape
from zlib import crc32

from ...programs.layout import Point
from ..fonts import is_korean
from . import look
from .scene import Box, Label, Line, Scene

SCOPE = "diffkit-graph"


def svg_text(scene: Scene, column: float | None = None) -> str:
    """The scene as one SVG element; made smaller for a column of so many pixels, if it is legible then.

    >>> from ...differentiators.walk import walk
    >>> from .scene import scene_of
    >>> svg = svg_text(scene_of(walk(lambda x: x * x, 3.0).as_dict()))
    >>> svg.startswith("<svg "), "prefers-color-scheme:dark" in svg, "<title" in svg
    (True, True, True)
    """
    name = f"dk{crc32(repr(scene).encode()):08x}"
    wide, high = f"{scene.width:.0f}", f"{scene.height:.0f}"
    scale = fitting(scene.width, column)
    wires = "".join(f'<path d="{path(line)}"/>' for line in scene.lines)
    arrows = "".join(f'<path d="{arrow(line)}"/>' for line in scene.lines if line.arrow)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{SCOPE}" viewBox="0 0 {wide} {high}" '
        f'width="{scene.width * scale:.0f}" height="{scene.height * scale:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{escape(scene.title)}</title>',
        f'<desc id="{name}-desc">{escape(scene.description)}</desc>',
        f"<style>{style(scene)}</style>",
        f'<rect class="paper" width="{wide}" height="{high}" rx="8"/>',
        f'<g class="wire">{wires}</g>', f'<g class="arrow">{arrows}</g>',
        *map(box, scene.boxes), *map(label, scene.labels),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def fitting(width: float, column: float | None) -> float:
    """How much smaller a picture is drawn for a column: not at all where letters would be too small.

    >>> fitting(800.0, 720.0), fitting(400.0, 720.0), fitting(2000.0, 720.0), fitting(2000.0, None)
    (0.9, 1.0, 1.0, 1.0)
    """
    share = column / width if column else 1.0
    return share if look.LEGIBLE <= share < 1 else 1.0


def style(scene: Scene) -> str:
    """The roles by day, and what changes by night on a screen; fonts for Korean where it is written."""
    korean = any(is_korean(label.text) for label in scene.labels)
    font = look.FONT.replace("sans-serif", f"{look.KOREAN}, sans-serif") if korean else look.FONT
    day, night = rules(look.DAY), rules(look.NIGHT)
    fixed = [
        f".{SCOPE}{{max-width:100%;height:auto;font-family:{font}}}",
        f".{SCOPE} .wire{{fill:none;stroke-width:1.4;stroke-linecap:round}}",
        f".{SCOPE} .box{{stroke-width:1.3}}", f".{SCOPE} .constant.box{{stroke-dasharray:3 2}}",
        f".{SCOPE} .result.box{{stroke-width:2}}",
        *(f".{SCOPE} .{role}{{font-weight:600}}" for role in look.STRONG),
        f".{SCOPE} .note{{font-weight:400}}",
    ]  # fmt: skip
    return "".join(fixed + day) + f"@media screen and (prefers-color-scheme:dark){{{''.join(night)}}}"


def rules(colours: dict[str, str]) -> list[str]:
    """The colours of the roles."""
    boxes = {role.split()[0] for role in colours if role.endswith(" fill")}
    texts = ("paper", "text", "caption", "value", "adjoint", "slope", "title")
    return [
        *(f".{SCOPE} .{role}{{fill:{colours[role]}}}" for role in texts),
        *(f".{SCOPE} .{role}.box{{fill:{colours[f'{role} fill']};stroke:{colours[f'{role} line']}}}"
          for role in sorted(boxes)),
        f".{SCOPE} .wire{{stroke:{colours['wire']}}}", f".{SCOPE} .arrow{{fill:{colours['wire']}}}",
    ]  # fmt: skip


def box(shape: Box) -> str:
    (x, y), (wide, high) = shape.middle, shape.size
    corner = look.CORNER if shape.role not in look.ROUNDED else look.PILL
    return (
        f'<rect class="{shape.role} box" x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" '
        f'height="{high:.1f}" rx="{corner:g}"/>'
    )


def label(text: Label) -> str:
    x, y = text.at
    return (
        f'<text class="{text.role}" x="{x:.1f}" y="{y:.1f}" font-size="{text.size:g}" '
        f'text-anchor="{text.anchor}">{escape(text.text, quote=False)}</text>'
    )


def path(line: Line) -> str:
    """Level pieces joined by bends, or straight pieces with rounded corners."""
    return cornered(line.points) if line.around else bent(line.points)


def bent(points: tuple[Point, ...]) -> str:
    (x0, y0), (x1, y1), (x2, y2), (x3, _) = points
    middle = (x1 + x2) / 2
    bend = f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}" if y1 != y2 else f"H{x2:.1f}"
    return f"M{x0:.1f} {y0:.1f}H{x1:.1f}{bend}H{x3:.1f}"


def cornered(points: tuple[Point, ...]) -> str:
    steps = [f"M{at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:]):
        near, far = look.towards(corner, before), look.towards(corner, after)
        steps.append(f"L{at(near)}Q{at(corner)} {at(far)}")
    return "".join(steps) + f"L{at(points[-1])}"


def at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def arrow(line: Line) -> str:
    """A triangle at the end of a line, pointing to the right."""
    x, y = line.points[-1]
    return f"M{x:.1f} {y:.1f}l{-look.ARROW:.1f} {-look.ARROW * 0.45:.1f}v{look.ARROW * 0.9:.1f}z"
