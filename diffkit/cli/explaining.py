"""`diffkit explain`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..differentiators.witnesses import explained
from ..languages import Subject
from ..report.graph import frames_path, graph_path
from ..results.comparison import chosen
from ..results.explanation import FORMATS, Explanation
from ..results.subjects import BadInput, Place, read
from .comparing import names_read, points_read
from .console import RAN, note, say, width
from .outputs import writing

words, messages = Subject("explain"), Subject("messages")


@dataclass(frozen=True)
class Request:
    """What was asked: of which function, at which point, in which forms."""

    what: str
    at: list[str]
    wrt: str | None
    seed: int
    output: Path | None
    graph: Path | None
    frames: Path | None
    step: bool
    quiet: bool


def explain_command(request: Request) -> int:
    """The passes of one function at one point: as files where these are named, else on stdout."""
    check(request)
    explanation = explanation_of(request)
    files: list[tuple[Path | None, Callable[[Path], Any]]] = [
        (request.output, explanation.save),
        (request.graph, explanation.graph().save),
        (request.frames, explanation.frames),
    ]
    for path, writer in files:
        if path is not None:
            write(path, writer, request.quiet)
    if request.step:
        walk_through(explanation)
    elif not any(path for path, _ in files):
        say(explanation.text(width()))
    return RAN


def check(request: Request) -> None:
    """Refuse files that could not be written before f is run; raises BadInput."""
    checks: list[tuple[Path | None, Callable[[Path], Any]]] = [
        (request.output, lambda path: chosen(path, FORMATS)),
        (request.graph, graph_path),
        (request.frames, frames_path),
    ]
    for path, valid in checks:
        if path is None:
            continue
        try:
            valid(path)
        except ValueError as error:
            raise BadInput(str(error)) from error
        if not path.absolute().parent.is_dir():
            raise BadInput(messages("no folder", folder=path.parent, name=path.name))


def explanation_of(request: Request) -> Explanation:
    with redirect_stdout(sys.stderr):  # what the user's function prints is no part of the answer
        place = Place(points_read(request.at), seed=request.seed, wrt=names_read(request.wrt))
        subjects = read(request.what, place)
        if len(subjects.targets) > 1:
            raise BadInput(messages("one point"))
        (target,) = subjects.targets
        wrt = (target.wrt,) if isinstance(target.wrt, int) else target.wrt
        f, names = target.function.load(), list(target.point)
        found = explained(f, *target.args, names=names, title=request.what, wrt=wrt)
    for remark in [] if request.quiet else subjects.notes:
        note(remark)
    return Explanation(found)


def write(path: Path, writer: Callable[[Path], Any], quiet: bool) -> None:
    """Write one file, or a folder of frames."""
    with writing(path):
        writer(path)
    if not quiet:
        note(messages("wrote", path=path))


def walk_through(explanation: Explanation) -> None:
    """Node by node: Enter for the next, q to stop; all of them where nobody sits at a terminal."""
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    for number, text in enumerate(explanation.steps(width())):
        if number and asking and input(words("prompt")).strip().lower().startswith("q"):
            return
        say(text if asking else f"{text}\n")
