"""What tests of causes share: ratios, counts, and how many entries are meant."""

from __future__ import annotations

import math

import numpy as np

from ..evidence import Evidence

CLOSE = 1e-4  # a ratio so close to 1 is a matter of digits, not a factor


def how_many(e: Evidence) -> str:
    """ "all 5 entries are", "2 of 5 entries are", "the only entry is"."""
    wrong, total = int(e.wrong.sum()), e.wrong.size
    if total == 1:
        return "the only entry is"
    if wrong == total:
        return f"all {total} entries are"
    return f"{wrong:,} of {total:,} entries {'is' if wrong == 1 else 'are'}"


def only(e: Evidence) -> str:
    """The name of the only wrong entry."""
    places = np.argwhere(e.wrong)
    return e.label(int(places[0][0]), int(places[0][1])) if len(places) == 1 else ""


def times(e: Evidence, ratio: str) -> str:
    """ "all entries are 2 times what they should be", or the only one is."""
    if e.got.size == 1:
        return f"the only entry is {ratio} times what it should be"
    return f"all entries are {ratio} times what they should be"


def scaled(e: Evidence, ratio: float) -> bool:
    return e.fits(ratio * e.expected, abs(ratio) * e.tolerance)


def common_ratio(got: np.ndarray, expected: np.ndarray) -> float:
    """got/expected where that is best known."""
    size = np.max(np.abs(expected), initial=0.0)
    if not size:
        return math.nan
    a, b = got / size, expected / size
    return float(np.sum(a * b) / np.sum(b * b))
