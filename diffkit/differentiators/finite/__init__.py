"""Backend `finite`: numeric differentiation by differences of f itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ..interface import Differentiator
from .derivatives import differentiate
from .prepared import PreparedFinite
from .sampler import NotFinite

__all__ = ["Finite", "NotFinite", "PreparedFinite", "differentiate"]

ORDERS = {"adaptive": 10, "central": 2, "richardson": 4, "forward": 1, "backward": 1}


@dataclass(frozen=True)
class Finite(Differentiator):
    """Finite differences of f itself; `estimate` says how wrong they may be.

    scheme: "adaptive" finds the step and the error from f, in some 30 evaluations an entry, and gives NaN
    or infinity where there is no slope. The others take one step: "central", "forward", "backward",
    "richardson" (extrapolates from h, 2h, 4h).
    order: of the truncation error in h: 4, 6, 8 or 10 for adaptive, even for central and richardson; 0 is
    the scheme's own (10, 2, 4, 1, 1).
    step: h in the units of x, for a fixed scheme; 0 is eps**(1/(order + 1)) * max(|x|, 1), where truncation
    and rounding balance for a function that varies on that scale. Second derivatives choose their own,
    with order + 2 for order + 1.
    batch: "first" or "last" if f takes many points at once, stacked along that axis; tried, not believed.
    What f rounds alike at every point, such as the factors of a fixed matrix, shows in no difference: where
    f can be traced it is run a few times with random rounding, which is then in the bound.
    low, high: bounds of every differentiated entry, outside which f is never evaluated.

    >>> from diffkit.differentiators.operators import prepare
    >>> p = prepare(lambda x: abs(x) + x, 0.0, backend="finite")
    >>> kink = p.estimate("derivative", 0.0)
    >>> kink.diagnosis, round(kink.left, 9), round(kink.right, 9)
    ('kink', 0.0, 2.0)
    """

    name: ClassVar[str] = "finite"
    summary: ClassVar[str] = "differences of function values, with an estimate of their error"

    scheme: str = "adaptive"
    order: int = 0
    step: float = 0.0
    batch: str = "no"
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        if self.scheme not in ORDERS:
            raise ValueError(f"scheme={self.scheme} is unknown; there are {', '.join(ORDERS)}.")
        if self.order < 0 or (self.order % 2 and self.scheme in ("central", "richardson")):
            raise ValueError(f"order={self.order} does not exist for scheme={self.scheme}; take an even one.")
        if self.scheme == "adaptive" and self.order not in (0, 4, 6, 8, 10):
            raise ValueError(f"order={self.order} is not among 4, 6, 8, 10; or say scheme=central.")
        if not 0 <= self.step < math.inf:
            raise ValueError(f"step={self.step} must be a positive number, or 0 for the default.")
        if self.step and self.scheme == "adaptive":
            raise ValueError(f"step={self.step} is for fixed schemes; say scheme=central with it.")
        if not self.low < self.high:
            raise ValueError(f"low={self.low} must be less than high={self.high}.")
        if self.batch not in ("no", "first", "last"):
            raise ValueError(f"batch={self.batch} names no axis; say first, last or no.")

    @property
    def exponent(self) -> int:
        """The order that is used."""
        return self.order or ORDERS[self.scheme]

    def prepare(self, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0) -> PreparedFinite:
        """f prepared for these settings; nothing is evaluated yet."""
        return PreparedFinite(self, f, args, wrt)
