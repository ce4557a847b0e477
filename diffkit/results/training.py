"""train: a network and data in, every backend's training out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..differentiators.interface import Differentiator
from ..harness.compare import as_backend
from ..harness.record import append_record, last_records_path
from ..report import training as tables
from ..report.anatomy import anatomy_text
from ..report.plots import draw
from ..training.anatomy import anatomy
from ..training.by_hand import ByHand
from ..training.plan import continued, planned
from ..training.record import Checkpoint, Run, Step, read_kind
from ..training.train import DEFAULT_TIMEOUT, OnRecord, Progress, fit
from .comparison import chosen, pandas
from .operators import Backends, loadable, split_backends

DEFAULT_BACKENDS = ("reverse", "compiled")


@dataclass(frozen=True, repr=False)
class Training:
    """Runs, one a backend, and all their steps. It prints as the 80-column table, in notebooks as HTML."""

    runs: Sequence[Run]
    steps: Sequence[Step] = ()
    checkpoints: Sequence[Checkpoint] = field(default=())

    def __str__(self) -> str:
        curves = tables.loss_curves(self.steps)
        return tables.training_table(self.runs) + (f"\n\n{curves}" if curves else "")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return tables.training_html(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    def epochs(self) -> list[dict[str, Any]]:
        """A row a backend and epoch: seconds of training until then, losses and accuracies."""
        return tables.epoch_rows(self.steps)

    def to_pandas(self, what: str = "runs") -> Any:
        """A pandas DataFrame of "runs", "epochs" or "steps"; raises ImportError where pandas is missing."""
        rows: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "runs": lambda: [run.as_row() for run in self.runs],
            "epochs": self.epochs,
            "steps": lambda: [dict(vars(step)) for step in self.steps],
        }
        if what not in rows:
            raise ValueError(f"there is no table of {what!r}: it is one of {', '.join(rows)}.")
        return pandas().DataFrame(rows[what]())

    def plot(self, kind: str = "training", style: str = "paper") -> Any:
        """The figure of its steps, a matplotlib Figure that notebooks show; style is paper or slides."""
        return draw(kind, [*self.steps, *self.runs], style)

    def save(self, path: str | Path) -> Path:
        """Write it in the format that the suffix names (.jsonl, .csv, .md, .json, .html); returns the path.

        A .jsonl file gets all records appended, and can be loaded and continued; others have the runs.
        Raises ValueError for another suffix, OSError as `open` does.
        """
        path = Path(path)
        writer = chosen(path, {"jsonl": None} | FORMATS)
        if writer is None:
            for record in (*self.steps, *self.checkpoints, *self.runs):
                append_record(path, record)
        else:
            path.write_text(writer(self.runs), encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: str | Path) -> Training:
        """The records of a .jsonl file; "@last" are those of the newest run.

        Of a run that was continued the last word counts. Raises FileNotFoundError where there is no such
        file, ValueError for a line that is no record.
        """
        path = last_records_path() if str(path) == "@last" else Path(path)
        runs = {run.backend: run for run in read_kind(path, Run)}
        steps = {(step.backend, step.step): step for step in read_kind(path, Step)}
        checkpoints = {each.backend: each for each in read_kind(path, Checkpoint)}
        return cls(list(runs.values()), list(steps.values()), list(checkpoints.values()))


FORMATS: dict[str, Callable[[Sequence[Run]], str]] = {
    "csv": tables.training_csv,
    "md": tables.training_markdown,
    "json": tables.training_json,
    "html": tables.training_html,
}


def train(
    data: Any = "digits",
    *,
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
    backends: Backends = DEFAULT_BACKENDS,
    timeout: float = DEFAULT_TIMEOUT,
    isolate: bool = False,
    on_record: OnRecord | None = None,
    progress: Progress | None = None,
) -> Training:
    """A small network trained by every backend from the same seed: losses, accuracy, digits, cost.

    data: xor, moons, circles, spirals, sine, iris, digits, the path of a CSV file (`target` names the column
    to predict, by default the last), or (X, y). layers: units, inputs first. activation: step, logistic,
    tanh, relu, leaky-relu, softplus, gelu or identity. loss: mse, logistic or cross-entropy. optimizer: sgd,
    momentum, nesterov, adagrad, rmsprop, adam or lbfgs. schedule: constant, step, exponential, inverse,
    cosine or warm-up. batch: samples a step, 0 for all. decay: of the weights. patience: epochs without a
    lower validation loss until it stops, 0 for never. test: share of samples set aside. What is not given
    suits the data. backends: names, "all" for all that load; "by-hand" is backpropagation written by hand.
    timeout: seconds for the steps of each backend, a fifth of them for its preparation. isolate: one
    subprocess for each backend. The same seed gives the same numbers on every run. Raises ValueError
    (UnknownBackend, BadData) in one sentence before it trains; whatever a backend does becomes its run.

    >>> result = train("xor", layers=(2, 4, 1), epochs=20, backends="reverse")
    >>> [(run.backend, run.status, run.test_accuracy > 0.9) for run in result.runs]
    [('reverse', 'ok', True)]

    Rumelhart, Hinton, Williams 1986, Learning representations by back-propagating errors.
    """
    job = planned(
        data, layers, activation, loss, optimizer, learning_rate, schedule, batch, epochs, seed, decay, init,
        patience, target, test,
    )  # fmt: skip
    steps, runs, checkpoints = fit(
        job, trainers(backends), timeout=timeout, isolate=isolate, on_record=on_record, progress=progress,
    )  # fmt: skip
    return Training(runs, steps, checkpoints)


def trainers(backends: Backends) -> list[Differentiator]:
    """The backends of a training: those of compare, and the step written by hand."""
    if isinstance(backends, str):
        backends = loadable() if backends == "all" else split_backends(backends)
    elif isinstance(backends, Differentiator):
        backends = [backends]
    return [ByHand() if each == ByHand.name else as_backend(each) for each in backends]


def resume(
    path: str | Path,
    *,
    data: Any = None,
    epochs: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    isolate: bool = False,
    on_record: OnRecord | None = None,
    progress: Progress | None = None,
) -> Training:
    """The training of a .jsonl file continued: bit for bit the numbers of one that was never stopped.

    data: the arrays again, where it had arrays. epochs: another end than was planned. New records go to
    `on_record` alone. Raises ValueError where the file has nothing to continue, OSError as `open` does.
    """
    job, checkpoints = continued(path, data, epochs)
    steps, runs, checkpoints = fit(
        job, trainers([each.backend for each in checkpoints]), checkpoints=checkpoints,
        earlier=Training.load(path).steps, timeout=timeout, isolate=isolate, on_record=on_record,
        progress=progress,
    )  # fmt: skip
    return Training(runs, steps, checkpoints)


def explain_training(data: Any = "digits", backend: str = "reverse", width: int = 80, **options: Any) -> str:
    """The first step for the first training sample as a lecture would write it; options as for `train`.

    >>> text = explain_training("xor", layers=(2, 2, 1), optimizer="sgd")
    >>> "dL/dz1 = dL/da1 * tanh'(z1)" in text
    True
    """
    return anatomy_text(anatomy(planned(data, **options), backend), width)
