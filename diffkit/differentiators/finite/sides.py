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
LOOKS = 6  # at the way of f from between where it jumps and where it is not seen to change
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
    gain: float = 0.0  # error of the slope per noise of f


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
        found.decide(output, value, math.inf, kind, left, right)
        return
    best = min(there, key=lambda side: side.bound)
    if "none" in kinds or found.limited[output]:
        if best.bound < found.bound[output]:
            found.decide(output, best.slope, best.bound, "one-sided", left, right)
        return
    if not (left.seen and right.seen):
        return
    gap, doubt = abs(left.slope - right.slope), left.bound + right.bound
    if gap > 2 * doubt:
        middle = (left.slope + right.slope) / 2
        found.decide(output, middle, gap / 2 + doubt, "kink", left, right)
    elif best.bound + gap < found.bound[output] or found.rough[output]:
        kind = "noisy" if best.loud else "C1"
        found.decide(output, best.slope, best.bound + gap, kind, left, right)


def one_side(target: Target, output: int, sign: int) -> Generator[list[float], np.ndarray, Side]:
    """How f leaves the point to the side `sign`, then its slope there."""
    room = target.below if sign < 0 else target.above
    near = max(CLOSE * target.first, 4 * target.least)
    if 16 * near > room:
        return Side()
    seen = yield from look(target, output, sign, near)
    if seen.kind in ("jump", "infinite slope"):
        seen = yield from look_nearer(target, output, sign, seen)
    if seen.kind in ("slope", "flat"):
        reach = 16 * seen.distance if seen.distance < near else min(REACH * target.first, room)
        return (yield from slope_at_edge(target, output, sign, reach))
    slope = math.copysign(math.inf, sign * seen.change) if seen.kind != "none" else math.nan
    return Side(slope, math.inf, seen.kind)


@dataclass(frozen=True)
class Departure:
    """How f leaves the point: its change at a distance, and with which power of the distance it goes."""

    kind: str  # "slope", "flat" (too little to see), "jump", "infinite slope", "none" (not finite)
    distance: float
    change: float
    power: float = 1.0


def look(
    target: Target, output: int, sign: int, distance: float
) -> Generator[list[float], np.ndarray, Departure]:
    """What f does at 1, 4 and 16 times the distance."""
    values = (yield [sign * j * distance for j in (1, 4, 16)])[:, output]
    changes = values - target.center[output]
    return Departure(*approach(changes, visible(target, output), distance))


def visible(target: Target, output: int) -> float:
    """A change of f that is more than its rounding."""
    return 100 * target.eps * max(abs(float(target.center[output])), 1e-300)


def look_nearer(
    target: Target, output: int, sign: int, far: Departure
) -> Generator[list[float], np.ndarray, Departure]:
    """The same from as near as f would still be seen to change: a steep finite slope may show only there."""
    fraction = 1e3 * visible(target, output) / abs(far.change)
    distance = max(far.distance * fraction ** (1 / max(far.power, 1e-3)), 4 * target.least)
    near = yield from look(target, output, sign, distance)
    for _ in range(LOOKS):
        if near.kind != "flat":
            break
        distance = math.sqrt(distance * far.distance)
        near = yield from look(target, output, sign, distance)
    return far if near.kind == "flat" else near


def approach(changes: np.ndarray, least: float, distance: float) -> tuple[str, float, float, float]:
    """The kind of departure that changes at t, 4t, 16t are, with the first and their power of t."""
    change = float(changes[0])
    if not np.all(np.isfinite(changes)):
        return "none", distance, change, 1.0
    if abs(change) <= least:
        return "flat", distance, change, 1.0
    powers = np.log(np.abs(changes[1:] / changes[:-1])) / math.log(4) if np.all(changes) else np.array([1.0])
    power = float(np.mean(powers))
    if np.ptp(powers) > 0.1 or not -0.05 < power < 0.9:
        return "slope", distance, change, 1.0
    return "jump" if power < 0.05 else "infinite slope", distance, change, power


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
            if (yield [sign * target.far_away(sign)])[0, output] == target.center[output]:
                bound, gain = float(target.level_bound(step, nodes)[output]), target.gain(step, nodes)
                return Side(0.0, bound, "slope", seen=True, gain=gain)
        if not math.isfinite(value + bound):
            reach /= 16
            continue
        truncation, rounding = float(verdict.truncation[output]), float(verdict.rounding[output])
        if bound < best.bound:
            seen = 3 * truncation * reach**target.derivative <= 0.1 * verdict.spread[output]
            loud = verdict.noise[output] > LOUD * verdict.floor[output]
            clear = bool(seen or verdict.spread[output] == 0)
            best = Side(value, bound, "slope", clear, bool(loud), target.gain(step, nodes))
        rounding *= float(verdict.floor[output] / verdict.noise[output]) if verdict.noise[output] else 0.0
        if truncation <= 4 * rounding or reach <= 16 * target.least:
            break
        reach *= min(max((rounding / (order * truncation)) ** (1 / (order + 1)), 1 / 64), 0.5)
    return best
