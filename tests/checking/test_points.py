"""Points are drawn where f is finite, simplified as long as they fail alike, and made by Hypothesis."""

import numpy as np
import pytest

from diffkit.checking import check_gradient, draw, simplest
from diffkit.harness.targets import TargetError


def test_drawn_points_keep_the_shape_and_the_domain(random):
    def f(p, c):
        return c * np.sum(np.log(p["x"])) + p["b"]

    for _ in range(20):
        p, c = draw(f, ({"x": np.array([1.0, 2.0]), "b": 3.0}, 2.0), random)
        assert p["x"].shape == (2,) and np.all(p["x"] > 0) and isinstance(p["b"], float) and c == 2.0


def test_no_point_to_draw(random):
    with pytest.raises(TargetError, match="finite at none"):
        draw(lambda x: np.log(-1 - x * x), (1.0,), random)


def test_the_simplest_failing_point():
    """The error shows where x[0] > 1/4 only: one and zero tell it."""

    def f(x):
        return np.sum(x**2)

    def g(x):
        return 2 * x + np.where(x > 0.25, 5, 0)

    x = (np.array([0.73519, -0.2188]),)
    first = check_gradient(f, g, *x)
    [point], found = simplest(lambda where: check_gradient(f, g, *where), x, first)

    assert found.verdict == "disagree" and found.cause == first.cause
    assert sorted(point) == [0.0, 1.0] and "np.array([1.0, 0.0])" in found.reproduce


def test_strategies_are_built_like_the_example():
    hypothesis = pytest.importorskip("hypothesis")
    from diffkit.checking.strategies import numbers, points

    like = {"W": np.zeros((3, 2)), "b": 0.0, "more": [np.zeros(2), np.zeros(1)]}
    seen = []

    @hypothesis.settings(max_examples=10, derandomize=True, deadline=None, database=None)
    @hypothesis.given(points(like), numbers(0.5, 2.0))
    def run(point, factor):
        assert point["W"].shape == (3, 2) and isinstance(point["b"], float) and 0.5 <= factor <= 2
        assert isinstance(point["more"], list) and np.all(np.abs(point["W"]) <= 10)
        seen.append(check_gradient(lambda p: factor * np.sum(p["W"] ** 2), lambda p: {
            "W": 2 * factor * p["W"], "b": 0.0, "more": [np.zeros(2), np.zeros(1)]}, point))  # fmt: skip

    run()
    assert len(seen) == 10 and all(check.verdict == "agree" for check in seen), [str(c) for c in seen]
