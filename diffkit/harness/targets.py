"""What is compared: a function, a point and an operator, in a form that travels to another process."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, Protocol

import cloudpickle
import numpy as np

from ..calculus.rules import shape_of
from ..differentiators.arguments import flatten
from ..differentiators.peers.foreign import Foreign
from ..differentiators.peers.written import by_package, is_module, written_elsewhere
from ..expressions import parse
from ..problems import CATALOGUE, instance
from .files import TargetError, load_function

__all__ = ["Target", "TargetError", "from_callable", "from_file", "from_formula", "from_problem", "pickled"]

Wrt = int | tuple[int, ...]
Point = Mapping[str, Any] | Sequence[Any] | np.ndarray | float


class Function(Protocol):
    """A function as it travels: by name, as text, in a file, or as itself."""

    def load(self) -> Callable[..., Any]:
        """The function, in whatever process this is."""


@dataclass(frozen=True)
class InCatalogue:
    """The function of a problem of the catalogue."""

    name: str
    size: int

    def load(self) -> Callable[..., Any]:
        return CATALOGUE[self.name].build(self.size)

    def by_hand(self) -> Callable[..., Any] | None:
        """The problem's derivative by hand, if it has one."""
        write = CATALOGUE[self.name].hand
        return write and write(self.size)


@dataclass(frozen=True)
class AsText:
    """A formula."""

    text: str
    variables: tuple[str, ...]

    def load(self) -> Callable[..., Any]:
        return parse(self.text, self.variables)


@dataclass(frozen=True)
class InFile:
    """A function of a Python file."""

    path: str
    name: str

    def load(self) -> Callable[..., Any]:
        return load_function(Path(self.path), self.name)


@dataclass(frozen=True)
class AsObject:
    """A function as itself: it travels by cloudpickle, if it can."""

    f: Callable[..., Any]

    def load(self) -> Callable[..., Any]:
        return self.f


@dataclass(frozen=True)
class InPackage:
    """A function that is written in "torch" or "jax", as a function of NumPy arrays."""

    function: Function
    package: str
    widest: Any

    def load(self) -> Callable[..., Any]:
        return by_package(self.function.load(), self.package, self.widest)


@dataclass(frozen=True, eq=False)
class Target:
    """A function, its arguments, and what is asked of it.

    `operator` is "derivative" (a number to a number), "gradient" (to a number) or "jacobian" (to an array).
    `wrt` are the positions of the differentiated arguments. `point` names the arguments. `seed` is that of
    the point, None where the point was given.
    """

    name: str
    function: Function
    args: tuple[Any, ...]
    wrt: Wrt
    operator: str
    point: Mapping[str, Any]
    size: int | None = None
    seed: int | None = None

    @property
    def active(self) -> list[Any]:
        """The arguments that are differentiated in."""
        return [self.args[i] for i in ([self.wrt] if isinstance(self.wrt, int) else self.wrt)]


def from_problem(name: str, size: int | None = None, seed: int = 0) -> Target:
    """A problem of the catalogue; raises UnknownProblem, and ValueError for a size it does not come in.

    >>> target = from_problem("two_products")
    >>> target.operator, target.point
    ('gradient', {'x': 40.0, 'y': 4.0})
    """
    chosen = instance(name, size, seed)
    sized = chosen.size if CATALOGUE[name].size_means else None
    point = dict(zip(argument_names(chosen.f, len(chosen.args)), chosen.args))
    travelling = InCatalogue(name, chosen.size)
    return Target(name, travelling, chosen.args, chosen.wrt, chosen.operator, point, sized, seed)


def from_formula(
    text: str, point: Point, *, wrt: int | str | Sequence[int | str] | None = None,
    name: str | None = None, seed: int | None = None,
) -> Target:  # fmt: skip
    """A formula at a point: {"x": 0.3}, or values in the order in which the variables appear.

    wrt: names or positions of the differentiated variables, all of them if None.
    Raises FormulaError, and TargetError where the point does not fit or the formula is not finite there.

    >>> from_formula("x^2*y", {"y": 2.0, "x": 3.0}).args
    (3.0, 2.0)
    """
    formula = parse(text)
    if isinstance(point, np.ndarray) and point.shape == (len(formula.variables),) != (1,):
        point = point.tolist()
    travelling = AsText(text, formula.variables)
    return deduced(name or text, travelling, formula, point, wrt, seed)


