"""Functions of JAX, with JAX's own derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ..interface import Differentiator, refuse_many_outputs
from .foreign import Foreign, PreparedForeign, as_numpy


class JaxFunction(Foreign):
    """A function of JAX arrays as a function of NumPy arrays; numbers are handed over as they are."""

    package: ClassVar[str] = "jax"
    title: ClassVar[str] = "JAX"
    custom: ClassVar[str] = "custom_vjp or custom_jvp"

    def precision(self, kind: np.dtype) -> Any:
        import jax

        return jax.enable_x64(kind in (np.float64, np.complex128))

    def is_own(self, x: Any) -> bool:
        import jax

        return isinstance(x, jax.Array)

    def array(self, values: np.ndarray, like: Any) -> Any:
        import jax

        return jax.numpy.asarray(values)

    def prepared(self, backend: Differentiator, args: tuple[Any, ...], wrt: Any) -> PreparedJax:
        return PreparedJax(backend, self, args, wrt)


class PreparedJax(PreparedForeign):
    """Reverse mode, a row for each output; forward mode along a direction where f has it."""

    def pull(self, f, leaves, cotangent, lead):  # type: ignore[no-untyped-def]
        import jax

        with self.f.precision(self.kind):
            y, back = jax.vjp(f, *self.arrays(leaves))
            value = as_numpy(y)
            w = np.asarray(cotangent(value), dtype=value.dtype)
            return value, stacked([back(jax.numpy.asarray(each)) for each in (w if lead else w[None])], lead)

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        import jax

        with self.f.precision(self.kind):
            xs = self.arrays(leaves)
            directions = list(zip(*vs, strict=True)) if lead else [tuple(vs)]
            try:
                pairs = [jax.jvp(f, xs, self.arrays(v)) for v in directions]
            except TypeError:  # a custom_vjp has no forward mode
                return super().push(f, leaves, vs, lead)
            ts = np.stack([as_numpy(t) for _, t in pairs])
            return as_numpy(pairs[0][0]), ts if lead else ts[0]

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        import jax

        with self.f.precision(self.kind):
            y, back = jax.vjp(f, *self.arrays(leaves))
            units = np.eye(y.size, dtype=y.dtype).reshape(-1, *y.shape)
            parts = stacked([back(jax.numpy.asarray(w)) for w in units], True)
            return as_numpy(y), [
                np.reshape(part, y.shape + np.shape(x)) for part, x in zip(parts, leaves, strict=True)
            ]

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        import jax

        with self.f.precision(self.kind):
            xs = self.arrays(leaves)
            refuse_many_outputs(as_numpy(f(*xs)))
            places = tuple(range(len(xs)))
            slopes = jax.grad(f, places)

            def along(v: Sequence[Any]) -> Any:
                slope = lambda *xs: sum(map(jax.numpy.vdot, slopes(*xs), self.arrays(v)))  # noqa: E731
                return jax.grad(slope, places)(*xs)

            return stacked([along(v) for v in (zip(*vs, strict=True) if lead else [vs])], lead)


def stacked(rows: Sequence[Sequence[Any]], lead: int) -> list[np.ndarray]:
    """Answers per direction as one array per leaf."""
    parts = [np.stack([as_numpy(each) for each in part]) for part in zip(*rows, strict=True)]
    return parts if lead else [part[0] for part in parts]


def from_jax(f: Callable[..., Any]) -> JaxFunction:
    """A function of JAX as a function of NumPy arrays, which backend `jax` differentiates by its own code.

    It computes in double precision where any argument is double, whatever the process has set.

    >>> f = from_jax(lambda x: jax.numpy.sum(x**3))  # doctest: +SKIP
    >>> diffkit.gradient(f, np.array([1.0, 2.0]), backend="jax")  # doctest: +SKIP
    array([ 3., 12.])
    """
    return JaxFunction(f)
