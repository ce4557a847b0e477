"""The one interface of every backend: Differentiator, Prepared, Estimate.

A backend is a value (a frozen dataclass whose fields are its settings). It prepares one function at fixed
shapes and supplies `push` (tangents forward) or `pull` (cotangents backward) or both; every operator follows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from ..calculus.rules import Interpreted, shape_of
from ..calculus.spellings import interpreted
from .arguments import Arguments, doubles, flatten

OPERATORS = ("derivative", "gradient", "jacobian", "hessian", "jvp", "vjp", "hvp")


class Unsupported(NotImplementedError):
    """What a backend cannot do with a function, in a sentence that names the cause and the way out."""


class NotScalar(TypeError):
    """A gradient was asked of a function with many outputs."""


@dataclass(frozen=True)
class Estimate:
    """A derivative and how wrong it may be.

    bound: largest likely error of each entry, None where the backend is exact up to rounding.
    diagnosis: "exact", "ok", or what stands in the way ("noisy", "kink", ...). left, right: one-sided slopes.
    evaluations: points at which f was evaluated. calls: of calls, fewer where many points go at once.
    step: that was chosen, of a single derivative by differences.
    """

    value: Any
    bound: Any = None
    diagnosis: str = "exact"
    left: Any = None
    right: Any = None
    evaluations: int | None = None
    calls: int | None = None
    step: float | None = None


@dataclass(frozen=True)
class Differentiator(ABC):
    """A way to differentiate; its text form is "name" or "name:setting=value,...".

    Fields of subclasses are settings, each with a default.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    entrywise: ClassVar[bool] = False  # preparation costs by the entries of all arrays: give it one sample

    @abstractmethod
    def prepare(
        self, f: Callable[..., Any], args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0
    ) -> Prepared:
        """f prepared at the shapes of args; costly things happen here, once."""

    def __str__(self) -> str:
        values = [(s.name, getattr(self, s.name)) for s in fields(self) if getattr(self, s.name) != s.default]
        changed = [name if value is True else f"{name}={value}" for name, value in values]
        return self.name + (":" + ",".join(changed) if changed else "")


