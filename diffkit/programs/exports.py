"""A recorded program printed in another package's functions: JAX, autograd, PyTorch, CasADi.

A dialect is one table from the name of a row to a function that, given the static parameters and shapes,
makes the package's function of that row. The package itself is an argument: nothing is imported here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..calculus.rules import TABLE, NoRule, subscripts
from ..interpreters.program import Equation, Name, Program
from .numpy_code import Printed, entry_of, hidden
from .passes import live

Shape = tuple[int, ...]
Builder = Callable[[dict[str, Any], Sequence[Shape], Shape], Callable[..., Any]]
OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "negative": operator.neg, "positive": operator.pos, "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
}  # fmt: skip
SIGNS = {"add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "divide": "{} / {}",
         "negative": "-{}"}  # fmt: skip


class NotTranslated(NoRule):
    """Rows of a program that a package has no function for; the message names them all."""


@dataclass(frozen=True)
class Dialect:
    """name: of the package. functions: row -> builder. constant: a NumPy value as the package's array.

    signs: whether its arrays broadcast under Python's operators as NumPy's do.
    """

    name: str
    functions: dict[str, Builder]
    constant: Callable[[Any], Any]
    signs: bool = True


def exported(program: Program, dialect: Dialect) -> Printed:
    """The program as a function of the package's arrays, which returns the first output.

    Raises NotTranslated with all rows that the package has no function for.
    """
    program = live(program)
    missing = sorted({e.row.name for e in program.equations} - dialect.functions.keys())
    if missing:
        raise NotTranslated(
            f"{dialect.name} has no function here for {', '.join(missing)}; "
            "use reverse, forward or compiled-numpy."
        )
    printer = Printer(program, dialect)
    source = printer.source()
    scope = dict(printer.scope)
    exec(compile(source, f"<diffkit {dialect.name}>", "exec"), scope)
    return Printed(source, scope["program"])


class Printer:
    """One line an equation; numbers stay Python's numbers under operators."""

    def __init__(self, program: Program, dialect: Dialect):
        self.program, self.dialect = program, dialect
        self.made = {equation.out: equation for equation in program.equations}
        entries = {x for x in hidden(program, self.made) if self.made[x].row.name == "pick"}
        self.entries = entries if dialect.signs else set()  # x[0] is one operation
        self.texts = {x: f"x{i}" for i, x in enumerate(program.inputs)}
        self.scope: dict[str, Any] = {}

    def source(self) -> str:
        lines = [self.line(e) for e in self.program.equations if e.out not in self.entries]
        lines.append(f"return {self.text(self.program.outputs[0], False)}")
        inputs = ", ".join(self.texts[x] for x in self.program.inputs)
        bound = "".join(f", {each}={each}" for each in self.scope)
        body = "".join(f"    {line}\n" for line in lines)
        return f"def program({inputs}{', *' if bound else ''}{bound}):\n{body}"

    def bind(self, name: str, value: Any) -> str:
        self.scope[name] = value
        return name

    def text(self, x: Name, plain: bool) -> str:
        """A variable's local name; a constant as a number, or as an array of the package."""
        if x in self.texts:
            return self.texts[x]
        value = self.program.constants[x]
        number = plain and np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fi" and np.isfinite(value)
        return f"({float(value)!r})" if number else self.bind(f"c{x}", self.dialect.constant(value))

    def line(self, e: Equation) -> str:
        """One equation."""
        name, out = e.row.name, f"v{e.out}"
        signs = self.dialect.signs and name in SIGNS
        xs = [x if x in self.entries else self.text(x, signs) for x in e.xs]
        self.texts[e.out] = out
        if e.xs[0] in self.entries:
            entry = self.made[e.xs[0]]
            return f"{out} = {self.text(entry.xs[0], False)}[{entry_of(entry.params['index'])}]"
        if signs:
            return f"{out} = {SIGNS[name].format(*xs)}"
        shapes = self.program.shapes
        function = self.dialect.functions[name](e.params, [shapes[x] for x in e.xs], shapes[e.out])
        return f"{out} = {self.bind(f'{name}_{e.out}', function)}({', '.join(map(str, xs))})"


