"""One backend that trains one network, an epoch at a time; held by a worker, here or in another process."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..differentiators.interface import Differentiator
from ..harness.accuracy import bound_digits, verdict
from ..harness.cost import peak_bytes, seconds_of, square
from ..harness.truth import Truth, attainable_digits, correct_digits, truth
from .data import Split, batches
from .diagnosis import dead_units, rate_that_descends, where_not_finite
from .gradients import Gradients
from .learnt import learnt
from .network import Network, joined
from .optimizers import OPTIMIZERS, SCHEDULES, State
from .quasi_newton import minimise
from .record import Checkpoint, Setup, Step

QUASI_NEWTON = "lbfgs"
CERTIFIED_OPERATIONS = 100_000  # of the loss on the samples whose gradient is certified: a tenth of a second
ROSE = 1.01  # times the first loss, to be told
PRIMAL_STEPS = 3  # of each epoch, in which the loss alone is timed beside its gradient
DIVERGED = 1e12  # times the first loss: from here on it only grows


@dataclass(frozen=True)
class Job:
    """What is to be trained on what."""

    setup: Setup
    network: Network
    split: Split
    classes: bool


@dataclass(frozen=True)
class Place:
    """Where a run stands: everything that its next epoch depends on."""

    x: np.ndarray
    state: State = field(default_factory=list)
    epoch: int = 0
    step: int = 0
    best_loss: float | None = None
    best: np.ndarray | None = None
    waited: int = 0


@dataclass(frozen=True)
class Report:
    """What an epoch did, and whether it was the last: then the status tells why."""

    steps: list[Step]
    finished: bool = False
    status: str = "ok"
    message: str = ""
    checkpoint: Checkpoint | None = None  # after the last whole epoch


class Trainee:
    """A backend at work on a job, from its beginning or from a checkpoint."""

    def __init__(self, backend: Differentiator, job: Job, checkpoint: Checkpoint | None = None):
        self.backend, self.job, self.network = backend, job, job.network
        self.X, self.Y = job.split.train
        self.gradients = Gradients(backend, job.network)
        self.start = joined(job.network.initial(job.setup.seed, job.setup.init))
        self.place = Place(self.start) if checkpoint is None else restored(checkpoint)
        self.spent = 0.0
        self.wrongs: list[str] = []

    def warm_up(self) -> None:
        """Imports and other set-up of a process, at the expense of x*x; what fails is heard in `prepare`."""
        with suppress(Exception):
            self.backend.prepare(square, (1.5,), 0).derivative(1.5)

    def prepare(self) -> float:
        """Seconds of the preparation for the first batch."""
        n = self.job.setup.batch or len(self.X)
        with np.errstate(all="ignore"):
            parameters = self.network.split(self.place.x)
            return seconds_of(self.gradients.at, parameters, self.X[:n], self.Y[:n])[0]

    # One epoch

    def epoch(self, budget_seconds: float) -> Report:
        """The steps of one more epoch; ends within it where all steps so far took longer than the budget."""
        newton = self.job.setup.optimizer == QUASI_NEWTON
        with np.errstate(all="ignore"):
            report = self.quasi_newton(budget_seconds) if newton else self.first_order(budget_seconds)
        return replace(report, checkpoint=self.checkpoint())

    def first_order(self, budget_seconds: float) -> Report:
        setup, place = self.job.setup, self.place
        x, state = place.x, place.state
        steps: list[Step] = []
        update = OPTIMIZERS[setup.optimizer].update
        todo = batches(len(self.X), setup.batch, setup.seed, place.epoch)
        for index in todo:
            done = (place.step + len(steps)) / (setup.epochs * len(todo))
            rate = setup.learning_rate * SCHEDULES[setup.schedule](min(done, 1.0))
            step, g = self.step(x, index, place.step + len(steps), len(steps))
            before = x
            seconds, (x, state) = seconds_of(update, x, g, state, rate)
            seconds += step.gradient_seconds or 0.0
            steps.append(replace(step, learning_rate=rate, seconds=seconds))
            self.spent += seconds
            if not np.isfinite(g).all() or step.loss is None or self.has_diverged(step.loss):
                return Report(steps, True, "error", self.why_not_finite(steps[-1], before, index))
            if self.spent > budget_seconds and index is not todo[-1]:
                return Report(steps, True, "timeout", self.why_so_slow(steps, budget_seconds))
        return self.after_epoch(steps, x, state)

    def step(self, x: np.ndarray, index: np.ndarray, number: int, place: int) -> tuple[Step, np.ndarray]:
        """The gradient on one batch, timed; `place` is the step's place in its epoch.

        In the first three steps of an epoch the loss alone takes turns with its gradient, and in the first
        step of epochs 0, 1, 2, 4, 8, ... the gradient is certified.
        """
        parameters, X, Y = self.network.split(x), self.X[index], self.Y[index]
        evaluate, calls = self.gradients.at(parameters, X, Y), self.gradients.loss.calls
        seconds, (loss, g) = seconds_of(evaluate, parameters, X, Y)
        calls = self.gradients.loss.calls - calls
        primal = seconds_of(self.network.loss, parameters, X, Y)[0] if place < PRIMAL_STEPS else None
        epoch = self.place.epoch
        certified = self.certified(parameters, X, Y) if place == 0 and epoch & (epoch - 1) == 0 else {}
        norms: list[float | None] = [float(np.linalg.norm(b)) for b in self.network.split(g)[1::2]]
        return Step(
            backend=str(self.backend), epoch=epoch, step=number, loss=loss, gradient_norms=norms,
            gradient_seconds=seconds, primal_seconds=primal, evaluations=calls, **certified,
        ), g  # fmt: skip

    def after_epoch(self, steps: list[Step], x: np.ndarray, state: State) -> Report:
        """Losses and accuracies over all samples, and whether to stop early."""
        patience, place = self.job.setup.patience, self.place
        steps[-1] = replace(steps[-1], **self.judged(x))
        moved = Place(x, state, place.epoch + 1, place.step + len(steps))
        if patience:
            loss = self.network.loss(self.network.split(x), *self.job.split.validation)
            better = place.best_loss is None or loss < place.best_loss
            best = (loss, x, 0) if better else (place.best_loss, place.best, place.waited + 1)
            moved = replace(moved, best_loss=best[0], best=best[1], waited=best[2])
        self.place = moved
        if patience and moved.waited >= patience:
            self.place = replace(moved, x=x if moved.best is None else moved.best)
            lowest = f"the validation loss was lowest after epoch {moved.epoch - moved.waited}"
            steps[-1] = replace(steps[-1], **self.judged(self.place.x))
            message = f"stopped early: {lowest}, whose parameters are kept"
            return Report(self.ended(steps), True, "ok", message)
        if moved.epoch < self.job.setup.epochs:
            return Report(steps)
        return Report(self.ended(steps), True)

    def ended(self, steps: list[Step]) -> list[Step]:
        """The steps with what was learnt by the last of them, if there was one."""
        if not steps:
            return steps
        parameters = self.network.split(self.place.x)
        found = learnt(self.network, parameters, self.X, self.Y, self.job.classes)
        return [*steps[:-1], replace(steps[-1], learnt=found)]

    def judged(self, x: np.ndarray) -> dict[str, Any]:
        """Losses and accuracies of these parameters."""
        parameters = self.network.split(x)
        found: dict[str, Any] = {}
        for name, (X, Y) in (("train", self.job.split.train), ("test", self.job.split.test)):
            scores = self.network.scores(parameters, X)
            found[f"{name}_loss"] = float(self.network.loss_of_scores(parameters, scores, Y))
            if self.job.classes:
                found[f"{name}_accuracy"] = self.network.accuracy(scores, Y)
        return found

    def quasi_newton(self, budget_seconds: float) -> Report:
        """All iterations at once, each on all samples and counted as an epoch: SciPy keeps its own state."""
        steps: list[Step] = []
        tried: list[Step] = []  # since the last iteration: a line search evaluates several points
        index = np.arange(len(self.X))

        def value_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
            step, g = self.step(x, index, self.place.step, len(tried))
            self.spent += step.gradient_seconds or 0.0
            tried.append(step)
            return np.nan if step.loss is None else step.loss, g

        def on_iteration(x: np.ndarray) -> bool:
            evaluations = sum(step.evaluations or 0 for step in tried)
            seconds = sum(step.gradient_seconds or 0.0 for step in tried)
            more = {"evaluations": evaluations, "seconds": seconds} | self.judged(x)
            steps.append(replace(tried[-1], digits=tried[0].digits, message=tried[0].message, **more))
            tried.clear()
            here = self.place
            self.place = replace(here, x=x.copy(), epoch=here.epoch + 1, step=here.step + 1)
            return self.spent > budget_seconds

        message = minimise(value_and_gradient, self.place.x, self.job.setup.epochs, on_iteration)
        late = self.spent > budget_seconds
        status = "timeout" if late else "ok"
        return Report(self.ended(steps), True, status, message if late else "")

    # Digits

    def certified(self, parameters: list[np.ndarray], X: np.ndarray, Y: np.ndarray) -> dict[str, Any]:
        """Correct digits of the gradient on the first samples of a batch, or why there is no truth."""
        n = max(1, CERTIFIED_OPERATIONS // max(1, self.network.operations))
        args = (parameters, X[:n], Y[:n])
        _, g = self.gradients(*args)
        expected = truth(self.network.loss, args)
        if not expected.enclosed:
            return {"message": f"not certified: {expected.reason}"}
        if not np.all(np.isfinite(g)):
            return {"digits": 0.0}
        kept = correct_digits(self.network.split(g), expected)
        self.note_wrong(kept, args, expected)
        return {"digits": kept}

    def note_wrong(self, kept: float, args: tuple[Any, ...], expected: Truth) -> None:
        """Remember a gradient that is not what its method owes; what excuses it is asked last."""
        if verdict(kept, None)[0] == "ok":
            return
        attainable, claimed = attainable_digits(self.network.loss, args, expected), None
        if not self.backend.entrywise:
            estimate = self.gradients.prepared[len(args[1])].estimate("gradient", *args)
            claimed = None if estimate.bound is None else bound_digits(estimate.value, estimate.bound)
        status, why = verdict(kept, attainable, claimed)
        self.wrongs += [f"the gradient {why}"] if status == "wrong" else []

    # What went wrong

    def has_diverged(self, loss: float) -> bool:
        if not hasattr(self, "first_loss"):
            self.first_loss = float(self.network.loss(self.network.split(self.start), self.X, self.Y))
        return loss > DIVERGED * max(self.first_loss, 1.0)

    def why_not_finite(self, step: Step, x: np.ndarray, index: np.ndarray) -> str:
        """Step, operation, and the rate that still descends."""
        X, Y = self.X[index], self.Y[index]
        where = where_not_finite(self.network, self.network.split(x), X, Y)
        return f"diverged in step {step.step}: {where}; {self.rate_advice()}"

    def rate_advice(self) -> str:
        setup = self.job.setup
        rate = rate_that_descends(self.gradients, self.start, self.X, self.Y, setup)
        if rate is None:
            return "no smaller learning rate descends either"
        return f"the learning rate is {setup.learning_rate:g}, {rate:.3g} still descends"

    def why_so_slow(self, steps: list[Step], budget_seconds: float) -> str:
        per_step = float(np.median([step.seconds or 0.0 for step in steps]))
        return (
            f"ended by its budget of {budget_seconds:g} s in epoch {self.place.epoch + 1} of "
            f"{self.job.setup.epochs}: a step takes {per_step:.3g} s for {self.network.size:,} parameters"
        )

    def wrong(self) -> str:
        """Why the gradients are wrong; empty where they are not."""
        return self.wrongs[0] if self.wrongs else ""

    def diagnoses(self) -> list[str]:
        """Sentences on units that are dead, and on a loss that rose."""
        X, Y, parameters = self.X, self.Y, self.network.split(self.place.x)
        found = dead_units(self.network, parameters, X)
        first, last = (self.network.loss(self.network.split(x), X, Y) for x in (self.start, self.place.x))
        if last > ROSE * first:
            found.append(f"the loss rose from {first:.3g} to {last:.3g}; {self.rate_advice()}")
        return found

    # Memory, and going on

    def memory(self) -> tuple[int, int]:
        """(peak bytes of a prediction, of a gradient) on one batch."""
        n = self.job.setup.batch or len(self.X)
        parameters, X, Y = self.network.split(self.place.x), self.X[:n], self.Y[:n]
        evaluate = self.gradients.at(parameters, X, Y)
        return peak_bytes(self.network.scores, (parameters, X)), peak_bytes(evaluate, (parameters, X, Y))

    def operations(self) -> int | None:
        """Operations of one gradient (of one sample, where it works by entries), if the backend knows."""
        return getattr(next(iter(self.gradients.prepared.values())), "operations", None)

    def checkpoint(self) -> Checkpoint:
        """The place after the last whole epoch."""
        place = self.place
        state = [each.tolist() if isinstance(each, np.ndarray) else each for each in place.state]
        best = [] if place.best is None else place.best.tolist()
        return Checkpoint(
            backend=str(self.backend), setup=self.job.setup.as_dict(), epoch=place.epoch, step=place.step,
            parameters=place.x.tolist(), state=state, best_loss=place.best_loss, best_parameters=best,
            waited=place.waited,
        )  # fmt: skip


def restored(checkpoint: Checkpoint) -> Place:
    """Where a checkpoint stands: the very doubles, which JSON keeps."""
    state = [np.array(each) if isinstance(each, list) else each for each in checkpoint.state]
    best = np.array(checkpoint.best_parameters) if checkpoint.best_parameters else None
    return Place(
        np.array(checkpoint.parameters, dtype=float), state, checkpoint.epoch, checkpoint.step,
        checkpoint.best_loss, best, checkpoint.waited,
    )  # fmt: skip
