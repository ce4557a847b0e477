"""The wrong entries of many: hunted down one by one, or found all at once by a sweep of our own."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..differentiators.operators import prepare
from .causes import explain
from .causes.precision import MANY_DIGITS
from .entries import around, evidence, look, merged, places_of, unit, wrong_of
from .evidence import Evidence
from .hunt import wrong_entry
from .opinions import differences_on
from .question import leaves_like
from .references import DIFFERENCES, NoReference
from .slopes import QUICK, TRIFLE, Slope, Slopes

NEIGHBOURS = 2  # looked at on each side of a wrong entry
ELSEWHERE, BESIDE = 2, 1  # entries drawn elsewhere, and how many on each side of them
FEW = 4  # wrong entries that are hunted down one by one
MOST_SHOWN = 300  # of those that a sweep finds
NONE_SHOWN = "directions show an error that no entry shows: f may have a kink there, move the point"
SMOOTH = ("ok", "noisy", "unresolved")  # diagnoses of differences that tell of no kink
UNNAMED = ("other", "single entry", "stretch", "borders")


@dataclass(frozen=True)
class Sampled:
    """What directions, and the entries that they led to, say of the claim; wrong: how many, where known."""

    verdict: str
    cause: str = ""
    sentence: str = ""
    evidence: Evidence | None = None
    opinions: dict[str, str] = field(default_factory=dict)
    wrong: int | None = None
    reference: str = ""


class Suspects:
    """A claim that is wrong along directions, and its entries that may make it so."""

    def __init__(self, slopes: Slopes, vs: list[np.ndarray], found: list[Slope], worst: int):
        self.slopes, self.question = slopes, slopes.question
        self.vs, self.slope, self.v, self.error = vs, found, vs[worst], found[worst].error

    def found(self) -> Sampled:
        """The verdict; raises NoReference where differences of an entry contradict the complex step."""
        q = self.question
        column = wrong_entry(self.slopes, self.v, self.error)
        if q.operator == "hvp":
            return Sampled("disagree", "other", f"{q.entry(column)} is wrong, perhaps among others")
        if q.operator == "hessian":
            return self.pattern(self.near(column))
        own = look(self.slopes, [column])
        if not own.wrong.any():
            return self.nothing_there(own)
        pardon = self.beside_kink(column, own) if self.slopes.exact else None
        if pardon:
            return pardon
        opinions = self.asked(column, own) if self.slopes.exact else {}
        told = self.few(own) if self.mended(own) else self.swept(own) or self.among(own)
        return replace(told, opinions=opinions)

    def nothing_there(self, own: Evidence) -> Sampled:
        """The verdict where the entry that was found is right: left to differences, or to better ones."""
        if self.slopes.exact:
            raise NoReference("complex steps tell of an error that no entry shows")
        if not self.slopes.careful:
            self.slopes.careful = True
            return self.found()
        return self.kinked(own) or Sampled("cannot tell", "noise level", NONE_SHOWN, own)

    def kinked(self, own: Evidence) -> Sampled | None:
        """The verdict where f has a kink at the entry, and the claim is between the slopes of both sides."""
        near, _, _ = differences_on(self.question, places_of(own), DIFFERENCES)
        if not near.kinked.any():
            return None
        left, right = (float(slopes[near.kinked][0]) for slopes in near.sides)
        return self.at_kink(own, left, right)

    def beside_kink(self, column: int, own: Evidence) -> Sampled | None:
        """The same, where complex steps from points next to this one show it."""
        v = unit(self.question.x.size, column) * (abs(self.question.x[column]) or 1.0)
        if not self.slopes.at_kink(v, own.error[:, 0] * np.max(v)):
            return None
        left, right = (side / np.max(v) for side in self.slopes.sides(v))
        low, high = np.minimum(left, right), np.maximum(left, right)
        got, tolerance = own.got[:, 0], own.tolerance[:, 0] + (high - low) / TRIFLE
        between = (low - tolerance <= got) & (got <= high + tolerance)
        if not np.all(between[own.wrong[:, 0]]):
            return None
        row = int(np.argmax(own.wrong[:, 0]))
        return self.at_kink(own, float(left[row]), float(right[row]))

    def at_kink(self, own: Evidence, left: float, right: float) -> Sampled:
        [column] = places_of(own)
        what = f"f has a kink at {self.question.entry(column)}: its slopes are {left:.6g} and {right:.6g}"
        what += ", and the claim lies between; move the point away from the kink"
        return Sampled("cannot tell", "kink", what, own)

    def asked(self, column: int, own: Evidence) -> dict[str, str]:
        """What differences say of a wrong entry that was found without them."""
        near, _, _ = differences_on(self.question, [column], DIFFERENCES)
        allowed = near.radius + own.tolerance
        rough = near.diagnosis not in SMOOTH and not self.slopes.traced
        if rough or np.any(np.abs(near.value - own.expected) > allowed):
            raise NoReference("differences contradict the complex steps")  # which take a kink for its mean
        told = np.any(np.abs(near.value - own.got) > allowed)
        return {"differences": "agree with the reference" if told else "cannot tell"}

    def mended(self, own: Evidence) -> bool:
        """Whether all directions agree once these entries are right."""
        return self.balanced(places_of(own), own.expected - own.got, own.tolerance)

    def balanced(self, columns: Sequence[int] | np.ndarray, change: np.ndarray, doubt: np.ndarray) -> bool:
        return all(
            np.all(np.abs(s.error + change @ v[columns]) <= s.tolerance + doubt @ np.abs(v[columns]))
            for s, v in zip(self.slope, self.vs, strict=True)
        )

    def few(self, own: Evidence) -> Sampled:
        """The verdict where the wrong ones of these entries are all that is wrong."""
        own = wrong_of(own)
        columns = places_of(own)
        *first, last = map(self.question.entry, columns)
        they = f"{', '.join(first)} and {last} are" if first else f"{last} is"
        cause, sentence = explain(own)
        if not first:
            sentence = sentence.replace("the only entry is", they).replace("all entries are", they)
            sentence = sentence.replace("they", "it")
        rough = cause == "low precision" and np.min(own.digits) < MANY_DIGITS  # as a few wrong ones may be
        cause = "other" if rough else cause
        named = "" if cause in UNNAMED else f": {sentence}"
        rest = f"the other {self.question.x.size - len(columns):,} entries are right"
        cause = ("few entries" if cause in UNNAMED else cause) if first else "single entry"
        sentence = f"only {they} wrong{named}; {rest} along {len(self.vs)} random directions"
        return Sampled("disagree", cause, sentence, own, wrong=len(columns))

    def pattern(self, e: Evidence) -> Sampled:
        cause, sentence = explain(e)
        return Sampled("disagree", cause, f"of {e.got.size} entries that were looked at, {sentence}", e)

    # All at once

    def swept(self, own: Evidence) -> Sampled | None:
        """What is said of all wrong entries, found by one reverse sweep; None where f cannot be swept.

        The sweep has to find the entry that is known, and all directions have to agree with it.
        """
        g, [column] = self.sweep(), places_of(own)
        if g is None or abs(g[column] - own.expected[0, 0]) > own.tolerance[0, 0]:
            return None
        wrong, allowed = self.apart(g)
        if not self.balanced(wrong, (g[wrong] - self.slopes.got[0, wrong])[np.newaxis], allowed[np.newaxis]):
            return None
        shown = wrong.tolist() if len(wrong) <= FEW else self.sample(wrong)
        e = evidence(self.slopes, shown, g[np.newaxis, shown])
        if len(wrong) <= FEW:
            return self.few(e)
        first, last = map(self.question.entry, (int(wrong[0]), int(wrong[-1])))
        where = f"{first} to {last}" if np.ptp(wrong) == len(wrong) - 1 else f"between {first} and {last}"
        counted = f"{len(wrong):,} of {self.question.x.size:,} entries are wrong, {where}"
        told = self.pattern(e)
        sentence = counted if told.cause in UNNAMED else f"{counted}; {told.sentence}"
        return replace(told, sentence=sentence, wrong=len(wrong))

    def sweep(self) -> np.ndarray | None:
        """The gradient of f by our reverse mode, flat; None where it cannot be had."""
        q, s = self.question, self.slopes
        if not s.exact or len(s.got) > 1:
            return None
        try:
            with np.errstate(all="ignore"):
                g = prepare(s.f, *q.doubles, wrt=q.wrt).gradient(*q.doubles)
                return np.concatenate([np.reshape(x, -1) for x in leaves_like(g, q.point)])
        except Exception:  # f is foreign code, which need not be traceable, and may need too much memory
            return None

    def apart(self, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(places, tolerances) of entries where claim and sweep differ by more than rounding."""
        s, got = self.slopes, self.slopes.got[0]
        allowed = np.abs(got)
        allowed += np.abs(g)
        allowed *= s.slack * s.eps / 2
        allowed += s.slack * s.noise / float(np.linalg.norm(self.v))
        places = np.flatnonzero(np.abs(got - g) > allowed)
        return places, allowed[places]

    def sample(self, wrong: np.ndarray) -> list[int]:
        """Some of the wrong entries with their neighbours, and some others."""
        random, n = self.slopes.random, self.question.x.size
        some = [*wrong[:MOST_SHOWN].tolist(), *random.choice(wrong, min(MOST_SHOWN, len(wrong))).tolist()]
        return sorted({*around(some, NEIGHBOURS, n), *random.integers(0, n, MOST_SHOWN).tolist()})

    # One by one

    def near(self, column: int) -> Evidence:
        """The entry, its neighbours and some others."""
        n = self.question.x.size
        elsewhere = around(self.slopes.random.integers(0, n, ELSEWHERE).tolist(), BESIDE, n)
        return look(self.slopes, sorted({*around([column], NEIGHBOURS, n), *elsewhere}), QUICK)

    def among(self, own: Evidence) -> Sampled:
        """What is said of a few entries, if they are all, or of the entry, its neighbours and some others."""
        near = merged([self.near(*places_of(own)), own])
        wrong = wrong_of(near)
        if wrong.got.shape[1] == 1:
            wrong = self.one_by_one(own)
            near = merged([near, wrong])
        return self.few(near) if wrong.got.shape[1] <= FEW and self.mended(wrong) else self.pattern(near)

    def one_by_one(self, own: Evidence) -> Evidence:
        """Wrong entries, until all directions agree without them, or no other is found."""
        fixed = copy.copy(self.slopes)
        fixed.got = self.slopes.got.copy()
        while own.got.shape[1] < FEW and not self.mended(own):
            columns = places_of(own)
            fixed.got[:, columns] = own.expected
            error = self.error + (own.expected - own.got) @ self.v[columns]
            more = look(self.slopes, [wrong_entry(fixed, self.v, error)])
            if places_of(more)[0] in columns or not more.wrong.any():
                break
            own = merged([own, more])
        return own
