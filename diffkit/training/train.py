"""The walk of `train`: every backend prepares, then all go through the epochs in turns, a record a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..differentiators.interface import Differentiator
from ..harness.compare import as_backend, settings_of
from ..harness.record import Record, command_words, machine_facts, package_versions
from ..harness.workers import START_SECONDS, Failure, InProcess, Limits, Subprocess, Untravelled, Worker
from .diagnosis import flow_of_gradients, no_slope
from .parting import partings
from .record import Checkpoint, Run, Step, Totals
from .trainee import Job, Report, Trainee

OnRecord = Callable[[Record], None]
Progress = Callable[[int, int, str], None]
SLACK_SECONDS = 60.0  # for what an epoch does beside its steps: certifying, judging
DEFAULT_TIMEOUT = 300.0
PREPARING = 5  # a fifth of the time is for the preparation


def fit(
    job: Job,
    backends: Sequence[str | Differentiator],
    *,
    checkpoints: Sequence[Checkpoint] = (),
    earlier: Sequence[Step] = (),
    timeout: float = DEFAULT_TIMEOUT,
    isolate: bool = False,
    memory_limit: int = 4_000_000_000,
    threads: int = 1,
    on_record: OnRecord | None = None,
    progress: Progress | None = None,
) -> tuple[list[Step], list[Run], list[Checkpoint]]:
    """Train one network by every backend from the same start: steps, runs, and where each one stands.

    timeout: seconds for all steps of each backend, and a fifth of them for its preparation. isolate: one
    subprocess for each backend, where the limits of time and memory (bytes) hold; a backend that works entry
    by entry always has one, because its preparation may never end. checkpoints, earlier: where to go on, and
    the steps until there. `on_record` is called with every record at once; an interrupt leaves runs so far
    and checkpoints of the last whole epochs. `progress` is told the epochs done, all epochs, and what is done
    now.
    """
    known = {each.backend: each for each in checkpoints}
    school = School(job, timeout, isolate, Limits(memory_limit, threads), on_record, progress)
    chosen = [as_backend(each) for each in backends]
    school.total = job.setup.epochs * len(chosen)
    learners = [Learner(school, backend, known.get(str(backend)), earlier) for backend in chosen]
    school.say(school.warning)
    try:
        active = [each for each in learners if each.carries(each.begin)]
        while active:
            active = [each for each in active if each.carries(each.epoch)]
        runs = [each.finished() for each in learners]
    except KeyboardInterrupt:
        for each in learners:
            school.keep(each.interrupted())
        raise
    finally:
        for each in learners:
            each.leave()
    parted = partings({str(each.backend): each.steps for each in learners})
    runs = [replace(run, parted=parted[run.backend]) for run in runs]
    for run in runs:
        school.keep(run)
    steps = [step for each in learners for step in each.steps]
    return steps, runs, [each.checkpoint for each in learners if each.checkpoint]


class School:
    """What all learners share: the job, the limits, and who is told."""

    def __init__(self, job: Job, timeout: float, isolate: bool, limits: Limits,
                 on_record: OnRecord | None, progress: Progress | None):  # fmt: skip
        self.job, self.timeout, self.isolate, self.limits = job, timeout, isolate, limits
        self.on_record, self.progress = on_record, progress
        self.done = self.total = 0
        self.warning = no_slope(job.setup.activation) if len(job.setup.layers) > 2 else ""

    def keep(self, record: Record) -> None:
        if self.on_record:
            self.on_record(record)

    def say(self, what: str) -> None:
        if self.progress and what:
            self.progress(self.done, self.total, what)


class Learner:
    """One backend and its worker; what is known of its training until it is a Run."""

    def __init__(
        self, school: School, backend: Differentiator, checkpoint: Checkpoint | None, earlier: Sequence[Step]
    ):
        self.school, self.backend, self.start, self.checkpoint = school, backend, checkpoint, checkpoint
        stop = checkpoint.step if checkpoint else 0
        school.done += checkpoint.epoch if checkpoint else 0
        self.steps = [step for step in earlier if step.backend == str(backend) and step.step < stop]
        self.report = Report([])
        self.status, self.notes, self.known = "ok", list[str](), dict[str, Any]()
        self.worker: Worker = InProcess()

    def carries(self, deed: Callable[[], bool]) -> bool:
        """Whether there is more to do; where the backend fails, that is its outcome."""
        try:
            return deed()
        except Failure as failed:
            self.status = failed.status
            self.notes.append(failed.message)
            return False

    def begin(self) -> bool:
        """A worker, its start, and the preparation."""
        school, trainee = self.school, (Trainee, self.backend, self.school.job, self.start)
        school.say(f"{self.backend}: preparing")
        if school.isolate or self.backend.entrywise:
            self.worker = Subprocess(school.limits)
        try:
            self.worker.make(*trainee)
        except Untravelled as lost:
            self.notes.append(f"ran in-process, for it cannot travel to another: {lost}")
            self.worker = InProcess()
            self.worker.make(*trainee)
        self.known["threads"] = self.worker.threads
        self.worker.ask("its start", START_SECONDS, "warm_up")
        seconds = school.timeout / PREPARING
        try:
            self.known["prepare_seconds"] = self.worker.ask("its preparation", seconds, "prepare")
        except Failure as failed:
            raise Failure(failed.status, f"{failed.message.rstrip('.')}; {self.size()}") from failed
        setup = school.job.setup
        stopped = bool(self.start and setup.patience and self.start.waited >= setup.patience)
        return self.start is None or (self.start.epoch < setup.epochs and not stopped)

    def size(self) -> str:
        network = self.school.job.network
        return (
            f"the scores of one sample take {network.operations:,} operations, and their loss was to be "
            f"differentiated in {network.size:,} parameters"
        )

    def epoch(self) -> bool:
        """One epoch more."""
        timeout = self.school.timeout
        self.report = self.worker.ask("an epoch", 2 * timeout + SLACK_SECONDS, "epoch", timeout)
        self.steps += self.report.steps
        for step in self.report.steps:
            self.school.keep(step)
        self.checkpoint = self.report.checkpoint
        self.school.done += 1
        last = self.steps[-1]
        loss = "" if last.train_loss is None else f", loss {last.train_loss:.4f}"
        self.school.say(f"{self.backend}: epoch {last.epoch + 1}{loss}")
        return not self.report.finished

    def finished(self) -> Run:
        """The run as a whole, judged."""
        if self.status == "ok":
            self.carries(self.judge)
        return self.run()

    def interrupted(self) -> Run:
        """The run as far as it came; its worker may be at work and is not asked."""
        if self.status == "ok" and not self.report.finished:
            done = self.checkpoint.epoch if self.checkpoint else 0
            self.status = "timeout"
            self.notes.append(f"interrupted after {done} of {self.school.job.setup.epochs} epochs")
        return self.run()

    def run(self) -> Run:
        """What is known."""
        diagnoses = [*filter(None, [self.school.warning]), *flow_of_gradients(self.steps),
                     *self.known.pop("found", [])]  # fmt: skip
        job = self.school.job
        return Run(
            backend=str(self.backend), settings=settings_of(self.backend), setup=job.setup.as_dict(),
            parameters=job.network.size, status=self.status, message="; ".join(self.notes) or None,
            epochs=self.checkpoint.epoch if self.checkpoint else 0, diagnoses=diagnoses, argv=command_words(),
            machine=machine_facts(), versions=package_versions(), **self.known,
            **Totals(self.steps).as_dict(),
        )  # fmt: skip

    def judge(self) -> bool:
        """Outcome, memory and diagnosis of a training that came to an end."""
        self.status = self.report.status
        self.notes += [self.report.message] if self.report.message else []
        ask, timeout = self.worker.ask, self.school.timeout
        if self.status == "ok" and (wrong := ask("its verdict", timeout, "wrong")):
            self.status = "wrong"
            self.notes.append(wrong)
        if self.status == "error":
            return False
        try:
            self.known["found"] = ask("its diagnosis", timeout, "diagnoses")
            self.known["operations"] = ask("its diagnosis", timeout, "operations")
            names = ("predict_bytes", "peak_bytes")
            self.known |= zip(names, ask("measuring memory", timeout, "memory"), strict=True)
        except Failure as failed:
            self.notes.append(failed.message)
        return False

    def leave(self) -> None:
        """Keep the checkpoint, end the worker."""
        if self.checkpoint and self.checkpoint is not self.start:
            self.school.keep(self.checkpoint)
        self.worker.close()
