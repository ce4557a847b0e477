"""Which NumPy functions are supported, at which order and with what convention: read from the rule table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from ..calculus.rules import TABLE, Constant, Row
from ..calculus.spellings import SPECIAL, SPELLINGS, UFUNCS

NAMESPACES = {"np": np, "np.linalg": np.linalg}
COMPOSITES = ("logistic", "logsumexp", "relu", "softmax", "softplus", "stop_gradient")


def support_rows() -> list[dict[str, Any]]:
    """A row for each supported function: name, kind, orders of derivative, convention at kinks.

    kind: that of its core row, "spelling" where it is lowered to several, "question" where it is answered
    from the values and has no slope, "composite" for functions of ours.

    >>> [row for row in support_rows() if row["name"] == "np.sin"]
    [{'name': 'np.sin', 'kind': 'pointwise', 'orders': 'all', 'kinks': ''}]
    """
    if find_spec("scipy"):
        import_module("..calculus.special", __package__)  # enters its rows
    supported: dict[Any, Callable[..., Any]] = {**UFUNCS, **SPELLINGS}
    named = {name_of(function): meaning for function, meaning in supported.items()}
    rows = [described(name, named[name]) for name in sorted(named)]
    return rows + [entry(f"diffkit.{name}", "composite") for name in COMPOSITES]


def described(name: str, meaning: Callable[..., Any]) -> dict[str, Any]:
    """One row: a core row has its kind and kinks, a spelling is lowered to core rows."""
    row = meaning if isinstance(meaning, Row) else TABLE.get(name.rpartition(".")[2])
    if row is None:
        asks = meaning.__qualname__.startswith("asks.")  # made by calculus.spellings.asks
        return entry(name, "question" if asks else "spelling", "zero" if asks else "all")
    return entry(name, type(row).__name__.lower(), "zero" if isinstance(row, Constant) else "all", row.kink)


def entry(name: str, kind: str, orders: str = "all", kinks: str = "") -> dict[str, Any]:
    return {"name": name, "kind": kind, "orders": orders, "kinks": kinks}


def name_of(function: Callable[..., Any]) -> str:
    """The shortest name under which NumPy has the function, or SciPy."""
    for name, special in SPECIAL.items():
        if special is function:
            return f"scipy.special.{name}"
    for prefix, namespace in NAMESPACES.items():
        if getattr(namespace, function.__name__, None) is function:
            return f"{prefix}.{function.__name__}"
    owner = getattr(function, "__self__", None)
    reduction = f"{owner.__name__}." if isinstance(owner, np.ufunc) else ""  # np.add.reduce
    return f"np.{reduction}{function.__name__}"
