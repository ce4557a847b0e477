"""Optimisers as pure functions of vectors: parameters, gradient, state, rate in; parameters and state out.

A state is a list of arrays and numbers; an empty one is the beginning. Nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray
State = list[Any]
Update = Callable[[Vector, Vector, State, float], tuple[Vector, State]]


def gradient_descent(x: Vector, g: Vector, state: State, rate: float) -> tuple[Vector, State]:
    """x - rate g. Cauchy 1847; with samples drawn by chance Robbins and Monro 1951.

    >>> gradient_descent(np.array([1.0]), np.array([2.0]), [], 0.25)
    (array([0.5]), [])
    """
    return x - rate * g, state


def momentum(x: Vector, g: Vector, state: State, rate: float, beta: float = 0.9) -> tuple[Vector, State]:
    """The velocity v = beta v + g moves x. Polyak 1964."""
    v = beta * state[0] + g if state else g
    return x - rate * v, [v]


def nesterov(x: Vector, g: Vector, state: State, rate: float, beta: float = 0.9) -> tuple[Vector, State]:
    """Momentum that looks one step of the velocity ahead: x is that point, as in Sutskever et al. 2013."""
    v = beta * state[0] + g if state else g
    return x - rate * (g + beta * v), [v]


def adagrad(x: Vector, g: Vector, state: State, rate: float, tiny: float = 1e-8) -> tuple[Vector, State]:
    """Each entry has its own rate, over the root of the sum of its squares. Duchi, Hazan, Singer 2011."""
    s = state[0] + g * g if state else g * g
    return x - rate * g / (np.sqrt(s) + tiny), [s]


def rmsprop(
    x: Vector, g: Vector, state: State, rate: float, rho: float = 0.9, tiny: float = 1e-8
) -> tuple[Vector, State]:
    """AdaGrad with a running mean of the squares, which forgets. Tieleman and Hinton 2012."""
    s = rho * (state[0] if state else 0.0) + (1 - rho) * g * g
    return x - rate * g / (np.sqrt(s) + tiny), [s]


def adam(
    x: Vector, g: Vector, state: State, rate: float,
    beta1: float = 0.9, beta2: float = 0.999, tiny: float = 1e-8,
) -> tuple[Vector, State]:  # fmt: skip
    """Running means of g and its squares, both without the bias of their start. Kingma and Ba 2015."""
    m, s, t = state or (0.0, 0.0, 0)
    m, s, t = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g * g, t + 1
    change = m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + tiny)
    return x - rate * change, [m, s, t]


@dataclass(frozen=True)
class Optimizer:
    """An update rule and the rate that suits most small networks."""

    update: Update
    rate: float


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(gradient_descent, 0.1),
    "momentum": Optimizer(momentum, 0.02),
    "nesterov": Optimizer(nesterov, 0.02),
    "adagrad": Optimizer(adagrad, 0.05),
    "rmsprop": Optimizer(rmsprop, 0.005),
    "adam": Optimizer(adam, 0.01),
}

# Learning rates over time: a factor for each share of the run that is done, from 0 to 1

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "step": lambda done: 0.1 ** min(int(3 * done), 2),  # a tenth, twice
    "exponential": lambda done: 0.01**done,
    "inverse": lambda done: 1 / (1 + 9 * done),
    "cosine": lambda done: float((1 + np.cos(np.pi * done)) / 2),  # Loshchilov and Hutter 2017
    "warm-up": lambda done: min(1.0, 10 * done + 0.01),
}
