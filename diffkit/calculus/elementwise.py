"""Core rows, one per pointwise primitive: the inside cover of a calculus book.

Each partial is in the form that keeps its digits, also when it is differentiated again; the comment says
which digits. `hard` are the points where lesser forms lose them; tests go there at first and second order.
Proved equal to the textbook form by SymPy in the tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .rules import Constant, Interpreted, Pointwise, enter

LN2, LN10 = float(np.log(2.0)), float(np.log(10.0))
REAL = (-3.0, 3.0)
POSITIVE = (0.1, 4.0)


def logistic(x: Any) -> Any:
    """1 / (1 + exp(-x)) without overflow, elementwise.

    >>> float(logistic(0.0)), float(logistic(-1000.0))
    (0.5, 0.0)
    """
    return sigmoid(x)


def logistic_evaluate(x: Any) -> Any:
    """The same on plain values; where exp(-x) overflows it is 0, as it should be."""
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-x))


def pointwise(
    function: Any,
    *partials: Any,
    name: str = "",
    exact: Any = None,
    domain: Any = REAL,
    hard: tuple[Any, ...] = (),
    kink: str = "",
) -> Pointwise:
    """Enter the row of a pointwise primitive; `domain` is one interval, or one per argument."""
    each = domain if isinstance(domain[0], tuple) else (domain,) * len(partials)
    name = name or function.__name__
    return enter(
        Pointwise(name, function, exact or name, tuple(each), tuple(hard), kink, partials=tuple(partials))
    )


# Arithmetic

add = pointwise(np.add, 1, 1, exact=lambda m, a, b: a + b)
subtract = pointwise(np.subtract, 1, -1, exact=lambda m, a, b: a - b)
negative = pointwise(np.negative, -1, exact=lambda m, x: -x)
positive = pointwise(np.positive, 1, exact=lambda m, x: x)
multiply = pointwise(np.multiply, lambda y, a, b: b, lambda y, a, b: a, exact=lambda m, a, b: a * b)
divide = pointwise(
    np.divide,
    lambda y, a, b: 1.0 / b,
    lambda y, a, b: -y / b,  # not -a / b**2, which overflows from b = 1e155
    exact=lambda m, a, b: a / b,
    domain=(REAL, POSITIVE),
    hard=((1.0, 1e-100), (1e200, 1e180)),
)
reciprocal = pointwise(
    np.reciprocal, lambda y, x: -y * y, exact=lambda m, x: 1 / x, domain=POSITIVE, hard=(1e-70, 1e70)
)
square = pointwise(np.square, lambda y, x: 2.0 * x, exact=lambda m, x: x * x, hard=(0.0, 1e100))
remainder = pointwise(
    np.remainder,
    1,
    lambda y, a, b: -np.floor(a / b),
    exact=lambda m, a, b: a - b * m.floor(a / b),
    domain=(REAL, POSITIVE),
    kink="jumps where a / b is an integer; the slopes of the two sides agree in a",
)
fmod = pointwise(
    np.fmod,
    1,
    lambda y, a, b: -np.trunc(a / b),
    exact=lambda m, a, b: a - b * m.sign(a / b) * m.floor(abs(a / b)),
    domain=(REAL, POSITIVE),
    kink="jumps where a / b is a nonzero integer",
)


def power_base(y: Any, x: Any, e: Any) -> Any:
    """Partial of x**e in x: e * x**(e - 1), and 0 where both are 0.

    At e = 0 it stays a function of e, whose slope there is 1 / x. A plain e asks nothing of x: the enclosure
    of a second derivative at 0 would stop at the question.
    """
    if isinstance(e, (float, int)):
        return e * np.power(x, e - 1.0 if e else 0.0)
    unknown = isinstance(e, Interpreted)
    if not unknown:
        return e * np.power(x, np.where(e == 0, 0.0, e - 1.0))
    return e * np.power(x, np.where(x == 0, np.where(e == 0, 1.0, e - 1.0), e - 1.0))


def power_exponent(y: Any, x: Any, e: Any) -> Any:
    """Partial of x**e in e: x**e * log(x), with the limit 0 at x = 0 for e > 0; NaN for negative x."""
    return np.where(x == 0, 0.0 * e, y * np.log(np.where(x == 0, 1.0, x)))


power = pointwise(
    np.power,
    power_base,
    power_exponent,
    exact=lambda m, x, e: m.power(x, e),
    domain=(POSITIVE, REAL),
    hard=((1e-30, 2.5), (1e30, 3.0), (0.5, 0.0)),
    kink="in the exponent NaN at a negative base; 0**e has slope 0 in e > 0",
)
float_power = pointwise(
    np.float_power,
    power_base,
    power_exponent,
    exact=lambda m, x, e: m.power(x, e),
    domain=(POSITIVE, REAL),
)

# Exponentials, logarithms, roots

exp = pointwise(np.exp, lambda y, x: y, hard=(-700.0, 700.0))
exp2 = pointwise(np.exp2, lambda y, x: LN2 * y, exact=lambda m, x: m.exp(x * m.log(2)))
expm1 = pointwise(
    np.expm1,
    lambda y, x: np.exp(x),  # y + 1 has no digits left at -40
    exact=lambda m, x: m.exp(x) - 1,
    hard=(-40.0, 1e-12),
)
log = pointwise(np.log, lambda y, x: 1.0 / x, domain=POSITIVE, hard=(1e-100, 1e100))
log1p = pointwise(
    np.log1p, lambda y, x: 1.0 / (1.0 + x), exact=lambda m, x: m.log(1 + x), domain=POSITIVE, hard=(1e-12,)
)
log2 = pointwise(
    np.log2, lambda y, x: 1.0 / (LN2 * x), exact=lambda m, x: m.log(x) / m.log(2), domain=POSITIVE
)
log10 = pointwise(
    np.log10, lambda y, x: 1.0 / (LN10 * x), exact=lambda m, x: m.log(x) / m.log(10), domain=POSITIVE
)
sqrt = pointwise(np.sqrt, lambda y, x: 0.5 / y, domain=POSITIVE, hard=(1e-100, 1e100))
cbrt = pointwise(
    np.cbrt,
    lambda y, x: 1.0 / (3.0 * y * y),
    exact=lambda m, x: m.cbrt(x),
    domain=POSITIVE,
    hard=(1e-90, -8.0),
)


def logaddexp_partial(y: Any, a: Any, b: Any) -> Any:
    """exp(a - y), as a logistic: y has no digits of a - y left where a and b are large and near."""
    return sigmoid(a - b)


logaddexp = pointwise(
    np.logaddexp,
    logaddexp_partial,
    lambda y, a, b: sigmoid(b - a),
    exact=lambda m, a, b: m.log(m.exp(a) + m.exp(b)),
    hard=((800.0, 799.0), (-800.0, -801.0), (30.0, 0.0)),
)
logaddexp2 = pointwise(
    np.logaddexp2,
    lambda y, a, b: sigmoid(LN2 * (a - b)),
    lambda y, a, b: sigmoid(LN2 * (b - a)),
    exact=lambda m, a, b: m.log(m.exp(a * m.log(2)) + m.exp(b * m.log(2))) / m.log(2),
)
sigmoid: Pointwise = pointwise(
    logistic_evaluate,
    lambda y, x: 0.25 * bell(0.5 * x),  # y * (1 - y) has no digits left at 37
    name="logistic",
    exact=lambda m, x: 1 / (1 + m.exp(-x)),
    hard=(19.0, 37.0, -300.0, 300.0),
)

# Trigonometric and hyperbolic

sin = pointwise(np.sin, lambda y, x: np.cos(x), hard=(1e9,))  # not sin(pi/2 - x): 7.5 digits at 1e9
cos = pointwise(np.cos, lambda y, x: -np.sin(x), hard=(1e9,))
tan = pointwise(np.tan, lambda y, x: 1.0 + y * y, domain=(-1.4, 1.4), hard=(1.57,))
arcsin = pointwise(
    np.arcsin,
    lambda y, x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)),  # 1 - x*x: 9.6 digits at 1 - 1e-9
    exact="asin",
    domain=(-0.95, 0.95),
    hard=(1 - 1e-9, -1 + 1e-9),
)
arccos = pointwise(
    np.arccos,
    lambda y, x: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)),
    exact="acos",
    domain=(-0.95, 0.95),
    hard=(1 - 1e-9, -1 + 1e-9),
)
arctan = pointwise(np.arctan, lambda y, x: 1.0 / (1.0 + x * x), exact="atan", hard=(1e6, 1e-12))
arctan2 = pointwise(
    np.arctan2,
    lambda y, a, b: b / np.hypot(a, b) / np.hypot(a, b),  # b / (a*a + b*b) overflows from 1e154
    lambda y, a, b: -(a / np.hypot(a, b) / np.hypot(a, b)),
    exact=lambda m, a, b: m.atan2(a, b),
    domain=(REAL, POSITIVE),
    hard=((1e80, 2e80), (1.0, -2.0)),
    kink="jumps by 2 pi across the negative second axis",
)
hypot = pointwise(
    np.hypot,
    lambda y, a, b: cosine(a, b),  # a / y, differentiated again, is 1/y - a*a/y**3: 11 digits at (1, 1e-3)
    lambda y, a, b: cosine(b, a),
    exact=lambda m, a, b: m.sqrt(a * a + b * b),
    hard=((3e-100, 4e-100), (3e100, 4e100), (1.0, 1e-3), (-1e-3, 1.0)),
    kink="slope 0 at the origin",
)


def cosine_evaluate(a: Any, b: Any) -> Any:
    """The cosine a / hypot(a, b) of the angle of (a, b), and 0 at the origin."""
    return a / length(a, b)


def length(a: Any, b: Any) -> Any:
    """hypot(a, b) as something to divide by: 1 at the origin."""
    y = np.hypot(a, b)
    return np.where(y == 0, 1.0, y)


cosine: Pointwise = pointwise(
    cosine_evaluate,
    lambda y, a, b: cosine(b, a) * (cosine(b, a) / length(a, b)),
    lambda y, a, b: -y * (cosine(b, a) / length(a, b)),
    name="cosine",
    exact=lambda m, a, b: a / m.sqrt(a * a + b * b),
    hard=((3e-100, 4e-100), (3e100, 4e100), (1.0, 1e-3), (1e-3, -1.0)),
    kink="0 at the origin, and slope 0",
)
sinh = pointwise(np.sinh, lambda y, x: np.cosh(x))
cosh = pointwise(np.cosh, lambda y, x: np.sinh(x), hard=(1e-9,))
tanh = pointwise(
    np.tanh,
    lambda y, x: bell(x),  # 1 - y*y has no digits left at 19
    hard=(10.0, 19.0, 300.0),
)


def sech_squared(x: Any) -> Any:
    """1 / cosh(x)**2, elementwise; where cosh overflows it is 0, as it should be."""
    with np.errstate(over="ignore"):
        s = 1.0 / np.cosh(x)
    return s * s  # not 1 / cosh(x)**2, which is 0 from 355 on already


bell: Pointwise = pointwise(
    sech_squared,
    lambda y, x: -2.0 * np.tanh(x) * y,  # 1 / cosh(x)**2, differentiated as it stands, is NaN at 400
    exact=lambda m, x: 1 / (m.cosh(x) * m.cosh(x)),
    hard=(10.0, 19.0, 170.0),
)
arcsinh = pointwise(np.arcsinh, lambda y, x: 1.0 / np.hypot(1.0, x), exact="asinh", hard=(1e-9, 1e100))
arccosh = pointwise(
    np.arccosh,
    lambda y, x: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)),  # x*x - 1: 7.6 digits at 1 + 1e-9
    exact="acosh",
    domain=(1.1, 4.0),
    hard=(1 + 1e-9,),
)
arctanh = pointwise(
    np.arctanh,
    lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)),
    exact="atanh",
    domain=(-0.95, 0.95),
    hard=(1 - 1e-9, -1 + 1e-9),
)

# Piecewise

absolute = pointwise(np.absolute, lambda y, x: np.sign(x), exact=lambda m, x: abs(x), kink="abs'(0) = 0")
fabs = pointwise(np.fabs, lambda y, x: np.sign(x), exact=lambda m, x: abs(x), kink="fabs'(0) = 0")
copysign = pointwise(
    np.copysign,
    lambda y, a, b: np.where(np.signbit(a) == np.signbit(b), 1.0, -1.0),
    None,
    exact=lambda m, a, b: abs(a) * m.sign(b),
    domain=POSITIVE,
    kink="jumps where b changes its sign",
)


def winner(a: Any, b: Any) -> Any:
    """1 where a > b, 1/2 where they tie, 0 elsewhere."""
    return np.greater(a, b) + 0.5 * np.equal(a, b)  # not heaviside(a - b): NaN where both are infinite


TIE = "a tie is shared by halves"
maximum = pointwise(
    np.maximum,
    lambda y, a, b: winner(a, b),
    lambda y, a, b: winner(b, a),
    exact=lambda m, a, b: m.max(a, b),
    kink=TIE,
)
minimum = pointwise(
    np.minimum,
    lambda y, a, b: winner(b, a),
    lambda y, a, b: winner(a, b),
    exact=lambda m, a, b: m.min(a, b),
    kink=TIE,
)
fmax = pointwise(
    np.fmax,
    lambda y, a, b: winner(a, b),
    lambda y, a, b: winner(b, a),
    exact=lambda m, a, b: m.max(a, b),
    kink=TIE,
)
fmin = pointwise(
    np.fmin,
    lambda y, a, b: winner(b, a),
    lambda y, a, b: winner(a, b),
    exact=lambda m, a, b: m.min(a, b),
    kink=TIE,
)


# Piecewise constant: the derivative is zero, and undefined at the jumps

STEPS = {
    "sign": (np.sign, "jumps at 0"),
    "floor": (np.floor, "jumps at the integers"),
    "ceil": (np.ceil, "jumps at the integers"),
    "rint": (np.rint, "jumps half way between the integers"),
    "trunc": (np.trunc, "jumps at the integers but 0"),
    "floor_divide": (np.floor_divide, "jumps where a / b is an integer"),
    "heaviside": (np.heaviside, "jumps at 0"),
}
QUESTIONS = (
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.isnan, np.isinf, np.isfinite, np.signbit,
)  # fmt: skip

for name, (function, kink) in STEPS.items():
    enter(Constant(name, function, name, kink=kink))
for function in QUESTIONS:
    enter(
        Constant(
            function.__name__, function, function.__name__, kink="true or false: jumps where the answer does"
        )
    )


stop_gradient = enter(
    Constant("stop", lambda x: x, kink="not a derivative but a decision: what is inside counts as data")
)
