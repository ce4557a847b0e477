"""Certified derivatives, and how many digits a result has against them.

Truth is the program run over balls with FLINT's own calculus (interpreters/balls), at as many bits as it
takes; it shares nothing with the rules that it judges. Where there is no derivative, or none can be
certified, it says so and why. Attainable digits are what an ideal differentiator of the same program could
keep in doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..calculus.rules import NoRule
from ..differentiators.arguments import Arguments, flatten
from ..differentiators.interface import finished
from ..interpreters import balls as enclosed
from ..interpreters.balls import NotEnclosed, Program

FIRST_BITS, LAST_BITS = 128, 4096
GOAL = 2.0**-63  # relative width: ten bits beyond a double
MOST_ENTRIES = 100_000  # of a Jacobian with many outputs; beyond, directions are certified
DIRECTIONS = 8
MANY_NODES = 50_000  # operations from which on fewer perturbed runs do
SLACK = (
    64  # roundings allowed per rounding of the ideal run: NumPy's functions and sums are within a few each
)


class SpellingAtFault(ArithmeticError):
    """NumPy's value of f lies outside the certified one by more than rounding can explain."""


@dataclass(frozen=True)
class Truth:
    """The certified derivative of a function at a point.

    value: y as the nearest doubles; None if not enclosed. derivative: the nearest doubles, built like a
    backend's answer (y.shape + x.shape, in the structure of `wrt`); None if not enclosed, or if only
    directions are. rows: the certified balls, one row per output, one column per input number. directions:
    None, or cotangents (k, *y.shape): then `rows` are w J for each of them. width: the largest relative
    radius. bits: working precision. reason: why there is no derivative; empty where there is one.
    """

    value: Any
    derivative: Any
    width: float
    bits: int
    reason: str = ""
    rows: np.ndarray | None = field(default=None, repr=False, compare=False)
    directions: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def enclosed(self) -> bool:
        """Whether the derivative, or its action on the directions, is certified."""
        return self.rows is not None


@dataclass(frozen=True)
class Attempt:
    """What one precision gave."""

    program: Program | None = None
    value: np.ndarray | None = None
    rows: np.ndarray | None = None
    directions: np.ndarray | None = None
    reason: str = ""
    hopeless: bool = False


def truth(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0, *,
    most_entries: int = MOST_ENTRIES, last_bits: int = LAST_BITS, seed: int = 0,
) -> Truth:  # fmt: skip
    """The certified value and first derivative of f at args.

    wrt: the differentiated positional arguments, as for every backend. Precision starts at 128 bits and
    doubles until every entry is narrower than 2^-63, or `last_bits` is reached. A Jacobian of more than
    `most_entries` entries and several outputs is certified along seeded directions only. Raises
    SpellingAtFault if NumPy's f(*args) is not the certified value up to rounding.

    >>> truth(lambda x: x * np.exp(x), (1.0,)).derivative == 2 * np.e
    True
    >>> truth(lambda x: abs(x), (0.0,)).reason
    "absolute: abs where its argument's sign is open, at 0"
    """
    layout, of_leaves, leaves = opened(f, args, wrt)
    bits = FIRST_BITS
    while True:
        attempt = attempted(of_leaves, leaves, bits, most_entries, seed)
        if not attempt.reason or attempt.hopeless or 2 * bits > last_bits:
            break
        bits *= 2
    if attempt.program is not None and attempt.value is not None:
        y = plain_value(f, args)
        if not np.all(np.isfinite(np.asarray(y, dtype=float))):
            return Truth(None, None, np.inf, bits, "the function is not finite in doubles at this point")
        blame_spelling(y, attempt.program, attempt.value)
    return finish(attempt, layout, args, bits)


def opened(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: int | tuple[int, ...]
) -> tuple[Any, Any, list[Any]]:
    """(layout, f as a function of its active leaves, the leaves)."""
    layout = Arguments.of(args, wrt)
    return layout, lambda *xs: f(*layout.close(args, xs)), layout.open(args)


