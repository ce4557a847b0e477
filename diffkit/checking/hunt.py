"""From a wrong slope along a direction to the entry that makes it wrong: decoded, or by halves.

One wrong entry i makes an error e v_i along v, and e v_i w_i along the direction of v_i w_i: where w counts
the entries, the ratio says which it is, as the two checksums of a code that corrects one error do.
"""

from __future__ import annotations

import math

import numpy as np

from .slopes import Slopes

ATTEMPTS = 3  # at decoding, each of half as many entries as the one before
LEAST = 8.0  # by which each slope decoded must narrow the place down
SURE = 4.0  # times its tolerance: an error so large is no rounding


def wrong_entry(slopes: Slopes, v: np.ndarray, error: np.ndarray) -> int:
    """The position of an entry that makes the error along v, as good as it can be told.

    error: of each output; the largest one is followed. What is returned has still to be looked at.
    """
    row = int(np.argmax(np.abs(error)))
    start, stop, whole = 0, v.size, float(error[row])
    for _ in range(ATTEMPTS):
        found = decoded(slopes, v, row, start, stop, whole)
        if found is not None:
            return found
        start, stop, whole = half(slopes, v, row, start, stop, whole)
        if stop - start == 1:
            return start
    while stop - start > 1:
        start, stop, whole = half(slopes, v, row, start, stop, whole)
    return start


def decoded(slopes: Slopes, v: np.ndarray, row: int, start: int, stop: int, whole: float) -> int | None:
    """The one wrong entry between start and stop; None where there are several, or noise hides which."""
    while stop - start > 1:
        count = stop - start
        part = np.zeros_like(v)
        part[start:stop] = v[start:stop] * np.arange(1, count + 1) / count
        coded = slopes.quick(part)
        place = float(coded.error[row]) / whole * count
        doubt = SURE * float(coded.tolerance[row]) / abs(whole) * count
        if not (0.5 < place < count + 0.5 and doubt < count / LEAST):
            return None
        first, last = math.ceil(place - doubt - 0.5), math.floor(place + doubt + 0.5)
        start, stop = start + max(first, 1) - 1, start + min(last, count)
        if stop - start == count:
            return None
        part = np.zeros_like(v)
        part[start:stop] = v[start:stop]
        seen = slopes.quick(part)
        error, tolerance = float(seen.error[row]), SURE * float(seen.tolerance[row])
        if not abs(error) > tolerance or abs(error - whole) > tolerance + abs(whole) / 2:
            return None
        whole = error
    return start


def half(
    slopes: Slopes, v: np.ndarray, row: int, start: int, stop: int, whole: float
) -> tuple[int, int, float]:
    """(start, stop, error) of the half that the larger error comes from."""
    middle = (start + stop) // 2
    part = np.zeros_like(v)
    part[start:middle] = v[start:middle]
    first = float(slopes.error_along(part)[row])
    if abs(first) >= abs(whole - first):
        return start, middle, first
    return middle, stop, whole - first
