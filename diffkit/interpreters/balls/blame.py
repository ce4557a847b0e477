"""Which operation of a program loses most digits: each in turn is rounded, all others are exact.

The program runs over balls; one operation's value, and what it hands on to its operands, is off by up to half
a unit in the last place of a double, as it would be there. How far the result then is from the truth is what
this operation alone costs. The worst is found by parts: of all operations, of the worst eighth, ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from .context import NotEnclosed, precision
from .matrices import PRODUCT, Block
from .perturbed import HALF_ULP
from .program import Program, nearest, relative_error, run
from .tape import Entry, Tape
from .trees import Tree, holds, rewriting, spelled, tree_of

PARTS, SEEDS = 8, 2
MOST_NODES = 2_000  # a search takes some 30 runs
HARMLESS = 1e-13
Measure = Callable[[Program], np.ndarray]


@dataclass(frozen=True)
class Culprit:
    """The operation whose rounding costs most.

    operation: what it computes, as text. error: relative error of the result if nothing else is rounded, inf
    where it crosses a jump, None where it is lost inside of a matrix operation. rewriting: (as it is written,
    a form that keeps more), or None.
    """

    operation: str
    error: float | None
    rewriting: tuple[str, str] | None = None


class RoundingTape(Tape):
    """A tape on which the chosen places are rounded."""

    def __init__(self, chosen: Collection[int], seed: int):
        super().__init__()
        self.chosen, self.random = chosen, np.random.default_rng(seed)

    def admit(self, entry: Entry) -> None:
        super().admit(entry)
        if entry.position in self.chosen:
            entry.value = self.rounded(entry.value)

    def rounded(self, x: arb) -> arb:
        """x off by half an ulp or somewhat less; what is a double stays."""
        if not x.is_finite() or x == float(x):
            return x
        return x + x * (HALF_ULP * self.random.choice([-1.0, 1.0]) * self.random.uniform(0.5, 1.0))

    def round_slopes(self) -> None:
        """The same with what the chosen places hand on to their operands."""
        for position in self.chosen:
            node = self.nodes[position]
            if type(node) is Entry and node.primitive is not None:
                for i, x in enumerate(node.operands):
                    if type(x) is Entry and x.position >= 0:
                        p = node.partial(i)
                        assert node.partials is not None
                        node.partials[i] = self.rounded(p)


def slopes(program: Program) -> np.ndarray:
    """The Jacobian of a program."""
    return program.jacobian()


def values(program: Program) -> np.ndarray:
    """The value of a program, flat."""
    return program.value().reshape(-1)


def culprit(
    f: Callable[..., Any], xs: Sequence[Any], bits: int, truth: np.ndarray, measure: Measure,
    titles: Sequence[str],
) -> Culprit | None:  # fmt: skip
    """The operation of f at xs whose rounding costs most digits of measure(program), which should be `truth`.

    titles: a name for each number in xs. None where no operation alone costs more than three digits, and for
    programs of more than 2,000 operations.

    >>> f = lambda x: np.log(1 + x) / x
    >>> with precision(256):
    ...     truth = np.array([[-arb("0.49999999333333334")]])
    >>> found = culprit(f, [1e-8], 256, truth, slopes, ["x"])
    >>> found.operation, found.rewriting
    ('1 + x', ('log(1 + x)', 'log1p(x)'))
    """
    program = run(f, xs, bits)
    nodes = program.tape.nodes
    leaves = {x.position for x in program.leaves}
    chosen = [i for i, node in enumerate(nodes) if type(node) is Entry and i not in leaves]
    if not chosen or len(nodes) > MOST_NODES:
        return None
    error = np.inf
    while len(chosen) > 1:
        parts = [part.tolist() for part in np.array_split(chosen, min(PARTS, len(chosen)))]
        costs = [cost(f, xs, bits, truth, measure, part) for part in parts]
        chosen, error = parts[int(np.argmax(costs))], max(costs)
    error = cost(f, xs, bits, truth, measure, chosen) if np.isinf(error) else error
    if error < HARMLESS:
        inside = [x.operation.name for x in nodes if type(x) is Block and x.operation is not PRODUCT]
        return Culprit(inside[0], None) if len(inside) == 1 else None
    names = named(program, titles)
    return Culprit(spelled(nodes[chosen[0]], names), error, better_form(nodes, nodes[chosen[0]], names))


def cost(f: Any, xs: Any, bits: int, truth: np.ndarray, measure: Measure, chosen: Sequence[int]) -> float:
    """The relative error of the result if the chosen operations are rounded, the worst of two runs."""
    places = frozenset(chosen)
    return max(one_cost(f, xs, bits, truth, measure, RoundingTape(places, seed)) for seed in range(SEEDS))


def one_cost(f: Any, xs: Any, bits: int, truth: np.ndarray, measure: Measure, tape: RoundingTape) -> float:
    try:
        program = run(f, xs, bits, tape)
        with precision(bits):
            if measure is slopes:
                tape.round_slopes()
            return relative_error(nearest(measure(program)), truth)
    except NotEnclosed:
        return np.inf  # the rounding has crossed a jump


def named(program: Program, titles: Sequence[str]) -> dict[int, str]:
    """What stands at the places of a tape that are no primitives: inputs, and entries of matrices."""
    names = {x.position: title for x, title in zip(program.leaves, titles)}
    blocks = [node for node in program.tape.nodes if type(node) is Block]
    for k, block in enumerate(blocks):
        for i, x in enumerate(block.results):
            names[x.position] = f"{block.operation.name}_{k}" + f"[{i}]" * (len(block.results) > 1)
    return names


def better_form(nodes: Sequence[Any], entry: Entry, names: Mapping[int, str]) -> tuple[str, str] | None:
    """A rewriting of the entry, or of what is computed from it in one or two steps, if a pattern fits."""
    around, seen = [entry], {entry.position}
    mine = tree_of(entry, names)
    for _ in range(3):
        for each in around:
            found: Tree = tree_of(each, names)
            form = rewriting(found)
            if form and holds(found, mine):
                return form
        around = [
            x for x in nodes
            if type(x) is Entry and x.position not in seen and any(y is z for y in x.operands for z in around)
        ]  # fmt: skip
        seen.update(x.position for x in around)
    return None
