"""The walk: claim and reference side by side, second opinions, a verdict with its cause.

    silence is agreement: |claim - reference| <= radius of the reference + slack * rounding of the claim.

Nobody chooses a tolerance. A claim is called wrong only where a reference that has been confirmed says so; an
entry whose tolerance is too wide to notice an error of 1 % is not called right.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..harness.record import package_versions
from .causes import explain
from .directions import Sampled, along_directions
from .evidence import Evidence
from .frameworks import copied, same
from .opinions import ask_others, moves_unseen, taylor_slope
from .question import Misfit, Question, Wrt
from .record import Check
from .references import SLACK, NoReference, Reference, differences, find_reference
from .rounding import carried, returned
from .words import SHOWN, claim_name, name_of, reproduce, rows_of, table, title

REMEDIES = {
    "kink": "move the point away from the kink",
    "noise level": "make f smoother or more precise, or check at another point",
    "vanishing": "choose a point where the gradient is not zero",
}


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


def check_gradient(
    f: Callable[..., Any], g: Any, *args: Any, operator: str | None = None, wrt: Wrt = 0,
    direction: Any = None, slack: float = SLACK, seed: int = 0,
) -> Check:  # fmt: skip
    """Whether g is the derivative of f at args: a verdict with its cause and worst entries.

    g: a function of the same arguments that returns the derivative, or (value, derivative); True if f itself
    returns both; a derivative that is already there; or the name of a backend. Arguments are floats, arrays
    (also of PyTorch and JAX), dicts and lists of them; those that `wrt` does not name are data.
    operator: "gradient", "derivative", "jacobian" (y.shape + x.shape), "hessian", "jvp", "vjp" or "hvp"; None
    is the gradient of a scalar f and the jacobian of any other. For the last three g takes the direction as
    one more argument; it is drawn if `direction` is None.
    slack: roundings allowed for each rounding of an ideal computation. seed: of all that is drawn.
    Raises what f or g raise at the point, ValueError for an operator that does not fit.

    >>> check_gradient(lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([1.0, 2.0])).verdict
    'agree'
    >>> check = check_gradient(lambda x: np.sum(x**3), lambda x: -3 * x**2, np.array([1.0, 2.0]))
    >>> check.verdict, check.cause
    ('disagree', 'sign')
    """
    question = Question(f, g, args, wrt, operator, direction, seed)
    finding = find(question, slack)
    return as_check(question, with_complaints(question, finding), slack)


def assert_gradient(f: Callable[..., Any], g: Any, *args: Any, **options: Any) -> Check:
    """The Check of `check_gradient` for the same arguments; AssertionError with its message unless it agrees.

    >>> assert_gradient(lambda x: x**2, lambda x: 2 * x, 3.0).verdict
    'agree'
    """
    check = check_gradient(f, g, *args, **options)
    if not check:
        raise AssertionError(f"\n{check}")
    return check


def check_grad(
    func: Callable[..., Any], grad: Callable[..., Any], x0: Any, *args: Any,
    epsilon: float | None = None, direction: str = "all", seed: int | None = None,
) -> float:  # fmt: skip
    """The 2-norm of grad(x0) minus the derivative of func, as scipy.optimize.check_grad returns it.

    It is taken against the enclosure of func, or the best other reference, so `epsilon`, SciPy's step, is
    accepted and not needed. direction: "all", or "random" for the difference along one direction drawn with
    `seed`. Raises ValueError where func has no reference at x0.

    >>> check_grad(lambda x: x[0] ** 2 - x[1], lambda x: np.array([2 * x[0], -1]), [1.5, -1.5])
    0.0

    scipy.optimize.check_grad, SciPy 1.17.
    """
    if direction not in ("all", "random"):
        raise ValueError(f'direction={direction!r} is neither "all" nor "random".')
    question = Question(func, grad, (np.asarray(x0, dtype=float), *args), 0, "gradient", None, seed or 0)
    reference, reasons = find_reference(question)
    if reference is None or not np.all(np.isfinite(reference.value)):
        why = said(reasons) or "f is not smooth"
        raise ValueError(f"there is no derivative to compare with at x0: {why}.")
    gap = (question.claim_matrix()[0] - reference.value)[0]
    if direction == "random":
        return abs(float(gap @ np.random.default_rng(seed).standard_normal(gap.size)))
    return float(np.linalg.norm(gap))


def watch(f: Callable[..., Any], g: Any, *, calls: int = 3, **options: Any) -> Callable[..., Any]:
    """g, or f where g is True, checked in the first calls of a run, and left alone from then on.

    Raises AssertionError from the first call whose gradient disagrees; warns (UserWarning) where it cannot
    tell. options: as for check_gradient.

    >>> gradient = watch(lambda x: np.sum(x**2), lambda x: 2 * x, calls=1)
    >>> gradient(np.array([1.0, 2.0])), gradient(np.array([3.0, 4.0]))
    (array([2., 4.]), array([6., 8.]))
    """
    left = [calls]
    watched = f if g is True else g

    def gradient(*args: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            check = check_gradient(f, g, *args, **options)
            if check.verdict == "disagree":
                raise AssertionError(f"\n{check}")
            if not check:
                warnings.warn(str(check), UserWarning, stacklevel=2)
        return watched(*args)

    return gradient


def check_adjoint(
    jvp: Callable[..., Any], vjp: Callable[..., Any], *args: Any, seed: int = 0, slack: float = SLACK
) -> bool:
    """Whether w'(Jv) = (w'J)v for seeded directions: what holds for any Jacobian product and its transpose.

    jvp(x, v) and vjp(x, w) for one array x, perhaps with data between it and the direction. It needs no f, so
    two products of the same wrong Jacobian pass.

    >>> A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> x = np.zeros(2)
    >>> check_adjoint(lambda x, v: A @ v, lambda x, w: A.T @ w, x)
    True
    >>> check_adjoint(lambda x, v: A @ v, lambda x, w: A[::-1].T @ w, x)
    False
    """
    random, x = np.random.default_rng(seed), np.asarray(args[0], dtype=float)
    for _ in range(3):
        v = random.standard_normal(x.shape)
        Jv = np.asarray(jvp(*args, v))
        w = random.standard_normal(Jv.shape)
        wJ = np.asarray(vjp(*args, w))
        eps = max(float(np.finfo(a.dtype).eps) for a in (Jv, wJ, v) if a.dtype.kind == "f")
        size = np.linalg.norm(w) * np.linalg.norm(Jv) + np.linalg.norm(wJ) * np.linalg.norm(v)
        if not abs(np.sum(w * Jv) - np.sum(wJ * v)) <= slack * eps * size:
            return False
    return True


# The walk


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
            what = f"the claim is not deterministic: two calls at one point differ by {gap:.1e}; fix its seed"
            question.complain("not deterministic", what)
    if value is not None:
        y = np.asarray(question.y, dtype=float)
        size = np.abs(y) + float(np.sum(np.abs(got) * np.abs(question.x))) if len(got) == 1 else np.abs(y)
        gap = np.abs(np.asarray(value, dtype=float).reshape(y.shape) - y)
        if np.any(gap > math.sqrt(eps) * size):  # half of the digits: what a sound method can lose
            question.complain("value", f"the value that comes with the claim is {value}, and f is {y} there")


def judged(question: Question, reference: Reference, got: np.ndarray, eps: float, slack: float) -> Finding:
    """Claim against reference, entry by entry."""
    rounding = slack * returned(got, reference.value, eps) + question.claimed_bound
    e = gathered(question, reference, got, eps, rounding)
    if e.wrong.any():
        e = replace(e, tolerance=e.tolerance + slack * carried(question, reference, got, eps))
    found = Finding("agree", evidence=e, reference=reference.name, got=got)
    if e.wrong.any():
        cause, sentence = off_the_kink(e, reference) or explain(e)
        opinions, pardon = ask_others(question, reference, e)
        found = replace(found, opinions=opinions)
        if pardon and not pardon.verdict:
            return by_differences(question, got, eps, slack)
        if pardon:
            return replace(found, verdict=pardon.verdict, cause=pardon.cause, sentence=pardon.sentence)
        return replace(found, verdict="disagree", cause=cause, sentence=sentence)
    if e.hidden.any():
        verdict, cause, sentence = undecided(e, reference)
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
        sizes, eps, question.operator == "hessian",
    )  # fmt: skip


def off_the_kink(e: Evidence, reference: Reference) -> tuple[str, str] | None:
    """The cause where only entries at kinks are wrong: they are no slope on either side, nor between."""
    if not np.all(reference.kinked[e.wrong]) or not np.any(e.got[e.wrong]):
        return None
    left, right = reference.sides
    i, j = e.worst(1)[0]
    low, high = sorted((left[i, j], right[i, j]))
    return "kink", f"f has a kink at {e.label(i, j)}, and its slopes lie between {low:.6g} and {high:.6g}"


def undecided(e: Evidence, reference: Reference) -> tuple[str, str, str]:
    """The verdict on a claim that is within a tolerance too wide to mean much."""
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
        sampled.verdict, sampled.cause, sentence, sampled.evidence, "differences along directions",
        sampled.opinions, got, counted=False,
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


# The record


def as_check(question: Question, found: Finding, slack: float) -> Check:
    """The record of a finding, with its message."""
    e = found.evidence
    slope = None
    if found.verdict == "disagree" and found.got is not None:
        slope = taylor_slope(question, found.got)
    rows = rows_of(e) if e is not None and found.verdict != "agree" else []
    wrong = int(e.wrong.sum()) if e is not None and found.counted else None
    line = reproduce(question, slack)
    return Check(
        message=message(question, found, rows, slope, line),
        function=name_of(question.given, "f"),
        claimed=claim_name(question),
        operator=question.operator,
        point=dict(zip(question.names, question.args)),
        seed=question.seed,
        verdict=found.verdict,
        cause=found.cause,
        reference=found.reference,
        slack=slack,
        entries=None if found.got is None else int(found.got.size),
        wrong=wrong,
        digits=None if e is None else round(float(np.min(e.digits, initial=17.0)), 1),
        worst=rows,
        opinions=found.opinions or {},
        taylor=slope,
        evaluations=question.calls,
        reproduce=line,
        versions=package_versions(),
    )


def message(
    question: Question, found: Finding, rows: list[dict[str, Any]], slope: float | None, line: str
) -> str:
    """The message: a sentence, the worst entries, who else says so, how to see it again."""
    against = {"enclosure": "the certified enclosure of f", "": "f"}.get(found.reference, found.reference)
    verb = {"agree": f"agrees with {against}", "disagree": f"disagrees with {against}",
            "cannot tell": "cannot be judged here"}[found.verdict]  # fmt: skip
    lines = [f"{title(question)} {verb}{': ' + found.sentence if found.sentence else ''}."]
    if found.verdict == "agree":
        return lines[0]
    e = found.evidence
    shown = (int(e.wrong.sum()) or int(e.hidden.sum())) - SHOWN if e is not None else 0
    lines += table(rows, shown)
    if e is not None and e.wrong.any() and found.counted:
        lines.append(f"  {int(e.wrong.sum()):,} of {e.wrong.size:,} entries are beyond their tolerance.")
    opinions = (found.opinions or {}).items()
    lines += [f"  {name[0].upper() + name[1:]}: {opinion}." for name, opinion in opinions]
    if slope is not None:
        lines.append(f"  The Taylor remainder falls like h^{slope:g}; 2 is right, 1 is wrong.")
    return "\n".join([*lines, f"  See it again: {line}"])
