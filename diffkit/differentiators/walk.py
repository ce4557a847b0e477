"""One forward and one backward pass, node by node, read off the very tape that the backend `reverse` runs.

The computational graph: nodes are inputs, constants and operations, edges carry data forward and adjoints
back. Constants have adjoints too: the derivative with respect to the number written in the formula.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.spellings import plain
from ..interpreters.reverse import backward
from ..interpreters.tape import Node, record
from .reverse import one
from .walked import Walk
from .walker import Flat, Walker, input_step


def walk(
    f: Callable[..., Any],
    *args: Any,
    names: Sequence[str] | None = None,
    title: str = "",
    wrt: Sequence[int] | None = None,
) -> Walk:
    """Run f forward and back at args, and note what happens at each node.

    names: of the arguments; by default the parameters of f. wrt: positions of those that are differentiated,
    by default all; the others are data. Raises NotScalar unless f returns one number.

    >>> z = walk(lambda x, y: 2 * x * y + y + 3, 40.0, 4.0)
    >>> z.value, {step.symbol: step.adjoint for step in z.steps if step.kind == "input"}
    (327.0, {'x': 8.0, 'y': 81.0})
    """
    flat = Flat(f, args, list(names or argument_names(f, len(args))), wrt)
    with np.errstate(all="ignore"):  # an infinite slope stands in the walk
        y, inputs, tape = record(flat, flat.leaves, [True] * len(flat.leaves))
        one(plain(y))
        if not (isinstance(y, Node) and y.tape is tape):
            steps = tuple(input_step(label, x, 0.0) for label, x in flat.named())
            return Walk(title, float(plain(y)), "", steps)
        adjoints = backward(y, 1.0, 0, inputs, every=True)
        return Walk(title, float(y.primal), *Walker(tape, y, flat, adjoints).steps())


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Names of the first `count` positional parameters, or x0, x1, ..."""
    names = list(getattr(f, "variables", ()))
    if not names:
        try:
            parameters = inspect.signature(f).parameters.values()
        except ValueError:
            parameters = ()  # type: ignore[assignment]
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names[:count] if len(names) >= count else [f"x{i}" for i in range(count)]
