"""`diffkit check`: a gradient that somebody wrote, or those of all backends, against certified ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..checking import Check, draw
from ..harness.record import append_record, document
from ..harness.targets import Target
from ..languages import Subject
from ..report.checks import exit_code, failures, summary
from ..results.judging import Bounded, Judge
from ..results.operators import backends_named
from ..results.subjects import BadInput, Place, read
from . import console
from .comparing import names_read, points_read, ranges_read
from .console import INTERRUPTED, note, say
from .outputs import check_forms, command_typed, records_path, write_output
from .progress import progress_bar

words, messages = Subject("tables"), Subject("messages")

FORMS = ("json",)
SHOWN = 8  # messages
BACKEND_SECONDS = 60.0  # for a backend at a point, where no limit is stated


@dataclass(frozen=True)
class Request:
    """The command line of check, as typed."""

    what: str
    grad: str | None
    at: list[str]
    range: list[str]
    points: int
    backends: str | None
    operator: str | None
    wrt: str | None
    slack: float
    seed: int
    timeout: float | None
    format: str | None
    output: Path | None
    quiet: bool


def check_command(request: Request) -> int:
    """Check at every point, and show it; returns the exit code."""
    check_forms(request.format, request.output, FORMS)
    if request.grad and request.backends:
        raise BadInput(messages("grad or backends"))
    with redirect_stdout(sys.stderr):  # what the user's functions print is no part of the answer
        targets, remarks = targets_of(request)
        for remark in [] if request.quiet else remarks:
            note(remark)
        done = checked(request, points_of(request, targets), judge(request, targets))
    return show(request, done)


# What to check


def targets_of(request: Request) -> tuple[list[Target], list[str]]:
    """The function at the stated point, or at points drawn from ranges, and what is to be remarked."""
    place = Place(
        points_read(request.at), ranges_read(request.range), request.points, request.seed,
        names_read(request.wrt),
    )  # fmt: skip
    subjects = read(request.what, place)
    return list(subjects.targets), subjects.notes


def points_of(request: Request, targets: Sequence[Target]) -> list[tuple[Any, ...]]:
    """The arguments of all targets; beside a stated point others, drawn around it."""
    points = [target.args for target in targets]
    if request.at:
        f, wrt = targets[0].function.load(), targets[0].wrt
        for k in range(len(points), request.points):
            points.append(draw(f, points[0], np.random.default_rng([request.seed, k]), wrt))
    return points


def judge(request: Request, targets: Sequence[Target]) -> Judge | Bounded:
    """What checks the function of all targets: here, or in a process that can be ended."""
    first = targets[0]
    options = {"operator": request.operator, "slack": request.slack, "seed": request.seed}
    parts = first.function, request.grad, len(first.args), first.wrt, options
    here, seconds = Judge(*parts), request.timeout
    if seconds is None and request.grad is None:
        seconds = BACKEND_SECONDS
    return Bounded(here, parts, seconds) if seconds else here


# Checking


@dataclass
class Done:
    """The checks so far, where they are kept, and how it ended."""

    kept: Path | None
    checks: list[Check] = field(default_factory=list)
    interrupted: bool = False

    def keep(self, found: Check | str) -> None:
        """Add a check; raises BadInput for the sentence that stands for one that could not be made."""
        if isinstance(found, str):
            raise BadInput(found)
        self.checks.append(found)
        if self.kept:
            append_record(self.kept, found)


def checked(request: Request, points: Sequence[tuple[Any, ...]], judge: Judge | Bounded) -> Done:
    """Every point checked; each record is on disk the moment it exists."""
    done = Done(records_path(request.output, "check"))
    backends = backends_named(request.backends) if request.grad is None else [None]
    try:
        with progress_bar(request.quiet) as progress:
            for k, args in enumerate(points):
                for backend in backends:
                    if progress:
                        where = messages("point", number=k + 1)
                        progress(k, len(points), f"{where}, {backend}" if backend else where)
                    done.keep(judge.check(args, backend))
    except KeyboardInterrupt:
        done.interrupted = True
    finally:
        if isinstance(judge, Bounded):
            judge.close()
    return done


# Showing


def show(request: Request, done: Done) -> int:
    """The answer on stdout, the rows in the file that was named, the exit code."""
    if request.format == "json":
        say(json_text(done.checks))
    else:
        say("\n\n".join(told(done.checks)))
    if request.output:
        write_output(request.output, lambda: json_text(done.checks) + "\n", request.quiet)
    if done.interrupted:
        note(messages("interrupted, checked", path=done.kept) if done.kept else messages("interrupted"))
        return INTERRUPTED
    return exit_code(done.checks)


def json_text(checks: Sequence[Check]) -> str:
    """The document of schema, command, machine and a row for each component that is shown."""
    rows = [row for check in checks for row in check.as_rows()]
    return json.dumps(document(command_typed(), rows), indent=2, allow_nan=False)


def told(checks: Sequence[Check]) -> Iterator[str]:
    """The message of a single check; of several the table, then a message for each kind of failure."""
    if not checks:
        yield words("nothing checked")
        return
    if len(checks) == 1:
        yield folded(str(checks[0]))
        return
    yield summary(checks)
    kinds = failures(checks)
    yield from map(folded, map(str, kinds[:SHOWN]))
    if len(kinds) > SHOWN:
        yield messages("more failures", count=len(kinds) - SHOWN)


def folded(message: str) -> str:
    """The message with its sentence in lines of the terminal's width; the line to paste stays whole."""
    first, *rest = message.split("\n")
    return "\n".join([console.wrapped(first, console.width()), *rest])
