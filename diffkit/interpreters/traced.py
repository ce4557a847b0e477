"""What every interpreter's array looks like to NumPy and to Python: hooks, operators, attributes, refusals.

NumPy hands a call over in two ways, `__array_ufunc__` and `__array_function__` (NEP 13 and 18); both end in
`bind`, as do the operators. What cannot be traced is refused with the spelling to use instead.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from typing import Any

import numpy as np

from ..calculus import elementwise, spellings
from ..calculus.rules import Interpreted, NoRule, Row, bind, shape_of
from ..calculus.spellings import REDUCE, SPELLINGS, UFUNCS, interpreted

NUMBERS = (float, int, Interpreted)
PLAIN = {float, int, np.float64}
NO_PARAMS: dict[str, Any] = {}
MOST_OBJECTS = 10_000  # entries that are taken apart into an array of objects, one each
levels = count(1)  # later differentiations get higher levels, across threads too


class NoAttribute(NoRule, AttributeError):
    """An attribute of arrays that a traced value does not have; the message says what to write instead."""


def operand(x: Any) -> Any:
    """The other side of an operator, as something a row can take."""
    return x if isinstance(x, NUMBERS) else interpreted(x)


def binary(row: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The method of an operator and its reflected twin; a plain number goes straight to the interpreter."""
    if not isinstance(row, Row):
        return lambda self, other: row(self, operand(other)), lambda self, other: row(operand(other), self)

    def method(self: Traced, other: Any) -> Any:
        if type(other) in PLAIN or (type(other) is type(self) and other.level == self.level):
            return self.apply(row, (self, other), NO_PARAMS)
        return row(self, operand(other))

    def reflected(self: Traced, other: Any) -> Any:
        if type(other) in PLAIN:
            return self.apply(row, (other, self), NO_PARAMS)
        return row(operand(other), self)

    return method, reflected


def compare(row: Any) -> Callable[..., Any]:
    return lambda self, other: bind(row, (self, operand(other)), NO_PARAMS)


def method(function: Callable[..., Any]) -> Callable[..., Any]:
    """An ndarray method that takes the same arguments as NumPy's function of that name."""
    return lambda self, *args, **options: spell(function, (self, *args), options)


def refuse(what: str, instead: str) -> Callable[..., Any]:
    """A method that says why it cannot be traced and what to write."""

    def refusal(self: Any, *args: Any, **options: Any) -> Any:
        raise NoRule(f"{what} cannot be differentiated; {instead}.")

    return refusal


