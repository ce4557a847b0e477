"""One forward and one backward pass of one sample, layer by layer, and the update, as a plain dict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..differentiators.interface import Differentiator
from ..differentiators.operators import prepare
from ..harness.record import SCHEMA
from .activations import ACTIVATIONS
from .network import Network, joined
from .optimizers import OPTIMIZERS
from .trainee import QUASI_NEWTON, Job


def anatomy(job: Job, backend: str | Differentiator = "reverse") -> dict[str, Any]:
    """What happens in the first step for the first training sample, in JSON's types.

    layers: of each W, b, input, z (pre-activation), a (activation), and the loss's derivatives in W, b, a and
    z, all by the backend: those in a and z are derivatives in zeros that are added there. update: of each
    parameter its name, value, derivative and new value.

    >>> from .plan import planned
    >>> found = anatomy(planned("xor", layers=(2, 2, 1)))
    >>> list(found["layers"][0])
    ['W', 'b', 'input', 'z', 'a', 'dW', 'db', 'dz', 'da']
    """
    network, setup = job.network, job.setup
    X, Y = (each[:1] for each in job.split.train)
    parameters = network.initial(setup.seed, setup.init)
    zeros = [np.zeros((1, m)) for m in network.layers[1:] for _ in range(2)]
    args = (parameters, zeros, X, Y)
    prepared = prepare(Probed(network), *args, wrt=(0, 1), backend=backend)
    loss, (g, adjoints) = prepared.value_and_gradient(*args)
    values = network.layer_values(parameters, X)
    inputs = [X, *(a for _, a in values[:-1])]
    layers = [
        {
            "W": parameters[2 * k], "b": parameters[2 * k + 1], "input": inputs[k][0], "z": z[0], "a": a[0],
            "dW": g[2 * k], "db": g[2 * k + 1], "dz": adjoints[2 * k][0], "da": adjoints[2 * k + 1][0],
        }
        for k, (z, a) in enumerate(values)
    ]  # fmt: skip
    moved = first_update(setup.optimizer, joined(parameters), joined(g), setup.learning_rate)
    after = network.loss(network.split(moved), X, Y)
    told = {
        "schema": SCHEMA, "record": "anatomy", "data": setup.data, "units": list(network.layers),
        "activation": network.activation, "loss_name": network.loss_name, "decay": network.decay,
        "optimizer": setup.optimizer, "learning_rate": setup.learning_rate, "backend": str(backend),
        "target": Y[0], "loss": loss, "loss_after": after, "layers": layers,
        "update": updates(network, joined(parameters), joined(g), moved),
    }  # fmt: skip
    return plain_lists(told)


class Probed:
    """The loss with something added to each pre-activation and activation: zeros, to differentiate in."""

    def __init__(self, network: Network):
        self.network = network

    def __call__(self, parameters: Sequence[Any], added: Sequence[Any], X: Any, Y: Any) -> Any:
        function, last = ACTIVATIONS[self.network.activation].function, len(added) // 2 - 1
        for k in range(last + 1):
            z = X @ parameters[2 * k] + parameters[2 * k + 1] + added[2 * k]
            X = (z if k == last else function(z)) + added[2 * k + 1]
        return self.network.loss_of_scores(parameters, X, Y)


def first_update(optimizer: str, x: np.ndarray, g: np.ndarray, rate: float) -> np.ndarray:
    """The parameters after one step; L-BFGS begins along the gradient, with unit length."""
    if optimizer == QUASI_NEWTON:
        return x - g / max(float(np.linalg.norm(g)), 1e-300)
    return OPTIMIZERS[optimizer].update(x, g, [], rate)[0]


def updates(network: Network, x: np.ndarray, g: np.ndarray, moved: np.ndarray) -> list[dict[str, Any]]:
    """Each parameter by its name, such as W1[0,2] or b2[0]: value, derivative, new value."""
    names = [
        f"{'b' if k % 2 else 'W'}{k // 2 + 1}[{','.join(map(str, where))}]"
        for k, shape in enumerate(network.shapes)
        for where in np.ndindex(shape)
    ]
    return [
        {"name": name, "value": a, "derivative": b, "new": c}
        for name, a, b, c in zip(names, x, g, moved, strict=True)
    ]


def plain_lists(x: Any) -> Any:
    """Arrays as nested lists of floats, NaN and infinities as None."""
    if isinstance(x, dict):
        return {key: plain_lists(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_lists(each) for each in x]
    if isinstance(x, (np.ndarray, np.generic)):
        return plain_lists(x.tolist())
    return None if isinstance(x, float) and not np.isfinite(x) else x
