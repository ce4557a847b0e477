"""Backend `compiled-numpy`: value and derivative recorded once, simplified, printed as one NumPy function.

The reverse pass runs over recorded values, so that forward and backward equations stand in one program and
are simplified together. There is one program an operator, made when it is first needed; the one of the
gradient (of the Jacobian, for functions with many outputs) is made at preparation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..calculus.rules import Interpreted, shape_of
from ..calculus.spellings import plain
from ..interpreters.forward import push_carefully, push_forward
from ..interpreters.operations import operations_of
from ..interpreters.program import Program, record_program
from ..interpreters.reverse import careful_sweep, has_nan, sweep
from ..interpreters.tape import Node, record
from ..programs.numpy_code import Printed, printed
from ..programs.passes import simplified
from .arguments import Layout, flatten, frozen, is_leaf, refuse_other, tree_of, written_out
from .forward import split_like
from .interface import Differentiator, Prepared, basis, finished, size_of
from .reverse import one

Flat = Callable[..., Any]
SINGULAR = frozenset(  # rows whose slope may be infinite
    "divide reciprocal power float_power log log1p log2 log10 sqrt cbrt "
    "arcsin arccos arccosh arctanh norm".split()
)
CHOOSING = frozenset(  # they make structural zeros, or stand in the slopes of what does
    "where place scatter equal not_equal greater greater_equal less less_equal".split()
)


class Ways(NamedTuple):
    """How a pass is made: one backward and one forward."""

    sweep: Callable[..., Any]
    push: Callable[..., Any]


PLAIN, STRONG = Ways(sweep, push_forward), Ways(careful_sweep, push_carefully)


class Compiled:
    """A recorded program and its printed function; `careful` makes the same with strong zeros.

    sparse: whether what is propagated may itself hold structural zeros, as a basis does.
    """

    def __init__(self, program: Program, careful: Callable[[], Program] | None, sparse: bool = False):
        self.program = simplified(program)
        self.printed: Printed = printed(self.program)
        rows = {equation.row.name for equation in self.program.equations}
        self.careful = careful if rows & SINGULAR and (sparse or rows & CHOOSING) else None
        self.second: Compiled | None = None

    def __call__(self, *xs: Any) -> tuple[Any, ...]:
        """The outputs: plain values by the printed function, as the caller's own; traced ones row by row."""
        for x in xs:
            if isinstance(x, Interpreted):
                return self.program(*xs)
        return self.plainly(xs)

    def plainly(self, xs: Sequence[Any]) -> tuple[Any, ...]:
        """The outputs for plain values."""
        try:
            outputs = self.printed.function(*xs)
        except (ArithmeticError, ValueError):  # Python's math raises where NumPy answers inf or NaN
            outputs = tuple(map(finished, self.program(*xs)))
        if self.careful is not None and any(map(has_nan, outputs[1:])):
            if self.second is None:
                self.second = Compiled(self.careful(), None)
            return self.second(*xs)
        return outputs


class Opened:
    """f as a function of its active leaves alone, together with the data of this call."""

    def __init__(self, prepared: PreparedRecorded, args: tuple[Any, ...]):
        self.prepared, self.args = prepared, args

    def __call__(self, *xs: Any) -> Any:
        return self.prepared.f(*self.prepared.arguments.close(self.args, xs))

    @property
    def data(self) -> list[Any]:
        """The numbers among the arguments that are not differentiated: inputs of the program too."""
        return self.prepared.data_of(self.args)


class PreparedRecorded(Prepared):
    """What records f at the shapes of the example arguments, its data being inputs too."""

    def __init__(self, backend: Differentiator, f: Flat, args: tuple[Any, ...], wrt: int | tuple[int, ...]):
        super().__init__(backend, f, args, wrt)
        self.data = [i for i, x in enumerate(args) if i not in self.arguments.names and is_numeric(x)]
        self.frozen = {
            i: frozen(x) for i, x in enumerate(args) if i not in (*self.arguments.names, *self.data)
        }
        self.example = tuple(self.frozen.get(i, x) for i, x in enumerate(args))

    def opened(self, args: tuple[Any, ...]) -> tuple[Opened, list[Any]]:
        leaves = self.arguments.open(args)
        if self.frozen:
            refuse_other(self.frozen, args, self.backend.name)
        return Opened(self, args), leaves

    def data_of(self, args: tuple[Any, ...]) -> list[Any]:
        """The numbers among the arguments that are not differentiated: inputs of the program too."""
        found: list[Any] = []
        for i in self.data:
            x = args[i]
            found += [x] if is_leaf(x) else flatten(x, f"argument {i}")[0]
        return found

    def given(self) -> list[Any]:
        """Active leaves and data of the example, plain: an outer differentiation runs over the program."""
        return list(map(plain, [*self.arguments.open(self.example), *Opened(self, self.example).data]))

    def flat(self, data: Sequence[Any]) -> Flat:
        """f of its active leaves, with recorded data in the place of the example's."""
        args, rest = list(self.example), list(data)
        for i in self.data:
            own, rebuild = flatten(args[i], f"argument {i}")
            args[i] = rebuild([rest.pop(0) for _ in own])
        frozen = tuple(args)
        return lambda *xs: self.f(*self.arguments.close(frozen, xs))


