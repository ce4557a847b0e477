"""The claim and f along directions: by complex steps where f takes them, else by adaptive differences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..differentiators.interface import Estimate
from ..differentiators.operators import derivative, prepare
from ..harness.targets import one_line
from .opinions import split
from .question import Question
from .references import DIFFERENCES, EPS, UNSOUND, NoReference, flat_direction
from .rounding import fits_single
from .scatter import scatter

QUICK = "finite:scheme=central,order=4"  # nine evaluations with a bound, five without
NEXT = 2.0**-40  # of a direction: the way to a point next to x
TRIFLE = 1000.0  # a part of an error that explains nothing of it
FINE = 1e-9  # relative bound of quick differences that need not be bettered


@dataclass(frozen=True)
class Slope:
    """The claim and f along one direction, an entry for each output; radius: of f's alone."""

    got: np.ndarray
    expected: np.ndarray
    radius: np.ndarray
    rounding: np.ndarray
    trouble: str = ""

    @property
    def error(self) -> np.ndarray:
        return self.got - self.expected

    @property
    def tolerance(self) -> np.ndarray:
        return self.radius + self.rounding

    @property
    def wrong(self) -> bool:
        return bool(np.any(np.abs(self.error) > self.tolerance))

    @property
    def excess(self) -> float:
        """The largest error in tolerances."""
        return float(np.max(np.abs(self.error) / self.tolerance))


