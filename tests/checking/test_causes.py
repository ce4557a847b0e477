"""Causes that are told from the numbers alone."""

import numpy as np
import pytest

from diffkit.checking import check_gradient as check

X = np.array([0.7, -1.3, 2.1, 0.4, -0.6])


def cubes(x):
    return np.sum(x**3)


def squares(x):
    return 3 * x**2


SENTENCES = {
    "the vector was given length 1": lambda x: squares(x) / np.linalg.norm(squares(x)),
    "the value of f, 7.255, is a factor too many": lambda x: cubes(x) * squares(x),
    "is missing as a factor, as from log f": lambda x: squares(x) / cubes(x),
    "the claim returns None: a function without return does": lambda x: None,
    "x[0] and x[1] are wrong, the other entries are right": lambda x: squares(x) + [1, 2, 0, 0, 0],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_cause_is_a_sentence(sentence):
    assert sentence in check(cubes, SENTENCES[sentence], X).message.splitlines()[0]


def test_what_is_constant_is_no_neighbour():
    """Ones where the slope is 0 or 1."""
    found = check(lambda x: np.sum(np.maximum(x, 0)), np.ones_like, X)

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "other", 2)


def test_a_number_is_no_entries():
    assert "the only entry is zero" in check(np.sin, lambda x: 0.0, 1.0).message
    assert (
        "the only entry is 2 times what it should be" in check(np.sin, lambda x: 2 * np.cos(x), 1.0).message
    )


def test_a_gradient_that_accumulates_is_told_to_start_from_zero():
    total = np.zeros(5)

    def adds(x):
        total[...] += squares(x)
        return total.copy()

    found = check(cubes, adds, X)
    assert (found.verdict, found.cause) == ("cannot tell", "accumulates") and "zero_grad" in found.message


@pytest.mark.parametrize("change", [lambda H: np.triu(H), lambda H: H + np.eye(5)[0][:, None] * np.eye(5)[1]])
def test_a_hessian_that_is_not_symmetric_is_none(change):
    def f(x):
        return np.sum(x[1:] * x[:-1] ** 2)

    def hessian(x):
        H = np.diag(np.append(2 * x[1:], 0.0))
        for i in range(4):
            H[i, i + 1] = H[i + 1, i] = 2 * x[i]
        return H

    found = check(f, lambda x: change(hessian(x)), X, operator="hessian")
    assert check(f, hessian, X, operator="hessian")
    assert (found.verdict, found.cause) == ("disagree", "not symmetric")
