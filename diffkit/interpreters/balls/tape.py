"""A scalar tape over balls: every entry is one primitive's value, every way back one partial from FLINT.

Entries live in NumPy object arrays, so whatever only moves numbers about (reshaping, indexing, joining) moves
entries and needs no transpose, and sums add them. Partials are computed when an adjoint asks for them: a
branch that np.where did not take is never differentiated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

from .context import NAN, NotEnclosed
from .decisions import DECISIONS, wider
from .exact import Primitive

ADD = Primitive("add", lambda m, a, b: a + b)
SUBTRACT = Primitive("subtract", lambda m, a, b: a - b)
MULTIPLY = Primitive("multiply", lambda m, a, b: a * b)
DIVIDE = Primitive("divide", lambda m, a, b: a / b)
NEGATE = Primitive("negative", lambda m, x: -x)
SQRT = Primitive("sqrt", "sqrt")
LARGER = Primitive("max", lambda m, a, b: m.max(a, b))
SMALLER = Primitive("min", lambda m, a, b: m.min(a, b))


class Tape:
    """The entries of one program in the order in which they were made.

    doubts: decisions that fell on a jump, such as x > 0 at exactly 0: the value stands, a derivative does
    not.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.doubts: list[NotEnclosed] = []

    def input(self, x: float) -> Entry:
        return Entry(self, arb(x), None, (), True)

    def admit(self, entry: Entry) -> None:
        """Give an entry that depends on the inputs its place."""
        entry.position = len(self.nodes)
        self.nodes.append(entry)


