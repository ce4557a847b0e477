"""Rules that users give, and what they stop: bad ones are refused when they are given."""

import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import TABLE, NoRule

AD = ("forward", "reverse")
X = np.array([0.3, 0.5, 0.7])


@pytest.fixture
def table():
    """Rules of one test are gone in the next."""
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)


@pytest.mark.parametrize("backend", AD)
def test_the_rule_is_used_however_the_function_is_called(backend, table):
    """The partial is wrong by 7 on purpose: where NumPy's own rules got in, the slope would be 2 x."""
    square = diffkit.rule(lambda x: x * x, lambda y, x: 14.0 * x, name="square times seven")
    programs = {
        "an array": lambda x: square(x)[:2],
        "a list": lambda x: square([x[0], x[1]]),
        "an array of objects": lambda x: square(np.array([x[0], x[1]])),
        "numbers": lambda x: np.stack([square(x[0]), square(x[1])]),
    }
    for f in programs.values():
        np.testing.assert_array_equal(diffkit.jacobian(f, X, backend=backend), [[4.2, 0, 0], [0, 7, 0]])
    np.testing.assert_array_equal(square([1, 2]), [1, 4])
    with pytest.raises(TypeError, match="by position"):
        diffkit.derivative(lambda x: square(x=x), 1.0)


BAD = {
    "no name": (lambda: diffkit.rule(lambda x: x, 1), ValueError, "say name="),
    "a name that is taken": (lambda: diffkit.rule(np.sin, 1), ValueError, "there already"),
    "no partial": (lambda: diffkit.rule(lambda x: x, name="own"), TypeError, "0 arguments"),
    "no function": (lambda: diffkit.rule(3.0, 1, name="own"), TypeError, "3.0"),
    "a partial 2": (lambda: diffkit.rule(lambda x: 2 * x, 2, name="own"), TypeError, "1, -1 or None"),
    "a text": (lambda: diffkit.rule(lambda x: x, "1", name="own"), TypeError, "1, -1 or None"),
    "too few partials": (lambda: diffkit.rule(lambda x, z: x, 1, name="own"), TypeError, "'z'"),
    "too many partials": (lambda: diffkit.rule(lambda x: x, 1, 1, name="own"), TypeError, "many"),
    "a partial without y": (lambda: diffkit.rule(np.square, lambda x: 2 * x, name="own"), TypeError, "many"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_a_rule_is_refused_at_once(case, table):
    give, error, words = BAD[case]
    with pytest.raises(error, match=words):
        give()
    assert "own" not in TABLE


@pytest.mark.parametrize("backend", AD)
def test_a_function_that_is_not_elementwise_is_refused(backend, table):
    total = diffkit.rule(lambda x: np.sum(x * x), lambda y, x: 2 * x, name="no rule for sums")
    with pytest.raises(NoRule, match=r"gave shape \(\) for arguments that broadcast to \(3,\)"):
        diffkit.gradient(total, X, backend=backend)


@pytest.mark.parametrize("backend", AD)
def test_gradients_stop_in_containers_too(backend):
    stopped = {
        "an array": lambda x: np.sum(diffkit.stop_gradient(x)[:2]) * x[2],
        "a list": lambda x: np.sum(diffkit.stop_gradient([x[0], x[1]])) * x[2],
        "a dict": lambda x: sum(diffkit.stop_gradient({"a": x[0], "b": (x[1],)})["b"]) * x[2] + x[2] * 0.3,
        "an array of objects": lambda x: np.sum(diffkit.stop_gradient(np.array([x[0], x[1]]))) * x[2],
    }
    for f in stopped.values():
        np.testing.assert_array_equal(diffkit.gradient(f, X, backend=backend), [0, 0, 0.8])
