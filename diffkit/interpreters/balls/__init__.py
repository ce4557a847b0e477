"""The same code over balls: certified values and derivatives, by FLINT's calculus and not by our table."""

from .array import BallArray, exact
from .blame import Culprit, culprit, slopes, values
from .context import NotEnclosed, precision
from .perturbed import perturbed_jacobian, perturbed_value
from .program import (
    Program,
    contract,
    enclosure,
    nearest,
    outward,
    relative_error,
    relative_errors,
    run,
    settled,
    ulps,
    widths,
)

__all__ = [
    "BallArray", "Culprit", "NotEnclosed", "Program", "contract", "culprit", "enclosure", "exact", "nearest",
    "outward", "perturbed_jacobian", "perturbed_value", "precision", "relative_error", "relative_errors",
    "run", "settled", "slopes", "ulps", "values", "widths",
]  # fmt: skip
