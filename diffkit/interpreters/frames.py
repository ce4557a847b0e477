"""Whose line was it: the user's place in a stack of frames, for messages."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

HERE = Path(__file__).parent
MACHINERY = tuple(map(str, (HERE, HERE.parent / "calculus", HERE.parent / "differentiators")))
LIBRARIES = ("numpy", "sympy", "mpmath")


def outward() -> Iterator[FrameType]:
    """The frames of the running program, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def raised_in(error: BaseException) -> list[FrameType]:
    """The frames through which an error came, innermost first."""
    return [frame for frame, _ in traceback.walk_tb(error.__traceback__)][::-1]


def is_machinery(frame: FrameType) -> bool:
    """Whether a frame runs code of an interpreter or of a library that it stands for."""
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return package in LIBRARIES or frame.f_code.co_filename.startswith(MACHINERY)


def users_line(frames: Iterable[FrameType]) -> str:
    """The first line, of frames from the innermost outward, that is not machinery."""
    frame = next(each for each in frames if not is_machinery(each))
    path, number = frame.f_code.co_filename, frame.f_lineno
    source = linecache.getline(path, number).strip() or frame.f_code.co_name
    return f"{Path(path).name}, line {number}: {source}"
