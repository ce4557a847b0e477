"""Right numbers with too few digits."""

from __future__ import annotations

import numpy as np

from ..evidence import Evidence
from ..rounding import fits_single
from .numbers import how_many

FEWEST_DIGITS = 2.5  # from which on a number is said to be right to some digits
MANY_DIGITS = 5.0  # of a single entry that is said to be so


def single_precision(e: Evidence) -> str | None:
    """Errors of the size that float32 makes, in a claim handed over in double precision."""
    if e.eps > 2.0**-52 or not rough(e, 2.0**-23 * 64):
        return None
    if fits_single(e.got):
        return "the numbers were rounded to single precision: they have no more than its 24 bits"
    return None


def low_precision(e: Evidence) -> str | None:
    if not rough(e, 1e-3):
        return None
    kept = float(np.median(e.digits[e.wrong]))
    if kept < FEWEST_DIGITS:
        return None
    why = "cancellation, a difference quotient, or single precision"
    return f"{how_many(e)} right to some {kept:.0f} digits only: {why}"


def rough(e: Evidence, level: float) -> bool:
    """Whether the errors are no larger than this against the largest entry, and many entries have one, or
    those that have it keep most of their digits."""
    size = np.max(np.abs(e.expected), initial=0.0)
    small = np.max(e.error[e.wrong]) <= level * size
    shared = e.wrong.sum() > e.wrong.size / 4 or np.min(e.digits[e.wrong]) >= MANY_DIGITS
    return bool(small and shared)
