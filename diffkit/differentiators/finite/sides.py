"""Left and right by themselves: kinks, jumps, infinite slopes, the edge of a domain."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from .found import Found
from .nodes import edge
from .scan import Target
from .verdict import LOUD, Verdict, decays_slowly, judge

STAGES = 6  # one-sided formulas at most, for each side
ROUGH = 10.0  # times the bound, where the truncation does not fall as that of a smooth function
CLOSE = 1e-9  # times the first step: close enough to see how f approaches its value
REACH = 8.0  # times the first step: where a one-sided formula begins

Steps = Generator[list[float], np.ndarray, None]


@dataclass(frozen=True)
class Side:
    """The slope on one side; kind "slope", "jump", "infinite slope", or "none" where f is not defined."""

    slope: float = math.nan
    bound: float = math.inf
    kind: str = "none"
    seen: bool = False  # whether the truncation is small against the change of f
    loud: bool = False  # whether f is noisier than its last bit


def both_sides(target: Target, output: int, found: Found) -> Steps:
    """Look at both sides and decide what the point is."""
    left = yield from one_side(target, output, -1)
    right = yield from one_side(target, output, 1)
    kinds = {left.kind, right.kind}
    there = [side for side in (left, right) if side.kind != "none"]
    if not there:
        return
    if kinds & {"jump", "infinite slope"}:
        kind = "jump" if "jump" in kinds else "infinite slope"
        slopes = {side.slope for side in there}
        value = slopes.pop() if len(slopes) == 1 and kind != "jump" else math.nan
        found.decide(output, value, math.inf, kind, left.slope, right.slope)
        return
    best = min(there, key=lambda side: side.bound)
    if "none" in kinds or found.limited[output]:
        if best.bound < found.bound[output]:
            found.decide(output, best.slope, best.bound, "one-sided", left.slope, right.slope)
        return
    if not (left.seen and right.seen):
        return
    gap, doubt = abs(left.slope - right.slope), left.bound + right.bound
    if gap > 2 * doubt:
        middle = (left.slope + right.slope) / 2
        found.decide(output, middle, gap / 2 + doubt, "kink", left.slope, right.slope)
    elif best.bound + gap < found.bound[output] or found.rough[output]:
        kind = "noisy" if best.loud else "C1"
        found.decide(output, best.slope, best.bound + gap, kind, left.slope, right.slope)


def one_side(target: Target, output: int, sign: int) -> Generator[list[float], np.ndarray, Side]:
    """How f leaves the point to the side `sign`, then its slope there."""
    room = target.below if sign < 0 else target.above
    near = max(CLOSE * target.first, 4 * target.least)
    if 16 * near > room:
        return Side()
    offsets = [sign * j * near for j in (1, 4, 16)]
    values = (yield offsets)[:, output]
    kind = approach(
        values - target.center[output], 100 * target.eps * max(abs(target.center[output]), 1e-300)
    )
    if kind != "slope":
        infinite = math.copysign(math.inf, sign * (values[0] - target.center[output]))
        return Side(infinite if kind != "none" else math.nan, math.inf, kind)
    return (yield from slope_at_edge(target, output, sign, min(REACH * target.first, room)))


def approach(changes: np.ndarray, grain: float) -> str:
    """What f does as the point is approached: changes at t, 4t, 16t go with a power of t."""
    if not np.all(np.isfinite(changes)):
        return "none"
    if abs(changes[0]) <= grain:
        return "slope"
    powers = np.log(np.abs(changes[1:] / changes[:-1])) / math.log(4) if np.all(changes) else np.array([1.0])
    if np.ptp(powers) > 0.1:
        return "slope"
    power = float(np.mean(powers))
    return "jump" if abs(power) < 0.05 else "infinite slope" if 0 < power < 0.9 else "slope"


def slope_at_edge(
    target: Target, output: int, sign: int, reach: float
) -> Generator[list[float], np.ndarray, Side]:
    """The one-sided formula, its reach moved until truncation and rounding balance."""
    fixed, best = edge(target.order, target.derivative), Side(kind="slope")
    order, caution = len(fixed.at) - 1, 1.0
    before: Verdict | None = None
    for _ in range(STAGES):
        step = sign * max(reach, 16 * target.least)
        offsets = [target.offset(o * step) for o in fixed.offsets]
        nodes = fixed.moved([t / step for t in offsets])
        verdict = judge(nodes, step, offsets, (yield offsets), target.center, target.eps, target.ulp)
        if before and decays_slowly(before, verdict, output, target.derivative):
            caution = ROUGH
        before = verdict
        value, bound = float(verdict.value[output]), caution * float(verdict.bound[output])
        if verdict.spread[output] == 0:
            bound = max(bound, float(target.hidden(step, nodes)[output]))
        if not math.isfinite(value + bound):
            reach /= 16
            continue
        truncation, rounding = float(verdict.truncation[output]), float(verdict.rounding[output])
        if bound < best.bound:
            seen = 3 * truncation * reach**target.derivative <= 0.1 * verdict.spread[output]
            loud = verdict.noise[output] > LOUD * verdict.floor[output]
            best = Side(value, bound, "slope", bool(seen or verdict.spread[output] == 0), bool(loud))
        rounding *= float(verdict.floor[output] / verdict.noise[output]) if verdict.noise[output] else 0.0
        if truncation <= 4 * rounding or reach <= 16 * target.least:
            break
        reach *= min(max((rounding / (order * truncation)) ** (1 / (order + 1)), 1 / 64), 0.5)
    return best
