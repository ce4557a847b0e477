"""The same code over SymPy and mpmath: partials are proved, values and derivatives agree."""

import inspect

import numpy as np
import pytest
import sympy

import diffkit
from diffkit.calculus.rules import TABLE, Pointwise, rows_of
from diffkit.interpreters.fields import (
    Field,
    SymPyNumbers,
    Undecided,
    mp_evaluate,
    mp_field,
    mp_jacobian,
    symbolic_outputs,
)

POINTWISE = list(rows_of(Pointwise))
PARTIALS = [
    pytest.param(row, i, id=f"{row.name}-{i}")
    for row in POINTWISE
    for i, p in enumerate(row.partials)
    if p is not None
]
ARRAYS = [
    pytest.param(row, shapes, params, id=f"{row.name}-{i}")
    for row in TABLE.values()
    if not isinstance(row, Pointwise)
    for i, (shapes, params) in enumerate(row.samples)
]


CONSTANTS = [sympy.log(2), sympy.log(10), sympy.sqrt(sympy.pi), sympy.sqrt(2 * sympy.pi), 1 / sympy.sqrt(2)]
MEANT = {float(each): each for each in CONSTANTS}


class Textbook(SymPyNumbers):
    """Reads the doubles nearest to log 2, sqrt(pi) and the like as what they stand for, and 0.5 as 1/2."""

    def number(self, x):
        if isinstance(x, (float, np.floating)):
            sign = -1 if x < 0 else 1
            return sign * MEANT.get(abs(float(x)), sympy.Rational(abs(float(x))))
        return super().number(x)


def textbook_error(row, i):
    """Our partial minus SymPy's derivative of the exact form, over symbols from the row's domain."""
    m = Textbook()
    xs = [
        sympy.Symbol(f"x{j}", positive=True) if low >= 0 else sympy.Symbol(f"x{j}", real=True)
        for j, (low, _) in enumerate(row.domain)
    ]
    fields = [Field(x, m) for x in xs]
    y, p = row(*fields), row.partials[i]
    ours = p(y, *fields) if callable(p) else p
    ours = m.number(ours.entries.item() if isinstance(ours, Field) else ours)
    (error,) = m.restored([ours - y.entries.item().diff(xs[i])])
    return xs, error


def vanishes(expression):
    return sympy.simplify(expression.rewrite(sympy.zeta).rewrite(sympy.exp)) == 0


def cases(xs):
    """Both sides of the kinks of piecewise rows: either sign, either order, and a tie."""
    p, q = sympy.symbols("p q", positive=True)
    return (
        [[p], [-p]]
        if len(xs) == 1
        else [[q + p, q], [q, q + p], [-q - p, -q], [-q, -q - p], [-p, q], [p, -q], [p, p]]
    )


def proved(row, i):
    """Whether SymPy proves the partial: at once, or on both sides of every kink."""
    xs, error = textbook_error(row, i)
    return vanishes(error) or (
        bool(row.kink)
        and all(
            vanishes(error.subs(dict(zip(xs, case, strict=True)), simultaneous=True)) for case in cases(xs)
        )
    )


@pytest.mark.parametrize("row, i", PARTIALS)
def test_sympy_proves_every_partial(row, i):
    """The form that keeps the digits is the textbook's derivative."""
    assert proved(row, i)


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("tanh", lambda y, x: 1 - y),
        ("tanh", lambda y, x: 1.01 * (1 - y * y)),
        ("arcsin", lambda y, x: -1 / np.sqrt(1 - x * x)),
        ("absolute", lambda y, x: 0.0 * x),
        ("absolute", lambda y, x: 1.0 + 0.0 * x),
    ],
)
def test_a_wrong_partial_is_not_proved(name, wrong):
    row = TABLE[name]
    row = Pointwise(row.name, row.evaluate, row.exact, row.domain, row.hard, row.kink, partials=(wrong,))

    assert not proved(row, 0)


def arguments(shapes, random):
    """Doubles of moderate size, away from zero; a row that takes a condition is given truth values first."""
    return [random.uniform(0.5, 2.0, size=shape) * random.choice([-1.0, 1.0], size=shape) for shape in shapes]


def row_function(row, params):
    if row.name == "where":
        return lambda c, a, b: row(c > 0, a, b)
    return lambda *xs: row(*xs, **params)


