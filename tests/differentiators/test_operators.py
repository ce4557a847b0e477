"""Every operator on every backend, nested modes, containers, refusals."""

import itertools

import numpy as np
import pytest

import diffkit
from diffkit.differentiators.interface import NotScalar
from diffkit.problems import CATALOGUE, instance

AD = ("forward", "reverse")
EPS = np.finfo(float).eps


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def rosenbrock_hessian(x):
    n = len(x)
    h = np.zeros((n, n))
    for i in range(n - 1):
        h[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        h[i + 1, i + 1] += 200
        h[i, i + 1] = h[i + 1, i] = -400 * x[i]
    return h


X = np.array([1.2, -0.7, 0.4, 1.9])
V, W = np.array([0.3, -1.0, 0.5, 2.0]), np.array([1.0, -2.0, 0.5])


def vector(x):
    return np.stack([x[0] * x[1], np.sin(x[2]) + x[3], x[3] ** 2])


VECTOR_JACOBIAN = np.array([[X[1], X[0], 0, 0], [0, 0, np.cos(X[2]), 1], [0, 0, 0, 2 * X[3]]])
# Digits that a backend promises, relative to the largest entry: rounding for the exact ones, what a
# difference can keep for first and second order otherwise.
PROMISE = {
    "forward": (1e-14, 1e-13),
    "reverse": (1e-14, 1e-13),
    "compiled-numpy": (1e-14, 1e-13),
    "symbolic": (1e-14, 1e-13),
    "finite": (1e-6, 1e-3),
}


def near(actual, expected, tolerance):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * np.abs(expected).max())


KINDS = {  # of arrays that stand where doubles do
    "float32": lambda a: a.astype(np.float32), "integers": lambda a: a.astype(int),
    "a list": np.ndarray.tolist,
    "truth": lambda a: a > 2, "foreign bytes": lambda a: a.astype(">f8"), "reversed": lambda a: a[::-1],
    "columns": np.asfortranarray,
}  # fmt: skip
THROUGH = {  # what a cotangent of shape (2, 3) passes on its way back to x of shape (2, 3)
    "nothing": lambda x: x, "a sum": lambda x: np.sum(np.stack([x, 2 * x]), axis=0),
    "a third": lambda x: x / 3,
    "rows": lambda x: np.reshape(x, (3, 2)).T + np.sum(x, axis=0), "a maximum": lambda x: np.maximum(x, 0.5),
    "products": lambda x: x @ np.ones((3, 3)), "entries": lambda x: x[::-1, [0, 0, 1]],
}  # fmt: skip
COTANGENT = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backend", ["forward", "reverse", "compiled"])
def test_a_cotangent_of_any_kind_is_taken_for_its_numbers(kind, backend):
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    for f in THROUGH.values():
        w = KINDS[kind](COTANGENT)
        expected = np.tensordot(np.array(w, float), diffkit.jacobian(f, x, backend="forward"), 2)
        near(diffkit.vjp(f, x, w, backend=backend)[1], expected, 4 * EPS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(2, 3), (50, 60)])
def test_data_of_any_kind_has_slopes_in_doubles(kind, size):
    """A product with data hands them out as its slope, and what is summed of them is summed in doubles."""
    data = np.asarray(KINDS[kind](np.reshape(np.resize([1.0, 2.0, 3.0, 4.1], size[0] * size[1]), size)))
    x = np.linspace(0.5, 1.5, size[1])
    functions = (
        lambda x: np.sum(data * x),
        lambda x: np.sum((data * x) ** 2),
        lambda x: np.sum(x / (data + x)),
    )
    for f in functions:
        g = diffkit.gradient(f, x, backend="reverse")
        assert g.dtype == np.float64
        near(g, diffkit.gradient(f, x, backend="forward"), 1e-14)


@pytest.mark.parametrize("backend", PROMISE)
def test_every_operator_on_every_backend(backend):
    first, second = PROMISE[backend]
    p = diffkit.prepare(rosenbrock, X, backend=backend)
    y, g = p.value_and_gradient(X)
    near(y, rosenbrock(X), first)
    near(g, rosenbrock_gradient(X), first)
    near(p.gradient(X), rosenbrock_gradient(X), first)
    near(p.hessian(X), rosenbrock_hessian(X), second)
    near(p.hvp(X, V), rosenbrock_hessian(X) @ V, second)
    near(p.jvp(X, V)[1], rosenbrock_gradient(X) @ V, first)

    q = diffkit.prepare(vector, X, backend=backend)
    near(q.jacobian(X), VECTOR_JACOBIAN, first)
    near(q.jvp(X, V)[1], VECTOR_JACOBIAN @ V, first)
    near(q.vjp(X, W)[1], W @ VECTOR_JACOBIAN, first)
    near(q.vjp(X, W)[0], vector(X), first)

    near(diffkit.derivative(np.exp, 1.0, backend=backend), np.e, first)


