"""How much rounding may have cost the tested gradient: measured, and followed through f's program.

Three sources, each per entry: the last bit of what was returned; the scatter of the claim itself between
points so close that nothing else can change it (Hamming's difference table, as in More and Wild, Estimating
computational noise, SISC 33, 2011); and what perturbing each operation of f does to its derivative.
"""

from __future__ import annotations

import numpy as np

from .question import Question
from .references import EPS, Reference, spread
from .scatter import scatter

SINGLE = (2.0**-28, 2.0**-20)  # the relative scatter of float32, to which cancellation adds in some entries
FEW, MOST = 3, 0.7  # entries from which on they can be said to share it, and the share that does


def returned(got: np.ndarray, expected: np.ndarray, eps: float) -> np.ndarray:
    """Rounding of the returned numbers alone."""
    kept = np.where(np.isfinite(got), np.abs(got), 0.0)
    with np.errstate(over="ignore"):
        return eps / 2 * (kept + np.abs(expected)) + np.finfo(float).tiny


def carried(question: Question, reference: Reference, got: np.ndarray, eps: float) -> np.ndarray:
    """Rounding on the way: the scatter of the claim and of f's own program, per entry."""
    noise = np.zeros_like(got)
    if question.repeatable:
        noise = np.broadcast_to(
            scatter(question, lambda args: question.claim_matrix(args)[0], eps), got.shape
        )
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
