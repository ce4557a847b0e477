"""Values of PyTorch and JAX as NumPy arrays, known by what they can do, so that neither is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.rules import Interpreted


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor of PyTorch."""
    return hasattr(x, "detach") and hasattr(x, "new_tensor")


def as_numpy(x: Any) -> Any:
    """x with tensors and foreign arrays inside containers as NumPy arrays of the same dtype."""
    if isinstance(x, dict):
        return {key: as_numpy(each) for key, each in x.items()}
    if isinstance(x, (list, tuple)):
        parts = [as_numpy(each) for each in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    if is_tensor(x):
        return np.array(x.detach().cpu().numpy())
    if isinstance(x, (Interpreted, np.ndarray)) or not hasattr(x, "__array__") or isinstance(x, np.generic):
        return x
    return np.array(x)


def copied(x: Any) -> Any:
    """x with its own arrays."""
    if isinstance(x, dict):
        return {key: copied(each) for key, each in x.items()}
    if isinstance(x, (list, tuple)):
        parts = [copied(each) for each in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    return np.array(x) if isinstance(x, np.ndarray) else x


def tensors_in(f: Callable[..., Any], like: tuple[Any, ...]) -> Callable[..., Any]:
    """f as a function of NumPy arrays, given tensors where `like` has some."""
    if not any(map(has_tensor, like)):
        return f
    return lambda *args: f(*map(as_tensor, args[: len(like)], like), *args[len(like) :])


def has_tensor(x: Any) -> bool:
    if isinstance(x, (dict, list, tuple)):
        return any(map(has_tensor, x.values() if isinstance(x, dict) else x))
    return is_tensor(x)


def as_tensor(x: Any, like: Any) -> Any:
    """x as tensors of the dtype and device of `like`, where that has tensors."""
    if isinstance(like, dict):
        return {key: as_tensor(x[key], each) for key, each in like.items()}
    if isinstance(like, (list, tuple)) and has_tensor(like):
        return type(like)(as_tensor(a, b) for a, b in zip(x, like, strict=True))
    return like.new_tensor(x) if is_tensor(like) else x


def same(x: Any, y: Any) -> bool:
    """Whether two values are equal bit for bit, NaN included."""
    if isinstance(x, dict):
        return all(same(x[key], y[key]) for key in x)
    if isinstance(x, (list, tuple)):
        return len(x) == len(y) and all(map(same, x, y))
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        a, b = np.asarray(x), np.asarray(y)
        return bool(a.shape == b.shape and np.all((a == b) | ((a != a) & (b != b))))
    return bool(x is y or x == y or (x != x and y != y))
