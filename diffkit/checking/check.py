"""The public face of checking: a Check, an assertion, SciPy's check_grad, a watch over a run.

Nobody chooses a tolerance: how claim and reference are compared is in walk.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness.record import package_versions
from .evidence import Evidence
from .opinions import taylor_slope
from .question import Question, Wrt
from .record import Check
from .references import SLACK, differences, find_reference
from .walk import Finding, find, said, with_complaints
from .words import SHOWN, claim_name, name_of, reproduce, rows_of, table, title


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
    Raises what f or g raise at the point, ValueError for a negative slack or an operator that does not fit.

    >>> check_gradient(lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([1.0, 2.0])).verdict
    'agree'
    >>> check = check_gradient(lambda x: np.sum(x**3), lambda x: -3 * x**2, np.array([1.0, 2.0]))
    >>> check.verdict, check.cause
    ('disagree', 'sign')
    """
    if not slack >= 0:
        raise ValueError(f"slack={slack} is no number of roundings: it is 0 or more, {SLACK:g} by default.")
    question = Question(f, g, args, wrt, operator, direction, seed)
    finding = find(question, slack)
    return as_check(question, with_complaints(question, finding), slack)


def assert_gradient(f: Callable[..., Any], g: Any, *args: Any, **options: Any) -> Check:
    """The Check of `check_gradient` for the same arguments; AssertionError with its message unless it agrees.

    >>> assert_gradient(lambda x: x**2, lambda x: 2 * x, 3.0).verdict
    'agree'
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this one
    check = check_gradient(f, g, *args, **options)
    if not check:
        raise AssertionError(str(check))
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
    if reference is None and not question.complaints:
        reference = differences(question, most=question.x.size)
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
                raise AssertionError(str(check))
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


# The record

UNSEEN = 1.4  # a slope of the Taylor remainder that does not tell a wrong gradient from a right one


def as_check(question: Question, found: Finding, slack: float) -> Check:
    """The record of a finding, with its message."""
    e = found.evidence
    slope = None
    if found.verdict == "disagree" and found.got is not None:
        slope = taylor_slope(question, found.got, None if e is None or found.counted else wrong_places(e))
    rows = rows_of(e) if e is not None and found.verdict != "agree" else []
    wrong = int(e.wrong.sum()) if e is not None and found.counted else found.wrong
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


def wrong_places(e: Evidence) -> np.ndarray | None:
    """The inputs of wrong entries, where the evidence holds some of many."""
    return None if e.places is None else e.places[np.any(e.wrong, axis=0)]


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
    if found.verdict == "disagree" and question.foreign and question.claimed == question.foreign.package:
        own = question.foreign
        lines.append(
            f"  {own.title}'s own rules are seldom to blame: look at every {own.custom} that f uses."
        )
    if slope is not None:
        seen = "2 is right, 1 is wrong" if slope < UNSEEN else "the error is too small to show in it"
        lines.append(f"  The Taylor remainder falls like h^{slope:g}; {seen}.")
    return "\n".join([*lines, f"  See it again: {line}"])
