"""Programs of all sorts: what NumPy computes, differentiated at first and second order in every nesting.

The witness is mpmath: central differences in 100 digits of the same code, at second order of the Jacobian.
"""

import copy
import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import diffkit
from diffkit.calculus import arrays, rules, spellings
from diffkit.interpreters.fields import mp_jacobian
from diffkit.interpreters.traced import NoRule

AD = ("forward", "reverse")
CUBE = np.array([[[0.4, 1.3], [0.9, 0.7], [1.6, 0.5]], [[1.1, 0.8], [0.6, 1.5], [1.2, 1.4]]])
MATRIX, VECTOR, SQUARE = CUBE[:, :, 0], CUBE[0, :, 1], CUBE[:, 1:, 0] + np.eye(2)
POINTS = {"number": 0.7, "vector": VECTOR, "matrix": MATRIX, "cube": CUBE, "square": SQUARE}
EMPTY = {"nothing": np.zeros(0), "no columns": np.zeros((2, 0)), "no rows": np.zeros((0, 2))}

PROGRAMS = {  # separated by |
    "number": """
        z[()] | z[...] | z[None] | z[..., None] | np.sum(z) | np.prod(z) | np.max(z) | np.linalg.norm(z)
        np.tile(z, 3) | np.repeat(z, 2) | np.broadcast_to(z, (2, 1)) | np.atleast_2d(z) | np.outer(z, z)
        divmod(5.0, z)[1] | divmod(z, 0.3)[1] | 2**z | z**z | np.clip(A, z, 2 * z)
        np.stack([z, z * z, 1.0]) | np.full(2, z) | [z, 2.0] | (z, [z, z])[1] | 3 | np.multiply.outer(A, z)
        z.reshape(1, 1)
    """,
    "vector": """
        z[0] | z[-1] | z[::2] | z[::-1] | z[2:0:-2] | z[10:] | z[[0, -1]] | z[[[0, 1], [2, 2]]] | z[z > 0.6]
        z[np.array(2)] | z[np.int64(1)] | z[True] | z[False] | z[[]] | z[None, 2] | z[np.argsort(z)]
        z[[True, False, True]] | np.concatenate([z, 2 * z, [1.0]]) | np.hstack([z[0], [1, 2], z])
        np.vstack([z, A]) | np.column_stack([z, z]) | np.split(z, [1, 2])[1] | np.split(z, [2, 1])[2]
        np.split(z, [-2, 9])[1] | np.array_split(z, 2)[0] | np.diag(z) | np.diag(z, -1) | np.cumsum(z)
        np.diff(z, n=2) | np.sort(z)[::-1] | np.roll(z, 4) | np.repeat(z, [1, 0, 2]) | np.linalg.norm(z)
        np.linalg.norm(z, 1) | np.linalg.norm(z, 3) | np.linalg.norm(z, -2) | np.linalg.norm(z, np.inf)
        np.linalg.norm(z, -np.inf) | np.linalg.norm(z, 2.5) | z @ z | A @ z | z @ M.T | np.dot(z, M.T)
        np.vdot(z, z) | np.outer(z, z) | np.inner(M, z) | np.einsum("i,i,j->j", z, z, z)
        np.einsum("i,j", z, z) | np.einsum("ij,i->i", M.T, z[:1]) | np.average(z, weights=[1, 2, 3])
        np.average(A, weights=z) | np.average(M, axis=1, weights=z) | np.std(z, ddof=1)
        np.where(z > 0.6, z * z, 0) | np.where([[True], [False]], z, 1.0) | np.maximum(z, 0.8)
        np.logaddexp.reduce(z) | np.array([z[0], 1.0, z[1] * z[2]]) @ A
        np.array([[z[0], 0.0], [z[1], 1.0]]) * z[2] | np.add.reduce(z, axis=None) | np.subtract.outer(z, A)
    """,
    "matrix": """
        z[0, -1] | z[:, ::-1] | z[[0, 1], [1, 2]] | z[:, [0, 2]] | z[0, [True, False, True]] | z[z > 0.8]
        z[None, 0, :, None] | np.sum(z, axis=0, dtype=float) | z.sum(-1, keepdims=True)
        np.mean(z, axis=(0, 1)) | np.prod(z, axis=1) | np.prod(z, axis=()) | np.max(z, axis=-2)
        np.min(z, axis=(1, 0), keepdims=True) | np.var(z, axis=1, ddof=1) | z.std(0) | np.ptp(z, axis=1)
        np.add.reduce(z, axis=None) | np.multiply.reduce(z, axis=-1) | np.maximum.reduce(z)
        np.logaddexp.reduce(z, axis=1) | np.linalg.norm(z) | np.linalg.norm(z, axis=1)
        np.linalg.norm(z, 1, axis=0, keepdims=True) | np.linalg.norm(z, 3, -1)
        np.linalg.vector_norm(z, ord=1) | np.linalg.vector_norm(z, axis=0, ord=3, keepdims=True)
        np.cumsum(z) | np.cumsum(z, -1) | np.sort(z, axis=0) | np.sort(z, axis=None)
        np.take_along_axis(z, np.argsort(z, 1), 1) | np.take(z, [1, 0, 1], axis=1) | np.flip(z)
        np.roll(z, (1, 2), axis=(0, 1)) | np.tile(z, (2, 1, 2)) | np.repeat(z, 2, axis=-1) | np.tril(z)
        np.triu(z, 1) | np.concatenate([z, z], axis=None) | np.concatenate([z, np.zeros((0, 3))])
        np.stack([z, z * z], axis=-2) | np.hstack([z, z]) | np.swapaxes(z, -1, 0) | np.moveaxis(z, -1, 0)
        np.expand_dims(z, (0, -1)) | z.reshape(-1, 2) | z.T.ravel() | np.trace(z, 1) | z @ A | z @ z.T
        z.T @ z | M @ z.T | np.dot(z, M.T) | np.inner(z, M) | np.tensordot(z, z)
        np.tensordot(z, M, ([0], [0])) | np.tensordot(z, z, ([0, 1], [0, 1])) | np.tensordot(z, z, 0)
        np.outer(z, A) | np.einsum("ij->", z) | np.einsum("ij->ji", z) | np.einsum("ij,kj->ik", z, M[:1])
        np.einsum("ij,ij->ij", z, z[:, :1]) | np.einsum("...i,...i->...", z, M) | np.einsum("...,...", z, A)
        np.einsum("Zi,iZ->Z", z, z.T) | np.einsum("ij,j,j->i", z, A, A)
        np.einsum("ab...,b...->a...", z, A) | np.clip(z, A - 0.3, np.ones((2, 1)))
        np.broadcast_to(z, (2, 2, 3)) | np.broadcast_arrays(A, z)[0] * z | np.average(z, 1, A)
        np.split(z, 3, axis=-1)[1] | np.array_split(z, 2, axis=1)[0]
    """,
    "cube": """
        z[..., 0] | z[1, None, ..., -1] | z[[0, 1], :, [1, 0]] | z[0, :, [1, 0]]
        z[np.ix_([0, 1], [0, 2], [1])] | z[[0], ..., 0] | z[:, [True, False, True]] | z[-1, -1, -1]
        z[0, 0, 0, ...] | z[z.sum(-1) > 1.7] | z[0:0] | z[np.tril_indices(2)] | np.sum(z, axis=(0, -1))
        np.var(z, axis=(1, -3), keepdims=True) | np.prod(z, axis=(0, 2)) | np.max(z, axis=(0, 2))
        np.linalg.norm(z) | np.linalg.norm(z, axis=(0, 2))
        np.linalg.vector_norm(z, axis=(-1, 0), ord=1, keepdims=True) | np.transpose(z, (1, -1, 0)) | z.mT
        np.moveaxis(z, [0, 1], [-1, 0]) | np.diagonal(z, 0, 0, 2) | np.trace(z, 0, 0, 2) | z @ z.mT | M @ z
        z @ A[:2] | A @ z | z[:1] @ z.mT | z[:, None] @ z.mT | np.dot(M, z) | np.dot(z, np.ones((2, 2, 1)))
        np.einsum("...ij,...kj->...ik", z, z[:1]) | np.einsum("...ij,jk->...ik", z, M[:, :2])
        np.einsum("iji->j", z) | np.einsum("i...i->...", z) | np.cumsum(z, axis=1)
        np.linalg.solve(S, z[:, 0]) | np.linalg.solve(S, z.reshape(2, 6)) | np.tensordot(z, M, ([0], [0]))
    """,
    "square": """
        np.linalg.inv(z) | np.linalg.det(z) | np.linalg.solve(z, A[:2]) | np.linalg.solve(z, z[0])
        np.linalg.solve(z, M) | np.einsum("ii->i", z) | np.einsum("ii,ij->j", z, z) | np.trace(z)
        z @ z @ z | np.linalg.det(z * [[1], [0]] + z[::-1] * [[0], [1]])
    """,
}  # fmt: skip
CASES = [
    (name, text.strip())
    for name, texts in PROGRAMS.items()
    for line in texts.strip().splitlines()
    for text in line.split("|")
]


