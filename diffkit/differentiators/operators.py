"""The operators as plain functions: function and point in, derivative out; or function in, function out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .interface import Differentiator, Prepared, as_tuple
from .registry import backend as backend_named

Wrt = int | tuple[int, ...]
Backend = str | Differentiator


def prepare(f: Callable[..., Any], *args: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Prepared:
    """f prepared for derivatives at the shapes of args; costly things happen here, once.

    wrt: position of the differentiated argument, or a tuple of positions; the others are data.
    backend: a name such as "reverse" or "finite:order=4", or a Differentiator.
    Raises UnknownBackend, TypeError for a bad wrt, and what the backend cannot do as Unsupported.

    >>> p = prepare(lambda x, c: c * x**2, 3.0, 2.0)
    >>> p.gradient(3.0, 2.0), p.gradient(1.0, 5.0)
    (12.0, 10.0)
    """
    return backend_named(backend).prepare(f, args, wrt)


def derivative(f: Callable[..., Any], *args: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Any:
    """df/dx at a number x, of the shape of f(x).

    >>> derivative(lambda x: x**3, 2.0)
    12.0
    """
    return prepare(f, *args, wrt=wrt, backend=backend).derivative(*args)


def gradient(f: Callable[..., Any], *args: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Any:
    """The gradient of a scalar function, built like the differentiated argument.

    >>> gradient(lambda x: (x**2).sum(), [1.0, 2.0])
    array([2., 4.])
    """
    return prepare(f, *args, wrt=wrt, backend=backend).gradient(*args)


def jacobian(f: Callable[..., Any], *args: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Any:
    """The Jacobian, of shape y.shape + x.shape.

    >>> jacobian(lambda x: x[:2] * x[2], [1.0, 2.0, 3.0])
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
    return prepare(f, *args, wrt=wrt, backend=backend).jacobian(*args)


def hessian(f: Callable[..., Any], *args: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Any:
    """The Hessian of a scalar function, of shape x.shape + x.shape.

    >>> hessian(lambda x: x[0] * x[1] ** 2, [1.0, 2.0])
    array([[0., 4.],
           [4., 2.]])
    """
    return prepare(f, *args, wrt=wrt, backend=backend).hessian(*args)


def jvp(
    f: Callable[..., Any], args: Any, v: Any, wrt: Wrt = 0, backend: Backend = "forward"
) -> tuple[Any, Any]:
    """(y, Jv): value and derivative along v. args: a tuple of positional arguments, or the only one.

    >>> jvp(lambda x: x**2, 3.0, 1.0)
    (9.0, 6.0)
    """
    args = as_tuple(args)
    return prepare(f, *args, wrt=wrt, backend=backend).jvp(args, v)


def vjp(
    f: Callable[..., Any], args: Any, w: Any, wrt: Wrt = 0, backend: Backend = "reverse"
) -> tuple[Any, Any]:
    """(y, wJ): value and the cotangent w pulled back. args: a tuple of positional arguments, or the only one.

    >>> vjp(lambda x: x * x, [1.0, 2.0], [1.0, 1.0])
    (array([1., 4.]), array([2., 4.]))
    """
    args = as_tuple(args)
    return prepare(f, *args, wrt=wrt, backend=backend).vjp(args, w)


def hvp(f: Callable[..., Any], args: Any, v: Any, wrt: Wrt = 0, backend: Backend = "reverse") -> Any:
    """The Hessian of a scalar function times v, without the Hessian.

    >>> hvp(lambda x: x[0] * x[1] ** 2, [1.0, 2.0], [1.0, 0.0])
    array([0., 4.])
    """
    args = as_tuple(args)
    return prepare(f, *args, wrt=wrt, backend=backend).hvp(args, v)


def grad(f: Callable[..., Any], wrt: Wrt = 0, backend: Backend = "reverse") -> Callable[..., Any]:
    """The gradient as a function of the same arguments; may be nested.

    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    return lambda *args: gradient(f, *args, wrt=wrt, backend=backend)


def value_and_grad(f: Callable[..., Any], wrt: Wrt = 0, backend: Backend = "reverse") -> Callable[..., Any]:
    """(y, g) as a function of the same arguments.

    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    return lambda *args: prepare(f, *args, wrt=wrt, backend=backend).value_and_gradient(*args)
