"""The noise of a derivative between points so close that nothing but rounding can change it.

Differences of high order of a few samples in a row are noise alone: Hamming's difference table, as in More
and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, sqrt
from typing import Any

import numpy as np

from .question import Misfit, Question, leaves_like

SAMPLES = 8
SPACINGS = {2.0**-52: 2.0**-24, 2.0**-23: 2.0**-12}  # relative: wide enough to see rounding
COARSEST = 2.0**-6
WIDER = {2.0**-52: 2.0**-14}  # for values that move in stairs: what 1 - y*y keeps where y is nearly 1

Matrix = Callable[[tuple[Any, ...]], np.ndarray]


def scatter(question: Question, matrix: Matrix, eps: float) -> np.ndarray:
    """The noise of each entry of matrix(args) around the point, on the quieter side: a kink is no noise."""
    random = np.random.default_rng(question.seed)
    steps = [np.where(x != 0, x, np.sqrt(np.mean(x * x)) or 1.0) for x in question.leaves]
    for s in steps:
        s *= random.choice((-1.0, 1.0), s.shape)
    return np.minimum(*(one_side(question, matrix, steps, side, eps) for side in (1, -1)))


def one_side(
    question: Question, matrix: Matrix, steps: list[np.ndarray], side: int, eps: float
) -> np.ndarray:
    """The noise on one side of the point, seen from further away where near samples are alike."""
    spacing = SPACINGS.get(eps, COARSEST)
    table = samples(question, matrix, steps, side * spacing)
    noise = noise_of(table, eps / spacing)
    if eps not in WIDER or table is None or np.all(different(table) > SAMPLES // 2):
        return noise
    wide = samples(question, matrix, steps, side * WIDER[eps])
    if wide is None:
        return noise
    stairs = (different(table) <= SAMPLES // 2) & (different(wide) > SAMPLES // 2)  # a kink has two values
    return np.where(stairs, noise_of(wide, 0.0), noise)


def samples(question: Question, matrix: Matrix, steps: list[np.ndarray], spacing: float) -> np.ndarray | None:
    """Values at x + step, ..., x + 8 steps, without x, which may be a kink; None beyond the domain."""
    rows = []
    try:
        with np.errstate(all="ignore"):
            for j in range(1, SAMPLES + 1):
                leaves = [x + j * spacing * s for x, s in zip(question.leaves, steps, strict=True)]
                rows.append(matrix(like_given(question, leaves)))
    except (ArithmeticError, ValueError, Misfit):
        return None
    return np.array(rows)


def different(table: np.ndarray) -> np.ndarray:
    """How many different values each entry takes."""
    return 1 + np.count_nonzero(np.diff(np.sort(table, axis=0), axis=0), axis=0)


def noise_of(table: np.ndarray | None, rounded: float) -> np.ndarray:
    """The noise of each entry in a table of samples; infinite where there is none.

    rounded: the part of a step by which x is rounded.
    """
    if table is None:
        return np.asarray(np.inf)
    slope, sizes = np.max(np.abs(np.diff(table, axis=0)), axis=0), []
    for k in range(1, SAMPLES - 1):
        table = np.diff(table, axis=0)
        sizes.append(np.max(np.abs(table), axis=0) / sqrt(comb(2 * k, k)))
    noise = np.min(sizes, axis=0)
    noise = np.where(np.isnan(noise), np.inf, noise)
    return noise + slope * rounded if rounded > 2.0**-20 else noise  # single precision rounds x itself


def like_given(question: Question, leaves: list[np.ndarray]) -> tuple[object, ...]:
    """The arguments at other leaves, each in the dtype in which it was given."""
    given = [np.asarray(x) for x in leaves_like(question.point, question.point)]
    cast = [
        x.astype(g.dtype, copy=False) if g.dtype.kind == "f" else x
        for x, g in zip(leaves, given, strict=True)
    ]
    return question.at(cast)