def program(text):
    """The expression as a function of z; M, A, S are data."""
    code = compile(text, text, "eval")
    return lambda z: eval(code, {"np": np, "z": z, "M": MATRIX * 1.1, "A": VECTOR * 0.9, "S": SQUARE})


def curved(text):
    """The same of something curved, so that every rule has a second derivative."""
    f = program(text)
    return lambda z: f(z * z + 0.3 * np.sin(z))


def near(actual, expected, tolerance=1e-13):
    """Both to some roundings of the largest entry; the witness has 30 digits."""
    expected = np.asarray(expected, dtype=float)
    assert np.shape(actual) == expected.shape
    if expected.size:
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("where, text", CASES, ids=lambda x: x)
def test_a_program_is_differentiated_as_100_digits_say(where, text):
    f, x = curved(text), POINTS[where]
    y, truth = np.asarray(f(x)), mp_jacobian(f, (x,))[0]
    for backend in AD:
        p = diffkit.prepare(f, x, backend=backend)
        traced = p.jvp(x, np.ones_like(x))[0]
        assert np.shape(traced) == y.shape
        near(traced, y, 1e-15)
        near(p.jacobian(x), truth)


@pytest.mark.parametrize("where, text", CASES, ids=lambda x: x)
def test_second_derivatives_agree_in_every_nesting(where, text):
    f, x = curved(text), POINTS[where]
    truth = mp_jacobian(lambda z: diffkit.jacobian(f, z), (x,), digits=50)[0]
    for inner, outer in itertools.product(AD, AD):
        near(diffkit.jacobian(partial(diffkit.jacobian, f, backend=inner), x, backend=outer), truth, 1e-12)


