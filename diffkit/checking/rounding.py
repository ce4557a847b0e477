"""How much rounding may have cost the tested gradient: measured, and followed through f's program.

Three sources, each per entry: the last bit of what was returned; the scatter of the claim itself between
points so close that nothing else can change it (Hamming's difference table, as in More and Wild, Estimating
computational noise, SISC 33, 2011); and what perturbing each operation of f does to its derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, sqrt

import numpy as np

from .question import Misfit, Question, leaves_like
from .references import EPS, Reference, spread

SAMPLES = 8
SPACINGS = {2.0**-52: 2.0**-24, 2.0**-23: 2.0**-12}  # relative: wide enough to see rounding

SINGLE = (
    2.0**-28,
    2.0**-20,
)  # the relative scatter of float32, which most entries share; cancellation adds to some
FEW, MOST = 3, 0.7  # entries from which on they can be said to share it, and their share


def returned(got: np.ndarray, expected: np.ndarray, eps: float) -> np.ndarray:
    """Rounding of the returned numbers alone."""
    kept = np.where(np.isfinite(got), np.abs(got), 0.0)
    with np.errstate(over="ignore"):
        return eps / 2 * (kept + np.abs(expected)) + np.finfo(float).tiny


def carried(question: Question, reference: Reference, got: np.ndarray, eps: float) -> np.ndarray:
    """Rounding on the way: the scatter of the claim and of f's own program, per entry."""
    noise = scatter(question, eps, reference.value.shape)
    program = spread(question) * (eps / EPS) if reference.name == "enclosure" else reference.radius
    if eps == EPS and is_coarse(got, noise, program):
        noise = np.zeros_like(noise)  # single precision in the guise of double: its rounding is not excused
    noise = np.where(np.isfinite(got), noise, 0.0)
    return noise + program if reference.name == "enclosure" else noise


def is_coarse(got: np.ndarray, noise: np.ndarray, program: np.ndarray) -> bool:
    """Whether the claim was rounded to single precision, as its bits or the scatter of most entries show."""
    there = (got != 0) & np.isfinite(got)
    if not there.any():
        return False
    if fits_single(got):
        return True
    low, high = SINGLE
    relative = noise[there] / np.abs(got[there])
    alike = (low < relative) & (relative < high) & (noise[there] > 8 * program[there])
    return bool(np.mean(alike) >= MOST and there.sum() >= FEW)


def fits_single(x: np.ndarray) -> bool:
    """Whether all entries are single-precision numbers, and not for their simplicity alone."""
    with np.errstate(over="ignore", under="ignore"):
        return bool(np.array_equal(x, x.astype(np.float32)) and np.any(np.frexp(x)[0] % 2.0**-20))


def scatter(
    question: Question,
    eps: float,
    shape: tuple[int, ...],
    seen: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> np.ndarray:
    """The noise of seen(claim), from samples on one side of the point; the quieter side counts, for kinks."""
    if not question.repeatable:
        return np.zeros(shape)
    random = np.random.default_rng(question.seed)
    signs = [random.choice((-1.0, 1.0), x.shape) for x in question.leaves]
    scales = [np.where(x != 0, np.abs(x), np.sqrt(np.mean(x * x)) or 1.0) for x in question.leaves]
    t = SPACINGS.get(eps, 2.0**-6)
    steps = [t * s * v for s, v in zip(scales, signs, strict=True)]
    noises = [one_side(question, [side * s for s in steps], eps / t, seen) for side in (1, -1)]
    return np.broadcast_to(np.minimum(*noises), shape)


def one_side(
    question: Question, steps: list[np.ndarray], rounded: float, seen: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Noise of the claim at x, x + step, ..., x + 7 steps."""
    try:
        with np.errstate(all="ignore"):
            rows = []
            for j in range(1, SAMPLES + 1):  # not the point itself: it may be a kink
                leaves = [x + j * s for x, s in zip(question.leaves, steps, strict=True)]
                rows.append(seen(question.claim_matrix(like_given(question, leaves))[0]))
    except (ArithmeticError, ValueError, Misfit):  # beyond the edge of g's domain: no scatter on this side
        return np.asarray(np.inf)
    table, sizes = np.array(rows), []
    slope = np.max(np.abs(np.diff(table, axis=0)), axis=0)
    for k in range(1, SAMPLES - 1):
        table = np.diff(table, axis=0)
        sizes.append(np.max(np.abs(table), axis=0) / sqrt(comb(2 * k, k)))
    noise = np.min(sizes, axis=0)
    noise = np.where(np.isnan(noise), np.inf, noise)
    return noise + slope * rounded if rounded > 2.0**-20 else noise  # in single precision x itself is rounded


def like_given(question: Question, leaves: list[np.ndarray]) -> tuple[object, ...]:
    """The arguments at other leaves, each in the dtype in which it was given."""
    given = [np.asarray(x) for x in leaves_like(question.point, question.point)]
    cast = [x.astype(g.dtype) if g.dtype.kind == "f" else x for x, g in zip(leaves, given, strict=True)]
    return question.at(cast)
