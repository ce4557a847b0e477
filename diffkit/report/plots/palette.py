"""One look for each backend, the same in every figure: colour, marker and dash, from its name alone.

The colours are those of Okabe and Ito, which colour-blind eyes tell apart (https://jfly.uni-koeln.de/color/);
marker and dash tell them apart in grey.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple
from zlib import crc32


class Look(NamedTuple):
    """A colour as #rrggbb, a marker and a dash as matplotlib spells them."""

    color: str
    marker: str
    dash: str | tuple[int, tuple[float, ...]]


BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#8C8C8C"  # guides, and the control that is always wrong
Dash = str | tuple[int, tuple[float, ...]]
SOLID, DASHED, DOTTED, DASHDOT = "-", (0, (5.0, 1.6)), (0, (1.2, 1.4)), (0, (6.0, 1.5, 1.2, 1.5))

LOOKS = {
    "symbolic": Look(PURPLE, "D", DASHED),
    "finite": Look(VERMILION, "s", DASHDOT),
    "forward": Look(ORANGE, "^", DASHED),
    "reverse": Look(BLUE, "o", SOLID),
    "complex-step": Look(SKY, "v", DOTTED),
    "compiled-numpy": Look(GREEN, "P", SOLID),
    "compiled-native": Look(BLACK, "*", SOLID),
    "zero": Look(GREY, "x", DOTTED),
    "numdifftools": Look(VERMILION, "<", DOTTED),
    "scipy-differentiate": Look(PURPLE, ">", DOTTED),
    "jacobi": Look(ORANGE, "h", DOTTED),
    "findiff": Look(SKY, "d", DASHDOT),
    "hand": Look(BLACK, "X", DASHED),
    "by-hand": Look(BLACK, "p", DASHDOT),
    "jax": Look(BLACK, "8", DOTTED),
    "torch": Look(GREEN, "H", DASHED),
    "autograd": Look(BLUE, "p", DASHED),
    "casadi": Look(ORANGE, "X", SOLID),
}
COLORS = (BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE)
MARKERS = ("p", "H", "8", "X", "1", "2", "3", "4", "+")  # of other names
DASHES: tuple[Dash, ...] = (SOLID, DASHED, DOTTED, DASHDOT)
TAKEN = {(look.color, look.marker) for look in LOOKS.values()}


def looks(backends: Iterable[str]) -> dict[str, Look]:
    """A look for each of the backends. Only where two unknown names would look alike does one give way,
    as long as there are looks: some thirty for the settings of one backend.

    >>> looks(["reverse"])["reverse"].color
    '#0072B2'
    >>> finite = looks(["finite", "finite:order=4"])
    >>> finite["finite"].color == finite["finite:order=4"].color, len(set(finite.values()))
    (True, 2)
    """
    found: dict[str, Look] = {}
    for name in sorted(set(backends)):
        free = [look for look in candidates(name) if look not in found.values()]
        found[name] = (free or candidates(name))[0]
    return found


def candidates(name: str) -> list[Look]:
    """The looks that a name may have, the best first: its own, or any; with settings, its family's colour."""
    if name in LOOKS:
        return [LOOKS[name]]
    family = LOOKS.get(name.partition(":")[0])
    colors = (family.color,) if family else COLORS
    free = [pair for pair in product(colors, MARKERS) if pair not in TAKEN]
    every = [Look(*pair, dash) for pair, dash in product(free, DASHES)]
    start = crc32(name.encode()) % len(every)
    return every[start:] + every[:start]


def ink(color: str) -> str:
    """The colour darkened for text, so that orange and sky are readable on white.

    >>> ink("#E69F00")
    '#8f6300'
    """
    return "#" + "".join(f"{int(int(color[i : i + 2], 16) * 0.624):02x}" for i in (1, 3, 5))
