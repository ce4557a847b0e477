"""SciPy's ufuncs have rows, which come with the first that is met, and not before."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import special

import diffkit
from diffkit.calculus.spellings import SPECIAL, UFUNCS
from diffkit.expressions import FUNCTIONS
from diffkit.expressions.vocabulary import SCIPY

UNARY = [name for name, f in SPECIAL.items() if isinstance(f, np.ufunc) and f.nin == 1]
EPS = np.finfo(float).eps


def asked(code):
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_diffkit_imports_no_scipy_and_the_first_ufunc_brings_the_rows():
    code = (
        "import sys, diffkit; diffkit.gradient(lambda x: x * x, 1.0); before = 'scipy' in sys.modules\n"
        "from scipy import special; print(before, diffkit.gradient(lambda x: special.erf(x), 0.0))"
    )
    assert asked(code) == f"False {2 / np.sqrt(np.pi)}\n"


@pytest.mark.parametrize("name", UNARY)
def test_the_symbolic_witness_agrees(name):
    """SymPy's calculus on the exact form, printed with SciPy's functions: 12 digits, its forms lose some."""
    f = UFUNCS[SPECIAL[name]].evaluate
    for x in (0.3, 0.6):
        ours, sympys = (
            diffkit.derivative(SPECIAL[name], x, backend=backend) for backend in ("reverse", "symbolic")
        )
        assert np.isfinite(f(x)) and abs(ours - sympys) <= 1e-12 * abs(sympys)


@pytest.mark.parametrize("f", [special.jv, special.iv, special.zeta], ids=lambda f: f.__name__)
def test_functions_of_an_order_have_a_row_for_each(f):
    for n in (2, 3.5, 4.25):
        found = diffkit.enclose(lambda x, n=n: f(n, x), 1.25)
        assert abs(diffkit.derivative(lambda x, n=n: f(n, x), 1.25) - found.midpoint) <= 8 * EPS * abs(
            found.midpoint
        )
    with pytest.raises(diffkit.NoRule, match="in its last argument alone"):
        diffkit.derivative(lambda n: f(n, 1.25), 2.0)


def test_xlogy_keeps_its_slopes_at_zero():
    x, y = np.zeros(2), np.array([0.0, 2.0])
    np.testing.assert_array_equal(diffkit.gradient(lambda y: special.xlogy(x, y).sum(), y), 0.0)
    mixed = diffkit.jacobian(lambda x: diffkit.gradient(lambda y: special.xlogy(x, y).sum(), y), x)
    np.testing.assert_array_equal(np.diag(mixed), [1.0, 0.5])


def test_a_ufunc_without_a_row_is_named_with_its_package():
    with pytest.raises(diffkit.NoRule, match=r"scipy\.special\.airy has no derivative rule"):
        diffkit.gradient(lambda x: special.airy(x)[0], 1.0)


@pytest.mark.parametrize("name", [*" ".join(SCIPY.values()).split(), "Gamma", "digamma"])
def test_formulas_may_use_them(name):
    names = ["x", "y"][: FUNCTIONS[name].arity]
    f = diffkit.parse(f"{name}({', '.join(names)})", names)
    point = [0.4, 0.7][: len(names)]
    found = diffkit.enclose(f, *point)
    assert abs(diffkit.derivative(f, *point) - found.midpoint) <= 8 * EPS * abs(found.midpoint)


def test_gamma_and_psi_stay_names_of_variables():
    assert diffkit.parse("gamma*psi + j0").variables == ("gamma", "psi", "j0")


def test_a_formula_says_what_to_install_where_scipy_is_missing(monkeypatch):
    monkeypatch.setattr("diffkit.expressions.reader.find_spec", lambda name: None)
    with pytest.raises(diffkit.FormulaError, match="erf needs SciPy: pip install scipy"):
        diffkit.parse("erf(x)")
    assert diffkit.parse("sin(x)")(0.0) == 0.0


@pytest.mark.parametrize("f", [special.jv, special.iv, special.zeta], ids=lambda f: f.__name__)
def test_orders_go_through_a_recorded_program(f):
    """The rows of an order are named as Python names, for the printers."""
    slopes = [
        diffkit.derivative(lambda x: f(1.5, x) * f(3, x), 1.25, backend=b)
        for b in ("reverse", "compiled-numpy")
    ]
    assert abs(slopes[0] - slopes[1]) <= 8 * EPS * abs(slopes[0])