@pytest.mark.parametrize("text", [
    "np.sum(z)", "np.prod(z)", "np.sin(z)", "np.cumsum(z)", "np.sort(z)", "z @ z.T", "z.T @ z",
    "np.linalg.norm(z)", "np.concatenate([z, z])", "np.where(z > 0, z, 0)", "np.prod(z, axis=-1)",
    "np.einsum('...,...->...', z, z)",
])  # fmt: skip
@pytest.mark.parametrize("where", EMPTY)
def test_empty_arrays_have_empty_derivatives(where, text):
    f, x = curved(text), EMPTY[where]
    shape = np.shape(f(x))
    for inner, outer in itertools.product(AD, AD):
        first = partial(diffkit.jacobian, f, backend=inner)
        assert np.shape(first(x)) == shape + x.shape
        assert np.shape(diffkit.jacobian(first, x, backend=outer)) == shape + x.shape * 2


SINGULAR = [  # and their cofactors
    ([[1.0, 2.0], [2.0, 4.0]], [[4, -2], [-2, 1]]),
    ([[0.0, 0.0], [0.0, 0.0]], [[0, 0], [0, 0]]),
    ([[1.0, 1.0, 1.0]] * 3, [[0, 0, 0]] * 3),
    ([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]], [[0, 0, 0], [0, 0, 0], [0, 0, 2]]),
    ([[0.0]], [[1]]),
]


@pytest.mark.parametrize("matrix, cofactors", SINGULAR)
@pytest.mark.parametrize("backend", AD)
def test_a_singular_matrix_has_a_determinant_with_a_slope(matrix, cofactors, backend):
    near(diffkit.gradient(np.linalg.det, np.array(matrix), backend=backend), cofactors, 1e-15)


