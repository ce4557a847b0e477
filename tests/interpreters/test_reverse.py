"""The tape: long chains, what it keeps, what it lets go."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import diffkit
from diffkit.calculus.spellings import softmax
from diffkit.interpreters.reverse import plain_sweep, sweep
from diffkit.interpreters.tape import Node, record
from diffkit.problems.catalogue import CATALOGUE, instance


def test_a_chain_of_a_million_operations():
    """No recursion anywhere: neither forward, nor back, nor when the tape is freed."""

    def chain(x):
        for _ in range(1_000_000):
            x = -x
        return x

    assert diffkit.derivative(chain, 3.0) == 1.0


def test_the_forward_pass_keeps_every_intermediate_and_a_prediction_none():
    """50 steps on 100 kB: the tape holds all of them, plain f and the freed tape at most a few."""
    x, steps = np.ones(12_500), 50

    def chain(x):
        for _ in range(steps):
            x = np.sin(x)
        return np.sum(x)

    def peak(call):
        tracemalloc.start()
        call()
        answer = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return answer

    prepared = diffkit.prepare(chain, x)
    assert peak(lambda: prepared.value(x)) < 5 * x.nbytes
    assert peak(lambda: prepared.gradient(x)) > steps * x.nbytes


def test_the_tape_is_freed_at_once():
    """No garbage collection is needed: the nodes go when the gradient is there."""
    seen = []

    def f(x):
        y = np.sin(x)
        seen.append(weakref.ref(y.primal))
        return np.sum(y)

    gc.disable()
    try:
        diffkit.gradient(f, np.ones(5))
        assert seen[0]() is None
    finally:
        gc.enable()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("backend", ["forward", "reverse"])
def test_a_branch_that_was_not_chosen_does_not_spoil_the_gradient(backend):
    """where(x > 0, log(x), 0): log has an infinite slope at 0, where it is not chosen."""
    g = diffkit.gradient(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), [0.0, 2.0], backend="reverse")
    np.testing.assert_array_equal(g, [0.0, 0.5])
    h = diffkit.hessian(lambda x: np.sum(np.where(x > 0, x**1.5, 0.0)), [0.0, 4.0], backend=backend)
    np.testing.assert_array_equal(h, [[0.0, 0.0], [0.0, 0.375]])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_cotangent_that_happens_to_be_zero_does_not_hide_an_infinite_slope():
    """sqrt(x)**2 at 0 is 2 * 0 * inf by the chain rule: not 0, which would be silently wrong (it is 1)."""
    assert np.isnan(diffkit.derivative(lambda x: np.sqrt(x) ** 2, 0.0))


def test_values_of_different_tapes_do_not_mix():
    y, _, tape = record(lambda x: diffkit.derivative(lambda z: z * x, 2.0), [3.0], [True])
    assert isinstance(y, Node) and y.tape is tape and y.primal == 3.0


SHARED = {  # an adjoint array that stands in several places, and one that is added to afterwards
    "identity": lambda x: np.sum(x) + 3.0 * x[0] + np.sum(x + 1.0) * x[-1],
    "identities of identities": lambda x: np.sum((x + 1.0 - x[::-1] + x) * x) + x[1] - (x - 2.0)[2],
    "entries one by one": lambda x: sum(x[i] * x[i - 1] for i in range(5)) + np.sum(np.sin(x)),
    "entries, then many more": lambda x: np.sum(x[np.array([0, 0, 3])] ** 2) * x[0] + np.sum(x * x) + x[0],
    "numbers and arrays": lambda x: np.sum(x[0] * x + x[1]) / x[2] + np.where(x[3] > 0, x[3], 0.0) * x[4],
    "rows of a matrix": lambda x: np.sum(softmax(np.reshape(np.concatenate([x, x[::-1]]), (2, 5))) * x),
}


def both_sweeps(f, leaves):
    """Adjoints of the inputs by the sweep without ceremony and by the one for everything."""
    y, inputs, _ = record(f, leaves, [True] * len(leaves))
    for sweeping in (lambda: plain_sweep(y, 1.0, inputs), lambda: sweep(y, 1.0, 0)):
        adjoints = sweeping()
        yield [np.zeros(x.shape) if adjoints[x.position] is None else adjoints[x.position] for x in inputs]


def assert_equal_to_rounding(mine, others):
    """Sums in another order, and math's functions for NumPy's: a few ulps of the largest entry."""
    for a, b in zip(mine, others, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13 * np.max(np.abs(b), initial=0.0))


@pytest.mark.parametrize("name", SHARED)
def test_adding_in_place_spoils_no_other_adjoint(name, random):
    mine, others = both_sweeps(SHARED[name], [random.normal(size=5)])
    assert_equal_to_rounding(mine, others)


def one_adjoint_for_two(a, b):
    """a gets more than b after both got the same array."""
    sines = np.sin(a)
    return np.sum((a + b) * DATA) + np.sum(sines)


N = 3000  # more than reverse.SMALL: adjoints are scaled and added in place
DATA, TABLE = np.linspace(0.5, 1.5, N), np.linspace(-1.0, 1.0, N).reshape(30, 100)
BIG = {
    "alone": lambda x: np.sum(x),
    "an operand as slope": lambda x: np.sum(DATA * x),
    "a value as slope": lambda x: np.sum(np.exp(x)),
    "an input as slope": lambda x: 0.5 * np.sum(x * x),
    "shared by two": lambda x: one_adjoint_for_two(2.0 * x, 3.0 * x),
    "used again": lambda x: np.sum((x + 1.0) * (x + 1.0) + x) - np.sum(x),
    "repeated along rows": lambda x: np.sum(np.stack([DATA, 2.0 * DATA]) * x),
    "repeated along columns": lambda x: np.sum(np.reshape(x, (N, 1)) * np.array([[1.0, 2.0]])),
    "repeated with no other slope": lambda x: np.sum(np.zeros((2, N)) + x) + np.sum(x[0] + np.zeros(7)),
    "a number repeated": lambda x: np.sum(np.broadcast_to(np.sum(x * x), (4,))) + np.sum(x[1] * x),
    "slices": lambda x: np.sum(x[1:] * x[:-1]) + np.sum(x[::2]) + np.sum(x[5:]) + np.sum(x[:0]),
    "extremes": lambda x: np.sum(np.max(np.reshape(x, (2, -1)), axis=0)),
    "products": lambda x: np.sum(np.reshape(x, (30, 100)) @ TABLE.T) + np.sum(np.outer(x[:60], x[:60])),
    "transposed": lambda x: np.sum(np.reshape(x, (30, 100)).T * TABLE.T) + np.sum(np.reshape(x, (30, 100)).T),
    "sums of rows": lambda x: np.sum(np.sum(np.reshape(x, (30, 100)) ** 2, axis=1) * DATA[:30]),
    "pieces": lambda x: np.sum(np.concatenate([x, 2.0 * x])) + np.sum(np.cumsum(x)) + np.sum(x[[3, 3, 5]]),
    "chosen": lambda x: np.sum(np.where(x > 0, x, 0.0)) + np.sum(np.where(x > 1, 1.0, x * x)),
}


@pytest.mark.parametrize("name", BIG)
def test_large_arrays_are_right_and_the_callers_own(name, random):
    """Equal adjoints told as one float, arrays changed in place: no operand is touched or handed out."""
    x, data, table = random.normal(size=N), DATA.copy(), TABLE.copy()
    before = x.copy()
    mine, others = both_sweeps(BIG[name], [x])
    assert_equal_to_rounding(mine, others)
    mine[0] += 1.0
    again, _ = both_sweeps(BIG[name], [x])
    assert_equal_to_rounding(again, others)
    for now, was in ((x, before), (DATA, data), (TABLE, table)):
        np.testing.assert_array_equal(now, was)


SCALAR = [name for name, problem in CATALOGUE.items() if problem.operator != "jacobian"]


@pytest.mark.parametrize("name", SCALAR)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_both_sweeps_agree_on_the_catalogue(name):
    """The quick sweep of plain numbers, and the one that also does many directions and nests."""
    problem = instance(name)
    prepared = diffkit.prepare(problem.f, *problem.args, wrt=problem.wrt, backend="reverse")
    f, leaves = prepared.opened(problem.args)
    mine, others = both_sweeps(f, leaves)
    assert_equal_to_rounding(mine, others)
