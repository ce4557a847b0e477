"""The operators of `finite`: which lines are differenced, and how their slopes are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...calculus.rules import shape_of
from ..interface import Estimate, Prepared, basis, refuse_many_outputs
from .adaptive import adaptive
from .fixed import Plan, Slopes, default_step, fixed, worst
from .lines import Line, axes
from .lockstep import lockstep
from .rounding import with_rounding
from .sampler import Sampler
from .scan import Target
from .stencils import stencil

if TYPE_CHECKING:
    from . import Finite

SIDES = ("left", "right")


class PreparedFinite(Prepared):
    """Slopes along lines: the axes for Jacobians, v for jvp, pairs of directions for second derivatives.

    Second derivatives are second differences of f along lines, never differences of differences:
    2 u'Hv = q(u + v) - q(u) - q(v), where q(u) is the second derivative along u.
    """

    backend: Finite
    bounded = False  # whether error bounds are wanted, which cost evaluations
    sign = -1.0  # of q(u) and q(v): values are subtracted, their bounds add up

    def __init__(self, backend: Finite, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...]):
        super().__init__(backend, f, args, wrt)
        self.batch = backend.batch

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        sampler = self.sampler(f, leaves)
        values = self.slopes(sampler, [Line(leaves, v) for v in directions(vs, lead)])
        return sampler.y, np.reshape(values, shape_of(vs[0])[:lead] + shape_of(sampler.y))

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        sampler = self.sampler(f, leaves)
        columns = np.transpose(self.slopes(sampler, axes(leaves)))
        return sampler.y, [
            np.reshape(block, shape_of(sampler.y) + shape_of(x)) for block, x in split(columns, leaves)
        ]

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        sampler = self.sampler(f, leaves)
        refuse_many_outputs(sampler.y)
        own = axes(leaves)
        diagonal = self.slopes(sampler, own, 2)[:, 0]
        whole = lead == 1 and all(np.array_equal(v, e) for v, e in zip(vs, basis(leaves), strict=True))
        if whole:
            products = self.hessian_matrix(sampler, own, diagonal)
        else:
            products = np.array([self.product(sampler, own, diagonal, v) for v in directions(vs, lead)])
        blocks = [block for block, _ in split(products, leaves)]
        return [np.reshape(block, shape_of(v)) for block, v in zip(blocks, vs, strict=True)]

    def hessian_matrix(self, sampler: Sampler, own: Sequence[Line], diagonal: np.ndarray) -> np.ndarray:
        """All of H, each pair of entries once."""
        H = np.diag(diagonal)
        for j, line in enumerate(own):
            column = self.mixed(sampler, own[:j], diagonal[:j], line.along(), diagonal[j] * line.scale**2)
            H[:j, j] = H[j, :j] = column / line.scale
        return H

    def product(self, sampler, own, diagonal, v):  # type: ignore[no-untyped-def]
        """H v, from the second derivatives along v, each axis, and their sums."""
        size = Line(sampler.leaves, v).scale
        v = [x * size for x in v]
        along = self.slopes(sampler, [Line(sampler.leaves, v)], 2)[0, 0]
        return self.mixed(sampler, own, diagonal, v, along) / size

    def mixed(self, sampler, own, diagonal, v, along):  # type: ignore[no-untyped-def]
        """e_i'Hv for the axes `own`, whose second derivatives are `diagonal`; `along` is that along v."""
        scales = np.array([line.scale for line in own])
        sums = [Line(sampler.leaves, [a + b for a, b in zip(line.along(), v, strict=True)]) for line in own]
        pairs = self.slopes(sampler, sums, 2)[:, 0]
        return (pairs + self.sign * diagonal * scales**2 + self.sign * along) / (2 * scales)

    def sampler(self, f: Any, leaves: Sequence[Any]) -> Sampler:
        return Sampler(f, leaves, self.batch)

    def plan(self, line: Line, derivative: int, sampler: Sampler) -> Plan:
        """How the derivative along this line is found."""
        room = line.room(self.backend.low, self.backend.high)
        if self.backend.scheme == "adaptive":
            target = Target(line, sampler.center, sampler.eps, self.backend.exponent, derivative, *room)
            return adaptive(target)
        formula = stencil(self.backend.scheme, self.backend.exponent, derivative)
        given = self.backend.step if derivative == 1 else 0.0
        h = given or default_step(line, formula, sampler.eps)
        return fixed(formula, h, line, sampler.center, sampler.eps, self.bounded, room)

    def slopes(self, sampler: Sampler, lines: Sequence[Line], derivative: int = 1) -> np.ndarray:
        """Derivatives along lines, one row of outputs each."""
        answers = self.measured(sampler, lines, derivative)
        return np.reshape([each.value for each in answers], (len(lines), sampler.center.size))

    def measured(self, sampler: Sampler, lines: Sequence[Line], derivative: int) -> list[Slopes]:
        answers = lockstep([self.plan(line, derivative, sampler) for line in lines], lines, sampler)
        self.batch = sampler.batch  # what was found out about f is known from now on
        return answers

    def estimate(self, operator: str, *args: Any) -> Estimate:
        """The operator's value with the bound of each entry, the worst diagnosis, and what it cost.

        left and right are slopes from both sides where they differ, None where they agree everywhere; like
        the bound they are shaped as the derivative alone (of jvp and vjp the value has y as well).
        Bounds of a vjp and of second derivatives are sums of the bounds of what was added up.
        """
        run = Recorded(self)
        value = getattr(run, operator)(*args)
        self.batch = run.batch
        found = [each for answers in run.found for each in answers]
        magnitudes = (args[0], absolute(args[1])) if operator == "vjp" else args
        bound = Replayed(run, "bound").derivative_of(operator, magnitudes)
        sided = any(each.left is not None for each in found)
        left, right = (Replayed(run, side).derivative_of(operator, args) if sided else None for side in SIDES)
        diagnosis = worst(each.diagnosis for each in found)
        evaluations = sum(sampler.evaluations for sampler in run.samplers)
        calls = sum(sampler.calls for sampler in run.samplers)
        return Estimate(value, bound, diagnosis, left, right, evaluations, calls, the_step(found))


