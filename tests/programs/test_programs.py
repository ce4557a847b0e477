"""Recorded programs: what they mean, that rewriting keeps it, that printing keeps it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import diffkit
from diffkit.calculus.arrays import exclusive_products, minors
from diffkit.calculus.rules import TABLE, Composite, rows_of
from diffkit.interpreters.program import NotRecorded, record_program
from diffkit.problems import CATALOGUE, instance
from diffkit.programs.numpy_code import printed
from diffkit.programs.passes import Builder, simplified

BRANCHES = ("kepler",)
LOSING = {"two_body", "logistic_map"}  # programs that magnify roundings
NAMES = [
    name for name, problem in CATALOGUE.items() if name not in BRANCHES and "cancellation" not in problem.tags
]


def near(actual, expected, name=""):
    """Rewritings regroup factors and sums: a few roundings, relative to the largest entry."""
    slack = 1e-9 if name in LOSING else 1e-12
    np.testing.assert_allclose(actual, expected, rtol=0, atol=slack * np.max(np.abs(expected), initial=0))


def leaves_of(x):
    return (
        [leaf for part in x for leaf in leaves_of(part)] if isinstance(x, (list, tuple)) else [np.asarray(x)]
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_recorded_derivatives_agree_with_eager_ones(name):
    """At the point of recording, again, and at another point; for new data as well."""
    operator = "jacobian" if CATALOGUE[name].operator == "jacobian" else "gradient"
    size = CATALOGUE[name].smallest
    first, other = instance(name, size=size), instance(name, size=size, seed=3)
    pair = [
        diffkit.prepare(first.f, *first.args, wrt=first.wrt, backend=b) for b in ("compiled-numpy", "reverse")
    ]
    for args in (first.args, first.args, other.args):
        recorded, eager = (leaves_of(getattr(p, operator)(*args)) for p in pair)
        for a, b in zip(recorded, eager, strict=True):
            both = np.isfinite(a) & np.isfinite(b)
            assert (np.isfinite(a) == both).all() and (np.isfinite(b) == both).all()
            near(np.where(both, a, 0), np.where(both, b, 0), name)


@pytest.mark.parametrize(
    "name", ["rosenbrock", "network_2_8_2", "log_sum_exp", "helmholtz", "gmm", "two_body"]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_stage_means_the_same(name):
    """The recording, the simplified program and the printed function have one value."""
    each = instance(name, size=CATALOGUE[name].smallest)
    prepared = diffkit.prepare(each.f, *each.args, wrt=each.wrt, backend="compiled-numpy")
    opened, leaves = prepared.opened(each.args)
    program = prepared.compiled["gradient"].program
    inputs = [*leaves, *opened.data]
    stages = program(*inputs), simplified(program)(*inputs), printed(program).function(*inputs)
    for outputs in stages[1:]:
        for a, b in zip(outputs, stages[0], strict=True):
            near(a, b, name)


def test_log_sum_exp_comes_out_as_one_would_write_it():
    """The slope of the shift cancels, the weights are the exponentials over their sum: seven equations."""
    each = instance("log_sum_exp", size=10)
    program = diffkit.prepare(each.f, *each.args, backend="compiled-numpy").compiled["gradient"].program
    assert [equation.row.name for equation in program.equations] == [
        "max", "subtract", "exp", "sum", "log", "add", "divide",
    ]  # fmt: skip


def test_the_source_can_be_read():
    p = diffkit.prepare(lambda x: np.sum(np.sin(x) ** 2), np.ones(3), backend="compiled-numpy")
    assert p.source.splitlines()[0].startswith("def program(x0")
    assert "sin(x0)" in p.source and "cos(x0)" in p.source


def branching(x):
    if x[0] > 0:
        return x[0]
    return x[1]


CHOICES = {
    "a branch": (branching, r"test_programs.py, line \d+: if x\[0\] > 0"),
    "a loop": (lambda x: max(x), "branch on a value"),
    "a mask": (lambda x: np.sum(x[x > 0]), "choose entries by their value"),
    "a sorting": (lambda x: np.sort(x)[0], "choose entries by their value"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_what_depends_on_a_value_is_refused_with_its_line(case):
    f, words = CHOICES[case]
    with pytest.raises(NotRecorded, match=words):
        diffkit.gradient(f, np.array([0.5, 2.0]), backend="compiled-numpy")


def test_a_program_refuses_other_shapes():
    p = diffkit.prepare(np.sum, np.ones(3), backend="compiled-numpy")
    with pytest.raises(diffkit.ShapeMismatch, match=r"\(3,\) +\(4,\)"):
        p.gradient(np.ones(4))


def test_captured_arrays_are_frozen_and_arguments_are_not():
    c = np.ones(2)
    p = diffkit.prepare(lambda x, d: np.sum(x * c * d), np.ones(2), np.ones(2), backend="compiled-numpy")
    c[0] = 5.0
    np.testing.assert_array_equal(p.gradient(np.ones(2), np.array([3.0, 4.0])), [3.0, 4.0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_where_did_not_choose_stays_out():
    """Recorded where all is fine, used where the branch not chosen has an infinite slope."""
    p = diffkit.prepare(
        lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), np.ones(2), backend="compiled-numpy"
    )
    np.testing.assert_array_equal(p.gradient(np.array([0.0, 2.0])), [0.0, 0.5])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_python_raises_numpy_answers():
    p = diffkit.prepare(lambda x: np.log(x) / x, 1.0, backend="compiled-numpy")
    assert p.gradient(0.0) == np.inf or np.isnan(p.gradient(0.0))
    assert p.gradient(2.0) == pytest.approx((1 - np.log(2)) / 4, rel=1e-15)


def test_results_are_the_callers_own():
    """Neither the next call nor a change of the argument reaches an earlier answer."""
    p = diffkit.prepare(lambda x: np.sum(x * x) / 2, np.ones(3), backend="compiled-numpy")
    x = np.array([1.0, 2.0, 3.0])
    g = p.gradient(x)
    x[0] = 9.0
    p.gradient(np.zeros(3))
    np.testing.assert_array_equal(g, [1.0, 2.0, 3.0])


def test_large_intermediates_share_memory_and_stay_right():
    """Above the size from which old memory is written over; views of it are still read rightly."""

    def f(x):
        a = np.sin(x) * x
        b = a[1:] * a[:-1]
        c = np.exp(-b * b)
        return np.sum(c * b) + np.sum(np.reshape(a, (2, -1))[0] * c[: a.size // 2])

    x = np.random.default_rng(0).normal(size=10_000)
    near(diffkit.gradient(f, x, backend="compiled-numpy"), diffkit.gradient(f, x))


def test_one_program_in_many_threads():
    p = diffkit.prepare(
        lambda x: np.sum(np.sin(x) * np.exp(-x * x)), np.ones(10_000), backend="compiled-numpy"
    )
    points = [np.random.default_rng(seed).normal(size=10_000) for seed in range(16)]
    expected = [p.gradient(x) for x in points]
    with ThreadPoolExecutor(4) as pool:
        for g, e in zip(pool.map(p.gradient, points * 4), expected * 4, strict=True):
            np.testing.assert_array_equal(g, e)


@pytest.mark.parametrize("outer", ["forward", "reverse"])
def test_a_recorded_gradient_can_be_differentiated_again(outer):
    x = np.array([0.3, 0.7])
    inner = diffkit.grad(lambda x: np.sum(np.sin(x) * x[::-1]), backend="compiled-numpy")
    expected = diffkit.hessian(lambda x: np.sum(np.sin(x) * x[::-1]), x)
    near(diffkit.jacobian(inner, x, backend=outer), expected)


def test_a_captured_traced_value_is_refused():
    with pytest.raises(NotRecorded, match="pass it as an argument"):
        diffkit.derivative(lambda c: diffkit.derivative(lambda x: c * x, 1.0, backend="compiled-numpy"), 2.0)


WAYS = {  # of each composite row: y, the long way, and the points, the awkward ones among them
    "others": (
        lambda x: np.prod(x, keepdims=True), lambda x: exclusive_products(x, (0,)), {"axes": (0,)},
        ([2.0, 3.0, 5.0], [2.0, 0.0, 5.0], [0.0, 0.0, 5.0], [1e-200, 1e-200, 1e-200]),
    ),
    "cofactors": (
        np.linalg.det, minors, {}, ([[1.0, 2.0], [3.0, 5.0]], [[1.0, 2.0], [2.0, 4.0]], [[0.0]], [[3.0]]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", list(rows_of(Composite)), ids=lambda row: row.name)
def test_the_short_way_of_a_composite_row_is_the_long_one(row):
    f, long, params, points = WAYS[row.name]
    for x in map(np.array, points):
        for way in (row.evaluate, row.expand):
            np.testing.assert_allclose(way(f(x), x, **params), long(x), rtol=1e-14)


def test_a_wrong_rewriting_is_noticed():
    """The comparison of stages fails if a rewriting forgets a sign."""
    program = record_program(lambda x: -np.sin(x) * 2.0, [np.ones(3)])
    builder = Builder(program)
    assert builder.apply("multiply", [0, 0]) not in program.outputs
    wrong = program.with_equations([e for e in program.equations if e.row is not TABLE["negative"]])
    with pytest.raises(KeyError):
        wrong(np.ones(3))
