"""The same NumPy code over exact numbers: SymPy expressions, or mpmath numbers of as many digits as asked.

A `Field` is an array of such numbers. Pointwise rows are computed by their exact form in a namespace of
functions, whole-array rows by the namespace where it has one of that name, otherwise by NumPy over objects. A
double is taken for exactly what it is: 0.1 is the double nearest to 1/10, never 1/10.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy.logic.boolalg import Boolean, BooleanAtom

from ..calculus.rules import Constant, NoRule, Pointwise, Row, Select
from ..calculus.spellings import interpreted
from .frames import outward, raised_in, users_line
from .traced import Traced

LARGEST_EXACT = 2.0**53  # beyond it not every whole number is a double
TRUTHS = (bool, np.bool_, BooleanAtom)


class Undecided(NoRule):
    """A branch of the program depends on a symbol; the message names the line."""


class Field(Traced):
    """An array of exact numbers (`entries`, dtype object) and the namespace `m` that computes with them."""

    __slots__ = ("entries", "m")
    level = 0  # differentiations nest outside: they started later

    def __init__(self, entries: Any, m: Any):
        self.entries, self.m = np.asarray(entries, dtype=object), m

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return self.entries.shape

    @property
    def primal(self) -> np.ndarray:  # type: ignore[override]
        """The entries, for questions such as np.argmax and for masks: both need conditions to be decided."""
        for entry in self.entries.flat:
            if is_truth(entry):
                raise undecided(entry)
        return self.entries

    def __repr__(self) -> str:
        return f"Field({self.entries.tolist()!r})"

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"the truth of an array of shape {self.shape} is ambiguous; use np.all or np.any."
            )
        answer = self.m.truth(self.entries.item())
        if not isinstance(answer, TRUTHS):
            raise undecided(answer)
        return bool(answer)

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        m = self.m
        if isinstance(row, (Pointwise, Select)) or type(row) is Constant:
            return finished(each(exact_form(row, m), map(m.entries, xs)), m)
        whole = getattr(m.whole, row.name, row.evaluate)
        arrays = [np.asarray(each(m.number, [m.entries(x)]), dtype=object) for x in xs]
        return finished(each(m.number, [whole(*arrays, **params)]), m)


def is_truth(x: Any) -> bool:
    """Whether an entry is a truth value, decided or not; SymPy's symbols are of its class Boolean too."""
    return isinstance(x, TRUTHS) or (isinstance(x, Boolean) and not isinstance(x, sympy.Expr))


def each(function: Callable[..., Any], arrays: Any) -> Any:
    """function applied entry by entry to broadcast object arrays."""
    arrays = list(arrays)
    return np.frompyfunc(function, len(arrays), 1)(*arrays)


def finished(entries: Any, m: Any) -> Any:
    """A Field, or plain booleans where every entry is decided."""
    entries = np.asarray(entries, dtype=object)
    if entries.size and all(isinstance(entry, TRUTHS) for entry in entries.flat):
        return entries.astype(bool)[()]
    return Field(entries, m)


def exact_form(row: Row, m: Any) -> Callable[..., Any]:
    """How the namespace computes one entry of a row."""
    form = row.exact or row.name
    if callable(form):
        return lambda *xs: m.real(form, m, *map(m.number, xs))
    function = getattr(m, form, None)
    if function is None:
        raise NoRule(
            f"the rule {row.name} has no exact form for {m.name}; pass diffkit.rule exact=lambda m, x: ..."
        )
    return lambda *xs: m.real(function, *map(m.entry, xs))


def undecided(condition: Any, frames: Iterable[FrameType] | None = None) -> Undecided:
    """The sentence for a branch on a symbol, with the user's line."""
    text = str(condition)
    text = text if len(text) <= 60 else text[:57] + "..."
    return Undecided(
        f"symbolic needs the branch on {text} to be written as np.where(condition, a, b): an if, a loop or a "
        f"choice of entries cannot follow a symbol ({users_line(frames or outward())})."
    )


