"""The line of Python that does with the chosen backend what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..expressions import parse
from ..harness.targets import AsText, InCatalogue, InFile, InPackage, Target, arrays_in

MOST_ENTRIES = 20  # of an array that is written out


def python_line(target: Target, backend: str) -> str | None:
    """A line to paste into Python that prints the target's derivative by `backend`.

    None for a function that has no name elsewhere, and where an argument is too large to be written out.

    >>> from ..harness.targets import from_formula
    >>> print(python_line(from_formula("x^2", {"x": 3.0}), "reverse"))
    import numpy as np, diffkit; print(diffkit.derivative(lambda x: x**2, 3.0, backend='reverse'))
    """
    package = target.function.package if isinstance(target.function, InPackage) else ""
    function = target.function.function if isinstance(target.function, InPackage) else target.function
    if isinstance(function, InCatalogue):
        problem = f"instance({function.name!r}, {function.size}, {target.seed})"
        start, call = f"from diffkit.problems import instance; p = {problem}; import diffkit", "p.f, *p.args"
    elif any(array.size > MOST_ENTRIES for x in target.args for array in arrays_in(x)):
        return None
    elif isinstance(function, AsText):
        call = parse(function.text, function.variables).python
        start = f"import numpy as np, {'scipy.special, ' * ('scipy.' in call)}diffkit"
    elif isinstance(function, InFile):
        start, call = f"{imported(function)}; import numpy as np, diffkit", function.name
        call = f"diffkit.from_{package}({call})" if package else call
    else:
        return None
    points = "" if isinstance(function, InCatalogue) else "".join(f", {written(x)}" for x in target.args)
    wrt = "" if target.wrt == 0 else f", wrt={target.wrt!r}"
    return f"{start}; print(diffkit.{target.operator}({call}{points}{wrt}, backend={backend!r}))"


def imported(function: InFile) -> str:
    """How the function of a file is had: by import beside the file, else by running the file."""
    path = Path(function.path)
    if path.parent == Path.cwd() and path.stem.isidentifier():
        return f"from {path.stem} import {function.name}"
    return f"import runpy; {function.name} = runpy.run_path({str(path)!r})[{function.name!r}]"


def written(x: Any) -> str:
    """An argument as Python text.

    >>> written({"W": np.ones(2), "b": [np.zeros(1), 2.0]})
    "{'W': np.array([1.0, 1.0]), 'b': [np.array([0.0]), 2.0]}"
    """
    if isinstance(x, dict):
        return f"{{{', '.join(f'{key!r}: {written(part)}' for key, part in x.items())}}}"
    if isinstance(x, list):
        return f"[{', '.join(map(written, x))}]"
    if isinstance(x, np.ndarray):
        return f"np.array({x.tolist()!r})"
    return repr(x.item() if isinstance(x, np.generic) else x)
