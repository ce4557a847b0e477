"""How many scalar operations a program takes: what can be said of cost without a clock.

An operation is one arithmetic operation or one elementary function of numbers; a pointwise row is one for
each entry of its answer. Comparing, choosing and moving entries (where, indexing, reshaping, joining) is
none. So the gradient's operations over f's are bounded by a small number, whatever the number of arguments
(Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from ..calculus.rules import Composite, Interpreted, Pointwise, Row, bind, shape_of, subscripts
from .program import Program
from .traced import Traced, run

Shape = tuple[int, ...]


def lost(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    """One operation for every entry that disappears."""
    return prod(shapes[0]) - prod(out)


def product_terms(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    """A contraction: a product for each choice of all letters, and the sums of these."""
    a, b, _ = subscripts(params["spec"])
    terms = prod(dict(zip(a + b, shapes[0] + shapes[1], strict=True)).values())
    return 2 * terms - prod(out)


def elimination(n: int) -> int:
    """Multiplications and additions of Gaussian elimination."""
    return (2 * n**3 - 2 * n) // 3


COUNTS: dict[str, Callable[[Sequence[Shape], Shape, dict[str, Any]], int]] = {
    **dict.fromkeys(("sum", "prod", "max", "min"), lost),
    "cumsum": lambda shapes, out, params: prod(out) - prod(out) // max(out[params["axis"]], 1),
    "scatter": lambda shapes, out, params: prod(shapes[0]),
    "contract": product_terms,
    "norm": lambda shapes, out, params: 2 * prod(shapes[0]),
    "det": lambda shapes, out, params: elimination(shapes[0][0]) + shapes[0][0] - 1,
    "solve": lambda shapes, out, params: elimination(shapes[0][0]) + 2 * shapes[0][0] * prod(shapes[1]),
}


def operations(row: Row, shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    """Operations of one row from shapes alone.

    >>> from ..calculus.rules import TABLE
    >>> operations(TABLE["contract"], [(3, 4), (4,)], (3,), {"spec": "ij,j->i"})
    21
    """
    if isinstance(row, (Pointwise, Composite)):
        return prod(out)
    return COUNTS[row.name](shapes, out, params) if row.name in COUNTS else 0


def operations_of(program: Program) -> int:
    """Operations of a recorded program."""
    shapes = program.shapes
    return sum(
        operations(e.row, [shapes[x] for x in e.xs], shapes[e.out], e.params) for e in program.equations
    )


class Counter:
    """The operations of one run."""

    def __init__(self) -> None:
        self.operations = 0


class Counting(Traced):
    """A plain value that adds what is done with it to a counter."""

    __slots__ = ("counter", "primal")
    level = 0  # differentiations of what is being counted start later
    opens = False

    def __init__(self, primal: Any, counter: Counter):
        self.primal, self.counter = primal, counter

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return shape_of(self.primal)

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __repr__(self) -> str:
        return f"Counting({self.primal!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        y = bind(row, [x.primal if type(x) is Counting else x for x in xs], params)
        self.counter.operations += operations(row, [shape_of(x) for x in xs], shape_of(y), params)
        return Counting(y, self.counter)


def counted(f: Callable[..., Any], xs: Sequence[Any]) -> int:
    """Operations that f takes at xs, as it branches there.

    >>> counted(lambda x: 4 * x * (1 - x), [0.3])
    3
    """
    counter = Counter()
    run(f, [x if isinstance(x, Interpreted) else Counting(x, counter) for x in xs])
    return counter.operations