def lines(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """x with the reduced axes flattened into a last one."""
    kept = [i for i in range(x.ndim) if i not in axes]
    return x.transpose(*kept, *axes).reshape([x.shape[i] for i in kept] + [-1])


def reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    """A whole-array row that applies function(*entries) to every line over `axes`."""

    def reduce(x: np.ndarray, axes: tuple[int, ...]) -> Any:
        flat = lines(x, axes)
        answer = np.empty(flat.shape[:-1], dtype=object)
        for where in np.ndindex(answer.shape):
            answer[where] = function(*flat[where])
        return answer

    return staticmethod(reduce)  # type: ignore[return-value]


def columns(solve: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """The row solve(a, b), b of shape (..., n, m), from a solver of one matrix of right-hand sides."""

    def solved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        side = np.moveaxis(b, -2, 0)
        answer = np.asarray(solve(a, side.reshape(len(a), -1)), dtype=object)
        return np.moveaxis(answer.reshape(side.shape), 0, -2)

    return solved


# SymPy


def root_of_squares(*xs: Any) -> Any:
    return sympy.sqrt(sympy.Add(*(x * x for x in xs)))


class SymPyArrays:
    """Whole-array rows over SymPy: long sums are one Add, not a thousand."""

    sum, prod = reduction(sympy.Add), reduction(sympy.Mul)
    max, min = reduction(sympy.Max), reduction(sympy.Min)
    norm = reduction(root_of_squares)

    @staticmethod
    def det(x: np.ndarray, axes: Any) -> Any:
        return sympy.Matrix(x).det()

    @staticmethod
    def solve(a: np.ndarray, b: np.ndarray) -> Any:
        return columns(lambda a, b: sympy.Matrix(a).LUsolve(sympy.Matrix(b)).tolist())(a, b)

    @staticmethod
    def contract(a: np.ndarray, b: np.ndarray, spec: str) -> Any:
        words, out = spec.split("->")
        first, second = words.split(",")
        inner = "".join(c for c in dict.fromkeys(first + second) if c not in out)
        products = aligned(a, first, out + inner) * aligned(b, second, out + inner)
        return SymPyArrays.sum(products, axes=tuple(range(len(out), len(out + inner))))


def aligned(x: np.ndarray, word: str, order: str) -> np.ndarray:
    """x with axes `word` transposed to `order`, ones where it lacks a letter."""
    present = [word.index(c) for c in order if c in word]
    x = x.transpose(present)
    sizes = iter(x.shape)
    return x.reshape([next(sizes) if c in word else 1 for c in order])


class Numbers:
    """What the two namespaces share: how entries are read, and what is asked of them."""

    name: str
    number: Callable[[Any], Any]

    def entries(self, x: Any) -> np.ndarray:
        return x.entries if isinstance(x, Field) else np.asarray(x).astype(object)

    def entry(self, x: Any) -> Any:
        """An exact number, or a truth value as it is."""
        return x if is_truth(x) else self.number(x)

    def floor_divide(self, a: Any, b: Any) -> Any:
        return self.floor(a / b)  # type: ignore[attr-defined]


def question(relation: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison of numbers."""
    return lambda self, *xs: relation(*map(self.number, xs))


def connective(function: Callable[..., Any]) -> Callable[..., Any]:
    """A logical function of truth values, or of numbers that are true unless 0."""
    return lambda self, *xs: function(*map(self.truth, xs))


class SymPyNumbers(Numbers):
    """SymPy's functions of real arguments, under the names that rows use.

    A double that is a whole number is an Integer, so that x**2.0 is x**2; any other is a Float of 53 bits,
    the double itself, and folds with others as doubles do. `stop` and the steps (floor, sign, ...) become
    symbols with a definition: their slope is zero wherever it exists; `restored` puts the definitions back.
    """

    name = "SymPy"
    whole = SymPyArrays
    exp, log, sin, cos, tan, sinh, cosh, tanh = (
        sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh,
    )  # fmt: skip
    asin, acos, atan, asinh, acosh, atanh, atan2 = (
        sympy.asin, sympy.acos, sympy.atan, sympy.asinh, sympy.acosh, sympy.atanh, sympy.atan2,
    )  # fmt: skip
    erf, erfc, erfinv, gamma, loggamma, digamma, zeta, besselj, besseli = (
        sympy.erf, sympy.erfc, sympy.erfinv, sympy.gamma, sympy.loggamma, sympy.digamma, sympy.zeta,
        sympy.besselj, sympy.besseli,
    )  # fmt: skip
    max, min, power, sqrt = sympy.Max, sympy.Min, sympy.Pow, staticmethod(sympy.sqrt)
    equal, not_equal = question(sympy.Eq), question(sympy.Ne)
    less, less_equal, greater, greater_equal = map(question, (sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge))
    logical_and, logical_or, logical_xor, logical_not = map(
        connective, (sympy.And, sympy.Or, sympy.Xor, sympy.Not)
    )
    signbit = question(lambda x: x < 0)
    isnan = question(lambda x: x is sympy.nan)  # symbols are finite reals
    isinf = question(lambda x: x in (sympy.oo, -sympy.oo))
    isfinite = question(lambda x: x not in (sympy.oo, -sympy.oo, sympy.nan))

    def __init__(self) -> None:
        self.stopped: dict[sympy.Dummy, Any] = {}

    def number(self, x: Any) -> Any:
        if isinstance(x, sympy.Expr):
            return x
        if isinstance(x, Boolean):
            return sympy.Piecewise((sympy.S.One, x), (sympy.S.Zero, True))
        if not isinstance(x, (float, np.floating)):
            return sympy.Integer(int(x))
        x = float(x)
        return sympy.Integer(int(x)) if x.is_integer() and abs(x) <= LARGEST_EXACT else sympy.Float(x)

    @staticmethod
    def real(function: Callable[..., Any], *xs: Any) -> Any:
        return function(*xs)

    def stop(self, x: Any) -> Any:
        if x.is_number:
            return x
        symbol = sympy.Dummy(real=True)
        self.stopped[symbol] = x
        return symbol

    def restored(self, expressions: Sequence[Any]) -> list[Any]:
        """The expressions with the definitions of what was stopped put back."""
        known: dict[Any, Any] = {}
        for symbol, definition in self.stopped.items():  # a definition may use earlier ones
            known[symbol] = definition.xreplace(known)
        return [each.xreplace(known) for each in expressions] if known else list(expressions)

    def floor(self, x: Any) -> Any:
        return self.stop(sympy.floor(x))

    def ceil(self, x: Any) -> Any:
        return self.stop(sympy.ceiling(x))

    def sign(self, x: Any) -> Any:
        return self.stop(sympy.sign(x))

    def trunc(self, x: Any) -> Any:
        return self.stop(sympy.sign(x) * sympy.floor(abs(x)))

    def rint(self, x: Any) -> Any:
        return (
            sympy.Integer(round(sympy.Rational(x))) if x.is_number else self.stop(sympy.Function("rint")(x))
        )

    def heaviside(self, x: Any, at_zero: Any) -> Any:
        return self.stop(sympy.Heaviside(x, at_zero))

    @staticmethod
    def cbrt(x: Any) -> Any:
        """The real root, of negative numbers too."""
        return sympy.sign(x) * abs(x) ** sympy.Rational(1, 3)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return sympy.Piecewise((self.number(a), self.truth(condition)), (self.number(b), True))

    def truth(self, x: Any) -> Any:
        return sympy.sympify(x) if is_truth(x) else sympy.Ne(self.number(x), 0)


def symbols(shape: tuple[int, ...], name: str, m: SymPyNumbers) -> Field:
    """An array of real symbols: `name` alone for a number, name[0], name[1], ... for an array."""
    entries = np.empty(shape, dtype=object)
    for where in np.ndindex(shape):
        title = f"{name}[{', '.join(map(str, where))}]" if where else name
        entries[where] = sympy.Symbol(title, real=True)
    return Field(entries, m)


def symbolic_value(f: Callable[..., Any], args: Sequence[Any], m: SymPyNumbers) -> np.ndarray:
    """f of Fields over `m` (and plain data) as an object array of expressions, of the shape of the value.

    Raises Undecided where f branches on a symbol.
    """
    try:
        y = interpreted(f(*args))
    except TypeError as error:
        if isinstance(error, NoRule) or "truth value of Relational" not in str(error):
            raise
        raise undecided("the order of entries", raised_in(error)) from error
    return np.asarray(each(m.number, [m.entries(y)]), dtype=object)


def symbolic_outputs(f: Callable[..., Any], *shapes: tuple[int, ...]) -> tuple[list[np.ndarray], np.ndarray]:
    """f of arrays of real symbols: (the symbols of each argument, the expressions of the value).

    >>> [x], y = symbolic_outputs(lambda x: x[0] * np.sin(x[1]), (2,))
    >>> print(y)
    x0[0]*sin(x0[1])
    """
    m = SymPyNumbers()
    xs = [symbols(shape, f"x{i}", m) for i, shape in enumerate(shapes)]
    y = symbolic_value(f, xs, m)
    restored = np.empty(y.shape, dtype=object)
    restored.flat[:] = m.restored(list(y.flat))
    return [x.entries for x in xs], restored


# mpmath


class MPArrays:
    """Whole-array rows over mpmath."""

    def __init__(self, context: Any):
        self.max, self.min = reduction(lambda *xs: max(xs)), reduction(lambda *xs: min(xs))
        self.prod = reduction(lambda *xs: context.fprod(xs))
        self.norm = reduction(lambda *xs: context.sqrt(context.fsum(xs, squared=True)))
        self.solve = columns(
            lambda a, b: np.transpose(
                [list(context.lu_solve(context.matrix(a.tolist()), list(side))) for side in b.T]
            )
        )
        self.det = lambda x, axes: context.det(context.matrix(x.tolist()))


MP_FUNCTIONS = (
    "exp log sqrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh atan2 power "
    "erf erfc erfinv gamma loggamma digamma zeta besselj besseli"
).split()


class MPNumbers(Numbers):
    """mpmath's functions of real arguments at so many digits; NaN outside the domain, as in NumPy."""

    max, min = staticmethod(max), staticmethod(min)
    equal, not_equal = question(operator.eq), question(operator.ne)
    less, less_equal, greater, greater_equal = map(
        question, (operator.lt, operator.le, operator.gt, operator.ge)
    )
    logical_and, logical_or, logical_xor = map(connective, (operator.and_, operator.or_, operator.xor))
    logical_not = connective(operator.not_)
    signbit = question(lambda x: x < 0)

    def __init__(self, digits: int):
        self.name = "mpmath"
        self.context = context = mpmath.MPContext()
        context.dps = digits
        self.whole = MPArrays(context)
        for name in MP_FUNCTIONS:
            setattr(self, name, getattr(context, name))
        self.floor, self.ceil, self.rint, self.sign = context.floor, context.ceil, context.nint, context.sign
        self.isnan, self.isinf, self.isfinite = context.isnan, context.isinf, context.isfinite

    def number(self, x: Any) -> Any:
        return (
            x
            if isinstance(x, self.context.mpf)
            else self.context.mpf(float(x) if isinstance(x, np.floating) else x)
        )

    def real(self, function: Callable[..., Any], *xs: Any) -> Any:
        try:
            y = function(*xs)
        except ZeroDivisionError:
            return self.context.nan
        return self.context.nan if isinstance(y, self.context.mpc) else y

    @staticmethod
    def stop(x: Any) -> Any:
        return x

    def trunc(self, x: Any) -> Any:
        return self.sign(x) * self.floor(abs(x))

    def heaviside(self, x: Any, at_zero: Any) -> Any:
        return at_zero if x == 0 else self.number(x > 0)

    def cbrt(self, x: Any) -> Any:
        return self.sign(x) * self.context.cbrt(abs(x))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return self.number(a if self.truth(condition) else b)

    @staticmethod
    def truth(x: Any) -> bool:
        return bool(x)


def mp_field(x: Any, digits: int = 100) -> Field:
    """A float or an array of floats as a Field of mpmath numbers of so many digits, each exactly the double.

    >>> print(np.exp(mp_field(1.0, 30)).entries.item())
    2.71828182845904523536028747135
    """
    return exact_field(x, MPNumbers(digits))


def exact_field(x: Any, m: Any) -> Field:
    return Field(each(m.number, [m.entries(x)]), m)


def mapped(x: Any, to: Callable[[Any], Any]) -> Any:
    """x with every float, and every array of floats, in it exchanged; whole numbers stay what they are."""
    if isinstance(x, dict):
        return {key: mapped(value, to) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        values = [mapped(value, to) for value in x]
        return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)
    if isinstance(x, (float, np.floating)) or (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
        return to(x)
    return x


def mp_evaluate(f: Callable[..., Any], args: Sequence[Any], digits: int = 100) -> Any:
    """f(*args) in mpmath at so many digits: an mpf, or an object array of them.

    Floats, arrays of floats and containers of them are exact doubles; whole numbers are passed as they are.

    >>> print(mp_evaluate(lambda x: (1 - np.cos(x)) / x**2, (0.5,), 30))
    0.489669752438509135534873669585
    """
    m = MPNumbers(digits)
    y = interpreted(f(*mapped(tuple(args), lambda x: exact_field(x, m))))
    return exact_field(y, m).entries[()]


def mp_jacobian(
    f: Callable[..., Any], args: Sequence[Any], wrt: int = 0, digits: int = 100
) -> list[np.ndarray]:
    """The derivative of f by central differences in mpmath: one object array for each leaf of args[wrt].

    Each is of shape y.shape + leaf.shape. The step is 10**(-0.3 digits) relative to the entry, so at 100
    digits the error is beyond the 30th unless a kink or a pole is that near. Nothing is stopped here.

    >>> print(mp_jacobian(lambda x: x[0] * x[1] ** 2, (np.array([3.0, 2.0]),), digits=50)[0].astype(float))
    [ 4. 12.]
    """
    m = MPNumbers(digits)
    leaves: list[Field] = []

    def active(x: Any) -> Field:
        leaves.append(exact_field(x, m))
        return leaves[-1]

    exact = [mapped(x, active if i == wrt else lambda x: exact_field(x, m)) for i, x in enumerate(args)]
    return [differences(lambda: exact_field(interpreted(f(*exact)), m).entries, leaf) for leaf in leaves]


def differences(y: Callable[[], np.ndarray], leaf: Field) -> np.ndarray:
    """Central differences of y() in every entry of one of its leaves."""
    context, columns = leaf.m.context, []
    for where in np.ndindex(leaf.shape):
        x = leaf.entries[where]
        h = (abs(x) or 1) * context.mpf(10) ** -int(0.3 * context.dps)
        ends = []
        for leaf.entries[where] in (x + h, x - h):
            ends.append(y())
        leaf.entries[where] = x
        columns.append((ends[0] - ends[1]) / (2 * h))
    stacked = np.moveaxis(np.array(columns, dtype=object), 0, -1)
    return stacked.reshape(stacked.shape[:-1] + leaf.shape)
