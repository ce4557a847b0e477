"""The recorder: run a function once and note every row, as a list of equations.

A program is the computational graph as data: what differentiates it, simplifies it, prints it or draws it
reads the equations and never the function again. Recording the reverse pass over recorded values gives value
and gradient as one program. A branch on a recorded value cannot be noted and is refused with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..calculus.rules import Interpreted, NoRule, Row, evaluated, shape_of
from .frames import outward, users_line
from .traced import Traced, run

Name = int


class NotRecorded(NoRule):
    """The function does what depends on a value; the message names the line."""


@dataclass(frozen=True)
class Equation:
    """out = row(*xs, **params), with xs the names of variables."""

    out: Name
    row: Row
    xs: tuple[Name, ...]
    params: dict[str, Any]


@dataclass(frozen=True)
class Program:
    """Equations in order of evaluation, between the names of inputs and of outputs.

    constants: values that were in the function. shapes, kinds: shape and dtype kind of every variable.
    """

    inputs: tuple[Name, ...]
    outputs: tuple[Name, ...]
    equations: tuple[Equation, ...]
    constants: dict[Name, Any]
    shapes: dict[Name, tuple[int, ...]]
    kinds: dict[Name, str] = field(default_factory=dict)

    def __call__(self, *args: Any) -> tuple[Any, ...]:
        """The outputs, one row after the other: the meaning of the program, traced values included."""
        values = dict(zip(self.inputs, args, strict=True)) | self.constants
        for equation in self.equations:
            values[equation.out] = equation.row(*(values[x] for x in equation.xs), **equation.params)
        return tuple(values[name] for name in self.outputs)

    def shapes_of_outputs(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self.shapes[name] for name in self.outputs)

    def with_equations(self, equations: Sequence[Equation]) -> Program:
        """The same inputs and outputs, other equations."""
        return replace(self, equations=tuple(equations))


def kind_of(x: Any) -> str:
    """The kind of dtype: "f" for floats, "b" for truth values, "i" for whole numbers."""
    return "f" if type(x) is float else str(np.asarray(x).dtype.kind)


class Recorder:
    """Collects the equations of one recording; an equation that stands already is not noted twice."""

    def __init__(self) -> None:
        self.equations: list[Equation] = []
        self.constants: dict[Name, Any] = {}
        self.examples: list[Any] = []
        self.known: dict[Any, Variable] = {}
        self.captured: list[Any] = []  # kept alive, so that no other constant gets the same id

    def variable(self, example: Any) -> Variable:
        """A new variable that has the value `example` at the point of recording."""
        self.examples.append(example)
        return Variable(self, len(self.examples) - 1, example)

    def name(self, x: Any) -> Name:
        """The name of an argument: a variable of this recording, or a constant, which is frozen here."""
        if type(x) is Variable and x.recorder is self:
            return x.name
        if isinstance(x, Interpreted):
            raise NotRecorded(
                "a recorded function captures a value that is itself being differentiated; "
                "pass it as an argument, or use the eager backends forward or reverse."
            )
        key = (type(x), x, np.signbit(x)) if isinstance(x, (int, float)) else ("array", id(x))
        if key not in self.known:
            self.captured.append(x)
            value = x.copy() if isinstance(x, np.ndarray) else x
            self.known[key] = self.variable(value)
            self.constants[self.known[key].name] = value
        return self.known[key].name

    def equation(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Variable:
        """The variable that a row makes."""
        names = tuple(map(self.name, xs))
        key = (row, names, repr(params) if params else "")
        found = self.known.get(key)
        if found is None:
            example = evaluated(row, [self.examples[name] for name in names], params)
            found = self.known[key] = self.variable(example)
            self.equations.append(Equation(found.name, row, names, params))
        return found

    def program(self, inputs: Sequence[Variable], outputs: Sequence[Any]) -> Program:
        """What was recorded, from inputs to outputs."""
        names = tuple(self.name(y) for y in outputs)
        shapes = {name: shape_of(example) for name, example in enumerate(self.examples)}
        kinds = {name: kind_of(example) for name, example in enumerate(self.examples)}
        equations = tuple(self.equations)
        return Program(tuple(x.name for x in inputs), names, equations, dict(self.constants), shapes, kinds)


class Variable(Traced):
    """A value of a recording. Its example gives shapes only: nothing may depend on the number itself."""

    __slots__ = ("example", "name", "recorder")
    level = 0  # differentiations of what is being recorded start later
    opens = visible = False

    def __init__(self, recorder: Recorder, name: Name, example: Any):
        self.recorder, self.name, self.example = recorder, name, example

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return shape_of(self.example)

    @property
    def primal(self) -> Any:  # type: ignore[override]
        raise NotRecorded(
            "a recorded program cannot choose entries by their value (np.argmax, np.sort, masks): "
            f"{users_line(outward())}. Use the eager backends forward or reverse."
        )

    def __bool__(self) -> bool:
        raise NotRecorded(
            f"a recorded program cannot branch on a value: {users_line(outward())}. "
            "Write the branch as np.where(condition, a, b), or use the eager backends forward or reverse."
        )

    def __repr__(self) -> str:
        return f"Variable({self.name}, shape={self.shape})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Variable:
        return self.recorder.equation(row, xs, params)


def record_program(f: Callable[..., Any], args: Sequence[Any]) -> Program:
    """Run f once on recorded values shaped like args. f returns one value or a list of values.

    Raises NotRecorded, with the line, where f depends on a value in a way that is no equation.
    """
    recorder = Recorder()
    inputs = [recorder.variable(x) for x in args]
    with np.errstate(all="ignore"):  # the examples only give shapes
        outputs = f(*inputs)
    many = isinstance(outputs, (list, tuple))
    return recorder.program(inputs, outputs if many else [run(lambda: outputs, ())])
