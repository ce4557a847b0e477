"""How much rounding may have cost the tested gradient: measured, and followed through f's program.

Three sources, each per entry: the last bit of what was returned; what perturbing each operation of the claim
does to it, or, where it cannot be followed, its scatter between points so close that nothing else can change
it (Hamming's difference table, as in More and Wild, Estimating computational noise, SISC 33, 2011); and what
perturbing each operation of f does to its derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calculus.rules import shape_of
from ..differentiators.arguments import flatten
from ..interpreters import balls as enclosed
from .question import Question, cut
from .references import EPS, Reference, spread
from .scatter import scatter

SEEDS = range(3)  # of perturbed runs
SINGLE = (2.0**-28, 2.0**-20)  # the relative scatter of float32, to which cancellation adds in some entries
FEW, MOST = 3, 0.7  # entries from which on they can be said to share it, and the share that does


def returned(got: np.ndarray, expected: np.ndarray, eps: float) -> np.ndarray:
    """Rounding of the returned numbers alone."""
    kept = np.where(np.isfinite(got), np.abs(got), 0.0)
    with np.errstate(over="ignore"):
        return eps / 2 * (kept + np.abs(expected)) + np.finfo(float).tiny


@dataclass(frozen=True)
class Carried:
    """Rounding on the way, per entry: in the claim, and in f's own program whatever the method.

    coarse: the claim shows single precision in the guise of double, and none of its rounding is excused.
    """

    claim: np.ndarray
    program: np.ndarray
    coarse: bool = False

    @property
    def whole(self) -> np.ndarray:
        return self.claim + self.program


def carried(question: Question, reference: Reference, got: np.ndarray, eps: float) -> Carried:
    """The rounding of the claim, followed through its program or read off its scatter, and of f's program."""
    exact = reference.name == "enclosure"
    program = spread(question) * (eps / EPS) if exact else np.zeros_like(got)
    noise, coarse = own_rounding(question, eps), False
    if noise is None:
        noise = np.zeros_like(got)
        if question.repeatable:
            seen = scatter(question, lambda args: question.claim_matrix(args)[0], eps)
            noise = np.broadcast_to(seen, got.shape)
        coarse = eps == EPS and is_coarse(got, noise, program if exact else reference.radius)
    excused = np.isfinite(got) & (not coarse)
    return Carried(np.where(excused, noise, 0.0), program, coarse)


def own_rounding(question: Question, eps: float) -> np.ndarray | None:
    """How far perturbing each operation of the claim by half a unit in the last place moves it.

    None where the claim cannot be followed through its program: it is no function, or no plain NumPy.
    """
    if question.claimed is not True and not callable(question.claimed):
        return None
    made: list[Callable[[np.ndarray], Any]] = []

    def flat(*leaves: Any) -> Any:
        parts, rebuild = flatten(question.claim(question.layout.close(question.args, leaves)), "the claim")
        made[:] = [lambda y: rebuild(cut(y, [shape_of(x) for x in parts]))]
        return np.concatenate([np.reshape(x, (-1,)) for x in parts])

    try:
        with np.errstate(all="ignore"):
            program = enclosed.run(flat, question.leaves, 128)
            runs = [enclosed.nearest(program.value())]
            runs += [enclosed.perturbed_value(program, seed) for seed in SEEDS]
            center, *moved = [question.claim_read(made[0](y))[0] for y in runs]
    except Exception:  # the claim is foreign code, and need not take values that are no arrays
        return None
    largest = np.max([np.abs(each - center) for each in moved], axis=0) * (eps / EPS)
    return np.where(np.isnan(largest), np.inf, largest)


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
