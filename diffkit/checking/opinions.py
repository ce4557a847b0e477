"""Second opinions before a claim is called wrong: other methods, the kink next door, the Taylor remainder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..differentiators.interface import Estimate
from ..differentiators.operators import prepare
from ..harness.targets import one_line
from .evidence import FEWEST, Evidence
from .question import Question, cut, leaves_like
from .references import (
    DIFFERENCES,
    EPS,
    SECOND_DIFFERENCES,
    UNSOUND,
    NoReference,
    Reference,
    between,
    differences,
    enclosure,
    flat_direction,
)

FAR = 8  # times the distance of two kinds of differences: what is as far from both is wrong
LOOKED_AT = 6  # worst columns that are differenced once more


@dataclass(frozen=True)
class Pardon:
    """Why a claim that misses its reference is not called wrong; no verdict where that is at fault."""

    verdict: str = ""
    cause: str = ""
    sentence: str = ""


def ask_others(question: Question, reference: Reference, e: Evidence) -> tuple[dict[str, str], Pardon | None]:
    """What other methods say of the wrong entries, and whether that pardons the claim."""
    opinions: dict[str, str] = {}
    if reference.name == "enclosure":
        beside = kink_beside(question, reference, e)
        if beside:
            return {"enclosures next to the point": "differ from each other"}, beside
        opinions["reverse"] = by_reverse(question, e)
    exact = reference.name == "enclosure"
    scheme, title = (DIFFERENCES, "differences") if exact else (SECOND_DIFFERENCES, "differences of order 6")
    try:
        other, rows, columns = differences_on(question, worst_columns(e), scheme)
    except NoReference as reason:
        return opinions | {title: f"cannot tell: {reason}"}, None
    part = np.ix_(rows, columns)
    own, expected, tolerance, wrong = e.got[part], e.expected[part], e.tolerance[part], e.wrong[part]
    far = other.radius + tolerance
    with np.errstate(invalid="ignore"):  # what is not a number is no opinion
        near_claim = ~(np.abs(own - other.value) > far)
        near_reference = ~(np.abs(expected - other.value) > far)
    told = wrong & ~(near_claim & near_reference)
    if not told.any():
        return opinions | {title: "cannot tell" + (f": {other.trouble}" if other.trouble else "")}, None
    if np.all(near_reference[told]):
        return opinions | {title: "agree with the reference"}, None
    if reference.name == "enclosure":
        return {}, Pardon()
    apart = FAR * (np.abs(expected - other.value) + tolerance)
    if np.all((np.abs(own - expected) > apart)[told] & (np.abs(own - other.value) > apart)[told]):
        return opinions | {title: "differ a little from the reference, and far more from the claim"}, None
    why = "two kinds of differences contradict each other: f is rougher than it seems"
    return opinions | {title: "contradict the reference"}, Pardon("cannot tell", "noise level", why)


def worst_columns(e: Evidence) -> list[int]:
    """The columns of the worst entries."""
    return sorted({column for _, column in e.worst(LOOKED_AT)})


def differences_on(
    question: Question, columns: list[int], scheme: str
) -> tuple[Reference, list[int], list[int]]:
    """(reference, rows, columns): adaptive differences in some inputs only; raises NoReference."""
    operator = question.operator
    if operator in ("jvp", "hvp"):
        whole = differences(question, scheme)
        return whole, list(range(whole.value.shape[0])), list(range(whole.value.shape[1]))
    x, f = question.x, question.to_first_order()[0] if operator == "vjp" else question.f

    def phi(z: Any) -> Any:
        moved = x.copy()
        moved[columns] = z
        return f(*question.at(split(question, moved)))

    wanted = "hessian" if operator == "hessian" else "jacobian"
    try:
        p = prepare(phi, x[columns], backend=scheme)
        with np.errstate(all="ignore"):
            found: Estimate = p.estimate(wanted, x[columns])
    except (ArithmeticError, ValueError, NotImplementedError) as error:
        raise NoReference(one_line(error)) from error
    rows = list(columns) if operator == "hessian" else list(range(1 if question.scalar else question.y.size))
    rows = [0] if operator == "vjp" else rows
    value = np.reshape(found.value, (len(rows), len(columns)))
    radius = np.reshape(np.nan_to_num(found.bound, nan=np.inf), value.shape)
    trouble, left, right = UNSOUND.get(found.diagnosis, ""), found.left, found.right
    if wanted == "hessian" or left is None or right is None:
        return Reference("differences", value, radius, trouble, found.diagnosis), rows, columns
    left, right = np.reshape(left, value.shape), np.reshape(right, value.shape)
    value, radius = between(value, radius, left, right)
    return Reference("differences", value, radius, trouble, found.diagnosis, left, right), rows, columns


def split(question: Question, flat: np.ndarray) -> list[np.ndarray]:
    """A flat vector as leaves."""
    return cut(flat, [x.shape for x in question.leaves])


def kink_beside(question: Question, reference: Reference, e: Evidence) -> Pardon | None:
    """A pardon where f has a kink within rounding of the point, and the claim is a slope beside it."""
    random = np.random.default_rng(question.seed)
    size = np.where(question.x != 0, np.abs(question.x), 2.0**-52)
    step = 4 * EPS * size * random.choice((-1.0, 1.0), size.shape)
    sides = []
    for sign in (1, -1):
        try:
            sides.append(enclosure(question, question.at(split(question, question.x + sign * step))).value)
        except NoReference:
            continue
    slopes = np.array([reference.value, *sides])
    low, high = slopes.min(axis=0), slopes.max(axis=0)
    with np.errstate(invalid="ignore"):
        between = (low - e.tolerance <= e.got) & (e.got <= high + e.tolerance)
        differ = high - low > FEWEST * np.maximum(np.abs(low), np.abs(high))
    if not np.all(differ[e.wrong] & between[e.wrong]):
        return None
    what = "f has a kink within rounding of the point, and the claim"
    for side in sides:
        if np.all(np.abs(e.got - side) <= e.tolerance + FEWEST * np.abs(side)):
            return Pardon("agree", "kink", f"{what} is the slope on one side of it, which is not wrong")
    return Pardon("cannot tell", "kink", f"{what} lies between the slopes of both sides: move the point")


def moves_unseen(question: Question, reference: Reference) -> bool:
    """Whether f changes along inputs by which its exact derivative is zero: it is rounded, or detached."""
    flat = ~np.any(reference.value, axis=0)
    if not flat.any() or question.operator in ("hessian", "hvp", "jvp"):
        return False
    f, x = question.to_first_order()[0], question.x
    size = np.where(x != 0, np.abs(x), np.sqrt(np.mean(x * x)) or 1.0)
    v = flat * size * np.random.default_rng(question.seed).uniform(0.5, 1.0, x.shape)

    def along(t: Any) -> Any:
        return f(*question.at(split(question, x + t * v)))

    try:
        with np.errstate(all="ignore"):
            found = prepare(along, 0.0, backend=DIFFERENCES).estimate("jacobian", 0.0)
    except (ArithmeticError, ValueError, NotImplementedError):  # no difference, no contradiction
        return False
    return bool(np.any(np.abs(found.value) > np.abs(found.bound)))


def by_reverse(question: Question, e: Evidence) -> str:
    """What our own reverse mode says."""
    f, operator = question.to_first_order()
    if question.operator == "jvp":
        return "not asked"
    try:
        p = prepare(f, *question.doubles, wrt=question.wrt)
        g = getattr(p, operator)(*question.doubles)
        rows = [np.reshape(x, (len(e.got), -1)) for x in leaves_like(g, question.point)]
    except Exception as error:  # an opinion is not needed: the reason is shown in its place
        return f"cannot tell: {one_line(error)}"
    agrees = np.abs(np.concatenate(rows, axis=1) - e.expected) <= e.tolerance
    return "agrees with the reference" if np.all(agrees[e.wrong]) else "differs from the reference too"


# The Taylor remainder

HALVINGS = 30
SETTLED = 6  # remainders in a row that fall like h
SEEN = 1e4  # times rounding: remainders above it are not noise


def taylor_slope(question: Question, got: np.ndarray, places: np.ndarray | None = None) -> float | None:
    """The power of h with which f(x + hv) - f(x) - h g'v falls: 2 for a right gradient, 1 for a wrong one.

    places: of the inputs that v moves, None for all: what a few entries of many do shows along them alone.
    None for second derivatives, and where the remainder is never above rounding.
    """
    if question.operator in ("hessian", "hvp") or not np.all(np.isfinite(got)):
        return None
    f = question.to_first_order()[0]
    v, slope = taylor_direction(question, got, places)

    def at(h: float) -> np.ndarray:
        return np.asarray(f(*question.at(split(question, question.x + h * v))), dtype=float)

    values = remainders(at, np.reshape(slope, -1))
    falls = [np.log2(a / b) for a, b in pairwise(values) if a > 0 and b > 0]
    return round(float(np.median(falls[-5:])), 2) + 0.0 if len(falls) >= 3 else None


def taylor_direction(
    question: Question, got: np.ndarray, places: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """(v, claimed slope along v)."""
    if question.operator == "jvp":
        return flat_direction(question), got[0]
    scales = np.concatenate([np.full(x.size, np.sqrt(np.mean(x * x)) or 1.0) for x in question.leaves])
    random = np.random.default_rng(question.seed)
    v = scales * random.choice((-1.0, 1.0), scales.shape) * random.uniform(0.5, 1.0, scales.shape)
    if places is not None:
        v[np.delete(np.arange(v.size), places)] = 0.0
    return v, got @ v


def remainders(f: Callable[[float], np.ndarray], slope: np.ndarray) -> list[float]:
    """Norms of the remainder at h = 1/8, 1/16, ... as long as they stand out of rounding."""
    with np.errstate(all="ignore"):
        center, found = f(0.0).reshape(-1), []
        for k in range(3, HALVINGS):
            h = 2.0**-k
            moved = f(h).reshape(-1)
            rest = float(np.linalg.norm(moved - center - h * slope))
            floor = SEEN * EPS * (float(np.linalg.norm(center)) + h * float(np.linalg.norm(slope)))
            if np.isfinite(rest):
                if rest < floor:
                    break
                found.append(rest)
            if len(found) > SETTLED and all(1.9 * b < a < 2.1 * b for a, b in pairwise(found[-SETTLED:])):
                break  # the remainder falls like h, and will not fall faster
    return found
