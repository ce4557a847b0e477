"""A function of a Python file, loaded under a private name."""

import importlib.util
import inspect
import random
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..differentiators.peers.written import seeded_torch


class TargetError(ValueError):
    """What cannot be compared: no such file or function, a point that does not fit, a value not finite."""


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """The function `name` of the file at `path`; raises TargetError."""
    module = load_module(path)
    f = getattr(module, name, None)
    if callable(f):
        return f
    own = [
        key for key, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
    ]  # fmt: skip
    near = get_close_matches(name, own, 1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(own) or 'none'}."
    what = "no function" if f is None else f"{name} = {f!r}, which is no function"
    raise TargetError(f"{path.name} has {what}{f' {name}' if f is None else ''}: {hint}")


def load_module(path: Path) -> ModuleType:
    """The file run as a module under a private name, so that it shadows nothing; raises TargetError."""
    if not path.is_file():
        raise TargetError(f"There is no file {path}.")
    name = f"_diffkit_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path} is no Python file: its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a module up by its name
    try:
        with on_path(path.parent), fixed_seeds(path.read_text(encoding="utf-8-sig", errors="replace")):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        sentence = error.msg if isinstance(error, SyntaxError) else str(error)  # str has file and line again
        cause = f"{type(error).__name__}: {' '.join(sentence.split())}"
        raise TargetError(f"{path.name}{failing_line(path, error)} fails when imported: {cause}") from error
    return module


@contextmanager
def fixed_seeds(source: str) -> Iterator[None]:
    """Seeds of the global generators: what a file draws is the same in every process that loads it."""
    state, states = random.getstate(), np.random.get_state()
    random.seed(0)
    np.random.seed(0)
    try:
        with seeded_torch() if re.search(r"\btorch\b", source) else nullcontext():
            yield
    finally:
        random.setstate(state)
        np.random.set_state(states)


@contextmanager
def on_path(folder: Path) -> Iterator[None]:
    """The folder first on the import path, as if the file were run as a script."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def failing_line(path: Path, error: BaseException) -> str:
    """The last line of the file that was at work."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines = [error.lineno]
    return f", line {lines[-1]}," if lines else ""