def attempted(f: Callable[..., Any], leaves: list[Any], bits: int, most_entries: int, seed: int) -> Attempt:
    """The value and the derivative at this precision, or why not."""
    program = value = None
    try:
        program = enclosed.run(f, leaves, bits)
        value = program.value()
        directions = chosen_directions(program, most_entries, seed)
        rows = program.jacobian(directions)
    except NotEnclosed as error:
        return Attempt(program, value, reason=str(error), hopeless=error.hopeless)
    except NoRule as error:
        return Attempt(reason=str(error), hopeless=True)
    if not enclosed.settled(value, bits, GOAL) or not enclosed.settled(rows, bits, GOAL):
        return Attempt(program, value, reason=f"the balls are still wide at {bits} bits")
    return Attempt(program, value, rows, directions)


def chosen_directions(program: Program, most_entries: int, seed: int) -> np.ndarray | None:
    """Seeded cotangents, if the Jacobian is too large to certify entry by entry."""
    outputs = program.answer.size
    if outputs <= DIRECTIONS or outputs * len(program.leaves) <= most_entries:
        return None
    return np.random.default_rng(seed).standard_normal((DIRECTIONS, *program.answer.shape))


def plain_value(f: Callable[..., Any], args: tuple[Any, ...]) -> np.ndarray:
    """f in plain NumPy, in the precision that it has, without its warnings."""
    with np.errstate(all="ignore"):
        y = np.asarray(f(*args))
    return y if y.dtype.kind == "f" else y.astype(float)


def blame_spelling(y: np.ndarray, program: Program, value: np.ndarray) -> None:
    """Raise SpellingAtFault unless y is the certified value up to the rounding of this very program.

    What rounding can do is seen from perturbed runs of the program, with a slack of 64; it is as much more as
    the last bits of y are coarser than a double's.
    """
    if y.shape != value.shape:
        raise SpellingAtFault(f"the function has shape {y.shape} in NumPy and {value.shape} over balls.")
    certified = enclosed.nearest(value)
    seeds = range(4 if len(program.tape.nodes) <= MANY_NODES else 1)
    spread = np.max([np.abs(enclosed.perturbed_value(program, s) - certified) for s in seeds], axis=0)
    coarser = np.finfo(y.dtype).eps / np.finfo(float).eps
    allowed = SLACK * coarser * (spread + np.spacing(np.abs(certified))) + np.finfo(float).tiny
    wrong = np.abs(y.astype(float) - certified) > allowed
    if np.any(wrong):
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise SpellingAtFault(
            f"NumPy gives {float(y[where])!r}, the certified value is {certified[where]!r}, and rounding "
            f"explains at most {allowed[where]:.1e}: a spelling or an exact name in diffkit/calculus is at "
            "fault."
        )


def finish(attempt: Attempt, layout: Arguments, args: tuple[Any, ...], bits: int) -> Truth:
    value = None if attempt.value is None else finished(enclosed.nearest(attempt.value))
    if attempt.rows is None or attempt.value is None:
        return Truth(value, None, np.inf, bits, attempt.reason)
    derivative = None
    if attempt.directions is None:
        derivative = built(enclosed.nearest(attempt.rows), attempt.value.shape, layout, args)
    width = enclosed.widths(attempt.rows)
    known = width[np.isfinite(width)]
    return Truth(
        value, derivative, float(np.max(known, initial=0.0)), bits, "", attempt.rows, attempt.directions
    )


def built(rows: np.ndarray, shape: tuple[int, ...], layout: Arguments, args: tuple[Any, ...]) -> Any:
    """Rows per output as a backend would give them: blocks of y.shape + x.shape in the structure of wrt."""
    sizes = [int(np.prod(x)) for x in layout.shapes]
    blocks = np.split(rows, np.cumsum(sizes)[:-1], axis=1)
    return layout.structured(
        args, [finished(b.reshape(shape + x)) for b, x in zip(blocks, layout.shapes, strict=True)]
    )


# Digits


