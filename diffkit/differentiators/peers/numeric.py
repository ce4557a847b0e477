"""Numeric differentiators of other packages, each with its defaults and its own error estimate.

Points are handed to f one at a time, in float64, so `evaluations` counts points. One of them is ours, for
the value.
"""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...calculus.rules import shape_of
from ..interface import (
    Counted,
    Differentiator,
    Estimate,
    Prepared,
    Unsupported,
    refuse_many_outputs,
    size_of,
)

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Slopes:
    """What a package says of f at x: derivative (m, n), its error of the same size or None, a diagnosis."""

    value: Any
    error: Any = None
    diagnosis: str = "ok"


@dataclass(frozen=True)
class Peer(Differentiator):
    """A package that differentiates functions of a number or of a vector of n numbers, of m outputs."""

    @abstractmethod
    def slopes(self, f: Function, x: Any) -> Slopes:
        """Of f(x), x a float or a vector of floats, f(x) a float or a vector."""

    def curvature(self, f: Function, x: np.ndarray) -> np.ndarray:
        """The Hessian of a scalar f at a vector."""
        raise Unsupported(f"{self.name} has no second derivatives; use finite, forward or reverse.")

    def prepare(self, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0) -> PreparedPeer:
        return PreparedPeer(self, f, args, wrt)


class PreparedPeer(Prepared):
    """Leaves in one vector, as the packages want them; a single number stays a number.

    found, shape: what the package said last, and the shape of f's value there.
    """

    backend: Peer
    found: Slopes
    shape: tuple[int, ...]

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        y = np.asarray(f(*leaves), dtype=float)
        g, x = flattened(f, leaves)
        with quiet():
            self.found, self.shape = self.backend.slopes(g, x), y.shape
        return y, blocks(self.found.value, y.shape, leaves)

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        refuse_many_outputs(np.asarray(f(*leaves)))
        g, x = flattened(f, leaves)
        with quiet():
            H = self.backend.curvature(lambda x: g(x if shape_of(leaves[0]) else x[0]), np.atleast_1d(x))
        front = shape_of(vs[0])[:lead]
        v = np.concatenate([np.reshape(each, (*front, -1)) for each in vs], axis=-1)
        return [np.reshape(part, front + shape_of(leaf)) for part, leaf in zip(parted(v @ H, leaves), leaves)]

    def estimate(self, operator: str, *args: Any) -> Estimate:
        """The operator's value; with the package's error for derivative, gradient and jacobian."""
        counted = Counted(self.f)
        run = copy(self)
        run.f = counted
        value = getattr(run, operator)(*args)
        if operator not in ("derivative", "gradient", "jacobian"):
            return Estimate(value, diagnosis="ok", evaluations=counted.calls)
        bound = None
        if run.found.error is not None:
            front = () if operator == "gradient" else run.shape
            leaves = self.arguments.open(args)
            bound = self.structured(args, blocks(run.found.error, front, leaves))
        return Estimate(value, bound, run.found.diagnosis, evaluations=counted.calls)


def flattened(f: Function, leaves: Sequence[Any]) -> tuple[Function, Any]:
    """(f of one float or of one vector of all entries, with a float or a vector as answer; the point).

    Numbers reach f as NumPy's doubles, whose poles are infinite and whose roots of negatives are NaN.
    """

    def answer(xs: Sequence[Any]) -> Any:
        y = np.asarray(f(*xs), dtype=float)
        return float(y) if y.ndim == 0 else y.reshape(-1)

    if len(leaves) == 1 and shape_of(leaves[0]) == ():
        return lambda x: answer([np.float64(np.reshape(x, ()))]), float(leaves[0])
    x = np.concatenate([np.ravel(leaf) for leaf in leaves]).astype(float)
    return lambda x: answer(
        [np.reshape(part, shape_of(leaf))[()] for part, leaf in zip(parted(np.asarray(x), leaves), leaves)]
    ), x


def parted(x: np.ndarray, leaves: Sequence[Any]) -> list[np.ndarray]:
    """The entries along the last axis that belong to each leaf."""
    return np.split(x, np.cumsum([size_of(leaf) for leaf in leaves])[:-1], axis=-1)


def blocks(matrix: Any, front: tuple[int, ...], leaves: Sequence[Any]) -> list[np.ndarray]:
    """(m, n) entries as blocks of front + leaf.shape."""
    matrix = np.reshape(np.asarray(matrix, dtype=float), (-1, sum(map(size_of, leaves))))
    return [np.reshape(part, front + shape_of(leaf)) for part, leaf in zip(parted(matrix, leaves), leaves)]


