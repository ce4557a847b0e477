"""`diffkit compare --random-problems` and `--sweep-step`: accuracy by problem and by step."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import replace

from ..harness.cost import EFFORTS
from ..languages import Subject
from ..report.accuracy import honesty_table, sweep_table
from ..report.columns import shortened
from ..results.operators import backends_named
from ..results.studies import random_targets, sweep_backends
from ..results.subjects import BadInput
from . import console
from .comparing import Request, Run, measured, show, subjects_of
from .console import note, say

words, messages = Subject("tables"), Subject("messages")


def random_command(request: Request, count: int) -> int:
    """So many random problems by every backend, and a line for each; returns the exit code."""
    for name in ("what", "at", "range", "file", "sizes", "wrt"):
        if getattr(request, name):
            raise BadInput(messages("random alone", option=typed(name)))
    backends = backends_named(request.backends)
    with redirect_stdout(sys.stderr):
        done = measured(request, random_targets(count, request.seed), backends, EFFORTS["untimed"])
    return show(request, done, show_honesty)


def typed(name: str) -> str:
    """An argument as it is typed."""
    return "WHAT" if name == "what" else f"--{name}"


def show_honesty(request: Request, done: Run) -> None:
    """The summary and what its columns mean."""
    problems = len(dict.fromkeys(row.problem for row in done.rows))
    say(words("random problems", count=f"{problems:,}", seed=request.seed))
    say(honesty_table(done.rows))
    say(console.wrapped(words("honesty"), console.width()))


def sweep_command(request: Request) -> int:
    """Errors of differences against their step; returns the exit code."""
    if request.backends:
        raise BadInput(messages("sweep or backends"))
    with redirect_stdout(sys.stderr):  # what the user's function prints is no part of the answer
        subjects = subjects_of(request)
        for remark in [] if request.quiet else subjects.notes:
            note(remark)
    if len(subjects.targets) != 1 or not request.what:
        raise BadInput(messages("sweep one"))
    (target,) = subjects.targets
    with redirect_stdout(sys.stderr):  # here: each of 60 steps would have a process of its own
        here = replace(request, no_isolate=True)
        done = measured(here, [target], sweep_backends(target), EFFORTS["untimed"])
    return show(request, done, show_sweep)


def show_sweep(request: Request, done: Run) -> None:
    """The errors under the function and its point."""
    (target,) = done.targets
    say(words("sweep", operator=words(target.operator), name=shortened(target.name, 50)))
    say(sweep_table(done.rows))
    say(console.wrapped(words("sweep legend"), console.width()))
