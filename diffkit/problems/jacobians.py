"""Functions with many results: a tall, a wide and two banded Jacobians, and layers of every shape."""

from functools import partial

import numpy as np

from .problem import Problem, always, vector

WIDTHS = (1, 4, 16, 64, 256)  # of the map of n inputs by m results


def osborne(observations):
    """Osborne's model at times 0, 10, 20, ...; the observed data drop out of its Jacobian."""
    t = 10.0 * np.arange(observations)
    return lambda x: x[0] + x[1] * np.exp(-x[3] * t) + x[2] * np.exp(-x[4] * t)


def osborne_by_hand(observations):
    t = 10.0 * np.arange(observations)

    def values_and_jacobian(x):
        slow, fast = np.exp(-x[3] * t), np.exp(-x[4] * t)
        columns = np.ones_like(t), slow, fast, -x[1] * t * slow, -x[2] * t * fast
        return x[0] + x[1] * slow + x[2] * fast, np.stack(columns, axis=1)

    return values_and_jacobian


def chebyquad(x):
    """The means of the first four Chebyshev polynomials of [0, 1], less their integrals."""
    before, now = 1.0, 2 * x - 1
    means = []
    for integral in (0, -1 / 3, 0, -1 / 15):
        means.append(np.mean(now) - integral)
        before, now = now, 2 * (2 * x - 1) * now - before
    return np.stack(means)


def chebyquad_by_hand(x):
    u = 2 * x - 1
    slopes = 2 * np.stack([np.ones_like(u), 4 * u, 12 * u**2 - 3, 32 * u**3 - 16 * u])
    return chebyquad(x), slopes / x.size


def neighbours(x):
    """x[i-1] and x[i+1], zero beyond the ends."""
    return np.concatenate([[0.0], x[:-1]]), np.concatenate([x[1:], [0.0]])


def broyden(x):
    before, after = neighbours(x)
    return (3 - 2 * x) * x - before - 2 * after + 1


def broyden_by_hand(x):
    return broyden(x), np.diag(3 - 4 * x) - np.eye(x.size, k=-1) - 2 * np.eye(x.size, k=1)


def bratu(u):
    before, after = neighbours(u)
    return (u.shape[0] + 1) ** 2 * (before - 2 * u + after) + np.exp(u)


def layer(units, inputs):
    W = waves(units, inputs)
    return lambda x: np.tanh(W @ x)


def waves(rows, columns):
    """Weights that need no data: each row is a wave of another length."""
    return np.cos(np.outer(np.arange(1, rows + 1), np.arange(1, columns + 1))) / np.sqrt(columns)


def layer_by_hand(units, inputs):
    W = waves(units, inputs)

    def values_and_jacobian(x):
        y = np.tanh(W @ x)
        return y, (1 - y * y)[:, None] * W

    return values_and_jacobian


def layer_to(units):
    """A layer to so many units, from as many inputs as one likes: a cell of the map of n by m."""
    return Problem(
        name=f"layer_to_{units}", summary=f"a layer y = tanh(W x) to {units} unit{'s' * (units > 1)}",
        source="Griewank, Walther 2008, Evaluating Derivatives, section 3.2: n directions or m",
        operator="jacobian", tags=("vector",), build=partial(layer, units),
        hand=partial(layer_by_hand, units), arguments=vector(-1, 1), size=4, size_means="inputs",
        suites={"crossover": WIDTHS})  # fmt: skip


def bratu_by_hand(u):
    band = np.eye(u.size, k=-1) - 2 * np.eye(u.size) + np.eye(u.size, k=1)
    return bratu(u), (u.size + 1) ** 2 * band + np.diag(np.exp(u))


PROBLEMS = (
    Problem(
        name="osborne",
        summary="tall: x0 + x1 exp(-x3 t) + x2 exp(-x4 t) at many times",
        source="Osborne 1972; More, Garbow, Hillstrom 1981, problem 17",
        operator="jacobian",
        build=osborne,
        hand=osborne_by_hand,
        arguments=lambda size, random: (np.array([0.5, 1.5, -1, 0.01, 0.02]) * random.uniform(0.8, 1.2, 5),),
        famous=lambda size: (np.array([0.5, 1.5, -1, 0.01, 0.02]),),
        size=33,
        size_means="observations",
        suites={"default": (33,)},
        tags=("vector", "tall", "textbook"),
    ),
    Problem(
        name="chebyquad",
        summary="wide: means of four Chebyshev polynomials over many points",
        source="Fletcher 1965; More, Garbow, Hillstrom 1981, problem 35",
        operator="jacobian",
        build=always(chebyquad),
        hand=always(chebyquad_by_hand),
        arguments=vector(0, 1),
        famous=lambda size: (np.arange(1, size + 1) / (size + 1),),
        size=20,
        size_means="points",
        suites={"default": (10,)},
        tags=("vector", "wide", "loop", "textbook"),
    ),
    Problem(
        name="broyden",
        summary="banded: (3 - 2 x[i]) x[i] - x[i-1] - 2 x[i+1] + 1",
        source="Broyden 1965; More, Garbow, Hillstrom 1981, problem 30",
        operator="jacobian",
        build=always(broyden),
        hand=always(broyden_by_hand),
        arguments=vector(-1.5, 0.5),
        famous=lambda size: (np.full(size, -1.0),),
        size=10,
        size_means="unknowns",
        suites={"default": (10,)},
        tags=("vector", "banded", "textbook"),
    ),
    Problem(
        name="bratu",
        summary="banded: u'' + exp(u) by differences on (0, 1)",
        source="Bratu 1914; Ascher, Mattheij, Russell, Numerical Solution of Boundary Value Problems",
        operator="jacobian",
        build=always(bratu),
        hand=always(bratu_by_hand),
        arguments=vector(0, 1),
        size=10,
        size_means="grid points",
        tags=("vector", "banded"),
    ),
    *map(layer_to, WIDTHS),
)
