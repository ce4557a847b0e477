"""One function, every differentiator, certified digits.

    >>> import diffkit
    >>> diffkit.gradient(lambda x: (x**2).sum(), [1.0, 2.0])
    array([2., 4.])

Public names load when they are first used: importing diffkit imports neither SymPy nor matplotlib.
"""

from __future__ import annotations

import importlib
from typing import Any

HOMES = {
    "differentiators.operators": (
        "derivative", "gradient", "grad", "hessian", "hvp", "jacobian", "jvp",
        "prepare", "value_and_grad", "vjp",
    ),
    "differentiators.registry": ("UnknownBackend", "backend"),
    "differentiators.interface": ("Differentiator", "Estimate", "NotScalar", "Prepared", "Unsupported"),
    "differentiators.arguments": ("ShapeMismatch",),
    "differentiators.enclose": ("Enclosure", "enclose"),
    "differentiators.complex_step": ("ComplexStep",),
    "differentiators.finite": ("Finite",),
    "differentiators.compiled": ("CompiledNumPy",),
    "differentiators.forward": ("Forward",),
    "differentiators.reverse": ("Reverse",),
    "differentiators.symbolic": ("Symbolic",),
    "differentiators.peers.of_jax": ("from_jax",),
    "differentiators.peers.of_torch": ("from_torch",),
    "differentiators.taylor": ("taylor",),
    "differentiators.zero": ("Zero",),
    "calculus.rules": ("NoRule",),
    "calculus.elementwise": ("logistic",),
    "calculus.spellings": ("logsumexp", "relu", "rule", "softmax", "softplus", "stop_gradient"),
    "checking": ("Check", "assert_gradient", "check_grad", "check_gradient"),
    "expressions": ("FormulaError", "parse"),
    "languages": ("speaking",),
    "results": ("Comparison", "Explanation", "compare", "explain", "sweep_steps"),
    "results.training": ("Training", "explain_training", "train"),
}  # fmt: skip
HOME = {name: home for home, names in HOMES.items() for name in names}
__all__ = sorted(HOME)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("diffkit")
    if name not in HOME:
        raise AttributeError(f"module 'diffkit' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
