"""Whatever NumPy offers on an array either works on a traced value or is refused with a sentence."""

import math

import numpy as np
import pytest

import diffkit
from diffkit.calculus.rules import NoRule
from diffkit.calculus.spellings import SPELLINGS, plain
from diffkit.interpreters.forward import Dual
from diffkit.interpreters.tape import Node, Tape

MATRIX = np.array([[0.3, 0.9, 0.2], [0.5, 0.4, 0.8], [0.7, 0.1, 0.6]])
KINDS = {
    "dual": lambda x: Dual(x, np.ones_like(x), 10**9, 0),
    "node": lambda x: Node(x, Tape()),
}
ARGUMENTS = {  # what a method needs; everything else is called with nothing
    "astype": (float,), "choose": ([1.0],), "clip": (0.2, 0.7), "compress": ([True, False, True],),
    "dot": (MATRIX,), "fill": (1.0,), "getfield": (float,), "item": (2,), "partition": (1,),
    "argpartition": (1,), "put": (0, 1.0), "repeat": (2,), "reshape": (9,), "resize": (9,),
    "searchsorted": (0.5,), "setfield": (1.0, float), "swapaxes": (0, 1), "take": ([0, 2],),
    "tofile": ("nothing",), "to_device": ("cpu",),
}  # fmt: skip
ATTRIBUTES = [name for name in dir(np.ndarray) if not name.startswith("_")]
UFUNCS = [f for f in vars(np).values() if isinstance(f, np.ufunc)]


def attribute(x, name):
    """The attribute, or what the method returns."""
    got = getattr(x, name)
    if not callable(got):
        return got
    if name == "searchsorted":
        x, got = x[0], getattr(x[0], name)
    return got(*ARGUMENTS.get(name, ()))


def values(x):
    """Whatever came back as a plain array."""
    if isinstance(x, (tuple, list)) or type(x).__name__ in ("generator", "flatiter"):
        return np.array(
            [plain(each) if not isinstance(each, list) else values(each) for each in x], dtype=float
        )
    return np.asarray(plain(x))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_works_or_is_refused(name, kind):
    traced = KINDS[kind](MATRIX)
    try:
        got = attribute(traced, name)
    except NoRule as error:
        assert len(str(error)) > 30
        return
    if name == "dtype":
        assert got == MATRIX.dtype
        return
    np.testing.assert_allclose(values(got), values(attribute(MATRIX.copy(), name)), rtol=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["__call__", "reduce", "accumulate", "outer", "at", "reduceat"])
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda f: f.__name__)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_ufunc_method_works_or_is_refused(ufunc, how, kind):
    x = MATRIX + 1.0 if ufunc is np.arccosh else MATRIX
    try:
        expected = call(ufunc, how, x, x)
    except (TypeError, ValueError, RuntimeError):
        return  # NumPy itself does not offer this on floats
    try:
        got = call(ufunc, how, KINDS[kind](x), x)
    except NoRule as error:
        assert len(str(error)) > 30
        return
    np.testing.assert_allclose(values(got), np.asarray(expected), rtol=1e-15)


def call(ufunc, how, x, plain_x):
    method = getattr(ufunc, how)
    if how in ("reduce", "accumulate"):
        return method(x)
    if how == "reduceat":
        return method(x, [0, 1])
    if how == "at":
        return method(
            x.copy() if isinstance(x, np.ndarray) else x, [0], *(plain_x[:1] for _ in range(ufunc.nin - 1))
        )
    if how == "outer":
        return method(x, plain_x)
    return method(x, *(plain_x for _ in range(ufunc.nin - 1)))


@pytest.mark.parametrize("function", SPELLINGS, ids=lambda f: f.__name__)
def test_an_unknown_option_is_refused_by_name(function):
    with pytest.raises((NoRule, TypeError), match=r"colour|arguments|positional"):
        KINDS["dual"](MATRIX).__array_function__(function, (), (KINDS["dual"](MATRIX),), {"colour": 3})


