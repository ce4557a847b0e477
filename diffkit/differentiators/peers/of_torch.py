"""Functions and modules of PyTorch, with PyTorch's own derivative."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..interface import Differentiator, Unsupported, refuse_many_outputs
from .foreign import EVERY, Foreign, PreparedForeign, as_numpy

if TYPE_CHECKING:
    import torch


class TorchFunction(Foreign):
    """A function of tensors, or a module, as a function of NumPy arrays; a module is copied per precision."""

    package: ClassVar[str] = "torch"
    title: ClassVar[str] = "PyTorch"
    custom: ClassVar[str] = "autograd.Function"

    def __init__(
        self,
        f: Callable[..., Any],
        like: Any = EVERY,
        module: torch.nn.Module | None = None,
        parameters: dict[str, Any] | None = None,
    ):
        super().__init__(f, like, parameters)
        self.module = module
        self.copies: dict[Any, Any] = {}

    def code(self, kind: np.dtype) -> Callable[..., Any]:
        import torch

        if self.module is None:
            return self.own
        dtype = {"f4": torch.float32, "c16": torch.complex128}.get(kind.str[1:], torch.float64)
        if dtype not in self.copies:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # complex modules are new, it says; steps are checked
                self.copies[dtype] = copy.deepcopy(self.module).to(dtype)
        return lambda *args: self.own(self.copies[dtype], *args)

    def precision(self, kind: np.dtype) -> Any:
        return nullcontext()  # not no_grad: f may differentiate on its own account

    def is_own(self, x: Any) -> bool:
        import torch

        return isinstance(x, torch.Tensor)

    def array(self, values: np.ndarray, like: Any) -> torch.Tensor:
        import torch

        return torch.tensor(values, device=getattr(like, "device", None))

    def prepared(self, backend: Differentiator, args: tuple[Any, ...], wrt: Any) -> PreparedTorch:
        return PreparedTorch(backend, self, args, wrt)


class PreparedTorch(PreparedForeign):
    """Reverse mode, a row for each output; differentiated again for second derivatives."""

    def recorded(self, f: Callable[..., Any], leaves: Sequence[Any]) -> tuple[list[Any], Any]:
        """The leaves as tensors that are differentiated, and y."""
        ts = [t.requires_grad_() for t in self.arrays(leaves)]
        y = f(*ts)
        if not self.f.is_own(y):
            raise Unsupported(f"torch: the function returns {type(y).__name__}, and not one tensor.")
        return ts, y

    def pull(self, f, leaves, cotangent, lead):  # type: ignore[no-untyped-def]
        ts, y = self.recorded(f, leaves)
        value = as_numpy(y)
        w = np.asarray(cotangent(value), dtype=value.dtype)
        rows = [pulled(y, ts, each) for each in (w if lead else w[None])]
        parts = [np.stack([as_numpy(row[i]) for row in rows]) for i in range(len(ts))]
        return value, parts if lead else [part[0] for part in parts]

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        ts, y = self.recorded(f, leaves)
        units = np.eye(y.numel()).reshape(-1, *y.shape)
        rows = [pulled(y, ts, w) for w in units]
        parts = [[as_numpy(row[i]) for row in rows] for i in range(len(ts))]
        return as_numpy(y), [
            np.reshape(part, (*y.shape, *t.shape)) for part, t in zip(parts, ts, strict=True)
        ]

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        import torch

        ts, y = self.recorded(f, leaves)
        refuse_many_outputs(as_numpy(y))
        gs = torch.autograd.grad(y, ts, create_graph=True, materialize_grads=True)
        directions = list(zip(*vs, strict=True)) if lead else [tuple(vs)]
        rows = []
        for v in directions:
            parts = zip(gs, self.arrays(v), strict=True)
            slope: Any = sum(torch.sum(g * each) for g, each in parts)
            rows.append(pulled(slope, ts, np.ones(())))
        stacked = [np.stack([as_numpy(row[i]) for row in rows]) for i in range(len(ts))]
        return stacked if lead else [part[0] for part in stacked]


def pulled(y: torch.Tensor, ts: list[torch.Tensor], w: np.ndarray) -> Sequence[torch.Tensor]:
    """w J; zeros where y does not depend on the leaves."""
    import torch

    if not y.requires_grad:
        return [torch.zeros_like(t) for t in ts]
    cotangent = torch.tensor(w, dtype=y.dtype, device=y.device)
    return torch.autograd.grad(y, ts, cotangent, retain_graph=True, materialize_grads=True)


def from_torch(f: Callable[..., Any], loss: Callable[..., Any] | None = None) -> TorchFunction:
    """A function of PyTorch as a function of NumPy arrays, which the backend `torch` differentiates itself.

    f: a function of tensors; or a module, and then F(parameters, X, *rest) = loss(module(X), *rest), or
    module(X) without a loss, parameters being a dict by name: `F.parameters` holds the present ones. F
    computes in double precision where an argument is double, whatever the module does; integers stay so.
    Raises ImportError where PyTorch is not installed.

    >>> F = from_torch(torch.nn.Linear(2, 1), torch.nn.functional.mse_loss)  # doctest: +SKIP
    >>> F(F.parameters, X, Y)  # doctest: +SKIP
    1.25
    """
    import torch

    if not isinstance(f, torch.nn.Module):
        if loss is not None:
            raise TypeError("from_torch takes a loss beside a module; a function has its own: leave it out.")
        return TorchFunction(f)
    active = [(name, p) for name, p in f.named_parameters() if p.requires_grad]
    parameters = {name: p.detach().cpu().double().numpy() for name, p in active}

    def losses(module: Any, parameters: dict[str, Any], X: Any, *rest: Any) -> Any:
        y = torch.func.functional_call(module, parameters, (X,))
        return y if loss is None else loss(y, *rest)

    return TorchFunction(named(losses, f), EVERY, f, parameters)


def of_module(module: torch.nn.Module, like: Any = EVERY) -> TorchFunction:
    """A module as a function of its inputs."""
    function = named(lambda module, *inputs: module(*inputs), module)
    function.__signature__ = inspect.signature(module.forward)  # type: ignore[attr-defined]
    return TorchFunction(function, like, module)


def named(function: Callable[..., Any], module: torch.nn.Module) -> Callable[..., Any]:
    """The function with the name of the module, which is no argument of it to the outside."""
    function.__name__ = type(module).__name__
    arguments = list(inspect.signature(function).parameters.values())[1:]
    function.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]
    return function
