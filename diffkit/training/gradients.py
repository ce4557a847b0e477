"""The gradient of a network's loss on a batch, by any backend, prepared once for each size of batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..differentiators.interface import Counted, Differentiator, Prepared
from .network import Network, joined

Evaluated = tuple[float, np.ndarray]  # loss, gradient as one vector


class Gradients:
    """One network, one backend; `loss.calls` counts how often the loss itself was run.

    A backend that works entry by entry derives the loss of one sample, whose gradients are then averaged.
    """

    def __init__(self, backend: Differentiator, network: Network):
        self.backend, self.network = backend, network
        self.loss = Counted(network.loss)
        self.prepared: dict[int, Prepared] = {}

    def at(self, parameters: Any, X: np.ndarray, Y: np.ndarray) -> Callable[[Any, Any, Any], Evaluated]:
        """The function (parameters, X, Y) -> (loss, gradient) for batches of this size, prepared."""
        size = 1 if self.backend.entrywise else len(X)
        if size not in self.prepared:
            self.prepared[size] = self.backend.prepare(self.loss, (parameters, X[:size], Y[:size]), 0)
        prepared = self.prepared[size]

        def on_batch(parameters: Any, X: np.ndarray, Y: np.ndarray) -> Evaluated:
            loss, g = prepared.value_and_gradient(parameters, X, Y)
            return loss, joined(g)

        def by_sample(parameters: Any, X: np.ndarray, Y: np.ndarray) -> Evaluated:
            losses, gs = prepared.values_and_gradients(parameters, X[:, None], Y[:, None])
            return float(np.mean(losses)), joined([np.mean(g, axis=0) for g in gs])

        return by_sample if self.backend.entrywise else on_batch

    def __call__(self, parameters: Any, X: np.ndarray, Y: np.ndarray) -> Evaluated:
        """Loss and gradient on a batch of any size."""
        return self.at(parameters, X, Y)(parameters, X, Y)
