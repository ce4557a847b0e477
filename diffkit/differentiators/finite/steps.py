"""The next step: where the measured truncation and the measured rounding balance."""

from __future__ import annotations

import math

import numpy as np

from .scan import Target
from .verdict import LOUD, Verdict

GAIN, FURTHEST = 2.0, 30.0  # a longer step that pays, and the longest move
SAFE = 0.7  # the longest step after one whose truncation was too large
PREDICTABLE = 8.0  # times the noise: differences that stand out


def move(
    verdict: Verdict, output: int, confirmed: float, target: Target, bracket: list[float]
) -> float | None:
    """Where truncation and rounding balance; None if that is not worth another stencil."""
    noise, floor = float(verdict.noise[output]), float(verdict.floor[output])
    noise = noise if noise < LOUD * floor else max(floor, confirmed)
    nodes, step = target.nodes, verdict.step
    rounding = nodes.weight * noise / step**nodes.derivative
    order = len(nodes.at) - 1
    truncation = float(verdict.truncation[output])
    if truncation > 4 * rounding:
        factor = min(balance(rounding, truncation, order, nodes.derivative), SAFE)
        bracket[1] = min(bracket[1], step)
    else:
        truncation = predicted_truncation(verdict, output, noise, order) * nodes.lead / step**nodes.derivative
        factor = min(balance(rounding, truncation, order, nodes.derivative), FURTHEST)
        bracket[0] = max(bracket[0], step)
        if factor < GAIN:
            return None
    moved = step * max(factor, 1 / 64)
    for limit, crossed in zip(bracket, (moved <= bracket[0], moved >= bracket[1]), strict=True):
        moved = math.sqrt(step * limit) if crossed else moved
    moved = target.within(moved, max(nodes.at))
    return moved if abs(math.log(moved / step)) > 0.3 else None


def balance(rounding: float, truncation: float, order: int, derivative: int) -> float:
    """The factor on the step that minimises truncation s**order + rounding/s**derivative."""
    if truncation <= 0:
        return FURTHEST
    return (derivative * rounding / (order * truncation)) ** (1 / (order + derivative))


def predicted_truncation(verdict: Verdict, output: int, noise: float, order: int) -> float:
    """The difference of the first order that is missing, continued from those that stand out of the noise."""
    largest, noises = verdict.differences[:, output], verdict.noises[:, output]
    clear = np.flatnonzero(noises[:-1] > PREDICTABLE * noise)
    if not clear.size or clear[-1] == 0:
        return 0.0
    k = int(clear[-1])  # the differences of order k + 1
    ratio = (largest[k] / largest[0]) ** (1 / k)
    return float(largest[k] * ratio ** (order - k))
