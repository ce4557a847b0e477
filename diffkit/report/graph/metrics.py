"""How wide a text is, without a font at hand: the advances of DejaVu Sans, which is wider than most."""

from __future__ import annotations

from unicodedata import east_asian_width

EMS = {
    letter: ems
    for ems, letters in {
        0.28: "'ijl", 0.30: "IJ", 0.32: " ,.·", 0.34: "/:;\\|", 0.36: "f-", 0.39: "()[]t", 0.41: "!²³r",
        0.46: '"', 0.50: "*_`", 0.53: "sz?", 0.56: "cL", 0.58: "Fk", 0.59: "vxy", 0.60: "P", 0.61: "TYao",
        0.63: "ESbdeghnpqu", 0.64: "$0123456789{}√", 0.66: "K", 0.68: "AV", 0.69: "BRXZ", 0.70: "C",
        0.73: "U", 0.75: "HN", 0.78: "DG&", 0.79: "OQ", 0.82: "w", 0.84: "#+<=>^~−×±→", 0.86: "M",
        0.97: "m%", 1.00: "W@…",
    }.items()
    for letter in letters
}  # fmt: skip
OTHER = 0.65


def width(text: str, size: float) -> float:
    """The width of a text in a font of this size, in the same unit; Korean letters are square.

    >>> round(width("v1", 10.0), 1), width("값", 10.0)
    (12.3, 10.0)
    """
    return size * sum(ems(letter) for letter in text)


def ems(letter: str) -> float:
    return EMS.get(letter) or (1.0 if east_asian_width(letter) in "WF" else OTHER)
