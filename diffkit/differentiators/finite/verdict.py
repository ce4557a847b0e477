"""What one set of samples says: the derivative, its truncation, and the noise of f.

Noise: Hamming 1973, Numerical Methods for Scientists and Engineers, on difference tables;
More and Wild 2011, Estimating computational noise, SIAM J. Sci. Comput. 33.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .fixed import solved_weights
from .nodes import Nodes

CAUTION = 3.0  # times truncation and rounding, each known to a factor of about 2
LOUD = 16.0  # times the least noise: from here on it has to be confirmed
FEW = 16  # values that f takes on all nodes, if there are no more it is a step, not rounding


@dataclass(frozen=True)
class Verdict:
    """What one set of samples says, an entry for each output.

    argument: what an ulp of x does to the derivative, which no formula can undo.
    noise: of f. floor: the least it can be. coarse: whether that is more than f's last bit.
    flat: how much of the differences is left by each further one: structure that is resolved decays.
    spread: the range of the samples. size: the largest of them. differences, noises: the largest of each
    order, the noise it suggests.
    """

    step: float
    value: np.ndarray
    truncation: np.ndarray
    rounding: np.ndarray
    argument: np.ndarray
    noise: np.ndarray
    floor: np.ndarray
    coarse: np.ndarray
    flat: np.ndarray
    spread: np.ndarray
    size: np.ndarray
    differences: np.ndarray
    noises: np.ndarray

    @property
    def reducible(self) -> np.ndarray:
        """The error of this step: what another one may improve."""
        return CAUTION * (self.truncation + self.rounding) + 2.0**-50 * np.abs(self.value)

    @property
    def bound(self) -> np.ndarray:
        """The error that is likely not exceeded."""
        return self.reducible + CAUTION * self.argument


@np.errstate(all="ignore")  # where f is not finite, so is the verdict
def judge(
    nodes: Nodes,
    step: float,
    offsets: Sequence[float],
    values: np.ndarray,
    center: np.ndarray,
    eps: float,
    ulp: float,
) -> Verdict:
    """The derivative and its errors from f at `nodes.offsets` times the step, which came out as `offsets`.

    eps: relative rounding of f. ulp: rounding of x along the line.
    """
    k, h = nodes.derivative, abs(step)
    taken = np.insert(offsets[:-2], nodes.place, 0.0)
    size = np.max(np.abs(values), axis=0)
    unit = np.ldexp(1.0, np.frexp(size)[1] - 1)  # squares of 1e200 overflow, of 1e-200 vanish
    values, center = values / unit, center / unit
    samples = np.insert(values[:-2] - center, nodes.place, 0.0, axis=0)
    misses = (values[-2:] - center) - nodes.lagrange @ samples
    spread = np.ptp(samples, axis=0)
    floor, coarse = least_noise(np.vstack([values, center]), spread, eps)
    noise, flat, differences, noises = noise_of(nodes, samples, misses / nodes.amplified[:, None])
    noise = np.maximum(noise, floor)
    return Verdict(
        step,
        value=solved_weights(nodes.table, taken, step) @ samples * unit,
        truncation=truncation(nodes, misses) / h**k * unit,
        rounding=nodes.weight * noise / h**k * unit,
        argument=ulp / h * (differences[k] / h**k) * unit,  # h**2 of 1e-300 vanishes
        noise=noise * unit,
        floor=floor * unit,
        coarse=coarse,
        flat=flat,
        spread=spread * unit,
        size=size,
        differences=differences * unit,
        noises=noises * unit,
    )


def truncation(nodes: Nodes, misses: np.ndarray) -> np.ndarray:
    """What the first two missing terms, (a + b t) omega(t), do to the derivative, in units of 1/step**k."""
    first = misses / nodes.omega[:, None]
    a = np.max(np.abs(first), axis=0)
    b = np.abs(first[0] - first[1]) / abs(nodes.off[0] - nodes.off[1])
    return a * nodes.slopes[0] + b * nodes.slopes[1]


def least_noise(values: np.ndarray, spread: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """(noise, whether it is coarse): a quarter of the last bit of f, or of the grain that its values have."""
    last_bit, steps = eps * np.max(np.abs(values), axis=0), grain(values)
    coarse = (steps > last_bit) & ((FEW * steps < spread) | (spread == 0))
    return np.where(coarse, steps, last_bit) / 4, coarse


def grain(values: np.ndarray) -> np.ndarray:
    """The largest power of two of which all values are multiples, 0 where all are 0.

    Full mantissas have the last bit for it; cancellation, float32 and rounding leave a coarser one.
    """
    mantissas, exponents = np.frexp(values)
    whole = (np.nan_to_num(mantissas) * 2.0**53).astype(np.int64)
    lowest = np.ldexp((whole & -whole).astype(np.float64), exponents - 53)
    least = np.min(np.where(lowest > 0, lowest, np.inf), axis=0)
    return np.where(np.isfinite(least), least, 0.0)


def noise_of(
    nodes: Nodes, samples: np.ndarray, misses: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(noise, flat, differences, noises): the least that any order of differences suggests.

    The last order has one difference, so it goes with the two misses, which are in units of the noise.
    """
    differences, noises = difference_table(nodes, samples)
    if not nodes.equispaced:
        return np.sqrt(np.mean(misses**2, axis=0)), 0 * misses[0], differences, noises
    last = np.sqrt((noises[-1] ** 2 + np.sum(misses**2, axis=0)) / 3)
    earlier = noises[max(len(noises) - 5, 0)]
    flat = (last / np.where(earlier > 0, earlier, np.inf)) ** (1 / min(4, len(noises) - 1))
    return np.minimum(np.min(noises[2:-1], axis=0), last), flat, differences, noises


def difference_table(nodes: Nodes, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per order of differences: the largest, and the noise that would explain their root mean square."""
    differences = np.abs(nodes.differences @ samples)
    squares = np.add.reduceat(differences**2, nodes.starts, axis=0)
    return np.maximum.reduceat(differences, nodes.starts, axis=0), nodes.levels[:, None] * np.sqrt(squares)


def decays_slowly(before: Verdict, now: Verdict, output: int, derivative: int) -> bool:
    """Whether a truncation that matters is not even of third order in the step: f is not smooth."""
    ratio = abs(now.step / before.step)
    missed = now.truncation[output]
    matters = missed * abs(now.step) ** derivative > 1e-4 * now.spread[output]
    return bool(ratio < 1 and matters and missed > before.truncation[output] * ratio**3)
