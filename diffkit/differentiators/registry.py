"""Backends by name: "reverse", "finite:order=4", and those that other packages add.

A package adds a backend through the entry-point group `diffkit.backends`: name = module:DifferentiatorClass.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.metadata
from dataclasses import fields
from typing import Any

from .interface import Differentiator

BUILT_IN = {
    "symbolic": "symbolic:Symbolic",
    "finite": "finite:Finite",
    "forward": "forward:Forward",
    "reverse": "reverse:Reverse",
    "complex-step": "complex_step:ComplexStep",
    "compiled-numpy": "compiled:CompiledNumPy",
    "zero": "zero:Zero",
}
ALIASES = {
    "numeric": "finite",
    "numerical": "finite",
    "fd": "finite",
    "finite-differences": "finite",
    "sympy": "symbolic",
    "dual": "forward",
    "tape": "reverse",
    "backprop": "reverse",
    "compiled": "compiled-numpy",
}
CONTROL = ("zero",)  # always wrong, to show that the comparison notices: never among "all"


class UnknownBackend(ValueError):
    """No backend of that name, or no such setting; the message lists what there is."""


@functools.cache
def entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    """Backends of other packages, by name."""
    return {point.name: point for point in importlib.metadata.entry_points(group="diffkit.backends")}


def names() -> list[str]:
    """Names of all backends, built in first, then those of other packages; without the control `zero`."""
    return [name for name in (*BUILT_IN, *sorted(entry_points())) if name not in CONTROL]


@functools.cache
def load(name: str) -> type[Differentiator]:
    """The class of a backend; ImportError says what is missing."""
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        return getattr(importlib.import_module(f".{module}", __package__), attribute)
    return entry_points()[name].load()


def backend(text: str | Differentiator) -> Differentiator:
    """The backend that a text names, such as "reverse" or "finite:order=4,scheme=forward".

    Raises UnknownBackend for an unknown name, setting or value.

    >>> str(backend("fd:order=4"))
    'finite:order=4'
    """
    if isinstance(text, Differentiator):
        return text
    if not isinstance(text, str):
        raise UnknownBackend(
            f"{text!r} is no backend; give a name such as 'finite:order=4', or a backend such as Reverse()."
        )
    name, _, settings = text.partition(":")
    name = ALIASES.get(name.strip().lower(), name.strip().lower())
    if name not in BUILT_IN and name not in entry_points():
        close = difflib.get_close_matches(name, [*BUILT_IN, *ALIASES, *entry_points()], 1)
        hint = (
            f'did you mean "{close[0]}"?'
            if close
            else f"there are {', '.join([*BUILT_IN, *entry_points()])}."
        )
        raise UnknownBackend(f"there is no backend {name!r}; {hint}")
    kind = load(name)
    known = {field.name: field for field in fields(kind)}
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in settings.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if key not in known or not equals:
            there = ", ".join(f"{field.name}={field.default}" for field in known.values()) or "none"
            raise UnknownBackend(f"backend {name} has no setting {part!r}; its settings are: {there}.")
        values[key] = setting(value, known[key].default, f"{name}:{key}")
    try:
        return kind(**values)
    except ValueError as error:
        raise UnknownBackend(f"backend {text!r}: {error}") from error


def setting(text: str, default: Any, name: str) -> Any:
    """The value of a setting, read as its default is typed; None takes a number or a word."""
    kinds = [type(default)] if default is not None else [int, float, str]
    for kind in kinds:
        try:
            return {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
        except (ValueError, KeyError):
            continue
    raise UnknownBackend(f"{name}={text!r} is no {kinds[0].__name__}.")


def available() -> list[tuple[str, str, str]]:
    """(name, summary, reason) of every backend; the reason is empty where it loads."""
    rows = []
    for name in (*BUILT_IN, *sorted(entry_points())):
        try:
            rows.append((name, load(name).summary, ""))
        except Exception as error:  # a foreign package may fail in any way: it is listed with its reason
            rows.append((name, "", f"{type(error).__name__}: {error}"))
    return rows
