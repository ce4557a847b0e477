"""Rows for SciPy's ufuncs (extra `scipy`): error functions, gamma, Bessel, logarithms that take 0.

Nothing imports this room but a traced value that meets such a ufunc, and whoever wants the rows listed: so
importing diffkit imports no SciPy. A rule that the user gave for one of these ufuncs before stands.
NIST Digital Library of Mathematical Functions, chapters 5, 7, 10, https://dlmf.nist.gov.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from .elementwise import POSITIVE, REAL, pointwise, sigmoid
from .rules import TABLE, Interpreted, NoRule, Pointwise
from .spellings import SPECIAL, UFUNCS

__all__ = ["SPECIAL", "bell", "half_bell"]

SQRT_PI, SQRT_2PI = 1.772453850905516, 2.5066282746310007  # np.sqrt(np.pi) is an ulp off
ROOT_HALF = float(np.sqrt(0.5))


def bell_evaluate(x: Any) -> Any:
    """exp(-x * x), with all digits: x * x rounded costs three of them at 26.

    The square of x on a grid is exact, and what is left over is small.
    """
    near = np.rint(64 * x) / 64
    return np.exp(-near * near) * np.exp((near - x) * (near + x))


def half_bell_evaluate(x: Any) -> Any:
    """exp(-x * x / 2), with all digits."""
    near = np.rint(64 * x) / 64
    return np.exp(-near * near / 2) * np.exp((near - x) * (near + x) / 2)


bell: Pointwise = pointwise(
    bell_evaluate,
    lambda y, x: -2.0 * x * y,
    name="bell",
    exact=lambda m, x: m.exp(-x * x),
    hard=(26.1, -4.3),
)
half_bell: Pointwise = pointwise(
    half_bell_evaluate,
    lambda y, x: -x * y,
    name="half_bell",
    exact=lambda m, x: m.exp(-x * x / 2),
    hard=(37.1, -4.3),
)


def row(function: Any, *partials: Any, **more: Any) -> None:
    """Enter the row of a ufunc, unless the user was first."""
    name = more.pop("name", function.__name__)
    SPECIAL[name] = function
    if function not in UFUNCS and name not in TABLE:
        UFUNCS[function] = pointwise(function, *partials, name=name, **more)


# Error functions and the normal distribution

row(special.erf, lambda y, x: bell(x) * 2.0 / SQRT_PI, hard=(4.0, 26.1, 1e-9))
row(special.erfc, lambda y, x: bell(x) * -2.0 / SQRT_PI, hard=(4.0, 26.1, -3.3))
row(
    special.erfcx,
    lambda y, x: (SQRT_PI * x * y - 1.0) * 2.0 / SQRT_PI,
    exact=lambda m, x: m.exp(x * x) * m.erfc(x),
    domain=(-2.0, 1.0),
)
row(special.erfinv, lambda y, x: SQRT_PI * np.exp(y * y) / 2.0, domain=(-0.9, 0.9), hard=(1 - 1e-9, 1e-9))
row(
    special.ndtr,
    lambda y, x: half_bell(x) / SQRT_2PI,
    exact=lambda m, x: m.erfc(-x / m.sqrt(2)) / 2,
    hard=(-37.3, 8.1),
)
row(
    special.log_ndtr,
    lambda y, x: 2.0 / (SQRT_2PI * special.erfcx(-ROOT_HALF * x)),  # exp(-x*x/2 - y): 13 digits at -30
    exact=lambda m, x: m.log(m.erfc(-x / m.sqrt(2)) / 2),
    hard=(8.1,),
)

# Gamma and zeta

row(special.gamma, lambda y, x: y * special.psi(x), domain=(0.2, 4.0), hard=(30.5,))
row(special.gammaln, lambda y, x: special.psi(x), exact="loggamma", domain=(2.5, 6.0), hard=(1e-9, 1e9))
row(special.psi, lambda y, x: special.zeta(2.0, x), exact="digamma", domain=(2.0, 6.0), hard=(1e-6, 1e6))

# Logistic functions and logarithms

SPECIAL["expit"] = special.expit
UFUNCS.setdefault(special.expit, sigmoid)
row(
    special.log_expit, lambda y, x: sigmoid(-x), exact=lambda m, x: -m.log(1 + m.exp(-x)), hard=(-300.0, 30.0)
)
row(
    special.logit,
    lambda y, x: 1.0 / (x * (1.0 - x)),
    exact=lambda m, x: m.log(x / (1 - x)),
    domain=(0.05, 0.45),
    hard=(1e-20, 1 - 1e-9),
)


def divisor(a: Any, b: Any) -> Any:
    """b as something to divide a by: 1 where both are 0. Elsewhere a / b keeps its slope 1 / b at a = 0."""
    return np.where(np.logical_and(np.equal(a, 0), np.equal(b, 0)), 1.0, b)


row(
    special.xlogy,
    lambda y, a, b: np.log(b),
    lambda y, a, b: a / divisor(a, b),
    exact=lambda m, a, b: a * m.log(b),
    domain=(REAL, POSITIVE),
    kink="0 at (0, 0), with slope 0 in the second argument",
)
row(
    special.xlog1py,
    lambda y, a, b: np.log1p(b),
    lambda y, a, b: a / divisor(a, 1.0 + b),
    exact=lambda m, a, b: a * m.log(1 + b),
    domain=(REAL, POSITIVE),
    hard=((2.0, 1e-12),),
    kink="0 at (0, -1), with slope 0 in the second argument",
)
row(
    special.entr,
    lambda y, x: -1.0 - np.log(x),
    exact=lambda m, x: -x * m.log(x),
    domain=(0.5, 4.0),
)

# Bessel functions, and others with an order


def by_order(function: Any, name: str, exact: str, slope: Callable[..., Any], domain: Any) -> None:
    """Enter a ufunc of an order n, a number that is not differentiated, and x: a row for each order."""

    @functools.cache
    def of_order(n: float) -> Pointwise:
        order = int(n) if n.is_integer() else n
        return pointwise(
            lambda x: function(n, x),
            lambda y, x: slope(n, x),
            name=f"{name}_{n:g}".translate(AS_NAME),
            exact=lambda m, x: getattr(m, exact)(order, x),
            domain=domain,
        )

    def ordered(n: Any, x: Any) -> Any:
        if isinstance(n, Interpreted) or np.size(n) != 1:
            raise NoRule(
                f"scipy.special.{name} is differentiated in its last argument alone: the first is one number."
            )
        return of_order(float(n))(x)

    SPECIAL[name] = function
    UFUNCS.setdefault(function, ordered)
    for n in (2.0, 3.5):  # they stand for the others in the tests, which loop over the table
        of_order(n)


AS_NAME = str.maketrans(".-+", "_mp")  # a row is called by an identifier: jv_3_5
SMALL = (0.2, 1.5)
row(special.j0, lambda y, x: -special.j1(x), exact=lambda m, x: m.besselj(0, x), domain=SMALL)
row(
    special.j1,
    lambda y, x: 0.5 * (special.j0(x) - special.jv(2.0, x)),
    exact=lambda m, x: m.besselj(1, x),
    domain=SMALL,
)
row(special.i0, lambda y, x: special.i1(x), exact=lambda m, x: m.besseli(0, x), domain=SMALL, hard=(100.0,))
row(
    special.i1,
    lambda y, x: 0.5 * (special.i0(x) + special.iv(2.0, x)),
    exact=lambda m, x: m.besseli(1, x),
    domain=SMALL,
    hard=(100.0,),
)
by_order(
    special.jv,
    "jv",
    "besselj",
    lambda n, x: 0.5 * (special.jv(n - 1.0, x) - special.jv(n + 1.0, x)),
    SMALL,
)
by_order(
    special.iv,
    "iv",
    "besseli",
    lambda n, x: 0.5 * (special.iv(n - 1.0, x) + special.iv(n + 1.0, x)),
    SMALL,
)
by_order(
    special._ufuncs._zeta,  # special.zeta calls it
    "zeta",
    "zeta",
    lambda n, x: -n * special.zeta(n + 1.0, x),
    POSITIVE,
)
