"""Fonts in which figures write: DejaVu Sans, and for Korean letters what the system has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..languages import Subject, spoken

LATIN = "DejaVu Sans"  # comes with matplotlib
KOREAN = (
    "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumBarunGothic", "Malgun Gothic",
    "Apple SD Gothic Neo", "AppleGothic", "UnDotum", "Baekmuk Dotum", "Source Han Sans K",
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK TC",  # of a .ttc matplotlib sees the first face
)  # fmt: skip
FILES = ("NotoSansCJK", "NotoSansKR", "Nanum", "malgun", "AppleSDGothicNeo", "AppleGothic", "UnDotum")
HANGUL = (("\u1100", "\u11ff"), ("\u3130", "\u318f"), ("\uac00", "\ud7a3"))  # first and last of each block

words = Subject("messages")


class NoFont(ValueError):
    """There is no font for the letters of a figure; the message says how to get one."""


def is_korean(text: str) -> bool:
    """Whether Korean letters are in the text.

    >>> is_korean("값"), is_korean("value"), is_korean("∂²f")
    (True, False, False)
    """
    return any(first <= letter <= last for letter in text for first, last in HANGUL)


def families(texts: Iterable[str] = ()) -> list[str]:
    """The fonts of a figure, the first one that has a letter writes it; raises NoFont.

    texts: those of the figure, where they are known before. A Korean font is among them where Korean is
    spoken or one of them has Korean letters, and must be there then.
    """
    if spoken() != "ko" and not any(map(is_korean, texts)):
        return [LATIN]
    found = korean_font()
    if found is None:
        raise NoFont(words("no font"))
    return [LATIN, found]


@cache
def korean_font() -> str | None:
    """The name under which matplotlib finds a font with Korean letters; None where none is installed."""
    from matplotlib.font_manager import fontManager

    names = {font.name for font in fontManager.ttflist}
    return next((name for name in KOREAN if name in names), None) or newly_installed()


def newly_installed() -> str | None:
    """A font that matplotlib's list, which it keeps between runs, does not have yet."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    for path in sorted(findSystemFonts()):
        if Path(path).stem.startswith(FILES):
            fontManager.addfont(path)
            return fontManager.ttflist[-1].name
    return None
