"""Studies of accuracy: problems that nobody chose, and one problem at many steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..differentiators.arguments import Arguments
from ..differentiators.complex_step import ComplexStep
from ..differentiators.finite import Finite
from ..differentiators.interface import Differentiator
from ..harness.targets import Target, from_formula
from ..problems.random_expressions import random_expressions

SCHEMES = (
    ("forward", 0), ("backward", 0), ("central", 2), ("central", 4), ("central", 6), ("richardson", 6),
)  # fmt: skip
DECADES = range(1, 16)  # of steps, below the size of the point


def random_targets(count: int, seed: int) -> list[Target]:
    """So many random formulas at their points; with erf where SciPy is installed.

    >>> [target.name for target in random_targets(2, seed=1)]
    ['random_1_0', 'random_1_1']
    """
    return [
        from_formula(str(problem.formula), list(problem.point(1)), name=problem.name, seed=seed)
        for problem in random_expressions(count, seed, erf_of_scipy())
    ]


def erf_of_scipy() -> Callable[[Any], Any] | None:
    try:
        from ..calculus.special import SPECIAL
    except ModuleNotFoundError:
        return None
    return SPECIAL["erf"]


def sweep_backends(target: Target) -> list[Differentiator]:
    """Differences of each scheme and step, adaptive ones, and the complex step, whose step does not matter.

    Steps are powers of ten below the largest entry of the point, absolute where that is 0.

    >>> [str(each) for each in sweep_backends(random_targets(1, seed=1)[0])[-3:]]
    ['finite:scheme=richardson,order=6,step=1e-15', 'finite', 'complex-step']
    """
    top = size_of(target)
    stepped = [
        Finite(scheme=scheme, order=order, step=10.0 ** (top - decade))
        for scheme, order in SCHEMES
        for decade in DECADES
    ]
    return [*stepped, Finite(), ComplexStep()]


def size_of(target: Target) -> int:
    """The exponent of ten of the largest entry of the point."""
    leaves = Arguments.of(target.args, target.wrt).open(target.args)
    largest = max((abs(float(x)) for leaf in leaves for x in ravel(leaf)), default=0.0)
    return math.floor(math.log10(largest)) if largest else 0


def ravel(x: Any) -> list[Any]:
    return [x] if not hasattr(x, "reshape") else x.reshape(-1).tolist()
