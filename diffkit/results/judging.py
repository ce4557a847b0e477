"""Checks as the command line asks for them: a claim, or a backend, at a point; here or with a time limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..checking import Check, check_backends, check_gradient
from ..checking.words import name_of
from ..differentiators.interface import Differentiator
from ..expressions import parse
from ..harness.files import load_function
from ..harness.targets import Function, Wrt, argument_names, one_line
from ..harness.workers import Failure, Limits, Subprocess
from .subjects import BadInput, is_file, located

WHY = {"timeout": "allow more by --timeout", "memory": "check it at fewer inputs"}


class Judge:
    """A function with the gradient that is claimed for it, or none; in whatever process it is made.

    claim: model.py:loss_gradient, formulas parted by ";", or None where backends are checked. Raises BadInput
    for a claim that is neither.
    """

    def __init__(self, function: Function, claim: str | None, count: int, wrt: Wrt, options: dict[str, Any]):
        self.f, self.claim, self.wrt, self.options = function.load(), claim, wrt, options
        self.g = None if claim is None else gradient_named(claim, self.f, count, wrt)

    def check(self, args: tuple[Any, ...], backend: Differentiator | None = None) -> Check | str:
        """The Check at a point, or why the claim could not be called there."""
        if backend is not None:
            return check_backends(self.f, *args, backends=[backend], wrt=self.wrt, **self.options)[0]
        try:
            return check_gradient(self.f, self.g, *args, wrt=self.wrt, **self.options)
        except Exception as error:  # g is the user's, and may fail in any way
            failure = BadInput(f"{self.claim} cannot be checked at {args}: {one_line(error)}")
            failure.__cause__ = error
            return located(failure)

    def unfinished(self, args: tuple[Any, ...], backend: Differentiator | None, failed: Failure) -> Check:
        """The Check that stands for one that was ended, or that took its process with it."""
        what = f"by {backend}" if backend else name_of(self.g, "g")
        operator, name = self.options.get("operator") or "gradient", name_of(self.f, "f")
        way_out = WHY.get(failed.status, "it is the code that is called that does so")
        return Check(
            function=name, claimed=what, operator=operator, seed=self.options.get("seed"),
            point=dict(zip(argument_names(self.f, len(args)), args)),
            verdict="cannot tell", cause=failed.status,
            message=f"The {operator} {what} of {name} cannot be judged here: "
            f"{failed.message.rstrip('.')}; {way_out}.",
        )  # fmt: skip


@dataclass
class Bounded:
    """The same in a process of its own, which is ended where a check lasts longer than it may."""

    judge: Judge
    parts: tuple[Any, ...]  # of which another is made
    seconds: float
    worker: Subprocess = field(default_factory=lambda: Subprocess(Limits()))
    made: bool = False

    def check(self, args: tuple[Any, ...], backend: Differentiator | None = None) -> Check | str:
        """As `Judge.check`; where it does not come to an end the Check says so."""
        try:
            if not self.made:
                self.worker.make(Judge, *self.parts)
                self.made = True
            return self.worker.ask("the check", self.seconds, "check", args, backend)
        except Failure as failed:
            self.made = False
            return self.judge.unfinished(args, backend, failed)

    def close(self) -> None:
        self.worker.close()


def gradient_named(text: str, f: Callable[..., Any], count: int, wrt: Wrt) -> Callable[..., Any]:
    """A function model.py:loss_gradient, or a formula for each differentiated variable, parted by ";"."""
    if is_file(text):
        path, _, name = text.rpartition(":")
        if text.endswith(".py"):
            raise BadInput(f"{text} is a file: name its function too, such as {text}:loss_gradient.")
        return load_function(Path(path).expanduser().absolute(), name)
    formulas = [parse(part, argument_names(f, count)) for part in text.split(";")]
    wanted = 1 if isinstance(wrt, int) else len(wrt)
    if len(formulas) != wanted:
        raise BadInput(
            f"--grad has {len(formulas)} formulas, and {wanted} variables are differentiated: "
            'write one for each, such as "2*x*y; x^2".'
        )

    def g(*args: Any) -> Any:
        parts = tuple(formula(*args) for formula in formulas)
        return parts if isinstance(wrt, tuple) else parts[0]

    g.__name__ = "given"
    return g
