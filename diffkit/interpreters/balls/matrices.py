"""Whole-matrix entries of the tape: products, linear systems, determinants, with their exact adjoints.

The value and the adjoint are written once over a small algebra of matrices, and read over balls (FLINT's
arb_mat) for truth and over perturbed doubles for the attainable digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat

from .context import ZERO, NotEnclosed
from .tape import Entry, Tape, ball, is_live


class BallMatrices:
    """Matrices of balls."""

    transpose = staticmethod(lambda a: a.transpose())
    product = staticmethod(lambda a, b: a * b)
    negative = staticmethod(lambda a: -a)
    scaled = staticmethod(lambda a, s: a * s)

    @staticmethod
    def solve(a: arb_mat, b: arb_mat) -> arb_mat:
        try:
            return a.solve(b)
        except ZeroDivisionError as error:
            raise NotEnclosed("solve with a matrix that may be singular") from error

    @staticmethod
    def determinant(a: arb_mat) -> arb_mat:
        return arb_mat(1, 1, [a.det()])

    @staticmethod
    def corner(a: arb_mat) -> arb:
        return a[0, 0]

    @staticmethod
    def identity(n: int) -> arb_mat:
        return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])

    @staticmethod
    def rows(a: arb_mat) -> int:
        return a.nrows()


@dataclass(frozen=True)
class Operation:
    """value(m, *matrices) -> y; adjoint(m, w, y, *matrices) -> one matrix per operand; m is the algebra."""

    name: str
    value: Callable[..., Any]
    adjoint: Callable[..., Sequence[Any]]


def solve_adjoint(m: Any, w: Any, y: Any, a: Any, b: Any) -> Sequence[Any]:
    """Of y = a^-1 b: the transposed system."""
    back = m.solve(m.transpose(a), w)
    return m.negative(m.product(back, m.transpose(y))), back


def determinant_adjoint(m: Any, w: Any, y: Any, a: Any) -> Sequence[Any]:
    """Jacobi's formula."""
    inverse = m.solve(a, m.identity(m.rows(a)))
    return (m.scaled(m.transpose(inverse), m.corner(w) * m.corner(y)),)


PRODUCT = Operation(
    "matmul",
    lambda m, a, b: m.product(a, b),
    lambda m, w, y, a, b: (m.product(w, m.transpose(b)), m.product(m.transpose(a), w)),
)
SOLVE = Operation("solve", lambda m, a, b: m.solve(a, b), solve_adjoint)
DETERMINANT = Operation("det", lambda m, a: m.determinant(a), determinant_adjoint)


def matrix(a: np.ndarray) -> arb_mat:
    """Entries or numbers as a matrix of balls."""
    return arb_mat(a.shape[0], a.shape[1], [ball(x) for x in a.flat])


class Block:
    """A matrix operation on the tape; its results stand right behind it."""

    def __init__(self, tape: Tape, operation: Operation, operands: Sequence[np.ndarray]):
        self.operation, self.operands = operation, operands
        self.matrices = [matrix(a) for a in operands]
        self.live = [[(k, x) for k, x in enumerate(a.flat) if is_live(x)] for a in operands]
        self.y = operation.value(BallMatrices, *self.matrices)
        live = any(self.live)
        if live:
            tape.nodes.append(self)
        values = self.y.entries()
        self.results = [Entry(tape, value, None, (), live) for value in values]
        self.shape = (self.y.nrows(), self.y.ncols())

    def pull(self, adjoints: list[Any]) -> None:
        """Hand the adjoints of the results on to the operands."""
        ws = [adjoints[y.position] for y in self.results]
        if all(w is None for w in ws):
            return
        w = arb_mat(*self.shape, [ZERO if w is None else w for w in ws])
        for live, part in zip(self.live, self.parts(w), strict=True):
            values = part.entries() if live else ()
            for k, x in live:
                so_far = adjoints[x.position]
                adjoints[x.position] = values[k] if so_far is None else so_far + values[k]

    def parts(self, w: arb_mat) -> Sequence[arb_mat]:
        return self.operation.adjoint(BallMatrices, w, self.y, *self.matrices)


def apply(tape: Tape, operation: Operation, *operands: np.ndarray) -> np.ndarray:
    """An object array of the entries of a matrix operation."""
    block = Block(tape, operation, operands)
    answer = np.empty(block.shape, dtype=object)
    answer.reshape(-1)[:] = block.results
    return answer
