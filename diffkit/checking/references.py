"""What a claim is held against: the enclosure of f, else a complex step, else differences and their bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..differentiators.operators import prepare
from ..differentiators.registry import UnknownBackend, backend
from ..harness.targets import one_line
from ..harness.truth import MANY_NODES, opened, truth
from ..interpreters import balls as enclosed
from .question import DIRECTED, Question
from .scatter import scatter

EPS = 2.0**-52
SLACK = 32.0  # roundings allowed per rounding of an ideal run: a gradient may be computed in another order
MOST_INPUTS, MOST_ENTRIES = 3000, 30_000  # enclosed entry by entry: a second
MOST_LINES = 64  # entries found by differences one by one, some 25 evaluations each
LAST_BITS = 1024
DIFFERENCES = "finite:scheme=adaptive"
SECOND_DIFFERENCES = "finite:scheme=adaptive,order=6"
TRACE = 5e-3  # relative difference of both slopes from which on it is called a kink
UNSOUND = {
    "kink": "left and right slopes of f differ",
    "jump": "f jumps",
    "infinite slope": "the slope of f is infinite",
    "noisy": "f is noisy",
    "unresolved": "differences of f do not settle: it is noise, or varies too fast",
    "one-sided": "f is defined on one side only",
    "C1": "differences see no second derivative of f",
}


@dataclass(frozen=True)
class Reference:
    """A derivative as a matrix, and the radius of each entry: inf where nothing is known.

    left, right: one-sided slopes where they differ, else None. trouble: what stands in the way, in words.
    """

    name: str
    value: np.ndarray
    radius: np.ndarray
    trouble: str = ""
    diagnosis: str = ""
    left: np.ndarray | None = None
    right: np.ndarray | None = None

    @property
    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """The slopes of both sides, the value itself where they do not differ."""
        known = self.left is not None and self.right is not None
        return (self.left, self.right) if known else (self.value, self.value)  # type: ignore[return-value]

    @property
    def kinked(self) -> np.ndarray:
        """Entries at which the slopes of both sides differ by more than a trace."""
        left, right = self.sides
        with np.errstate(invalid="ignore"):
            return np.abs(left - right) > TRACE * np.maximum(np.abs(left), np.abs(right))


class NoReference(ValueError):
    """Why a kind of reference is not to be had, in a sentence."""


def find_reference(question: Question) -> tuple[Reference | None, dict[str, str]]:
    """The best reference that there is, and why the better ones are not."""
    reasons: dict[str, str] = {}
    for name, find in LADDER.items():
        try:
            return find(question), reasons
        except NoReference as reason:
            reasons[name] = str(reason)
    return None, reasons


def enclosure(question: Question, args: tuple[Any, ...] | None = None) -> Reference:
    """The certified derivative of f as a program; raises NoReference."""
    inputs = question.x.size
    outputs = inputs if question.operator == "hessian" else max(question.y.size, 1)
    if any(cause == "not deterministic" for cause, _ in question.complaints):
        raise NoReference("f is not deterministic")
    if inputs > MOST_INPUTS or inputs * outputs > MOST_ENTRIES:
        raise NoReference(f"{inputs} inputs and {outputs} outputs are too many to enclose one by one")
    f, _ = question.to_first_order()
    try:
        with np.errstate(all="ignore"):
            found = truth(f, question.doubles if args is None else args, question.wrt, last_bits=LAST_BITS)
    except Exception as error:  # foreign code meets values that are no arrays, and may raise anything
        raise NoReference(f"f cannot be traced ({one_line(error)})") from error
    if found.rows is None or found.directions is not None:
        raise NoReference(found.reason or "only directions can be certified")
    value = enclosed.nearest(found.rows)
    radius = EPS * np.abs(value)
    if question.operator == "jvp":
        value, radius = along(question, value), np.abs(radius) @ np.abs(flat_direction(question)) * inputs
        return Reference("enclosure", value.reshape(1, -1), radius.reshape(1, -1))
    return Reference("enclosure", value, radius)


def along(question: Question, J: np.ndarray) -> np.ndarray:
    return J @ flat_direction(question)


def flat_direction(question: Question) -> np.ndarray:
    """v as one vector."""
    leaves = question.layout.directions(question.args, question.direction)
    return np.concatenate([np.reshape(x, -1) for x in leaves])


def spread(question: Question, seeds: range = range(3)) -> np.ndarray:
    """The rounding that no method escapes, per entry, where f can be enclosed.

    It is how far the derivative moves when each operation of f and of its differentiation is perturbed by up
    to half a unit in the last place.
    """
    f, _ = question.to_first_order()
    args = question.doubles
    _, of_leaves, leaves = opened(f, args, question.wrt)
    program = enclosed.run(of_leaves, leaves, 128)
    if len(program.tape.nodes) > MANY_NODES:
        seeds = seeds[:1]
    ws = np.eye(program.answer.size)
    exact = enclosed.nearest(program.jacobian())
    with np.errstate(all="ignore"):
        moves = [enclosed.perturbed_jacobian(program, s, ws) - exact for s in seeds]
        if question.operator == "jvp":
            moves = [along(question, move).reshape(1, -1) for move in moves]
        largest = np.max(np.abs(moves), axis=0)
    return np.where(np.isnan(largest), np.inf, largest)


def complex_step(question: Question) -> Reference:
    """The complex step, where a difference quotient confirms that f is analytic; raises NoReference."""
    if question.operator in ("hessian", "hvp") or question.x.size > MOST_LINES:
        raise NoReference("not used for second derivatives or for many inputs")
    try:
        named = backend("complex-step")
        f, operator = question.to_first_order()
        p = prepare(f, *question.doubles, wrt=question.wrt, backend=named)

        def matrix(args: tuple[Any, ...]) -> np.ndarray:
            return question_matrix(question, getattr(p, operator)(*args))

        value = matrix(question.doubles)
        rounding = SLACK * scatter(question, matrix, EPS) + 64 * EPS * np.abs(value)
    except UnknownBackend as error:
        raise NoReference("there is no backend complex-step") from error
    except Exception as error:  # foreign code meets complex numbers, and may raise anything
        raise NoReference(f"f does not take complex numbers ({one_line(error)})") from error
    near = differences(question)
    gap = np.abs(value - near.value)
    if near.diagnosis != "ok" or not np.all(gap <= near.radius + rounding):
        raise NoReference("the complex step is not confirmed by differences, so f is not analytic")
    return Reference("complex step", value, rounding)


def differences(question: Question, scheme: str = DIFFERENCES, most: int = MOST_LINES) -> Reference:
    """Adaptive differences with their own bound; raises NoReference, also for more than `most` inputs."""
    columns = question.y.size if question.operator == "jvp" else question.x.size
    if columns > most and question.operator != "jvp":
        raise NoReference(f"{columns} inputs are too many to difference one by one")
    f, operator = question.f, question.operator
    extra: tuple[Any, ...] = ()
    if operator == "vjp":
        f, operator = question.to_first_order()
    args = question.doubles
    if operator in DIRECTED:
        extra, args = (question.direction,), (args,)
    try:
        p = prepare(f, *question.doubles, wrt=question.wrt, backend=scheme)
        with np.errstate(all="ignore"):
            found = p.estimate(operator, *args, *extra)
    except (ArithmeticError, ValueError, NotImplementedError) as error:
        raise NoReference(f"no difference can be taken ({one_line(error)})") from error
    value = found.value[1] if operator == "jvp" else found.value
    parts = [None if each is None else question_matrix(question, each) for each in (found.left, found.right)]
    radius = question_matrix(question, found.bound)
    center = question_matrix(question, value)
    radius = np.where(np.isnan(radius) | np.isnan(center), np.inf, np.abs(radius))
    trouble = UNSOUND.get(found.diagnosis, "")
    if operator in ("hessian", "hvp") and trouble:  # the sides are those of lines, and not of these entries
        trouble = UNSOUND["C1"] if found.diagnosis == "kink" else trouble
        parts = [None, None]
        radius = np.where(radius <= TRACE * np.abs(center), radius, np.inf)
    if parts[0] is not None and parts[1] is not None:
        center, radius = between(center, radius, parts[0], parts[1])
    return Reference("differences", center, radius, trouble, found.diagnosis, parts[0], parts[1])


def between(
    center: np.ndarray, radius: np.ndarray, left: np.ndarray, right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(center, radius) of the stretch from one slope to the other, where those of both sides differ."""
    with np.errstate(invalid="ignore"):
        gap = np.abs(left - right)
        kink = (gap > 0) & np.isfinite(gap) & np.isfinite(radius)
        doubt = radius - np.where(radius >= gap, gap, gap / 2)
        middle = (left + right) / 2
    return np.where(kink, middle, center), np.where(kink, gap / 2 + np.maximum(doubt, 0), radius)


def question_matrix(question: Question, value: Any) -> np.ndarray:
    return question.matrix(value)[0]


LADDER = {"enclosure": enclosure, "complex step": complex_step, "differences": differences}
