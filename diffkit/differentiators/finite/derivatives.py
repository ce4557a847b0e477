"""Derivatives of order 1 to 4 of a function of one number, with bounds on where it may be evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..interface import Estimate, finished
from .adaptive import adaptive
from .lines import Axis
from .lockstep import lockstep
from .prepared import the_step
from .rounding import with_rounding
from .sampler import Sampler
from .scan import LENGTHS, Target


def differentiate(
    f: Callable[[Any], Any],
    x: float,
    derivative: int = 1,
    order: int = 10,
    low: float = -math.inf,
    high: float = math.inf,
    batch: str = "no",
) -> Estimate:
    """The derivative of f at x, of order 1 to 4, with its bound, diagnosis, one-sided slopes and cost.

    f: from a float to a number or an array, which the answer is shaped like. It may raise or be NaN outside
    its domain, be noisy, or return float32. It is never evaluated outside [low, high].
    order: of the formula, 4, 6, 8 or 10. batch: "first" or "last" if f takes many x at once, stacked along
    that axis; tried, not believed.
    Raises ValueError for a setting that does not exist or x outside its bounds.

    >>> import math
    >>> third = differentiate(math.exp, 1.0, derivative=3)
    >>> abs(third.value - math.e) < third.bound < 1e-7
    True
    >>> root = differentiate(lambda x: x * math.sqrt(x), 0.0)
    >>> root.diagnosis
    'one-sided'

    Source: diffkit/differentiators/finite/adaptive.py.
    """
    if derivative not in (1, 2, 3, 4) or order not in LENGTHS:
        raise ValueError(
            f"derivative={derivative}, order={order}: the derivative is 1 to 4, the order 4, 6, 8 or 10."
        )
    sampler = Sampler(f, [float(x)], batch)
    line = Axis([float(x)], (0, 0))
    target = Target(line, sampler.center, sampler.eps, order, derivative, *line.room(low, high))
    slopes = with_rounding(lockstep([adaptive(target)], [line], sampler)[0], line, sampler, derivative)

    def shaped(values: np.ndarray | None) -> Any:
        return None if values is None else finished(np.reshape(values, np.shape(sampler.y)))

    return Estimate(
        shaped(slopes.value),
        shaped(slopes.bound),
        slopes.diagnosis,
        shaped(slopes.left),
        shaped(slopes.right),
        sampler.evaluations,
        sampler.calls,
        the_step([slopes]),
    )
