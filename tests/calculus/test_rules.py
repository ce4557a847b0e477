"""Every row of the table, read both ways. A new row is tested by being there."""

import numpy as np
import pytest

from diffkit.calculus.rules import TABLE, Linear, Pointwise, enter, shape_of

from .sampling import ROWS, cases, draw, inner

EPS = np.finfo(float).eps
WITH_CASES = [
    pytest.param(row, shapes, params, id=f"{row.name}-{i}")
    for row in ROWS
    for i, (shapes, params) in enumerate(cases(row))
]


def active(row, xs):
    return [i for i in range(len(xs)) if row.active(i)]


def tangents(row, xs, random, front=()):
    return [random.normal(size=front + shape_of(x)) if row.active(i) else None for i, x in enumerate(xs)]


@pytest.mark.parametrize("row, shapes, params", WITH_CASES)
def test_forward_and_reverse_are_transposes(row, shapes, params, random):
    """<w, J v> = <w J, v>, up to a few roundings of the terms that are summed."""
    xs = draw(row, shapes, random)
    y = row.evaluate(*xs, **params)
    vs, w = tangents(row, xs, random), random.normal(size=shape_of(y))

    forward, size = inner(w, row.push(y, xs, vs, params, 0))
    backward, back_size = map(
        sum, zip(*(inner(row.pull(i, w, y, xs, params, 0), vs[i]) for i in active(row, xs)), strict=True)
    )

    assert abs(forward - backward) <= 64 * EPS * (size + back_size)


@pytest.mark.parametrize("row, shapes, params", WITH_CASES)
def test_many_directions_are_one_pass(row, shapes, params, random):
    """Five tangents or cotangents at once give what they give one by one, to the last bits of a sum."""
    xs = draw(row, shapes, random)
    y = row.evaluate(*xs, **params)
    vs, ws = tangents(row, xs, random, (5,)), random.normal(size=(5, *shape_of(y)))

    pushed = row.push(y, xs, vs, params, 1)
    singly = [row.push(y, xs, [None if v is None else v[k] for v in vs], params, 0) for k in range(5)]
    assert shape_of(pushed) == (5, *shape_of(y))
    np.testing.assert_allclose(pushed, np.stack(singly), rtol=64 * EPS, atol=64 * EPS * np.abs(pushed).max())

    for i in active(row, xs):
        pulled = row.pull(i, ws, y, xs, params, 1)
        singly = [row.pull(i, ws[k], y, xs, params, 0) for k in range(5)]
        assert shape_of(pulled) == (5, *shape_of(xs[i]))
        np.testing.assert_allclose(
            pulled, np.stack(singly), rtol=64 * EPS, atol=64 * EPS * np.abs(pulled).max()
        )


@pytest.mark.parametrize("row, shapes, params", WITH_CASES)
def test_the_tangent_is_the_limit_of_differences(row, shapes, params, random):
    """Central difference in float64: error (truncation h**2, rounding eps/h) is below 1e-7 at h = 1e-5."""
    xs = draw(row, shapes, random)
    y = row.evaluate(*xs, **params)
    vs = tangents(row, xs, random)
    h = 1e-5

    ends = [
        row.evaluate(*(x if v is None else x + s * h * v for x, v in zip(xs, vs, strict=True)), **params)
        for s in (1, -1)
    ]
    difference = (np.asarray(ends[0], float) - ends[1]) / (2 * h)

    pushed = row.push(y, xs, vs, params, 0)
    np.testing.assert_allclose(pushed, difference, rtol=1e-6, atol=1e-6 * (1 + np.abs(np.asarray(y)).max()))


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Linear)], ids=lambda row: row.name)
def test_linear_rows_are_linear(row, random):
    """A sum and a multiple go through, exactly as far as rounding lets them."""
    for shapes, params in row.samples:
        xs, others = draw(row, shapes, random), draw(row, shapes, random)
        together = row.evaluate(*(2 * a + b for a, b in zip(xs, others, strict=True)), **params)
        apart = 2 * row.evaluate(*xs, **params) + row.evaluate(*others, **params)
        np.testing.assert_allclose(together, apart, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("row", [row for row in ROWS if row.into], ids=lambda row: row.name)
def test_adding_in_place_adds_the_transpose(row, random):
    """`into` is the pull, added to what stands there: the same products, so the same sums to a rounding."""
    for shapes, params in row.samples:
        xs = draw(row, shapes, random)
        y = row.evaluate(*xs, **params)
        w, there = random.normal(size=shape_of(y)), random.normal(size=shapes[0])
        expected = there + row.pull(0, w, y, xs, params, 0)
        row.into(there, w, **params)
        np.testing.assert_allclose(there, expected, rtol=4 * EPS, atol=4 * EPS)


def test_a_wrong_row_is_noticed(random):
    """The transposition check fails when one reading is off by 1 %."""

    class Skewed(Pointwise):
        def pull(self, i, w, y, xs, params, lead):
            return 1.01 * super().pull(i, w, y, xs, params, lead)

    row = Skewed("skewed", np.sin, partials=(lambda y, x: np.cos(x),), domain=((-3, 3),))

    with pytest.raises(AssertionError):
        test_forward_and_reverse_are_transposes(row, ((3,),), {}, random)


def test_names_in_the_table_are_unique():
    with pytest.raises(ValueError, match="a rule named sin is there already"):
        enter(TABLE["sin"])