def from_file(
    place: str, point: Point, *, wrt: int | str | Sequence[int | str] | None = None,
    name: str | None = None, seed: int | None = None,
) -> Target:  # fmt: skip
    """The function `loss` of the file `model.py`, written model.py:loss, at a point as in `from_formula`.

    A point that is one float or one array is the only argument. Raises TargetError.
    """
    path, _, function = place.rpartition(":")
    if not path or function.endswith(".py"):
        raise TargetError(f"{place} names no function: write model.py:loss.")
    travelling = InFile(str(Path(path).expanduser().absolute()), function)
    return deduced(name or function, travelling, travelling.load(), point, wrt, seed)


def from_callable(
    f: Callable[..., Any], *args: Any, wrt: Wrt = 0, name: str | None = None, seed: int | None = None
) -> Target:
    """Any function at its positional arguments, differentiated in the first one unless `wrt` says otherwise.

    Raises TargetError where the arguments do not fit or f is not finite there.

    >>> from_callable(lambda x: x * x, np.ones(3)).operator
    'jacobian'
    """
    label = name or str(getattr(f, "__name__", type(f).__name__))
    return deduced(label, AsObject(f), f, args, wrt, seed)


def deduced(
    name: str, travelling: Function, f: Callable[..., Any], point: Point,
    wrt: int | str | Sequence[int | str] | None, seed: int | None,
) -> Target:  # fmt: skip
    """A target with its arguments in order, `wrt` as positions, and the operator that f's value calls for.

    What PyTorch or JAX computes becomes a function of NumPy arrays.
    """
    given, f = f, by_package(f, "torch") if is_module(f) else f
    args = in_order(name, f, point)
    f = f if isinstance(f, Foreign) else written_elsewhere(f, args) or f
    if isinstance(f, Foreign) and f is not given:
        travelling = InPackage(travelling, f.package, f.widest)
    names = argument_names(f, len(args))
    positions = as_positions(name, wrt, names)
    y = value_at(name, f, args)
    operator = operator_for(y, args, positions)
    return Target(name, travelling, args, positions, operator, dict(zip(names, args)), seed=seed)


