"""SymPy's calculus behind the common interface, against reverse mode and known formulas."""

import inspect

import numpy as np
import pytest

import diffkit
from diffkit.differentiators.symbolic import Symbolic, double
from diffkit.problems import CATALOGUE, instance

EPS = np.finfo(float).eps
QUICK = (
    "exp sin_exp_log lyness_moler squire_trapp logistic runge lennard_jones two_products "
    "neuron rosenbrock log_sum_exp least_squares logistic_map osborne broyden cbrt_near_zero "
    "relu_network_near_kink brown powell"
).split()  # where SymPy's own formulas lose no digits and take no second


def both(f, *args, wrt=0, operator="gradient", backend="symbolic"):
    return [
        getattr(diffkit.prepare(f, *args, wrt=wrt, backend=b), operator)(*args) for b in (backend, "reverse")
    ]


def leaves(x):
    return [each for part in x for each in leaves(part)] if isinstance(x, (tuple, list)) else [np.asarray(x)]


@pytest.mark.parametrize("backend", ["symbolic", "symbolic:graph", "symbolic:cse=false"])
@pytest.mark.parametrize("name", QUICK)
def test_symbolic_agrees_with_reverse_on_the_catalogue(name, backend):
    """To 1e-13 of the largest entry: two forms of one formula, each rounded a few dozen times."""
    here = instance(name, 4 if CATALOGUE[name].size_means else 1)
    ours, theirs = both(here.f, *here.args, wrt=here.wrt, operator=here.operator, backend=backend)

    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13 * np.abs(b).max())


@pytest.mark.parametrize("constant", [0.1 + 0.2, 1 / 3, np.pi, 1e300, 5e-324, 2.0**60, 1e22, -1e-7])
def test_constants_keep_every_bit(constant):
    """lambdify alone prints fifteen digits: 0.30000000000000004 would become 0.3."""
    assert diffkit.derivative(lambda x: constant * x, 1.0, backend="symbolic") == constant
    assert eval(double(constant)) == constant


@pytest.mark.parametrize(
    "f, x, slope",
    [
        (lambda x: abs(x), 0.0, 0.0),
        (lambda x: abs(x), -2.0, -1.0),
        (lambda x: np.maximum(x, 0), 0.0, 0.5),
        (lambda x: np.maximum(np.log(x), 0), 3.0, 1 / 3),
        (lambda x: abs(np.log(x)), 0.5, -2.0),
        (lambda x: np.cbrt(x), -8.0, 1 / 12),
        (lambda x: x**3, -2.0, 12.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: np.where(x > 1, x**2, 5 * x), 2.0, 4.0),
        (lambda x: np.where(x > 1, x**2, 5 * x), 0.0, 5.0),
        (lambda x: np.where(np.logical_and(x > 0, x < 1), x, -x), 0.5, 1.0),
        (lambda x: x % 3, 4.0, 1.0),
        (lambda x: x * np.floor(x), 2.5, 2.0),
        (lambda x: x * np.rint(x), 2.5, 2.0),
        (lambda x: x * np.heaviside(x, 0.5), 2.0, 1.0),
        (lambda x: np.arctan2(x, 1.0), 1.0, 0.5),
        (lambda x: np.hypot(x, 4.0), 3.0, 0.6),
        (lambda x: 1 / x, 0.5, -4.0),
        (lambda x: np.max(np.stack([x, 2 * x, x - 5])), 3.0, 2.0),
        (lambda x: np.clip(x, -1, 1), 3.0, 0.0),
        (lambda x: diffkit.stop_gradient(x) * x, 3.0, 3.0),
        (lambda x: 7.0, 3.0, 0.0),
    ],
)
def test_derivatives_with_kinks_steps_and_branches(f, x, slope):
    assert diffkit.derivative(f, x, backend="symbolic") == pytest.approx(slope, rel=4 * EPS, abs=0)


@pytest.mark.parametrize(
    "f, x",
    [
        (lambda x: np.sum(np.sin(x) * x[::-1] ** 2), np.array([0.3, 0.7, 1.1])),
        (lambda x: diffkit.logsumexp(x), np.array([0.3, 0.7, 1.1])),
        (lambda x: np.linalg.det(x), np.array([[2.0, 1.0], [0.5, 3.0]])),
        (lambda x: x * abs(x), 1.5),
        (lambda x: np.maximum(x[0], x[1]) ** 2, np.array([1.0, 2.0])),
    ],
)
def test_hessians_agree_with_reverse(f, x):
    """A jump's own slope is 0 beside it: |x|'' is 0, not a DiracDelta."""
    ours, theirs = both(f, x, operator="hessian")

    np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-13)
    p, v = diffkit.prepare(f, x, backend="symbolic"), np.ones(np.shape(x))
    np.testing.assert_allclose(p.hvp((x,), v), diffkit.hvp(f, (x,), v), rtol=1e-13, atol=1e-13)


