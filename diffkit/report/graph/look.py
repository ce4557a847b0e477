"""The look of a computational graph: sizes, and for each role a colour by day and one by night.

Colours are those of Okabe and Ito, darkened by day and lightened by night so that text has a contrast of at
least 4.5; value and adjoint are told apart by their place as well, above and below.
"""

from __future__ import annotations

from ...programs.layout import Point

FONT = "DejaVu Sans, Verdana, Segoe UI, Helvetica, Arial, sans-serif"
KOREAN = "Noto Sans CJK KR, Noto Sans KR, Malgun Gothic, Apple SD Gothic Neo, NanumGothic"
ROUNDED = ("input", "data")  # boxes with the look of a pill
TITLE, TEXT, NUMBER, SLOPE, CAPTION, LEGEND = 15.0, 13.0, 12.0, 11.0, 9.5, 10.5  # font sizes
BOLD = 1.1  # how much wider a text is in bold
STRONG = ("title", "value", "adjoint")  # roles in bold
CORNER, PILL, ROUND = 6.0, 13.0, 6.0  # radii of boxes, of inputs, of the corners of wires
ARROW = 6.5
LEGIBLE = 0.6  # of the sizes above: the smallest letters have six pixels then

DAY = {
    "paper": "#FFFFFF", "text": "#1A1A1A", "caption": "#666666", "value": "#0062A3", "adjoint": "#B04A00",
    "slope": "#4A4A4A", "wire": "#9A9A9A", "title": "#1A1A1A",
    "input fill": "#E6F1F9", "input line": "#0072B2", "constant fill": "#F3F3F3", "constant line": "#B5B5B5",
    "data fill": "#F3F3F3", "data line": "#8C8C8C",
    "operation fill": "#FFFFFF", "operation line": "#6E6E6E", "group fill": "#F1F6F3",
    "group line": "#5C8374", "result fill": "#FDF0E6", "result line": "#D55E00", "pending": "#C9C9C9",
}  # fmt: skip
NIGHT = {
    "paper": "#15181C", "text": "#ECECEC", "caption": "#A5A5A5", "value": "#6FC0F0", "adjoint": "#F5A36B",
    "slope": "#C4C4C4", "wire": "#767676", "title": "#ECECEC",
    "input fill": "#16293A", "input line": "#56B4E9", "constant fill": "#24282D", "constant line": "#6B6B6B",
    "data fill": "#24282D", "data line": "#8C8C8C",
    "operation fill": "#1E2227", "operation line": "#A0A0A0", "group fill": "#1C2B25",
    "group line": "#7FAE9C", "result fill": "#33241A", "result line": "#E8894A", "pending": "#4A4F55",
}  # fmt: skip


def towards(corner: Point, other: Point) -> Point:
    """The point where rounding a corner begins, in the direction of another.

    >>> towards((0.0, 0.0), (30.0, 0.0))
    (6.0, 0.0)
    """
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    share = min(ROUND / max(abs(dx), abs(dy), 1e-9), 0.5)
    return corner[0] + dx * share, corner[1] + dy * share
