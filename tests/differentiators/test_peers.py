"""Numeric differentiators of other packages behind our interface, where they are installed."""

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.harness.compare import measure
from diffkit.harness.targets import from_callable

HERE = [name for name in registry.peers() if registry.PEERS[name][0].startswith("peers.numeric")]
WITHIN = {"findiff": 1e-5}  # step 1e-3 at accuracy 2; the others choose their steps


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


CASES = {
    "number to number": (lambda x: np.sin(x) * np.exp(-x), (0.7,), "derivative"),
    "number to vector": (lambda x: np.array([np.sin(x), x**3]), (0.7,), "jacobian"),
    "vector to number": (rosenbrock, (np.array([0.3, -0.2, 0.9]),), "gradient"),
    "vector to vector": (
        lambda x: np.array([x[0] * x[1], np.sin(x[2])]),
        (np.array([1.0, 2.0, 0.5]),),
        "jacobian",
    ),
    "container": (
        lambda p: p["a"] * np.sum(p["w"] ** 2),
        ({"a": 2.0, "w": np.array([1.0, 3.0])},),
        "gradient",
    ),
    "with data": (lambda x, c: np.sum(c * x**3), (np.array([1.0, 2.0]), np.array([3.0, 5.0])), "gradient"),
}


def leaves(x):
    return [np.asarray(each) for each in (x.values() if isinstance(x, dict) else [x])]


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("case", CASES)
def test_a_peer_agrees_with_reverse_and_says_how_well(name, case):
    """Smooth functions of moderate size; each gives an error, of the shape of its answer."""
    f, args, operator = CASES[case]
    prepared = diffkit.prepare(f, *args, backend=name)
    theirs, ours = (getattr(each, operator)(*args) for each in (prepared, diffkit.prepare(f, *args)))
    found = prepared.estimate(operator, *args)
    assert found.evaluations > 1 and found.diagnosis
    for a, b, bound in zip(leaves(theirs), leaves(ours), leaves(found.bound), strict=True):
        assert a.shape == b.shape == bound.shape
        np.testing.assert_allclose(a, b, rtol=WITHIN.get(name, 1e-8), atol=WITHIN.get(name, 1e-8))
        assert np.all(bound >= 0)


@pytest.mark.parametrize("name", HERE)
def test_products_follow_and_claim_nothing(name):
    x, v = np.array([0.3, -0.2, 0.9]), np.array([1.0, 2.0, -1.0])
    prepared = diffkit.prepare(rosenbrock, x, backend=name)
    y, along = prepared.jvp(x, v)
    assert y == rosenbrock(x)
    assert abs(along - diffkit.jvp(rosenbrock, x, v)[1]) < 1e-2
    assert prepared.estimate("jvp", (x,), v).bound is None


@pytest.mark.parametrize("name", [name for name in ("numdifftools", "scipy-differentiate") if name in HERE])
def test_those_that_have_hessians_give_them(name):
    x = np.array([0.3, -0.2, 0.9])
    H = diffkit.hessian(rosenbrock, x, backend=name)
    np.testing.assert_allclose(H, diffkit.hessian(rosenbrock, x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(diffkit.hvp(rosenbrock, x, x, backend=name), H @ x, rtol=1e-9)
    assert abs(diffkit.hessian(lambda x: x**3, 2.0, backend=name) - 12) < 1e-6


@pytest.mark.parametrize("name", [name for name in ("jacobi", "findiff") if name in HERE])
def test_those_that_have_none_say_so(name):
    with pytest.raises(diffkit.Unsupported, match="no second derivatives"):
        diffkit.hessian(rosenbrock, np.zeros(2), backend=name)


def test_peers_are_never_among_all():
    assert not set(registry.PEERS) & set(registry.names())
    assert registry.grouped(["all", "peers"]) == [*registry.names(), *registry.peers()]
    assert set(registry.PEERS) <= {name for name, _, _ in registry.available()}


def without_packages(monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda module: False)
    registry.load.cache_clear()


def test_a_missing_package_is_listed_with_the_command_that_installs_it(monkeypatch):
    without_packages(monkeypatch)
    told = {name: reason for name, _, reason in registry.available()}
    for name, (_, _, command) in registry.PEERS.items():
        assert told[name] == f"{name} is not installed: {command}"
        with pytest.raises(ImportError, match="pip install"):
            registry.backend(name)


def test_a_missing_package_stands_in_the_table_with_its_reason(monkeypatch):
    without_packages(monkeypatch)
    [row] = measure([from_callable(lambda x: x * x, 3.0)], ["jacobi"], effort="quick")
    assert row.status == "unsupported" and "pip install jacobi" in row.message


def test_their_own_estimates_are_recorded():
    rows = measure([from_callable(lambda x: np.sin(x) * x, 3.0)], HERE, effort="quick")
    assert [row.backend for row in rows] == HERE
    assert all(row.error_estimate is not None and row.evaluations > 1 for row in rows)


@pytest.mark.skipif("numdifftools" not in HERE, reason="numdifftools is not installed")
def test_a_kink_fools_a_peer_and_the_record_says_so():
    """|x| at 0 has no derivative: numdifftools gives 0 with an error of 0, and nothing scores it."""
    [row] = measure([from_callable(lambda x: abs(x), 0.0)], ["numdifftools"], effort="quick")
    assert (row.value, row.error_estimate, row.status) == (0.0, 0.0, "unscored")


@pytest.mark.parametrize("name", HERE)
def test_probes_outside_the_domain_are_nan_and_no_error(name):
    """x**x at 1e-10: all of them step below 0, where Python's floats would turn complex."""
    found = diffkit.prepare(lambda x: x**x, 1e-10, backend=name).estimate("derivative", 1e-10)
    assert isinstance(found.value, float)


def test_a_name_that_is_no_backend_is_corrected_to_a_peer():
    with pytest.raises(diffkit.UnknownBackend, match='did you mean "numdifftools"'):
        registry.backend("numdifftool")


@pytest.mark.skipif("findiff" not in HERE, reason="findiff is not installed")
def test_the_settings_of_a_peer_are_checked():
    with pytest.raises(diffkit.UnknownBackend, match=r"step=-1\.0 must be a positive number"):
        registry.backend("findiff:step=-1")
