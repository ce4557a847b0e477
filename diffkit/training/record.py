"""What training leaves behind as records: a Step an update, a Run a backend, a Checkpoint to go on from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

from ..harness.record import SCHEMA, STATUSES, AnyRecord, Record, read_records


@dataclass(frozen=True)
class Setup:
    """What a run is decided by, in JSON's types. The same setup gives the same numbers.

    data: a name, a path, or "arrays". batch: samples a step, 0 for all. epochs: how many are planned.
    patience: epochs without a lower validation loss until it stops, 0 for never. test: share of samples.
    """

    data: str
    layers: list[int]
    activation: str
    loss: str
    optimizer: str
    learning_rate: float
    schedule: str = "constant"
    batch: int = 32
    epochs: int = 20
    seed: int = 0
    decay: float = 0.0
    init: str = ""
    patience: int = 0
    target: str | None = None
    test: float = 0.25

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """One update of the parameters by one backend; None where not measured.

    loss: of the batch, before the update. gradient_norms: 2-norm of the gradient in each layer's biases,
    which is what flows back to the layer, summed over the batch. gradient_seconds: of the gradient alone;
    primal_seconds: of the loss alone; seconds: of gradient and update. evaluations: calls of the loss. After
    the last step of an epoch: losses and accuracies over all samples to learn from and to test by. Where the
    gradient was certified: its correct digits, or in `message` why there is no truth. After the last step,
    where it can be drawn in a plane: what was learnt (see learnt.py).

    >>> step = Step(backend="reverse", epoch=0, step=0, loss=0.5)
    >>> Step.from_json_line(step.to_json_line()) == step
    True
    """

    schema: str = SCHEMA
    record: str = "step"
    backend: str
    epoch: int
    step: int
    loss: float | None
    learning_rate: float | None = None
    gradient_norms: list[float | None] = field(default_factory=list)
    gradient_seconds: float | None = None
    primal_seconds: float | None = None
    seconds: float | None = None
    evaluations: int | None = None
    train_loss: float | None = None
    test_loss: float | None = None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    digits: float | None = None
    message: str | None = None
    learnt: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Run(Record):
    """One backend's training as a whole: how it ended, what it reached, what it cost; None: not known.

    epochs: whole ones that were done. final_loss: over the training samples. seconds_per_step: median.
    ratio: a gradient's time over that of the loss. operations: of one gradient, where the backend knows them.
    evaluations: calls of the loss in one step, median. peak_bytes: of one gradient, which keeps every
    intermediate, beside predict_bytes, of one prediction on the same batch. digits: the fewest of all
    certified gradients. diagnoses: sentences on what went wrong. parted: where its losses leave those of
    another backend by more than rounding, and why. Raises ValueError for an unknown status.
    """

    schema: str = SCHEMA
    record: str = "run"
    backend: str
    settings: dict[str, Any] = field(default_factory=dict)
    setup: dict[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    status: str
    message: str | None = None
    epochs: int = 0
    steps: int = 0
    final_loss: float | None = None
    test_loss: float | None = None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    prepare_seconds: float | None = None
    seconds_per_step: float | None = None
    seconds_per_epoch: float | None = None
    gradients_per_second: float | None = None
    primal_seconds: float | None = None
    ratio: float | None = None
    operations: int | None = None
    evaluations: float | None = None
    peak_bytes: int | None = None
    predict_bytes: int | None = None
    digits: float | None = None
    diagnoses: list[str] = field(default_factory=list)
    parted: dict[str, Any] | None = None
    threads: int | None = None
    argv: list[str] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.status not in (*STATUSES, None):
            raise ValueError(f"There is no status {self.status!r}: it is one of {', '.join(STATUSES)}.")

    def as_row(self) -> dict[str, Any]:
        """A row of `--json`: the backend and what came of it."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class Checkpoint(Record):
    """All that the next epoch depends on: setup, parameters, the optimiser's state, the best so far."""

    schema: str = SCHEMA
    record: str = "checkpoint"
    backend: str
    setup: dict[str, Any]
    epoch: int
    step: int
    parameters: list[float]
    state: list[Any]
    best_loss: float | None = None
    best_parameters: list[float] = field(default_factory=list)
    waited: int = 0


def read_kind(path: str | Path, kind: type[AnyRecord]) -> list[AnyRecord]:
    """The records of one kind in a file that has several; raises as read_records does."""
    name = kind.__dataclass_fields__["record"].default  # type: ignore[attr-defined]
    return [each for each in read_records(path, kind) if vars(each)["record"] == name]


@dataclass(frozen=True)
class Totals:
    """What the steps of one backend add up to."""

    steps: Sequence[Step]

    @classmethod
    def of(cls, steps: Sequence[Step], backend: str) -> Self:
        return cls([step for step in steps if step.backend == backend])

    def as_dict(self) -> dict[str, Any]:
        """The fields of a Run that follow from its steps."""
        ends = [step for step in self.steps if step.train_loss is not None]
        last = vars(ends[-1]) if ends else {}
        names = ("test_loss", "train_accuracy", "test_accuracy")
        per_step, per_gradient = self.middle("seconds"), self.middle("gradient_seconds")
        primal = self.middle("primal_seconds")
        epochs: dict[int, float] = {}
        for step in self.steps:
            epochs[step.epoch] = epochs.get(step.epoch, 0.0) + (step.seconds or 0.0)
        whole = [epochs[step.epoch] for step in ends]
        certified = [step.digits for step in self.steps if step.digits is not None]
        return {name: last.get(name) for name in names} | {
            "final_loss": last.get("train_loss"), "steps": len(self.steps),
            "seconds_per_step": per_step, "seconds_per_epoch": median(whole) if whole else None,
            "gradients_per_second": 1 / per_gradient if per_gradient else None, "primal_seconds": primal,
            "ratio": per_gradient / primal if per_gradient and primal else None,
            "evaluations": self.middle("evaluations"), "digits": min(certified, default=None),
        }  # fmt: skip

    def middle(self, name: str) -> Any:
        """The median of one field over the steps, None where none has it."""
        known = [value for step in self.steps if (value := getattr(step, name)) is not None]
        return median(known) if known else None
