"""What a walk notes of a function at a point, as records: nodes, edges, and what other backends say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Edge:
    """From a node to one of its arguments: the local slope, and what flows back along it.

    slope: the partial derivative of the node in this argument, a number; None for arrays.
    jacobian: where one of the two is an array and both are small, a row for each entry of the node and a
    column for each of the argument; else None. flow: adjoint of the node times that, shaped as the argument.
    """

    source: str
    slope: float | None
    flow: Any
    jacobian: Any = None


@dataclass(frozen=True)
class Step:
    """A node: its name, how it is made, its value on the way forward, its adjoint from the way back.

    symbol: no other node has it. label: what it is called where it is used; two constants 2 have the same.
    tangents: forward mode's derivative of this node in each direction of the walk's trace.
    """

    symbol: str
    kind: str  # "input", "data" (an argument that is not differentiated), "constant" or "operation"
    row: str  # name of the primitive, empty for inputs and constants
    text: str  # "v1 * y"
    shape: tuple[int, ...]
    value: Any
    adjoint: Any  # d result / d node, shaped like the value
    edges: tuple[Edge, ...] = ()
    label: str = ""
    tangents: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Witness:
    """What another backend says of the same derivative at the same point.

    derivatives: by the name of the input, or of the direction where only one was taken. formulas: of
    `symbolic`, the same as text. bounds: how wrong `finite` says it may be. message: why there is less.
    """

    backend: str
    derivatives: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, Any] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    left: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)
    diagnosis: str = ""
    evaluations: int | None = None
    operations: int | None = None
    message: str = ""


@dataclass(frozen=True)
class Walk:
    """The two passes of one function at one point; `steps` are in the order of evaluation.

    trace: the directions of the forward-mode pass: inputs, or EVERY for all of them at once. witnesses: the
    other backends. Both are empty unless they were asked for (`explained`).
    """

    title: str
    value: float
    result: str  # the symbol of the last node
    steps: tuple[Step, ...]
    trace: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The walk as JSON types: what reports read."""
        return {"schema": "diffkit/1", "record": "walk", **plain_types(asdict(self))}


def plain_types(x: Any) -> Any:
    """Arrays and tuples as lists, NaN and infinity as None."""
    if isinstance(x, dict):
        return {key: plain_types(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_types(each) for each in x]
    if isinstance(x, (np.ndarray, np.generic)):
        return x.tolist() if np.isfinite(x).all() else plain_types(x.tolist())
    return None if isinstance(x, float) and not np.isfinite(x) else x
