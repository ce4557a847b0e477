"""From options to a job: defaults that suit the data, and refusals before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from .activations import LOSSES
from .data import Data, load_data, split
from .network import SCHEMES, Network, refuse_unknown
from .optimizers import OPTIMIZERS, SCHEDULES
from .record import Checkpoint, Setup, read_kind
from .tables import BadData
from .trainee import QUASI_NEWTON, Job

STEPS = 1000  # that the default number of epochs comes to, between 10 and 200 epochs
HIDDEN = {"digits": 32}
VALIDATION = 0.15  # share of the samples that early stopping is decided by
DIGITS = "digits"


def planned(
    data: Any = DIGITS,
    layers: Sequence[int] | None = None,
    activation: str = "tanh",
    loss: str | None = None,
    optimizer: str = "adam",
    learning_rate: float | None = None,
    schedule: str = "constant",
    batch: int = 32,
    epochs: int | None = None,
    seed: int = 0,
    decay: float = 0.0,
    init: str = "",
    patience: int = 0,
    target: str | None = None,
    test: float = 0.25,
) -> Job:
    """The job that these options describe.

    Without layers one hidden layer of 8 units (32 for the digits), without a loss the one that suits the
    data, without a learning rate that of the optimiser, without epochs as many as make about 1,000 steps.
    Raises ValueError (BadData for what concerns the data) in one sentence.
    """
    refuse_unknown("optimizer", optimizer, [*OPTIMIZERS, QUASI_NEWTON])
    refuse_unknown("schedule", schedule, SCHEDULES)
    refuse_unknown("init", init, ["", *SCHEMES])
    if loss is not None:
        refuse_unknown("loss", loss, LOSSES)
    refuse_negative(batch=batch, patience=patience)
    if epochs is not None and epochs < 1:
        raise ValueError(f"epochs = {epochs}: it must be positive.")
    if learning_rate is not None and not 0 < learning_rate < float("inf"):
        raise ValueError(f"the learning rate is {learning_rate}: it must be a positive number.")
    if not 0 < test < 1 - VALIDATION:
        raise ValueError(f"test = {test}: set aside a share of the samples between 0 and {1 - VALIDATION}.")
    if optimizer == QUASI_NEWTON:
        if patience:
            raise ValueError(f"patience = {patience}: {QUASI_NEWTON} stops by itself; leave it out.")
        batch = 0  # it takes all samples at once
    found = load_data(data, seed, target, "classes" if loss in ("logistic", "cross-entropy") else "")
    layers = tuple(layers) if layers else default_layers(found)
    if layers[0] != found.X.shape[1]:
        raise BadData(f"{found.name} has {found.X.shape[1]} features: the first layer has {layers[0]} units.")
    network = Network(layers, activation, fitting_loss(found, loss, layers[-1]), decay)
    parts = split(found, layers[-1], seed, test, VALIDATION if patience else 0.0)
    steps = ceil(len(parts.train[0]) / batch) if batch else 1
    setup = Setup(
        data=str(data) if isinstance(data, str | Path) else "arrays", layers=list(layers),
        activation=activation, loss=network.loss_name, optimizer=optimizer, schedule=schedule, batch=batch,
        learning_rate=learning_rate or (OPTIMIZERS[optimizer].rate if optimizer in OPTIMIZERS else 1.0),
        epochs=epochs or min(max(ceil(STEPS / steps), 10), 200), seed=seed, decay=decay, init=init,
        patience=patience, target=target, test=test,
    )  # fmt: skip
    return Job(setup, network, parts, bool(found.classes))


def refuse_negative(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 0:
            raise ValueError(f"{name} = {number}: it must not be negative.")


def default_layers(data: Data) -> tuple[int, ...]:
    """Features, one hidden layer, and a unit for each class or number; two classes need one."""
    outputs = data.targets.shape[1] if not data.classes else len(data.classes)
    return data.X.shape[1], HIDDEN.get(data.name, 8), 1 if len(data.classes) == 2 else outputs


def fitting_loss(data: Data, loss: str | None, outputs: int) -> str:
    """The loss that is asked for, in its form for this many outputs, or the one that suits the data."""
    if not data.classes:
        if loss not in (None, "mse"):
            raise BadData(f"the loss {loss} is for classes, {data.name} has numbers to predict: use mse.")
        return "mse"
    if loss in (None, "cross-entropy"):
        return "logistic" if outputs == 1 else "cross-entropy"
    return loss


def continued(path: str | Path, data: Any = None, epochs: int | None = None) -> tuple[Job, list[Checkpoint]]:
    """The job of a stopped run and where each of its backends stands, from its file of records.

    data: the arrays again, where the run had arrays. epochs: another end than was planned. Raises ValueError
    where the file has no checkpoint, or a checkpoint that cannot be continued; OSError as `open` does.
    """
    latest = {each.backend: each for each in read_kind(path, Checkpoint)}
    if not latest:
        raise ValueError(f"{path} has no checkpoint: it is no file of a training, or that was never begun.")
    setup = Setup(**next(iter(latest.values())).setup)
    if setup.optimizer == QUASI_NEWTON:
        raise ValueError(f"{path}: a run of {QUASI_NEWTON} cannot be continued, for SciPy keeps its state.")
    if setup.data == "arrays" and (data is None or isinstance(data, str | Path)):
        raise ValueError(f"{path} was trained on arrays: pass them again as data.")
    options = vars(setup) | {"data": data if setup.data == "arrays" else setup.data}
    job = planned(**options | {"epochs": epochs or setup.epochs})
    return replace(job, setup=replace(job.setup, data=setup.data)), list(latest.values())
