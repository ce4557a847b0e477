"""What an ideal automatic differentiation of a program can keep in doubles.

The tape's program is run again in doubles, each primitive and each local partial correctly rounded from
FLINT, and every value, partial and accumulation that is not exact perturbed by up to half a unit in the last
place, at random. The scatter of the results is the noise that no method working in doubles escapes; widening
by intervals would report the worst case of every operation at once, and be far off. Parker, Monte Carlo
arithmetic, UCLA CSD-970002 (1997).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb

from .context import NotEnclosed, precision
from .matrices import Block
from .program import Program
from .tape import Entry, is_live

WORKING_BITS = 80  # rounds correctly to 53 but for one case in 2^27
HALF_ULP = 2.0**-53


class Noise:
    """Random perturbations up to half a unit in the last place, from a seed; exact results stay exact."""

    def __init__(self, seed: int):
        self.random = np.random.default_rng(seed)
        self.ready: list[float] = []

    def __call__(self, y: arb) -> float:
        """A double near the ball, which is narrow."""
        x = float(y)
        if y == x:  # known to be equal: nothing is rounded
            return x
        if not self.ready:
            self.ready = (HALF_ULP * self.random.uniform(-1, 1, 4096)).tolist()
        return float(y + y * self.ready.pop())  # not y * (1 + r): r would be rounded away, and down

    def array(self, x: np.ndarray) -> np.ndarray:
        return x + x * (HALF_ULP * self.random.uniform(-1, 1, x.shape))


class NoisyMatrices:
    """Matrices of doubles, every factor and result perturbed."""

    def __init__(self, noise: Noise):
        self.noise = noise.array

    def product(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.noise(self.noise(a) @ self.noise(b))

    def solve(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.noise(np.linalg.solve(self.noise(a), self.noise(b)))

    def determinant(self, a: np.ndarray) -> np.ndarray:
        return self.noise(np.array([[np.linalg.det(self.noise(a))]]))

    def scaled(self, a: np.ndarray, s: float) -> np.ndarray:
        return self.noise(a * s)

    transpose = staticmethod(np.transpose)
    negative = staticmethod(np.negative)
    identity = staticmethod(np.eye)
    corner = staticmethod(lambda a: a[0, 0])
    rows = staticmethod(len)


class Replay:
    """One perturbed run of a program: the value of every node of its tape."""

    def __init__(self, program: Program, seed: int):
        self.program, self.noise = program, Noise(seed)
        self.algebra = NoisyMatrices(self.noise)
        self.values: list[Any] = [None] * len(program.tape.nodes)
        self.partials: dict[tuple[int, int], float] = {}
        with precision(WORKING_BITS):
            for position, node in enumerate(program.tape.nodes):
                if type(node) is Block:
                    self.run_block(position, node)
                elif self.values[position] is None:
                    self.values[position] = self.run_entry(node)

    def at(self, x: Any) -> float:
        """The double of an entry or a number in this run."""
        return self.values[x.position] if is_live(x) else float(x.value) if type(x) is Entry else float(x)

    def run_entry(self, node: Entry) -> float:
        if node.primitive is None:
            return float(node.value)  # an input
        try:
            y = node.primitive.value([arb(self.at(x)) for x in node.operands])
        except NotEnclosed:
            return np.nan  # the noise has crossed a jump: what depends on it has no digits
        return self.noise(y)

    def run_block(self, position: int, node: Block) -> None:
        y = node.operation.value(self.algebra, *self.operands(node))
        self.values[position] = y
        for result, each in zip(node.results, y.flat, strict=True):
            self.values[result.position] = float(each)

    def operands(self, node: Block) -> list[np.ndarray]:
        return [np.array([self.at(x) for x in a.flat]).reshape(a.shape) for a in node.operands]

    def value(self) -> np.ndarray:
        answer = self.program.answer
        return np.array([self.at(y) for y in answer.flat], dtype=float).reshape(answer.shape)

    def pull(self, w: np.ndarray) -> list[float]:
        """w J with every product and every sum perturbed; NaN where the noise destroys a partial."""
        adjoints: list[Any] = [None] * len(self.values)
        top = -1
        for y, each in zip(self.program.answer.flat, w.flat, strict=True):
            if each and is_live(y):
                self.add(adjoints, y.position, float(each))
                top = max(top, y.position)
        nodes = self.program.tape.nodes
        for position in range(top, -1, -1):
            if type(nodes[position]) is Block:
                self.pull_block(position, nodes[position], adjoints)
            elif adjoints[position] is not None:
                self.pull_entry(position, nodes[position], adjoints)
        return [0.0 if (g := adjoints[x.position]) is None else g for x in self.program.leaves]

    def add(self, adjoints: list[Any], position: int, part: float) -> None:
        so_far = adjoints[position]
        adjoints[position] = part if so_far is None else self.noise(arb(so_far) + part)

    def pull_entry(self, position: int, node: Entry, adjoints: list[Any]) -> None:
        w = adjoints[position]
        for i, x in enumerate(node.operands):
            if is_live(x):
                p = self.partial(position, node, i)
                self.add(adjoints, x.position, 0.0 if w == 0 else self.noise(arb(w) * p))

    def partial(self, position: int, node: Entry, i: int) -> float:
        key = position, i
        if key not in self.partials:
            try:
                xs = [arb(self.at(each)) for each in node.operands]
                self.partials[key] = self.noise(node.primitive.partial(xs, i))  # type: ignore[union-attr]
            except NotEnclosed:
                self.partials[key] = np.nan
        return self.partials[key]

    def pull_block(self, position: int, node: Block, adjoints: list[Any]) -> None:
        ws = [adjoints[y.position] for y in node.results]
        if all(w is None for w in ws):
            return
        w = np.array([0.0 if w is None else w for w in ws]).reshape(node.shape)
        parts = node.operation.adjoint(self.algebra, w, self.values[position], *self.operands(node))
        for live, part in zip(node.live, parts, strict=True):
            flat = part.reshape(-1)
            for k, x in live:
                self.add(adjoints, x.position, float(flat[k]))


def perturbed_value(program: Program, seed: int) -> np.ndarray:
    """y in doubles, every operation perturbed by up to half a unit in the last place."""
    return Replay(program, seed).value()


def perturbed_jacobian(
    program: Program, seed: int, cotangents: Sequence[np.ndarray] | np.ndarray
) -> np.ndarray:
    """Rows w J in doubles for the cotangents, every value and accumulation of both sweeps perturbed."""
    replay = Replay(program, seed)
    with precision(WORKING_BITS):
        return np.array([replay.pull(np.asarray(w)) for w in cotangents])
