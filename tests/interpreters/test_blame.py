"""Which operation loses most digits, and the forms that keep more."""

import ast

import numpy as np
import pytest

from diffkit.calculus.elementwise import logistic
from diffkit.harness.truth import truth
from diffkit.interpreters.balls import blame, trees

SCOPE = {**vars(np), "logistic": logistic}
POINTS = [{"a": 0.7, "b": 0.4, "c": 0.11}, {"a": 0.3, "b": 0.45, "c": 0.05}]


@pytest.mark.parametrize("old, new", trees.REWRITINGS, ids=lambda node: ast.unparse(node))
def test_a_rewriting_is_an_identity(old, new):
    """To a few roundings, at points where nothing cancels."""
    special = pytest.importorskip("scipy.special")
    scope = SCOPE | {"erf": special.erf, "erfc": special.erfc}
    for point in POINTS:
        one, other = (eval(compile(ast.Expression(each), "", "eval"), scope, point) for each in (old, new))
        assert abs(one - other) <= 1e-14 * max(1, abs(one))


@pytest.mark.parametrize("old, new", trees.REWRITINGS, ids=lambda node: ast.unparse(node))
def test_a_rewriting_is_found_in_its_own_pattern(old, new):
    """Printed and read again, every pattern is recognised, by itself or by a more special one before it."""
    tree = trees.parsed(old, {})
    written, better = trees.rewriting(tree)
    for point in POINTS:
        special = pytest.importorskip("scipy.special")
        scope = SCOPE | {"erf": special.erf, "erfc": special.erfc} | point
        assert abs(eval(written, scope) - eval(better, scope)) <= 1e-14


@pytest.mark.parametrize(
    "text", ["sin(x)", "1 + x**2", "log(2 + x)", "exp(x) + 1", "cos(x)*tan(x)", "2 - cos(x)"]
)
def test_what_loses_nothing_has_no_rewriting(text):
    assert trees.rewriting(trees.parsed(ast.parse(text, mode="eval").body, {})) is None


@pytest.mark.parametrize(
    "text",
    ["(a + b)*c", "a - (b - c)", "a/(b*c)", "-(a + b)", "(-a)**2", "a**b**c", "(a**b)**c", "-a*b", "2**-a"],
)
def test_text_has_the_brackets_that_it_needs(text):
    node = ast.parse(text, mode="eval").body
    printed = trees.text(trees.parsed(node, {}))
    assert abs(eval(printed, dict(POINTS[0])) - eval(text, dict(POINTS[0]))) <= 1e-15


def blamed(f, *args, titles=("x",)):
    certified = truth(f, args)
    return blame.culprit(f, list(args), certified.bits, certified.rows, blame.slopes, titles)


CASES = {
    "log1p": (lambda x: np.log(1 + x) / x, 1e-8, "1 + x", "log1p(x)"),
    "expm1": (lambda x: (np.exp(x) - 1) / x, 1e-6, "exp(x)", "expm1(x)"),
    "cosine": (lambda x: (1 - np.cos(x)) / x**2, 1e-4, "cos(x)", "2*sin(x/2)**2"),
    "roots": (lambda x: np.sqrt(x + 1) - np.sqrt(x), 1e12, None, "1/(sqrt(x + 1) + sqrt(x))"),
    "squares": (lambda x: np.sqrt(1 - x**2), 1 - 1e-12, "x**2", "(1 - x)*(1 + x)"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_operation_that_loses_most_is_named_with_a_better_form(case):
    f, x, operation, better = CASES[case]
    found = blamed(f, x)
    assert found is not None and (operation is None or found.operation == operation)
    assert (found.rewriting or (None, None))[1] == better


def test_one_bad_operation_among_many_is_found():
    """800 harmless operations, and log(1 + x) in their midst."""

    def f(x):
        y = x
        for _ in range(200):
            y = np.sin(y) + x
        y = y * 1e-9 + np.log(1 + x) / x
        for _ in range(200):
            y = y + 0.01 * np.sin(y)
        return y

    found = blamed(f, 1e-8)
    assert found.operation == "1 + x" and found.rewriting[1] == "log1p(x)"


def test_a_program_without_a_weakness_has_no_culprit():
    assert blamed(lambda x: np.exp(np.sin(x)) * x, 0.7) is None


def test_entries_of_vectors_have_names():
    found = blamed(lambda x: np.log(1 + x[1]) / x[1] + x[0], np.array([0.5, 1e-8]), titles=["x[0]", "x[1]"])
    assert (found.operation, found.rewriting) == ("1 + x[1]", ("log(1 + x[1])", "log1p(x[1])"))


def test_a_nearly_singular_matrix_is_blamed_itself():
    x = np.array([[1.0, 2.0], [3.0, 6.0 + 1e-9]])
    found = blamed(lambda x: np.linalg.det(x), x, titles=list("abcd"))
    assert (found.operation, found.error) == ("det", None)