class Prepared:
    """One function, prepared by one backend for one layout of arguments.

    Arguments of the operators are positional as in f. Scalars come back as floats, arrays as fresh arrays.
    Arrays that f captures are frozen at preparation: pass what changes as an argument.
    """

    copies = True  # results, before users get them: whether f or a constant may hold the arrays as well

    def __init__(
        self,
        backend: Differentiator,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: int | tuple[int, ...],
    ):
        self.backend, self.f = backend, f
        self.arguments = Arguments.of(args, wrt)

    def __repr__(self) -> str:  # for a notebook, without the address
        name = getattr(self.f, "__name__", type(self.f).__name__)
        shapes = ", ".join(str(shape) if shape else "a number" for shape in self.arguments.shapes)
        return f"<{self.backend}, prepared for {name} in {shapes}>"

    # What a backend supplies

    def push(
        self, f: Callable[..., Any], leaves: Sequence[Any], vs: Sequence[Any], lead: int
    ) -> tuple[Any, Any]:
        """(y, Jv) for tangents shaped (directions,) * lead + leaf.shape; y has the shape of f(*leaves)."""
        y, rows = self.rows(f, leaves)
        pairs = [
            (flat(row, len(shape_of(y))), np.reshape(v, shape_of(v)[:lead] + (-1,)))
            for row, v in zip(rows, vs, strict=True)
        ]
        total = sum(np.einsum("mn,...n->...m", J, v) for J, v in pairs)
        return y, np.reshape(total, shape_of(total)[:lead] + shape_of(y))

    def pull(
        self, f: Callable[..., Any], leaves: Sequence[Any], cotangent: Callable[[Any], Any], lead: int
    ) -> tuple[Any, list[Any]]:
        """(y, wJ per leaf) for the cotangent w = cotangent(y) shaped (directions,) * lead + y.shape."""
        y, rows = self.rows(f, leaves)
        w = cotangent(y)
        front = shape_of(w)[:lead]
        w = np.reshape(w, (*front, -1))
        return y, [
            np.reshape(np.einsum("...m,mn->...n", w, flat(row, len(shape_of(y)))), front + shape_of(x))
            for row, x in zip(rows, leaves, strict=True)
        ]

    def rows(self, f: Callable[..., Any], leaves: Sequence[Any]) -> tuple[Any, list[Any]]:
        """(y, Jacobian per leaf of shape y.shape + leaf.shape)."""
        passes = [self.push(f, leaves, vs, 1) for vs in basis_in_parts(leaves)]
        y = passes[0][0]
        columns = passes[0][1] if len(passes) == 1 else np.concatenate([part for _, part in passes])
        rows, start = [], 0
        for x in leaves:
            n = size_of(x)
            block = np.moveaxis(columns[start : start + n], 0, -1)
            rows.append(np.reshape(block, shape_of(y) + shape_of(x)))
            start += n
        return y, rows

    def second(self, f: Callable[..., Any], leaves: Sequence[Any], vs: Sequence[Any], lead: int) -> list[Any]:
        """Hessian-vector products of a scalar f: per leaf, shaped (directions,) * lead + leaf.shape."""
        raise Unsupported(f"{self.backend} has no second derivatives; use forward or reverse.")

    def gradients(self, f: Callable[..., Any], leaves: Sequence[Any]) -> tuple[Any, list[Any]]:
        """(y, gradient per leaf) of a scalar f."""
        y, rows = self.rows(f, leaves)
        refuse_many_outputs(y)
        return y, [np.reshape(row, shape_of(x)) for row, x in zip(rows, leaves, strict=True)]

    # What users call

    def value(self, *args: Any) -> Any:
        """f(*args) in plain NumPy: a prediction keeps nothing."""
        return finished(interpreted(self.f(*args)))

    def value_and_gradient(self, *args: Any) -> tuple[Any, Any]:
        """(y, g) with g built like the differentiated arguments; raises NotScalar for many outputs."""
        f, leaves = self.opened(args)
        y, g = self.gradients(f, leaves)
        return finished(y), self.structured(args, g)

    def values_and_gradients(self, *args: Any) -> tuple[Any, Any]:
        """value_and_gradient for many data: these have one more axis in front, and so have ys and all of gs.

        So a loss that was prepared for one sample is evaluated over a batch.
        """
        data = [i for i in range(len(args)) if i not in self.arguments.names]
        samples = zip(*(args[i] for i in data), strict=True)
        ys, gs = zip(*(self.value_and_gradient(*put(args, data, sample)) for sample in samples), strict=True)
        leaves = zip(*(flatten(g, "the gradient")[0] for g in gs), strict=True)
        return np.array(ys), self.arguments.structured(args, [np.array(each) for each in leaves])

    def gradient(self, *args: Any) -> Any:
        """g, built like the differentiated arguments; raises NotScalar for a function with many outputs."""
        return self.value_and_gradient(*args)[1]

    def derivative(self, *args: Any) -> Any:
        """df/dx for scalar x, of the shape of y; a tuple for several scalars."""
        if any(shape != () for shape in self.arguments.shapes):
            raise NotScalar(
                f"derivative is for numbers, the argument has shape {self.arguments.shapes[0]}; "
                "use gradient or jacobian."
            )
        return self.jacobian(*args)

    def jacobian(self, *args: Any) -> Any:
        """J of shape y.shape + x.shape, built like the differentiated arguments."""
        f, leaves = self.opened(args)
        return self.structured(args, self.rows(f, leaves)[1])

    def jvp(self, args: Any, v: Any) -> tuple[Any, Any]:
        """(y, Jv): the derivative along v, which is built like the differentiated arguments."""
        args = as_tuple(args)
        f, leaves = self.opened(args)
        y, t = self.push(f, leaves, self.arguments.directions(args, v), 0)
        return finished(y), finished(t)

    def vjp(self, args: Any, w: Any) -> tuple[Any, Any]:
        """(y, wJ): w is shaped like y, the answer is built like the differentiated arguments."""
        args = as_tuple(args)
        f, leaves = self.opened(args)
        y, g = self.pull(f, leaves, lambda y: fitting(w, y), 0)
        return finished(y), self.structured(args, g)

    def hvp(self, args: Any, v: Any) -> Any:
        """The Hessian of a scalar function times v."""
        args = as_tuple(args)
        f, leaves = self.opened(args)
        return self.structured(args, self.second(f, leaves, self.arguments.directions(args, v), 0))

    def hessian(self, *args: Any) -> Any:
        """H of shape x.shape + x.shape; for containers a container of containers of blocks."""
        f, leaves = self.opened(args)
        passes = [self.second(f, leaves, vs, 1) for vs in basis_in_parts(leaves)]
        columns = [np.concatenate(parts) for parts in zip(*passes, strict=True)]
        blocks, start = [], 0
        for x in leaves:
            n = size_of(x)
            blocks.append(
                self.structured(
                    args, [np.reshape(c[start : start + n], shape_of(x) + shape_of(c)[1:]) for c in columns]
                )
            )
            start += n
        return self.arguments.structured(args, blocks)

    def estimate(self, operator: str, *args: Any) -> Estimate:
        """The operator's value with its error bound where the backend knows one."""
        counted = Counted(self.f)
        point = as_tuple(args[0]) if operator in ("jvp", "vjp", "hvp") else args
        value = getattr(self.prepared_for(counted, point), operator)(*args)
        return Estimate(value, evaluations=counted.calls)

    # Helpers of the above

    def prepared_for(self, f: Callable[..., Any], args: tuple[Any, ...]) -> Prepared:
        """The same backend, prepared for a wrapper of the same function."""
        return self.backend.prepare(f, args, self.arguments.wrt)

    def opened(self, args: tuple[Any, ...]) -> tuple[Callable[..., Any], list[Any]]:
        """f as a function of its active leaves alone, and the leaves."""
        leaves = self.arguments.open(args)
        if self.arguments.straight and len(leaves) == len(args):
            return self.f, leaves
        args = tuple(x if i in self.arguments.names else doubles(x) for i, x in enumerate(args))
        return lambda *xs: self.f(*self.arguments.close(args, xs)), leaves

    def structured(self, args: tuple[Any, ...], leaves: Sequence[Any]) -> Any:
        """The results as users get them, built like the differentiated arguments."""
        return self.arranged(args, [*map(finished, leaves)] if self.copies else leaves)

    def arranged(self, args: tuple[Any, ...], own: Sequence[Any]) -> Any:
        """Results that are the users' own already, built like the differentiated arguments."""
        if isinstance(self.arguments.wrt, int) and self.arguments.straight:
            return own[0]
        return self.arguments.structured(args, own)


