"""What is known about every output of a line while it is being searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fixed import Slopes, worst
from .scan import Target
from .verdict import CAUTION, LOUD, Verdict

if TYPE_CHECKING:
    from .sides import Side


class Found:
    """The best that is known about each output of a line."""

    def __init__(self, target: Target):
        m = target.center.size
        self.value, self.bound = np.full(m, np.nan), np.full(m, np.inf)
        self.step, self.size, self.gain = np.zeros(m), np.zeros(m), np.zeros(m)
        self.left, self.right = np.full(m, np.nan), np.full(m, np.nan)
        self.diagnosis = np.full(m, "unresolved", dtype=object)
        self.settled, self.rough, self.limited, self.noisy, self.sided = (np.zeros(m, bool) for _ in range(5))
        self.still = np.zeros(m, bool)  # whether f had the same value at all nodes
        self.treads = np.zeros(m, bool)  # whether it had so at the first ones, so that a slope is of stairs
        self.buried = np.zeros(m, dtype=bool)  # whether f changes by little more than its noise
        self.tolerance, self.derivative, self.nodes = target.tolerance, target.derivative, target.nodes

    def keep(self, verdict: Verdict, target: Target) -> None:
        """Take what is better than before."""
        still = verdict.spread == 0
        hidden = np.where(still, target.hidden(verdict.step, target.nodes), 0.0)
        bound = np.where(np.isfinite(verdict.value), np.maximum(verdict.bound, hidden), np.inf)
        better = bound < self.bound
        self.value = np.where(better, verdict.value, self.value)
        self.bound, self.step = np.where(better, bound, self.bound), np.where(better, verdict.step, self.step)
        self.buried[better] = (verdict.noise > np.maximum(verdict.spread / 16, LOUD * verdict.floor))[better]
        self.still[better], self.size[better] = still[better], verdict.size[better]
        self.gain[better] = target.gain(verdict.step, target.nodes)
        precise = verdict.reducible <= self.tolerance * np.abs(verdict.value)
        self.settled |= better & (precise | (still & ~verdict.coarse))
        seen = CAUTION * verdict.truncation * abs(verdict.step) ** self.derivative <= 0.1 * verdict.spread
        self.diagnosis[better] = np.where(seen | still, "ok", "unresolved")[better]

    def forget(self, output: int, step: float) -> None:
        """Steps of this size do not see the output: what came from them is worth nothing."""
        if self.step[output] >= step:
            self.bound[output], self.step[output], self.diagnosis[output] = np.inf, 0.0, "unresolved"

    def constants(self, same: np.ndarray, target: Target) -> None:
        """Outputs that are the same far and near have no noise but that of their last bit."""
        same = same & self.still
        self.value[same], self.diagnosis[same], self.settled[same] = 0.0, "ok", True
        self.bound[same] = target.level_bound(target.far, target.nodes)[same]
        self.gain[same] = target.gain(target.far, target.nodes)

    def decide(
        self, output: int, value: float, bound: float, diagnosis: str, left: Side, right: Side
    ) -> None:
        """What both sides say."""
        self.value[output], self.bound[output], self.diagnosis[output] = value, bound, diagnosis
        self.left[output], self.right[output], self.sided[output] = left.slope, right.slope, True
        self.gain[output], self.size[output] = max(left.gain, right.gain), 0.0

    def doubtful(self, output: int) -> bool:
        """Whether the sides should be looked at one by one."""
        loose = self.bound[output] > 1e3 * self.tolerance * abs(self.value[output])
        unresolved = self.diagnosis[output] == "unresolved" and not self.noisy[output]
        unresolved |= bool(self.buried[output])  # a jump looks like noise at every scale
        return bool(unresolved or self.rough[output] or (self.limited[output] and loose))

    def slopes(self) -> Slopes:
        """All that was found, for one line."""
        stairs = self.treads & (np.abs(self.value) > self.bound)
        noisy = (self.noisy | stairs) & (self.diagnosis == "ok")
        self.diagnosis[noisy] = "noisy"
        torn = np.isin(self.diagnosis, ("jump", "infinite slope"))
        self.diagnosis[self.noisy & self.buried & ~torn] = "unresolved"  # noise is all there is to see
        self.bound[self.diagnosis == "unresolved"] = np.inf
        sides = [np.where(self.sided, side, self.value) for side in (self.left, self.right)]
        diagnosis = worst(self.diagnosis.tolist())
        left, right = sides if self.sided.any() else (None, None)
        reach = self.step * max(self.nodes.at)
        return Slopes(self.value, self.bound, diagnosis, left, right, self.gain, reach, self.size, self.step)
