"""What f rounds alike at every sample is in no difference of samples: it is seen by rounding at random.

The factors of a fixed matrix are such, and the treads of a tilted staircase.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .fixed import Slopes
from .lines import Line
from .sampler import Sampler

GROWN = 2.0  # times f at the point: samples of this size may be rounded by more than f is there
LOST = 4.0  # ulps: rounding that is larger is told as noise


def with_rounding(slopes: Slopes, line: Line, sampler: Sampler, derivative: int) -> Slopes:
    """The same slopes, their bounds no less than what the program's own rounding may do to them."""
    size, noise = np.abs(sampler.center), sampler.rounding
    lossy = noise > LOST * sampler.eps * size
    grown = lossy & (slopes.size > GROWN * size) & np.greater(slopes.reach, 0)
    if grown.any():
        reach = line.offset(float(np.max(np.where(grown, slopes.reach, 0.0))))
        noise = np.where(grown, np.maximum(noise, apart(sampler, line, reach, derivative)), noise)
    bound = np.maximum(slopes.bound, slopes.gain * noise)
    told = slopes.diagnosis in ("ok", "C1") and np.any(lossy & (bound > slopes.bound))
    return replace(slopes, bound=bound, diagnosis="noisy" if told else slopes.diagnosis)


def apart(sampler: Sampler, line: Line, reach: float, derivative: int) -> np.ndarray:
    """What rounding changes otherwise at one end of the samples than at the other (at both, for even ones).

    A run rounds an operation in the same direction at both, as f does with all that they have in common.
    """
    ahead, behind = (sampler.roundings_at(line.at(t)) for t in (reach, -reach))
    return np.max(np.abs(ahead - behind if derivative % 2 else ahead + behind), axis=0) / 2