@pytest.mark.parametrize("matrix, cofactors", SINGULAR)
def test_a_determinant_that_was_recorded_elsewhere_knows_a_singular_matrix(matrix, cofactors):
    recorded = diffkit.prepare(np.linalg.det, np.eye(len(matrix)), backend="compiled")

    near(recorded.gradient(np.array(matrix)), cofactors, 1e-15)


REFUSED = {
    "None": (lambda x: None, "NoneType"),
    "a dict": (lambda x: {"a": x}, "dict"),
    "a text": (lambda x: "a", "str"),
    "a generator": (lambda x: (each for each in x), "generator"),
    "None in a list": (lambda x: [x[0], None], "NoneType"),
    "a complex factor": (lambda x: 1j * x, "two real arrays"),
    "complex data": (lambda x: x * np.array([1j, 1.0]), "two real arrays"),
    "a complex constant": (lambda x: np.array([1j]), "two real arrays"),
    "a complex exponent": (lambda x: x**2j, "two real arrays"),
    "pickling": (lambda x: pickle.loads(pickle.dumps(x)), "pickled"),
    "np.copyto": (lambda x: np.copyto(np.zeros(2), x), "in place"),
    "np.mean of objects": (lambda x: np.mean([x[0], x[1]]), "np.stack"),
    "np.linalg of objects": (lambda x: np.linalg.det(np.array([[x[0], 1.0], [2.0, x[1]]])), "np.stack"),
    "np.log of objects": (lambda x: np.log(np.array([x[0], 2.0])), "np.stack"),
    "a stack of matrices": (lambda x: np.linalg.inv(np.stack([np.diag(x), np.diag(x)])), "one square matrix"),
    "inv of a vector": (np.linalg.inv, "one square matrix"),
    "np.sum with where": (lambda x: np.sum(x, where=[True, False]), "where="),
    "np.sum with out": (lambda x: np.sum(x, out=np.zeros(())), "out="),
}


@pytest.mark.parametrize("backend", AD)
@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_derivative_here_is_refused_with_a_sentence(case, backend):
    f, words = REFUSED[case]
    with pytest.raises(NoRule, match=words):
        diffkit.jacobian(f, [0.5, 0.7], backend=backend)


ERRORS = {
    "einsum from nowhere": (lambda x: np.einsum("i->j", x), ValueError),
    "einsum twice": (lambda x: np.einsum("i->ii", x), ValueError),
    "einsum of two sizes": (lambda x: np.einsum("i,i", x, np.ones(3)), ValueError),
    "split": (lambda x: np.split(x, 3), ValueError),
    "diff": (lambda x: np.diff(x, n=-1), ValueError),
    "axis": (lambda x: np.sum(x, axis=1), ValueError),
    "axes": (lambda x: np.swapaxes(x, 0, 5), ValueError),
    "index": (lambda x: x[2], IndexError),
    "indices": (lambda x: x[0, 0], IndexError),
    "index of a number": (lambda x: x[0][0], IndexError),
    "reshape": (lambda x: x.reshape(3, -1), ValueError),
    "matmul": (lambda x: x @ np.ones(3), ValueError),
    "broadcast": (lambda x: x + np.ones(3), ValueError),
    "largest of none": (lambda x: np.max(x[:0]), ValueError),
    "singular": (lambda x: np.linalg.inv(np.outer(x, x)), np.linalg.LinAlgError),
    "length of a number": (lambda x: len(x[0]), TypeError),
}


@pytest.mark.parametrize("backend", AD)
@pytest.mark.parametrize("case", ERRORS)
def test_what_numpy_refuses_is_refused_alike(case, backend):
    f, kind = ERRORS[case]
    with pytest.raises(kind):
        f(np.array([0.5, 1.0]))
    with pytest.raises(kind):
        diffkit.jacobian(f, [0.5, 1.0], backend=backend)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("backend", AD)
def test_copies_of_a_traced_value_are_the_value(copied, backend):
    near(diffkit.gradient(lambda x: np.sum(copied(x) ** 2), VECTOR, backend=backend), 2 * VECTOR)