@pytest.mark.parametrize("row, shapes, params", ARRAYS)
def test_array_rows_agree_with_mpmath(row, shapes, params, random):
    """Values and derivatives of NumPy's evaluation, up to the rounding of sums of a dozen terms."""
    xs = arguments(shapes, random)
    f = row_function(row, params)

    exact = np.asarray(mp_evaluate(f, xs), dtype=float)
    np.testing.assert_allclose(f(*xs), exact, rtol=1e-13, atol=1e-13)
    for i in range(1 if row.name == "where" else 0, len(xs)):
        (truth,) = mp_jacobian(f, xs, wrt=i)
        ours = diffkit.jacobian(f, *xs, wrt=i)
        np.testing.assert_allclose(ours, truth.astype(float), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("row, shapes, params", ARRAYS)
def test_array_rows_run_on_symbols(row, shapes, params, random):
    """The expressions, evaluated at doubles, are what NumPy computes there."""
    values = arguments(shapes, random)
    f = row_function(row, params)

    xs, y = symbolic_outputs(f, *shapes)
    at = {x: sympy.Float(v, 30) for x, v in zip(entries(xs), entries(values), strict=True)}
    evaluated = [each.subs(at).evalf(30) for each in y.flat]

    np.testing.assert_allclose(np.reshape(np.array(evaluated, dtype=float), y.shape), f(*values), rtol=1e-12)


def entries(arrays):
    return [each for x in arrays for each in np.asarray(x).flat]


def test_a_double_is_the_double_it_is():
    """0.1 stays the double: at 40 digits it is not 1/10; whole doubles and simple formulas stay simple."""
    assert str(mp_evaluate(lambda x: x * 0.1, (1.0,), 40)).startswith("0.1000000000000000055511151231257827")
    (x,), y = symbolic_outputs(lambda x: x**2.0 + 2.0 * x + x**0.5 - x**0, ())
    assert y.item() == x.item() ** 2 + 2 * x.item() + sympy.sqrt(x.item()) - 1
    (x,), y = symbolic_outputs(lambda x: 0.1 * x + 0.2 * x, ())
    assert float(y.item().coeff(x.item())) == 0.1 + 0.2


@pytest.mark.parametrize(
    "f, shape",
    [
        (lambda x: x if x > 0 else -x, ()),
        (lambda x: np.sort(x), (3,)),
        (lambda x: x[x > 0], (3,)),
        (lambda x: x[np.argmax(x)], (3,)),
        (lambda x: 1.0 if np.any(x > 1) else x[0], (3,)),
    ],
)
def test_a_branch_on_a_symbol_is_refused_with_its_line(f, shape):
    line = inspect.getsourcelines(f)[1]

    with pytest.raises(Undecided, match=rf"np\.where.*test_fields\.py, line {line}: "):
        symbolic_outputs(f, shape)


def test_mpmath_decides_branches():
    assert mp_evaluate(lambda x: x if x > 0 else -x, (-2.0,)) == 2
    assert list(mp_evaluate(lambda x: np.sort(x)[:2], (np.array([3.0, 1.0, 2.0]),))) == [1, 2]


def test_outside_its_domain_a_function_is_nan_in_mpmath():
    y = mp_evaluate(
        lambda x: np.where(x > 0, x, np.log(x)) + 0 * np.sqrt(np.abs(x)), (np.array([-1.0, 4.0]),)
    )
    assert y[0] != y[0] and y[1] == 4


def test_what_is_stopped_comes_back_undifferentiated():
    m = SymPyNumbers()
    x = sympy.Symbol("x", real=True)
    y = diffkit.stop_gradient(np.sin(Field(x, m))) * Field(x, m)
    expression = y.entries.item()

    assert m.restored([expression, expression.diff(x)]) == [x * sympy.sin(x), sympy.sin(x)]


def test_steps_have_slope_zero_and_keep_their_value():
    m = SymPyNumbers()
    x = sympy.Symbol("x", real=True)
    y = (np.floor(Field(x, m)) * Field(x, m)).entries.item()

    assert m.restored([y, y.diff(x)]) == [x * sympy.floor(x), sympy.floor(x)]


def test_differentiations_nest_around_a_field():
    """Dual numbers over 50 digits: the derivative of exp is exp to the last of them."""
    x = mp_field(1.0, 50)
    slope = diffkit.derivative(np.exp, x, backend="forward")

    assert slope.entries.item() == np.exp(x).entries.item()


def test_a_rule_without_an_exact_form_says_what_to_pass():
    row = Pointwise("nameless", np.sin, partials=(lambda y, x: np.cos(x),))

    with pytest.raises(diffkit.NoRule, match="the rule nameless has no exact form for mpmath"):
        mp_evaluate(row, (1.0,))
