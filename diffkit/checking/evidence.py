"""A claim beside its reference: which entries are wrong, and which cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..harness.truth import digits

FEWEST = 5e-3  # a tolerance that resolves an entry: what is 1 % off is seen
NEGLIGIBLE = 1e-6  # or one that is as small as this against the largest contribution g_i x_i

HALF_PRECISION = "the claim is in half precision, whose rounding hides errors: return float32 or float64"
HALF = 2.0**-12  # rounding units of float16 and bfloat16 are above it, that of float32 is below


@dataclass(frozen=True)
class Evidence:
    """Matrices of the claim, the reference and the tolerance, and what is known of their entries.

    x: value of each column's input. sizes: lengths by name that a mean or a sum may have been taken over.
    blocks: name and shape of each block of columns. eps: rounding of the claim.
    """

    got: np.ndarray
    expected: np.ndarray
    tolerance: np.ndarray
    label: Callable[[int, int], str]
    x: np.ndarray
    blocks: list[tuple[str, tuple[int, ...]]]
    sizes: dict[str, int] = field(default_factory=dict)
    eps: float = 2.0**-52
    symmetric: bool = False
    value: float | None = None  # of f, where it is one number
    places: np.ndarray | None = None  # of the columns among all inputs, where they are only some of them

    @property
    def error(self) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return np.abs(self.got - self.expected)

    @property
    def wrong(self) -> np.ndarray:
        """Entries whose error is beyond the tolerance; a claim that is not finite is wrong."""
        lost = ~np.isfinite(self.got) & np.isfinite(self.expected) & np.isfinite(self.tolerance)
        return (self.error > self.tolerance) | lost

    @property
    def hidden(self) -> np.ndarray:
        """Entries that are within a tolerance too wide to tell them from wrong ones."""
        size = np.abs(self.expected)
        step = np.where(self.x != 0, np.abs(self.x), np.sqrt(np.mean(self.x * self.x)) or 1.0)
        with np.errstate(invalid="ignore", over="ignore"):
            contribution = float(np.max(np.where(np.isfinite(size), size * step, 0.0), initial=0.0))
            fine = self.tolerance <= np.maximum(FEWEST * size, NEGLIGIBLE * contribution / step)
        still = (self.got == 0) & (self.expected == 0) & (self.tolerance <= np.finfo(float).tiny * 1e3)
        return ~self.wrong & ~fine & ~still

    @property
    def half(self) -> bool:
        """Whether the claim is returned in half precision, whose rounding alone hides most errors."""
        return self.eps > HALF

    @property
    def digits(self) -> np.ndarray:
        """Correct digits of each entry, as far as the reference goes."""
        size = np.where(self.expected == 0, 1.0, np.abs(self.expected))
        with np.errstate(invalid="ignore", over="ignore"):
            return np.vectorize(digits, otypes=[float])(self.error / size)

    def worst(self, count: int = 8) -> list[tuple[int, int]]:
        """Indices of the entries furthest beyond their tolerance, the worst first; a stable order."""
        with np.errstate(invalid="ignore", over="ignore"):
            excess = self.error / self.tolerance
        excess = np.where(np.isnan(excess), np.inf, excess)
        mask = self.wrong if self.wrong.any() else self.hidden
        count = min(count, int(mask.sum()))
        ranked = np.argsort(-np.where(mask, excess, -1.0).reshape(-1), kind="stable")[:count]
        width = self.got.shape[1]
        return [(int(i) // width, int(i) % width) for i in ranked]

    def fits(self, candidate: np.ndarray, tolerance: np.ndarray | None = None) -> bool:
        """Whether the claim is this, up to what rounding and the reference's radius leave open."""
        if not np.all(np.isfinite(candidate)):
            return False
        allowed = 2 * (self.tolerance if tolerance is None else self.tolerance + tolerance)
        with np.errstate(invalid="ignore"):
            return bool(np.all(np.abs(self.got - candidate) <= allowed + 64 * self.eps * np.abs(candidate)))
