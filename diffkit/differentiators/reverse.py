"""Backend `reverse`: the tape, one sweep back for all partial derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..calculus.rules import shape_of
from ..interpreters.forward import push_forward
from ..interpreters.reverse import pull_back
from .forward import split_like
from .interface import Differentiator, Prepared, basis, refuse_many_outputs


class PreparedReverse(Prepared):
    """Cotangents through the tape; second derivatives by dual numbers through it (forward over reverse)."""

    def pull(self, f, leaves, cotangent, lead):  # type: ignore[no-untyped-def]
        return pull_back(f, leaves, [True] * len(leaves), cotangent, lead)

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        y, blocks = self.pull(f, leaves, lambda y: basis([y])[0], 1)
        return y, [
            np.reshape(block, shape_of(y) + shape_of(x)) for block, x in zip(blocks, leaves, strict=True)
        ]

    def gradients(self, f, leaves):  # type: ignore[no-untyped-def]
        return self.pull(f, leaves, one, 0)

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        def gradient(*xs: Any) -> Any:
            return np.concatenate([np.reshape(g, (-1,)) for g in self.gradients(f, xs)[1]])

        return split_like(push_forward(gradient, leaves, vs, lead)[1], leaves, lead)


def one(y: Any) -> float:
    """The cotangent of a gradient."""
    refuse_many_outputs(y)
    return 1.0


@dataclass(frozen=True)
class Reverse(Differentiator):
    """Reverse-mode automatic differentiation on a tape; exact up to rounding."""

    name: ClassVar[str] = "reverse"
    summary: ClassVar[str] = "reverse-mode AD: a tape of the forward pass, pulled back once"

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return PreparedReverse(self, f, args, wrt)
