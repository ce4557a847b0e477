"""Every backend on every problem of the catalogue: repeated calls, several points, threads, strides, float32.

The peers too, where they are installed. Values are held against `reverse`, whose own are held against the
enclosures in the tests of the harness.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.problems import CATALOGUE, instance

OURS = ("forward", "reverse", "compiled-numpy", "complex-step", "finite", "symbolic", "hand")
PEERS = [name for name in registry.peers() if registry.PEERS[name][0].startswith("peers.automatic")]
# A direction, a quotient, an expression for each of thousands of parameters takes minutes and shows no more.
MANY = {"network_64_32_10", "network_784_128_10"}
HARD = {name for name, problem in CATALOGUE.items() if "hard" in problem.suites}
LARGE = {
    "forward": MANY, "complex-step": MANY | {"gmm"}, "finite": MANY | {"gmm"} | HARD,
    "symbolic": MANY | {"network_2_8_2", "layer_to_256", "layer_to_64", "gmm", "hilbert"},
}  # fmt: skip
# Conventions and digits of the suite "hard" are judged by enclosures; here answers have to stay the same.
TOLERANCES = {"finite": 1e-6}
# In single precision its matrix is singular: ours have its cofactors, other packages refuse it.
SINGULAR_IN_SINGLE = {"near_singular"}
REPEATED = 12  # calls from four threads


def leaves(tree):
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [np.asarray(tree)]


def mapped(change, tree):
    if isinstance(tree, (list, tuple)):
        return type(tree)(mapped(change, branch) for branch in tree)
    return change(tree)


def strided(x):
    """The same numbers with gaps between them, backwards in memory."""
    if np.ndim(x) == 0:
        return x
    memory = np.full((2 * x.shape[0], *x.shape[1:], 2), 9e9)
    memory[::-2, ..., 1] = x
    return memory[::-2, ..., 1]


def single(x):
    return np.float32(x) if np.ndim(x) == 0 else x.astype(np.float32)


def doubled(x):
    return float(x) if np.ndim(x) == 0 else x.astype(np.float64)


def identical(a, b):
    return all(
        x.dtype == np.float64 and x.shape == y.shape and x.tobytes() == y.tobytes()
        for x, y in zip(leaves(a), leaves(b), strict=True)
    )


def near(a, b, tolerance):
    """Relative to the largest entry, as roundings are; NaN where the other has one."""
    for x, y in zip(leaves(a), leaves(b), strict=True):
        assert x.shape == y.shape
        size = np.max(np.abs(y), initial=0, where=np.isfinite(y))
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance * size)


CASES = [
    pytest.param(backend, name, id=f"{backend}-{name}")
    for backend in (*OURS, *PEERS)
    for name, problem in CATALOGUE.items()
    if name not in LARGE.get(backend, ()) and (backend != "hand" or problem.hand)
]


def prepared(backend, here):
    """The operator of the problem, or a skipped test with the reason why there is none."""
    f = here.f
    if backend == "hand":
        f = type("Carrying", (), {"__call__": staticmethod(here.f), "by_hand": staticmethod(here.hand)})()
    try:
        p = diffkit.prepare(f, *here.args, wrt=here.wrt, backend=backend)
    except (diffkit.NoRule, diffkit.Unsupported) as reason:
        pytest.skip(str(reason))
    return getattr(p, here.operator)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("backend, name", CASES)
def test_what_is_prepared_once_is_right_ever_after(backend, name):
    size = CATALOGUE[name].smallest
    here, there = instance(name, size), instance(name, size, seed=3)
    g = prepared(backend, here)
    first, other = g(*here.args), g(*there.args)

    def again(i):
        return identical(g(*(there if i % 2 else here).args), other if i % 2 else first)

    assert all(map(again, range(3))), "another answer in the same place"
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(again, range(REPEATED))), "another answer in a thread"
    near(g(*mapped(strided, here.args)), first, TOLERANCES.get(backend, 1e-12))
    coarse = mapped(single, here.args)
    refused = name in SINGULAR_IN_SINGLE and backend not in OURS
    if backend != "hand" and not refused:  # hand is called as it is
        assert identical(g(*coarse), g(*mapped(doubled, coarse))), "float32 is not the same number"
    if backend in OURS and name not in HARD:
        reference = getattr(diffkit.prepare(here.f, *here.args, wrt=here.wrt), here.operator)
        for point, answer in ((here, first), (there, other)):
            near(answer, reference(*point.args), TOLERANCES.get(backend, 1e-9))


RECORDED = ("compiled-numpy", "symbolic", *PEERS)


@pytest.mark.parametrize("backend", RECORDED)
def test_whole_numbers_that_were_recorded_are_not_taken_for_others(backend):
    """An index is part of the program; another one is refused, also where it came by a change in place."""
    x, places = np.array([1.0, 2.0, 3.0]), np.array([0, 1])
    p = diffkit.prepare(lambda x, i: np.sum(x[i] ** 2), x, places, backend=backend)
    np.testing.assert_array_equal(p.gradient(x, np.array([0, 1])), [2.0, 4.0, 0.0])
    places[0] = 2
    with pytest.raises(diffkit.ShapeMismatch, match="another value of argument 1"):
        p.gradient(x, places)


@pytest.mark.parametrize("backend", [each for each in (*OURS, *PEERS) if each != "hand"])
def test_data_of_single_precision_are_computed_with_in_double(backend):
    """A Python float times NumPy's float32 is a float32; here it is a number like any other."""
    p = diffkit.prepare(lambda x, c: c * x**3, 0.1, 0.3, backend=backend)
    for c in (np.float32(0.3), np.float64(0.3)):
        assert p.derivative(0.1, c) == p.derivative(0.1, float(c))
