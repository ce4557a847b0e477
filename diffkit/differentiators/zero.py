"""Backend `zero`: answers 0 for everything, to show that a comparison notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..calculus.rules import shape_of
from ..calculus.spellings import interpreted
from .interface import Differentiator, Prepared


class PreparedZero(Prepared):
    """Zeros of the right shapes."""

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        y = interpreted(f(*leaves))
        return y, np.zeros(shape_of(vs[0])[:lead] + shape_of(y))

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        return [np.zeros(shape_of(v)) for v in vs]


@dataclass(frozen=True)
class Zero(Differentiator):
    """The control: every derivative is zero."""

    name: ClassVar[str] = "zero"
    summary: ClassVar[str] = "a control that is always wrong: every derivative is 0"

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return PreparedZero(self, f, args, wrt)
