"""Why a gradient is wrong: every cause is a test of the numbers alone, tried in order; the first to fit wins.

A test gets the evidence and gives a sentence about the wrong entries, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from .evidence import Evidence
from .rounding import fits_single

CLOSE = 1e-4  # a ratio so close to 1 is a matter of digits, not a factor
LARGEST = 1e6  # value of f that is thought of as a factor
FEWEST_DIGITS = 2.5  # from which on a number is said to be right to some digits
MANY_DIGITS = 5.0  # of a single entry that is said to be so
MANY = 20_000  # entries beyond which rearrangements are not searched

RATIOS = {
    "2": (2.0, "a factor 2 too many (a square, or a gradient accumulated twice)"),
    "1/2": (0.5, "a factor 2 is missing"),
    "-2": (-2.0, "the sign is flipped, with a factor 2"),
    "-1/2": (-0.5, "the sign is flipped, and a factor 2 is missing"),
    "3": (3.0, "a factor 3 too many"),
    "1/3": (1 / 3, "a factor 3 is missing"),
    "pi/180": (math.pi / 180, "degrees were taken for radians"),
    "180/pi": (180 / math.pi, "radians were taken for degrees"),
    "ln 10": (math.log(10), "natural logarithm where log10 was meant, or the other way round"),
    "1/ln 10": (1 / math.log(10), "natural logarithm where log10 was meant, or the other way round"),
    "ln 2": (math.log(2), "natural logarithm where log2 was meant, or the other way round"),
    "1/ln 2": (1 / math.log(2), "natural logarithm where log2 was meant, or the other way round"),
    "2 pi": (2 * math.pi, "a factor 2 pi: frequency and angular frequency"),
    "1/(2 pi)": (1 / (2 * math.pi), "a factor 2 pi: frequency and angular frequency"),
}  # fmt: skip


def explain(e: Evidence) -> tuple[str, str]:
    """(cause, sentence about the wrong entries)."""
    for cause, test in CAUSES.items():
        sentence = test(e)
        if sentence:
            return cause, sentence
    if e.wrong.size == 1:
        return "other", f"the only entry is {e.got[0, 0] / e.expected[0, 0]:.6g} times what it should be"
    return "other", f"{how_many(e)} wrong, by no simple rule"


def how_many(e: Evidence) -> str:
    """ "all 5 entries are", "2 of 5 entries are", "the only entry is"."""
    wrong, total = int(e.wrong.sum()), e.wrong.size
    if total == 1:
        return "the only entry is"
    if wrong == total:
        return f"all {total} entries are"
    return f"{wrong:,} of {total:,} entries {'is' if wrong == 1 else 'are'}"


def named_ratios(e: Evidence) -> Iterator[tuple[str, float, str]]:
    """Text, value and meaning of the ratios that mistakes make, lengths of this problem included."""
    yield "-1", -1.0, "the sign is flipped"
    for text, (ratio, meaning) in RATIOS.items():
        yield text, ratio, meaning
    if e.value and 1 / LARGEST < abs(e.value) < LARGEST and abs(abs(e.value) - 1) > CLOSE:
        yield "f(x)", e.value, f"the value of f, {e.value:.6g}, is a factor too many"
        yield "1/f(x)", 1 / e.value, f"the value of f, {e.value:.6g}, is missing as a factor, as from log f"
    for name, n in e.sizes.items():
        if n > 1:
            yield f"{n} = {name}", float(n), f"a sum where a mean was meant, over {name} = {n}"
            yield f"1/{n}", 1 / n, f"a mean where a sum was meant, over {name} = {n}"
            yield f"2/{n}", 2 / n, f"a mean where a sum was meant, over {name} = {n}, and a factor 2"
            yield f"{2 * n}", 2.0 * n, f"a sum where a mean was meant, over {name} = {n}, and a factor 2"


def not_finite(e: Evidence) -> str | None:
    lost = ~np.isfinite(e.got)
    if not lost.any():
        return None
    row, column = map(int, np.argwhere(lost)[0])
    kind = "NaN" if np.isnan(e.got[row, column]) else "infinite"
    return f"{int(lost.sum())} of {e.got.size} entries are not finite: {e.label(row, column)} is {kind}"


def all_zero(e: Evidence) -> str | None:
    if np.any(e.got) or not np.any(e.wrong):
        return None
    what = "the only entry is" if e.got.size == 1 else f"all {e.got.size} entries are"
    return f"{what} zero: the gradient is detached from x, or was never filled in"


def sign(e: Evidence) -> str | None:
    return f"{times(e, '-1')}: the sign is flipped" if scaled(e, -1.0) else None


def constant_ratio(e: Evidence) -> str | None:
    for text, ratio, meaning in named_ratios(e):
        if scaled(e, ratio):
            return f"{times(e, text)}: {meaning}"
    if e.got.size > 1 and abs(np.linalg.norm(e.got) - 1) < CLOSE:
        size = float(np.linalg.norm(e.expected))
        if size and scaled(e, 1 / size):
            return f"{times(e, f'1/{size:.6g}')}: the vector was given length 1"
    ratio = common_ratio(e.got, e.expected)
    if np.count_nonzero(e.expected) > 1 and abs(ratio - 1) > CLOSE and ratio != 0 and scaled(e, ratio):
        return f"{times(e, f'{ratio:.6g}')}: a constant factor"
    return None


def times(e: Evidence, ratio: str) -> str:
    """ "all entries are 2 times what they should be", or the only one is."""
    if e.got.size == 1:
        return f"the only entry is {ratio} times what it should be"
    return f"all entries are {ratio} times what they should be"


def scaled(e: Evidence, ratio: float) -> bool:
    return e.fits(ratio * e.expected, abs(ratio) * e.tolerance)


def common_ratio(got: np.ndarray, expected: np.ndarray) -> float:
    """got/expected where that is best known."""
    size = np.max(np.abs(expected), initial=0.0)
    if not size:
        return math.nan
    a, b = got / size, expected / size
    return float(np.sum(a * b) / np.sum(b * b))


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


def only(e: Evidence) -> str:
    """The name of the only wrong entry."""
    places = np.argwhere(e.wrong)
    return e.label(int(places[0][0]), int(places[0][1])) if len(places) == 1 else ""


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


def single_precision(e: Evidence) -> str | None:
    """Errors of the size that float32 makes, in a claim handed over in double precision."""
    if e.eps > 2.0**-52 or not rough(e, 2.0**-23 * 64):
        return None
    if fits_single(e.got):
        return "the numbers were rounded to single precision: they have no more than its 24 bits"
    return None


def low_precision(e: Evidence) -> str | None:
    if not rough(e, 1e-3):
        return None
    kept = float(np.median(e.digits[e.wrong]))
    if kept < FEWEST_DIGITS:
        return None
    why = "cancellation, a difference quotient, or single precision"
    return f"{how_many(e)} right to some {kept:.0f} digits only: {why}"


def rough(e: Evidence, level: float) -> bool:
    """Whether the errors are no larger than this against the largest entry, and many entries have one, or
    those that have it keep most of their digits."""
    size = np.max(np.abs(e.expected), initial=0.0)
    small = np.max(e.error[e.wrong]) <= level * size
    shared = e.wrong.sum() > e.wrong.size / 4 or np.min(e.digits[e.wrong]) >= MANY_DIGITS
    return bool(small and shared)


def factors(e: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """What the chain rule may leave out, or count twice, entry by entry."""
    x = np.tile(e.x, (len(e.got), 1))
    with np.errstate(all="ignore"):
        yield "x", x
        yield "2x", 2 * x
        yield "1/x", 1 / x
        yield "1/(2x)", 1 / (2 * x)
        yield "x^2", x * x
        yield "exp(x)", np.exp(x)
        yield "exp(-x)", np.exp(-x)


def elementwise_factor(e: Evidence) -> str | None:
    if e.got.shape[1] != e.x.size or np.count_nonzero(e.expected) < 2 or np.ptp(np.abs(e.x)) == 0:
        return None
    for text, factor in factors(e):
        if np.all(np.isfinite(factor)) and e.fits(factor * e.expected, np.abs(factor) * e.tolerance):
            return f"every entry is {text} times what it should be, x being its input: an inner derivative"
    return None


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


CAUSES: dict[str, Callable[[Evidence], str | None]] = {
    "not finite": not_finite,
    "detached": all_zero,
    "sign": sign,
    "constant ratio": constant_ratio,
    "transposed": rearranged("transposed"),
    "shifted": rearranged("shifted"),
    "permuted": rearranged("permuted"),
    "not symmetric": asymmetric,
    "sign lost": sign_lost,
    "zero": some_zero,
    "wrong sign in part": part_sign,
    "single precision": single_precision,
    "missing term": missing_term,
    "inner derivative": elementwise_factor,
    "exchanged": exchanged,
    "neighbour": shifted_within,
    "ratio in part": part_scaled,
    "low precision": low_precision,
    "constant ratio in part": own_gradient,
    "single entry": single,
    "borders": edges,
    "stretch": runs,
}