def always(function: Callable[..., Any]) -> Builder:
    """The builder of a function that is the same for all parameters and shapes."""
    return lambda params, shapes, out: function


def found(namespaces: Sequence[Any]) -> dict[str, Builder]:
    """The pointwise rows that are ufuncs, by a function of the same name in the first namespace with one."""
    return {
        name: always(next(getattr(m, name) for m in namespaces if hasattr(m, name)))
        for name, row in TABLE.items()
        if isinstance(row.evaluate, np.ufunc) and any(hasattr(m, name) for m in namespaces)
    } | {name: always(function) for name, function in OPERATORS.items()}


def contraction(m: Any) -> Builder:
    """Products of vectors and matrices as such, the others by einsum."""

    def build(params: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        spec = params["spec"]
        a, b, result = subscripts(spec)
        shared = [c for c in a if c in b]
        if len(shared) == 1 and max(len(a), len(b)) <= 2 and shared[0] not in result:
            c = shared[0]
            if a.replace(c, "") + b.replace(c, "") == result:
                left, right = a[-1] != c, b[0] != c
                return lambda x, y: (x.T if left else x) @ (y.T if right else y)
        return lambda x, y: m.einsum(spec, x, y)

    return build


def arrays(m: Any) -> dict[str, Builder]:
    """Whole-array rows in a package that speaks NumPy."""
    return {
        "sum": lambda p, s, out: lambda x: m.sum(x, axis=p["axes"]),
        "prod": lambda p, s, out: lambda x: m.prod(x, axis=p["axes"]),
        "max": lambda p, s, out: lambda x: m.max(x, axis=p["axes"]),
        "min": lambda p, s, out: lambda x: m.min(x, axis=p["axes"]),
        "norm": lambda p, s, out: lambda x: m.sqrt(m.sum(x * x, axis=p["axes"])),
        "broadcast": lambda p, s, out: lambda x: m.broadcast_to(x, p["shape"]),
        "reshape": lambda p, s, out: lambda x: m.reshape(x, p["shape"]),
        "permute": lambda p, s, out: lambda x: m.transpose(x, p["axes"]),
        "pick": lambda p, s, out: lambda x: x[p["index"]],
        "gather": lambda p, s, out: lambda x: m.reshape(x, (-1,))[p["positions"].flat],
        "concatenate": lambda p, s, out: lambda *xs: m.concatenate(xs, axis=p["axis"]),
        "cumsum": lambda p, s, out: lambda x: m.cumsum(x, axis=p["axis"]),
        "where": always(m.where),
        "contract": contraction(m),
        "det": always(m.linalg.det),
        "solve": always(m.linalg.solve),
    }


def autograd_dialect(m: Any, special: Any) -> Dialect:
    """m: autograd.numpy. special: autograd.scipy.special, or None where SciPy is missing."""
    more = {
        "logistic": always(lambda x: 0.5 + 0.5 * m.tanh(0.5 * x)),
        "cbrt": always(lambda x: m.sign(x) * m.abs(x) ** (1 / 3)),
    }
    spaces = [m] if special is None else [m, special]
    return Dialect("autograd", found(spaces) | arrays(m) | more, np.asarray)


def jax_dialect(m: Any, special: Any, stop: Any) -> Dialect:
    """m: jax.numpy. special: jax.scipy.special. stop: jax.lax.stop_gradient."""
    more = {
        "stop": always(stop),
        "psi": always(special.digamma),
        "logistic": always(special.expit),
        "place": lambda p, s, out: lambda x: m.zeros(p["shape"]).at[p["index"]].set(x),
    }
    return Dialect("jax", found([m, special]) | arrays(m) | more, np.asarray)


def torch_dialect(m: Any) -> Dialect:
    """m: torch."""

    def picked(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        index = p["index"]
        if all(each.step is None or each.step > 0 for each in index):
            return lambda x: x[index]
        places = [np.arange(n)[each].copy() for n, each in zip(shapes[0], index, strict=False)]
        grid = tuple(map(m.from_numpy, np.ix_(*places)))  # a negative step is no slice there
        return lambda x: x[grid]

    def placed(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        def place(x: Any) -> Any:
            answer = m.zeros(p["shape"], dtype=m.float64)
            answer[p["index"]] = x
            return answer

        return place

    def gathered(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        flat = m.from_numpy(np.array(p["positions"].flat))
        return lambda x: m.reshape(x, (-1,))[flat]

    def product(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        def over(x: Any) -> Any:
            for axis in sorted(p["axes"], reverse=True):
                x = m.prod(x, axis)
            return x

        return over

    more: dict[str, Builder] = {
        "prod": product, "pick": picked, "place": placed, "gather": gathered,
        "max": lambda p, s, out: lambda x: m.amax(x, p["axes"]),
        "min": lambda p, s, out: lambda x: m.amin(x, p["axes"]),
        "permute": lambda p, s, out: lambda x: m.permute(x, p["axes"]),
        "power": always(m.pow), "fabs": always(m.abs), "rint": always(m.round),
        "cbrt": always(lambda x: m.sign(x) * m.abs(x) ** (1 / 3)),
        "stop": always(lambda x: x.detach()), "logistic": always(m.sigmoid),
        "gammaln": always(m.special.gammaln), "psi": always(m.special.psi),
    }  # fmt: skip
    functions = found([m, m.special]) | arrays(m) | more
    return Dialect("torch", functions, lambda value: m.as_tensor(np.asarray(value)))


# CasADi: matrices alone, columns first; a vector is a column, a number is 1 x 1


CASADI = (
    "exp expm1 log log1p log10 sqrt sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh "
    "arctanh fabs fmax fmin hypot fmod floor ceil sign erf power"
).split()
RELATIONS: dict[str, Callable[..., Any]] = {
    "equal": operator.eq, "not_equal": operator.ne, "less": operator.lt, "less_equal": operator.le,
    "greater": operator.gt, "greater_equal": operator.ge,
}  # fmt: skip


def matrix_shape(shape: Shape) -> tuple[int, int]:
    """Rows and columns of an array of at most two axes."""
    if len(shape) > 2:
        raise NotTranslated(
            f"casadi has matrices alone, and an array here has shape {shape}; use reverse or compiled-numpy."
        )
    return (*shape, 1, 1)[:2]  # type: ignore[return-value]


def as_rows(x: np.ndarray) -> np.ndarray:
    """An array as CasADi's matrix."""
    return np.reshape(np.asarray(x, dtype=float), matrix_shape(np.shape(x)))


def casadi_dialect(m: Any) -> Dialect:
    """m: casadi."""

    def spread(x: Any, shape: Shape, out: Shape) -> Any:
        """x repeated to the shape of the answer, as NumPy broadcasts."""
        if shape == out or prod(shape) == 1:
            return x
        rows, columns = matrix_shape(out)
        if len(shape) == 1 and len(out) == 2:
            return m.repmat(x.T, rows, 1)
        have = matrix_shape(shape)
        return m.repmat(x, rows // have[0], columns // have[1])

    def pointwise(function: Callable[..., Any]) -> Builder:
        def build(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
            matrix_shape(out)
            if all(shape == out for shape in shapes):
                return function
            return lambda *xs: function(*(spread(x, s, out) for x, s in zip(xs, shapes, strict=True)))

        return build

    def reduced(function: Callable[[Any, int], Any]) -> Builder:
        """function(x, axis) takes one axis of a matrix away, leaving 1."""

        def build(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
            matrix_shape(shapes[0])
            axes, flip = p["axes"], len(shapes[0]) == 2 and p["axes"] == (0,)

            def reduce(x: Any) -> Any:
                for axis in axes:
                    x = function(x, axis)
                return x.T if flip else x

            return reduce

        return build

    def folded(function: Callable[[Any, Any], Any]) -> Builder:
        """A function of two over an axis by halving, so that the graph is no long chain."""

        def fold(x: Any, axis: int) -> Any:
            x = x if axis == 0 else x.T
            while x.shape[0] > 1:
                half = x.shape[0] // 2
                rest = x[2 * half :, :]
                x = function(x[:half, :], x[half : 2 * half, :])
                x = m.vertcat(x, rest) if rest.shape[0] else x
            return x if axis == 0 else x.T

        return reduced(fold)

    def reshaped(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        matrix_shape(shapes[0])
        rows, columns = matrix_shape(out)
        return lambda x: m.reshape(x.T, columns, rows).T

    def picked(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        index = (*p["index"], slice(None), slice(None))[:2]
        places = [list(range(n))[each] for n, each in zip(matrix_shape(shapes[0]), index, strict=True)]
        return lambda x: x[places[0], places[1]]

    def gathered(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        flat = [int(i) for i in np.ravel(p["positions"].flat)]
        back = reshaped({}, [(len(flat),)], out)
        return lambda x: back(m.vec(x.T)[flat])

    def contracted(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        a, b, result = subscripts(p["spec"])
        for shape in (*shapes, out):
            matrix_shape(shape)
        inner = [c for c in a if c in b and c not in result]
        if not a or not b:
            return operator.mul
        if len(a) == len(b) == 1 and a != b and result:
            return lambda x, y: m.mtimes(x, y.T) if result == a + b else m.mtimes(y, x.T)
        if len(inner) == 2 and not result:
            return lambda x, y: m.sum1(m.sum2(x * (y if a == b else y.T)))
        if len(inner) != 1 or any(c in result for c in a if c in b):
            raise NotTranslated(f"casadi has no contraction {p['spec']}; use reverse or compiled-numpy.")
        c = inner[0]
        left, right = a[0] == c, b[0] != c
        flip = a.replace(c, "") + b.replace(c, "") != result

        def contraction(x: Any, y: Any) -> Any:
            z = m.mtimes(x.T if left else x, y.T if right else y)
            return z.T if flip or (len(a) == 1 and len(b) == 2) else z

        return contraction

    def joined(p: dict[str, Any], shapes: Sequence[Shape], out: Shape) -> Callable[..., Any]:
        matrix_shape(out)
        return m.vertcat if p["axis"] == 0 else m.horzcat

    functions: dict[str, Builder] = {
        **{name: pointwise(getattr(m, name)) for name in CASADI},
        **{name: pointwise(function) for name, function in {**OPERATORS, **RELATIONS}.items()},
        "maximum": pointwise(m.fmax), "minimum": pointwise(m.fmin), "absolute": pointwise(m.fabs),
        "float_power": pointwise(m.power), "exp2": pointwise(lambda x: m.exp(x * np.log(2.0))),
        "log2": pointwise(lambda x: m.log(x) / np.log(2.0)),
        "logistic": pointwise(lambda x: 0.5 + 0.5 * m.tanh(0.5 * x)),
        "cbrt": pointwise(lambda x: m.sign(x) * m.fabs(x) ** (1 / 3)),
        "logaddexp": pointwise(lambda a, b: m.fmax(a, b) + m.log1p(m.exp(-m.fabs(a - b)))),
        "where": pointwise(lambda c, a, b: m.if_else(c, a, b)),
        "sum": reduced(lambda x, axis: m.sum1(x) if axis == 0 else m.sum2(x)),
        "prod": folded(operator.mul), "max": folded(m.fmax), "min": folded(m.fmin),
        "norm": reduced(lambda x, axis: m.sqrt(m.sum1(x * x) if axis == 0 else m.sum2(x * x))),
        "reshape": reshaped, "pick": picked, "gather": gathered, "contract": contracted,
        "concatenate": joined, "cumsum": lambda p, s, out: lambda x: m.cumsum(x, p["axis"]),
        "broadcast": lambda p, s, out: lambda x: spread_out(m, x, s[0], out, spread),
        "permute": lambda p, s, out: lambda x: x.T if p["axes"] == (1, 0) else x,
        "det": always(m.det), "solve": always(m.solve),
    }  # fmt: skip
    return Dialect("casadi", functions, lambda value: m.DM(as_rows(value)), signs=False)


def spread_out(m: Any, x: Any, shape: Shape, out: Shape, spread: Callable[..., Any]) -> Any:
    """A broadcast, of a single entry too."""
    return m.repmat(x, *matrix_shape(out)) if prod(shape) == 1 else spread(x, shape, out)
