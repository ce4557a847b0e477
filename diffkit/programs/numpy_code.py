"""A program printed as a Python function over NumPy, readable and as lean as one would write it by hand.

Numbers are computed by Python and its math module, arrays by ufuncs bound to local names. Large intermediates
are written into the memory of ones that nobody needs any more; nothing is kept between calls, so that one
function may run in many threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calculus.arrays import by_product, ones, plan
from ..calculus.rules import Pointwise
from ..calculus.scalars import MATH
from ..interpreters.program import Equation, Name, Program

SIGNS = {
    "add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "divide": "{} / {}", "negative": "-{}",
    "positive": "{}", "square": "{0} * {0}", "equal": "{} == {}", "greater": "{} > {}", "less": "{} < {}",
    "greater_equal": "{} >= {}", "less_equal": "{} <= {}",
}  # fmt: skip
PRECEDENCE = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2, "negative": 3}  # of Python's operators
WORD = 4  # the precedence of a name or a literal
LONGEST = 60  # letters of an expression that is written inside another one
UFUNCS = {"sum": np.add, "max": np.maximum, "min": np.minimum, "prod": np.multiply}
REDUCERS = {name: ufunc.reduce for name, ufunc in UFUNCS.items()}
VIEWS = ("reshape", "permute", "pick", "broadcast", "positive")  # may share memory with their argument
LARGE = 4096  # entries from which writing into old memory beats asking for new


@dataclass(frozen=True)
class Printed:
    """The source of a program and the function that it is."""

    source: str
    function: Callable[..., Any]


def printed(program: Program, name: str = "program") -> Printed:
    """The program as a Python function of its inputs, which returns the tuple of its outputs."""
    printer = Printer(program)
    source = printer.source(name)
    scope = dict(printer.scope)
    exec(compile(source, f"<diffkit {name}>", "exec"), scope)
    return Printed(source, scope[name])


class Printer:
    """Prints equation by equation, with a local name for every function and constant that is used."""

    def __init__(self, program: Program):
        self.program = program
        self.scope: dict[str, Any] = {}
        self.texts = {x: f"x{i}" for i, x in enumerate(program.inputs)}
        self.made = {equation.out: equation for equation in program.equations}
        self.hidden = hidden(program, self.made)
        self.parts = assemblies(program, self.made, self.hidden)
        self.last = last_uses(program, self.hidden)
        self.uses = uses_of(program)
        self.strength: dict[Name, int] = {}  # the precedence of a text that is an expression
        self.free: list[tuple[tuple[int, ...], str]] = []  # memory that may be written over
        self.owner = {x: x for x in (*program.inputs, *program.constants)}
        self.lent: dict[Name, int] = {}  # how many live variables share an owner's memory

    def source(self, name: str) -> str:
        lines = [
            line for i, equation in enumerate(self.program.equations) for line in self.statement(i, equation)
        ]
        lines.append(f"return {', '.join(self.output(i, y) for i, y in enumerate(self.program.outputs))},")
        inputs = ", ".join(self.texts[x] for x in self.program.inputs)
        bound = "".join(f", {each}={each}" for each in self.scope)
        return f"def {name}({inputs}{', *' if bound else ''}{bound}):\n" + "".join(
            f"    {line}\n" for line in lines
        )

    def text(self, x: Name) -> str:
        """A variable's local name, or a constant's: small numbers are written out."""
        if x not in self.texts:
            value = self.program.constants[x]
            plain = np.ndim(value) == 0 and np.isfinite(value) and np.asarray(value).dtype.kind in "fi"
            literal = repr(float(value)) if plain else self.bind(f"c{x}", value)
            self.texts[x] = f"({literal})" if literal.startswith("-") else literal
        return self.texts[x]

    def bind(self, name: str, value: Any) -> str:
        self.scope[name] = value
        return name

    def statement(self, i: int, equation: Equation) -> list[str]:
        """The lines of one equation."""
        if equation.out in self.hidden or self.is_written_inside(equation):
            return []
        out = f"v{i}"
        self.texts[equation.out] = out
        lines = self.lines(out, equation)
        self.account(i, equation, out)
        return lines

    def is_written_inside(self, equation: Equation) -> bool:
        """Whether a number became part of the one expression that needs it: a local name takes time."""
        x, name, shapes = equation.out, equation.row.name, self.program.shapes
        users = self.uses.get(x, [])
        alone = len(users) == 1 and users[0].xs.count(x) == 1 and x not in self.program.outputs
        if name not in PRECEDENCE or not alone or any(shapes[z] != () for z in (x, *equation.xs)):
            return False
        user = users[0].row
        if shapes[users[0].out] != () or user.name == "square" or not isinstance(user, Pointwise):
            return False
        text = self.signed(equation)
        if len(text) > LONGEST:
            return False
        self.texts[x], self.strength[x], self.owner[x] = text, PRECEDENCE[name], x
        return True

    def signed(self, equation: Equation) -> str:
        """An operator's expression, with the parentheses that it needs: sums are not regrouped."""
        least = PRECEDENCE[equation.row.name]
        texts = [
            f"({self.text(x)})" if self.strength.get(x, WORD) < least + i else self.text(x)
            for i, x in enumerate(equation.xs)
        ]
        return SIGNS[equation.row.name].format(*texts)

    def account(self, i: int, equation: Equation, out: str) -> None:
        """Note whose memory the answer is, and what is free from now on."""
        view = equation.row.name in VIEWS and equation.xs[0] not in self.hidden
        owner = self.owner[equation.xs[0]] if view else equation.out
        self.owner[equation.out] = owner
        self.lent[owner] = self.lent.get(owner, 0) + 1
        for x in dict.fromkeys(equation.xs):
            if x in self.hidden:
                continue  # what it stands for is needed longer: its memory is left alone
            if self.last.get(x) == i and x not in self.program.constants and x not in self.program.inputs:
                mine = self.owner[x]
                self.lent[mine] = self.lent.get(mine, 0) - 1
                pure = mine not in self.program.inputs and mine not in self.program.constants
                if (
                    self.lent[mine] == 0
                    and pure
                    and self.size(mine) >= LARGE
                    and self.program.kinds[mine] == "f"
                ):
                    self.free.append((self.program.shapes[mine], self.texts[mine]))

    def size(self, x: Name) -> int:
        return int(np.prod(self.program.shapes[x]))

    def lines(self, out: str, equation: Equation) -> list[str]:
        row, shape = equation.row, self.program.shapes[equation.out]
        if equation.out in self.parts:
            return self.assembled(out, self.parts[equation.out], shape)
        if equation.xs[0] in self.hidden:
            return [f"{out} = {self.entry(self.made[equation.xs[0]])}"]
        xs = [self.text(x) for x in equation.xs]
        shapes = [self.program.shapes[x] for x in equation.xs]
        special = getattr(self, f"print_{row.name}", None)
        if special is not None:
            return special(out, equation, xs, shapes, shape)
        if isinstance(row, Pointwise) or row.name in SIGNS:
            return [f"{out} = {self.pointwise(equation, xs, shapes, shape)}"]
        if row.name in REDUCERS:
            return [f"{out} = {self.reduction(equation, xs[0], shapes[0])}"]
        call = self.bind(f"row_{row.name}", row.evaluate)
        params = "".join(
            f", {key}={self.bind(f'{out}_{key}', value)}" for key, value in equation.params.items()
        )
        return [f"{out} = {call}({', '.join(xs)}{params})"]

    def assembled(self, out: str, parts: Sequence[Equation], shape: tuple[int, ...]) -> list[str]:
        """A sum of arrays that are zero but for a slice each: written slice by slice into one array."""
        lines = [f"{out} = {self.bind('zeros', np.zeros)}({shape})"]
        first: set[str] = set()
        for part in parts:
            where, source = slices(part.params["index"]), part.xs[0]
            if source in self.hidden:
                where, source = entry_of(part.params["index"]), self.made[source].xs[0]
            x = self.text(source)
            fresh = not first or (where not in first and not any(":" in each for each in (where, *first)))
            lines.append(f"{out}[{where}] {'=' if fresh else '+='} {x}")
            first.add(where)
        return lines

    def pointwise(
        self, equation: Equation, xs: list[str], shapes: Sequence[Any], shape: tuple[int, ...]
    ) -> str:
        name = equation.row.name
        memory = self.memory(shape) if self.program.kinds[equation.out] == "f" else None
        if name in PRECEDENCE and memory is None:
            return self.signed(equation)
        if name in SIGNS and memory is None:
            return SIGNS[name].format(*xs)
        quick = getattr(MATH, name, None) if shape == () else None
        function = quick or equation.row.evaluate
        call = self.bind(f"{'math_' if quick else ''}{name}", function)
        if memory is not None and isinstance(function, np.ufunc):
            return f"{call}({', '.join(xs)}, {memory})"
        return f"{call}({', '.join(xs)})"

    def memory(self, shape: tuple[int, ...]) -> str | None:
        """The name of an array of this shape that nobody needs any more."""
        for i, (have, name) in enumerate(self.free):
            if have == shape:
                del self.free[i]
                return name
        return None

    def reduction(self, equation: Equation, x: str, shape: tuple[int, ...]) -> str:
        axes = equation.params["axes"]
        numbers = self.program.kinds[equation.xs[0]] == "f"
        if equation.row.name == "sum" and numbers and by_product(shape, axes):
            n = shape[axes[0]]
            ones_n = self.bind(f"ones_{n}", ones(n))
            if len(shape) == 1:
                return f"float({x}.dot({ones_n}))"
            return f"{ones_n}.dot({x})" if axes == (0,) else f"{x}.dot({ones_n})"
        call = self.bind(f"{equation.row.name}_reduce", REDUCERS[equation.row.name])
        if len(axes) == len(shape):
            return f"float({call}({x}{'' if len(axes) == 1 else ', None'}))"
        return f"{call}({x}, {axes[0] if len(axes) == 1 else axes})"

    def output(self, i: int, y: Name) -> str:
        """An output as the caller's own: copied where it is an input, a constant, a view or given before."""
        text, program = self.text(y), self.program
        if program.shapes[y] == ():
            return f"float({text})"
        own = self.owner[y] == y and y not in program.inputs and y not in program.constants
        if own and y not in program.outputs[:i]:
            return text
        return f"{self.bind('array', np.array)}({text}, float)"

    # Rows that are written in their own way

    def print_reshape(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        if shapes[0] == ():
            return [f"{out} = {self.bind('array', np.array)}({xs[0]}).reshape({shape})"]
        if shape == ():
            return [f"{out} = {xs[0]}[{', '.join('0' * len(shapes[0]))}]"]
        return [f"{out} = {xs[0]}.reshape({shape})"]

    def entry(self, pick: Equation) -> str:
        """x[i] of an array, taken as a plain float at once."""
        return f"{self.text(pick.xs[0])}.item({entry_of(pick.params['index'])})"

    def print_permute(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        return [f"{out} = {xs[0]}.transpose({equation.params['axes']})"]

    def print_pick(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        return [f"{out} = {xs[0]}[{slices(equation.params['index'])}]"]

    def print_place(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        zeros = self.bind("zeros", np.zeros)
        return [f"{out} = {zeros}({shape})", f"{out}[{slices(equation.params['index'])}] = {xs[0]}"]

    def print_broadcast(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        return [f"{out} = {self.bind('empty', np.empty)}({shape})", f"{out}[...] = {xs[0]}"]

    def print_concatenate(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        call = self.bind("concatenate", np.concatenate)
        return [f"{out} = {call}(({', '.join(xs)}), {equation.params['axis']})"]

    def print_where(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        if shapes.count(()) == len(shapes):
            return [f"{out} = {xs[1]} if {xs[0]} else {xs[2]}"]
        return [f"{out} = {self.bind('where', np.where)}({', '.join(xs)})"]

    def print_contract(self, out, equation, xs, shapes, shape):  # type: ignore[no-untyped-def]
        return [f"{out} = {contraction(self, equation.params['spec'], xs, out)}"]


def contraction(printer: Printer, spec: str, xs: list[str], out: str) -> str:
    """The commonest contractions as products of matrices and vectors, the others by their plan."""
    words, _, result = spec.partition("->")
    a, b = words.split(",")
    x, y = xs
    if not result and a == b:
        return f"float({x}.dot({y}))" if len(a) == 1 else f"float({printer.bind('vdot', np.vdot)}({x}, {y}))"
    shared = [c for c in a if c in b]
    if len(shared) == 1 and len(a) <= 2 and len(b) <= 2 and shared[0] not in result:
        c = shared[0]
        left = x if a[-1] == c else f"{x}.T"
        right = y if b[0] == c else f"{y}.T"
        order = a.replace(c, "") + b.replace(c, "")
        if order == result:
            return f"{left}.dot({right})"
        left, right = (y if b[-1] == c else f"{y}.T"), (x if a[0] == c else f"{x}.T")
        return f"{left}.dot({right})"
    return f"{printer.bind(f'{out}_contract', plan(spec))}({x}, {y})"


def slices(index: Sequence[slice]) -> str:
    """Slices as they are written."""

    def word(each: slice) -> str:
        text = f"{'' if each.start is None else each.start}:{'' if each.stop is None else each.stop}"
        return text if each.step is None else f"{text}:{each.step}"

    return ", ".join(map(word, index))


def entry_of(index: Sequence[slice]) -> str:
    """Slices of one entry each as plain positions."""
    return ", ".join(str(each.start) for each in index)


def uses_of(program: Program) -> dict[Name, list[Equation]]:
    """The equations that need each variable."""
    uses: dict[Name, list[Equation]] = {}
    for equation in program.equations:
        for x in dict.fromkeys(equation.xs):
            uses.setdefault(x, []).append(equation)
    return uses


def hidden(program: Program, made: dict[Name, Equation]) -> set[Name]:
    """What is printed inside the one equation that uses it: slices of one entry, placed numbers."""
    found = set()
    for x, users in uses_of(program).items():
        equation = made.get(x)
        if equation is None or len(users) != 1 or x in program.outputs:
            continue
        row, user = equation.row.name, users[0]
        picked = row == "pick" and user.row.name == "reshape" and user.params["shape"] == ()
        placed = row == "reshape" and user.row.name == "place" and program.shapes[equation.xs[0]] == ()
        if picked or placed:
            found.add(x)
    return found


def assemblies(
    program: Program, made: dict[Name, Equation], concealed: set[Name]
) -> dict[Name, list[Equation]]:
    """For each sum of placed arrays its parts; the parts and inner sums are added to what is concealed."""
    uses = uses_of(program)
    found: dict[Name, list[Equation]] = {}
    for equation in program.equations:
        if equation.row.name == "place":
            found[equation.out] = [equation]
        once = all(x in found and len(uses[x]) == 1 and x not in program.outputs for x in equation.xs)
        if equation.row.name == "add" and once and len(set(equation.xs)) == 2:
            found[equation.out] = [part for x in equation.xs for part in found.pop(x)]
            concealed.update(equation.xs)
    return found


def last_uses(program: Program, concealed: set[Name]) -> dict[Name, int]:
    """Where each variable is needed last; what is concealed needs its arguments where it is printed."""
    last = dict.fromkeys(program.outputs, len(program.equations))
    for i in range(len(program.equations) - 1, -1, -1):
        equation = program.equations[i]
        where = last.get(equation.out, i) if equation.out in concealed else i
        for x in equation.xs:
            last[x] = max(last.get(x, 0), where)
    return last
