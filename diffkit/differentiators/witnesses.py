"""What the other backends say of the derivative of a walk: `forward` node by node, `symbolic`, `finite`.

Each is the backend itself at the same point. Where there are more inputs than one can follow, forward mode
and differences are taken once, in the direction that adds the same to every input, instead of once each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np

from ..calculus.rules import shape_of, subscripts
from ..interpreters.forward import Careful, Dual, push_forward
from ..interpreters.tape import Node, Tape, record
from .arguments import flatten
from .finite import Finite
from .interface import Estimate, Unsupported, basis, finished, size_of
from .symbolic import PreparedSymbolic, Symbolic
from .walk import argument_names, walk
from .walked import Step, Walk, Witness
from .walker import Flat, entry_picks

EVERY = "every input"  # the direction of ones
TRACED = 6  # numbers among the inputs up to which forward mode makes a pass for each
DIFFERENCED = 200  # numbers up to which each is differenced
WRITTEN_OUT = 300  # operations of f written as one formula, up to which SymPy differentiates it
FORMULAS = 8  # numbers among the inputs up to which there are formulas: nobody reads more


def explained(
    f: Callable[..., Any],
    *args: Any,
    names: Sequence[str] | None = None,
    title: str = "",
    wrt: Sequence[int] | None = None,
) -> Walk:
    """The walk of f at args with the tangents of forward mode at every node, and the other witnesses.

    What a backend cannot do is its message. Arguments and errors are those of `walk`.

    >>> found = explained(lambda x, y: 2 * x * y + y + 3, 40.0, 4.0)
    >>> found.trace, found.steps[-1].tangents
    (('x', 'y'), (8.0, 81.0))
    >>> [witness.derivatives["y"] for witness in found.witnesses if witness.backend == "symbolic"]
    [81.0]
    """
    names = list(names or argument_names(f, len(args)))
    found = walk(f, *args, names=names, title=title, wrt=wrt)
    if not found.result:
        return found
    with np.errstate(all="ignore"), redirect_stdout(StringIO()):  # what f prints was shown by the walk
        return Witnesses(found, Flat(f, args, names, wrt), names).all()


class Witnesses:
    """The other backends at the point of one walk."""

    def __init__(self, found: Walk, flat: Flat, names: Sequence[str]):
        self.found, self.flat, self.names = found, flat, names
        self.f, self.args, self.wrt = flat.f, tuple(flat.args), flat.wrt
        self.entries = [entry for label, x in self.flat.named() for entry in entry_names(label, shape_of(x))]

    def all(self) -> Walk:
        directions, steps, operations = self.traced()
        forward = Witness("forward", dict(zip(directions, steps[-1].tangents)))
        symbolic = self.told("symbolic", lambda: self.symbolic(operations))
        witnesses = (forward, symbolic, self.told("finite", self.finite))
        return replace(self.found, steps=steps, trace=directions, witnesses=witnesses)

    def told(self, backend: str, ask: Callable[[], Witness]) -> Witness:
        """What a backend answers; what it fails with is its answer too, for f may do anything."""
        try:
            return ask()
        except Exception as error:
            kind = "" if isinstance(error, Unsupported) else f"{type(error).__name__}: "
            sentence = " ".join(str(error).removeprefix(f"{backend}: ").split())
            return Witness(backend, message=kind + sentence)

    def traced(self) -> tuple[tuple[str, ...], tuple[Step, ...], float]:
        """The directions, the steps with their tangents, and the operations of f written out."""
        each = len(self.entries) <= TRACED
        leaves = self.flat.leaves
        vs = basis(leaves) if each else [np.ones((1, *shape_of(x))) for x in leaves]
        kept: list[Any] = []

        def noted(*xs: Any) -> Any:
            y, _, tape = record(self.flat, xs, [True] * len(xs))
            kept.append((y, tape))
            return y.primal

        push_forward(noted, leaves, vs, 1)
        y, tape = kept[-1]  # where a tangent was NaN it was run again, carefully
        tangents = iter(tangents_of(y, tape))
        steps = tuple(
            replace(step, tangents=next(tangents)) if step.kind in ("input", "operation") else step
            for step in self.found.steps
        )
        return tuple(self.entries) if each else (EVERY,), steps, written_out(y, tape)

    def symbolic(self, operations: float) -> Witness:
        """SymPy's derivative as formulas, where f written out is something that one can read."""
        if operations > WRITTEN_OUT:
            many = f"{operations:,.0f}" if operations < 1e9 else f"{operations:.0e}"
            raise Unsupported(f"f written as one formula has about {many} operations, too many to read.")
        if len(self.entries) > FORMULAS:
            raise Unsupported(f"there are {len(self.entries):,} formulas, one for each number: too many.")
        prepared: PreparedSymbolic = Symbolic().prepare(self.f, self.args, self.wrt)
        _, g = prepared.value_and_gradient(*self.args)
        formulas = dict(zip(self.entries, prepared.formulas(self.names)))
        return Witness("symbolic", self.by_input(g), formulas=formulas, operations=prepared.operations)

    def finite(self) -> Witness:
        """Differences of f in every number, or once in the direction of ones."""
        prepared = Finite().prepare(self.f, self.args, self.wrt)
        if len(self.entries) <= DIFFERENCED:
            return self.differenced(prepared.estimate("gradient", *self.args), self.by_input)
        ones = [np.ones(shape_of(x)) if shape_of(x) else 1.0 for x in self.flat.leaves]
        estimate = prepared.estimate("jvp", self.args, self.flat.rebuilt(ones))
        return self.differenced(replace(estimate, value=estimate.value[1]), lambda x: {EVERY: float(x)})

    def differenced(self, found: Estimate, named: Callable[[Any], dict[str, Any]]) -> Witness:
        left, right = ({} if each is None else named(each) for each in (found.left, found.right))
        return Witness(
            "finite", named(found.value), named(found.bound), left=left, right=right,
            diagnosis=found.diagnosis, evaluations=found.evaluations,
        )  # fmt: skip

    def by_input(self, gradient: tuple[Any, ...]) -> dict[str, Any]:
        """A gradient built like the arguments, by the names of their parts."""
        parts = [leaf for each in gradient for leaf in flatten(each, "the gradient")[0]]
        return dict(zip(self.flat.labels, map(finished, parts), strict=True))


