"""Fixed schemes: one formula, one step.

A scheme is a coroutine: it yields the offsets at which it wants f along its line, is sent the values (one row
each), and returns Slopes. So all lines of a Jacobian can be sampled in one batch.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .lines import Line
from .sampler import NotFinite
from .stencils import Stencil

Plan = Generator[list[float], np.ndarray, "Slopes"]

CAUTION = 3.0  # times the estimated truncation, which is itself only of leading order
ULPS = 2.0  # of f, assumed where nothing is measured

# From harmless to hopeless; where many entries are asked for, the worst is shown.
DIAGNOSES = ("ok", "noisy", "C1", "one-sided", "kink", "jump", "infinite slope", "unresolved")


def worst(diagnoses: Iterable[str]) -> str:
    """The most serious of these."""
    return max(diagnoses, key=DIAGNOSES.index, default="ok")


@dataclass(frozen=True)
class Slopes:
    """Derivatives of all outputs along one line, how wrong they may be, and what stands in the way.

    gain: error of the derivative per noise of f. reach: how far the samples went to both sides. size: the
    largest of them. step: of the formula.
    """

    value: np.ndarray
    bound: np.ndarray
    diagnosis: str = "ok"
    left: np.ndarray | None = None
    right: np.ndarray | None = None
    gain: float | np.ndarray = 0.0
    reach: float | np.ndarray = 0.0
    size: float | np.ndarray = 0.0
    step: float | np.ndarray = 0.0


def default_step(line: Line, stencil: Stencil, eps: float) -> float:
    """The step that balances a truncation error of h**order with a rounding error of eps/h**derivative."""
    return line.scale * eps ** (1 / (stencil.order + stencil.derivative))


def fixed(
    stencil: Stencil, h: float, line: Line, center: np.ndarray, eps: float, bounded: bool,
    room: tuple[float, float] = (math.inf, math.inf),
) -> Plan:  # fmt: skip
    """The formula at the step h; where a bound is wanted, at 2h too. room: how far it may go each way."""
    most = min(side / reach for side, reach in zip(room, stencil.reach, strict=True) if reach)
    if h > most:
        raise NotFinite(
            f"step {h:.3g} along {line} leaves the bounds; take scheme=forward or scheme=backward."
        )
    value, size, gain = yield from difference(stencil, h, line, center, eps)
    if not bounded:
        return Slopes(value, np.full_like(value, np.nan))
    try:
        if 2 * h > most:
            raise NotFinite("2h leaves the bounds.")
        wider, *_ = yield from difference(stencil, 2 * h, line, center, eps)
    except NotFinite:
        return Slopes(value, np.full_like(value, np.inf), "unresolved")
    # Of order p it would be divided by 2**p - 1, but nothing here shows that h is small enough for that.
    truncation = np.abs(value - wider) / (2 ** min(stencil.order, 2) - 1)
    bound = CAUTION * truncation + ULPS * eps * size * gain
    reach = h * min(stencil.reach)  # 0 of one-sided ones
    return Slopes(value, bound, gain=gain, reach=reach, size=size, step=h)


def difference(
    stencil: Stencil, h: float, line: Line, center: np.ndarray, eps: float
) -> Generator[list[float], np.ndarray, tuple[np.ndarray, np.ndarray, float]]:
    """(derivative, largest sample, gain): the formula on the offsets that are really taken."""
    offsets = [line.offset(o * h) for o in stencil.offsets]
    if len(set(offsets)) < len(offsets):
        raise NotFinite(f"step {h:.3g} is lost in the rounding of {line}; take a larger one.")
    place = stencil.offsets.index(0)
    values = yield offsets[:place] + offsets[place + 1 :]
    values = np.insert(values, place, center, axis=0)
    refuse_not_finite(values, offsets, line)
    solved = solved_weights(stencil.table, offsets, h)
    change = values - center  # weights that sum to zero up to rounding spoil large values
    return solved @ change, np.max(np.abs(values), axis=0), float(np.sum(np.abs(solved)))


def solved_weights(table: np.ndarray, offsets: Sequence[float] | np.ndarray, h: float) -> np.ndarray:
    """Weights of the highest derivative in `table` (one row for each up to it) at offsets close to j*h.

    What was taken differs from j*h in the last bits, which would cost eps*|x|/h of the lower derivatives D:
    sum_j w[k,j] f_j = sum_l D_l sum_j w[k,j] t_j^l / l! is solved for them instead.
    """
    k, taken = len(table), np.array(offsets) / h
    if k == 1:
        return table[0] / (table[0] @ taken * h)
    powers = np.array([taken**n / math.factorial(n) for n in range(1, k + 1)]).T
    return np.linalg.solve(table @ powers, table)[-1] / h**k


def refuse_not_finite(values: np.ndarray, offsets: Sequence[float], line: Line) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if bad.size:
        at, output = bad[0]
        raise NotFinite(
            f"f is {values[at, output]} at {line} {offsets[at]:+.3g}, so no difference can be taken there; "
            "use scheme=forward, scheme=backward or another step."
        )
