"""A dense network in plain NumPy: loss(parameters, X, Y), differentiated in the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .activations import ACTIVATIONS, LOSSES

SCHEMES = {  # the standard deviation of a weight between n inputs and m outputs
    "he": lambda n, m: np.sqrt(2 / n),  # He, Zhang, Ren, Sun 2015
    "glorot": lambda n, m: np.sqrt(2 / (n + m)),  # Glorot and Bengio 2010
}


@dataclass(frozen=True)
class Network:
    """Layers of units, an activation between them, none behind the last; a loss, and weight decay.

    layers: numbers of units, inputs first. Parameters are a list [W1, b1, W2, b2, ...], W of shape (inputs,
    outputs). decay: the loss has decay/2 times the sum of squared weights added; biases are free. Raises
    ValueError for fewer than two layers, an unknown activation or loss, and a negative decay.

    >>> network = Network((2, 3, 1))
    >>> [x.shape for x in network.initial(seed=0)], network.size
    ([(2, 3), (3,), (3, 1), (1,)], 13)
    """

    layers: tuple[int, ...]
    activation: str = "tanh"
    loss_name: str = "mse"
    decay: float = 0.0

    def __post_init__(self) -> None:
        if len(self.layers) < 2 or min(self.layers) < 1:
            text = ",".join(map(str, self.layers))
            raise ValueError(f"layers {text} are no network: give numbers of units, such as 2,8,1.")
        refuse_unknown("activation", self.activation, ACTIVATIONS)
        refuse_unknown("loss", self.loss_name, LOSSES)
        if not 0 <= self.decay < np.inf:
            raise ValueError(f"the weight decay is {self.decay}: it must be 0 or a positive number.")

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the parameters, in order."""
        pairs = zip(self.layers, self.layers[1:], strict=False)
        return [shape for n, m in pairs for shape in ((n, m), (m,))]

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    @property
    def operations(self) -> int:
        """Multiplications and additions of one sample's scores; each unit's function counts as one more."""
        return sum(2 * n * m + m for n, m in zip(self.layers, self.layers[1:], strict=False))

    def initial(self, seed: int, scheme: str = "") -> list[np.ndarray]:
        """Parameters drawn from the seed: weights normal as the scheme says, biases 0.

        scheme: "he", "glorot", or nothing for the one that suits the activation.
        """
        deviation = SCHEMES[refuse_unknown("init", scheme or ACTIVATIONS[self.activation].scheme, SCHEMES)]
        random = np.random.default_rng([seed, 0])
        return [
            random.normal(size=shape) * deviation(*shape) if len(shape) == 2 else np.zeros(shape)
            for shape in self.shapes
        ]

    def layer_values(self, parameters: Sequence[Any], X: Any) -> list[tuple[Any, Any]]:
        """(pre-activation, activation) of every layer for X of shape (batch, inputs); the last are scores."""
        function = ACTIVATIONS[self.activation].function
        values, a, last = [], X, len(self.layers) - 2
        for k in range(last + 1):
            z = a @ parameters[2 * k] + parameters[2 * k + 1]
            a = z if k == last else function(z)
            values.append((z, a))
        return values

    def scores(self, parameters: Sequence[Any], X: Any) -> Any:
        """The last layer's values, (batch, outputs): what a prediction reads. Nothing else is kept."""
        function = ACTIVATIONS[self.activation].function
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            X = function(X @ W + b)
        return X @ parameters[-2] + parameters[-1]

    def loss(self, parameters: Sequence[Any], X: Any, Y: Any) -> Any:
        """The mean loss over the batch, a number."""
        return self.loss_of_scores(parameters, self.scores(parameters, X), Y)

    def loss_of_scores(self, parameters: Sequence[Any], scores: Any, Y: Any) -> Any:
        """The loss of these scores, and the penalty of the weights."""
        data_loss = LOSSES[self.loss_name](scores, Y)
        if not self.decay:
            return data_loss
        return data_loss + self.decay / 2 * sum(np.sum(np.square(W)) for W in parameters[::2])

    def accuracy(self, scores: Any, Y: Any) -> float:
        """Share of samples whose class is right; labels are one-hot, or 0 and 1 for a single output."""
        if self.layers[-1] == 1:
            middle = 0.5 if self.loss_name == "mse" else 0.0
            return float(np.mean((scores > middle) == (Y > 0.5)))
        return float(np.mean(np.argmax(scores, axis=1) == np.argmax(Y, axis=1)))

    def split(self, x: np.ndarray) -> list[np.ndarray]:
        """A vector of all parameters as the list of arrays, which are views of it."""
        parts, start = [], 0
        for shape in self.shapes:
            n = shape[0] * shape[1] if len(shape) == 2 else shape[0]
            parts.append(x[start : start + n].reshape(shape))
            start += n
        return parts


def joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """A list of arrays as one new vector.

    >>> joined([np.eye(2), np.zeros(1)])
    array([1., 0., 0., 1., 0.])
    """
    return np.concatenate([array.ravel() for array in arrays])


def refuse_unknown(what: str, name: str, table: Any) -> str:
    """The name, if the table has it; raises ValueError with the list of what there is."""
    if name not in table:
        raise ValueError(f"there is no {what} {name!r}: it is one of {', '.join(table)}.")
    return name
