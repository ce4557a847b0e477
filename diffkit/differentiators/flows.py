"""What each operation of a program hands back to the inputs: where an error in a derivative could be made.

A gradient is linear in what flows along any one edge of the computational graph, so a derivative that was
forgotten, flipped or doubled there differs from the right one by a multiple of that flow; one whose slope was
left out differs by the flow with slope 1 less the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calculus.rules import shape_of
from ..interpreters.reverse import sweep
from ..interpreters.tape import Node, Tape, record
from .interface import size_of
from .spelled import SIGNS, constant_text, entry_text, operation_text

MOST_NODES, MOST_WORK = 400, 10**8  # each edge costs a sweep of what is behind it; entries that this touches
LONGEST = 40  # letters of a text; what is longer is shortened in its middle
OPERATORS = (*SIGNS, "contract")  # operations that are written between or before their arguments


@dataclass(frozen=True)
class Flow:
    """Of one edge: what it reaches the inputs with, a row for each output; `bare` with its own slope 1.

    name: that of the primitive; whole: the operation as text; part: the argument that is meant.
    """

    name: str
    whole: str
    part: str
    through: np.ndarray
    bare: np.ndarray | None


def flows(f: Callable[..., Any], xs: Sequence[Any], names: Sequence[str]) -> Iterator[Flow]:
    """The flows of f(*xs), those next to the result first; nothing for a program of many operations.

    xs: floats and arrays, all differentiated; names: what they are called. Raises what tracing f raises.
    """
    y, inputs, tape = record(f, xs, [True] * len(xs))
    if type(y) is not Node or len(tape.nodes) > MOST_NODES:
        return
    m = size_of(y)
    if m * len(tape.nodes) * sum(map(size_of, tape.nodes)) > MOST_WORK:
        return
    adjoints = sweep(y, np.eye(m).reshape(m, *y.shape), 1)
    texts = spelled(tape, inputs, names)
    for node in reversed(tape.nodes):
        w = adjoints[node.position]
        if w is None or node.row is None:
            continue
        for i, x in enumerate(node.xs):
            if type(x) is Node and x.tape is tape and node.row.active(i):
                pull = node.row.pull(i, w, node.primal, node.values, node.params, 1)
                alone = node.row.pattern(i, w, node.primal, node.values, node.params, 1)
                bare = onward(x, alone, inputs, m) if len(node.xs) == 1 else None
                whole, part = texts[node.position], texts[x.position]
                yield Flow(node.row.name, whole, part, onward(x, pull, inputs, m), bare)


def onward(x: Node, w: Any, inputs: Sequence[Any], m: int) -> np.ndarray:
    """What the cotangents w of x become at the inputs: m rows."""
    adjoints = sweep(x, w, 1)
    parts = [
        np.zeros((m, *z.shape)) if z.position > x.position or adjoints[z.position] is None
        else adjoints[z.position] for z in inputs
    ]  # fmt: skip
    return np.concatenate([np.reshape(part, (m, -1)) for part in parts], axis=1)


def spelled(tape: Tape, inputs: Sequence[Any], names: Sequence[str]) -> list[str]:
    """Every node as one would write it."""
    texts = [""] * len(tape.nodes)
    for node, name in zip(inputs, names, strict=True):
        texts[node.position] = name
    for node in tape.nodes:
        if node.row is not None:
            texts[node.position] = shortened(text_of(node, texts))  # at once: texts of loops double
    return texts


def text_of(node: Node, texts: Sequence[str]) -> str:
    """The operation of a node, on arguments that have their texts; x[2] for what NumPy takes in two steps."""
    assert node.row is not None
    first = node.xs[0]
    if node.row.name == "reshape" and type(first) is Node:
        if node.shape == () and first.row is not None and first.row.name == "pick":
            return entry_text(texts[first.xs[0].position], first.params["index"])
        return texts[first.position]
    words = [word(x, texts, node) for x in node.xs]
    return operation_text(node.row, words, node.values, node.params)


def word(x: Any, texts: Sequence[str], of: Node) -> str:
    """An argument of an operation, in brackets where both are written with signs."""
    if type(x) is not Node or x.tape is not of.tape:
        return constant_text(x) if shape_of(x) == () else "[..]"
    signs = all(node.row is not None and node.row.name in OPERATORS for node in (x, of))
    return f"({texts[x.position]})" if signs else texts[x.position]


def shortened(text: str) -> str:
    """A text of readable length."""
    half = LONGEST // 2 - 2
    return text if len(text) <= LONGEST else f"{text[:half]} .. {text[-half:]}"