def test_jacobian_products_and_containers():
    def f(parameters, scale):
        return np.tanh(parameters["W"] @ np.array([1.0, 2.0]) + parameters["b"]) * scale

    args = {"W": np.array([[0.1, 0.2], [0.3, 0.4]]), "b": np.array([0.5, 0.6])}, 2.0
    ours, theirs = both(f, *args, operator="jacobian")
    for key in ("W", "b"):
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-14)
    p, q = (diffkit.prepare(f, *args, wrt=(0, 1), backend=b) for b in ("symbolic", "reverse"))
    v = ({"W": np.ones((2, 2)), "b": np.ones(2)}, 1.0)
    np.testing.assert_allclose(p.jvp(args, v)[1], q.jvp(args, v)[1], rtol=1e-14)
    np.testing.assert_allclose(
        p.vjp(args, np.ones(2))[1][0]["b"], q.vjp(args, np.ones(2))[1][0]["b"], rtol=1e-14
    )
    assert (
        diffkit.jacobian(lambda x, c: c * x, np.array([2.0]), 3.0, wrt=(0, 1), backend="symbolic")[1][0]
        == 2.0
    )


def test_data_of_floats_move_and_whole_numbers_stay():
    def f(x, X, n):
        return np.sum((X @ x) ** n)

    x, X, Y = np.array([1.0, 2.0]), np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])
    p = diffkit.prepare(f, x, X, 3, backend="symbolic")

    np.testing.assert_allclose(p.gradient(x, Y, 3), diffkit.gradient(f, x, Y, 3), rtol=1e-14)
    assert p.value(x, Y, 2) == f(x, Y, 2)
    with pytest.raises(diffkit.ShapeMismatch, match="another value of argument 2"):
        p.gradient(x, Y, 2)
    with pytest.raises(diffkit.ShapeMismatch, match="prepared at other shapes"):
        p.gradient(np.ones(3), Y, 3)


def test_large_data_are_refused():
    with pytest.raises(diffkit.Unsupported, match=r"argument 1 has 2,500 of them, more than 2,000"):
        diffkit.gradient(lambda x, X: np.sum(X) * x, 1.0, np.ones((50, 50)), backend="symbolic")


def test_a_branch_is_unsupported_and_names_its_line():
    def f(x):
        return x if x > 0 else -x

    with pytest.raises(
        diffkit.Unsupported, match=f"test_symbolic.py, line {inspect.getsourcelines(f)[1] + 1}: return"
    ):
        diffkit.derivative(f, 1.0, backend="symbolic")


def test_what_sympy_cannot_differentiate_is_unsupported():
    row = diffkit.rule(
        lambda x: x, 1, name="opaque_to_sympy", exact=lambda m, x: __import__("sympy").Function("g")(x)
    )

    with pytest.raises(diffkit.Unsupported, match="SymPy leaves Derivative"):
        diffkit.derivative(row, 1.0, backend="symbolic")


def test_a_gradient_of_many_outputs_is_refused():
    with pytest.raises(diffkit.NotScalar, match="jacobian"):
        diffkit.gradient(lambda x: x, np.ones(2), backend="symbolic")


@pytest.mark.parametrize("outer", ["forward", "reverse"])
def test_symbolic_nests_inside_automatic_differentiation(outer):
    """The printed code is NumPy calls, which other backends differentiate again."""

    def f(x):
        return np.sum(np.exp(x) * x[::-1]) + np.maximum(x[0], x[1]) ** 2 + np.where(x[0] > 0, x[0] ** 3, 0)

    x = np.array([0.3, 0.7])
    nested = diffkit.jacobian(diffkit.grad(f, backend="symbolic"), x, backend=outer)

    np.testing.assert_allclose(nested, diffkit.hessian(f, x), rtol=1e-14)


@pytest.mark.parametrize(
    "f, args, wrt, text",
    [
        (lambda x: x**2, (3.0,), 0, "2*x"),
        (lambda x: 0.5 * x**2, (3.0,), 0, "x"),
        (lambda x: np.exp(0.5 * x), (3.0,), 0, "0.5*exp(0.5*x)"),
        (lambda x, y: 2 * x * y + y + 3, (40.0, 4.0), (0, 1), "[2*y, 2*x + 1]"),
        (lambda x: x[0] * x[1], (np.ones(2),), 0, "[x[1], x[0]]"),
        (lambda sin: np.sin(sin), (1.0,), 0, "cos(sin)"),
        (lambda x: np.prod(x), (np.ones(9),), 0, None),
    ],
)
def test_the_formula_is_given_where_it_is_short(f, args, wrt, text):
    p = Symbolic().prepare(f, args, wrt)

    assert p.formula() == text
    assert np.all(np.isfinite(leaves(p.gradient(*args))[0]))