class Entry:
    """One number of the program: a ball, and how it was made.

    position: its place on the tape, -1 where it does not depend on the inputs. reason: why it has no value.
    """

    __slots__ = ("operands", "partials", "position", "primitive", "reason", "tape", "value")

    def __init__(
        self,
        tape: Tape,
        value: arb,
        primitive: Primitive | None,
        operands: Sequence[Any],
        live: bool,
        reason: NotEnclosed | None = None,
    ):
        self.tape, self.value, self.reason = tape, value, reason
        self.primitive, self.operands = primitive, operands
        self.partials: list[arb | None] | None = None
        self.position = -1
        if live:
            tape.admit(self)

    def __repr__(self) -> str:
        return f"Entry({self.value.str(10)})"

    def partial(self, i: int) -> arb:
        """The partial in operand i; raises NotEnclosed where there is none."""
        if self.partials is None:
            self.partials = [None for _ in self.operands]
        p = self.partials[i]
        if p is None:
            if not self.value.is_finite():
                raise culprit(self)
            p = self.partials[i] = self.primitive.partial([ball(x) for x in self.operands], i)  # type: ignore[union-attr]
        return p

    def pull(self, adjoints: list[Any]) -> None:
        """Hand the adjoint on to the operands."""
        w = adjoints[self.position]
        if w is None:
            return
        for i, x in enumerate(self.operands):
            if is_live(x):
                try:
                    part = w * self.partial(i)
                except NotEnclosed as error:
                    if error.kink and w.is_zero():
                        continue  # Lipschitz, and nothing depends on it to first order
                    raise
                so_far = adjoints[x.position]
                adjoints[x.position] = part if so_far is None else so_far + part

    # What NumPy's functions of object arrays call

    def __add__(self, other: Any) -> Entry:
        return self if type(other) is int and other == 0 else note(self.tape, ADD, (self, other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Entry:
        return note(self.tape, SUBTRACT, (self, other))

    def __rsub__(self, other: Any) -> Entry:
        return note(self.tape, SUBTRACT, (other, self))

    def __mul__(self, other: Any) -> Entry:
        return self if type(other) is int and other == 1 else note(self.tape, MULTIPLY, (self, other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Entry:
        return note(self.tape, DIVIDE, (self, other))

    def __rtruediv__(self, other: Any) -> Entry:
        return note(self.tape, DIVIDE, (other, self))

    def __neg__(self) -> Entry:
        return note(self.tape, NEGATE, (self,))

    def sqrt(self) -> Entry:
        return note(self.tape, SQRT, (self,))

    def __lt__(self, other: Any) -> bool:
        return decide(self.tape, "less", (self, other))

    def __le__(self, other: Any) -> bool:
        return decide(self.tape, "less_equal", (self, other))

    def __gt__(self, other: Any) -> bool:
        return decide(self.tape, "greater", (self, other))

    def __ge__(self, other: Any) -> bool:
        return decide(self.tape, "greater_equal", (self, other))

    def __eq__(self, other: Any) -> bool:
        return decide(self.tape, "equal", (self, other))

    def __ne__(self, other: Any) -> bool:
        return decide(self.tape, "not_equal", (self, other))

    def __bool__(self) -> bool:
        return decide(self.tape, "not_equal", (self, 0))

    __hash__ = object.__hash__


def ball(x: Any) -> arb:
    """The ball of an entry; a number is itself, exactly."""
    return x.value if type(x) is Entry else x if type(x) is arb else arb(x)


def is_live(x: Any) -> bool:
    """Whether x is an entry that depends on the inputs."""
    return type(x) is Entry and x.position >= 0


def note(tape: Tape, primitive: Primitive, operands: Sequence[Any]) -> Entry:
    """The entry of a primitive applied to entries and numbers."""
    reason = None
    try:
        value = primitive.value([ball(x) for x in operands])
    except NotEnclosed as error:
        value, reason = NAN, error
    return Entry(tape, value, primitive, operands, any(map(is_live, operands)), reason)


def decide(tape: Tape, name: str, operands: Sequence[Any]) -> Any:
    """The answer of a piecewise constant function. Raises NotEnclosed if the balls do not decide it."""
    function = DECISIONS[name]
    xs = [ball(x) for x in operands]
    if name == "stop" or not any(map(is_live, operands)):
        return function(*xs)
    try:
        return function(*(wider(x.value) if is_live(x) else b for x, b in zip(operands, xs, strict=True)))
    except NotEnclosed:
        answer = function(*xs)
        points = ", ".join(x.str(5) for x in xs)
        tape.doubts.append(NotEnclosed(f"{name} sits on its jump at {points}", all(x.is_exact() for x in xs)))
        return answer


def better(primitive: Primitive, ahead: Any) -> Any:
    """The larger or smaller of two entries: itself where the balls decide, a primitive where not."""

    def chosen(a: Any, b: Any) -> Any:
        x, y = ball(a), ball(b)
        if ahead(x, y):
            return a
        if ahead(y, x):
            return b
        if not is_live(a) and not is_live(b) and x == y:
            return a
        tape = a.tape if type(a) is Entry else b.tape
        return note(tape, primitive, (a, b))

    return chosen


larger, smaller = better(LARGER, arb.__gt__), better(SMALLER, arb.__lt__)


def culprit(entry: Entry) -> NotEnclosed:
    """Why an entry is no finite ball: the first operation behind it that has none from operands that have."""
    while True:
        behind = [x for x in entry.operands if type(x) is Entry and not x.value.is_finite()]
        if not behind:
            break
        entry = behind[0]
    xs = [ball(x) for x in entry.operands] or [entry.value]
    name = entry.primitive.name if entry.primitive else "the input"
    message = str(entry.reason) if entry.reason else f"{name} at {', '.join(x.str(5) for x in xs)}"
    return NotEnclosed(message, all(x.is_exact() for x in xs))


def sweep(tape: Tape, cotangents: Sequence[tuple[Any, Any]]) -> list[Any]:
    """Adjoints of all nodes for pairs (output, cotangent); None where the outputs do not depend on them.

    Raises NotEnclosed if a decision of the program fell on a jump, or if a needed partial does not exist.
    """
    if tape.doubts:
        raise tape.doubts[0]
    adjoints: list[Any] = [None] * len(tape.nodes)
    top = -1
    for y, w in cotangents:
        if is_live(y):
            so_far = adjoints[y.position]
            adjoints[y.position] = arb(w) if so_far is None else so_far + w
            top = max(top, y.position)
    for node in reversed(tape.nodes[: top + 1]):
        node.pull(adjoints)
    return adjoints
