"""Functions of a vector that have a name, and the two textbook graphs."""

import numpy as np

from .problem import Problem, always, at, between, vector


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_by_hand(x):
    left, gradient = x[:-1], np.empty_like(x)
    valley, slope = left * left, left - 1
    np.subtract(x[1:], valley, out=valley)
    value = 100 * (valley @ valley) + slope @ slope
    valley *= 200
    inner = np.multiply(left, valley, out=gradient[:-1])
    np.subtract(slope, inner, out=inner)
    inner *= 2
    gradient[-1] = 0
    gradient[1:] += valley
    return value, gradient


def helmholtz(size):
    """Energy of a mixed fluid at unit temperature and gas constant; A and b after ADOL-C's example."""
    index = np.arange(size)
    b = 0.02 * (1 + np.abs(np.sin(index)))
    A = 1 / (1 + index + index[:, None])

    def energy(x):
        bx = b @ x
        attraction = (x @ A @ x) / (np.sqrt(8) * bx)
        return np.sum(x * np.log(x / (1 - bx))) - attraction * np.log(
            (1 + (1 + np.sqrt(2)) * bx) / (1 + (1 - np.sqrt(2)) * bx)
        )

    return energy


def helmholtz_by_hand(size):
    index = np.arange(size)
    b = 0.02 * (1 + np.abs(np.sin(index)))
    A = 1 / (1 + index + index[:, None])
    root, plus, minus = 8**0.5, 1 + 2**0.5, 1 - 2**0.5

    def energy_and_gradient(x):
        bx = float(b @ x)
        Ax = A @ x
        xAx = float(x @ Ax)
        ratio = np.log((1 + plus * bx) / (1 + minus * bx)) / (root * bx)
        logs = np.log(x / (1 - bx))
        by_bx = x.sum() / (1 - bx) - xAx / bx * (1 / ((1 + plus * bx) * (1 + minus * bx)) - ratio)
        return x @ logs - xAx * ratio, logs + (1 - 2 * ratio * Ax) + by_bx * b

    return energy_and_gradient


def speelpenning(x):
    return np.prod(x)


def speelpenning_by_hand(x):
    product = np.prod(x)
    return product, product / x


def log_sum_exp(x):
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


def log_sum_exp_by_hand(x):
    largest = np.maximum.reduce(x)
    weights = x - largest
    np.exp(weights, out=weights)
    total = np.add.reduce(weights)
    weights /= total
    return largest + np.log(total), weights


def least_squares(x, A, b):
    return np.sum((A @ x - b) ** 2) / 2


def least_squares_by_hand(x, A, b):
    residual = A @ x - b
    return residual @ residual / 2, residual @ A


def overdetermined(size, random):
    return random.normal(size=size), random.normal(size=(2 * size, size)), random.normal(size=2 * size)


def two_products(x, y):
    return 2 * x * y + y + 3


def neuron(w0, x0, w1, x1, w2):
    return 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))


def neuron_by_hand(w0, x0, w1, x1, w2):
    y = neuron(w0, x0, w1, x1, w2)
    w = y * (1 - y)
    return y, (w * x0, w * w0, w * x1, w * w1, w)


PROBLEMS = (
    Problem(
        name="two_products",
        summary="z = 2xy + y + 3 at (40, 4)",
        formula="2*x*y + y + 3",
        source="a classroom graph: at (40, 4) z = 327, dz/dx = 8, dz/dy = 81",
        operator="gradient",
        build=always(two_products),
        arguments=between((-50, 50), (-50, 50)),
        famous=at(40.0, 4.0),
        wrt=(0, 1),
        hand=always(lambda x, y: (two_products(x, y), (2 * y, 2 * x + 1))),
        suites={"default": (1,)},
        tags=("scalar", "textbook"),
    ),
    Problem(
        name="neuron",
        summary="1/(1 + exp(-(w0 x0 + w1 x1 + w2)))",
        formula="1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        source="Stanford CS231n, notes on backpropagation: w = (2, -3, -3), x = (-1, -2)",
        operator="gradient",
        build=always(neuron),
        arguments=between(*[(-3, 3)] * 5),
        famous=at(2.0, -1.0, -3.0, -2.0, -3.0),
        wrt=(0, 1, 2, 3, 4),
        hand=always(neuron_by_hand),
        suites={"default": (1,)},
        tags=("scalar", "textbook"),
    ),
    Problem(
        name="rosenbrock",
        summary="sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2",
        source="Rosenbrock 1960, Computer Journal 3, 175; chained as in SciPy's rosen",
        operator="gradient",
        build=always(rosenbrock),
        hand=always(rosenbrock_by_hand),
        arguments=vector(-2, 2),
        famous=lambda size: (np.resize([-1.2, 1.0], size),),
        size=10,
        size_means="variables",
        smallest=2,
        suites={"default": (10,), "cost": (10, 1_000, 100_000)},
        tags=("vector", "textbook"),
    ),
    Problem(
        name="helmholtz",
        summary="sum x log(x/(1 - bx)) - xAx/(sqrt(8) bx) log((1 + p bx)/(1 + m bx)), p and m 1 +- sqrt(2)",
        source="Griewank and Walther, Evaluating Derivatives, 2nd ed.; data after ADOL-C's example helmholtz",
        operator="gradient",
        build=helmholtz,
        hand=helmholtz_by_hand,
        arguments=lambda size, random: (random.uniform(0.5, 1.5, size) / size,),
        size=10,
        size_means="components",
        suites={"default": (10,), "cost": (100,)},
        tags=("vector", "physics", "textbook"),
    ),
    Problem(
        name="speelpenning",
        summary="the product of all x[i]",
        source="Speelpenning 1980, Compiling fast partial derivatives; the point as in ADOL-C's example",
        operator="gradient",
        build=always(speelpenning),
        hand=always(speelpenning_by_hand),
        arguments=vector(0.5, 1.5),
        famous=lambda size: (np.arange(1, size + 1) / np.arange(2, size + 2),),
        size=8,
        size_means="factors",
        suites={"default": (8,), "cost": (1_000,)},
        tags=("vector", "textbook"),
    ),
    Problem(
        name="log_sum_exp",
        summary="log sum exp(x[i]), shifted by the largest",
        source="Blanchard, Higham, Higham 2021, IMA Journal of Numerical Analysis 41, 2311",
        operator="gradient",
        build=always(log_sum_exp),
        hand=always(log_sum_exp_by_hand),
        arguments=vector(-5, 5),
        size=10,
        size_means="terms",
        suites={"default": (10,), "cost": (1_000,)},
        tags=("vector",),
    ),
    Problem(
        name="least_squares",
        summary="|Ax - b|^2 / 2 with A of 2n rows as data",
        source="Nocedal and Wright, Numerical Optimization, 2nd ed., chapter 10",
        operator="gradient",
        build=always(least_squares),
        hand=always(least_squares_by_hand),
        arguments=overdetermined,
        size=5,
        size_means="unknowns",
        tags=("vector", "data"),
    ),
)