def test_the_formula_takes_names():
    assert Symbolic().prepare(lambda x, y: x * y**2, (1.0, 2.0), 1).formula(["a", "b"]) == "2*a*b"


SWELL = {  # operations of the derivative; of f and f' after common subexpressions; over the graph
    "logistic_map": {1: (0, 0, 0), 2: (2, 5, 2), 3: (21, 13, 7), 4: (82, 28, 13), 5: (264, 46, 19),
                     6: (768, 68, 25), 7: (2096, 94, 31)},
    "speelpenning": {4: (8, 7, 6), 8: (48, 29, 18), 16: (224, 121, 42), 32: (960, 497, 90)},
}  # fmt: skip


@pytest.mark.parametrize("name, size", [(name, size) for name in SWELL for size in SWELL[name]])
def test_expressions_swell_and_graphs_do_not(name, size):
    """The counts of Laue 2019, arXiv 1904.02990; of Speelpenning's product over the graph 3 (n - 2)."""
    here = instance(name, size)
    ways = ("symbolic:cse=false", "symbolic", "symbolic:graph")
    counts = [diffkit.prepare(here.f, *here.args, wrt=here.wrt, backend=way).operations for way in ways]

    assert tuple(counts) == SWELL[name][size]


def test_a_long_product_over_the_graph_takes_few_operations():
    """The whole derivative of 100 factors has 9,800."""
    x = instance("speelpenning", 100).args[0]
    prepared = diffkit.prepare(np.prod, x, backend="symbolic:graph")

    assert prepared.operations == 294
    np.testing.assert_allclose(prepared.gradient(x), np.prod(x) / x, rtol=1e-13)


GRAPHS = {
    "long sums in a function": lambda x: np.log(np.sum(np.exp(x))) * x[0],
    "a long product in a sum": lambda x: np.prod(x) + np.sin(np.prod(x) * x[1]),
    "steps and kinks": lambda x: np.sum(np.floor(3 * x) * x + np.abs(x - 0.4) * np.maximum(x, 0.3)),
    "branches": lambda x: np.sum(np.where(x > 0.5, x**2, np.sin(x) * x)),
    "an input alone": lambda x: x[2],
    "a constant": lambda x: 0 * x[0] + 3.0,
    "shared twice": lambda x: np.exp(np.sin(x[0])) * np.sin(x[0]) + np.exp(np.sin(x[0])) * x[1],
}


@pytest.mark.parametrize("name", GRAPHS)
def test_gradients_and_hessians_over_the_graph(name):
    """To a few hundred roundings: the values are of size one."""
    f, x = GRAPHS[name], np.array([0.3, 0.7, 1.1, 0.6, 0.9])
    prepared = diffkit.prepare(f, x, backend="symbolic:graph")

    np.testing.assert_allclose(prepared.gradient(x), diffkit.gradient(f, x), atol=1e-13)
    np.testing.assert_allclose(prepared.hessian(x), diffkit.hessian(f, x), atol=1e-13)
    assert prepared.formula() is None


def test_names_of_inputs_do_not_collide_with_those_of_nodes():
    """A user may call an argument s0, as the printed program calls its first node."""

    def f(s0, v1):
        return np.sin(s0 * v1) * np.exp(np.sin(s0 * v1)) + v1

    ours, theirs = both(f, 0.3, 1.2, wrt=(0, 1), backend="symbolic:graph")
    np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_an_estimate_calls_nothing():
    estimate = diffkit.prepare(np.sin, 0.0, backend="symbolic").estimate("derivative", 0.0)

    assert (estimate.value, estimate.evaluations) == (1.0, 0)


def test_no_identities_are_sought_in_many_symbols(monkeypatch):
    """SymPy takes 48 s for the formulas of a layer of two units, and finds none shorter."""
    monkeypatch.setattr("sympy.simplify", lambda expression: pytest.fail(f"simplifies {expression}"))
    W, b, x = np.eye(2), np.zeros(2), np.ones(2)
    layer = diffkit.prepare(lambda W, b, x: np.sum(np.tanh(W @ x + b)), W, b, x, wrt=2, backend="symbolic")

    assert layer.formulas()[0].count("tanh") == 2
