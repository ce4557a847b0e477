"""The names a formula may use: constants, functions, and how each is spelled in NumPy."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# How tightly a piece of Python text holds together; an operand that binds less gets brackets.
COMPARISON, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)

CONSTANTS: dict[str, tuple[float, str]] = {
    "pi": (math.pi, "np.pi"),
    "π": (math.pi, "np.pi"),
    "e": (math.e, "np.e"),
    "tau": (math.tau, "(2*np.pi)"),
}


@dataclass(frozen=True)
class Function:
    """What a name in a formula calls, with how many arguments, and its Python text.

    In `python`, {0} {1} {2} are the arguments as they are, {a} {b} the same in brackets where they
    need them. A function that `folds` takes two or more arguments, pair by pair from the left. One of
    `package` can be called where that is installed.
    """

    name: str
    call: Callable[..., Any]
    arity: int
    python: str
    binding: int = ATOM
    folds: bool = False
    package: str = "numpy"


def _logistic(x: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, -x))


def _relu(x: Any) -> Any:
    return np.where(x > 0, x, 0.0)


def _softplus(x: Any) -> Any:
    return np.logaddexp(0.0, x)


NUMPY = {
    1: "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh exp expm1 exp2"
    " log log2 log10 log1p sqrt cbrt abs sign square floor ceil round",
    2: "arctan2 hypot logaddexp maximum minimum",
    3: "clip where",
}

COMPOSITES = [
    # 1/(1 + exp(-x)) overflows at -1000 and its derivative is NaN there; this one is smooth everywhere
    # (a form with maximum has a kink at 0) and keeps 16 digits near 0, 13 at -700.
    Function("logistic", _logistic, 1, "np.exp(-np.logaddexp(0.0, -{a}))"),
    # maximum(x, 0) shares the tie at 0 by halves; relu'(0) is 0.
    Function("relu", _relu, 1, "np.where({a} > 0, {0}, 0.0)"),
    Function("softplus", _softplus, 1, "np.logaddexp(0.0, {0})"),
    # np.reciprocal of an integer is an integer: reciprocal(3) would be 0.
    Function("reciprocal", lambda x: 1 / x, 1, "1/{a}", PRODUCT),
    Function("sec", lambda x: 1 / np.cos(x), 1, "1/np.cos({0})", PRODUCT),
    Function("csc", lambda x: 1 / np.sin(x), 1, "1/np.sin({0})", PRODUCT),
    Function("cot", lambda x: 1 / np.tan(x), 1, "1/np.tan({0})", PRODUCT),
    # np.power of integers refuses negative exponents; the operator does not.
    Function("power", lambda x, y: x**y, 2, "{a}**{b}", POWER),
]

SCIPY = {  # gamma, psi and j0 are left to variables
    1: "erf erfc erfcx erfinv gammaln ndtr log_ndtr logit entr",
    2: "xlogy xlog1py",
}

ALIASES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "arsinh": "arcsinh", "arcosh": "arccosh", "artanh": "arctanh",
    "ln": "log", "absolute": "abs", "fabs": "abs", "sgn": "sign", "pow": "power", "rint": "round",
    "max": "maximum", "min": "minimum", "sigmoid": "logistic", "expit": "logistic",
    "lgamma": "gammaln",
}  # fmt: skip


def _numpy_function(name: str, arity: int) -> Function:
    places = ", ".join(f"{{{i}}}" for i in range(arity))
    folds = name in ("maximum", "minimum")
    return Function(name, getattr(np, name), arity, f"np.{name}({places})", folds=folds)


def _scipy_function(name: str, arity: int, of_scipy: str = "") -> Function:
    of_scipy = of_scipy or name

    def call(*xs: Any) -> Any:
        from ..calculus.special import SPECIAL  # SciPy takes 0.1 s: not before a formula needs it

        return SPECIAL[of_scipy](*xs)

    places = ", ".join(f"{{{i}}}" for i in range(arity))
    return Function(name, call, arity, f"scipy.special.{of_scipy}({places})", package="scipy")


def _functions() -> dict[str, Function]:
    rows = [_numpy_function(name, arity) for arity, names in NUMPY.items() for name in names.split()]
    rows += [_scipy_function(name, arity) for arity, names in SCIPY.items() for name in names.split()]
    rows += [_scipy_function("Gamma", 1, "gamma"), _scipy_function("digamma", 1, "psi")]
    table = {row.name: row for row in rows + COMPOSITES}
    return table | {alias: table[name] for alias, name in ALIASES.items()}


FUNCTIONS: dict[str, Function] = _functions()
