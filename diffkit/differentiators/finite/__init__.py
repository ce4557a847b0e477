"""Backend `finite`: numeric differentiation by differences of f itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..interface import Differentiator
from .lines import NotFinite
from .prepared import PreparedFinite
from .stencils import SCHEMES

__all__ = ["Finite", "NotFinite", "PreparedFinite"]

ORDERS = {"central": 2, "richardson": 4, "forward": 1, "backward": 1}


@dataclass(frozen=True)
class Finite(Differentiator):
    """Finite differences; `estimate` says how wrong they may be.

    scheme: "central", "forward", "backward", or "richardson" (central differences at h, 2h, 4h, extrapolated).
    order: of the truncation error in h, even for central and richardson; 0 is the scheme's own (2, 1, 1, 4).
    step: h in the units of x; 0 is eps**(1/(order + 1)) * max(|x|, 1), where truncation and rounding balance
    for a function that varies on that scale. Second derivatives choose their own (order + 2).
    batch: "first" or "last" if f takes many points at once, stacked along that axis; tried, not believed.

    >>> from diffkit.differentiators.operators import derivative
    >>> abs(derivative(lambda x: x**5, 1.0, backend=Finite(order=4)) - 5) < 1e-11
    True
    """

    name: ClassVar[str] = "finite"
    summary: ClassVar[str] = "differences of function values, with an estimate of their error"

    scheme: str = "central"
    order: int = 0
    step: float = 0.0
    batch: str = "no"

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise ValueError(f"scheme={self.scheme} is unknown; there are {', '.join(SCHEMES)}.")
        if self.order < 0 or (self.order % 2 and self.scheme in ("central", "richardson")):
            raise ValueError(f"order={self.order} does not exist for scheme={self.scheme}; take an even one.")
        if not 0 <= self.step < float("inf"):
            raise ValueError(f"step={self.step} must be a positive number, or 0 for the default.")
        if self.batch not in ("no", "first", "last"):
            raise ValueError(f"batch={self.batch} names no axis; say first, last or no.")

    @property
    def exponent(self) -> int:
        """The order that is used."""
        return self.order or ORDERS[self.scheme]

    def prepare(self, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0) -> PreparedFinite:
        return PreparedFinite(self, f, args, wrt)
