"""Programs of all sorts: what NumPy computes, differentiated at first and second order in every nesting.

The witness is mpmath: central differences in 100 digits of the same code, at second order of the Jacobian.
"""

import copy
import itertools
import pickle
from functools import partial

import numpy as np
import pytest

import diffkit
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
