"""A program run over balls: its value, its derivative, and how far doubles are from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from ...calculus.spellings import interpreted
from .array import entries_of, inputs, values
from .context import ZERO, precision
from .tape import Entry, Tape, culprit, sweep


@dataclass(frozen=True)
class Program:
    """One run of a function over balls: the tape, the entries of the inputs, flat, and of the answer."""

    tape: Tape
    leaves: list[Entry]
    answer: np.ndarray
    bits: int

    def value(self) -> np.ndarray:
        """Balls of the shape of y; raises NotEnclosed where an operation has no finite value."""
        with precision(self.bits):
            for y in self.answer.flat:
                if type(y) is Entry and not y.value.is_finite():
                    raise culprit(y)
            return values(self.answer)

    def pull(self, w: Any) -> np.ndarray:
        """w J: the balls of all inputs, flat, for a cotangent shaped like y (floats or None for none)."""
        with precision(self.bits):
            pairs = [(y, each) for y, each in zip(self.answer.flat, np.asarray(w).flat, strict=True) if each]
            adjoints = sweep(self.tape, pairs)
            answer = np.empty(len(self.leaves), dtype=object)
            answer[:] = [ZERO if (g := adjoints[x.position]) is None else g for x in self.leaves]
            return answer

    def jacobian(self, cotangents: np.ndarray | None = None) -> np.ndarray:
        """Rows w J for cotangents (directions, *y.shape); without them the Jacobian, one row per output."""
        ws = np.eye(self.answer.size) if cotangents is None else cotangents
        rows = [self.pull(w) for w in ws]
        return np.stack(rows) if rows else np.empty((0, len(self.leaves)), dtype=object)


def run(f: Callable[..., Any], xs: Sequence[Any], bits: int, tape: Tape | None = None) -> Program:
    """f(*xs) over balls of this precision; every x, a float or an array of doubles, is differentiated.

    tape: an empty one; a new one where none is given. Raises NotEnclosed where a branch of the program
    depends on something that the balls do not decide.
    """
    with precision(bits):
        tape = tape or Tape()
        arrays = [inputs(tape, x) for x in xs]
        y = interpreted(f(*arrays))
        leaves = [x for array in arrays for x in entries_of(array).flat]
        return Program(tape, leaves, entries_of(y), bits)


def enclosure(f: Callable[..., Any], xs: Sequence[Any], bits: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """(y, J): balls that contain f(*xs) and its Jacobian with respect to all numbers in xs.

    y has the shape of the answer, J is (y.size, number of inputs). Raises NotEnclosed, naming the operation,
    where there is no such ball: at a kink, a jump or a pole, or where `bits` do not decide.

    >>> y, J = enclosure(lambda x: x * x, [3.0])
    >>> float(y[()]), float(J[0, 0])
    (9.0, 6.0)
    """
    program = run(f, xs, bits)
    return program.value(), program.jacobian()


# Reading balls as doubles


def nearest(balls: np.ndarray) -> np.ndarray:
    """The nearest doubles of the balls' midpoints."""
    return np.array([float(x) for x in balls.flat], dtype=float).reshape(balls.shape)


def outward(balls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper): the largest doubles not above the balls, the smallest not below them.

    >>> from .array import exact
    >>> lower, upper = outward(exact([0.5]))
    >>> lower, upper
    (array([0.5]), array([0.5]))
    """
    with precision(256):
        ends = [(-above(-x), above(x)) for x in balls.flat]
    pairs = np.array(ends, dtype=float).reshape((*balls.shape, 2)) + 0.0  # because -0.0 reads badly
    return pairs[..., 0], pairs[..., 1]


def above(x: arb) -> float:
    """The smallest double not below the ball."""
    end = x.upper()
    double = float(end)
    if double < end:
        return float(np.nextafter(double, np.inf))
    before = float(np.nextafter(double, -np.inf))
    return before if before >= end else double


def widths(balls: np.ndarray) -> np.ndarray:
    """Radius over size, per ball: 0 for an exact one, inf for one that contains 0 and is not exact."""
    answer = [
        0.0 if x.is_exact() else float(x.rad() / x.abs_lower()) if x != 0 else np.inf for x in balls.flat
    ]
    return np.array(answer).reshape(balls.shape)


def settled(balls: np.ndarray, bits: int, goal: float) -> bool:
    """Whether each ball is narrow to `goal`, or as good as 0.

    As good as 0 is what contains 0 and is, with 512 bits or more, smaller than the largest by half of the
    bits; or, where all contain 0, smaller than any double.
    """
    width = widths(balls)
    wide = [x for x, each in zip(balls.flat, width.flat, strict=True) if not each < goal]
    if not wide or bits < 512:
        return not wide
    with precision(bits):
        largest = max(balls.flat, key=lambda x: float(abs(x)))
        limit = abs(largest) * arb(2) ** (-bits // 2) if largest != 0 else arb(2) ** -1100
        return all(x.contains(0) and abs(x) < limit for x in wide)


def gaps(actual: np.ndarray, balls: np.ndarray) -> Iterator[tuple[arb, arb]]:
    """Per entry (|actual - truth|, |truth|), by midpoints; truth is 0 where the ball contains 0."""
    for a, t in zip(actual.flat, balls.flat, strict=True):
        t = ZERO if t.contains(0) else t.mid()
        yield abs(arb(float(a)) - t), abs(t)


def relative_errors(actual: np.ndarray, balls: np.ndarray) -> np.ndarray:
    """|actual - truth| / |truth| per entry, subtracted exactly; absolute where truth is 0."""
    with precision(256):
        return np.array([float(e if t == 0 else e / t) for e, t in gaps(actual, balls)]).reshape(balls.shape)


def relative_error(actual: np.ndarray, balls: np.ndarray) -> float:
    """The 2-norm of actual - truth over that of truth, subtracted exactly; absolute where truth is 0."""
    with precision(256):
        error, size = ZERO, ZERO
        for e, t in gaps(actual, balls):
            error, size = error + e * e, size + t * t
        return float((error if size == 0 else error / size).sqrt())


def ulps(actual: np.ndarray, balls: np.ndarray) -> np.ndarray:
    """|actual - truth| per entry in units in the last place of truth; of 1 where truth is 0."""
    with precision(256):
        units = [float(np.spacing(float(t) or 1.0)) for _, t in gaps(actual, balls)]
        return np.array([float(e / u) for (e, _), u in zip(gaps(actual, balls), units, strict=True)]).reshape(
            balls.shape
        )


def contract(w: np.ndarray, balls: np.ndarray) -> np.ndarray:
    """w times a matrix of balls, w of doubles."""
    with precision(256):
        return np.asarray(values(np.asarray(w, dtype=object)) @ balls)
