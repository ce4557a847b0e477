"""Who lost the digits: the program, the rule or formula of a method, its step, or its differences.

The program, where no differentiation in doubles can keep them: then the operation whose rounding costs most
is named, and a form that keeps more where a known one fits (interpreters/balls/blame.py). The rule or the
formula, where the program allows more: the derivative is itself a program, and is searched in the same way.
The step, where a longer or a shorter one would keep more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from ..calculus.rules import NoRule
from ..differentiators import registry
from ..differentiators.arguments import Arguments, flatten
from ..differentiators.finite import Finite
from ..differentiators.interface import Differentiator, Unsupported
from ..interpreters import balls
from ..interpreters.balls import Culprit, NotEnclosed
from .truth import LAST_BITS, Truth, digits, opened, relative_error_of

ALL_DIGITS = 16.0
WORTH_SAYING = 3.0  # digits; fewer are lost by any sound method
STEP_FACTOR = 8.0
LADDER = [k for k in range(-8, 9) if k]  # steps of h * 8**k are tried; one is better
BETTER = 1.0  # if it keeps so many digits more
TRACED = ("symbolic", "forward", "reverse")  # whose derivative is a program of traced operations
NO_FORM = "no other form is known here: compute in more than doubles"


@dataclass(frozen=True)
class Losses:
    """What can be said about lost digits of one function at one point.

    titles: a name for each number that is differentiated. attainable: digits that f itself allows.
    """

    f: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: int | tuple[int, ...]
    operator: str
    truth: Truth
    attainable: float
    titles: Sequence[str]

    def sentence(self, backend: Differentiator, value: Any, kept: float) -> str | None:
        """Who lost the digits of a result that keeps `kept`; None where too few are lost to be told.

        >>> from .accuracy import Witness
        >>> from .targets import from_formula
        >>> witness = Witness(from_formula("log(1 + x)/x", {"x": 1e-8}), seed=0)
        >>> known = witness.testimony()
        >>> print(witness.losses.sentence(registry.backend("reverse"), -1.0, 0.0))
        f as it is written leaves 0.0 of 16 digits to any method in doubles: rounding 1 + x alone leaves 0.0;
        write log(1 + x) as log1p(x).
        """
        allowed = min(self.attainable, ALL_DIGITS)
        if backend.name in registry.CONTROL or kept > allowed + WORTH_SAYING / 2:
            return None
        if kept < allowed - WORTH_SAYING:
            return f"{backend} keeps {kept:.1f} of {allowed:.1f} digits: {self.fault(backend, value)}."
        return self.of_the_program if allowed < ALL_DIGITS - WORTH_SAYING else None

    @cached_property
    def of_the_program(self) -> str:
        """Which operation of f makes its derivative lose digits."""
        _, f, leaves = opened(self.f, self.args, self.wrt)
        assert self.truth.rows is not None
        left = f"{min(self.attainable, ALL_DIGITS):.1f} of 16 digits"
        told = f"f as it is written leaves {left} to any method in doubles"
        if self.truth.directions is not None:
            return f"{told}, all its operations together."
        found = balls.culprit(f, leaves, self.truth.bits, self.truth.rows, balls.slopes, self.titles)
        return f"{told}{', all its operations together' if found is None else ': ' + blamed(found)}."

    def fault(self, backend: Differentiator, value: Any) -> str:
        """What the method did, where f allows more."""
        if isinstance(backend, Finite):
            return self.step(backend, value)
        if backend.name in registry.PEERS:
            return "its differences do not resolve f here"
        if backend.name not in TRACED or self.truth.directions is not None:
            return "its program rounds where others do not"
        return self.formula(backend)

    def formula(self, backend: Differentiator) -> str:
        """Which operation of the backend's derivative loses digits, or that the derivative is wrong."""
        what = "SymPy's formula" if backend.name == "symbolic" else "its rules"
        _, _, leaves = opened(self.f, self.args, self.wrt)
        layout = Arguments.of(self.args, self.wrt)
        prepared = backend.prepare(self.f, self.args, self.wrt)

        def derivative(*xs: Any) -> Any:
            answer = getattr(prepared, self.operator)(*layout.close(self.args, xs))
            return np.concatenate([np.reshape(x, (-1,)) for x in flatten(answer, "the derivative")[0]])

        expected = in_one(self.truth, layout)
        try:
            bits, exactly = enough_bits(derivative, leaves, self.truth.bits)
            if balls.relative_error(balls.nearest(exactly), expected) > 1e-12:
                return f"{what} are wrong" if what.endswith("s") else f"{what} is wrong"
            found = balls.culprit(derivative, leaves, bits, expected, balls.values, self.titles)
        except (NotEnclosed, NoRule, Unsupported, TypeError) as reason:  # TypeError: no balls in this program
            return f"{what} did it, which cannot be searched ({reason})"
        return f"{what} did it" if found is None else f"{what} did it: {blamed(found)}"

    def step(self, backend: Finite, value: Any) -> str:
        """Whether the step is too long or too short, from a ladder of others."""
        if backend.scheme == "adaptive":
            return "differences of f's rounded values resolve no more of it here"
        _, _, leaves = opened(self.f, self.args, self.wrt)
        size = max(float(np.max(np.abs(x), initial=0.0)) for x in leaves)
        h = backend.step or np.finfo(float).eps ** (1 / (backend.exponent + 1)) * max(size, 1.0)
        error = relative_error_of(value, self.truth)
        errors = {k: self.error_with(replace(backend, step=h * STEP_FACTOR**k)) for k in LADDER}
        best = min(errors, key=errors.__getitem__)
        if digits(errors[best]) < digits(error) + BETTER:
            if digits(error) < BETTER:
                return "no step shows this slope in f's rounded values"
            return f"truncation and rounding balance at its step, about {h:.0e}"
        cause = "too long, which is truncation" if best < 0 else "too short, which is rounding"
        better = f"{h * STEP_FACTOR**best:.0e} keeps {digits(errors[best]):.1f}"
        return f"its step of about {h:.0e} is {cause}; {better}"

    def error_with(self, backend: Differentiator) -> float:
        """The error that another setting would have made, inf where it fails."""
        try:
            result = getattr(backend.prepare(self.f, self.args, self.wrt), self.operator)(*self.args)
        except Exception:  # f may fail in any way off its domain: then this step is not the better one
            return np.inf
        return relative_error_of(result, self.truth)