@pytest.mark.parametrize("order", [1, 1.5, 2, 3, np.inf])
@pytest.mark.parametrize("backend", AD)
def test_norms_have_slope_zero_at_the_origin(order, backend):
    g = diffkit.gradient(lambda x: np.linalg.norm(x, order), np.zeros(2), backend=backend)
    np.testing.assert_array_equal(g, [0, 0])


def test_what_is_not_asked_for_does_not_spoil_what_is():
    """The slope of sqrt at 0 is infinite, that of the entry beside it is not."""
    with np.errstate(all="ignore"):
        J = diffkit.jacobian(np.sqrt, [0.0, 1.0], backend="reverse")
        g = diffkit.vjp(np.sqrt, [0.0, 1.0], [0.0, 1.0])[1]
    np.testing.assert_array_equal(J, [[np.inf, 0], [0, 0.5]])
    np.testing.assert_array_equal(g, [0, 0.5])


def test_a_container_of_ten_thousand_is_a_matter_of_its_length():
    """Each piece of a stack is cut out without looking at the others: reads of shapes grow linearly."""
    reads = [shape_reads(n) for n in (50, 100, 200)]
    assert reads[2] - reads[1] == 2 * (reads[1] - reads[0])


def shape_reads(n):
    """How often a shape is asked for while the gradient of a stack of n arrays is taken."""
    calls = []
    xs = [np.full(2, float(i)) for i in range(n)]
    with pytest.MonkeyPatch.context() as patch:
        for module in (rules, arrays, spellings):
            patch.setattr(module, "shape_of", lambda x: calls.append(1) or getattr(x, "shape", ()))
        g = diffkit.gradient(lambda xs: np.sum(np.stack(xs) ** 2), xs)
    np.testing.assert_array_equal(g, 2 * np.array(xs))
    return len(calls)


@pytest.mark.parametrize("backends", list(itertools.product(AD, repeat=5)))
def test_five_levels_deep(backends):
    """The fifth derivative of exp(2 x) sin(x) is exp(2 x) Im((2 + i)**5 exp(i x))."""
    f = g = lambda x: np.exp(2 * x) * np.sin(x)
    for backend in backends:
        g = diffkit.grad(g, backend=backend)
    near(g(0.3), np.exp(0.6) * ((2 + 1j) ** 5 * np.exp(0.3j)).imag, 1e-14)
    assert f is not g


@pytest.mark.parametrize("outer, middle, inner", list(itertools.product(AD, repeat=3)))
def test_closures_over_three_levels_keep_their_levels_apart(outer, middle, inner):
    """d/dx d/dy [x d/dz (x y z**2) at z = y] at y = x is 12 x**2: 48 at 2."""

    def of_y(x, y):
        return x * diffkit.derivative(lambda z: x * y * z * z, y, backend=inner)

    def of_x(x):
        return diffkit.derivative(lambda y: of_y(x, y), x, backend=middle)

    assert diffkit.derivative(of_x, 2.0, backend=outer) == 48.0


@pytest.mark.parametrize("backend", AD)
def test_exact_numbers_are_differentiated_too(backend):
    """The gradient runs over mpmath numbers; their differences are its slope, to 15 digits of 50."""
    slope = mp_jacobian(partial(diffkit.gradient, np.sin, backend=backend), (0.7,), digits=50)[0]
    near(float(slope), -np.sin(0.7), 1e-15)


def test_threads_share_what_is_prepared():
    ps = [diffkit.prepare(lambda x: np.sum(x * np.sin(x)), VECTOR, backend=backend) for backend in AD]

    def work(seed):
        x = np.random.default_rng(seed).normal(size=3)
        for p in ps * 50:
            near(p.gradient(x), np.sin(x) + x * np.cos(x), 1e-15)
            near(p.hessian(x), np.diag(2 * np.cos(x) - x * np.sin(x)), 1e-15)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))


@pytest.mark.parametrize("backend", AD)
def test_an_exception_leaves_nothing_behind(backend):
    def f(x):
        if fails:
            raise KeyError("mine")
        return np.sum(x * x)

    fails = True
    p = diffkit.prepare(f, VECTOR, backend=backend)
    with pytest.raises(KeyError, match="mine"):
        p.gradient(VECTOR)
    fails = False
    near(p.gradient(VECTOR), 2 * VECTOR)


