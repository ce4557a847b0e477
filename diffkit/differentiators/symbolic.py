"""Backend `symbolic`: SymPy's own calculus on the whole expression, printed as NumPy.

f is run once on symbols; each entry of its value is differentiated by `sympy.diff`, not by our rows.
Value and derivative share their common subexpressions and become one Python function. The price is paid at
preparation: expressions swell (Laue 2019, arXiv 1904.02990), and SymPy's formulas lose the digits they lose.
With `graph` SymPy differentiates each common subexpression alone, and the chain rule runs over their graph.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.str import StrPrinter

from ..calculus.rules import Interpreted, shape_of
from ..calculus.spellings import SPECIAL, interpreted
from ..interpreters.fields import LARGEST_EXACT, SymPyNumbers, Undecided, symbolic_value, symbols
from .arguments import flatten, frozen, refuse_other
from .forward import split_like
from .graph import Graph, accumulated, shared, taken_apart
from .interface import (
    Differentiator,
    Estimate,
    Prepared,
    Unsupported,
    put,
    refuse_many_outputs,
    size_of,
)

MOST_DATA = 2_000  # every entry of the data is a symbol: SymPy's time and memory are per symbol
SHORT = 72  # characters that a formula may have to be shown
EASY = 30  # operations up to which SymPy simplifies in a blink,
MANY_SYMBOLS = 3  # unless it looks for identities in more symbols than these


class Printer(NumPyPrinter):
    """NumPy code in which every constant is the double it is, every function one that traced values know."""

    def _print_Float(self, x: Any) -> str:
        return double(float(x))

    def _print_Integer(self, n: Any) -> str:
        return str(int(n)) if abs(n) <= LARGEST_EXACT else double(float(sympy.Float(n)))

    def _print_ImaginaryUnit(self, x: Any) -> str:
        return "nan"  # what NumPy's real functions give outside their domain

    def _print_RealAbs(self, x: Any) -> str:
        return f"abs({self._print(x.args[0])})"

    def _print_Max(self, x: Any) -> str:
        return fold("maximum", [self._print(each) for each in x.args])

    def _print_Min(self, x: Any) -> str:
        return fold("minimum", [self._print(each) for each in x.args])

    def _print_Heaviside(self, x: Any) -> str:
        return f"heaviside({self._print(x.args[0])}, {self._print(x.args[1])})"

    def _print_polygamma(self, x: Any) -> str:
        n, at = x.args
        if n == 0:
            return f"psi({self._print(at)})"
        return f"({(-1) ** (int(n) + 1) * math.factorial(int(n))!r}*zeta({int(n) + 1}, {self._print(at)}))"

    def _print_And(self, x: Any) -> str:
        return fold("logical_and", [self._print(each) for each in x.args])

    def _print_Or(self, x: Any) -> str:
        return fold("logical_or", [self._print(each) for each in x.args])

    def _print_Piecewise(self, x: Any) -> str:
        text = "nan"
        for value, condition in reversed(x.args):
            taken = self._print(value)
            always = condition is sympy.true
            text = taken if always else f"where({self._print(condition)}, {taken}, {text})"
        return text


SCIPY = "erf erfc erfinv gamma zeta".split()
SETTINGS = {
    "fully_qualified_modules": False,
    "inline": True,
    "allow_unknown_functions": True,
    "user_functions": dict(zip(SCIPY, SCIPY))
    | {"loggamma": "gammaln", "digamma": "psi", "besselj": "jv", "besseli": "iv"},
}


def double(x: float) -> str:
    """The text that Python reads back as exactly this double."""
    return repr(x) if np.isfinite(x) else f"({'-' * (x < 0)}inf)"


def fold(function: str, terms: list[str]) -> str:
    """A function of two arguments nested over many, as flat as it goes."""
    while len(terms) > 1:
        pairs = zip(terms[::2], terms[1::2], strict=False)
        terms = [f"{function}({a}, {b})" for a, b in pairs] + terms[len(terms) - len(terms) % 2 :]
    return terms[0]


class Reader(StrPrinter):
    """Text for people: 0.5 instead of 0.500000000000000."""

    def _print_Float(self, x: Any) -> str:
        return repr(float(x))

    def _print_RealAbs(self, x: Any) -> str:
        return f"Abs({self._print(x.args[0])})"


# SymPy's calculus


class RealAbs(sympy.Abs):
    """|u| for a u that is real because the program is, though SymPy cannot tell, as in log(x)."""

    def _eval_derivative(self, x: Any) -> Any:
        return sympy.sign(self.args[0]) * self.args[0].diff(x)


def derivatives(y: Any, xs: Sequence[Any]) -> list[Any]:
    """SymPy's partial derivatives of one expression.

    A jump (sign, Heaviside, from |u| and max differentiated before) is held fast, so its slope is 0 beside
    it, not a DiracDelta on it. Raises Unsupported where SymPy leaves something undifferentiated.
    """
    y = y.replace(
        lambda e: type(e) is sympy.Abs and not e.args[0].is_extended_real, lambda e: RealAbs(e.args[0])
    )
    jumps = {jump: sympy.Dummy(real=True) for jump in y.atoms(sympy.sign, sympy.Heaviside)}
    back = {symbol: jump for jump, symbol in jumps.items()}
    y = y.xreplace(jumps)
    present = y.free_symbols
    return [settled(y.diff(x), y).xreplace(back) if x in present else sympy.S.Zero for x in xs]


def settled(slope: Any, y: Any) -> Any:
    for leftover in slope.atoms(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
        what = Reader().doprint(y)
        raise Unsupported(
            f"symbolic: SymPy leaves {leftover} in the derivative of {what[:60]}; use forward or reverse."
        )
    return slope


def whole_floats(expression: Any) -> Any:
    """The expression with 2.0 as 2: less to compute and to read."""
    return expression.xreplace(
        {x: sympy.Integer(int(x)) for x in expression.atoms(sympy.Float) if float(x).is_integer()}
    )


def numbered(letter: str, symbols: Iterable[Any]) -> dict[Any, Any]:
    """Names that Python knows by nothing else: a user may call an input sin."""
    return {x: sympy.Symbol(f"{letter}{i}", real=True) for i, x in enumerate(symbols)}


def compiled(inputs: Sequence[Any], graph: Graph) -> Callable[..., Any]:
    """A function of numbers that returns the list of the graph's outputs."""
    plain = numbered("v", inputs)
    names = numbered("s", (x for x, _ in graph.nodes))
    graph = graph.mapped(lambda e: whole_floats(e).xreplace(plain | names))
    nodes = [(names[x], e) for x, e in graph.nodes]
    return sympy.lambdify(
        [*plain.values()],
        graph.outputs,
        modules=[SPECIAL, "numpy"],
        printer=Printer(SETTINGS),
        cse=lambda _: (nodes, [*graph.outputs]),
    )


