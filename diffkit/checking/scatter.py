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

Matrix = Callable[[tuple[Any, ...]], np.ndarray]


def scatter(question: Question, matrix: Matrix, eps: float) -> np.ndarray:
    """The noise of each entry of matrix(args) around the point, on the quieter side: a kink is no noise."""
    random = np.random.default_rng(question.seed)
    signs = [random.choice((-1.0, 1.0), x.shape) for x in question.leaves]
    scales = [np.where(x != 0, np.abs(x), np.sqrt(np.mean(x * x)) or 1.0) for x in question.leaves]
    t = SPACINGS.get(eps, COARSEST)
    steps = [t * s * v for s, v in zip(scales, signs, strict=True)]
    return np.minimum(*(one_side(question, matrix, [side * s for s in steps], eps / t) for side in (1, -1)))


def one_side(question: Question, matrix: Matrix, steps: list[np.ndarray], rounded: float) -> np.ndarray:
    """The noise in samples at x + step, ..., x + 8 steps; x itself is left out, it may be a kink.

    rounded: the part of a step by which x is rounded.
    """
    rows = []
    try:
        with np.errstate(all="ignore"):
            for j in range(1, SAMPLES + 1):
                leaves = [x + j * s for x, s in zip(question.leaves, steps, strict=True)]
                rows.append(matrix(like_given(question, leaves)))
    except (ArithmeticError, ValueError, Misfit):  # beyond the edge of the domain: nothing on this side
        return np.asarray(np.inf)
    table, sizes = np.array(rows), []
    slope = np.max(np.abs(np.diff(table, axis=0)), axis=0)
    for k in range(1, SAMPLES - 1):
        table = np.diff(table, axis=0)
        sizes.append(np.max(np.abs(table), axis=0) / sqrt(comb(2 * k, k)))
    noise = np.min(sizes, axis=0)
    noise = np.where(np.isnan(noise), np.inf, noise)
    return noise + slope * rounded if rounded > 2.0**-20 else noise  # single precision rounds x itself


def like_given(question: Question, leaves: list[np.ndarray]) -> tuple[object, ...]:
    """The arguments at other leaves, each in the dtype in which it was given."""
    given = [np.asarray(x) for x in leaves_like(question.point, question.point)]
    cast = [x.astype(g.dtype) if g.dtype.kind == "f" else x for x, g in zip(leaves, given, strict=True)]
    return question.at(cast)
