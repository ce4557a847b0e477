"""Functions written in PyTorch or JAX, as functions of NumPy arrays that know their own derivative.

A Foreign function computes in the widest precision among its arguments, so that a difference of what usually
runs in single precision may be taken in double. The backend of its package's name asks it for its derivative.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from ...calculus.rules import Interpreted, NoRule
from ..arguments import is_container
from ..interface import Differentiator, Estimate, Prepared

EVERY = object()  # in the place of example arguments: all numbers and arrays are the package's


class Foreign(ABC):
    """A function of NumPy arrays, floats and containers of them, computed by another package.

    f: what takes and gives the package's arrays. like: example arguments; where given, only those that are
    the package's arrays are converted, and the others handed over as they are. parameters: those of a module,
    as float64 arrays by name. Raises NoRule where it is given traced values.
    """

    package: ClassVar[str]
    title: ClassVar[str]
    custom: ClassVar[str]  # where users write derivatives of their own

    def __init__(self, f: Callable[..., Any], like: Any = EVERY, parameters: dict[str, Any] | None = None):
        self.own, self.like, self.parameters = f, like, parameters
        self.widest: Any = np.float64
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__wrapped__ = f  # whose signature names the arguments

    def __call__(self, *args: Any) -> Any:
        kind = self.kind(args)
        try:
            with self.precision(kind):
                y = self.applied(args, kind)
                refuse_bfloat16(y, self.__name__)
                y = as_numpy(y)
        except (RuntimeError, ValueError) as error:
            if kind.kind != "c":
                raise
            why = " ".join(str(error).split())
            raise NoRule(f"{self.title} does not compute this with complex numbers: {why}") from error
        return y[()] if isinstance(y, np.ndarray) else y

    def applied(self, args: tuple[Any, ...], kind: np.dtype) -> Any:
        """f of arguments of which some may be the package's arrays already, as the package's array."""
        given = [self.into(x, below(self.like, i), kind) for i, x in enumerate(args)]
        return self.code(kind)(*given)

    def settle(self, args: tuple[Any, ...]) -> None:
        """Find out whether f computes in double precision: what it captures may be single."""
        try:
            self(*args)
        except (RuntimeError, TypeError):  # the packages' errors for two precisions in one operation
            self.widest = np.float32
            self(*args)

    def kind(self, args: tuple[Any, ...]) -> np.dtype:
        """The widest kind of floating number among the arguments that are converted."""
        found = [numbers(x, below(self.like, i), self.is_own) for i, x in enumerate(args)]
        kinds = {np.asarray(x).dtype for each in found for x in each}
        floating = [kind for kind in kinds if kind.kind in "fc"]
        kind = np.result_type(*floating) if floating else np.dtype(float)
        return np.dtype(self.widest) if kind == np.float64 else kind

    def into(self, x: Any, like: Any, kind: np.dtype) -> Any:
        """x with its numbers as the package's arrays of this kind."""
        if isinstance(x, Interpreted) or getattr(x, "dtype", float) is np.dtype(object):
            raise NoRule(
                f"{self.title}'s functions cannot be traced: take backend {self.package} for {self.title}'s "
                "own derivative, finite or complex-step, or write the function in NumPy."
            )
        if isinstance(x, dict):
            return {key: self.into(each, below(like, key), kind) for key, each in x.items()}
        if is_container(x):
            parts = [self.into(each, below(like, i), kind) for i, each in enumerate(x)]
            return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
        if self.is_own(x) or not is_numeric(x) or not (like is EVERY or self.is_own(like)):
            return x
        values = np.asarray(x)
        return self.array(values.astype(kind) if values.dtype.kind in "fc" else values, like)

    # What a package supplies

    def code(self, kind: np.dtype) -> Callable[..., Any]:
        """f for arguments of this kind."""
        return self.own

    @abstractmethod
    def precision(self, kind: np.dtype) -> Any:
        """A context in which the package computes in this kind."""

    @abstractmethod
    def is_own(self, x: Any) -> bool:
        """Whether x is an array of the package."""

    @abstractmethod
    def array(self, values: np.ndarray, like: Any) -> Any:
        """An array of the package, where `like` is if that is one."""

    @abstractmethod
    def prepared(self, backend: Differentiator, args: tuple[Any, ...], wrt: Any) -> PreparedForeign:
        """The package's own derivative."""


