"""In which package a function is written, found by calling it: NumPy's, PyTorch's or JAX's."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .foreign import Foreign, is_jax, is_tensor


def by_package(f: Callable[..., Any], package: str, widest: Any = None) -> Foreign:
    """f, written in "torch" or "jax", as a function of NumPy arrays; a module of PyTorch by its inputs.

    widest: the precision in which f computes where it is given doubles, if that is known to be another.
    """
    if package == "jax":
        from .of_jax import from_jax

        found: Foreign = from_jax(f)
    else:
        from .of_torch import from_torch, of_module

        found = of_module(f) if is_module(f) else from_torch(f)  # type: ignore[arg-type]
    found.widest = found.widest if widest is None else widest
    return found


def is_module(f: Any) -> bool:
    """Whether f is a module of PyTorch, which is not imported for this."""
    return hasattr(f, "named_parameters") and hasattr(f, "forward")


def written_elsewhere(f: Callable[..., Any], args: tuple[Any, ...]) -> Foreign | None:
    """f as a function of NumPy arrays if it is written in PyTorch or JAX; None for NumPy, and where f fails.

    f is called with NumPy's arrays, which JAX takes. Where that fails, and PyTorch has been imported by
    somebody, it is called with tensors.

    >>> written_elsewhere(lambda x: x * x, (3.0,))
    """
    if not {"torch", "jax"} & sys.modules.keys():
        return None
    try:
        y = f(*args)
    except Exception:  # whatever f does where it expects tensors; its caller calls it again, and is told
        return of_tensors(f, args) if "torch" in sys.modules else None
    return by_package(f, "jax") if is_jax(y) else of_tensors(f, args) if is_tensor(y) else None


def of_tensors(f: Callable[..., Any], args: tuple[Any, ...]) -> Foreign | None:
    """f as a function of tensors, in the precision that it takes, if it makes a tensor of tensors."""
    found = by_package(f, "torch")
    try:
        found.settle(args)
        y = found.applied(args, found.kind(args))
    except Exception:  # f is no function of tensors either
        return None
    return found if is_tensor(y) else None


@contextmanager
def seeded_torch() -> Iterator[None]:
    """PyTorch's generator at seed 0, and afterwards as it was; nothing where PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        yield
        return
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
