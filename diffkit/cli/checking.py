"""`diffkit check`: a gradient that somebody wrote, or those of all backends, against certified ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..checking import Check, check_backends, check_gradient, draw
from ..expressions import parse
from ..harness.files import load_function
from ..harness.record import append_record, document
from ..harness.targets import Wrt, argument_names, one_line
from ..report.checks import exit_code, failures, summary
from ..results.operators import backends_named
from ..results.subjects import BadInput, Place, is_file, located, read
from . import console
from .comparing import names_read, points_read, ranges_read
from .console import INTERRUPTED, note, say
from .outputs import check_forms, command_typed, records_path, write_output
from .progress import progress_bar

FORMS = ("json",)
SHOWN = 8  # messages


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
    format: str | None
    output: Path | None
    quiet: bool


@dataclass(frozen=True)
class Case:
    """A function at a point."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: Wrt


def check_command(request: Request) -> int:
    """Check at every point, and show it; returns the exit code."""
    check_forms(request.format, request.output, FORMS)
    if request.grad and request.backends:
        raise BadInput("--grad is checked against certified derivatives: leave out --backends.")
    with redirect_stdout(sys.stderr):  # what the user's functions print is no part of the answer
        cases, remarks = cases_of(request)
        for remark in [] if request.quiet else remarks:
            note(remark)
        done = checked(request, cases, judge(request, cases[0]))
    return show(request, done)


# What to check


def cases_of(request: Request) -> tuple[list[Case], list[str]]:
    """The function at the stated point and at others drawn around it, or at points drawn from ranges."""
    place = Place(
        points_read(request.at), ranges_read(request.range), request.points, request.seed,
        names_read(request.wrt),
    )  # fmt: skip
    subjects = read(request.what, place)
    cases = [Case(target.function.load(), target.args, target.wrt) for target in subjects.targets]
    if request.at:
        cases += [around(cases[0], request.seed, k) for k in range(len(cases), request.points)]
    return cases, subjects.notes


def around(case: Case, seed: int, k: int) -> Case:
    """The same function at a point nearby."""
    random = np.random.default_rng([seed, k])
    return Case(case.f, draw(case.f, case.args, random, case.wrt), case.wrt)


def judge(request: Request, first: Case) -> Callable[[Case], list[Check]]:
    """What checks a case: the gradient that was named, or every backend."""
    options: dict[str, Any] = {"operator": request.operator, "slack": request.slack, "seed": request.seed}
    if request.grad is None:
        backends = backends_named(request.backends)
        return lambda case: check_backends(
            case.f, *case.args, backends=backends, wrt=case.wrt, **options
        )  # fmt: skip
    g = gradient_named(request.grad, first)

    def check(case: Case) -> list[Check]:
        try:
            return [check_gradient(case.f, g, *case.args, wrt=case.wrt, **options)]
        except Exception as error:  # g is the user's, and may fail in any way
            failure = BadInput(f"{request.grad} cannot be checked at {case.args}: {one_line(error)}")
            failure.__cause__ = error
            raise BadInput(located(failure)) from error

    return check


def gradient_named(text: str, case: Case) -> Callable[..., Any]:
    """A function model.py:loss_gradient, or a formula for each differentiated variable, parted by ";"."""
    if is_file(text):
        path, _, name = text.rpartition(":")
        if text.endswith(".py"):
            raise BadInput(f"{text} is a file: name its function too, such as {text}:loss_gradient.")
        return load_function(Path(path).expanduser().absolute(), name)
    names = argument_names(case.f, len(case.args))
    formulas = [parse(part, names) for part in text.split(";")]
    wanted = 1 if isinstance(case.wrt, int) else len(case.wrt)
    if len(formulas) != wanted:
        raise BadInput(
            f"--grad has {len(formulas)} formulas, and {wanted} variables are differentiated: "
            'write one for each, such as "2*x*y; x^2".'
        )

    def g(*args: Any) -> Any:
        parts = tuple(formula(*args) for formula in formulas)
        return parts if isinstance(case.wrt, tuple) else parts[0]

    g.__name__ = "given"
    return g


# Checking


@dataclass
class Done:
    """The checks so far, where they are kept, and how it ended."""

    kept: Path | None
    checks: list[Check] = field(default_factory=list)
    interrupted: bool = False


def checked(request: Request, cases: Sequence[Case], check: Callable[[Case], list[Check]]) -> Done:
    """Every case checked; each record is on disk the moment it exists."""
    done = Done(records_path(request.output, "check"))
    try:
        with progress_bar(request.quiet) as progress:
            for k, case in enumerate(cases):
                if progress:
                    progress(k, len(cases), f"point {k + 1}")
                for found in check(case):
                    done.checks.append(found)
                    if done.kept:
                        append_record(done.kept, found)
    except KeyboardInterrupt:
        done.interrupted = True
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
        note(f"Interrupted. What was checked is in {done.kept}." if done.kept else "Interrupted.")
        return INTERRUPTED
    return exit_code(done.checks)


def json_text(checks: Sequence[Check]) -> str:
    """The document of schema, command, machine and a row for each component that is shown."""
    rows = [row for check in checks for row in check.as_rows()]
    return json.dumps(document(command_typed(), rows), indent=2, allow_nan=False)


def told(checks: Sequence[Check]) -> Iterator[str]:
    """The message of a single check; of several the table, then a message for each kind of failure."""
    if not checks:
        yield "Nothing was checked."
        return
    if len(checks) == 1:
        yield folded(str(checks[0]))
        return
    yield summary(checks)
    kinds = failures(checks)
    yield from map(folded, map(str, kinds[:SHOWN]))
    if len(kinds) > SHOWN:
        yield f"and {len(kinds) - SHOWN} more kinds of failure: --json has them all."


def folded(message: str) -> str:
    """The message with its sentence in lines of the terminal's width; the line to paste stays whole."""
    first, *rest = message.split("\n")
    return "\n".join([console.wrapped(first, console.width()), *rest])