STEPS = {  # of random programs: each takes an array of any shape, and stays between -3 and 3
    "tanh": np.tanh,
    "sine of twice": lambda z: np.sin(2 * z),
    "product with itself": lambda z: z * np.flip(z) * 0.3,
    "centred": lambda z: z - np.mean(z, axis=-1, keepdims=True),
    "normalised": lambda z: z / np.linalg.norm(z),
    "softmax": lambda z: diffkit.softmax(z, axis=0),
    "logsumexp": lambda z: z - diffkit.logsumexp(z),
    "running": lambda z: np.cumsum(z, axis=0) / z.shape[0],
    "transposed": lambda z: z.T,
    "rolled": lambda z: np.roll(z, 1) + 0.5 * z,
    "Gram": lambda z: np.tanh(z @ z.T),
    "rows": lambda z: np.concatenate([z[1:], 0.5 * z[:1] ** 2]),
    "chosen": lambda z: np.where(z > 0.1, np.log1p(np.abs(z)), z * z * z),
    "clipped": lambda z: np.clip(z, -0.7, 0.9) * z,
    "scaled": lambda z: z * np.std(z) + np.var(z, axis=0),
    "products": lambda z: z * np.prod(1.0 + 0.1 * z, axis=-1, keepdims=True),
    "contracted": lambda z: np.einsum("ij,kj,kl->il", z, z, z) * 0.1,
    "folded": lambda z: z.reshape(z.shape[::-1]) * 0.9 + 0.01,
    "gathered": lambda z: z[[-1, *range(z.shape[0] - 1)]] * z[:, :1],
    "solved": lambda z: np.linalg.solve(4 * np.eye(len(z)) + np.tanh(z @ z.T), z),
    "nested": lambda z: z * diffkit.derivative(lambda t: np.sum(np.sin(t * z)), 0.7),
    "sorted": lambda z: np.sort(z, axis=0) * z,
}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_random_programs(names, seed):
    """Forward, reverse and the witness on the same program, at both orders; Hessians are symmetric."""
    random = np.random.default_rng(seed)
    x = random.uniform(-1.5, 1.5, size=(random.integers(1, 4), random.integers(1, 4)))

    def f(z):
        for name in names:
            z = STEPS[name](z)
        return z

    def loss(z):
        y = f(z)
        return np.sum(y * np.cos(np.arange(y.size)).reshape(y.shape))

    with np.errstate(all="ignore"):
        y, first, second = f(x), [], []
        truth = mp_jacobian(f, (x,), digits=60)[0].astype(float)
        for backend in AD:
            first.append(diffkit.jacobian(f, x, backend=backend))
            second.append(diffkit.hessian(loss, x, backend=backend))
    if not np.isfinite(y).all() or not np.isfinite(truth).all():
        return
    near(first[0], truth, 1e-10)
    near(first[1], truth, 1e-10)
    n = x.size
    near(second[0], second[1], 1e-9)
    near(second[0].reshape(n, n), second[0].reshape(n, n).T, 1e-9)


CHOOSING_BY_VALUE = {"sorted"}  # refused by the recorder, as masks are


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(sorted(STEPS.keys() - CHOOSING_BY_VALUE)), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_random_programs_recorded_are_the_eager_ones(names, seed):
    """At the point of recording and at another: value and derivative, to the roundings of the eager one.

    Factors and sums are regrouped, so each of some 20 operations may round anew; a step magnifies at most 10
    times what came into it. 1e-12 of the largest entry is a thousand ulps of the longest programs.
    """
    random = np.random.default_rng(seed)
    shape = (random.integers(1, 4), random.integers(1, 4))
    points = random.uniform(-1.5, 1.5, size=(2, *shape))

    def loss(z):
        for name in names:
            z = STEPS[name](z)
        return np.sum(z * np.cos(np.arange(z.size)).reshape(z.shape))

    with np.errstate(all="ignore"):
        eager, recorded = (
            diffkit.prepare(loss, points[0], backend=name) for name in ("reverse", "compiled-numpy")
        )
        for x in points:
            (y, g), (v, h) = eager.value_and_gradient(x), recorded.value_and_gradient(x)
            if np.isfinite(y) and np.isfinite(g).all():
                near(v, y, 1e-12)
                near(h, g, 1e-12)
