"""All entries wrong in the same way: not finite, zero, a factor, an inner derivative."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..evidence import Evidence
from .numbers import CLOSE, common_ratio, scaled, times

LARGEST = 1e6  # value of f that is thought of as a factor
RATIOS = {
    "2": (2.0, "a factor 2 too many (a square, or a gradient accumulated twice)"),
    "1/2": (0.5, "a factor 2 is missing"),
    "-2": (-2.0, "the sign is flipped, with a factor 2"),
    "-1/2": (-0.5, "the sign is flipped, and a factor 2 is missing"),
    "3": (3.0, "a factor 3 too many"),
    "1/3": (1 / 3, "a factor 3 is missing"),
    "pi/180": (math.pi / 180, "degrees were taken for radians"),
    "180/pi": (180 / math.pi, "radians were taken for degrees"),
    "ln 10": (math.log(10), "natural logarithm where log10 was meant, or the other way round"),
    "1/ln 10": (1 / math.log(10), "natural logarithm where log10 was meant, or the other way round"),
    "ln 2": (math.log(2), "natural logarithm where log2 was meant, or the other way round"),
    "1/ln 2": (1 / math.log(2), "natural logarithm where log2 was meant, or the other way round"),
    "2 pi": (2 * math.pi, "a factor 2 pi: frequency and angular frequency"),
    "1/(2 pi)": (1 / (2 * math.pi), "a factor 2 pi: frequency and angular frequency"),
}  # fmt: skip


def named_ratios(e: Evidence) -> Iterator[tuple[str, float, str]]:
    """Text, value and meaning of the ratios that mistakes make, lengths of this problem included."""
    yield "-1", -1.0, "the sign is flipped"
    for text, (ratio, meaning) in RATIOS.items():
        yield text, ratio, meaning
    if e.value and 1 / LARGEST < abs(e.value) < LARGEST and abs(abs(e.value) - 1) > CLOSE:
        yield "f(x)", e.value, f"the value of f, {e.value:.6g}, is a factor too many"
        yield "1/f(x)", 1 / e.value, f"the value of f, {e.value:.6g}, is missing as a factor, as from log f"
    for name, n in e.sizes.items():
        if n > 1:
            yield f"{n} = {name}", float(n), f"a sum where a mean was meant, over {name} = {n}"
            yield f"1/{n}", 1 / n, f"a mean where a sum was meant, over {name} = {n}"
            yield f"2/{n}", 2 / n, f"a mean where a sum was meant, over {name} = {n}, and a factor 2"
            yield f"{2 * n}", 2.0 * n, f"a sum where a mean was meant, over {name} = {n}, and a factor 2"


def not_finite(e: Evidence) -> str | None:
    lost = ~np.isfinite(e.got)
    if not lost.any():
        return None
    row, column = map(int, np.argwhere(lost)[0])
    kind = "NaN" if np.isnan(e.got[row, column]) else "infinite"
    return f"{int(lost.sum())} of {e.got.size} entries are not finite: {e.label(row, column)} is {kind}"


def all_zero(e: Evidence) -> str | None:
    if np.any(e.got) or not np.any(e.wrong):
        return None
    what = "the only entry is" if e.got.size == 1 else f"all {e.got.size} entries are"
    return f"{what} zero: the gradient is detached from x, or was never filled in"


def sign(e: Evidence) -> str | None:
    return f"{times(e, '-1')}: the sign is flipped" if scaled(e, -1.0) else None


def constant_ratio(e: Evidence) -> str | None:
    for text, ratio, meaning in named_ratios(e):
        if scaled(e, ratio):
            return f"{times(e, text)}: {meaning}"
    if e.got.size > 1 and abs(np.linalg.norm(e.got) - 1) < CLOSE:
        size = float(np.linalg.norm(e.expected))
        if size and scaled(e, 1 / size):
            return f"{times(e, f'1/{size:.6g}')}: the vector was given length 1"
    ratio = common_ratio(e.got, e.expected)
    if np.count_nonzero(e.expected) > 1 and abs(ratio - 1) > CLOSE and ratio != 0 and scaled(e, ratio):
        return f"{times(e, f'{ratio:.6g}')}: a constant factor"
    return None


def factors(e: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """What the chain rule may leave out, or count twice, entry by entry."""
    x = np.tile(e.x, (len(e.got), 1))
    with np.errstate(all="ignore"):
        yield "x", x
        yield "2x", 2 * x
        yield "1/x", 1 / x
        yield "1/(2x)", 1 / (2 * x)
        yield "x^2", x * x
        yield "exp(x)", np.exp(x)
        yield "exp(-x)", np.exp(-x)


def elementwise_factor(e: Evidence) -> str | None:
    if e.got.shape[1] != e.x.size or np.count_nonzero(e.expected) < 2 or np.ptp(np.abs(e.x)) == 0:
        return None
    for text, factor in factors(e):
        if np.all(np.isfinite(factor)) and e.fits(factor * e.expected, np.abs(factor) * e.tolerance):
            return f"every entry is {text} times what it should be, x being its input: an inner derivative"
    return None
