"""Backpropagation written by hand in NumPy: what every backend's step is measured against.

Not among the backends of the registry, because it differentiates nothing but the loss of a dense network.
Rumelhart, Hinton, Williams 1986.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from ..calculus.elementwise import logistic
from ..differentiators.interface import Counted, Differentiator, Prepared, Unsupported
from .activations import ACTIVATIONS
from .network import Network

Slope = Callable[[np.ndarray, np.ndarray], Any]


def gelu_slope(z: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Product and chain rule on z/2 (1 + tanh(c (z + k z**3)))."""
    c, k = np.sqrt(2 / np.pi), 0.044715
    t = np.tanh(c * (z + k * z * z * z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * c * (1 + 3 * k * z * z)


SLOPES: dict[str, Slope] = {  # of the activation, from the pre-activation z and the activation a
    "step": lambda z, a: 0.0,
    "logistic": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": lambda z, a: z > 0,
    "leaky-relu": lambda z, a: np.where(z > 0, 1.0, 0.01),
    "softplus": lambda z, a: logistic(z),
    "gelu": gelu_slope,
    "identity": lambda z, a: 1.0,
}


def mse_by_hand(scores: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    error = scores - Y
    return np.vdot(error, error) / error.size, error * (2 / error.size)


def logistic_by_hand(scores: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    loss = (np.logaddexp(scores, 0.0).sum() - np.vdot(Y, scores)) / scores.size
    return loss, (logistic(scores) - Y) / scores.size


def cross_entropy_by_hand(scores: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    scores = scores - np.maximum.reduce(scores, axis=1, keepdims=True)
    shares = np.exp(scores)
    totals = np.add.reduce(shares, axis=1, keepdims=True)
    loss = (np.add.reduce(np.log(totals), axis=None) - np.vdot(Y, scores)) / len(scores)
    shares /= totals
    shares -= Y
    shares /= len(scores)
    return loss, shares


LOSSES_BY_HAND = {"mse": mse_by_hand, "logistic": logistic_by_hand, "cross-entropy": cross_entropy_by_hand}


def by_hand(
    network: Network, parameters: Sequence[np.ndarray], X: np.ndarray, Y: np.ndarray
) -> tuple[float, list[np.ndarray]]:
    """Loss and gradient of a network on a batch: forward, keeping each layer, and back.

    >>> network = Network((1, 1))
    >>> by_hand(network, [np.array([[2.0]]), np.array([0.0])], np.array([[3.0]]), np.array([[5.0]]))
    (1.0, [array([[6.]]), array([2.])])
    """
    function, slope = ACTIVATIONS[network.activation].function, SLOPES[network.activation]
    kept, a = [], X
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        z = a @ W
        z += b
        kept.append((a, z))
        a = function(z)
    loss, flow = LOSSES_BY_HAND[network.loss_name](a @ parameters[-2] + parameters[-1], Y)
    g: list[np.ndarray] = []
    for before, z in reversed(kept):
        W = parameters[-2 - len(g)]
        g += [np.add.reduce(flow), a.T @ flow]
        flow = flow @ W.T
        flow *= slope(z, a)
        a = before
    g += [np.add.reduce(flow), a.T @ flow]
    g.reverse()
    if network.decay:
        g[::2] = [each + network.decay * W for each, W in zip(g[::2], parameters[::2], strict=True)]
        loss += network.decay / 2 * sum(np.vdot(W, W) for W in parameters[::2])
    return float(loss), g


class PreparedByHand(Prepared):
    """The gradient of one network's loss in its parameters, and nothing else."""

    def __init__(self, backend: Differentiator, f: Any, args: Any, wrt: Any, network: Network):
        super().__init__(backend, f, args, wrt)
        self.network = network

    def value_and_gradient(self, *args: Any) -> tuple[Any, Any]:
        return by_hand(self.network, *args)

    def rows(self, f: Any, leaves: Any) -> NoReturn:
        raise Unsupported("by-hand has the gradient of a network's loss alone; use reverse.")


@dataclass(frozen=True)
class ByHand(Differentiator):
    """Backpropagation written by hand, for the loss of a network in its parameters."""

    name: ClassVar[str] = "by-hand"
    summary: ClassVar[str] = "backpropagation written by hand, for comparison"

    def prepare(self, f: Any, args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0) -> PreparedByHand:
        loss = f
        while isinstance(loss, Counted):
            loss = loss.f
        network = getattr(loss, "__self__", None)
        if not isinstance(network, Network) or wrt != 0:
            raise Unsupported("by-hand differentiates the loss of a network in its parameters; use reverse.")
        return PreparedByHand(self, f, args, wrt, network)
