"""What goes wrong in training, told in sentences that name the cause and the way out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..differentiators.operators import jvp
from ..differentiators.walk import walk
from .activations import ACTIVATIONS
from .data import batches
from .gradients import Gradients
from .network import Network
from .optimizers import OPTIMIZERS, SCHEDULES, State
from .record import Setup, Step

TRIAL_STEPS = 30  # of a smaller learning rate
HALVINGS = [2**k for k in range(12)]  # of the rate: from 1 to more than doubles have
VANISHED, EXPLODED = 1e-4, 1e4  # first layer's gradient over the last layer's


def no_slope(activation: str) -> str:
    """A sentence if the activation's derivative is zero wherever one looks, so that nothing below it learns.

    >>> no_slope("tanh")
    ''
    >>> no_slope("step")[:53]
    'the activation step has derivative zero everywhere it'
    """
    points = np.linspace(-3, 3, 25)
    if np.any(jvp(ACTIVATIONS[activation].function, points, np.ones_like(points))[1]):
        return ""
    return (
        f"the activation {activation} has derivative zero everywhere it exists, so the gradient of all "
        "layers but the last is 0 and learning cannot move them; use logistic, the smooth threshold"
    )


def flow_of_gradients(steps: Sequence[Step]) -> list[str]:
    """Sentences on gradients that vanish or explode between the last layer and the first."""
    norms = [step.gradient_norms for step in steps if None not in step.gradient_norms]
    if not norms or len(norms[0]) < 2:
        return []
    middle = np.median(np.array(norms, dtype=float), axis=0)
    told = f"by layer, first to last, their norms are {', '.join(f'{norm:.1e}' for norm in middle)}"
    if not middle[0] or not middle[-1]:
        return []
    if middle[0] < VANISHED * middle[-1]:
        return [f"vanishing gradients: {told}; use fewer layers, relu or another initialisation"]
    if middle[0] > EXPLODED * middle[-1]:
        return [f"exploding gradients: {told}; use smaller weights or a smaller learning rate"]
    return []


def dead_units(network: Network, parameters: Sequence[Any], X: np.ndarray) -> list[str]:
    """Sentences on layers with units whose activation is 0 for every sample: their weights do not learn."""
    sentences = []
    for k, (_, a) in enumerate(network.layer_values(parameters, X)[:-1], 1):
        dead = int(np.sum(np.all(a == 0, axis=0)))
        if dead:
            sentences.append(
                f"{dead} of {a.shape[1]} units of layer {k} are dead: {network.activation} is 0 for all "
                f"{len(X)} samples; use leaky-relu or a smaller learning rate"
            )
    return sentences


def where_not_finite(network: Network, parameters: Sequence[Any], X: np.ndarray, Y: np.ndarray) -> str:
    """Which operation makes the first value, or on the way back the first adjoint, that is not finite."""
    found = walk(network.loss, list(parameters), X, Y, names=("parameters", "X", "Y"))
    for step in found.steps:
        if not np.all(np.isfinite(step.value)):
            if step.kind == "input":
                return f"the update made {step.symbol} not finite"
            return f"the value of {step.symbol} = {step.text} is not finite"
    for step in reversed(found.steps):
        if not np.all(np.isfinite(step.adjoint)):
            return f"the adjoint of {step.symbol}{f' = {step.text}' if step.text else ''} is not finite"
    return f"the loss grew to {found.value:.3g}"


def rate_that_descends(
    gradients: Gradients, x: np.ndarray, X: np.ndarray, Y: np.ndarray, setup: Setup
) -> float | None:
    """The largest of rate/2, rate/4, ... that lowers the loss over 30 steps from x; None if none does.

    The halvings are doubled until it does, and then bisected.
    """
    network = gradients.network
    first = network.loss(network.split(x), X, Y)

    def descends(halvings: int) -> bool:
        rate = math.ldexp(setup.learning_rate, -halvings)
        return bool(network.loss(network.split(trial(gradients, x, X, Y, setup, rate)), X, Y) < first)

    enough = next((k for k in HALVINGS if descends(k)), None)
    if enough is None:
        return None
    between = range(enough // 2 + 1, enough + 1)
    return math.ldexp(setup.learning_rate, -between[bisect_left(between, True, key=descends)])


def trial(
    gradients: Gradients, x: np.ndarray, X: np.ndarray, Y: np.ndarray, setup: Setup, rate: float
) -> np.ndarray:
    """The parameters after 30 steps at this rate."""
    state: State = []
    update, schedule = OPTIMIZERS[setup.optimizer].update, SCHEDULES[setup.schedule]
    todo: list[np.ndarray] = []
    for epoch in range(TRIAL_STEPS):
        todo += batches(len(X), setup.batch, setup.seed, epoch)
        if len(todo) >= TRIAL_STEPS:
            break
    for number, index in enumerate(todo[:TRIAL_STEPS]):
        _, g = gradients(gradients.network.split(x), X[index], Y[index])
        x, state = update(x, g, state, rate * schedule(number / TRIAL_STEPS))
    return x
