"""How right a result is, and whether it is wrong.

`digits` say how right. `wrong` says that a result is not what its method owes; it has to tell a sign error
from a difference quotient without a tolerance that fits one problem only:

    an exact method owes           half of the program's attainable digits, and one
    one that states an error bound half of the bound's digits, or of the attainable ones, if those are fewer
    both owe                       no fewer than 2.5, finite numbers, and the shape of the truth

Half of the digits is what the square root of the rounding error leaves: what a sound method can lose that is
not exact, and single precision, and what an exact method has to surpass. So a one-sided difference with 7
digits and a bound of 7 is ok, a float32 gradient with 7 of 16 is wrong. At least 2.5, because a gradient that
is 1 % off has 2.0 digits on every problem. A result as good as the program allows to within a digit may still
be wrong, because log(1+x)/x at 1e-8 keeps no digit in any method: then the message blames f.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..differentiators.arguments import flatten
from ..differentiators.interface import Differentiator
from .losses import Losses, titles_of
from .targets import Target
from .truth import Truth, attainable_digits, correct_digits, digits, digits_worst, truth, ulps_worst

FEWEST_DIGITS = 2.5
MANY_ENTRIES = 50_000  # of a derivative: each perturbed run then takes seconds, and so many entries average


@dataclass(frozen=True)
class Score:
    """The fields of a record that come from the truth."""

    status: str = "unscored"
    message: str = ""
    truth: Any = None
    truth_width: float | None = None
    attainable_digits: float | None = None
    digits: float | None = None
    digits_worst: float | None = None
    ulps_worst: float | None = None


def verdict(kept: float, attainable: float | None, claimed: float | None = None) -> tuple[str, str]:
    """("ok", "") or ("wrong", why) for a result with this many correct digits.

    attainable: digits of the program, None where not known. claimed: digits of the error bound that came with
    the result, None where it claims to be exact.

    >>> verdict(7.2, 15.9, claimed=7.0)
    ('ok', '')
    >>> verdict(1.1, 15.9, claimed=0.4)
    ('wrong', 'keeps 1.1 digits, of which its error bound promises 0.4')
    >>> verdict(7.2, 15.9)
    ('wrong', 'keeps 7.2 digits where the program allows 15.9')
    """
    program = 17.0 if attainable is None else attainable
    owed = program / 2 + 1 if claimed is None else min(program, claimed) / 2
    if kept >= max(FEWEST_DIGITS, owed):
        return "ok", ""
    if kept >= program - 1:
        return "wrong", "f keeps no more"
    if claimed is not None and claimed < program:
        promise = "of which" if kept >= claimed else "while"
        return "wrong", f"keeps {kept:.1f} digits, {promise} its error bound promises {claimed:.1f}"
    return "wrong", f"keeps {kept:.1f} digits where the program allows {program:.1f}"


def as_leaves(value: Any) -> list[Any]:
    """The arrays and numbers of a result, in order; raises TypeError for what is not made of numbers."""
    return flatten(value, "the result")[0]


def compact(value: Any) -> Any:
    """A result for a record: a number, an array, or a list of these where it is a container."""
    leaves = as_leaves(value)
    return leaves[0] if len(leaves) == 1 else leaves


def bound_digits(value: Any, bound: Any) -> float:
    """The digits that an error bound leaves of its value: relative in the 2-norm, absolute where it is 0.

    >>> bound_digits(200.0, 0.02)
    4.0
    """
    size, error = norm(value), norm(bound)
    return digits(error / size if size else error)


def norm(value: Any) -> float:
    """The 2-norm of all numbers of a value."""
    with np.errstate(over="ignore"):
        return float(np.linalg.norm([np.linalg.norm(leaf) for leaf in as_leaves(value)]))


class Witness:
    """The truth of one target, and what it says of results. Balls do not travel, so it stays where it is."""

    def __init__(self, target: Target, seed: int):
        self.target, self.seed = target, seed
        self.f = target.function.load()

    def testimony(self) -> Score:
        """What is known without any result; where there is no truth, the message says why."""
        args, wrt = self.target.args, self.target.wrt
        self.truth: Truth = truth(self.f, args, wrt, seed=self.seed)
        if self.truth.rows is None:
            self.known = Score(message=f"no certified truth: {self.truth.reason}")
            return self.known
        expected = self.truth.derivative
        seeds = range(8 if self.truth.rows.size <= MANY_ENTRIES else 2)
        attainable = attainable_digits(self.f, args, self.truth, wrt, seeds=seeds)
        certified = None if expected is None else compact(expected)
        self.known = Score(truth=certified, truth_width=self.truth.width, attainable_digits=attainable)
        return self.known

    def score(self, value: Any, bound: Any = None) -> Score:
        """The digits of a result, and whether it is wrong; `bound` is the error bound that came with it."""
        if not self.truth.enclosed:
            return self.known
        if misfit := self.misfit(value):
            return Score(**vars(self.known) | {"status": "wrong", "message": misfit, "digits": 0.0})
        kept = correct_digits(value, self.truth) + 0.0  # -0.0 is shown as 0
        claimed = None if bound is None else bound_digits(value, bound)
        status, message = verdict(kept, self.known.attainable_digits, claimed)
        told = "; ".join(filter(None, (message, self.by_directions)))
        found = {
            "status": status, "message": told, "digits": kept,
            "digits_worst": digits_worst(value, self.truth), "ulps_worst": ulps_worst(value, self.truth),
        }  # fmt: skip
        return Score(**vars(self.known) | found)

    @cached_property
    def by_directions(self) -> str:
        """Where not every entry is certified, that and how many directions are."""
        if self.truth.directions is None or self.truth.rows is None:
            return ""
        entries = self.truth.directions[0].size * self.truth.rows.shape[1]
        count = len(self.truth.directions)
        return f"certified along {count} seeded directions, not in its {entries:,} entries"

    @cached_property
    def losses(self) -> Losses:
        """What can be said about lost digits; asked of a function whose derivative is certified."""
        target = self.target
        attainable = 17.0 if self.known.attainable_digits is None else self.known.attainable_digits
        titles = titles_of(target.args, target.wrt, list(target.point))
        return Losses(self.f, target.args, target.wrt, target.operator, self.truth, attainable, titles)

    def loss(self, backend: Differentiator, value: Any, kept: float) -> str | None:
        """Who lost the digits of a result that keeps so many, in a sentence; None where few are lost."""
        with np.errstate(all="ignore"):
            return self.losses.sentence(backend, value, kept)

    def misfit(self, value: Any) -> str:
        """How the result differs in shape from the truth, or that it is not finite; empty if neither."""
        leaves = as_leaves(value)
        if not all(np.all(np.isfinite(leaf)) for leaf in leaves):
            return "not finite"
        if self.truth.derivative is None:
            return ""  # certified along directions: the product with them shows a wrong shape
        got, owed = ([np.shape(leaf) for leaf in each] for each in (leaves, as_leaves(self.truth.derivative)))
        return "" if got == owed else f"of shape {shown(got)}, which should be {shown(owed)}"


def shown(shapes: list[tuple[int, ...]]) -> str:
    """Shapes as one text."""
    return ", ".join(map(str, shapes))
