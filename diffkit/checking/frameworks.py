"""Functions and values of PyTorch and JAX: known by what they can do, so that neither is imported for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..differentiators.peers.foreign import Foreign, is_bfloat16, is_jax, is_tensor


def as_foreign(f: Callable[..., Any], args: tuple[Any, ...]) -> Foreign | None:
    """f as a function of NumPy arrays where it is written in PyTorch, as its arguments show, or in JAX."""
    if isinstance(f, Foreign):
        return f
    if has_tensor(args):
        home = importlib.import_module("..differentiators.peers.of_torch", __package__)
        return home.of_module(f, args) if hasattr(f, "named_parameters") else home.TorchFunction(f, args)
    if any(map(is_jax, leaves_of(args))):
        return of_jax(f)
    return None


def of_jax(f: Callable[..., Any]) -> Foreign:
    home = importlib.import_module("..differentiators.peers.of_jax", __package__)
    return home.JaxFunction(f)


def narrowed(x: Any, kind: np.dtype) -> Any:
    """The numbers of a derivative in the precision in which they were computed."""
    if isinstance(x, dict):
        return {key: narrowed(each, kind) for key, each in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(narrowed(each, kind) for each in x)
    return np.asarray(x, dtype=kind)


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
    if not has_tensor(like):
        return f
    return lambda *args: f(*map(as_tensor, args[: len(like)], like), *args[len(like) :])


def direction_in(like: tuple[Any, ...], v: Any) -> Any:
    """A direction as tensors where the arguments hold some."""
    first = next(filter(is_tensor, leaves_of(like)), None)
    if first is None:
        return v
    return tensors_like(first, v)


def tensors_like(tensor: Any, v: Any) -> Any:
    """Numbers as tensors of the dtype and device of another."""
    if isinstance(v, dict):
        return {key: tensors_like(tensor, each) for key, each in v.items()}
    if isinstance(v, (list, tuple)):
        return type(v)(tensors_like(tensor, each) for each in v)
    return tensor.new_tensor(v, dtype=wide(tensor))


def leaves_of(x: Any) -> Iterator[Any]:
    """All that containers hold."""
    if isinstance(x, (dict, list, tuple)):
        for each in x.values() if isinstance(x, dict) else x:
            yield from leaves_of(each)
    else:
        yield x


def has_tensor(x: Any) -> bool:
    return any(map(is_tensor, leaves_of(x)))


def as_tensor(x: Any, like: Any) -> Any:
    """x as tensors of the dtype and device of `like`, where that has tensors."""
    if isinstance(like, dict):
        return {key: as_tensor(x[key], each) for key, each in like.items()}
    if isinstance(like, (list, tuple)) and has_tensor(like):
        return type(like)(as_tensor(a, b) for a, b in zip(x, like, strict=True))
    if is_tensor(like) and np.iscomplexobj(x):
        raise TypeError("complex numbers are no values of a real tensor.")
    return like.new_tensor(x, dtype=wide(like)) if is_tensor(like) else x


def wide(tensor: Any) -> Any:
    """The dtype of a tensor; single precision in the place of bfloat16, in which nothing could be checked."""
    return (tensor.float() if is_bfloat16(tensor) else tensor).dtype


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