class PreparedCompiled(PreparedRecorded):
    """Programs by operator."""

    copies = False  # a printed program returns floats, and arrays that nobody else holds

    def __init__(self, backend: Differentiator, f: Flat, args: tuple[Any, ...], wrt: int | tuple[int, ...]):
        super().__init__(backend, f, args, wrt)
        self.compiled: dict[Any, Compiled] = {}
        opened, leaves = self.opened(args)
        scalar = self.make("value", opened, leaves, value_of).program.shapes_of_outputs()[0] == ()
        self.natural = "gradient" if scalar else "rows"
        made = self.make(self.natural, opened, leaves, PASSES[self.natural])
        if scalar and not self.frozen and made.careful is None:
            self.without_ceremony(made.printed.function)

    @property
    def source(self) -> str:
        """The printed program of the gradient, or of the Jacobian where f has many outputs."""
        return self.compiled[self.natural].printed.source

    @property
    def operations(self) -> int:
        """Scalar operations of that program, after simplification: see interpreters/operations.py."""
        return operations_of(self.compiled[self.natural].program)

    def make(
        self, key: Any, f: Any, leaves: Sequence[Any], build: Callable[..., Any], extra: Sequence[Any] = ()
    ) -> Compiled:
        """The program of an operator, recorded if it is not there yet.

        build(flat, leaves, extra, ways) gives the outputs, where flat is f as a function of the leaves.
        """
        if key not in self.compiled:
            n, d = len(leaves), len(f.data)

            def run(ways: Ways, *xs: Any) -> Any:
                return build(self.flat(xs[n : n + d]), xs[:n], xs[n + d :], ways)

            inputs = [*self.given(), *map(plain, extra)]

            def recorded(ways: Ways) -> Program:
                return record_program(lambda *xs: run(ways, *xs), inputs)

            self.compiled[key] = Compiled(recorded(PLAIN), lambda: recorded(STRONG), key != "gradient")
        return self.compiled[key]

    def without_ceremony(self, program: Callable[..., Any]) -> None:
        """Make the operators of a scalar function functions that look at their arguments and run the program.

        A gradient of a few operations takes no longer than five calls of Python. What is not as prepared, and
        where Python's math raises, is left to the methods.
        """
        known = self.arguments
        trees = (*known.trees, *(tree_of(self.example[i]) for i in self.data))
        shapes = (*known.shapes, *map(shape_of, self.data_of(self.example)))
        layout = Layout((*known.names, *self.data), trees, shapes, known.data)
        one = isinstance(known.wrt, int) and known.straight
        g = "outputs[1]" if one else "arranged(args, outputs[1:])"
        results = {"value_and_gradient": f"outputs[0], {g}", "gradient": g}
        if all(shape == () for shape in known.shapes) and known.straight:
            results["derivative"] = g
        for name, result in results.items():
            scope = {
                "program": program, "arranged": self.arranged, "otherwise": getattr(self, name),
                "failures": (ArithmeticError, ValueError),
            }  # fmt: skip

            def answer(leaves: str, result: str = result) -> list[str]:
                failing = "except failures: return otherwise(*args)"
                return [f"try: outputs = program({leaves})", failing, f"return {result}"]

            vars(self)[name] = written_out(layout, "*args", "otherwise(*args)", answer, scope)

    def gradients(self, f, leaves):  # type: ignore[no-untyped-def]
        y, *g = self.make("gradient", f, leaves, gradient_of)(*leaves, *f.data)
        return y, g

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        if self.natural == "gradient":
            return self.gradients(f, leaves)
        y, *blocks = self.make("rows", f, leaves, rows_of)(*leaves, *f.data)
        return y, blocks

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        key = ("push", lead, tuple(map(shape_of, vs)))
        return self.make(key, f, leaves, lambda flat, xs, v, ways: ways.push(flat, xs, v, lead), vs)(
            *leaves, *f.data, *vs
        )

    def pull(self, f, leaves, cotangent, lead):  # type: ignore[no-untyped-def]
        w = cotangent(self.make("value", f, leaves, value_of)(*leaves, *f.data)[0])

        def build(flat: Flat, xs: Sequence[Any], ws: Sequence[Any], ways: Ways) -> Any:
            return reverse_pass(flat, xs, lambda y: ws[0], lead, ways)

        y, *g = self.make(("pull", lead, shape_of(w)), f, leaves, build, [w])(*leaves, *f.data, w)
        return y, g

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        def build(flat: Flat, xs: Sequence[Any], v: Sequence[Any], ways: Ways) -> Any:
            def gradient(*zs: Any) -> Any:
                parts = reverse_pass(flat, zs, one, 0, ways)[1:]
                return np.concatenate([np.reshape(part, (-1,)) for part in parts])

            y, products = ways.push(gradient, xs, v, lead)
            return [y, *split_like(products, leaves, lead)]

        key = ("second", lead, tuple(map(shape_of, vs)))
        return list(self.make(key, f, leaves, build, vs)(*leaves, *f.data, *vs)[1:])


