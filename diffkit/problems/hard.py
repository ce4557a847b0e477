"""Points where differentiators go wrong: kinks, cancellation, scales, poles, oscillation.

The point is the problem, so it is the same for every seed. A program that has lost its digits by cancellation
has no derivative by hand: the formula's derivative is not the program's.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .elementary import scalar
from .problem import Problem, always, exactly

MADE_HERE = "made for this catalogue"


def hard(
    name: str,
    formula: str,
    f: Callable,
    slope: Callable | None,
    point: float,
    tag: str,
    source: str = MADE_HERE,
    **more: Any,
) -> Problem:
    """A function of one float at one hard point."""
    return scalar(
        name,
        formula,
        f,
        slope,
        point,
        point,
        point,
        source,
        **{
            "summary": f"{formula} at {point!r}",
            "arguments": exactly(point),
            "suites": {"hard": (1,)},
            "tags": ("scalar", tag),
            **more,
        },
    )


def hard_vector(
    name: str,
    summary: str,
    f: Callable,
    gradient: Callable | None,
    point: list[float],
    tag: str,
    source: str = MADE_HERE,
    **more: Any,
) -> Problem:
    """A function of one vector at one hard point."""
    return Problem(
        **{
            "name": name,
            "summary": summary,
            "source": source,
            "operator": "gradient",
            "build": always(f),
            "arguments": lambda size, random: (np.array(point, float),),
            "suites": {"hard": (1,)},
            "tags": ("vector", tag),
            "hand": always(lambda x: (f(x), gradient(x))) if gradient else None,
            **more,
        }
    )


def logistic(x):
    return 1 / (1 + np.exp(-x))


def where_log(x):
    with np.errstate(divide="ignore"):
        return np.sum(np.where(x > 0, np.log(x), 0))


def single_sine(x):
    """sin as a library in single precision has it: numbers are rounded, what traces it sees sin."""
    return np.sin(np.float32(x)) if isinstance(x, float) else np.sin(x)


RELU_WEIGHTS = np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, 2.0]])


def relu_network(x):
    return np.sum(np.maximum(RELU_WEIGHTS @ x, 0))


def relu_network_gradient(x):
    return np.sum(RELU_WEIGHTS[RELU_WEIGHTS @ x > 0], axis=0)


def brown(x):
    return (x[0] - 1e6) ** 2 + (x[1] - 2e-6) ** 2 + (x[0] * x[1] - 2) ** 2


def brown_gradient(x):
    product = x[0] * x[1] - 2
    return 2 * np.array([x[0] - 1e6 + x[1] * product, x[1] - 2e-6 + x[0] * product])


def powell(x):
    return (1e4 * x[0] * x[1] - 1) ** 2 + (np.exp(-x[0]) + np.exp(-x[1]) - 1.0001) ** 2


def powell_gradient(x):
    product, bells = 1e4 * x[0] * x[1] - 1, np.exp(-x)
    return 2e4 * product * x[::-1] - 2 * (np.sum(bells) - 1.0001) * bells


HILBERT = 1 / np.add.outer(np.arange(1, 9), np.arange(8))


def hilbert_solve(x):
    return np.sum(np.linalg.solve(HILBERT, x) ** 2)


def heron(x):
    s = np.sum(x) / 2
    return np.sqrt(s * (s - x[0]) * (s - x[1]) * (s - x[2]))


def angle(x):
    u, v = x[:3], x[3:]
    return np.arccos(u @ v / np.sqrt((u @ u) * (v @ v)))


GOLDBERG = "Goldberg 1991, What every computer scientist should know about floating-point arithmetic"
HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., chapter 1"
ALIAS = "Hamming, Numerical Methods for Scientists and Engineers, on aliasing"

PROBLEMS = (
    hard(
        "abs_at_zero", "abs(x)", lambda x: abs(x), None, 0.0, "kink", suites={"default": (1,), "hard": (1,)}
    ),
    hard("abs_near_zero", "abs(x)", lambda x: abs(x), np.sign, 1e-9, "kink"),
    hard("x_abs_x", "x*abs(x)", lambda x: x * abs(x), None, 0.0, "kink"),
    hard(
        "cbrt_near_zero", "cbrt(x)", lambda x: np.cbrt(x), lambda x: 1 / (3 * np.cbrt(x) ** 2), 1e-9, "pole"
    ),
    hard("sqrt_near_zero", "sqrt(x)", lambda x: np.sqrt(x), lambda x: 0.5 / np.sqrt(x), 1e-12, "pole"),
    hard(
        "log_one_plus",
        "log(1 + x)/x",
        lambda x: np.log(1 + x) / x,
        None,
        1e-8,
        "cancellation",
        GOLDBERG,
        suites={"default": (1,), "hard": (1,)},
    ),
    hard(
        "one_minus_cos",
        "(1 - cos(x))/x**2",
        lambda x: (1 - np.cos(x)) / x**2,
        None,
        1e-4,
        "cancellation",
        HIGHAM,
    ),
    hard(
        "exp_minus_one", "(exp(x) - 1)/x", lambda x: (np.exp(x) - 1) / x, None, 1e-6, "cancellation", HIGHAM
    ),
    hard("sine_over_x", "sin(x)/x", lambda x: np.sin(x) / x, None, 1e-5, "cancellation"),
    hard(
        "small_root", "sqrt(x**2 + 1) - x", lambda x: np.sqrt(x**2 + 1) - x, None, 1e7, "cancellation", HIGHAM
    ),
    hard("square_over_x", "x*x/x", lambda x: x * x / x, lambda x: 1.0, 1e-150, "scales"),
    hard(
        "tanh_far_out",
        "tanh(x)",
        lambda x: np.tanh(x),
        lambda x: 4 * logistic(2 * x) * logistic(-2 * x),
        19.0,
        "cancellation",
    ),
    hard(
        "arcsin_at_edge",
        "arcsin(x)",
        lambda x: np.arcsin(x),
        lambda x: 1 / np.sqrt((1 - x) * (1 + x)),
        1 - 1e-9,
        "pole",
    ),
    hard("tan_near_pole", "tan(x)", lambda x: np.tan(x), lambda x: 1 / np.cos(x) ** 2, 1.5707, "pole"),
    hard("near_pole", "1/(x - 1)", lambda x: 1 / (x - 1), lambda x: -1 / (x - 1) ** 2, 1.000001, "pole"),
    hard("log_far_out", "log(x)", lambda x: np.log(x), lambda x: 1 / x, 1e8, "scales"),
    hard(
        "tiny_sine",
        "1e-300*sin(x)",
        lambda x: 1e-300 * np.sin(x),
        lambda x: 1e-300 * np.cos(x),
        1.0,
        "scales",
    ),
    hard("huge_sine", "1e8*sin(x)", lambda x: 1e8 * np.sin(x), lambda x: 1e8 * np.cos(x), 1.0, "scales"),
    hard(
        "bell_tail", "exp(-x**2)", lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x), 20.0, "scales"
    ),
    hard(
        "sine_on_grid",
        "sin(32*pi*x)",
        lambda x: np.sin(32 * np.pi * x),
        lambda x: 32 * np.pi * np.cos(32 * np.pi * x),
        1.0,
        "oscillation",
        ALIAS,
    ),
    hard(
        "fast_sine",
        "sin(1e4*x)",
        lambda x: np.sin(1e4 * x),
        lambda x: 1e4 * np.cos(1e4 * x),
        1.0,
        "oscillation",
    ),
    hard("sine_far_out", "sin(x)", lambda x: np.sin(x), np.cos, 1e9, "oscillation"),
    replace(
        hard("single_sine", "sin(x)", single_sine, None, 1.0, "scales"),
        summary="sin(x) at 1.0, in single precision",
        formula=None,
    ),
    hard(
        "small_ripple",
        "x + 1e-6*sin(1e4*x)",
        lambda x: x + 1e-6 * np.sin(1e4 * x),
        lambda x: 1 + 1e-2 * np.cos(1e4 * x),
        1.0,
        "oscillation",
    ),
    hard(
        "narrow_spike",
        "x + exp(-1e8*(x - 1)**2)",
        lambda x: x + np.exp(-1e8 * (x - 1) ** 2),
        lambda x: 1 - 2e8 * (x - 1) * np.exp(-1e8 * (x - 1) ** 2),
        1.0001,
        "scales",
    ),
    hard(
        "steep_step",
        "tanh(1e6*x)",
        lambda x: np.tanh(1e6 * x),
        lambda x: 1e6 / np.cosh(1e6 * x) ** 2,
        1e-7,
        "scales",
    ),
    hard("sqrt_at_zero", "sqrt(x)", lambda x: np.sqrt(x), None, 0.0, "pole"),
    hard("edge_of_domain", "x**1.5", lambda x: x**1.5, None, 0.0, "pole"),
    hard("power_tower", "x**x", lambda x: x**x, None, 1e-10, "pole"),
    hard("log_near_zero", "log(x)", lambda x: np.log(x), None, 1e-300, "pole"),
    hard("arccos_at_edge", "arccos(x)", lambda x: np.arccos(x), None, 1 - 1e-12, "pole"),
    hard(
        "lorentz_factor", "1/sqrt(1 - x**2)", lambda x: 1 / np.sqrt(1 - x**2), None, 1 - 1e-12, "cancellation"
    ),
    hard("reciprocal_far_out", "1/x", lambda x: 1 / x, None, 1e150, "scales"),
    hard("exp_far_out", "exp(x)", lambda x: np.exp(x), None, 700.0, "scales"),
    hard("flat_bump", "exp(-1/x**2)", lambda x: np.exp(-1 / x**2), None, 0.04, "scales"),
    hard("softplus_far_left", "log(1 + exp(x))", lambda x: np.log(1 + np.exp(x)), None, -40.0, "scales"),
    hard("logistic_far_out", "1/(1 + exp(-x))", logistic, None, 40.0, "scales"),
    hard(
        "resonance",
        "1/((x**2 - 1)**2 + 1e-8)",
        lambda x: 1 / ((x**2 - 1) ** 2 + 1e-8),
        None,
        1.0001,
        "scales",
        "the response of an oscillator near its frequency",
    ),
    hard(
        "difference_of_roots",
        "sqrt(x + 1) - sqrt(x)",
        lambda x: np.sqrt(x + 1) - np.sqrt(x),
        None,
        1e12,
        "cancellation",
        HIGHAM,
    ),
    hard(
        "expanded_power",
        "x**6 - 6*x**5 + 15*x**4 - 20*x**3 + 15*x**2 - 6*x + 1",
        lambda x: x**6 - 6 * x**5 + 15 * x**4 - 20 * x**3 + 15 * x**2 - 6 * x + 1,
        None,
        1.005,
        "cancellation",
        HIGHAM,
    ),
    hard(
        "cosh_minus_sinh", "cosh(x) - sinh(x)", lambda x: np.cosh(x) - np.sinh(x), None, 10.0, "cancellation"
    ),
    hard("tan_minus_x", "(tan(x) - x)/x**3", lambda x: (np.tan(x) - x) / x**3, None, 1e-3, "cancellation"),
    hard("near_stationary", "x*exp(-x)", lambda x: x * np.exp(-x), None, 1 + 1e-12, "cancellation"),
    hard("cos_at_top", "cos(x)", lambda x: np.cos(x), None, 0.0, "scales"),
    hard("chirp", "sin(x**2)", lambda x: np.sin(x**2), None, 1e4, "oscillation"),
    hard("sine_of_reciprocal", "sin(1/x)", lambda x: np.sin(1 / x), None, 1e-3, "oscillation"),
    hard(
        "damped_sine_of_reciprocal",
        "x**2*sin(1/x)",
        lambda x: x**2 * np.sin(1 / x),
        None,
        1e-4,
        "oscillation",
        "differentiable everywhere, with a derivative that is not continuous at 0",
    ),
    hard("sawtooth_near_jump", "x - floor(x)", lambda x: x - np.floor(x), None, 2 + 1e-9, "kink"),
    hard("clip_near_edge", "clip(x, -1, 1)**2", lambda x: np.clip(x, -1, 1) ** 2, None, 1 - 1e-10, "kink"),
    hard("rectified_sine", "abs(sin(x))", lambda x: abs(np.sin(x)), None, np.pi, "kink"),
    hard_vector("max_tie", "the largest of (1, 1, 0)", lambda x: np.max(x), None, [1, 1, 0], "kink"),
    hard_vector(
        "maximum_near_tie",
        "maximum(x0, x1), 1e-9 apart",
        lambda x: np.maximum(x[0], x[1]),
        lambda x: np.array([x[0] > x[1], x[0] < x[1]], float),
        [1, 1 - 1e-9],
        "kink",
    ),
    hard_vector("norm_at_zero", "sqrt(sum x^2) at 0", lambda x: np.linalg.norm(x), None, [0, 0, 0], "kink"),
    hard_vector(
        "relu_network", "one ReLU layer, one unit exactly at its kink", relu_network, None, [1, 1], "kink"
    ),
    hard_vector(
        "relu_network_near_kink",
        "one ReLU layer, one unit 1e-9 from its kink",
        relu_network,
        relu_network_gradient,
        [1 + 1e-9, 1],
        "kink",
    ),
    hard_vector(
        "where_log",
        "sum where(x > 0, log(x), 0) at (0, 2)",
        where_log,
        None,
        [0, 2],
        "kink",
        "the trap of where in automatic differentiation: an infinite slope in the branch not taken",
    ),
    hard_vector(
        "brown",
        "(x0 - 1e6)^2 + (x1 - 2e-6)^2 + (x0 x1 - 2)^2",
        brown,
        brown_gradient,
        [1, 1],
        "scales",
        "Brown's badly scaled function; More, Garbow, Hillstrom 1981, problem 4",
    ),
    hard_vector(
        "powell",
        "(1e4 x0 x1 - 1)^2 + (exp(-x0) + exp(-x1) - 1.0001)^2",
        powell,
        powell_gradient,
        [0, 1],
        "scales",
        "Powell's badly scaled function; More, Garbow, Hillstrom 1981, problem 3",
    ),
    hard_vector(
        "hilbert",
        "|H^-1 x|^2 for the Hilbert matrix of size 8",
        hilbert_solve,
        None,
        [1.0] * 8,
        "scales",
        HIGHAM,
    ),
    hard_vector(
        "heron",
        "the area of a needle of a triangle by Heron's formula",
        heron,
        None,
        [100000.0, 99999.99979, 0.00029],
        "cancellation",
        "Kahan 2014, Miscalculating area and angles of a needle-like triangle",
    ),
    hard_vector(
        "quadratic_root",
        "the small root of x0 t^2 + x1 t + x2",
        lambda x: (-x[1] + np.sqrt(x[1] ** 2 - 4 * x[0] * x[2])) / (2 * x[0]),
        None,
        [1.0, 1e7, 1.0],
        "cancellation",
        GOLDBERG,
    ),
    hard_vector(
        "naive_variance",
        "mean of squares less square of mean, around 1e7",
        lambda x: np.mean(x**2) - np.mean(x) ** 2,
        None,
        [1e7, 1e7 + 1, 1e7 + 2],
        "cancellation",
        HIGHAM,
    ),
    hard_vector(
        "near_points",
        "the distance of two points 1e-9 apart",
        lambda x: np.sqrt(np.sum((x[:2] - x[2:]) ** 2)),
        None,
        [1.0, 2.0, 1.0 + 1e-9, 2.0],
        "kink",
    ),
    hard_vector(
        "near_parallel",
        "the angle between two vectors that are nearly parallel",
        angle,
        None,
        [1.0, 2.0, 3.0, 1.0, 2.0, 3.0 + 1e-5],
        "cancellation",
    ),
    hard_vector(
        "near_singular",
        "det of a nearly singular matrix",
        lambda x: np.linalg.det(np.reshape(x, (3, 3))),
        None,
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0 + 1e-7],
        "cancellation",
    ),
    hard_vector(
        "naive_log_sum_exp",
        "log(sum exp(x)) near the end of the doubles",
        lambda x: np.log(np.sum(np.exp(x))),
        None,
        [700.0, 699.5, 10.0],
        "scales",
    ),
    hard_vector(
        "sure_softmax",
        "-log(exp(x0)/sum exp(x)) of a class that is nearly certain",
        lambda x: -np.log(np.exp(x[0]) / np.sum(np.exp(x))),
        None,
        [20.0, -10.0, -12.0],
        "cancellation",
    ),
    hard_vector(
        "tiny_norm",
        "sqrt(sum x^2) at 1e-150",
        lambda x: np.sqrt(np.sum(x**2)),
        None,
        [3e-150, 4e-150],
        "scales",
    ),
)
