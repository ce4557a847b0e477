"""What is asked: a function, a derivative that somebody claims, a point; answers as one matrix.

Whatever the operator, the claim and every reference are matrices of one row per output and one column per
input number, so that they are compared, and their differences explained, in one way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..differentiators.arguments import Arguments, is_container, keys_of, paths_of
from ..differentiators.interface import OPERATORS, Differentiator
from ..differentiators.operators import gradient, prepare
from ..differentiators.peers.foreign import PreparedForeign, as_numpy, is_bfloat16, is_jax, refuse_bfloat16
from ..harness.targets import argument_names
from .frameworks import as_foreign, copied, direction_in, leaves_of, narrowed, of_jax, same, tensors_in

SCALAR = ("gradient", "hessian", "hvp")  # operators of functions with one output
DIRECTED = {"jvp": "v", "vjp": "w", "hvp": "v"}  # operators that take a direction, and its name
BFLOAT16 = 2.0**-7  # its rounding unit

Wrt = int | tuple[int, ...]


class Misfit(ValueError):
    """The claim has not the shape of the derivative."""

    def __init__(self, message: str, transposed: bool = False):
        super().__init__(message)
        self.transposed = transposed


class Question:
    """f, the claim g and the arguments, with f and g made safe to call; evaluates f twice and g twice.

    args: NumPy arrays, floats, containers of them. y: f there. complaints: what f or g do that spoils any
    check, as (cause, sentence). Raises what f or g raise at the point, ValueError for an unknown operator.
    """

    def __init__(
        self, f: Callable[..., Any], g: Any, args: tuple[Any, ...], wrt: Wrt = 0,
        operator: str | None = None, direction: Any = None, seed: int = 0,
    ):  # fmt: skip
        self.given, self.claimed, self.seed, self.wrt = f, g, seed, wrt
        whole = tensors_in(f, args)
        self.whole = whole
        self.foreign = None if g is True else as_foreign(f, args)
        self.raw = (lambda *xs: whole(*xs)[0]) if g is True else self.foreign or whole
        self.tensors = args
        self.args = tuple(spelled_out(as_numpy(x)) for x in args)
        self.calls = 0
        self.claimed_bound: Any = 0.0  # what a backend says of its own error
        self.complaints: list[tuple[str, str]] = []
        self.coarsest = 0.0  # rounding unit of a claim in a type that NumPy lacks
        self.scalar = False
        self.layout = Arguments.of(self.args, wrt)
        self.leaves = [np.asarray(x, dtype=float) for x in self.layout.open(self.args)]
        self.y = self.value()
        if self.foreign is not None:
            self.foreign.settle(self.doubles)
        self.claimed = self.own_derivative() if g is None else g
        self.operator = self.chosen(operator)
        self.scalar = self.operator in SCALAR and self.y.shape != ()
        self.y = self.y.reshape(()) if self.scalar else self.y
        self.names = argument_names(self.foreign or f, len(self.args))
        self.direction = self.chosen_direction(direction)

    # The function

    def f(self, *args: Any) -> Any:
        """f with its answer as numbers; one that returns a single number in an array returns the number."""
        self.calls += 1
        if self.complaints:  # it may be that f changes its arguments
            args = tuple(map(copied, args))
        y = self.raw(*args)
        refuse_bfloat16(y, "f")
        y = as_numpy(y)
        return np.reshape(y, ()) if self.scalar else y

    def value(self) -> np.ndarray:
        """f at the point, called twice on fresh copies; complains where that shows something."""
        first, second = copied(self.args), copied(self.args)
        with np.errstate(all="ignore"):
            if self.foreign is None and is_jax(self.raw(*first)):
                self.raw = self.foreign = of_jax(self.raw)
            y, again = np.array(self.f(*first)), np.array(self.f(*second))
        if y.dtype.kind not in "fiub":
            raise TypeError(f"f returns {y.dtype}; a derivative is checked for real numbers.")
        if not same(first, self.args):
            self.complain("argument changed", "f changes its argument in place: let it work on a copy")
        if not same(y, again):
            gap = float(np.max(np.abs(np.asarray(y - again, dtype=float))))
            what = f"f is not deterministic: two calls at one point differ by {gap:.1e}; fix its seed"
            self.complain("not deterministic", what)
        return y

    def own_derivative(self) -> str:
        """The backend that gives the derivative which f's own package has for it."""
        if self.foreign is None:
            raise TypeError("there is no claim to check: give g, or the name of a backend such as 'reverse'.")
        return self.foreign.package

    def complain(self, cause: str, sentence: str) -> None:
        if (cause, sentence) not in self.complaints:
            self.complaints.append((cause, sentence))

    def chosen(self, operator: str | None) -> str:
        operator = operator or ("gradient" if self.y.size == 1 and self.y.ndim < 2 else "jacobian")
        if operator not in OPERATORS:
            raise ValueError(f"there is no operator {operator!r}; there are {', '.join(OPERATORS)}.")
        if operator in SCALAR and self.y.size != 1:
            shape = self.y.shape
            raise ValueError(f'f returns shape {shape}, so it has no {operator}: check operator="jacobian".')
        return operator

    def chosen_direction(self, direction: Any) -> Any:
        """v or w as given, or drawn; None for operators without one."""
        if self.operator not in DIRECTED or direction is not None:
            return direction
        random = np.random.default_rng(self.seed)
        if self.operator == "vjp":
            return random.standard_normal(self.y.shape) if self.y.shape else float(random.standard_normal())
        return self.structured([random.standard_normal(x.shape) for x in self.leaves])

    def structured(self, leaves: list[Any]) -> Any:
        """Leaves built like the differentiated arguments."""
        return self.layout.structured(self.args, [x if np.shape(x) else float(x) for x in leaves])

    @property
    def doubles(self) -> tuple[Any, ...]:
        """The arguments with every differentiated number in double precision."""
        return self.at(self.leaves)

    def at(self, leaves: list[np.ndarray]) -> tuple[Any, ...]:
        """The arguments with other active leaves, floats as floats."""
        return self.layout.close(self.args, [x if np.shape(x) else float(x) for x in leaves])

    def to_first_order(self) -> tuple[Callable[..., Any], str]:
        """(F, operator): a function whose gradient or Jacobian is what is asked, traceable if f is."""
        f, wrt, w = self.f, self.wrt, self.direction
        if self.operator == "vjp":
            return (lambda *xs: np.sum(w * f(*xs))), "gradient"
        if self.operator == "hessian":
            return (lambda *xs: self.joined(gradient(f, *xs, wrt=wrt))), "jacobian"
        if self.operator == "hvp":
            v = np.concatenate([np.reshape(x, -1) for x in self.layout.directions(self.args, w)])
            return (lambda *xs: np.sum(self.joined(gradient(f, *xs, wrt=wrt)) * v)), "gradient"
        return f, "gradient" if self.operator == "gradient" else "jacobian"

    def joined(self, g: Any) -> Any:
        """A gradient as one vector."""
        parts = [np.reshape(x, (-1,)) for x in leaves_like(g, self.point)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    # The claim

    def claim(self, args: tuple[Any, ...] | None = None) -> Any:
        """What g says at the arguments, as NumPy arrays."""
        args = copied(self.args) if args is None else args
        if self.claimed is True:
            answer = self.whole(*args)
        elif isinstance(self.claimed, (str, Differentiator)):
            answer = self.by_backend(args)
        elif not callable(self.claimed):
            answer = self.claimed
        else:
            extra = () if self.direction is None else (direction_in(self.tensors, self.direction),)
            answer = tensors_in(self.claimed, self.tensors)(*args, *extra)
        if any(map(is_bfloat16, leaves_of(answer))):
            self.coarsest = BFLOAT16
        return as_numpy(answer)

    def by_backend(self, args: tuple[Any, ...]) -> Any:
        """The backend's derivative; its own error bound, if it has one, is kept."""
        p = prepare(self.foreign or self.f, *args, wrt=self.wrt, backend=self.claimed)
        asked = (args, self.direction) if self.operator in DIRECTED else args
        found = p.estimate(self.operator, *asked)
        if found.bound is not None:
            bound = np.abs(self.matrix(found.bound)[0])
            self.claimed_bound = np.where(np.isnan(bound), np.inf, bound)
        return narrowed(found.value, p.kind) if isinstance(p, PreparedForeign) else found.value

    @property
    def repeatable(self) -> bool:
        """Whether the claim can be asked for elsewhere."""
        return (
            self.claimed is True or callable(self.claimed) or isinstance(self.claimed, (str, Differentiator))
        )

    def claim_matrix(self, args: tuple[Any, ...] | None = None) -> tuple[np.ndarray, float, Any]:
        """(matrix, eps of its dtype, value that came with it or None); raises Misfit."""
        return self.claim_read(self.claim(args))

    def claim_read(self, answer: Any) -> tuple[np.ndarray, float, Any]:
        """The same of an answer of g."""
        try:
            return (*self.matrix(answer), None)
        except Misfit:
            if not (isinstance(answer, tuple) and len(answer) == 2):
                raise
            return (*self.matrix(answer[1]), answer[0])

    # Matrices

    @property
    def point(self) -> Any:
        """The differentiated arguments: one, or a tuple of several."""
        return self.args[self.wrt] if isinstance(self.wrt, int) else tuple(self.args[i] for i in self.wrt)

    @functools.cached_property
    def x(self) -> np.ndarray:
        """All differentiated numbers, flat."""
        parts = [x.reshape(-1) for x in self.leaves]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @property
    def blocks(self) -> list[tuple[str, tuple[int, ...]]]:
        """Name and shape of each block of columns."""
        if self.operator == "jvp":
            return [("y", self.y.shape)]
        if isinstance(self.wrt, int):
            paths = list(paths_of(self.point, self.names[self.wrt]))
        else:
            paths = [p for i in self.wrt for p in paths_of(self.args[i], self.names[i])]
        return list(zip(paths, self.layout.shapes, strict=True))

    def matrix(self, value: Any) -> tuple[np.ndarray, float]:
        """(matrix, eps of its dtype) of a derivative built as the operator builds it; raises Misfit."""
        if self.operator == "jvp":
            rows, leaves, owed = 1, [np.asarray(value)], [self.y.shape]
        elif self.operator == "hessian":
            parts = [leaves_like(x, self.point) for x in parts_like(value, self.point)]
            owed = [a.shape + b.shape for a in self.leaves for b in self.leaves]
            leaves = [np.asarray(x) for part in parts for x in part]
            fit(leaves, owed)
            n = len(self.leaves)
            grid = [leaves[i * n : (i + 1) * n] for i in range(n)]
            rows_of = [[b.reshape(a.size, -1) for b in row] for a, row in zip(self.leaves, grid, strict=True)]
            return np.block(rows_of).astype(float), max(eps_of(leaves), self.coarsest)
        else:
            full = self.operator in ("jacobian", "derivative")
            rows, front = (self.y.size, self.y.shape) if full else (1, ())
            leaves = [np.asarray(x) for x in leaves_like(value, self.point)]
            owed = [front + x.shape for x in self.leaves]
        fit(leaves, owed)
        flat: list[Any] = [x.reshape(rows, -1).astype(float, copy=False) for x in leaves]
        return np.concatenate(flat, axis=1), max(eps_of(leaves), self.coarsest)

    def label(self, row: int, column: int) -> str:
        """The name of an entry of the matrix: x[3], or y[0] by x[3]."""
        name = self.entry(column)
        if self.operator == "hessian":
            return f"{self.entry(row)} {name}"
        if self.operator in ("jacobian", "derivative") and self.y.shape:
            return f"y{index_text(row, self.y.shape)} by {name}"
        return name

    def entry(self, column: int) -> str:
        for name, shape in self.blocks:
            size = int(np.prod(shape))
            if column < size:
                return name + index_text(column, shape)
            column -= size
        raise IndexError(column)


def spelled_out(x: Any) -> Any:
    """A list of numbers is an array, an integer where a float is meant a float."""
    if isinstance(x, (list, tuple)) and not is_container(x):
        return np.array(x, dtype=float)
    return x


def cut(flat: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """A vector in pieces of these shapes."""
    stops = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(flat, stops), shapes, strict=True)]


