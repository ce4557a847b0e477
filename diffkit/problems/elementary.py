"""Elementary functions of one variable."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .problem import Problem, always, at, between


def scalar(
    name: str,
    formula: str,
    f: Callable,
    slope: Callable | None,
    point: float,
    low: float,
    high: float,
    source: str,
    **more: Any,
) -> Problem:
    """A function of one float and its derivative; seed 0 is `point`, others lie between low and high."""
    return Problem(
        **{
            "name": name,
            "summary": formula,
            "formula": formula,
            "source": source,
            "operator": "derivative",
            "build": always(f),
            "arguments": between((low, high)),
            "famous": at(point),
            "hand": always(lambda x: (f(x), slope(x))) if slope else None,
            **more,
        }
    )


def sin_exp_log(x):
    return np.sin(np.exp(-(x**2)) + x * np.log(x))


def sin_exp_log_by_hand(x):
    bell, log = math.exp(-x * x), math.log(x)
    inner = bell + x * log
    return math.sin(inner), math.cos(inner) * (log + 1 - 2 * x * bell)


def lyness_moler(x):
    return np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3)


def lyness_moler_slope(x):
    s, c = np.sin(x), np.cos(x)
    cubes = s**3 + c**3
    return np.exp(x) / np.sqrt(cubes) * (1 - 1.5 * s * c * (s - c) / cubes)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def normal_density(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


PROBLEMS = (
    scalar(
        "exp",
        "exp(x)",
        lambda x: np.exp(x),
        np.exp,
        1.0,
        -2,
        2,
        "the step-size valley; Press et al., Numerical Recipes, 3rd ed., section 5.7",
        suites={"hard": (1,)},
        tags=("scalar", "textbook"),
    ),
    scalar(
        "sin_exp_log",
        "sin(exp(-x**2) + x*log(x))",
        sin_exp_log,
        None,
        0.7,
        0.3,
        2,
        "a composition of the elementary functions, for timing a scalar",
        hand=always(sin_exp_log_by_hand),
        suites={"default": (1,), "cost": (1,)},
        tags=("scalar",),
    ),
    scalar(
        "lyness_moler",
        "exp(x)/sqrt(sin(x)**3 + cos(x)**3)",
        lyness_moler,
        lyness_moler_slope,
        1.5,
        0,
        1.5,
        "Martins, Sturdza, Alonso 2003, The complex-step derivative approximation, after "
        "Lyness and Moler 1967",
        suites={"default": (1,)},
        tags=("scalar", "textbook"),
    ),
    scalar(
        "squire_trapp",
        "x**4.5",
        lambda x: x**4.5,
        lambda x: 4.5 * x**3.5,
        1.5,
        0.5,
        3,
        "Squire and Trapp 1998, Using complex variables to estimate derivatives of real functions",
        tags=("scalar", "textbook"),
    ),
    scalar(
        "normal_density",
        "exp(-x**2/2)/sqrt(2*pi)",
        normal_density,
        lambda x: -x * normal_density(x),
        1.0,
        -3,
        3,
        "Abramowitz and Stegun 26.2.1",
        tags=("scalar", "textbook"),
    ),
    scalar(
        "logistic",
        "1/(1 + exp(-x))",
        logistic,
        lambda x: logistic(x) * logistic(-x),
        1.0,
        -5,
        5,
        "Verhulst 1845; the activation of early neural networks",
        tags=("scalar", "textbook"),
    ),
    scalar(
        "runge",
        "1/(1 + 25*x**2)",
        lambda x: 1 / (1 + 25 * x**2),
        lambda x: -50 * x / (1 + 25 * x**2) ** 2,
        0.2,
        -1,
        1,
        "Runge 1901, Ueber empirische Funktionen",
        tags=("scalar", "textbook"),
    ),
)
