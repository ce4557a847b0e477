"""Some entries or some terms wrong: a block, a sign, a term left out, a stretch, one entry."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..evidence import Evidence
from .numbers import common_ratio, how_many, only
from .ratios import named_ratios


def some_zero(e: Evidence) -> str | None:
    if np.any(e.got[e.wrong]):
        return None
    block = whole_block(e)
    if block:
        return f"{block} gets no gradient at all: it is detached ({how_many(e)} zero)"
    return f"{how_many(e)} zero and should not be: detached, masked, or never filled in"


def whole_block(e: Evidence) -> str:
    """The names of the blocks that are exactly the wrong entries; empty if none are, or all."""
    start, names, mask = 0, [], np.zeros(e.got.shape, dtype=bool)
    for name, shape in e.blocks:
        stop = start + int(np.prod(shape))
        if len(e.blocks) > 1 and e.wrong[:, start:stop].any():
            names.append(name)
            mask[:, start:stop] = True
        start = stop
    there = (e.expected != 0) & mask
    return " and ".join(names) if names and np.array_equal(e.wrong, there) else ""


def part_scaled(e: Evidence) -> str | None:
    """A named ratio of the wrong entries alone."""
    got, expected, tolerance = e.got[e.wrong], e.expected[e.wrong], e.tolerance[e.wrong]
    for text, ratio, meaning in named_ratios(e):
        allowed = 2 * (1 + abs(ratio)) * tolerance
        if np.all(np.abs(got - ratio * expected) <= allowed):
            if e.wrong.sum() == 1 and e.wrong.size > 1:
                return f"{only(e)} is {text} times what it should be: {meaning}; the other entries are right"
            block = whole_block(e)
            own = "what it should be" if e.wrong.size == 1 else "what they should be"
            return f"{block + ': ' if block else ''}{how_many(e)} {text} times {own}: {meaning}"
    return None


def part_sign(e: Evidence) -> str | None:
    """Some entries with the wrong sign."""
    sentence = part_scaled(e)
    return sentence if sentence and "-1 times" in sentence else None


def terms(e: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """What a forgotten or superfluous term adds to a gradient."""
    rows = len(e.got)
    if rows > 1 and e.symmetric:
        yield "the unit matrix", np.eye(rows)
    else:
        yield "the point x (a penalty such as c x^2/2)", np.tile(e.x, (rows, 1))
        yield "the sign of x (a penalty such as c |x|)", np.tile(np.sign(e.x), (rows, 1))
        yield "x^2 (a penalty such as c |x|^3/3)", np.tile(e.x * np.abs(e.x), (rows, 1))
    yield "a constant", np.ones_like(e.got)


def missing_term(e: Evidence) -> str | None:
    """An error that is a multiple of x, of its sign, or constant, in all entries or in one block."""
    for name, mask in parts_of(e):
        for what, term in terms(e):
            factor = known_multiple(e, term, mask)
            if factor is not None:
                verb = "is missing" if factor < 0 else "is too much"
                where = f" in {name}" if name else ""
                return f"a term {verb}{where}: the error is {factor:.6g} times {what}"
    return None


def parts_of(e: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """All entries, then the columns of each block."""
    yield "", np.ones(e.got.shape, dtype=bool)
    start = 0
    for name, shape in e.blocks:
        mask = np.zeros(e.got.shape, dtype=bool)
        mask[:, start : start + int(np.prod(shape))] = True
        start += int(np.prod(shape))
        if len(e.blocks) > 1 and mask.any():
            yield name, mask


def known_multiple(e: Evidence, term: np.ndarray, mask: np.ndarray) -> float | None:
    """c where claim - reference = c term within tolerance on the mask, and 0 elsewhere; else None."""
    if term.shape != e.got.shape or np.count_nonzero(term[mask]) < 2 or np.any(e.wrong & ~mask):
        return None
    error = e.got - e.expected
    usable = mask & (term != 0) & np.isfinite(e.tolerance)
    if not usable.any():
        return None
    weight = np.abs(term) / e.tolerance
    place = np.unravel_index(np.argmax(np.where(usable, weight, 0)), term.shape)
    factor = float(error[place] / term[place])
    own = e.tolerance[place] / abs(term[place])
    allowed = 2 * (e.tolerance + own * np.abs(term))
    near = np.abs(error - factor * term) <= allowed
    seen = (np.abs(factor * term) > allowed) & mask
    return factor if np.all(near[mask]) and seen.sum() > 1 else None


def own_gradient(e: Evidence) -> str | None:
    """A constant ratio among the wrong entries that has no name."""
    if e.wrong.sum() < 2:
        return None
    ratio = common_ratio(e.got[e.wrong], e.expected[e.wrong])
    gap = np.abs(e.got - ratio * e.expected)[e.wrong]
    if not math.isfinite(ratio) or np.any(gap > 2 * (1 + abs(ratio)) * e.tolerance[e.wrong]):
        return None
    return f"{how_many(e)} {ratio:.6g} times what they should be: a constant factor in some entries"


def single(e: Evidence) -> str | None:
    if e.wrong.sum() != 1 or e.wrong.size == 1:
        return None
    return f"{only(e)} is wrong, the other {e.wrong.size - 1:,} entries are right"


def edges(e: Evidence) -> str | None:
    """Only the first and the last entries."""
    places = np.flatnonzero(e.wrong[0]) if len(e.got) == 1 else np.empty(0, int)
    last = e.got.shape[1] - 1
    if last > 3 and len(places) and set(places.tolist()) <= {0, last} and len(places) == 2:
        return "only the first and the last entry are wrong: look at the borders"
    return None


def runs(e: Evidence) -> str | None:
    """One stretch of neighbouring entries."""
    places = np.flatnonzero(e.wrong[0]) if len(e.got) == 1 else np.empty(0, int)
    if len(places) < 2 or len(places) > e.wrong.size / 2 or any(b - a != 1 for a, b in pairwise(places)):
        return None
    first, last = e.label(0, int(places[0])), e.label(0, int(places[-1]))
    return f"{first} {'and' if len(places) == 2 else 'to'} {last} are wrong, the other entries are right"
