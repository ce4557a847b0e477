"""Certified intervals for users: the program run over balls, at as many bits as neighbouring doubles take.

Nothing here reads the rules of our table: the calculus is FLINT's (interpreters/balls).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..interpreters import balls
from ..interpreters.balls import NotEnclosed, Program
from .arguments import Arguments, flatten
from .interface import finished, refuse_many_outputs

FIRST_BITS, LAST_BITS = 128, 4096
GOAL = 2.0**-60  # relative radius: the ends are then the same double or two neighbours


@dataclass(frozen=True, repr=False)
class Enclosure:
    """An interval that provably contains the answer in exact arithmetic, entry by entry.

    lower, upper: doubles, rounded outward, built like the answer; `midpoint` is the double nearest to it.
    width: upper - lower, in the units of the answer. bits: working precision that it took. reason: the
    operation that stops it, then the three are None; empty where there is an enclosure.

    >>> enclose(lambda x: x**3, 0.1)
    certified at 128 bits:
    from 0.030000000000000002
    to   0.030000000000000006
    """

    lower: Any
    upper: Any
    midpoint: Any
    bits: int
    reason: str = ""

    def __str__(self) -> str:
        if self.reason:
            return f"not enclosed: {self.reason}"
        return f"certified at {self.bits} bits:\nfrom {self.lower}\nto   {self.upper}"

    __repr__ = __str__

    @property
    def enclosed(self) -> bool:
        """Whether there is an enclosure."""
        return not self.reason

    @property
    def width(self) -> Any:
        """upper - lower, built like the answer; None without an enclosure."""
        if self.reason:
            return None
        lower, rebuild = flatten(self.lower, "lower")
        upper, _ = flatten(self.upper, "upper")
        return rebuild([b - a for a, b in zip(lower, upper)])


def enclose(
    f: Callable[..., Any],
    *args: Any,
    wrt: int | tuple[int, ...] = 0,
    operator: str = "gradient",
    v: Any = None,
) -> Enclosure:
    """A certified interval for each entry of f or of its derivative at args, which are taken as exact.

    f: written in NumPy; the mathematical function that it spells is enclosed, not its rounded values.
    operator: "value", "derivative" (of numbers), "gradient", "jacobian", "jvp" along v (built like the
    differentiated arguments), "vjp" with the cotangent v (shaped like y). Precision starts at 128 bits and
    doubles up to 4096. At a kink, a jump, a pole, or where a branch stays undecided, nothing is enclosed and
    `reason` names the operation. Raises NoRule for a function without a rule, NotScalar for the gradient of
    an array, ValueError for an unknown operator or a missing v.

    >>> found = enclose(lambda x: np.log(1 + x) / x, 1e-8)
    >>> found.lower, found.upper
    (-0.49999999333333345, -0.4999999933333334)
    >>> enclose(lambda x: abs(x), 0.0).reason
    "absolute: abs where its argument's sign is open, at 0"
    >>> enclose(lambda x: abs(x), 0.0, operator="value").upper
    0.0

    Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Transactions on
    Computers 66 (2017).
    """
    if operator not in READINGS:
        raise ValueError(f"operator={operator!r} is not enclosed; there are {', '.join(READINGS)}.")
    if (operator in ("jvp", "vjp")) != (v is not None):
        raise ValueError(f"operator={operator!r} {'takes no' if v is not None else 'needs a'} v.")
    layout = Arguments.of(args, wrt)
    leaves, bits = layout.open(args), FIRST_BITS
    while True:
        try:
            program = balls.run(lambda *xs: f(*layout.close(args, xs)), leaves, bits)
            rows = READINGS[operator](program, layout, args, v)
        except NotEnclosed as error:
            if error.hopeless or 2 * bits > LAST_BITS:
                return Enclosure(None, None, None, bits, str(error))
        else:
            if balls.settled(rows, bits, GOAL) or 2 * bits > LAST_BITS:
                return built(rows, program, operator, layout, args)
        bits *= 2


# What is read off a program: balls, one row for each output


def value(program: Program, layout: Arguments, args: Any, v: Any) -> np.ndarray:
    return program.value()


def gradient(program: Program, layout: Arguments, args: Any, v: Any) -> np.ndarray:
    refuse_many_outputs(program.value())
    return program.jacobian()


def jacobian(program: Program, layout: Arguments, args: Any, v: Any) -> np.ndarray:
    return program.jacobian()


def jvp(program: Program, layout: Arguments, args: Any, v: Any) -> np.ndarray:
    flat = np.concatenate([np.ravel(each) for each in layout.directions(args, v)])
    with balls.precision(program.bits):
        return program.jacobian() @ balls.exact(flat)


def vjp(program: Program, layout: Arguments, args: Any, v: Any) -> np.ndarray:
    w = np.asarray(v, dtype=float)
    if w.shape != program.answer.shape:
        raise ValueError(f"the cotangent has shape {w.shape}, the value has {program.answer.shape}.")
    return program.jacobian(w[np.newaxis])


READINGS: dict[str, Callable[..., np.ndarray]] = {
    "value": value, "derivative": jacobian, "gradient": gradient, "jacobian": jacobian, "jvp": jvp,
    "vjp": vjp,
}  # fmt: skip


def built(rows: np.ndarray, program: Program, operator: str, layout: Arguments, args: Any) -> Enclosure:
    """The balls as doubles, built like a backend's answer."""
    shape = program.answer.shape
    parts = *balls.outward(rows), balls.nearest(rows)
    if operator in ("value", "jvp"):
        lower, upper, midpoint = (finished(x.reshape(shape)) for x in parts)
    else:
        front = shape if operator in ("jacobian", "derivative") else ()
        lower, upper, midpoint = (blocks(x, front, layout, args) for x in parts)
    return Enclosure(lower, upper, midpoint, program.bits)


def blocks(rows: np.ndarray, front: tuple[int, ...], layout: Arguments, args: Any) -> Any:
    """Rows per output as an answer of front + x.shape in the structure of wrt."""
    stops = np.cumsum([int(np.prod(shape)) for shape in layout.shapes])[:-1]
    parts = [
        finished(block.reshape(front + shape))
        for block, shape in zip(np.split(rows, stops, axis=1), layout.shapes)
    ]
    return layout.structured(args, parts)