# The arguments


def all_floats(x: Any) -> bool:
    """Whether data are floats throughout, and so may change from call to call."""
    if isinstance(x, (dict, list, tuple)):
        return all(map(all_floats, x.values() if isinstance(x, dict) else x))
    return (
        isinstance(x, (float, np.floating, Interpreted))
        or getattr(getattr(x, "dtype", None), "kind", "") == "f"
    )


def numbers(leaves: Sequence[Any]) -> list[Any]:
    """All entries of the leaves in one list; doubles of NumPy's, whose 1 / 0 is inf."""
    answer: list[Any] = []
    for x in leaves:
        if shape_of(x) == ():
            answer.append(np.float64(x) if type(x) is float else x)
        else:
            answer.extend(np.reshape(x, (-1,)))
    return answer


def parameter_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of f's positional parameters, x0, x1, ... where it does not tell."""
    try:
        parameters = [*inspect.signature(f).parameters.values()]
    except (TypeError, ValueError):
        parameters = []
    names = [
        each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    return names[:count] if len(names) >= count else [f"x{i}" for i in range(count)]


class PreparedSymbolic(Prepared):
    """The derivative as one function of all entries of all arguments; the Hessian when it is first used.

    operations: of value and derivative together, after common subexpressions. Where these are not shared,
    or the derivative is accumulated over the graph, of the derivative alone: what literature counts.
    """

    backend: Symbolic
    operations: int

    def __init__(
        self,
        backend: Symbolic,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: int | tuple[int, ...],
    ):
        super().__init__(backend, f, args, wrt)
        self.moving = [i for i, x in enumerate(args) if i not in self.arguments.names and all_floats(x)]
        self.frozen = {
            i: frozen(x) for i, x in enumerate(args) if i not in self.arguments.names and i not in self.moving
        }
        self.numbers_of = SymPyNumbers()
        symbolic = self.on_symbols(args)
        try:
            y = symbolic_value(f, symbolic, self.numbers_of)
        except Undecided as error:
            raise Unsupported(str(error)) from error
        self.shape, self.y = y.shape, list(y.flat)
        self.first = self.differentiated()

    def differentiated(self) -> Callable[..., Any]:
        """The function of the values and their derivatives; notes its operations."""
        expressions = self.whole([*self.y, *self.flat_slopes])
        graph = shared(expressions) if self.backend.cse else Graph((), tuple(expressions))
        counted = graph if self.backend.cse else Graph((), tuple(self.flat_slopes))
        self.operations = counted.operations
        return self.function(graph)

    def whole(self, expressions: Sequence[Any]) -> list[Any]:
        """Expressions of the inputs alone, with their whole numbers as such."""
        return [whole_floats(each) for each in self.numbers_of.restored(expressions)]

    def function(self, graph: Graph) -> Callable[..., Any]:
        return compiled([x for _, x in self.inputs], graph)

    @cached_property
    def slopes(self) -> list[list[Any]]:
        """The derivative as expressions, a row for each entry of the value."""
        return [derivatives(each, self.active) for each in self.y]

    @property
    def flat_slopes(self) -> list[Any]:
        return [slope for row in self.slopes for slope in row]

    def on_symbols(self, args: tuple[Any, ...]) -> list[Any]:
        """The arguments with symbols in the place of floats; notes the symbols in the order of the calls."""
        answer, self.inputs = list(args), []
        names = parameter_names(self.f, len(args))
        for i in (*self.arguments.names, *self.moving):
            leaves, rebuild = flatten(args[i], f"argument {i}")
            if i in self.moving:
                self.refuse_many(i, leaves)
            titles = [f"{names[i]}[{k}]" for k in range(len(leaves))] if len(leaves) > 1 else [names[i]]
            fields = [
                symbols(shape_of(x), title, self.numbers_of) for x, title in zip(leaves, titles, strict=True)
            ]
            answer[i] = rebuild(fields)
            self.inputs += [(i, entry) for field in fields for entry in field.entries.flat]
        self.active = [x for i, x in self.inputs if i in self.arguments.names]
        return answer

    def refuse_many(self, i: int, leaves: Sequence[Any]) -> None:
        total = sum(map(size_of, leaves))
        if total > MOST_DATA:
            raise Unsupported(
                f"symbolic makes a symbol of every entry of the data: argument {i} has {total:,} of them, "
                f"more than {MOST_DATA:,}; use reverse, or let the function capture the data."
            )

    def opened(self, args: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        """(all entries as the compiled functions take them, the active leaves)."""
        leaves = self.arguments.open(args)
        if not (self.moving or self.frozen):
            return numbers(leaves), leaves
        refuse_other(self.frozen, args, "symbolic")
        data = [each for i in self.moving for each in flatten(args[i], f"argument {i}")[0]]
        return numbers([*leaves, *data]), leaves

    def gradients(self, f, leaves):  # type: ignore[no-untyped-def]
        if self.shape:
            refuse_many_outputs(np.empty(self.shape))
        y, *g = self.first(*f)
        return y, cut(g, leaves)

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        if not self.shape:
            return self.gradients(f, leaves)
        m, n = len(self.y), len(self.active)
        answer = self.first(*f)
        y, J = np.reshape(array(answer[:m]), self.shape), np.reshape(array(answer[m:]), (m, n))
        blocks = split_like(J, leaves, 1)
        return y, [
            np.reshape(block, self.shape + shape_of(x)) for block, x in zip(blocks, leaves, strict=True)
        ]

    def values_and_gradients(self, *args: Any) -> tuple[Any, Any]:
        """The formulas evaluated on columns: all samples at once."""
        if self.frozen or not self.moving:
            return super().values_and_gradients(*args)
        entries, leaves = self.opened(put(args, self.moving, [args[i][0] for i in self.moving]))
        n = len(args[self.moving[0]])
        columns = [column for i in self.moving for column in np.reshape(args[i], (n, -1)).T]
        flat = self.first(*entries[: len(self.active)], *columns)
        y, *g = (np.broadcast_to(x, (n,)) for x in flat)
        blocks = split_like(np.stack(g, axis=1), leaves, 1)
        return np.array(y), self.arguments.structured(args, blocks)

    @cached_property
    def curvature(self) -> Callable[..., Any]:
        """The upper triangle of the Hessian, row by row, as a function of all entries."""
        refuse_many_outputs(np.empty(self.shape))
        rows = [derivatives(slope, self.active[i:]) for i, slope in enumerate(self.slopes[0])]
        return self.function(shared(self.whole([each for row in rows for each in row])))

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        n = len(self.active)
        triangle = array(self.curvature(*f))
        position = np.zeros((n, n), int)
        position[np.triu_indices(n)] = np.arange(n * (n + 1) // 2)
        H = triangle[np.maximum(position, position.T)]
        front = shape_of(vs[0])[:lead]
        v = np.concatenate([np.reshape(each, (*front, -1)) for each in vs], axis=-1)
        return split_like(v @ H, leaves, lead)

    def estimate(self, operator: str, *args: Any) -> Estimate:
        """The operator's value; f itself is never called again."""
        return Estimate(getattr(self, operator)(*args), evaluations=0)

    def formula(self, names: Sequence[str] = ()) -> str | None:
        """The derivative as text, or None where it is longer than 72 characters.

        names: what to call the arguments, one for each; by default as the function calls them.

        >>> Symbolic().prepare(lambda x: np.sin(x) * np.exp(-x**2), (0.7,)).formula()
        '(-2*x*sin(x) + cos(x))*exp(-x**2)'
        """
        if len(self.y) * len(self.active) > SHORT // 4:
            return None
        texts = self.formulas(names)
        text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        return text if len(text) <= SHORT else None

    def formulas(self, names: Sequence[str] = ()) -> list[str]:
        """The derivative of every entry of the value in every active entry, as text of whatever length."""
        mine = parameter_names(self.f, self.arguments.count)
        called = {
            x: sympy.Symbol(names[i] + x.name[len(mine[i]) :], real=True) if names else x
            for i, x in self.inputs
        }
        slopes = self.numbers_of.restored(self.flat_slopes)
        return [readable(slope.xreplace(called)) for slope in slopes]


class PreparedGraph(PreparedSymbolic):
    """The derivative accumulated over the graph of the value's common subexpressions."""

    def differentiated(self) -> Callable[..., Any]:
        value = taken_apart(shared(self.y))
        self.slopes_graph = accumulated(value, self.active, derivatives)
        self.operations = self.slopes_graph.operations
        nodes = {**dict(value.nodes), **dict(self.slopes_graph.nodes)}
        return self.function(Graph(tuple(nodes.items()), value.outputs + self.slopes_graph.outputs))

    def function(self, graph: Graph) -> Callable[..., Any]:
        return super().function(graph.mapped(lambda e: self.whole([e])[0]))

    @cached_property
    def curvature(self) -> Callable[..., Any]:
        refuse_many_outputs(np.empty(self.shape))
        second = accumulated(self.slopes_graph, self.active, derivatives)
        n = len(self.active)
        triangle = tuple(second.outputs[n * i + j] for i in range(n) for j in range(i, n))
        return self.function(Graph(second.nodes, triangle).live())

    def formula(self, names: Sequence[str] = ()) -> str | None:
        """None: what is accumulated over a graph is no single expression."""
        return None


def readable(expression: Any) -> str:
    """The shorter of SymPy's result and its simplification, which is tried where it is quick."""
    expression = whole_floats(expression)
    forms = [expression]
    if sympy.count_ops(expression) <= EASY and not tangled(expression):
        forms.append(sympy.simplify(expression))
    return min((Reader().doprint(form) for form in forms), key=len)


def tangled(expression: Any) -> bool:
    """Whether SymPy would search long for identities between sines or hyperbolic sines of many symbols.

    Of a layer's 2 (1 - tanh(..)**2) tanh(..), summed over two units, it does so for 16 s and finds none.
    """
    waves = sympy.functions.elementary.trigonometric.TrigonometricFunction, sympy.tanh, sympy.sinh, sympy.cosh
    return len(expression.free_symbols) > MANY_SYMBOLS and expression.has(*waves)


def array(values: list[Any]) -> Any:
    """The values as an array, traced if any of them is."""
    if any(isinstance(each, Interpreted) for each in values):
        return interpreted(values)
    return np.array(values, dtype=float)


def cut(flat: Any, leaves: Sequence[Any]) -> list[Any]:
    """A list of entries as arrays shaped like the leaves."""
    answer, start = [], 0
    for x in leaves:
        n = size_of(x)
        answer.append(
            flat[start] if shape_of(x) == () else np.reshape(array(flat[start : start + n]), shape_of(x))
        )
        start += n
    return answer


@dataclass(frozen=True)
class Symbolic(Differentiator):
    """Symbolic differentiation by SymPy: the whole expression, common subexpressions, printed as NumPy.

    Exact up to the rounding of the formulas that SymPy finds. Refused: branches on a value, and data of more
    than 2,000 entries. Data of floats may change from call to call;
    whole numbers and texts are fixed at preparation.

    graph: differentiate each common subexpression alone and accumulate over their graph, so that nothing
    swells. cse: whether common subexpressions of the whole derivative are computed once.

    >>> product = lambda x: np.prod(x)
    >>> [Symbolic(graph=graph).prepare(product, (np.ones(32),)).operations for graph in (False, True)]
    [497, 90]
    """

    name: ClassVar[str] = "symbolic"
    summary: ClassVar[str] = "SymPy's calculus on the whole expression, printed as NumPy"
    entrywise: ClassVar[bool] = True

    graph: bool = False
    cse: bool = True

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return (PreparedGraph if self.graph else PreparedSymbolic)(self, f, args, wrt)
