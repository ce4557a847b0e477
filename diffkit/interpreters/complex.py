"""The complex step: f(x + i h v) = f(x) + i h f'(x) v + O(h**2), nothing subtracted, so h may be tiny.

NumPy's complex arrays carry the step, with the meaning that the program has for real numbers: whatever
compares, rounds or chooses looks at real parts, |z| is z or -z, a norm is sqrt(sum z*z), nothing conjugates.
The real part of a pointwise row is computed by its real function, so it is bit for bit what the program
computes; where the complex function has left it, at a branch point or a pole, the slope is NaN.
Martins, Sturdza, Alonso, The complex-step derivative approximation, ACM TOMS 29 (2003).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.elementwise import LN2
from ..calculus.rules import Bilinear, Constant, Interpreted, Linear, NoRule, Pointwise, Row, Select, shape_of
from .traced import Traced, levels, run

ASTRAY = 1e-6  # of a real part, relative to itself and the step: a branch point is astray by sqrt(h)
DOUBTFUL = 1e-12  # of a slope, where a function and the rule that came with it disagree: NumPy keeps more
SMALLEST = 1e-305  # of an imaginary part with digits to compare


class NoStep(NoRule):
    """There is no complex step here, however the function is run."""


class Step:
    """One run with one imaginary step: its level, and whether some complex operation underflowed."""

    __slots__ = ("level", "underflowed")

    def __init__(self) -> None:
        self.level, self.underflowed = next(levels), False

    def __call__(self, kind: str, flag: int) -> None:
        """What NumPy calls on an underflow."""
        self.underflowed = True


class Complex(Traced):
    """A complex array or scalar `z` that stands for the real one it is infinitely near to."""

    __slots__ = ("level", "step", "z")

    def __init__(self, z: Any, step: Step):
        self.z, self.step, self.level = z, step, step.level

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return self.z.shape

    @property
    def primal(self) -> Any:  # type: ignore[override]
        return self.z.real

    def __repr__(self) -> str:
        return f"Complex({self.z!r})"

    def apply(self, row: Row, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        zs = [self.operand(x, row.active(i)) for i, x in enumerate(xs)]
        if type(row) is Constant:
            return row.evaluate(*zs, **params)
        with np.errstate(all="ignore", under="call", call=self.step):
            y = reading(row)(self.step, row, zs, params)
        return Complex(y, self.step) if np.iscomplexobj(y) else y

    def operand(self, x: Any, active: bool) -> Any:
        """A plain operand: complex where the row has a slope, the real part where it only asks."""
        if type(x) is Complex and x.step is self.step:
            return x.z if active else x.z.real
        if isinstance(x, Interpreted):
            raise NoStep(
                f"a complex step cannot be taken inside a differentiation that traces {type(x).__name__} "
                "values; use forward or reverse inside, or complex-step outside."
            )
        return x


def lifted(x: Any, imaginary: Any) -> Any:
    """x + i * imaginary, part by part: 1j * inf would put a NaN into the real part."""
    z = np.empty(np.broadcast_shapes(shape_of(x), shape_of(imaginary)), dtype=np.complex128)
    z.real, z.imag = x, imaginary
    return z[()]


# Pointwise rows: forms of complex arrays that keep the digits of the slope, where NumPy's own do not


def power(z: Any, e: Any) -> Any:
    """a**n * exp(e log(z/a) + i Im(e) log a): of any sign of a where the exponent is a whole number.

    exp(e log z) loses the digits of e log a.
    """
    a, n, k = np.real(z), np.real(e), np.imag(e)
    base = np.where(a == 0, 1.0, a)
    turned = np.power(a, n) * np.exp(e * np.log(z / base) + 1j * k * np.log(np.abs(base)))
    turned = np.where((a < 0) & (k != 0), np.nan, turned)
    return np.where(a == 0, np.power(1j * np.imag(z), n), turned)


def cbrt(z: Any) -> Any:
    a = np.real(z)
    return np.cbrt(a) * np.power(z / a, 1 / 3)


def larger(a: Any, b: Any) -> Any:
    """The one with the larger real part, the mean of a tie."""
    return np.where(np.real(a) > np.real(b), a, np.where(np.real(b) > np.real(a), b, (a + b) / 2))


def smaller(a: Any, b: Any) -> Any:
    return -larger(-a, -b)


def logaddexp(a: Any, b: Any) -> Any:
    first = np.real(a) >= np.real(b)
    y = np.where(first, a, b) + log1p(np.exp(np.where(first, b - a, a - b)))
    return lifted(np.logaddexp(np.real(a), np.real(b)), np.imag(y))  # y cancels where exp(a) + exp(b) is 1


def logaddexp2(a: Any, b: Any) -> Any:
    return lifted(np.logaddexp2(np.real(a), np.real(b)), np.imag(logaddexp(LN2 * a, LN2 * b)) / LN2)


def log1p(z: Any) -> Any:
    """NumPy's own has lost the real part of a tiny z."""
    a = np.real(z)
    return np.log1p(a) + np.log(1.0 + 1j * (np.imag(z) / (1.0 + a)))


