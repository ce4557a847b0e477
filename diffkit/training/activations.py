"""What stands between and behind the layers: activations and losses, elementwise and without branches.

Everything is NumPy that an interpreter can follow, a choice is np.where: so every backend differentiates it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calculus.elementwise import logistic, stop_gradient
from ..calculus.spellings import relu, softplus

Elementwise = Callable[[Any], Any]


def step(x: Any) -> Any:
    """The threshold unit: 1 from 0 on, 0 below. Its derivative is zero wherever it exists.

    McCulloch and Pitts 1943; Rosenblatt 1958.
    """
    return np.where(np.greater_equal(x, 0), 1.0, 0.0)


def leaky_relu(x: Any) -> Any:
    """x, and a hundredth of it below 0, so that no unit dies. Maas, Hannun, Ng 2013."""
    return np.where(np.greater(x, 0), x, 0.01 * x)


def gelu(x: Any) -> Any:
    """x times nearly the normal distribution function, in its form with tanh. Hendrycks and Gimpel 2016."""
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x * x * x)))


def identity(x: Any) -> Any:
    """x itself: a network of such layers is linear."""
    return x


@dataclass(frozen=True)
class Activation:
    """A function of a pre-activation, and the initialisation that keeps its variance from layer to layer."""

    function: Elementwise
    scheme: str


ACTIVATIONS: dict[str, Activation] = {
    "step": Activation(step, "glorot"),
    "logistic": Activation(logistic, "glorot"),
    "tanh": Activation(np.tanh, "glorot"),
    "relu": Activation(relu, "he"),
    "leaky-relu": Activation(leaky_relu, "he"),
    "softplus": Activation(softplus, "he"),
    "gelu": Activation(gelu, "he"),
    "identity": Activation(identity, "glorot"),
}


def mse(scores: Any, Y: Any) -> Any:
    """Mean squared error, over samples and outputs."""
    return np.mean(np.square(scores - Y))


def logistic_loss(scores: Any, Y: Any) -> Any:
    """Mean cross-entropy of logistic(scores) against labels 0 and 1, without overflow at any score."""
    return np.mean(softplus(scores) - Y * scores)


def cross_entropy(scores: Any, Y: Any) -> Any:
    """Mean cross-entropy of softmax(scores) against one-hot labels, without overflow at any score."""
    scores = scores - stop_gradient(np.max(scores, axis=1, keepdims=True))  # changes nothing but overflow
    return (np.sum(np.log(np.sum(np.exp(scores), axis=1))) - np.sum(Y * scores)) / scores.shape[0]


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "mse": mse,
    "logistic": logistic_loss,
    "cross-entropy": cross_entropy,
}