@contextmanager
def quiet() -> Iterator[None]:
    """Packages probe outside the domain and warn of it; what they find stands in the result."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class Numdifftools(Peer):
    """numdifftools: Richardson extrapolation over many steps, with its `error_estimate`."""

    name: ClassVar[str] = "numdifftools"
    summary: ClassVar[str] = "numdifftools' adaptive extrapolation, with its error estimate"

    def slopes(self, f: Function, x: Any) -> Slopes:
        import numdifftools

        kind = numdifftools.Derivative if isinstance(x, float) else numdifftools.Jacobian
        value, *more = found = kind(f, full_output=True)(x)
        info = found if hasattr(found, "error_estimate") else more[0]  # up to 0.9 a record of its own
        return Slopes(value, info.error_estimate)

    def curvature(self, f: Function, x: np.ndarray) -> np.ndarray:
        import numdifftools

        return numdifftools.Hessian(f)(x)


STATUS = {0: "ok", -1: "error grew", -2: "not converged", -3: "not finite"}


@dataclass(frozen=True)
class SciPyDifferentiate(Peer):
    """scipy.differentiate: order 8, steps halved until its error estimate grows, with that estimate."""

    name: ClassVar[str] = "scipy-differentiate"
    summary: ClassVar[str] = "scipy.differentiate's adaptive differences, with their error estimate"

    def slopes(self, f: Function, x: Any) -> Slopes:
        from scipy import differentiate

        if isinstance(x, float) and isinstance(f(x), float):
            found = differentiate.derivative(np.vectorize(f, otypes=[float]), x)
        else:
            g = f if isinstance(x, np.ndarray) else lambda x: f(x[0])
            found = differentiate.jacobian(pointwise(g), np.atleast_1d(x))
        return Slopes(found.df, found.error, STATUS.get(int(np.min(found.status)), "not ok"))

    def curvature(self, f: Function, x: np.ndarray) -> np.ndarray:
        from scipy import differentiate

        return differentiate.hessian(pointwise(f), x).ddf


def pointwise(f: Function) -> Function:
    """f of many points at once, x of shape (n, ...), one after the other; answers (m, ...) or (...)."""

    def many(x: np.ndarray) -> np.ndarray:
        rest = x.shape[1:]
        ys = np.array([f(point) for point in x.reshape(len(x), -1).T])
        return np.moveaxis(ys, 0, -1).reshape(ys.shape[1:] + rest)

    return many


@dataclass(frozen=True)
class Jacobi(Peer):
    """jacobi: a polynomial fitted to central differences, with the fit's error."""

    name: ClassVar[str] = "jacobi"
    summary: ClassVar[str] = "jacobi's fit to differences, with its error estimate"

    def slopes(self, f: Function, x: Any) -> Slopes:
        import jacobi

        return Slopes(*jacobi.jacobi(f, x))


REACH = 4  # samples on each side of the point


@dataclass(frozen=True)
class Findiff(Peer):
    """findiff, which differentiates samples on a grid: here 9 points around x on each axis, h apart.

    step: h relative to max(|x|, 1); the package has no default. Accuracy 2, its default; its error estimate
    is the difference from accuracy 4, of the truncation alone.
    """

    name: ClassVar[str] = "findiff"
    summary: ClassVar[str] = "findiff's stencils on samples around the point, with its truncation estimate"

    step: float = 1e-3

    def __post_init__(self) -> None:
        if not 0 < self.step < float("inf"):
            raise ValueError(f"step={self.step} must be a positive number.")

    def slopes(self, f: Function, x: Any) -> Slopes:
        from findiff import Diff

        columns, errors = [], []
        for i, entry in enumerate(np.atleast_1d(x)):
            h = self.step * max(abs(entry), 1.0)
            axis = np.zeros(np.size(x))
            axis[i] = h
            offsets = range(-REACH, REACH + 1)
            samples = np.array([f(x + k * (axis if np.ndim(x) else h)) for k in offsets])
            found = Diff(0, h).estimate_error(samples)
            columns.append(np.ravel(found.derivative[REACH]))
            errors.append(np.ravel(found.error[REACH]))
        return Slopes(np.transpose(columns), np.transpose(errors))
