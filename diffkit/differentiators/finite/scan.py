"""Where to begin: two symmetric pairs tell on which length f varies."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np

from .lines import Line
from .nodes import GRAIN, Nodes, central
from .verdict import CAUTION

Steps = Generator[list[float], np.ndarray, float]

SCANS = 9  # at most, of four evaluations each
ROUGH = 0.1  # relative change of the slope between d and 2d from which d is too large to extrapolate
RESERVE = 16.0  # times the step at which rounding alone would meet the tolerance: noise is rarely larger
FAR = 0.05  # of |x| or of 1: the step at which a constant must still be constant
NEARBY = 16.0  # times |x|: as far as f says how large its intermediate numbers may be
LENGTHS = {4: 0.004, 6: 0.015, 8: 0.032, 10: 0.062}  # best step per length of variation, in doubles


@dataclass
class Target:
    """What is differentiated, and what has been spent on it."""

    line: Line
    center: np.ndarray
    eps: float
    order: int
    derivative: int
    below: float = math.inf  # how far the line may go to either side
    above: float = math.inf
    scans: int = field(default=0, init=False)
    still: bool = field(default=False, init=False)  # whether f was the same at a point and around it
    steepest: np.ndarray = field(init=False)  # secant from the point that any sample near it has shown

    def __post_init__(self) -> None:
        self.steepest = np.zeros(self.center.size)

    @np.errstate(all="ignore")  # what is not finite is not counted
    def watch(self, offsets: list[float], values: np.ndarray) -> None:
        """Remember how much f changes within some sizes of x."""
        distances = np.abs(offsets)[:, None]
        secants = np.abs(values - self.center) / distances
        counted = (secants < np.inf) & (distances <= NEARBY * self.line.size * self.line.unit)
        self.steepest = np.maximum(self.steepest, np.max(np.where(counted, secants, 0.0), axis=0))

    def hidden(self, step: float, nodes: Nodes) -> np.ndarray:
        """The error that equal samples may hide: log(1 + exp(x)) is 0 at -40, as 1 + exp(x) is 1.

        The noise is taken to be an ulp of what f would change by over the size of x (or the step, if that is
        longer), were it as steep here as it was seen to be anywhere.
        """
        noise = self.eps / 4 * self.steepest * max(self.line.size * self.line.unit, abs(step))
        return self.gain(step, nodes) * noise

    def gain(self, step: float, nodes: Nodes) -> float:
        """The error of the derivative, with caution, per noise of f."""
        return CAUTION * nodes.weight / abs(step) ** self.derivative

    def level_bound(self, step: float, nodes: Nodes) -> np.ndarray:
        """The error of 0 as the slope of what has one value at all of these nodes, and far away."""
        last_bits = self.gain(step, nodes) * self.eps * np.abs(self.center)
        return np.maximum(last_bits, self.hidden(step, nodes))

    @property
    def nodes(self) -> Nodes:
        return central(self.order, self.derivative)

    @property
    def ideal(self) -> float:
        """Best step in units of the length on which f varies."""
        return LENGTHS[self.order] * (self.eps / 2.0**-52) ** (1 / (self.order + 1))

    @property
    def tolerance(self) -> float:
        """Relative bound at which to stop: a thousand roundings, more for higher derivatives."""
        return 900 * self.eps * self.ideal ** (1 - self.derivative)

    @property
    def least(self) -> float:
        """A step that still has 6 bits above the rounding of x."""
        return max(128 * self.ulp, min(1e-290, self.line.size * self.line.unit / 1024 or math.inf))

    @property
    def ulp(self) -> float:
        """Rounding of x along the line."""
        return self.eps / 2 * self.line.size * self.line.unit

    @property
    def first(self) -> float:
        """A step for a function of unknown scale: 1 and |x| are the candidates, so between them."""
        return self.ideal * self.line.unit * (math.sqrt(self.line.size) or 1.0)

    @property
    def far(self) -> float:
        """A step that leads to other values of all but constants."""
        return self.within(self.distant, max(self.nodes.at))

    @property
    def distant(self) -> float:
        """How far a constant is followed."""
        return FAR * max(self.line.size, 1.0) * self.line.unit

    def nearer(self, step: float) -> float:
        """A step that may lead to numbers where this one does not: domains often end at 0."""
        own = self.line.size * self.line.unit
        return self.ideal * own if 0 < own < step / 16 else step / 16

    def far_away(self, sign: int) -> float:
        """The same to one side, within its bound."""
        return min(self.distant, self.below if sign < 0 else self.above)

    def offset(self, step: float) -> float:
        """The step that is really taken when this one is asked for."""
        return self.line.offset(step, self.eps > 1e-10)

    @property
    def room(self) -> float:
        """How far both sides are free."""
        return min(self.below, self.above)

    @property
    def cramped(self) -> bool:
        """Whether the bounds leave no room for the smallest central formula."""
        return self.room < max(self.nodes.at) * max(self.least, 2 * GRAIN * self.line.grain(self.least))

    def within(self, step: float, reach: float) -> float:
        """The step, no smaller than sense and such that `reach` of them stay within the bounds.

        It is a multiple of twelve spacings of x, so that the nodes are what they are taken for: at 1e9 their
        rounding by 1e-7 would look like noise of f.
        """
        step = min(max(step, self.least), self.room / reach)
        spacing = GRAIN * self.line.grain(reach * step) * (self.eps / 2.0**-52)
        return max(math.floor(step / spacing), 1) * spacing if spacing else step


def scan(target: Target, output: int, step: float) -> Steps:
    """A step for the stencil: `target.ideal` lengths, where the length L comes from f'/f''' = L**2."""
    y, last = float(target.center[output]), math.inf
    while target.scans < SCANS:
        target.scans += 1
        step = target.offset(target.within(step, 2))
        values = yield [step, -step, 2 * step, -2 * step]
        pairs = Pairs(step, y, [float(v) for v in values[:, output]], target.eps)
        target.still |= pairs.still
        if not pairs.finite:
            step = target.nearer(step)
            continue
        if pairs.resolved or (pairs.even and pairs.change > last / 4):
            # Where the change does not fall with the step, f' is 0 or f is not seen: the stencil will tell.
            return min(target.ideal * pairs.length, pairs.enough(target), step * pairs.furthest)
        last = pairs.change if pairs.even else math.inf
        shrunk = min(target.ideal * pairs.length, step / 8 if pairs.even else step / 16)
        if step <= target.least:
            break
        step = max(shrunk, step / 1024)
    return step


class Pairs:
    """What f at -2d, -d, 0, d, 2d says about it."""

    def __init__(self, d: float, y: float, values: list[float], eps: float):
        ahead, behind, further, back = (value - y for value in values)
        self.size = max(abs(y), *map(abs, values))
        self.noise = eps * self.size / d
        self.slope = (ahead - behind) / (2 * d)
        self.steepest = max(abs(ahead), abs(behind)) / d
        self.finite = math.isfinite(ahead + behind + further + back) and math.isfinite(self.steepest)
        self.bend = abs(self.slope - (further - back) / (4 * d)) / 3  # d**2 f'''/6
        self.curvature = abs(ahead + behind) / d / d
        near, far, grain = abs(ahead + behind) / 2, abs(further + back) / 2, 8 * eps * self.size
        # An even part that is not proportional to d**2 is a kink, a jump, a spike.
        self.even = far <= 2.5 * grain or 2.5 * near - grain <= far <= 7 * near + grain
        least = 6 * max(self.bend, self.noise / 4)
        self.length = d * math.sqrt(max(self.steepest, self.noise) / least) if least else math.inf
        fourth = abs(far - 4 * near)  # d**4 f''''/2, where near is d**2 f''/2
        straight = self.bend <= 4 * self.noise
        if straight and grain < fourth <= near:  # then the even part tells the length: f''/f'''' = L**2
            self.length = min(self.length, d * math.sqrt(near / fourth))
        # Where curvature alone makes f larger, and its rounding with it, a longer step gains nothing.
        level = straight and abs(self.slope) <= 4 * self.noise
        self.furthest = 1.0 if level and near > abs(y) else 1e6

    @property
    def still(self) -> bool:
        return self.finite and not self.steepest and not self.bend

    @property
    def change(self) -> float:
        return self.bend / self.steepest if self.steepest else 0.0

    @property
    def resolved(self) -> bool:
        return self.even and (self.bend <= ROUGH * self.steepest or self.bend <= 4 * self.noise)

    def enough(self, target: Target) -> float:
        """The step beyond which a larger one gains nothing, because the tolerance is met."""
        k = target.derivative
        derivative = {1: abs(self.slope), 2: self.curvature}.get(k, 0.0)
        if not derivative:
            return math.inf
        rounding = 3 * target.nodes.weight * target.eps / 4 * self.size
        return float((RESERVE * rounding / (target.tolerance * derivative)) ** (1 / k))
