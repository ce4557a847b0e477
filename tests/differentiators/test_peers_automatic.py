"""JAX, PyTorch, autograd and CasADi on our recorded programs, where they are installed."""

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.harness.compare import measure
from diffkit.harness.targets import from_callable, from_problem
from diffkit.problems import suite

NAMES = [name for name, (place, _, _) in registry.PEERS.items() if place.startswith("peers.automatic")]
ABSENT = {
    name: pytest.mark.skip(f"{name} is not installed") for name in NAMES if name not in registry.peers()
}
PEERS = [pytest.param(name, marks=ABSENT.get(name, ())) for name in NAMES]
X = np.array([0.3, 0.7, 1.1, 0.6, 0.9, 1.3])
M, ROW, COLUMN = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 3.0]), np.array([[2.0], [3.0]])
FUNCTIONS = {
    "arithmetic": lambda x: x[0] * x[1] / x[2] - (-x[3]) + 1 / x[4] + x[5] ** 2,
    "a column and a row": lambda x: np.sum(x.reshape(2, 3) * COLUMN + ROW),
    "an outer product": lambda x: np.sum(np.outer(x[:2], x[2:]) ** 2),
    "a negative step": lambda x: np.sum(x[::-1] * np.arange(6.0)),
    "a transposed product": lambda x: np.sum((x.reshape(2, 3).T @ x.reshape(2, 3)) ** 2),
    "a vector times a matrix": lambda x: np.sum(np.sin(x[:2] @ x.reshape(2, 3))),
    "a matrix times a vector": lambda x: np.sum(np.sin(x.reshape(2, 3) @ x[:3])),
    "a full contraction": lambda x: np.einsum("ij,ij->", x.reshape(2, 3), x.reshape(2, 3)),
    "a maximum along an axis": lambda x: np.sum(np.max(x.reshape(2, 3), axis=0) * ROW),
    "sums along axes": lambda x: np.sum(np.sum(x.reshape(2, 3) ** 2, axis=0) * np.sum(x.reshape(2, 3))),
    "sums that keep their axis": lambda x: np.sum(np.sum(M * x.reshape(2, 3), axis=1, keepdims=True) ** 2),
    "products": lambda x: np.prod(x) + np.sum(np.prod(x.reshape(2, 3), axis=1) * X[:2]),
    "entries by a list": lambda x: np.sum(x[np.array([0, 2, 2, 5])] * np.arange(4.0)),
    "joined": lambda x: np.sum(np.concatenate([x.reshape(2, 3), M], axis=1) ** 2 * np.arange(6.0)),
    "stacked": lambda x: np.sum(np.stack([x[0], x[1] * x[2]]) ** 2),
    "cumulated": lambda x: np.sum(np.cumsum(x) ** 2),
    "a norm": np.linalg.norm,
    "branches": lambda x: np.sum(np.where(x > 0.5, x**2, np.sin(x)) + np.maximum(x, 0.5)),
    "a determinant": lambda x: np.linalg.det(x[:4].reshape(2, 2)),
    "a linear system": lambda x: np.sum(np.linalg.solve(x[:4].reshape(2, 2), x[4:]) ** 2),
    "elementary": lambda x: np.sum(np.exp(-x) + np.log1p(x) * np.tanh(x) + np.sqrt(x) + np.arctan2(x, 2.0)),
    "powers": lambda x: np.sum(x**2.5 + 2.0**x + np.cbrt(x) + np.hypot(x, 1.0) + np.abs(x)),
    "a constant": lambda x: 3.0 + 0 * x[0],
}


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("case", FUNCTIONS)
def test_a_peer_agrees_with_reverse(name, case):
    """At the point of preparation and at another one, to some roundings of values near one."""
    f = FUNCTIONS[case]
    prepared = diffkit.prepare(f, X, backend=name)
    for x in (X, 1.1 * X, X):
        y, g = prepared.value_and_gradient(x)
        assert abs(y - f(x)) <= 1e-13 * abs(y)
        np.testing.assert_allclose(g, diffkit.gradient(f, x), rtol=1e-12, atol=1e-13)


