"""The gradient checkers of other packages, each with its defaults, as judges of a claim in NumPy.

Each takes f, a claimed gradient (or Jacobian) g and a point x, and says whether it lets g pass. SciPy's and
autograd's are run as they are; PyTorch and JAX get f and g as a function of theirs with a rule of its own.
Where those two are not installed our writing of their rules stands in, which test_checkers.py holds against
them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

Checker = Callable[[Any, Any, np.ndarray], bool]


def by_scipy(f: Any, g: Any, x: np.ndarray) -> bool:
    """scipy.optimize.check_grad below 1e-6, as its users write it."""
    from scipy.optimize import check_grad

    return bool(check_grad(f, g, x) < 1e-6)


def by_autograd(f: Any, g: Any, x: np.ndarray) -> bool:
    """autograd.test_util.check_grads in reverse mode, the claim as the rule of a primitive."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    wrapped = primitive(lambda x: np.float64(f(x)) if np.ndim(f(x)) == 0 else f(x))
    defvjp(wrapped, lambda y, x: lambda w: np.tensordot(w, np.asarray(g(x), dtype=float), np.ndim(w)))
    np.random.seed(0)  # autograd draws from NumPy's own generator
    try:
        check_grads(wrapped, modes=["rev"], order=1)(x)
    except AssertionError:
        return False
    return True


def by_torch(f: Any, g: Any, x: np.ndarray) -> bool:
    """torch.autograd.gradcheck, the claim as the backward of an autograd.Function."""
    import torch

    class Claimed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.tensor(np.asarray(f(x.detach().numpy()), dtype=float))

        @staticmethod
        def backward(ctx, w):
            (x,) = ctx.saved_tensors
            return torch.tensor(np.tensordot(w.numpy(), np.asarray(g(x.numpy()), dtype=float), w.ndim))

    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    return torch.autograd.gradcheck(Claimed.apply, point, raise_exception=False)


def by_torch_rule(f: Any, g: Any, x: np.ndarray) -> bool:
    """The rule of torch.autograd.gradcheck: atol 1e-5 and rtol 1e-3 of differences with eps 1e-6."""
    steps = 1e-6 * np.eye(len(x))
    columns = [(np.asarray(f(x + h)) - np.asarray(f(x - h))) / 2e-6 for h in steps]
    numeric = np.stack(columns, axis=-1)
    return bool(np.all(np.abs(g(x) - numeric) <= 1e-5 + 1e-3 * np.abs(numeric)))


def by_jax(f: Any, g: Any, x: np.ndarray) -> bool:
    """jax.test_util.check_grads of order 1 in both modes, the claim as a custom_jvp over callbacks.

    Everything is in the precision of the claim, as JAX's users have it.
    """
    import jax
    from jax.test_util import check_grads

    kind = np.asarray(g(x)).dtype

    def called(function: Any, shape: tuple[int, ...]) -> Any:
        answer = jax.ShapeDtypeStruct(shape, kind)
        return lambda x: jax.pure_callback(lambda x: np.asarray(function(np.asarray(x)), kind), answer, x)

    with jax.enable_x64(kind == np.float64):
        value, slope = called(f, np.shape(f(x))), called(g, np.shape(g(x)))
        claimed = jax.custom_jvp(value)
        claimed.defjvp(lambda xs, vs: (value(*xs), jax.numpy.tensordot(slope(*xs), vs[0], 1)))
        try:
            check_grads(claimed, (x.astype(kind),), order=1)
        except AssertionError:
            return False
    return True


def by_jax_rule(f: Any, g: Any, x: np.ndarray) -> bool:
    """The rule of jax.test_util.check_grads: one random direction, then one random cotangent as well.

    eps 1e-4, tolerances 1e-5 in double precision and 2e-3 in single, both times the number of outputs.
    """
    claimed = np.asarray(g(x))
    kind = claimed.dtype.type
    tolerance, eps = (2e-3 if kind is np.float32 else 1e-5), kind(1e-4)
    x, random = x.astype(kind), np.random.RandomState(0)
    v = random.randn(*x.shape).astype(kind)
    ends = [np.asarray(f(x + eps * v), kind), np.asarray(f(x - eps * v), kind)]
    numeric = np.where(ends[0] == ends[1], kind(0), ends[0] - ends[1]) * (kind(0.5) / eps)
    w = np.asarray(random.randn(*numeric.shape), kind)
    wide = tolerance * numeric.size
    forward = np.allclose(claimed @ v, numeric, rtol=wide, atol=wide)
    back = np.tensordot(w, claimed, w.ndim) @ v
    return bool(forward and np.allclose(back, np.sum(w * numeric), rtol=tolerance, atol=tolerance))


RULES = {"torch": (by_torch, by_torch_rule), "jax": (by_jax, by_jax_rule)}


def installed(package: str) -> bool:
    return find_spec(package) is not None


def others() -> dict[str, Checker]:
    """The checkers by the name that the table prints, which says where a rule stands in for its package."""
    found: dict[str, Checker] = {"SciPy check_grad < 1e-6": by_scipy}
    for name, package in (("PyTorch gradcheck", "torch"), ("JAX check_grads", "jax")):
        own, rule = RULES[package]
        found |= {name: own} if installed(package) else {f"{name} (its rule)": rule}
    return found | {"autograd check_grads": by_autograd}


OTHERS = others()