class Counted:
    """A function that counts its calls."""

    def __init__(self, f: Callable[..., Any]):
        self.f, self.calls = f, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        return self.f(*args)


def put(args: Sequence[Any], places: Sequence[int], values: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with others in some places."""
    exchanged = dict(zip(places, values, strict=True))
    return tuple(exchanged.get(i, x) for i, x in enumerate(args))


def as_tuple(args: Any) -> tuple[Any, ...]:
    """Positional arguments; what is no tuple is one argument."""
    return args if isinstance(args, tuple) else (args,)


def size_of(x: Any) -> int:
    """Number of entries."""
    size = 1
    for n in shape_of(x):
        size *= n
    return size


def flat(row: Any, m_axes: int) -> Any:
    """A Jacobian block as a matrix."""
    shape = shape_of(row)
    m = int(np.prod(shape[:m_axes]))
    return np.reshape(row, (m, int(np.prod(shape[m_axes:]))))


AT_ONCE = 2**22  # entries of the directions of one pass: 32 MB, and as much again for every intermediate


def basis(leaves: Sequence[Any], first: int = 0, count: int | None = None) -> list[np.ndarray]:
    """Unit directions in the space of the leaves, all or `count`: per leaf (count,) + leaf.shape."""
    sizes = [size_of(x) for x in leaves]
    count = sum(sizes) if count is None else count
    answer, start = [], 0
    for x, n in zip(leaves, sizes, strict=True):
        answer.append(np.eye(count, n, first - start).reshape((count, *shape_of(x))))
        start += n
    return answer


def basis_in_parts(leaves: Sequence[Any]) -> Iterator[list[np.ndarray]]:
    """All unit directions, as many at a time as memory allows."""
    total = sum(map(size_of, leaves))
    step = max(1, AT_ONCE // max(total, 1))
    return (basis(leaves, first, min(step, total - first)) for first in range(0, max(total, 1), step))


def fitting(w: Any, y: Any) -> Any:
    """w as an array of doubles shaped like y."""
    w = interpreted(w)
    if isinstance(w, np.ndarray):
        w = w.astype(np.float64, copy=False)
    if shape_of(w) != shape_of(y):
        raise ValueError(f"the cotangent has shape {shape_of(w)}, the value has {shape_of(y)}.")
    return w


def refuse_many_outputs(y: Any) -> None:
    if shape_of(y) != ():
        raise NotScalar(
            f"the function returns an array of shape {shape_of(y)}, so it has a jacobian, not a gradient; "
            "use jacobian, or vjp with a cotangent, or sum the outputs."
        )


def finished(x: Any) -> Any:
    """A result as users get it: a float, or an array of their own; interpreted values stay as they are."""
    if isinstance(x, Interpreted):
        return x
    if shape_of(x) == ():
        return x if isinstance(x, (bool, np.bool_)) else float(x)
    return np.array(x, dtype=np.float64)
