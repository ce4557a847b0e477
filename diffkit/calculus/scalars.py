"""The same rules on plain floats, without NumPy: what a call costs there is ten times what the sum costs.

A rule is read again with `np` meaning Python's math functions. Where those raise (a pole, an overflow,
outside the domain) the caller falls back on NumPy, which answers inf or NaN. The text of the rule is one, so
the two readings cannot drift apart, and tests hold them against each other.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from contextlib import nullcontext
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

FAILS = (ArithmeticError, ValueError, TypeError)  # what math raises where NumPy answers inf or NaN


def where(condition: bool, a: float, b: float) -> float:
    return a if condition else b


def sign(x: float) -> float:
    return float((x > 0) - (x < 0)) if x == x else x


def square(x: float) -> float:
    return x * x


MATH = SimpleNamespace(
    **{
        name: getattr(math, name)
        for name in "sin cos tan sinh cosh tanh exp expm1 log log1p log2 sqrt".split()
    },
    **{name: getattr(math, name) for name in "log10 hypot copysign fmod exp2 cbrt".split()},
    arcsin=math.asin,
    arccos=math.acos,
    arctan=math.atan,
    arctan2=math.atan2,
    arcsinh=math.asinh,
    arccosh=math.acosh,
    arctanh=math.atanh,
    power=math.pow,
    float_power=math.pow,
    abs=math.fabs,
    absolute=math.fabs,
    fabs=math.fabs,
    add=operator.add,
    subtract=operator.sub,
    multiply=operator.mul,
    divide=operator.truediv,
    negative=operator.neg,
    positive=operator.pos,
    square=square,
    reciprocal=lambda x: 1.0 / x,
    floor=lambda x: float(math.floor(x)),
    trunc=lambda x: float(math.trunc(x)),
    sign=sign,
    where=where,
    equal=operator.eq,
    not_equal=operator.ne,
    less=operator.lt,
    less_equal=operator.le,
    greater=operator.gt,
    greater_equal=operator.ge,
    errstate=lambda **kinds: nullcontext(),  # math raises, and is caught
    signbit=lambda x: math.copysign(1.0, x) < 0,
)


def reading(function: Any) -> Any:
    """A rule of this room, read with `np` meaning MATH; anything else is returned as it is."""
    if not isinstance(function, FunctionType) or function.__module__ != f"{__package__}.elementwise":
        return function
    scope = {}
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        scope[name] = MATH if value is np else reading(getattr(value, "evaluate", value))
    return FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )


def evaluation(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """How a primitive is computed on floats, or None where only NumPy can."""
    if isinstance(function, np.ufunc):
        return getattr(MATH, function.__name__, None)
    read = reading(function)
    return None if read is function else read