def is_numeric(x: Any) -> bool:
    """Whether an argument that is data consists of real numbers, so that new ones may be passed."""
    if isinstance(x, (dict, list, tuple)):
        return all(map(is_numeric, x.values() if isinstance(x, dict) else x))
    return isinstance(x, (float, np.floating)) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")


def reverse_pass(
    flat: Flat, xs: Sequence[Any], cotangent: Callable[[Any], Any], lead: int, ways: Ways
) -> list[Any]:
    """[y, cotangent of each x]: the tape and its sweep, over whatever the x are."""
    y, inputs, tape = record(flat, xs, [True] * len(xs))
    live = isinstance(y, Node) and y.tape is tape
    value = y.primal if live else y
    w = cotangent(value)
    front = shape_of(w)[:lead]
    adjoints = ways.sweep(y, w, lead) if live else [None] * len(inputs)
    found = [adjoints[x.position] for x in inputs]
    tape.nodes.clear()
    return [
        value,
        *(np.zeros(front + shape_of(x)) if g is None else g for g, x in zip(found, xs, strict=True)),
    ]


def value_of(flat: Flat, xs: Sequence[Any], extra: Sequence[Any], ways: Ways) -> Any:
    return [record(flat, xs, [False] * len(xs))[0]]


def gradient_of(flat: Flat, xs: Sequence[Any], extra: Sequence[Any], ways: Ways) -> list[Any]:
    return reverse_pass(flat, xs, one, 0, ways)


def rows_of(flat: Flat, xs: Sequence[Any], extra: Sequence[Any], ways: Ways) -> list[Any]:
    """The Jacobian by the cheaper mode: forward where there are fewer inputs than outputs."""
    y = record(flat, xs, [False] * len(xs))[0]
    if sum(map(size_of, xs)) < size_of(y):
        y, columns = ways.push(flat, xs, basis(xs), 1)
        pieces, start = [], 0
        for x in xs:
            n = size_of(x)
            pieces.append(
                np.reshape(np.moveaxis(columns[start : start + n], 0, -1), shape_of(y) + shape_of(x))
            )
            start += n
        return [y, *pieces]
    y, *blocks = reverse_pass(flat, xs, lambda y: basis([y])[0], 1, ways)
    return [y, *(np.reshape(block, shape_of(y) + shape_of(x)) for block, x in zip(blocks, xs, strict=True))]


PASSES = {"gradient": gradient_of, "rows": rows_of}


@dataclass(frozen=True)
class CompiledNumPy(Differentiator):
    """Reverse mode recorded as a program and printed as NumPy; no branches on values."""

    name: ClassVar[str] = "compiled-numpy"
    summary: ClassVar[str] = (
        "reverse-mode AD recorded once and printed as a NumPy program; no branches on values"
    )

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return PreparedCompiled(self, f, args, wrt)
