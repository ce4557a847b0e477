"""What stands behind differences that do not decay: noise, structure that the step does not see, a kink."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from .scan import Target
from .verdict import LOUD, Verdict

Steps = Generator[list[float], np.ndarray, bool]

UNSEEN = 0.5  # factor per difference above which structure is not decaying
KINKED = 1e-3  # noise over the range of f, above which it may be a kink
GONE = 1 / 64  # of the noise: so little is left only of a ripple
TREADS = 64  # times its noise: a staircase of fewer steps is structure
BETWEEN = (1.3, 2.6, 3.7)  # steps away from the point, where treads are looked for


def is_loud(verdict: Verdict, output: int, known: float) -> bool:
    """Whether f seems noisier than its last bits and than what is known, and its differences do not decay."""
    floor = max(float(verdict.floor[output]), known)
    return bool(verdict.noise[output] > LOUD * floor and verdict.flat[output] > UNSEEN)


def what_is_loud(
    target: Target, output: int, seen: list[Verdict]
) -> Generator[list[float], np.ndarray, tuple[str, float]]:
    """("noise", "structure" or "kink", the noise): five samples at a tiny step, where structure is smooth.

    seen: the loud verdicts so far, the present one last.
    """
    verdict = seen[-1]
    step = tiny(target, verdict, output)
    small, torn = yield from noise_at(step, target, output)
    noise = float(verdict.noise[output])
    quantised = (torn or small == 0) and noise < verdict.spread[output] / TREADS
    if quantised and (yield from has_treads(step, target, verdict.step, output)):
        return "noise", noise
    if torn or has_a_kink(verdict, output, small / step):
        return "kink", noise
    if 0.1 < small / noise < 10 or same_at_all_scales(seen, output):
        vanishes = yield from is_gone(step / 1024, target, verdict, output)
        return ("structure" if vanishes else "noise"), max(noise, small)
    return "structure", noise


def is_gone(step: float, target: Target, verdict: Verdict, output: int) -> Steps:
    """Whether what has looked like noise twice is a ripple: gone at a step that is once more so much shorter.

    On the treads of a staircase noise is gone too.
    """
    if step < 4 * target.least:
        return False
    small, _ = yield from noise_at(step, target, output)
    if small > GONE * float(verdict.noise[output]):
        return False
    return not (yield from has_treads(step, target, verdict.step, output))


def has_treads(step: float, target: Target, width: float, output: int) -> Steps:
    """Whether f is flat nearly everywhere while it changes overall: its doubles are quantised, as those of
    log(1 + exp(x)) far to the left. A clipped function is flat around the point, but not on both sides of it.

    step: of the treads. width: of the stairs.
    """
    places = [side * place * width for side in (-1, 1) for place in BETWEEN]
    shift = max(step, 64 * target.line.grain(4 * width))
    values = (yield [target.offset(p + s) for s in (0.0, shift) for p in places])[:, output]
    here, beside = np.split(values, 2)
    return bool(np.sum(here == beside) > len(places) / 2 and np.unique(here).size >= len(places) - 1)


def same_at_all_scales(seen: list[Verdict], output: int) -> bool:
    """Whether steps a thousand times apart show the same noise: that is what noise does, stairs included."""
    now = seen[-1]
    return any(
        max(each.step, now.step) > 1000 * min(each.step, now.step)
        and 0.25 < each.noise[output] / now.noise[output] < 4
        for each in seen[:-1]
    )


def tiny(target: Target, verdict: Verdict, output: int) -> float:
    """A step at which structure is smooth: far smaller, or the smallest if f seems to be all noise."""
    far = verdict.step / 1024 if verdict.noise[output] < verdict.spread[output] / 64 else 0.0
    return max(far, 4 * target.least)


def has_a_kink(verdict: Verdict, output: int, near: float) -> bool:
    """Whether what looked like noise shrinks with the step; near: noise over step for a tiny step."""
    noise = float(verdict.noise[output])
    return noise > KINKED * verdict.spread[output] and 0.3 < near / (noise / verdict.step) < 4


def noise_at(
    step: float, target: Target, output: int
) -> Generator[list[float], np.ndarray, tuple[float, bool]]:
    """The noise in five samples, what no parabola explains; and whether both sides are calm by themselves.

    The samples are uneven, or rounding errors would follow a line.
    """
    offsets = [target.offset(j * step) for j in (-2.618, -1, 0.618, 2)]
    values = (yield offsets)[:, output]
    samples = np.append(values - target.center[output], 0.0)
    parabola = np.linalg.qr(np.vander(np.array([*offsets, 0.0]) / step, 3))[0]
    size = float(np.max(np.abs(samples))) or 1.0  # squares of 1e-200 vanish
    left = (samples - parabola @ (parabola.T @ samples)) / size
    noise = size * float(np.linalg.norm(left)) / math.sqrt(2)
    calm = max(abs(values[1] - values[0]), abs(values[3] - values[2]))
    return noise, bool(calm < 1e-3 * noise)