def entries(actual: Any, expected: Truth | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A derivative as floats beside its balls, in one shape; directions are applied to it."""
    if not isinstance(expected, Truth):
        actual = np.asarray(actual, dtype=float)
        if actual.shape != np.shape(expected):
            raise ValueError(f"the result has shape {actual.shape}, the truth {np.shape(expected)}.")
        return actual, expected
    if expected.rows is None:
        raise ValueError(f"there is no certified derivative to compare with: {expected.reason}.")
    ws = expected.directions
    outputs = len(expected.rows) if ws is None else int(np.prod(ws.shape[1:]))
    leaves = [np.asarray(x, dtype=float).reshape(outputs, -1) for x in flatten(actual, "the derivative")[0]]
    rows = np.concatenate(leaves, axis=1)
    if rows.shape[1] != expected.rows.shape[1]:
        raise ValueError(
            f"the derivative has {rows.shape[1]} entries per output, the truth {expected.rows.shape[1]}."
        )
    return (rows if ws is None else ws.reshape(len(ws), -1) @ rows), expected.rows


def digits(error: float) -> float:
    """Correct decimal digits for a relative error, from 0 to 17; none for what is not finite."""
    if not np.isfinite(error):
        return 0.0
    return 17.0 if error == 0 else float(np.clip(-np.log10(error), 0.0, 17.0)) + 0.0  # never -0.0


def correct_digits(actual: Any, truth: Truth | np.ndarray) -> float:
    """Number of correct decimal digits of `actual`, from 0 to 17.

    actual: float64 array, or a derivative as a backend gives it. truth: array of balls of the same shape, or
    a Truth. Measured in the 2-norm, relative to the norm of `truth`; absolute where `truth` is zero. Raises
    ValueError if the shapes differ.

    >>> round(correct_digits(np.array([3.1416]), enclosed.exact([np.pi])), 1)
    5.6

    Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.2.
    """
    return digits(relative_error_of(actual, truth))


def relative_error_of(actual: Any, truth: Truth | np.ndarray) -> float:
    """The error of a derivative in the 2-norm, relative to that of the truth; absolute where this is 0."""
    return enclosed.relative_error(*entries(actual, truth))


def digits_worst(actual: Any, truth: Truth | np.ndarray) -> float:
    """Correct digits of the worst entry, each relative to itself; absolute where it is zero.

    >>> round(digits_worst(np.array([1.0, 3.1416]), enclosed.exact([1.0, np.pi])), 1)
    5.6
    """
    errors = enclosed.relative_errors(*entries(actual, truth))
    return min(map(digits, errors.flat), default=17.0)


def ulps_worst(actual: Any, truth: Truth | np.ndarray) -> float:
    """Largest error in units in the last place of the entry's truth, of 1 where that is 0; inf if not finite.

    >>> ulps_worst(np.array([1 + 2.0**-52]), enclosed.exact([1.0]))
    1.0
    """
    worst = float(np.max(enclosed.ulps(*entries(actual, truth)), initial=0.0))
    return np.inf if np.isnan(worst) else worst


def attainable_digits(
    f: Callable[..., Any], args: tuple[Any, ...], truth: Truth, wrt: int | tuple[int, ...] = 0, *,
    seeds: Iterable[int] | None = None,
) -> float | None:  # fmt: skip
    """Digits that an ideal differentiation of this very program keeps in doubles; None without a truth.

    The program is run again with correctly rounded primitives and partials, every value and every
    accumulation perturbed by up to half a unit in the last place; the worst of the seeds counts: eight, or
    two for a program of more than 50,000 operations, whose many roundings scatter little.

    >>> f = lambda x: np.log(1 + x) / x
    >>> attainable_digits(f, (1e-8,), truth(f, (1e-8,)))
    0.0
    """
    if truth.rows is None:
        return None
    _, of_leaves, leaves = opened(f, args, wrt)
    program = enclosed.run(of_leaves, leaves, truth.bits)
    ws = np.eye(program.answer.size) if truth.directions is None else truth.directions
    if seeds is None:
        seeds = range(8 if len(program.tape.nodes) <= MANY_NODES else 2)
    with np.errstate(all="ignore"):
        return min(correct_digits(enclosed.perturbed_jacobian(program, s, ws), truth.rows) for s in seeds)