def leaves_like(value: Any, like: Any) -> list[Any]:
    """The leaves of a container in the order of another; raises Misfit where it is built differently."""
    leaves = parts_like(value, like)
    if any(isinstance(x, dict) or (isinstance(x, (list, tuple)) and is_container(x)) for x in leaves):
        raise Misfit("the claim is a container of arrays where one array is owed")
    return leaves


def parts_like(value: Any, like: Any) -> list[Any]:
    """What stands in a container in the places of the leaves of another, in their order."""
    if isinstance(like, dict):
        if not isinstance(value, dict) or set(value) != set(like):
            raise Misfit(f"the claim should be a dict with the keys {', '.join(map(str, like))}")
        return [part for key in keys_of(like) for part in parts_like(value[key], like[key])]
    if is_container(like) or isinstance(like, tuple):
        if not isinstance(value, (list, tuple)) or len(value) != len(like):
            raise Misfit(
                f"the claim should be a tuple of {len(like)} parts, one for each differentiated argument; "
                "or name by wrt the one it belongs to"
            )
        return [part for a, b in zip(value, like, strict=True) for part in parts_like(a, b)]
    return [value]


def fit(leaves: list[Any], owed: list[tuple[int, ...]]) -> None:
    """Give lone numbers their shape; raise Misfit for any other difference in shape."""
    if len(leaves) != len(owed):
        raise Misfit(f"the claim has {len(leaves)} arrays, and {len(owed)} are owed")
    for i, (x, shape) in enumerate(zip(leaves, owed, strict=True)):
        if x.dtype == object and x.shape == () and x.item() is None:
            raise Misfit("the claim returns None: a function without return does")
        if x.dtype.kind not in "fiub":
            raise Misfit(f"the claim has entries of type {x.dtype}, which are no real numbers")
        if x.size == 1 and int(np.prod(shape)) == 1:
            leaves[i] = x.reshape(shape)
        elif x.shape != shape:
            turned = x.shape == shape[::-1]
            raise Misfit(f"the claim has shape {x.shape}, and {shape} is owed", turned)


def eps_of(leaves: list[Any]) -> float:
    """The coarsest rounding unit among the arrays."""
    return max((float(np.finfo(x.dtype).eps) for x in leaves if x.dtype.kind == "f"), default=2.0**-52)


def index_text(flat: int, shape: tuple[int, ...]) -> str:
    if not shape:
        return ""
    return "[" + ", ".join(str(int(i)) for i in np.unravel_index(flat, shape)) + "]"
