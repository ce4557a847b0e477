"""Inputs for any row, from its own domain and samples."""

from __future__ import annotations

import numpy as np

from diffkit.calculus.rules import TABLE, Constant, Pointwise, Select

ROWS = [row for row in TABLE.values() if not isinstance(row, Constant)]
SHAPES = {
    1: [((),), ((3,),)],
    2: [((), ()), ((3,), (3,)), ((2, 1), (3,)), ((3,), ())],
    3: [((2,), (2,), (2,))],
}


def cases(row):
    """(shapes, params) on which to try a row."""
    return (
        [(shapes, {}) for shapes in SHAPES[len(row.partials)]] if isinstance(row, Pointwise) else row.samples
    )


def draw(row, shapes, random):
    """Random arguments inside the row's domain."""
    if isinstance(row, Pointwise):
        return [
            np.asarray(random.uniform(*domain, size=shape))
            for domain, shape in zip(row.domain, shapes, strict=True)
        ]
    xs = [random.uniform(0.5, 2.0, size=shape) * random.choice([-1, 1], size=shape) for shape in shapes]
    return [xs[0] > 0, *xs[1:]] if isinstance(row, Select) else xs


def inner(a, b):
    """The sum of products, and the sum of their sizes: what rounding errors are measured against."""
    terms = np.asarray(a) * np.asarray(b)
    return terms.sum(), np.abs(terms).sum()
