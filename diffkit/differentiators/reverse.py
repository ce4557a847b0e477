"""Backend `reverse`: the tape, one sweep back for all partial derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..calculus.rules import shape_of
from ..interpreters.forward import push_forward
from ..interpreters.operations import counted
from ..interpreters.reverse import pull_back
from .forward import split_like
from .interface import Differentiator, Prepared, basis, finished, refuse_many_outputs


class PreparedReverse(Prepared):
    """Cotangents through the tape; second derivatives by dual numbers through it (forward over reverse)."""

    def __init__(self, backend: Differentiator, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...]):
        super().__init__(backend, f, args, wrt)
        self.example = args

    @cached_property
    def operations(self) -> int:
        """Scalar operations of both sweeps at the point of preparation: for the gradient, or the Jacobian.

        Counted by a run on values that count, see interpreters/operations.py.
        """
        f, leaves = self.opened(self.example)

        def derivative(*xs: Any) -> Any:
            return self.pull(f, xs, natural, 1)[0]

        return counted(derivative, leaves)

    def pull(self, f, leaves, cotangent, lead):  # type: ignore[no-untyped-def]
        return pull_back(f, leaves, [True] * len(leaves), cotangent)

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        y, blocks = self.pull(f, leaves, natural, 1)
        if shape_of(y) == ():
            return y, blocks
        return y, [
            np.reshape(block, shape_of(y) + shape_of(x)) for block, x in zip(blocks, leaves, strict=True)
        ]

    def gradients(self, f, leaves):  # type: ignore[no-untyped-def]
        return self.pull(f, leaves, one, 0)

    def value_and_gradient(self, *args: Any) -> tuple[Any, Any]:
        """(y, g): what the sweep has made is nobody else's, so it is not copied."""
        f, leaves = self.opened(args)
        y, g = self.gradients(f, leaves)
        return finished(y), self.arranged(args, g)

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        def gradient(*xs: Any) -> Any:
            return np.concatenate([np.reshape(g, (-1,)) for g in self.gradients(f, xs)[1]])

        return split_like(push_forward(gradient, leaves, vs, lead)[1], leaves, lead)


def natural(y: Any) -> Any:
    """The cotangents of a gradient, or of a Jacobian where there are many outputs."""
    return 1.0 if shape_of(y) == () else basis([y])[0]


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