def entry_names(label: str, shape: tuple[int, ...]) -> list[str]:
    """The names of all numbers of an input: x[0], x[1], or its own."""
    if not shape:
        return [label]
    return [f"{label}[{', '.join(map(str, where))}]" for where in np.ndindex(shape)]


def tangents_of(y: Node, tape: Tape) -> list[tuple[Any, ...]]:
    """Of each node that is a step the tangents, one for each direction of the dual numbers on the tape."""
    skipped = entry_picks(tape)
    nodes = [node for node in tape.nodes[: y.position + 1] if node.position not in skipped]
    count = len(y.primal.tangent) if isinstance(y.primal, (Dual, Careful)) else 0
    return [
        tuple(map(finished, node.primal.tangent))
        if isinstance(node.primal, (Dual, Careful))
        else tuple(finished(np.zeros(shape_of(node.primal))) for _ in range(count))
        for node in nodes
    ]


def written_out(y: Node, tape: Tape) -> float:
    """Operations of an entry of y if nothing that is used twice were named: what a formula has."""
    sizes: list[float] = []
    for node in tape.nodes[: y.position + 1]:
        terms = max([1.0, *(size_of(x) / max(size_of(node.primal), 1) for x in node.xs)])
        if node.row is not None and "spec" in node.params:
            a, b, out = subscripts(node.params["spec"])
            lengths = dict(zip(a + b, (*shape_of(node.xs[0]), *shape_of(node.xs[1]))))
            terms = 2.0 * np.prod([n for letter, n in lengths.items() if letter not in out])
        inner = sum(sizes[x.position] for x in node.xs if type(x) is Node and x.tape is tape)
        sizes.append(0.0 if node.row is None else terms * (1 + inner))
    return sizes[-1]