def the_step(found: Sequence[Slopes]) -> float | None:
    """The step of a single derivative; None where there are more, or it has come from elsewhere."""
    if len(found) != 1 or np.size(found[0].value) != 1:
        return None
    return float(np.max(found[0].step)) or None


class Recorded(PreparedFinite):
    """A run with error bounds that keeps everything it found."""

    bounded = True

    def __init__(self, source: PreparedFinite):
        self.__dict__.update(source.__dict__)
        self.samplers: list[Sampler] = []
        self.found: list[list[Slopes]] = []

    def sampler(self, f: Any, leaves: Sequence[Any]) -> Sampler:
        self.samplers.append(super().sampler(f, leaves))
        return self.samplers[-1]

    def measured(self, sampler: Sampler, lines: Sequence[Line], derivative: int) -> list[Slopes]:
        answers = super().measured(sampler, lines, derivative)
        pairs = zip(answers, lines, strict=True)
        self.found.append([with_rounding(each, line, sampler, derivative) for each, line in pairs])
        return self.found[-1]


class Replayed(PreparedFinite):
    """The bounds (or left, right slopes) of a recorded run, put together as its values were, without f."""

    def __init__(self, run: Recorded, part: str):
        self.__dict__.update(run.__dict__)
        self.coming_samplers, self.coming_found = iter(run.samplers), iter(run.found)
        self.part, self.sign = part, 1.0 if part == "bound" else -1.0

    def derivative_of(self, operator: str, args: Any) -> Any:
        answer = getattr(self, operator)(*args)
        return answer[1] if operator in ("jvp", "vjp") else answer

    def sampler(self, f: Any, leaves: Sequence[Any]) -> Sampler:
        return next(self.coming_samplers)

    def measured(self, sampler: Sampler, lines: Sequence[Line], derivative: int) -> list[Slopes]:
        parts = [(each, getattr(each, self.part)) for each in next(self.coming_found)]
        return [replace(each, value=each.value if part is None else part) for each, part in parts]


def directions(vs: Sequence[Any], lead: int) -> list[list[Any]]:
    """Tangents with `lead` axes in front -> one list of leaves per direction."""
    return [list(v) for v in zip(*vs, strict=True)] if lead else [list(vs)]


def split(matrix: np.ndarray, leaves: Sequence[Any]):  # type: ignore[no-untyped-def]
    """(columns that belong to the leaf, leaf) for each leaf."""
    stops = np.cumsum([np.size(x) for x in leaves])[:-1]
    return zip(np.split(matrix, stops, axis=-1), leaves, strict=True)


def absolute(w: Any) -> Any:
    return np.abs(np.asarray(w, dtype=np.float64))
