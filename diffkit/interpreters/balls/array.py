"""Arrays of tape entries: what a program sees when it is run over balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...calculus.arrays import product
from ...calculus.rules import Constant, Interpreted, Pointwise, Row, Select, subscripts
from ..traced import Traced, levels
from . import matrices
from .exact import Primitive
from .tape import Entry, Tape, ball, decide, larger, note, smaller

BOOL = np.dtype(bool)


class BallArray(Traced):
    """An array whose elements are entries of one tape, or numbers, which are constants."""

    __slots__ = ("entries", "level", "tape")

    def __init__(self, tape: Tape, entries: Any, level: int):
        self.tape, self.entries, self.level = tape, entries, level

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return getattr(self.entries, "shape", ())

    @property
    def primal(self) -> Any:  # type: ignore[override]
        """The entries: questions such as np.argsort compare them, and so are decided by the balls."""
        return np.asarray(self.entries, dtype=object)

    def __repr__(self) -> str:
        return f"BallArray({self.entries!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        operands = [
            x.entries if type(x) is BallArray and x.tape is self.tape else plain_operand(x) for x in xs
        ]
        answer = reading(row)(self.tape, row, operands, **params)
        if getattr(answer, "dtype", None) is BOOL:
            return answer
        return BallArray(self.tape, answer, self.level)


def plain_operand(x: Any) -> Any:
    """A constant operand; values of other interpreters cannot be mixed in."""
    if isinstance(x, Interpreted):
        raise TypeError(
            f"balls cannot hold {type(x).__name__} values; differentiate inside the program instead"
        )
    return x


def elementwise(tape: Tape, row: Row, operands: Sequence[Any]) -> Any:
    """A pointwise row: one entry per element."""
    primitive = Primitive.of(row)
    return np.frompyfunc(lambda *xs: note(tape, primitive, xs), len(operands), 1)(*operands)


def decided(tape: Tape, row: Row, operands: Sequence[Any]) -> Any:
    """A piecewise constant row: plain bools, or entries without a slope."""

    def answer(*xs: Any) -> Any:
        y = decide(tape, row.name, xs)
        return y if isinstance(y, bool) else Entry(tape, y, None, (), False)

    answers = np.frompyfunc(answer, len(operands), 1)(*operands)
    flags = boxed(answers)
    return flags.astype(bool) if all(isinstance(each, bool) for each in flags.flat) else answers


def chosen(tape: Tape, row: Row, operands: Sequence[Any]) -> Any:
    """np.where: the entry of the branch that was taken."""
    condition, a, b = operands
    if getattr(condition, "dtype", None) is not BOOL:
        condition = np.frompyfunc(lambda x: decide(tape, "not_equal", (x, 0)), 1, 1)(condition)
    return loose(np.where(np.asarray(condition, dtype=bool), boxed(a), boxed(b)))


def structural(tape: Tape, row: Row, operands: Sequence[Any], **params: Any) -> Any:
    """Rows that move, add or multiply entries do so to entries as to numbers."""
    return loose(row.evaluate(*map(boxed, operands), **params))


def boxed(x: Any) -> np.ndarray:
    """x as an object array."""
    return x if isinstance(x, np.ndarray) and x.dtype == object else np.asarray(x, dtype=object)


def loose(y: Any) -> Any:
    """An object array of no axes as what is in it."""
    return y[()] if isinstance(y, np.ndarray) and y.shape == () else y


def extreme(better: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """max and min: the entry itself where the balls decide which."""
    reduce = np.frompyfunc(better, 2, 1, identity=None).reduce
    return lambda tape, row, operands, axes: reduce(boxed(operands[0]), axis=axes)


def contracted(tape: Tape, row: Row, operands: Sequence[Any], spec: str) -> Any:
    """A contraction, as matrix products over the letters that both operands and the answer share."""
    a, b, out = subscripts(spec)
    shared, inner, left, right = letters(a, b, out)
    x, y = boxed(operands[0]), boxed(operands[1])
    size = dict(zip(a + b, x.shape + y.shape, strict=True))
    x = arranged(x, a, (shared, left, inner), size)
    y = arranged(y, b, (shared, inner, right), size)
    blocks = [matrices.apply(tape, matrices.PRODUCT, one, other) for one, other in zip(x, y, strict=True)]
    made = shared + left + right
    answer = np.array(blocks, dtype=object).reshape([size[c] for c in made])
    return loose(answer.transpose([made.index(c) for c in out]))


def letters(a: str, b: str, out: str) -> tuple[str, str, str, str]:
    """Letters shared by all three words, summed over, of the left operand alone, of the right one alone."""
    shared = "".join(c for c in a if c in b and c in out)
    inner = "".join(c for c in a if c in b and c not in out)
    return shared, inner, "".join(c for c in a if c not in b), "".join(c for c in b if c not in a)


def arranged(x: np.ndarray, word: str, groups: Sequence[str], size: dict[str, int]) -> np.ndarray:
    """x with its axes in the order of the groups, each group one axis."""
    x = x.transpose([word.index(c) for c in "".join(groups)])
    return x.reshape([product(tuple(size[c] for c in group)) for group in groups])


def solved(tape: Tape, row: Row, operands: Sequence[Any]) -> Any:
    """A linear system; leading axes of the right-hand side become columns."""
    a, b = map(boxed, operands)
    columns = np.moveaxis(b, -2, 0)
    y = matrices.apply(tape, matrices.SOLVE, a, columns.reshape(b.shape[-2], -1))
    return np.moveaxis(y.reshape(columns.shape), 0, -2)


def determinant(tape: Tape, row: Row, operands: Sequence[Any], axes: tuple[int, ...]) -> Any:
    return matrices.apply(tape, matrices.DETERMINANT, boxed(operands[0]))[0, 0]


KINDS: dict[type, Callable[..., Any]] = {Pointwise: elementwise, Constant: decided, Select: chosen}
WHOLE: dict[str, Callable[..., Any]] = {
    "max": extreme(larger),
    "min": extreme(smaller),
    "contract": contracted,
    "solve": solved,
    "det": determinant,
}


def reading(row: Row) -> Callable[..., Any]:
    """How balls read a row."""
    kind = next((kind for kind in type(row).__mro__ if kind in KINDS), None)
    return KINDS[kind] if kind else WHOLE.get(row.name, structural)


def inputs(tape: Tape, x: Any) -> BallArray:
    """An argument as exact balls, one entry of the tape per number."""
    return BallArray(tape, np.frompyfunc(tape.input, 1, 1)(x), next(levels))


def entries_of(y: Any) -> np.ndarray:
    """The entries and numbers of an answer."""
    return boxed(y.entries if type(y) is BallArray else y)


def values(entries: np.ndarray) -> np.ndarray:
    """The balls of entries and numbers."""
    answer = np.empty(entries.shape, dtype=object)
    answer.reshape(-1)[:] = [ball(x) for x in entries.flat]
    return answer


def exact(xs: Any) -> np.ndarray:
    """Numbers as balls: a double is exact.

    >>> exact([0.5, 2.0])[1]
    2.00000000000000
    """
    return values(np.asarray(xs, dtype=object))