def argument_names(f: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Names of the first `count` arguments; x0, x1, ... where f does not tell them."""
    numbered = tuple(f"x{i}" for i in range(count))
    try:
        named = getattr(f, "variables", None) or single_names(f)
    except (TypeError, ValueError):  # a function in C without a signature
        return numbered
    return tuple(named[:count]) + numbered[len(named) :]


def single_names(f: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments of f that stand for one each, without *args and **options."""
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(name for name, p in inspect.signature(f).parameters.items() if p.kind not in many)


def in_order(name: str, f: Callable[..., Any], point: Point) -> tuple[Any, ...]:
    """The point as positional arguments."""
    if not isinstance(point, Mapping):
        args = tuple(point) if isinstance(point, list | tuple) else (point,)
        if len(args) != len(getattr(f, "variables", args)):
            names = ", ".join(f.variables)  # type: ignore[attr-defined]
            raise TargetError(f"{name} takes ({names}), and the point has {len(args)} of these values.")
        if not args:
            raise TargetError(f"{name} is given no argument: state the point to differentiate at.")
        return args
    if hasattr(f, "variables"):
        wanted = needed = list(f.variables)
    else:
        parameters = inspect.signature(f).parameters.values()
        wanted = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        needed = [p.name for p in parameters if p.name in wanted and p.default is p.empty]
    missing = [each for each in needed if each not in point]
    unknown = [each for each in point if each not in wanted]
    if missing or unknown:
        wrong = f"no value for {', '.join(missing)}" if missing else f"no argument {', '.join(unknown)}"
        raise TargetError(f"{name} takes ({', '.join(wanted)}), and the point has {wrong}.")
    last = max((i for i, each in enumerate(wanted) if each in point), default=-1)
    skipped = [each for each in wanted[: last + 1] if each not in point]
    if skipped:
        raise TargetError(f"{name}: give {', '.join(skipped)} a value too, since a later argument has one.")
    return tuple(point[each] for each in wanted[: last + 1])


def as_positions(name: str, wrt: int | str | Sequence[int | str] | None, names: tuple[str, ...]) -> Wrt:
    """`wrt` as positions; None is all arguments."""
    if wrt is None:
        return 0 if len(names) == 1 else tuple(range(len(names)))
    if isinstance(wrt, int | str):
        return position(name, wrt, names)
    return tuple(position(name, each, names) for each in wrt)


def position(name: str, which: int | str, names: tuple[str, ...]) -> int:
    if which in names:
        return names.index(str(which))
    if isinstance(which, int) and 0 <= which < len(names):
        return which
    raise TargetError(f"{name} has no argument {which!r} to differentiate; it was given {', '.join(names)}.")


def value_at(name: str, f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """f at the point: real, finite, and the point is still the same afterwards."""
    before = [[array.copy() for array in arrays_in(x)] for x in args]
    try:
        with np.errstate(all="ignore"):
            y = f(*args)
            refuse_pair(name, y)
            unreal = y is None or np.iscomplexobj(y)
            finite = unreal or bool(np.all(np.isfinite(np.asarray(y, dtype=float))))
    except TargetError:
        raise
    except (Exception, SystemExit) as error:  # f may fail in any way, and the sentence says how
        raise TargetError(f"{name} fails at this point: {one_line(error)}") from error
    refuse_changes(name, argument_names(f, len(args)), args, before)
    if y is None:
        raise TargetError(f"{name} returns nothing: end it with return and its value.")
    if unreal:
        raise TargetError(f"{name} is complex at this point, {brief(y)}: make it return real numbers.")
    if not finite:
        raise TargetError(f"{name} is not finite at this point: its value is {brief(y)}.")
    return y


def refuse_pair(name: str, y: Any) -> None:
    """Refuse a value with its gradient, as SciPy's jac=True takes them: they are no one array."""
    if isinstance(y, tuple) and len(y) == 2 and np.ndim(y[0]) == 0 and (
        isinstance(y[1], dict | tuple | list) or np.ndim(y[1]) > 0
    ):  # fmt: skip
        raise TargetError(
            f"{name} returns a value and its gradient. Hand it over as the gradient, --grad model.py:{name}, "
            f"beside a function that returns the value alone; or in Python check_gradient({name}, True, x)."
        )


def brief(y: Any) -> str:
    """A value on one line, the middle of a large array left out."""
    with np.printoptions(threshold=6, edgeitems=2):
        return " ".join(str(np.asarray(y)).split())


def arrays_in(x: Any) -> list[np.ndarray]:
    """The arrays of an argument, those in its containers too."""
    parts = x.values() if isinstance(x, dict) else x if isinstance(x, list | tuple) else ()
    return [x] if isinstance(x, np.ndarray) else [array for part in parts for array in arrays_in(part)]


def refuse_changes(name: str, names: Sequence[str], args: tuple[Any, ...], before: list[list[Any]]) -> None:
    """Undo what f has done to its arrays, and refuse it: its every call would be at another point."""
    for argument, x, arrays in zip(names, args, before):
        changed = [(now, was) for now, was in zip(arrays_in(x), arrays) if now.tobytes() != was.tobytes()]
        for now, was in changed:
            now[...] = was
        if changed:
            raise TargetError(
                f"{name} changes its argument {argument} in place: write {argument} = {argument} + 1 for "
                f"{argument} += 1, and a new array for {argument}[i] = value."
            )


def operator_for(y: Any, args: tuple[Any, ...], wrt: Wrt) -> str:
    """The operator that fits: one number to one number, many to one, or to many."""
    if np.shape(y) != ():
        return "jacobian"
    active = [args[i] for i in ((wrt,) if isinstance(wrt, int) else wrt)]
    leaves = [each for x in active for each in flatten(x, "the point")[0]]
    single = isinstance(wrt, int) and [shape_of(leaf) for leaf in leaves] == [()]
    return "derivative" if single else "gradient"


def one_line(error: BaseException) -> str:
    """An exception as one line: its type and its sentence."""
    sentence = " ".join(str(error).split())
    return f"{type(error).__name__}: {sentence}" if sentence else type(error).__name__


def pickled(what: Any) -> bytes:
    """`what` by cloudpickle; raises ValueError with the cause if it cannot travel, a lock or an open file."""
    parcel = BytesIO()
    try:
        Pickler(parcel).dump(what)
    except Exception as error:  # pickling runs foreign code, which may raise anything
        raise ValueError(one_line(error)) from error
    return parcel.getvalue()


class Pickler(cloudpickle.Pickler):
    """cloudpickle, with arrays that arrive as they would be made there.

    NumPy gives a pickled array a dtype of its own, equal to the one that all others share and not the same
    object, which makes a gradient by autograd take twice as long.
    """

    def reducer_override(self, x: Any) -> Any:
        if type(x) is np.ndarray and x.dtype.isbuiltin == 1 and not x.dtype.hasobject:
            order: Literal["C", "F"] = "F" if x.flags.fnc else "C"
            return arrived, (x.tobytes(order), x.dtype.str, x.shape, order)
        return super().reducer_override(x)


def arrived(entries: bytes, dtype: str, shape: tuple[int, ...], order: Literal["C", "F"]) -> np.ndarray:
    """The array that has travelled."""
    return np.frombuffer(entries, dtype).reshape(shape, order=order).copy(order)
