"""Backend `forward`: dual numbers, all directions in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..interpreters.forward import push_forward
from ..interpreters.operations import counted
from .interface import Differentiator, Prepared, basis, size_of


class PreparedForward(Prepared):
    """Tangents through dual numbers; second derivatives by dual numbers of dual numbers."""

    def __init__(self, backend: Differentiator, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...]):
        super().__init__(backend, f, args, wrt)
        self.example = args

    @cached_property
    def operations(self) -> int:
        """Scalar operations of f and of all its tangents at the point of preparation, counted as `reverse`'s.

        Each direction takes as many as any other, so two are run for the count of all.

        >>> Forward().prepare(lambda x: np.sum(x * x), (np.ones(8),)).operations
        263
        """
        f, leaves = self.opened(self.example)
        n = len(leaves)

        def tangents(*xs: Any) -> Any:  # points, then directions, which count like them
            return push_forward(f, xs[:n], xs[n:], 1)[1]

        one, two = (counted(tangents, [*leaves, *basis(leaves, 0, k)]) for k in (1, 2))
        return one + (sum(map(size_of, leaves)) - 1) * (two - one)

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        return push_forward(f, leaves, vs, lead)

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        if len(leaves) == 1 and type(leaves[0]) is float:  # one direction needs no axis of directions
            y, slope = push_forward(f, leaves, [1.0], 0)
            return y, [slope]
        return super().rows(f, leaves)

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        def gradient(*xs: Any) -> Any:
            return np.concatenate([np.reshape(g, (-1,)) for g in self.gradients(f, xs)[1]])

        return split_like(push_forward(gradient, leaves, vs, lead)[1], leaves, lead)


def split_like(flat, leaves, lead):  # type: ignore[no-untyped-def]
    """Cut a flat vector of entries behind `lead` axes into pieces shaped like the leaves."""
    pieces, start = [], 0
    for x in leaves:
        shape = getattr(x, "shape", ())
        n = int(np.prod(shape))
        piece = flat[:, start : start + n] if lead else flat[start : start + n]
        pieces.append(np.reshape(piece, piece.shape[:lead] + shape))
        start += n
    return pieces


@dataclass(frozen=True)
class Forward(Differentiator):
    """Forward-mode automatic differentiation with dual numbers; exact up to rounding."""

    name: ClassVar[str] = "forward"
    summary: ClassVar[str] = "forward-mode AD: dual numbers carrying every direction at once"

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return PreparedForward(self, f, args, wrt)
