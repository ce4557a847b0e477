"""Is my gradient right? A verdict with its cause, and no tolerance to choose.

Names load when they are first used, so that the pytest plugin imports nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import Any

HOMES = {
    "check": ("assert_gradient", "check_adjoint", "check_grad", "check_gradient", "watch"),
    "record": ("Check",),
    "backends": ("check_backends", "loadable"),
    "points": ("draw", "simplest"),
}
HOME = {name: home for home, names in HOMES.items() for name in names}
__all__ = sorted(HOME)


def __getattr__(name: str) -> Any:
    if name not in HOME:
        raise AttributeError(f"module 'diffkit.checking' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