OTHERS = {  # function, arguments, wrt, operator
    "a number": (lambda x: np.sin(x) * x, (0.7,), 0, "derivative"),
    "a vector of a number": (lambda x: np.stack([np.sin(x), x**3]), (0.7,), 0, "jacobian"),
    "a vector of a vector": (lambda x: np.stack([x[0] * x[1], np.sin(x[2])]), (X,), 0, "jacobian"),
    "a matrix of a matrix": (lambda x: x @ np.sin(x.T), (M,), 0, "jacobian"),
    "data": (lambda w, a, b: np.sum((a @ w - b) ** 2), (X[:3], M, X[:2]), 0, "gradient"),
    "two arguments": (lambda x, a: np.sum(np.sin(a * x)), (X, 2.0), (0, 1), "gradient"),
    "a container": (lambda p: p["a"] * np.sum(p["w"] ** 2), ({"a": 2.0, "w": M},), 0, "gradient"),
}


def leaves(x):
    if isinstance(x, (dict, tuple)):
        return [leaf for each in (x.values() if isinstance(x, dict) else x) for leaf in leaves(each)]
    return [np.asarray(x)]


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("case", OTHERS)
def test_other_arguments_and_operators(name, case):
    f, args, wrt, operator = OTHERS[case]
    ours, theirs = (
        getattr(diffkit.prepare(f, *args, wrt=wrt, backend=b), operator)(*args) for b in ("reverse", name)
    )
    for a, b in zip(leaves(theirs), leaves(ours), strict=True):
        assert a.shape == b.shape and a.dtype == np.float64
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", PEERS)
def test_products_with_vectors_follow_and_second_derivatives_are_refused(name):
    f = FUNCTIONS["a transposed product"]
    prepared = diffkit.prepare(f, X, backend=name)
    np.testing.assert_allclose(prepared.jvp(X, X), diffkit.jvp(f, X, X), rtol=1e-12)
    with pytest.raises(diffkit.Unsupported, match="no second derivatives"):
        prepared.hessian(X)


@pytest.mark.parametrize("name", PEERS)
def test_results_are_the_caller_s_own(name):
    prepared = diffkit.prepare(lambda x: np.sum(x**3), X, backend=name)
    first = prepared.gradient(X)
    kept = first.copy()
    prepared.gradient(2 * X)
    first[0] = first[0]  # it can be written
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("name", PEERS)
def test_what_cannot_be_recorded_or_translated_is_a_sentence(name):
    branch = measure([from_problem("kepler")], [name], effort="quick")[0]
    assert branch.status == "unsupported" and "np.where" in branch.message

    special = pytest.importorskip("scipy.special")
    row = measure([from_callable(lambda x: special.iv(2, x), 0.3)], [name], effort="quick")[0]
    assert row.status == "unsupported" and "iv_2" in row.message and name in row.message


@pytest.mark.parametrize("name", PEERS)
def test_the_default_suite_is_right_by_every_peer(name):
    """Each about as near as the program can come; a kink has no truth."""
    problems = [
        (problem.name, size)
        for problem, size in suite("default")
        if "branch" not in problem.tags and problem.name != "log_one_plus"
    ]
    for problem, size in problems:
        [row] = measure([from_problem(problem, size)], [name], effort="quick")
        expected = "unscored" if problem == "abs_at_zero" else "ok"
        assert row.status == expected, row
        assert problem == "abs_at_zero" or row.digits > min(13, row.attainable_digits - 1.5), row


def test_an_absent_peer_names_its_command(monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda module: False)
    registry.load.cache_clear()
    for name in NAMES:
        [row] = measure([from_callable(lambda x: x * x, 3.0)], [name], effort="quick")
        assert row.status == "unsupported" and f"pip install {name}" in row.message