def enough_bits(f: Callable[..., Any], xs: Sequence[Any], bits: int) -> tuple[int, np.ndarray]:
    """(bits, balls): the value of f at a precision that encloses it; a formula may need more than f did."""
    while True:
        try:
            exactly = balls.run(f, xs, bits).value()
            if balls.settled(exactly, bits, 1e-15) or 2 * bits > LAST_BITS:
                return bits, exactly
        except NotEnclosed as error:
            if error.hopeless or 2 * bits > LAST_BITS:
                raise
        bits *= 2


def blamed(found: Culprit) -> str:
    """What is said of an operation."""
    if found.error is None:
        return f"{found.operation} of a nearly singular matrix loses them"
    alone = f"rounding {found.operation} alone leaves {digits(found.error):.1f}"
    if found.rewriting is None:
        return f"{alone}; {NO_FORM}"
    return f"{alone}; write {found.rewriting[0]} as {found.rewriting[1]}"


def in_one(truth: Truth, layout: Arguments) -> np.ndarray:
    """The certified entries in the order in which a backend's answer lists them, leaf after leaf."""
    assert truth.rows is not None
    stops = np.cumsum([int(np.prod(shape)) for shape in layout.shapes])[:-1]
    return np.concatenate([block.reshape(-1) for block in np.split(truth.rows, stops, axis=1)])


def titles_of(args: tuple[Any, ...], wrt: int | tuple[int, ...], names: Sequence[str]) -> list[str]:
    """A name for each differentiated number: x, x[0], or x.0[1, 2] of an array in a container."""
    titles: list[str] = []
    for i in (wrt,) if isinstance(wrt, int) else wrt:
        leaves, _ = flatten(args[i], names[i])
        for k, leaf in enumerate(leaves):
            title = names[i] if len(leaves) == 1 else f"{names[i]}.{k}"
            places = product(*map(range, np.shape(leaf)))
            titles += [title + (f"[{', '.join(map(str, place))}]" if place else "") for place in places]
    return titles