class PreparedForeign(Prepared):
    """A package's own derivative of a function written in it, in the precision of the example arguments."""

    f: Foreign

    def __init__(self, backend: Differentiator, f: Foreign, args: tuple[Any, ...], wrt: Any):
        super().__init__(backend, f, args, wrt)
        self.kind = f.kind(args)

    def opened(self, args: tuple[Any, ...]) -> tuple[Callable[..., Any], list[Any]]:
        leaves = self.arguments.open(args)
        return lambda *xs: self.f.applied(self.arguments.close(args, xs), self.kind), leaves

    def arrays(self, leaves: Any) -> list[Any]:
        return [self.f.array(np.asarray(x, dtype=self.kind), None) for x in leaves]

    def estimate(self, operator: str, *args: Any) -> Estimate:
        return Estimate(getattr(self, operator)(*args))

    def prepared_for(self, f: Callable[..., Any], args: tuple[Any, ...]) -> Prepared:
        """Itself: the package calls what it was given, never a wrapper of it."""
        return self


def below(like: Any, key: Any) -> Any:
    """What belongs to a part of a container."""
    return like if like is EVERY else like[key]


def is_numeric(x: Any) -> bool:
    """Whether x is a number or an array of numbers."""
    return isinstance(x, (float, complex, np.generic, np.ndarray)) or (
        isinstance(x, (list, tuple)) and not is_container(x)
    )


def numbers(x: Any, like: Any, is_own: Callable[[Any], bool]) -> Iterator[Any]:
    """All that is converted."""
    if isinstance(x, dict):
        for key, each in x.items():
            yield from numbers(each, below(like, key), is_own)
    elif is_container(x):
        for i, each in enumerate(x):
            yield from numbers(each, below(like, i), is_own)
    elif is_numeric(x) and (like is EVERY or is_own(like)):
        yield x


def as_numpy(x: Any) -> Any:
    """x with tensors and foreign arrays inside containers as NumPy arrays of the same dtype.

    Of bfloat16, which NumPy lacks, they are of single precision, which holds its numbers exactly.
    """
    if isinstance(x, dict):
        return {key: as_numpy(each) for key, each in x.items()}
    if isinstance(x, (list, tuple)):
        parts = [as_numpy(each) for each in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    if is_tensor(x):
        x = x.detach().cpu()
        return np.array((x.float() if is_bfloat16(x) else x).numpy())
    if is_bfloat16(x):
        return np.asarray(x).astype(np.float32)[()]
    if isinstance(x, (Interpreted, np.ndarray)) or not hasattr(x, "__array__") or isinstance(x, np.generic):
        return x
    return np.array(x)


def is_bfloat16(x: Any) -> bool:
    """Whether x holds numbers of bfloat16: a tensor, or an array of JAX or of the package ml_dtypes."""
    return str(getattr(x, "dtype", "")).endswith("bfloat16")


def refuse_bfloat16(y: Any, name: str) -> None:
    """Raise TypeError for what a function returns in bfloat16, from which no difference can be taken."""
    if is_bfloat16(y):
        raise TypeError(
            f"{name} returns bfloat16, whose two digits a difference loses; compute it in float32 or float64."
        )


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor of PyTorch; known by what it can do, so that PyTorch is not imported."""
    return hasattr(x, "detach") and hasattr(x, "new_tensor")


def is_jax(x: Any) -> bool:
    """Whether x is an array of JAX, which is not imported for this."""
    return type(x).__module__.partition(".")[0] in ("jax", "jaxlib")