REFUSED = {
    "math functions": (lambda x: math.sin(x[0]), "use np.sin"),
    "item assignment": (lambda x: x.__setitem__(0, 1.0), "np.where"),
    "storing in an array": (lambda x: np.zeros(2).__setitem__(0, x[0]), "np.stack"),
    "in-place addition": (lambda x: np.ones(2).__iadd__(x), "a = a [+] x"),
    "out": (lambda x: np.sin(x, out=np.zeros(2)), "y = np.sin"),
    "where": (lambda x: np.sin(x, where=[True, False]), "np.where"),
    "int": (lambda x: int(x[0]), "np.floor"),
    "range": (lambda x: list(range(x[0])), "np.take"),
    "no rule": (lambda x: np.cumprod(x), "np.cumprod has no derivative rule"),
    "no elementwise rule": (lambda x: np.spacing(x), "np.spacing has no derivative rule"),
    "np.where with one argument": (lambda x: np.where(x), "np.where"),
    "casting": (lambda x: x.astype(np.float32), "float32"),
    "fft": (lambda x: np.fft.fft(x), "np.fft.fft has no derivative rule"),
}


@pytest.mark.parametrize("backend", ["forward", "reverse"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_traced_is_refused_with_the_way_out(case, backend):
    f, hint = REFUSED[case]
    with pytest.raises(NoRule, match=hint):
        diffkit.jacobian(f, [0.5, 0.7], backend=backend)


WORKS = {
    "np.array of entries": (lambda x: np.array([x[0] * 2, x[1]]), [[2, 0], [0, 1]]),
    "np.array of rows": (lambda x: np.array([x, 2 * x]), [[[1, 0], [0, 1]], [[2, 0], [0, 2]]]),
    "a list": (lambda x: [x[1], x[0]], [[0, 1], [1, 0]]),
    "np.asarray": (lambda x: np.sin(np.asarray(x) * 0), [[0, 0], [0, 0]]),
    "a product with an array of entries": (
        lambda x: np.array([[1.0, 2.0]]) @ np.array([x[0], x[1]]),
        [[1, 2]],
    ),
    "iteration": (lambda x: sum(each * each for each in x), [1.0, 1.4]),
    "unpacking": (lambda x: (lambda a, b: a * b)(*x), [0.7, 0.5]),
    "augmented assignment": (lambda x: add_to(x), [1, 1]),
    "a branch": (lambda x: x[0] if x[0] > 0 else x[1], [1, 0]),
    "truth": (lambda x: x[0] if x[0] else x[1], [1, 0]),
    "reflected operators": (lambda x: 2 ** x[0] + 1 / x[1], [np.log(2) * 2**0.5, -1 / 0.49]),
    "a mask": (lambda x: x[x > 0.6], [[0, 1]]),
    "an array of positions": (lambda x: x[[1, 1, 0]], [[0, 1], [0, 1], [1, 0]]),
    "newaxis and ellipsis": (lambda x: x[None, ..., 0], [[1, 0]]),
    "min and max of Python": (lambda x: max(x) - min(x), [-1, 1]),
    "a constant": (lambda x: 3.0, [0, 0]),
}


def add_to(x):
    total = 0.0
    for each in x:
        total += each
    return total


@pytest.mark.parametrize("backend", ["forward", "reverse"])
@pytest.mark.parametrize("case", WORKS)
def test_common_spellings_work(case, backend):
    f, expected = WORKS[case]
    np.testing.assert_allclose(diffkit.jacobian(f, [0.5, 0.7], backend=backend), expected, rtol=1e-15)


class Untouched(Node):
    """A traced value that fails where an entry of it is looked at."""

    def __getitem__(self, key):
        raise AssertionError("an entry was taken out")


@pytest.mark.parametrize(
    "spelled, size",
    [
        (lambda x: np.array(x, dtype=float), 3),
        (lambda x: np.asarray(x, np.float32), 3),
        (np.asarray, 200_000),
    ],
)
def test_an_array_is_not_taken_apart_only_to_be_refused(spelled, size):
    """It takes NumPy a second for 100,000 entries, and hours where each entry costs as much as all."""
    with pytest.raises(NoRule, match=r"use np\.sin\(x\) for math\.sin\(x\)|leave them out"):
        spelled(Untouched(np.ones(size), Tape()))


def test_a_small_array_is_taken_apart():
    """x = np.asarray(x), by which functions take lists."""
    J = diffkit.jacobian(lambda x: np.asarray(x) * np.asarray(x.reshape(3, 1))[:, 0], np.arange(3.0))

    assert np.array_equal(J, np.diag(2 * np.arange(3.0)))