@pytest.mark.parametrize("backend", ["forward", "reverse", "compiled-numpy", "symbolic", "finite", "zero"])
def test_nothing_of_the_caller_is_changed(backend):
    x, data = X.copy(), np.arange(4.0)
    diffkit.prepare(lambda x, d: np.sum(x * d), x, data, backend=backend).gradient(x, data)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(data, np.arange(4.0))


@pytest.mark.parametrize("inner, outer", list(itertools.product(AD, AD)))
def test_perturbations_are_not_confused(inner, outer):
    """Siskind and Pearlmutter's examples: 1 (a confused tool says 2) and 4."""

    def nested(g, at):
        return lambda x: x * diffkit.derivative(lambda y: g(x, y), at, backend=inner)

    assert diffkit.derivative(nested(lambda x, y: x + y, 1.0), 1.0, backend=outer) == 1.0
    assert diffkit.derivative(nested(lambda x, y: x * y, 3.0), 2.0, backend=outer) == 4.0


@pytest.mark.parametrize("inner, outer", list(itertools.product(AD, AD)))
def test_hessians_by_any_nesting_agree(inner, outer):
    """Forward over reverse, reverse over reverse, ...: the same rules in another order: a few roundings."""
    nested = diffkit.jacobian(diffkit.grad(rosenbrock, backend=inner), X, backend=outer)
    near(nested, rosenbrock_hessian(X), 1e-15)


@pytest.mark.parametrize("order", [("forward",) * 3, ("reverse",) * 3, ("forward", "reverse", "forward")])
def test_third_derivatives(order):
    f = np.sin
    for backend in order:
        f = diffkit.grad(f, backend=backend)
    assert abs(f(0.7) + np.cos(0.7)) <= 2 * EPS


SMALL = [
    name
    for name, problem in CATALOGUE.items()
    if problem.operator != "jacobian" and "cancellation" not in problem.tags  # whose digits are lost at once
]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hessian_vector_products_agree_on_the_catalogue(name):
    """Forward over forward against forward over reverse: both exact, so they differ by rounding only.

    The slack of 1e-7 is for programs that lose digits themselves (two-body orbits, cancellation).
    """
    each = instance(name, size=CATALOGUE[name].smallest)
    if each.wrt != 0 or not isinstance(each.args[0], (float, np.ndarray)):
        return
    v = np.ones_like(each.args[0]) if isinstance(each.args[0], np.ndarray) else 1.0
    pair = [diffkit.hvp(each.f, each.args, v, backend=backend) for backend in AD]
    both = np.isfinite(pair[0]) & np.isfinite(pair[1])
    np.testing.assert_allclose(np.where(both, pair[0], 0), np.where(both, pair[1], 0), rtol=1e-7)


@pytest.mark.parametrize("backend", ["forward", "reverse", "compiled-numpy", "symbolic", "finite"])
def test_containers_come_back_as_they_went_in(backend):
    def loss(p, x):
        return np.sum((x @ p["W"] + p["b"][0]) ** 2) * p["scale"]

    p = {"W": np.array([1.0, 2.0]), "b": (np.array([0.5, 0.25]),), "scale": 3.0}
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    g = diffkit.gradient(loss, p, x, backend=backend)

    r = x @ p["W"] + p["b"][0]
    first = PROMISE[backend][0]
    near(g["W"], 6 * x.T @ r, first)
    near(g["b"][0], 6 * r, first)
    near(g["scale"], np.sum(r**2), first)
    assert isinstance(g["b"], tuple) and isinstance(g["scale"], float)


@pytest.mark.parametrize("backend", ["forward", "reverse", "compiled-numpy", "symbolic", "finite"])
def test_several_arguments(backend):
    def f(x, y, c):
        return c * x**2 * np.sum(y)

    y = np.array([1.0, 2.0])
    first, second = PROMISE[backend]
    dx, dy = diffkit.gradient(f, 3.0, y, 2.0, wrt=(0, 1), backend=backend)
    near(dx, 36.0, first)
    near(dy, [18.0, 18.0], first)
    (xx, xy), (yx, yy) = diffkit.hessian(f, 3.0, y, 2.0, wrt=(0, 1), backend=backend)
    near(xx, 12.0, second)
    near(xy, [12.0, 12.0], second)
    near(yx, [12.0, 12.0], second)
    assert np.abs(yy).max() <= second * 12 and yy.shape == (2, 2)


