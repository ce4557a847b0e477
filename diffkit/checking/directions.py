"""Many inputs: the claim is held against a few random directions, and a wrong one is hunted down by halves.

A direction of random signs sees every wrong entry: one error e changes the slope along it by at least e/2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..differentiators.interface import Estimate
from ..differentiators.operators import prepare
from ..harness.targets import one_line
from .causes import explain
from .evidence import Evidence
from .opinions import differences_on, split
from .question import Question
from .references import DIFFERENCES, SECOND_DIFFERENCES, UNSOUND, NoReference
from .scatter import scatter

COUNT = 2
NEIGHBOURS = 2  # on each side of a wrong entry, and of as many entries drawn elsewhere
ELSEWHERE = 2
QUICK = "finite:scheme=central,order=4"  # good enough to find the way to an entry, which is then looked at


@dataclass(frozen=True)
class Sampled:
    """What directions, and the entries that they led to, say of the claim."""

    verdict: str
    cause: str = ""
    sentence: str = ""
    evidence: Evidence | None = None
    opinions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Slope:
    """The claim and f along one direction."""

    got: np.ndarray
    expected: np.ndarray
    tolerance: np.ndarray
    trouble: str = ""

    @property
    def wrong(self) -> bool:
        return bool(np.any(np.abs(self.got - self.expected) > self.tolerance))


class Hunt:
    """Slopes of the claim and of f along directions, all inputs or some of them."""

    def __init__(self, question: Question, got: np.ndarray, eps: float, slack: float):
        self.question, self.got, self.eps, self.slack = question, got, eps, slack
        self.f = question.to_first_order()[0] if question.operator == "vjp" else question.f
        self.second = question.operator in ("hessian", "hvp")
        self.noise = 0.0  # of the claim, along a whole direction
        self.random = np.random.default_rng(question.seed)
        sizes = [np.full(x.size, np.sqrt(np.mean(x * x)) or 1.0) for x in question.leaves]
        self.scales = np.concatenate(sizes)
        self.u = self.fixed()

    def drawn(self) -> np.ndarray:
        """Random signs of random size between a half and one, on the scale of each array."""
        n = self.scales.size
        return self.scales * self.random.choice((-1.0, 1.0), n) * self.random.uniform(0.5, 1.0, n)

    def fixed(self) -> np.ndarray:
        """The other direction of a second derivative."""
        q = self.question
        if q.operator == "hvp":
            return np.concatenate([np.reshape(x, -1) for x in q.layout.directions(q.args, q.direction)])
        return self.drawn() if q.operator == "hessian" else np.empty(0)

    def slope(self, v: np.ndarray, scheme: str = DIFFERENCES) -> Slope:
        """Both slopes along v."""
        rows = self.rows(self.got)
        got = rows @ v
        rounding = self.slack * (self.eps * np.linalg.norm(rows * v, axis=1) + self.noise)
        found = self.mixed(v, scheme) if self.second else self.first(v, scheme)
        expected = np.reshape(np.asarray(found.value, dtype=float), -1)
        bound = np.reshape(np.nan_to_num(np.asarray(found.bound, dtype=float), nan=np.inf), -1)
        return Slope(got, expected, np.abs(bound) + rounding, UNSOUND.get(found.diagnosis, ""))

    def rows(self, claim: np.ndarray) -> np.ndarray:
        """The claim as rows that are multiplied with a direction."""
        return np.atleast_2d(self.u @ claim) if self.question.operator == "hessian" else claim

    def first(self, v: np.ndarray, scheme: str) -> Estimate:
        """The slope of f along v, by adaptive differences on that line."""
        q, x = self.question, self.question.x
        return self.estimated(lambda t: self.f(*q.at(split(q, x + t * v))), 0.0, "jacobian", scheme)

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

    def measure_noise(self, v: np.ndarray) -> None:
        """From now on allow for the scatter of the claim between neighbouring points, along v."""
        if self.question.repeatable:
            noise = scatter(
                self.question, lambda args: self.rows(self.question.claim_matrix(args)[0]) @ v, self.eps
            )
            self.noise = float(np.max(noise))

    def halves(self, v: np.ndarray, scheme: str) -> tuple[int, int]:
        """The shortest stretch of inputs to which an error can be traced."""
        start, stop = 0, v.size
        while stop - start > 1:
            middle = (start + stop) // 2
            part = np.zeros_like(v)
            part[start:middle] = v[start:middle]
            start, stop = (start, middle) if self.slope(part, scheme).wrong else (middle, stop)
        return start, stop


def along_directions(question: Question, got: np.ndarray, eps: float, slack: float) -> Sampled:
    """The claim along seeded directions; where it is wrong, the entries that make it so."""
    try:
        hunt = Hunt(question, got, eps, slack)
        vs = [hunt.drawn() for _ in range(COUNT)]
        slopes = [hunt.slope(v) for v in vs]
        if any(s.wrong for s in slopes):
            hunt.measure_noise(max(zip(vs, slopes, strict=True), key=lambda pair: excess(pair[1]))[0])
            slopes = [hunt.slope(v) for v in vs]
        e = beside(question, slopes, eps)
        if not e.wrong.any():
            return quiet(e, slopes)
        worst = max(range(COUNT), key=lambda k: excess(slopes[k]))
        if not hunt.slope(vs[worst], SECOND_DIFFERENCES).wrong:
            return Sampled("cannot tell", "noise level", "differences of f contradict each other", e)
        return hunted(question, hunt, vs, slopes, worst, e)
    except NoReference as reason:
        return Sampled("cannot tell", "noise level", str(reason))


def excess(slope: Slope) -> float:
    return float(np.max(np.abs(slope.got - slope.expected) / slope.tolerance))


def beside(question: Question, slopes: list[Slope], eps: float) -> Evidence:
    """Slopes as evidence: one column per direction."""

    def along(i: int, j: int) -> str:
        return f"direction {j}" + (f", output {i}" if len(got) > 1 else "")

    got, expected, tolerance = (np.stack([getattr(s, name) for s in slopes], axis=1)
                                for name in ("got", "expected", "tolerance"))  # fmt: skip
    sizes = {"the number of inputs": question.x.size}
    return Evidence(got, expected, tolerance, along, np.ones(COUNT), [("directions", (COUNT,))], sizes, eps)


def quiet(e: Evidence, slopes: list[Slope]) -> Sampled:
    """No direction shows an error: agreement, where the directions could have shown one."""
    if e.hidden.any():
        unknown = "the slopes of f are not known well enough: make f smoother, or choose another point"
        trouble = next((s.trouble for s in slopes if s.trouble), "")
        return Sampled("cannot tell", "noise level", trouble or unknown, e)
    return Sampled("agree", evidence=e)


def hunted(
    question: Question, hunt: Hunt, vs: list[np.ndarray], slopes: list[Slope], worst: int, e: Evidence
) -> Sampled:
    """The cause, from the directions if they tell it, else from the entries that bisection leads to."""
    cause, sentence = explain(e)
    shown = int(np.any(e.wrong, axis=0).sum())
    opinions = {"directions": f"{shown} of {COUNT} random ones show the error"}
    if cause in ("detached", "sign", "constant ratio", "not finite"):
        sentence = sentence.replace("all entries", "slopes along all directions")
        return Sampled("disagree", cause, sentence, e, opinions)
    column = wrong_entry(hunt, vs[worst])
    if column is None:
        return Sampled("disagree", "other", "no single entry stands out", e, opinions)
    if question.operator == "hvp":
        found = f"{question.entry(column)} is wrong, perhaps among others"
        return Sampled("disagree", "other", found, e, opinions)
    own = look(question, hunt, [column])
    if question.operator != "hessian" and mended(hunt, vs, slopes, column, own):
        others = f"the other {question.x.size - 1:,} entries are right along {COUNT} random directions"
        cause, sentence = explain(own)
        sentence = sentence.replace("the only entry is", f"{question.entry(column)} is")
        sentence = sentence.replace("all entries are", f"{question.entry(column)} is").replace("they", "it")
        named = "" if cause in ("other", "single entry") else f": {sentence}"
        return Sampled("disagree", "single entry", f"only {question.entry(column)} is wrong{named}; {others}",
                       own, opinions)  # fmt: skip
    own = look(question, hunt, around(question, hunt.random, column))
    cause, sentence = explain(own)
    sentence = f"of {own.got.size} entries that were looked at, {sentence}"
    return Sampled("disagree", cause, sentence, own, opinions)


def wrong_entry(hunt: Hunt, v: np.ndarray) -> int | None:
    """The position of a wrong entry: by quick differences, or by better ones if those led astray."""
    for scheme in (QUICK, DIFFERENCES):
        start, stop = hunt.halves(v, scheme)
        alone = np.zeros_like(v)
        alone[start:stop] = v[start:stop]
        if hunt.slope(alone).wrong:
            return start
    return None


def mended(hunt: Hunt, vs: list[np.ndarray], slopes: list[Slope], column: int, own: Evidence) -> bool:
    """Whether all directions agree once this entry is right."""
    change = own.expected[:, 0] - own.got[:, 0]
    doubt = own.tolerance[:, 0]
    return all(
        np.all(np.abs(s.got + change * v[column] - s.expected) <= s.tolerance + doubt * abs(v[column]))
        for s, v in zip(slopes, vs, strict=True)
    )


def around(question: Question, random: np.random.Generator, column: int) -> list[int]:
    """The entry with its neighbours, and some others with theirs."""
    n = question.x.size
    places = [column, *random.integers(0, n, ELSEWHERE).tolist()]
    return sorted({i for p in places for i in range(max(p - NEIGHBOURS, 0), min(p + NEIGHBOURS + 1, n))})


def look(question: Question, hunt: Hunt, columns: list[int]) -> Evidence:
    """Some entries of the claim beside their differences."""
    found, rows, columns = differences_on(question, columns, DIFFERENCES)
    got = hunt.got[np.ix_(rows, columns)]
    rounding = hunt.slack * hunt.eps * (np.abs(got) + np.abs(found.value)) / 2
    return Evidence(
        got, found.value, found.radius + rounding, lambda i, j: question.label(rows[i], columns[j]),
        question.x[columns], [("entries", (len(columns),))], sizes={"the number of inputs": question.x.size},
        eps=hunt.eps, symmetric=question.operator == "hessian", places=np.array(columns),
    )  # fmt: skip