def inside(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that branches at -1 or 1: there its imaginary part is sqrt(h), its real part looks right."""
    return lambda z: np.where(np.abs(np.real(z)) == 1, np.nan, function(z))


def modulo(rounded: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """A remainder: a - b * (a whole number)."""

    def form(a: Any, b: Any) -> Any:
        x, y = np.real(a), np.real(b)
        return lifted(function(x, y), np.imag(a) - np.imag(b) * rounded(x / y))

    return form


def logistic(z: Any) -> Any:
    right = np.real(z) >= 0
    small = np.exp(np.where(right, -z, z))
    return np.where(right, 1.0, small) / (1.0 + small)


def sech_squared(z: Any) -> Any:
    """1 / cosh(z)**2, which overflows far out; there 4e/(1 + e)**2, which loses the slope's digits near 0."""
    e = np.exp(-2.0 * np.where(np.real(z) >= 0, z, -z))
    return np.where(np.abs(np.real(z)) < 1, 1.0 / np.square(np.cosh(z)), 4.0 * e / np.square(1.0 + e))


def turned(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """(cosine, sine) of the real angle of (a, b), and the imaginary angle by which (a, b) is off it."""
    length = np.hypot(np.real(a), np.real(b))
    c, s = np.real(a) / length, np.real(b) / length
    return c, s, np.arctan((b * c - a * s) / (a * c + b * s))  # b*b + a*a would overflow


def cosine(a: Any, b: Any) -> Any:
    """cos(angle + turn): a / hypot(a, b) would subtract what is left of b*b from a*a."""
    c, s, turn = turned(a, b)
    return np.where((np.real(a) == 0) & (np.real(b) == 0), 0.0, c * np.cos(turn) - s * np.sin(turn))


def hypot(a: Any, b: Any) -> Any:
    length = np.hypot(np.real(a), np.real(b))
    unit = np.where(length == 0, 1.0, length)
    return length * np.sqrt(np.square(a / unit) + np.square(b / unit))


FORMS: dict[str, Callable[..., Any] | None] = dict.fromkeys(  # NumPy's own, digits checked in the tests
    "add subtract negative positive multiply divide reciprocal square exp exp2 expm1 log log2 log10 sqrt "
    "sin cos tan arctan sinh cosh tanh arcsinh arctanh".split()
) | {
    "log1p": log1p,
    "arcsin": inside(np.arcsin),
    "arccos": inside(np.arccos),
    "arccosh": inside(np.arccosh),
    "remainder": modulo(np.floor, np.remainder),
    "fmod": modulo(np.trunc, np.fmod),
    "power": power,
    "float_power": power,
    "cbrt": cbrt,
    "logaddexp": logaddexp,
    "logaddexp2": logaddexp2,
    "logistic": logistic,
    "sech_squared": sech_squared,
    "arctan2": lambda a, b: np.arctan2(np.real(a), np.real(b)) + turned(b, a)[2],
    "cosine": cosine,
    "hypot": hypot,
    "absolute": lambda z: np.sign(np.real(z)) * z,
    "fabs": lambda z: np.sign(np.real(z)) * z,
    "copysign": lambda a, b: np.where(np.signbit(np.real(a)) == np.signbit(b), a, -a),
    "maximum": larger,
    "minimum": smaller,
    "fmax": larger,
    "fmin": smaller,
}


def pointwise(step: Step, row: Row, zs: Sequence[Any], params: dict[str, Any]) -> Any:
    """The real part by the real function, the imaginary part by the complex one where the two agree."""
    form = FORMS[row.name] or row.evaluate
    y, z = row.evaluate(*map(np.real, zs)), form(*zs)
    if np.all((np.real(z) == y) & (y != 0)):  # nothing to mend, not even the sign of a zero: no copies
        return z
    reach = ASTRAY * (np.abs(y) + sum(np.abs(np.imag(z)) for z in zs))
    near = (np.real(z) == y) | (np.abs(np.real(z) - y) < reach)
    return lifted(y, np.where(near, np.imag(z), np.nan))


# Whole-array rows: NumPy's own on complex arrays, but for what compares or conjugates


def extreme(z: Any, y: Any, axes: tuple[int, ...]) -> Any:
    """The mean of the entries that tie."""
    ties = np.real(z) == np.expand_dims(y, axes)
    return np.sum(np.where(ties, z, 0.0), axis=axes) / np.sum(ties, axis=axes)


def norm(z: Any, y: Any, axes: tuple[int, ...]) -> Any:
    unit = np.expand_dims(np.where(y == 0, 1.0, y), axes)
    return y * np.sqrt(np.sum(np.square(z / unit), axis=axes))


WHOLE: dict[str, Callable[..., Any] | None] = {
    "max": extreme, "min": extreme, "norm": norm, "prod": None, "det": None, "solve": None,
}  # fmt: skip


def whole(step: Step, row: Row, zs: Sequence[Any], params: dict[str, Any]) -> Any:
    form = WHOLE.get(row.name)
    if form is None:
        return row.evaluate(*zs, **params)
    return form(zs[0], row.evaluate(np.real(zs[0]), **params), **params)


def foreign(step: Step, row: Row, zs: Sequence[Any], params: dict[str, Any]) -> Any:
    """A row from elsewhere: its function of complex numbers, if it takes them and the rule confirms it."""
    xs, vs = [np.real(z) for z in zs], [np.imag(z) if np.iscomplexobj(z) else None for z in zs]
    try:
        z = row.evaluate(*zs, **params)
    except TypeError as error:
        raise NoRule(
            f"{row.name} is not defined for complex numbers, so there is no complex step through it; "
            "use forward or reverse."
        ) from error
    y = row.evaluate(*xs, **params)
    slope = row.push(y, xs, vs, params, 0)
    if not np.allclose(np.imag(z), 0.0 if slope is None else slope, DOUBTFUL, SMALLEST, True):
        raise NoStep(
            f"the rule {row.name} disagrees with its function of complex numbers, which loses digits or is "
            "not analytic (abs, comparisons) there; use forward or reverse."
        )
    return lifted(y, np.imag(z))


def reading(row: Row) -> Callable[..., Any]:
    """How complex steps go through a row."""
    if isinstance(row, (Linear, Bilinear, Select)) or row.name in WHOLE:
        return whole
    return pointwise if isinstance(row, Pointwise) and row.name in FORMS else foreign


def complex_step(
    f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], h: float
) -> tuple[Any, Any, bool]:
    """(y, Jv, underflowed): f(*xs) and its derivative along vs, by one run at xs + i h vs.

    vs[i] is shaped like xs[i]. underflowed: some operation's imaginary part may be lost below 1e-308.
    Raises NoStep inside an earlier differentiation and where a function of complex numbers cannot be trusted,
    NoRule as every interpreter.

    >>> y, slope, underflowed = complex_step(np.exp, [0.0], [1.0], 1e-50)
    >>> float(y), float(slope), underflowed
    (1.0, 1.0, False)
    """
    step = Step()
    y = run(f, [Complex(lifted(x, h * v), step) for x, v in zip(xs, vs, strict=True)])
    if type(y) is Complex and y.step is step:
        return y.z.real, y.z.imag / h, step.underflowed
    return y, np.zeros(shape_of(y)), step.underflowed
