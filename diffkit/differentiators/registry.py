"""Backends by name: "reverse", "finite:order=4", and those that other packages add.

A package adds a backend through the entry-point group `diffkit.backends`: name = module:DifferentiatorClass.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable
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
    "hand": "hand:Hand",
}
PEERS = {  # class, module that must be there, how to get it; never among "all"
    "numdifftools": ("peers.numeric:Numdifftools", "numdifftools", "pip install numdifftools"),
    "scipy-differentiate": (
        "peers.numeric:SciPyDifferentiate", "scipy.differentiate", 'pip install "scipy>=1.15"'),
    "jacobi": ("peers.numeric:Jacobi", "jacobi", "pip install jacobi"),
    "findiff": ("peers.numeric:Findiff", "findiff", 'pip install "findiff>=0.14"'),
    "autograd": ("peers.automatic:Autograd", "autograd", "pip install autograd"),
    "jax": ("peers.automatic:Jax", "jax", "pip install jax jaxlib"),
    "torch": ("peers.automatic:Torch", "torch", "pip install torch"),
    "casadi": ("peers.automatic:CasADi", "casadi", "pip install casadi"),
}  # fmt: skip
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
CONTROL = ("zero", "hand")  # always wrong, and what to hold others against: never among "all"


class UnknownBackend(ValueError):
    """No backend of that name, or no such setting; the message lists what there is."""


class DoesNotLoad(ImportError):
    """A backend of another package that fails; the message says how."""


class NotInstalled(ImportError):
    """A peer whose package is not there; the message says how to get it."""


@functools.cache
def entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    """Backends of other packages, by name; names are read without regard to case."""
    return {point.name.lower(): point for point in importlib.metadata.entry_points(group="diffkit.backends")}


def names() -> list[str]:
    """Names of all backends, built in first, then those of other packages; without the controls."""
    return [name for name in (*BUILT_IN, *sorted(entry_points())) if name not in CONTROL]


def peers() -> list[str]:
    """Names of the peers whose packages are installed."""
    return [name for name, (_, module, _) in PEERS.items() if installed(module)]


def known() -> list[str]:
    """All names that a backend may be called by, except aliases."""
    return [*BUILT_IN, *PEERS, *sorted(entry_points())]


def installed(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def grouped(backends: Iterable[Any]) -> list[Any]:
    """The backends with the words "all" and "peers" spelled out, without what stands there already.

    >>> grouped(["reverse", "all"])[:2]
    ['reverse', 'symbolic']
    """
    groups = {"all": names, "peers": peers}
    found: list[Any] = []
    for word in backends:
        if isinstance(word, str) and word in groups:
            found += [each for each in groups[word]() if each not in found]
        else:
            found.append(word)
    return found


@functools.cache
def load(name: str) -> type[Differentiator]:
    """The class of a backend; raises NotInstalled for a peer, DoesNotLoad for a foreign one."""
    place = BUILT_IN.get(name)
    if name in PEERS:
        place, module, command = PEERS[name]
        if not installed(module):
            raise NotInstalled(f"{name} is not installed: {command}")
    if place:
        module, _, attribute = place.partition(":")
        return getattr(importlib.import_module(f".{module}", __package__), attribute)
    point = entry_points()[name]
    try:
        kind = point.load()
    except Exception as error:  # a foreign package may fail in any way
        raise DoesNotLoad(f"{name} ({point.value}) does not load: {type(error).__name__}: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Differentiator)):
        raise DoesNotLoad(f"{name} ({point.value}) is no subclass of diffkit.Differentiator")
    return kind


def backend(text: str | Differentiator) -> Differentiator:
    """The backend that a text names, such as "reverse" or "finite:order=4,scheme=forward".

    Raises UnknownBackend for an unknown name, setting or value.

    >>> str(backend("fd:order=4")), str(backend("symbolic:graph=true"))
    ('finite:order=4', 'symbolic:graph')
    """
    if isinstance(text, Differentiator):
        return text
    if not isinstance(text, str):
        raise UnknownBackend(
            f"{text!r} is no backend; give a name such as 'finite:order=4', or a backend such as Reverse()."
        )
    name, _, settings = text.partition(":")
    name = ALIASES.get(name.strip().lower(), name.strip().lower())
    if name not in known():
        close = difflib.get_close_matches(name, [*known(), *ALIASES], 1)
        hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known())}."
        raise UnknownBackend(f"there is no backend {name!r}; {hint}")
    kind = load(name)
    settings_of = {field.name: field for field in fields(kind)}
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in settings.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals and key in settings_of and settings_of[key].default is False:
            equals, value = "=", "true"  # symbolic:graph
        if key not in settings_of or not equals:
            there = ", ".join(f"{field.name}={field.default}" for field in settings_of.values()) or "none"
            raise UnknownBackend(f"backend {name} has no setting {part!r}; its settings are: {there}.")
        values[key] = setting(value, settings_of[key].default, f"{name}:{key}")
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
    for name in known():
        try:
            rows.append((name, load(name).summary, ""))
        except (NotInstalled, DoesNotLoad) as error:
            rows.append((name, "", str(error)))
    return rows
