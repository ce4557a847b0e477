"""Right numbers in the wrong places: transposed, shifted, permuted, exchanged, the wrong half."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..evidence import Evidence
from .numbers import how_many

MANY = 20_000  # entries beyond which rearrangements are not searched


def rearrangements(e: Evidence, m: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """(cause, sentence, m with its entries at other places)."""
    if m.shape[0] == m.shape[1] > 1:
        yield "transposed", "the matrix is transposed", m.T
    elif m.shape[0] > 1:
        yield "transposed", "the matrix was transposed, and then given the right shape", m.T.reshape(m.shape)
    yield from turned_blocks(e, m)
    yield "shifted", "each entry is its right neighbour's", np.roll(m, -1, axis=1)
    yield "shifted", "each entry is its left neighbour's", np.roll(m, 1, axis=1)
    yield "permuted", "the entries are in reverse order", m[:, ::-1]
    if len(m) > 1:
        yield "shifted", "each row is the next row's", np.roll(m, -1, axis=0)
        yield "shifted", "each row is the previous row's", np.roll(m, 1, axis=0)
        yield "permuted", "the rows are in reverse order", m[::-1]


def turned_blocks(e: Evidence, m: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """Each block of columns that is itself a matrix, transposed."""
    start, everything, names = 0, m.copy(), []
    for name, shape in e.blocks:
        size = int(np.prod(shape))
        if len(shape) == 2 and min(shape) > 1 and size <= m.shape[1]:
            block = m[:, start : start + size].reshape(-1, *shape)
            turned = m.copy()
            turned[:, start : start + size] = block.transpose(0, 2, 1).reshape(m.shape[0], -1)
            everything[:, start : start + size] = turned[:, start : start + size]
            names.append(name)
            yield "transposed", f"{name} is transposed", turned
        start += size
    if len(names) > 1:
        yield "transposed", f"{', '.join(names)} are transposed", everything


def rearranged(cause: str) -> Callable[[Evidence], str | None]:
    """A test for the rearrangements of one cause."""

    def test(e: Evidence) -> str | None:
        if not 1 < e.got.size <= MANY:
            return None
        moves = zip(rearrangements(e, e.expected), rearrangements(e, e.tolerance))
        for (kind, sentence, candidate), (_, _, tolerance) in moves:
            changed = np.abs(candidate - e.expected) > e.tolerance + tolerance
            if kind == cause and np.all(changed[e.wrong]) and e.fits(candidate, tolerance):
                return f"{sentence}; {how_many(e)} wrong"
        return None

    return test


def exchanged(e: Evidence) -> str | None:
    """The right numbers at wrong places."""
    wrong = e.wrong
    if not 2 <= wrong.sum() <= MANY:
        return None
    got, order = e.got[wrong], np.argsort(e.expected[wrong], kind="stable")
    expected, tolerance = e.expected[wrong][order], e.tolerance[wrong][order]
    if np.any(np.abs(np.sort(got) - expected) > 2 * tolerance + 2 * e.tolerance[wrong][np.argsort(got)]):
        return None
    if wrong.sum() == 2:
        one, other = (e.label(int(i), int(j)) for i, j in np.argwhere(wrong))
        return f"{one} and {other} are exchanged"
    return f"the right numbers are at the wrong places: {how_many(e)} permuted"


def shifted_within(e: Evidence) -> str | None:
    """A neighbour's entry, the ends apart."""
    if len(e.got) > 1 or e.wrong.sum() < 2:
        return None
    places = np.arange(e.got.shape[1]) if e.places is None else e.places
    column = {int(p): j for j, p in enumerate(places)}
    wrong, ends = np.flatnonzero(e.wrong[0]), 2 * int(np.sum(np.diff(places) > 1)) + 1
    for step, side in ((1, "right"), (-1, "left")):
        pairs = [(j, column[int(places[j]) + step]) for j in wrong if int(places[j]) + step in column]
        own, other = [j for j, _ in pairs], [k for _, k in pairs]
        gap = np.abs(e.got[0, own] - e.expected[0, other])
        close = np.all(gap <= 2 * (e.tolerance[0, own] + e.tolerance[0, other]))
        if 2 <= len(own) >= len(wrong) - ends and np.ptp(e.got[0, own]) and close:
            return f"each is its {side} neighbour's: {how_many(e)} wrong"
    return None


def asymmetric(e: Evidence) -> str | None:
    """A Hessian that is none: of a pair of entries that are equal in any, the furthest apart."""
    if not e.symmetric or e.got.shape[0] != e.got.shape[1]:
        return None
    gap = np.abs(e.got - e.got.T) - 2 * (e.tolerance + e.tolerance.T)
    if not np.any(gap > 0) or np.any(np.abs(e.expected - e.expected.T) > e.tolerance + e.tolerance.T):
        return None
    i, j = map(int, np.unravel_index(np.argmax(gap), gap.shape))
    pair = f"{e.label(i, j)} is {e.got[i, j]:.6g}, {e.label(j, i)} is {e.got[j, i]:.6g}"
    return f"no Hessian is like this one, for it is not symmetric: {pair}"


def sign_lost(e: Evidence) -> str | None:
    if e.fits(np.abs(e.expected)):
        return f"{how_many(e)} positive where negative is right: the sign is lost (an abs or a norm)"
    return None