class Traced(Interpreted):
    """Base of every interpreter's value: behaves like an array of floats that cannot be changed."""

    __slots__ = ()
    primal: Any

    # NumPy's two hooks

    def __array_ufunc__(self, ufunc: np.ufunc, how: str, *inputs: Any, **options: Any) -> Any:
        options = {name: value for name, value in options.items() if value is not None or name == "axis"}
        if "out" in options:
            raise NoRule(
                f"np.{ufunc.__name__}(..., out=) and a += x change an array in place; "
                f"write y = np.{ufunc.__name__}(...) or a = a + x."
            )
        if how == "__call__":
            if not has_row(ufunc):
                raise no_rule(ufunc)
            if options:
                raise NoRule(f"np.{ufunc.__name__} has no rule with {', '.join(options)}=; use np.where.")
            return UFUNCS[ufunc](*map(operand, inputs))
        if how == "reduce" and ufunc in REDUCE:
            return call(ufunc.reduce, REDUCE[ufunc], inputs, options)
        if how == "accumulate" and ufunc is np.add:
            return spellings.cumsum(inputs[0], options.get("axis", 0))
        if how == "outer" and ufunc in UFUNCS:
            a, b = map(interpreted, inputs)
            return UFUNCS[ufunc](np.reshape(a, shape_of(a) + (1,) * len(shape_of(b))), b)
        raise NoRule(
            f"np.{ufunc.__name__}.{how} has no derivative rule; spell it with sums, products and indexing."
        )

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return spell(function, args, options)

    # Operators

    __add__, __radd__ = binary(elementwise.add)
    __sub__, __rsub__ = binary(elementwise.subtract)
    __mul__, __rmul__ = binary(elementwise.multiply)
    __truediv__, __rtruediv__ = binary(elementwise.divide)
    __rpow__ = binary(spellings.power)[1]
    __mod__, __rmod__ = binary(elementwise.remainder)
    __floordiv__, __rfloordiv__ = binary(UFUNCS[np.floor_divide])
    __matmul__, __rmatmul__ = binary(spellings.matmul)
    __lt__, __le__, __gt__, __ge__, __eq__, __ne__ = (  # type: ignore[assignment]
        compare(UFUNCS[ufunc])
        for ufunc in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)
    )
    __hash__ = object.__hash__

    def __pow__(self, e: Any) -> Any:
        row = spellings.POWERS.get(e) if type(e) in PLAIN else None
        return spellings.power(self, operand(e)) if row is None else self.apply(row, (self,), NO_PARAMS)

    def __neg__(self) -> Any:
        return self.apply(elementwise.negative, (self,), NO_PARAMS)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.apply(elementwise.absolute, (self,), NO_PARAMS)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __floor__(self) -> Any:
        return np.floor(self)

    def __ceil__(self) -> Any:
        return np.ceil(self)

    def __trunc__(self) -> Any:
        return np.trunc(self)

    def __round__(self, digits: int | None = None) -> Any:
        return np.round(self, digits or 0)

    def __copy__(self) -> Any:
        return self  # nothing can change it

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    __reduce__ = refuse("a pickled value", "keep it in the process that differentiates")

    # Entries

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a number has no len(); this traced value has shape ()")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return spellings.index(self, key)

    __setitem__ = refuse(
        "x[i] = value", "build a new array with np.where, np.concatenate, np.stack or np.array([...])"
    )
    __float__ = refuse(
        "float(x), math.sin(x), storing x in an array of floats and np.mean of an array of objects",
        "use np.sin(x) for math.sin(x), and np.stack([...]) to collect values",
    )
    __int__ = refuse("int(x)", "use np.floor(x) or np.trunc(x), whose slope is zero")
    __complex__ = refuse("complex(x)", "write with real and imaginary parts as separate arrays")
    __index__ = refuse(
        "an index or a range that depends on a traced value", "use np.take with plain integers"
    )

    # Attributes and methods of arrays

    @property
    def __array__(self) -> Callable[..., np.ndarray]:
        """What np.array(x) calls before it walks through all entries; a number is taken as it is."""
        if not self.shape:
            raise AttributeError("a traced number is no array")
        return self.as_objects

    def as_objects(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """An array of the traced entries; refused where it should hold plain numbers."""
        if dtype is not None and np.dtype(dtype) != object:
            float(self)  # type: ignore[arg-type]  # refuses, with the spelling to use
        if self.size > MOST_OBJECTS:
            raise NoRule(
                f"np.array(x) and np.asarray(x) would take {self.size:,} traced entries apart, one by one; "
                "leave them out: a traced value is an array already."
            )
        entries = np.empty(self.size, dtype=object)
        for i, entry in enumerate(self.ravel()):  # type: ignore[attr-defined]
            entries[i] = entry
        return entries.reshape(self.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(float)

    @property
    def T(self) -> Any:
        return spellings.transpose(self)

    @property
    def mT(self) -> Any:
        return spellings.matrix_transpose(self)

    @property
    def real(self) -> Any:
        return self

    @property
    def imag(self) -> Any:
        return np.zeros(self.shape)

    @property
    def flat(self) -> Iterator[Any]:
        return iter(spellings.ravel(self))

    itemsize = 8

    @property
    def nbytes(self) -> int:
        return 8 * self.size

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return spellings.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def transpose(self, *axes: Any) -> Any:
        if len(axes) == 1 and not isinstance(axes[0], int):
            axes = axes[0]
        return spellings.transpose(self, axes or None)

    def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
        if np.dtype(dtype) != float:
            raise NoRule(f"astype({np.dtype(dtype)}) cannot be differentiated; traced values are float64.")
        return self

    def tolist(self) -> Any:
        return self if not self.shape else [row.tolist() for row in self]

    def item(self, *where: Any) -> Any:
        if not where and self.size == 1:
            return spellings.reshape(self, ())
        return spellings.index(spellings.ravel(self), *where) if len(where) == 1 else self[where]

    def __getattr__(self, name: str) -> Any:
        ufunc = None if name.startswith("__") else getattr(np, name, None)
        if isinstance(ufunc, np.ufunc) and ufunc in UFUNCS:  # object arrays of traced values call x.sin()
            return lambda *others: UFUNCS[ufunc](self, *map(operand, others))
        if name in IN_PLACE:
            raise NoAttribute(f"x.{name} changes or exposes the memory of an array; use {IN_PLACE[name]}.")
        raise NoAttribute(f"a traced value has no attribute {name!r}; see 'diffkit list functions'.")

    def __format__(self, spec: str) -> str:
        return repr(self) if not spec else format(spellings.plain(self), spec)


LIKE_FUNCTIONS = (
    "all any argmax argmin argsort clip copy cumsum diagonal dot max mean min nonzero prod ravel repeat "
    "round searchsorted squeeze std sum swapaxes take trace var"
).split()
for name in LIKE_FUNCTIONS:
    setattr(Traced, name, method(getattr(np, name)))
for name, twin in {"flatten": "ravel", "conj": "real", "conjugate": "real"}.items():
    setattr(Traced, name, method(getattr(np, twin)))

IN_PLACE = dict.fromkeys(
    "base byteswap ctypes data device dump dumps flags getfield setfield setflags strides to_device tobytes "
    "tofile view".split(),
    "the plain array, outside the differentiated function",
) | {
    "sort": "np.sort(x)",
    "partition": "np.sort(x)",
    "argpartition": "np.argsort(x)",
    "fill": "np.full_like",
    "put": "np.where",
    "resize": "np.reshape",
    "itemset": "np.where",
    "choose": "np.where",
    "compress": "x[mask]",
    "cumprod": "np.prod of slices, or np.exp(np.cumsum(np.log(x)))",
}


OF_OBJECTS = ("dtype('O')", "which has no callable")  # NumPy's words where a function takes no objects


def run(f: Callable[..., Any], xs: Any) -> Any:
    """f(*xs) as an array or an interpreted value; our sentence is dug out where NumPy has buried it."""
    try:
        return interpreted(f(*xs))
    except ValueError as error:
        if isinstance(error.__cause__, NoRule):  # a[0] = x ends as "setting an array element with a sequence"
            raise error.__cause__ from None
        raise
    except TypeError as error:
        if isinstance(error, NoRule) or not any(words in str(error) for words in OF_OBJECTS):
            raise
        raise NoRule(
            f"np.array([...]) of traced values is an array of objects, of which NumPy says: {error}. "
            "Collect them with np.stack([...]), for a matrix np.reshape(np.stack([...]), (rows, columns))."
        ) from error


def has_row(ufunc: np.ufunc) -> bool:
    """Whether there is a row for it; SciPy's are entered when the first of its ufuncs is met."""
    if ufunc not in UFUNCS and "scipy.special" in sys.modules:
        from ..calculus import special  # noqa: F401 - imported for its rows
    return ufunc in UFUNCS


def spell(function: Any, args: Any, options: Any) -> Any:
    """Call the spelling of a NumPy function."""
    spelling = SPELLINGS.get(function)
    if spelling is None:
        raise no_rule(function)
    return call(function, spelling, args, options)


DEFAULTS = (None, float, np.float64)  # of out= and dtype=


def name_of(function: Any) -> str:
    """How users write a NumPy function, or a method of a ufunc."""
    owner = getattr(function, "__self__", None)
    return ".".join(["np", *([owner.__name__] if isinstance(owner, np.ufunc) else []), function.__name__])


def call(function: Any, spelling: Callable[..., Any], args: Any, options: Any) -> Any:
    """Call a spelling; an argument that it does not know is refused by name."""
    if options:
        known, any_name = names_of(spelling)
        for key, value in options.items():
            if value is np._NoValue or (key not in known and not any_name):  # type: ignore[attr-defined]
                options = known_options(function, known, options)
                break
    try:
        return spelling(*args, **options)
    except TypeError as error:
        if isinstance(error, NoRule) or error.__traceback__.tb_next is not None:  # type: ignore[union-attr]
            raise
        raise NoRule(f"{name_of(function)} has no rule with these arguments ({error}).") from error


def known_options(function: Any, known: frozenset[str], options: dict[str, Any]) -> dict[str, Any]:
    """The options without those that say nothing; one that the spelling does not know is refused."""
    options = {key: value for key, value in options.items() if value is not np._NoValue}  # type: ignore[attr-defined]
    for key in [key for key in ("out", "dtype") if any(options.get(key, 0) is each for each in DEFAULTS)]:
        del options[key]
    unknown = [key for key in options if key not in known]
    if unknown:
        raise NoRule(
            f"{name_of(function)} has no rule with {', '.join(unknown)}=; leave it out or spell it otherwise."
        )
    return options


@cache
def names_of(spelling: Callable[..., Any]) -> tuple[frozenset[str], bool]:
    """The names of its arguments, and whether it takes any other name."""
    known = inspect.signature(spelling).parameters
    return frozenset(known), any(p.kind is p.VAR_KEYWORD for p in known.values())


CHANGING = (np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask)


def no_rule(function: Any) -> NoRule:
    """The sentence for a NumPy function that is in neither table."""
    of_scipy = getattr(sys.modules.get("scipy.special"), function.__name__, None) is function
    module = "scipy.special" if of_scipy else getattr(function, "__module__", "") or ""
    name = f"{'np' + module[5:] if module.startswith('numpy') else module or 'np'}.{function.__name__}"
    if function in CHANGING:
        return NoRule(f"{name} changes an array in place; use np.where, np.concatenate or np.stack.")
    kind = "special" if of_scipy else "elementwise" if isinstance(function, np.ufunc) else "arrays"
    return NoRule(
        f"{name} has no derivative rule. Add a row to diffkit/calculus/{kind}.py,\n"
        "pass one to diffkit.rule, or spell it with functions that have one (diffkit list functions)."
    )