class Slopes:
    """Slopes of the claim and of f along directions, all inputs or some of them."""

    def __init__(self, question: Question, got: np.ndarray, eps: float, slack: float):
        self.question, self.got, self.eps, self.slack = question, got, eps, slack
        self.f = question.to_first_order()[0] if question.operator == "vjp" else question.f
        self.second = question.operator in ("hessian", "hvp")
        self.careful = False  # whether quick differences have led astray
        self.traced = True  # whether complex steps are our own, which know abs, max and the like
        self.noise = 0.0  # of the claim, along a whole direction
        self.random = np.random.default_rng(question.seed)
        self.scales = [float(np.sqrt(np.mean(x * x))) or 1.0 for x in question.leaves]
        self.u = self.fixed()
        self.exact: Callable[[np.ndarray], np.ndarray] | None = None
        self.stepped: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda x, v: np.full(1, np.nan)

    @property
    def scheme(self) -> str:
        """Quick differences along a direction, of a sum over n entries: it is sqrt(n) times its slope."""
        return f"{QUICK},step={(EPS * np.sqrt(self.question.x.size)) ** 0.2:.3g}"

    @property
    def name(self) -> str:
        return ("complex steps" if self.exact else "differences") + " along directions"

    # Directions

    def drawn(self) -> np.ndarray:
        """Random signs of random size between a half and one, on the scale of each array."""
        return np.concatenate([
            scale * signed(self.random, x.size)
            for x, scale in zip(self.question.leaves, self.scales, strict=True)
        ])  # fmt: skip

    def fixed(self) -> np.ndarray:
        """The other direction of a second derivative."""
        if self.question.operator == "hvp":
            return flat_direction(self.question)
        return self.drawn() if self.question.operator == "hessian" else np.empty(0)

    # Slopes

    def slope(self, v: np.ndarray) -> Slope:
        """Both slopes along v: f's by a complex step, or else by differences, quick ones if they will do."""
        if self.exact is None:
            near = self.differenced(v, self.scheme)
            fine = not self.careful and np.all(near.radius <= FINE * np.abs(near.expected))
            return near if fine else self.differenced(v)
        expected = self.exact(v)
        if not np.all(np.isfinite(expected)):
            raise NoReference("complex steps along a direction are not finite")
        got, rounding = self.claimed(v)
        return Slope(got, expected, 8 * EPS * np.abs(expected), rounding)

    def quick(self, v: np.ndarray) -> Slope:
        """The same, however wide the bound of quick differences is, unless these have led astray."""
        return self.slope(v) if self.exact or self.careful else self.differenced(v, self.scheme)

    def differenced(self, v: np.ndarray, scheme: str = DIFFERENCES) -> Slope:
        """The same against differences of f."""
        got, rounding = self.claimed(v)
        found = self.mixed(v, scheme) if self.second else self.first(v, scheme)
        expected = np.reshape(np.asarray(found.value, dtype=float), -1)
        bound = np.reshape(np.nan_to_num(np.asarray(found.bound, dtype=float), nan=np.inf), -1)
        return Slope(got, expected, np.abs(bound), rounding, UNSOUND.get(found.diagnosis, ""))

    def claimed(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(slopes, rounding) of the claim along v."""
        rows = self.rows(self.got)
        terms = rows * v
        size = np.max(
            np.abs(terms), axis=1, initial=0.0
        )  # squares of the terms may leave the range of doubles
        terms /= np.where(size > 0, size, 1.0)[:, np.newaxis]
        norm = size * np.sqrt(np.einsum("ij,ij->i", terms, terms))
        return rows @ v, self.slack * (self.eps * norm + self.noise)

    def rows(self, claim: np.ndarray) -> np.ndarray:
        """The claim as rows that are multiplied with a direction."""
        return np.atleast_2d(self.u @ claim) if self.question.operator == "hessian" else claim

    def corrected(self, slope: Slope, v: np.ndarray, columns: np.ndarray, change: np.ndarray) -> Slope:
        """The slope of the claim once some of its entries have changed by so much."""
        return replace(slope, got=slope.got + change @ v[columns])

    # f by complex steps

    def step_into_the_complex(self) -> None:
        """From now on take complex steps; raises NoReference where f cannot be given any."""
        q = self.question
        try:
            if self.second:
                self.exact = self.second_exact
                self.second_exact(np.zeros(q.x.size))
            else:
                p = prepare(self.f, *q.doubles, wrt=q.wrt, backend="complex-step")
                self.traced = getattr(p, "opaque", None) is None
                self.stepped = lambda x, v: flat(p.jvp(q.at(split(q, x)), q.structured(split(q, v)))[1])
                self.exact = lambda v: self.stepped(q.x, v)
        except Exception as error:  # foreign code meets values that are no floats, and may raise anything
            self.exact = None
            raise NoReference(f"f takes no complex steps ({one_line(error)})") from error

    def sides(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Complex steps along v from points next to x, so close that only a kink at x can set them apart."""
        x = self.question.x
        return self.stepped(x - NEXT * v, v), self.stepped(x + NEXT * v, v)

    def at_kink(self, v: np.ndarray, error: np.ndarray) -> bool:
        """Whether f has a kink at x, along v, that may have to do with the error, as far as it is traced."""
        if self.second or not self.traced:
            return False
        expected = self.exact(v)  # type: ignore[misc]
        gaps = [np.abs(side - expected) for side in self.sides(v)]
        return bool(np.any(np.max(gaps, axis=0) > np.abs(error) / TRIFLE))

    def second_exact(self, v: np.ndarray) -> np.ndarray:
        """u'Hv, by a complex step of the slope that dual numbers find."""
        q, x = self.question, self.question.x

        def along_v(s: Any) -> Any:
            return derivative(lambda t: q.f(*q.at(split(q, x + s * self.u + t * v))), 0.0, backend="forward")

        return flat(derivative(along_v, 0.0, backend="complex-step"))

    # f by differences

    def first(self, v: np.ndarray, scheme: str) -> Estimate:
        """The slope of f along v, by differences on that line; quick ones run without random rounding."""
        phi = self.along(v)
        return self.estimated(
            (lambda t: phi(float(t))) if "central" in scheme else phi, 0.0, "jacobian", scheme
        )

    def along(self, v: np.ndarray) -> Callable[[Any], Any]:
        """f on the line x + t v."""
        q, x = self.question, self.question.x
        return lambda t: self.f(*q.at(split(q, x + t * v)))

    def mixed(self, v: np.ndarray, scheme: str) -> Estimate:
        """u'Hv, from second differences in the plane of u and v."""
        q, x = self.question, self.question.x
        found = self.estimated(
            lambda z: q.f(*q.at(split(q, x + z[0] * self.u + z[1] * v))), np.zeros(2), "hessian", scheme
        )
        return replace(found, value=found.value[0, 1], bound=found.bound[0, 1])

    def estimated(self, phi: Callable[[Any], Any], at: Any, operator: str, scheme: str) -> Estimate:
        try:
            with np.errstate(all="ignore"):
                return prepare(phi, at, backend=scheme).estimate(operator, at)
        except (ArithmeticError, ValueError, NotImplementedError) as error:
            raise NoReference(f"no difference can be taken ({one_line(error)})") from error

    def error_along(self, v: np.ndarray) -> np.ndarray:
        """Claim minus f along v, as quickly as it can be had, and without a bound."""
        if self.exact or self.second or self.careful:
            return self.quick(v).error
        with np.errstate(all="ignore"):
            return self.rows(self.got) @ v - flat(derivative(self.along(v), 0.0, backend=self.scheme))

    # Noise

    def measure_noise(self, v: np.ndarray) -> None:
        """From now on allow for the scatter of the claim between neighbouring points, along v."""
        if self.question.repeatable and not self.coarse:
            self.noise = float(np.max(self.scattered(lambda claim: self.rows(claim) @ v)))

    def noise_of(self, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        """The scatter of some entries of the claim."""
        if not self.question.repeatable or self.coarse:
            return np.zeros((len(rows), len(columns)))
        return self.scattered(lambda claim: claim[np.ix_(rows, columns)])

    def scattered(self, part: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return scatter(self.question, lambda args: part(self.question.claim_matrix(args)[0]), self.eps)

    @functools.cached_property
    def coarse(self) -> bool:
        """Whether the claim shows single precision in the guise of double: then no rounding is excused."""
        return self.eps == EPS and fits_single(self.got)


def signed(random: np.random.Generator, n: int) -> np.ndarray:
    """Numbers whose size is between a half and one, of random signs."""
    v = random.uniform(-0.5, 0.5, n)
    v += np.copysign(0.5, v)
    return v


def flat(x: Any) -> np.ndarray:
    return np.reshape(np.asarray(x, dtype=float), -1)