def test_new_data_at_the_same_shapes_need_no_new_preparation():
    p = diffkit.prepare(lambda w, x: np.sum((x @ w) ** 2), np.ones(2), np.ones((3, 2)))
    x = np.arange(6.0).reshape(3, 2)
    np.testing.assert_allclose(p.gradient(np.ones(2), x), 2 * x.T @ (x @ np.ones(2)))


def test_gradients_are_the_callers_own():
    """Writable, and two arguments with the same gradient do not share memory."""
    a, b = diffkit.gradient(lambda x, y: np.sum(x + y), np.ones(3), np.ones(3), wrt=(0, 1))
    a[0] = 7.0
    assert b[0] == 1.0


@pytest.mark.parametrize(
    "values", [np.arange(10.0)[::2], np.asfortranarray(np.ones((2, 3))), np.float32([0.1, 0.2])]
)
@pytest.mark.parametrize("backend", AD)
def test_strided_and_single_precision_inputs_are_read_rightly(values, backend):
    g = diffkit.gradient(lambda x: np.sum(x**3), values, backend=backend)
    np.testing.assert_array_equal(g, 3.0 * np.asarray(values, float) ** 2)


REFUSALS = {
    "gradient of a vector": (lambda: diffkit.gradient(lambda x: 2 * x, X), NotScalar, "jacobian"),
    "derivative of a vector": (lambda: diffkit.derivative(np.sum, X), NotScalar, "gradient"),
    "another shape": (
        lambda: diffkit.prepare(np.sum, X).gradient(X[:2]),
        diffkit.ShapeMismatch,
        r"\(4,\) +\(2,\)",
    ),
    "another count": (
        lambda: diffkit.prepare(np.sum, X).gradient(X, X),
        diffkit.ShapeMismatch,
        "1 arguments",
    ),
    "other data": (
        lambda: diffkit.prepare(lambda x, d: np.sum(x @ d), X, X).gradient(X, X[:2]),
        diffkit.ShapeMismatch,
        "data 1",
    ),
    "a word": (lambda: diffkit.gradient(np.sum, "x"), TypeError, "cannot be differentiated"),
    "complex": (lambda: diffkit.gradient(np.sum, X * 1j), TypeError, "complex128"),
    "wrt": (lambda: diffkit.gradient(np.sum, X, wrt=1), TypeError, "names no argument"),
    "a direction": (lambda: diffkit.jvp(np.sum, X, X[:2]), diffkit.ShapeMismatch, r"\(2,\)"),
    "a cotangent": (lambda: diffkit.vjp(np.sin, X, X[:2]), ValueError, r"\(2,\)"),
    "a backend": (
        lambda: diffkit.gradient(np.sum, X, backend="revers"),
        diffkit.UnknownBackend,
        'mean "reverse"',
    ),
    "a setting": (lambda: diffkit.backend("finite:ordr=4"), diffkit.UnknownBackend, "order="),
    "a value": (lambda: diffkit.backend("finite:order=four"), diffkit.UnknownBackend, "no int"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_bad_input_gets_a_sentence(case):
    call, error, words = REFUSALS[case]
    with pytest.raises(error, match=words):
        call()


def test_zero_is_never_among_all_backends():
    from diffkit.differentiators.registry import available, names

    assert "zero" not in names() and "zero" in [name for name, _, _ in available()]


@pytest.mark.parametrize("alias, name", {"numeric": "finite", "fd": "finite", "tape": "reverse"}.items())
def test_aliases(alias, name):
    assert diffkit.backend(alias) == diffkit.backend(name)


@pytest.mark.parametrize("backend", AD)
def test_directions_travel_in_parts_where_all_at_once_would_not_fit(backend, monkeypatch):
    """The same Jacobian and Hessian, whatever the number of directions of a pass."""
    whole = diffkit.jacobian(vector, X, backend=backend), diffkit.hessian(rosenbrock, X, backend=backend)
    monkeypatch.setattr("diffkit.differentiators.interface.AT_ONCE", 12)
    parts = diffkit.jacobian(vector, X, backend=backend), diffkit.hessian(rosenbrock, X, backend=backend)
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(a, b)
