"""The walk: claim and reference side by side, second opinions, a verdict with its cause.

    silence is agreement: |claim - reference| <= radius of the reference + slack * rounding of the claim.

A claim is called wrong only where a reference that has been confirmed says so; an entry whose tolerance is
too wide to notice an error of 1 % is not called right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .causes import explain
from .directions import along_directions
from .evidence import HALF_PRECISION, Evidence
from .frameworks import copied, same
from .opinions import ask_others, moves_unseen
from .program import UNTOLD, in_the_program
from .question import Misfit, Question
from .references import NoReference, Reference, differences, find_reference
from .rounding import Carried, carried, returned
from .suspects import Sampled

REMEDIES = {
    "kink": "move the point away from the kink",
    "noise level": "make f smoother or more precise, or check at another point",
    "cancellation": "write it in a form that keeps its digits, or check at another point",
    "vanishing": "choose a point where the gradient is not zero",
}
SIDE = 1e-4  # to which the slope of one side is known, at the least
NOTHING_CARRIED = Carried(np.zeros(()), np.zeros(()))


@dataclass(frozen=True)
class Finding:
    """What was found: a verdict, its cause, a sentence, and the evidence if there is any."""

    verdict: str
    cause: str = ""
    sentence: str = ""
    evidence: Evidence | None = None
    reference: str = ""
    opinions: dict[str, str] | None = None
    got: np.ndarray | None = None
    counted: bool = True
    wrong: int | None = None  # entries, where the evidence does not hold them all


def find(question: Question, slack: float) -> Finding:
    """The verdict on the claim, without the complaints about f and g."""
    if not np.all(np.isfinite(np.asarray(question.y, dtype=float))):
        return Finding("cannot tell", "domain", f"f is {question.y} at this point: choose one in its domain")
    try:
        got, eps, value = question.claim_matrix()
    except Misfit as misfit:
        cause = "transposed" if misfit.transposed else "shape"
        return Finding("disagree", cause, f"{misfit}{': it is transposed' if misfit.transposed else ''}")
    watch_claim(question, got, value, eps)
    reference, reasons = find_reference(question)
    if reference is None:
        sampled = along_directions(question, got, eps, slack)
        return from_sample(sampled, got, reasons)
    return judged(question, reference, got, eps, slack)


def watch_claim(question: Question, got: np.ndarray, value: Any, eps: float) -> None:
    """Complain of a claim that changes its arguments, is not repeatable, or comes with a wrong value."""
    if callable(question.claimed):
        args = copied(question.args)
        again = question.claim_matrix(args)[0]
        if not same(args, question.args):
            what = "the claim changes its argument in place: let it work on a copy"
            question.complain("argument changed", what)
        if not same(again, got):
            gap = float(np.max(np.abs(again - got)))
            if np.allclose(again, 2 * got):
                what = "the claim adds to what its last call has left: start from zero (zero_grad)"
                question.complain("accumulates", what)
            what = f"the claim is not deterministic: two calls at one point differ by {gap:.1e}; fix its seed"
            question.complain("not deterministic", what)
    if value is not None:
        y = np.asarray(question.y, dtype=float)
        size = np.abs(y)
        if got.shape == (1, question.x.size):  # what cancels in f shows in its derivative
            size = size + float(np.sum(np.abs(got) * np.abs(question.x)))
        gap = np.abs(np.asarray(value, dtype=float).reshape(y.shape) - y)
        if np.any(gap > math.sqrt(eps) * size):  # half of the digits: what a sound method can lose
            question.complain("value", f"the value that comes with the claim is {value}, and f is {y} there")


def judged(question: Question, reference: Reference, got: np.ndarray, eps: float, slack: float) -> Finding:
    """Claim against reference, entry by entry."""
    rounding = slack * returned(got, reference.value, eps) + question.claimed_bound
    e = gathered(question, reference, got, eps, rounding)
    way = NOTHING_CARRIED
    if e.wrong.any():
        way = carried(question, reference, got, eps)
        e = replace(e, tolerance=e.tolerance + slack * way.whole)
    found = Finding("agree", evidence=e, reference=reference.name, got=got)
    if e.wrong.any():
        cause, sentence = off_the_kink(e, reference) or explain(e)
        if cause in UNTOLD and reference.name == "enclosure":
            cause, sentence = in_the_program(question, e) or (cause, sentence)
        opinions, pardon = ask_others(question, reference, e)
        found = replace(found, opinions=opinions)
        if pardon and not pardon.verdict:
            return by_differences(question, got, eps, slack)
        if pardon:
            return replace(found, verdict=pardon.verdict, cause=pardon.cause, sentence=pardon.sentence)
        verdict = "disagree"
        if cause == "low precision" and reference.name == "differences" and not way.coarse:
            verdict, sentence = "cannot tell", either_inexact(e, reference, eps)
        return replace(found, verdict=verdict, cause=cause, sentence=sentence)
    if e.hidden.any():
        verdict, cause, sentence = undecided(e, reference, slack * np.broadcast_to(way.claim, got.shape))
        return replace(found, verdict=verdict, cause=cause, sentence=sentence)
    if reference.name == "enclosure" and moves_unseen(question, reference):
        return by_differences(question, got, eps, slack)
    return found


def by_differences(question: Question, got: np.ndarray, eps: float, slack: float) -> Finding:
    """The finding where the exact derivative of f as a program is not what f does at any visible scale."""
    try:
        found = judged(question, differences(question), got, eps, slack)
    except NoReference as reason:
        found = from_sample(along_directions(question, got, eps, slack), got, {"differences": str(reason)})
    what = "differs from what f does: f is rounded, noisy on a small scale, or stops a gradient on purpose"
    return replace(found, opinions=(found.opinions or {}) | {"the exact derivative of f as a program": what})


def gathered(
    question: Question, reference: Reference, got: np.ndarray, eps: float, rounding: np.ndarray
) -> Evidence:
    inputs = question.x if question.operator != "jvp" else np.ones(got.shape[1])
    arrays = {name: x for name, x in zip(question.names, question.args) if isinstance(x, np.ndarray)}
    sizes = {f"{name}.shape[{axis}]": n for name, x in arrays.items() for axis, n in enumerate(x.shape)}
    if question.y.size > 1:
        sizes["f(x).size"] = question.y.size
    return Evidence(
        got, reference.value, reference.radius + rounding, question.label, inputs, question.blocks,
        sizes, eps, question.operator == "hessian", float(question.y) if question.y.shape == () else None,
    )  # fmt: skip


def off_the_kink(e: Evidence, reference: Reference) -> tuple[str, str] | None:
    """The cause where entries at kinks are wrong: they are no slope on either side, nor between."""
    if not np.any(reference.kinked & e.wrong) or not np.any(e.got[e.wrong]):
        return None
    found = on_one_side(e, reference)
    if found or not np.all(reference.kinked[e.wrong]):
        return found
    left, right = reference.sides
    i, j = e.worst(1)[0]
    low, high = sorted((left[i, j], right[i, j]))
    return "kink", f"f has a kink at {e.label(i, j)}, and its slopes lie between {low:.6g} and {high:.6g}"


def on_one_side(e: Evidence, reference: Reference) -> tuple[str, str] | None:
    """The cause where the claim at kinks is explained by the slopes of one side."""
    left, right = reference.sides
    doubt = np.maximum(e.tolerance - np.where(reference.kinked, np.abs(left - right) / 2, 0.0), 0.0)
    for name, slopes in (("left", left), ("right", right)):
        expected = np.where(reference.kinked, slopes, e.expected)
        beside = replace(e, expected=expected, tolerance=doubt + SIDE * np.abs(expected))
        cause, sentence = explain(beside) if beside.wrong.any() else ("other", "")
        if cause not in (*UNTOLD, "kink"):
            return cause, f"{sentence}; f has a kink there, and it is held against the slopes on the {name}"
    return None


def either_inexact(e: Evidence, reference: Reference, eps: float) -> str:
    """The sentence where claim and differences part after some digits: f need not be the better one."""
    kept = float(np.median(e.digits[e.wrong]))
    roundings = (e.error - reference.radius) / returned(e.got, e.expected, eps)
    slack = 10.0 ** np.ceil(np.log10(np.max(roundings[e.wrong])))
    return (
        f"claim and differences of f agree to some {kept:.0f} digits only, and either may be to blame: f for"
        " a solver's tolerance or an ill-conditioned system, the claim for a difference quotient or a "
        f"rounded constant; make f more precise, or allow for it by slack={slack:.0e}"
    )


def undecided(e: Evidence, reference: Reference, own: np.ndarray) -> tuple[str, str, str]:
    """The verdict on a claim that is within a tolerance too wide to mean much; own: its share of it."""
    i, j = e.worst(1)[0]
    where, hidden, (left, right) = e.label(i, j), e.hidden, reference.sides
    if reference.kinked[hidden].all():
        gap = np.abs(left - right) / 2
        doubt = np.maximum(e.tolerance - gap, 0) + 1e-3 * gap
        usual = [np.abs(e.got - slope) <= doubt for slope in (left, right, (left + right) / 2)]
        if np.all(np.any(usual, axis=0)[hidden]):
            return "agree", "kink", f"f has a kink at {where}, and the claim is one of its slopes: not wrong"
        what = f"f has a kink at {where}: its slopes are {left[i, j]:.6g} and {right[i, j]:.6g}"
        return "cannot tell", "kink", f"{what}, and the claim lies between; {REMEDIES['kink']}"
    if e.half:
        return "cannot tell", "half precision", HALF_PRECISION
    if own[i, j] > e.tolerance[i, j] / 2:
        what = f"rounding inside the claim leaves {own[i, j]:.1e} of its entry {where} open"
        return "cannot tell", "cancellation", f"{what}; {REMEDIES['cancellation']}"
    if not np.isfinite(e.tolerance[i, j]) or reference.trouble:
        trouble = reference.trouble or "rounding swamps the derivative"
        return "cannot tell", "noise level", f"{trouble} at {where}; {REMEDIES['noise level']}"
    if reference.name == "enclosure":
        what = f"rounding inside f leaves {e.tolerance[i, j]:.1e} of its derivative by {where} open"
        remedy = "whatever the method: rewrite f, or choose another point"
        return "cannot tell", "noise level", f"{what}, {remedy}"
    if np.all(np.abs(e.expected) <= e.tolerance):
        what = f"the gradient vanishes to within {np.max(e.tolerance):.1e} here"
        what += ", so neither sign nor factor shows"
        return "cannot tell", "vanishing", f"{what}; {REMEDIES['vanishing']}"
    what = f"the derivative by {where} is known to {e.tolerance[i, j]:.1e} only"
    return "cannot tell", "noise level", f"{what}; {REMEDIES['noise level']}"


def from_sample(sampled: Sampled, got: np.ndarray, reasons: dict[str, str]) -> Finding:
    """The finding along random directions."""
    sentence = sampled.sentence
    if sampled.verdict == "cannot tell" and reasons:
        sentence += f" (and {said(reasons)})"
    return Finding(
        sampled.verdict, sampled.cause, sentence, sampled.evidence, sampled.reference, sampled.opinions, got,
        counted=False, wrong=sampled.wrong,
    )  # fmt: skip


def said(reasons: dict[str, str]) -> str:
    return "; ".join(f"no {name}: {reason}" for name, reason in reasons.items())


def with_complaints(question: Question, found: Finding) -> Finding:
    """What f and g do besides: it fails a check that would have passed, and is told in any case."""
    if not question.complaints:
        return found
    cause, sentence = question.complaints[0]
    if found.verdict == "disagree":
        return replace(found, sentence=f"{found.sentence}; besides, {sentence}")
    verdict = "disagree" if cause == "value" else "cannot tell"
    return replace(found, verdict=verdict, cause=cause, sentence=sentence)
