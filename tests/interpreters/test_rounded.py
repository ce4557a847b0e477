"""Random rounding: every row off by its last bits and no more, what is exact stays exact."""

import numpy as np
import pytest

from diffkit.calculus.rules import Linear, Pointwise, Select
from diffkit.interpreters.rounded import run_rounded
from diffkit.problems import instance
from tests.calculus.sampling import ROWS, cases, draw

CASES = [(row, *case) for row in ROWS for case in cases(row)]


def runs(f, xs, count=8):
    """f with random rounding, so many times."""
    return np.array([run_rounded(f, xs, seed) for seed in range(count)], dtype=float)


@pytest.mark.parametrize(("row", "shapes", "params"), CASES, ids=lambda x: getattr(x, "name", ""))
def test_a_row_is_off_by_its_last_bits(row, shapes, params, random):
    """Pointwise rows by one unit in the last place, sums and solutions by as many as they have terms."""
    xs = draw(row, shapes, random)
    plain = np.asarray(row(*xs, **params), dtype=float)

    values = runs(lambda *xs: row(*xs, **params), xs)

    terms = 1 if isinstance(row, Pointwise) else 64 * max(1, *(np.size(x) for x in xs))
    size = np.max(np.abs(plain)) if terms > 1 else np.abs(plain)
    assert np.all(np.abs(values - plain) <= terms * np.spacing(np.maximum(size, 1e-300)))


MOVED = [each for each in CASES if isinstance(each[0], Select | Linear)]


@pytest.mark.parametrize(("row", "shapes", "params"), MOVED, ids=lambda x: getattr(x, "name", ""))
def test_what_is_only_moved_is_exact(row, shapes, params, random):
    """Reshaped, chosen, gathered, repeated; sums are rounded, also where scattered entries meet."""
    xs = draw(row, shapes, random)
    spread = np.ptp(runs(lambda *xs: row(*xs, **params), xs), axis=0)

    added = isinstance(row, Linear) & (np.asarray(row(*(np.ones(np.shape(x)) for x in xs), **params)) > 1)
    assert not np.any(spread[~added])
    assert np.any(spread) == np.any(added)


EXACT = {
    "powers of two": lambda x: 2 * x / 8, "signs": lambda x: -abs(x), "choices": lambda x: np.maximum(x, 0.1),
    "cancelled": lambda x: x - x,
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_exact_operations_stay_exact(name):
    assert np.all(np.ptp(runs(EXACT[name], [np.array([0.7, -1.3])]), axis=0) == 0)


@pytest.mark.parametrize(("name", "least", "most"), [("hilbert", 1e-8, 1e-5), ("naive_variance", 1e-3, 1.0)])
def test_the_spread_shows_what_f_has_lost(name, least, most):
    """Its range relative to f; the scatter of f between neighbouring points is far below it."""
    case = instance(name)
    values = runs(case.f, case.args)

    assert least < np.ptp(values) / abs(case.f(*case.args)) < most


def test_a_seed_repeats_and_another_does_not():
    f, x = lambda x: np.exp(np.sin(x)), [np.linspace(1, 2, 9)]

    assert np.array_equal(run_rounded(f, x, 1), run_rounded(f, x, 1))
    assert not np.array_equal(run_rounded(f, x, 1), run_rounded(f, x, 2))
