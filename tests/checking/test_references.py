"""The ladder of references: enclosure, complex step, differences; and values of other packages."""

import numpy as np
import pytest

from diffkit.checking import check_gradient as check
from diffkit.checking.question import Question
from diffkit.checking.references import NoReference, complex_step, find_reference

X = np.array([0.3, -0.7, 1.1])


def scalars(x):
    """The entries as numbers of Python: what no tracer passes and a complex step does."""
    return np.array([complex(each) if np.iscomplexobj(each) else float(each) for each in x])


def analytic(x):
    x = scalars(x)
    return np.sum(np.exp(np.sin(x)) * x)


def gradient(x):
    return np.exp(np.sin(x)) * (1 + x * np.cos(x))


def not_analytic(x):
    return np.sum(np.abs(scalars(x)) ** 2)


def test_the_ladder_takes_the_best_that_there_is():
    def traced(x):
        return np.sum(np.exp(np.sin(x)) * x)

    def real_only(x):
        return traced(np.array([float(each) for each in x]))

    references = [check(f, gradient, X).reference for f in (traced, analytic, real_only)]
    assert references == ["enclosure", "complex step", "differences"]


def test_a_complex_step_resolves_what_differences_do_not():
    found = check(analytic, lambda x: gradient(x) * (1 + 1e-12), X)

    assert (found.verdict, found.cause) == ("disagree", "low precision") and found.digits == pytest.approx(
        12, abs=0.1
    )


def test_a_complex_step_of_what_is_not_analytic_is_refused():
    with pytest.raises(NoReference):
        complex_step(Question(not_analytic, lambda x: 2 * x, (X,)))
    assert check(not_analytic, lambda x: 2 * x, X).reference == "differences"


def test_where_no_reference_is_to_be_had_the_reasons_are_told():
    def broken(x):
        if [float(each) for each in x] != X.tolist():
            raise ValueError("only at one point")
        return 1.0

    reference, reasons = find_reference(Question(broken, gradient, (X,)))
    assert reference is None or not np.isfinite(reference.radius).any()
    assert "float(x)" in reasons["enclosure"] and "complex" in reasons["complex step"]
    assert check(broken, gradient, X).verdict == "cannot tell"


def test_foreign_arrays_are_read_as_numpy_reads_them():
    class Array:
        def __array__(self, dtype=None, copy=None):
            return np.array([2.0, 4.0], dtype=dtype)

    assert check(lambda x: np.sum(x**2), lambda x: Array(), np.array([1.0, 2.0]))


def test_a_function_of_autograd_is_checked_as_it_is():
    anp = pytest.importorskip("autograd.numpy")
    from autograd import grad

    def f(x):
        return anp.sum(anp.tanh(x) * x)

    assert check(f, grad(f), X)
    assert check(f, lambda x: 2 * grad(f)(x), X).cause == "constant ratio"
