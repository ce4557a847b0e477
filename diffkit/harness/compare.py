"""The walk of `compare`: truth, then every backend in turns, then a record of each the moment it exists."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, NoReturn

import numpy as np

from ..differentiators.interface import Differentiator, Unsupported
from ..differentiators.registry import UnknownBackend, grouped
from ..differentiators.registry import backend as backend_named
from .accuracy import Score, Witness, as_leaves, compact, norm
from .cost import EFFORTS, Effort, Trial
from .record import Measurement, command_words, machine_facts, package_versions
from .targets import AsObject, InPackage, Target, one_line
from .truth import digits
from .workers import START_SECONDS, Failure, InProcess, Limits, Subprocess, Untravelled, Worker, attempt

TRUTH_TIMEOUTS = 6  # as much time for the truth of a target as for this many stages of a backend
CHEAP_PREPARATION = 1.0  # seconds; what prepares anew, to count, is done up to here
CHEAP_CALL = 0.1  # seconds; what calls a dozen times, to find who lost digits, is done up to here
SLOWER_WHEN_WATCHED = 5  # tracemalloc makes a run 4.6 times slower

Backend = str | Differentiator
OnRecord = Callable[[Measurement], None]
Progress = Callable[[int, int, str], None]


def measure(
    targets: Iterable[Target],
    backends: Sequence[Backend] | None = None,
    *,
    effort: str | Effort = "normal",
    timeout: float = 10.0,
    isolate: bool = False,
    memory_limit: int = 4_000_000_000,
    threads: int = 1,
    seed: int = 0,
    on_record: OnRecord | None = None,
    progress: Progress | None = None,
) -> list[Measurement]:
    """A record for each backend on each target, in order of their coming into existence.

    backends: all but the control `zero` if None. effort: "untimed", "quick", "normal", "careful" or an
    Effort.
    timeout: seconds for each of preparation, first call and a round, and for a sixth of the truth; 60 s
    certify a gradient of 100,000 entries. isolate: one subprocess for each
    backend, where limits of time and memory (bytes) hold; a target or a backend that cannot travel runs here
    and its record says so. threads: of each subprocess, for matrix products. seed: of the directions along
    which a Jacobian with too many entries is certified. `on_record` is called with each record at once, so
    that an interrupt leaves what was measured; `progress` with the number of records, their final number,
    and what is done now. Raises UnknownBackend, and ValueError for an unknown effort; whatever else a backend
    does becomes its record.

    >>> from diffkit.harness.targets import from_callable
    >>> [row] = measure([from_callable(lambda x: x * x, 3.0)], ["reverse"], effort="quick")
    >>> row.status, row.value
    ('ok', 6.0)
    """
    targets = list(targets)
    chosen = [as_backend(each) for each in grouped(["all"] if backends is None else backends)]
    total = len(targets) * len(chosen)
    limits = Limits(memory_limit, threads)
    bench = Bench(as_effort(effort), timeout, isolate, limits, seed, total, on_record, progress)
    try:
        for target in targets:
            bench.compare(target, chosen)
    finally:
        bench.close()
    return bench.records


def as_effort(effort: str | Effort) -> Effort:
    if isinstance(effort, Effort):
        return effort
    if effort not in EFFORTS:
        raise ValueError(f"there is no effort {effort!r}: it is one of {', '.join(EFFORTS)}.")
    return EFFORTS[effort]


@dataclass(frozen=True)
class Missing(Differentiator):
    """A backend that does not load: it prepares nothing, and says why."""

    name: ClassVar[str] = "missing"
    summary: ClassVar[str] = "a backend that does not load"
    text: str = ""
    reason: str = ""

    def prepare(self, f: Any, args: Any, wrt: Any = 0) -> NoReturn:
        raise Unsupported(f"the backend does not load: {self.reason}")

    def __str__(self) -> str:
        return self.text


def as_backend(backend: Backend) -> Differentiator:
    """The backend that a text names; one that does not load still stands in the table, with its reason."""
    try:
        return backend_named(backend)
    except UnknownBackend:
        raise
    except Exception as error:  # a foreign package may fail in any way when it is imported
        return Missing(str(backend), one_line(error))


@dataclass
class Bench:
    """The workers, one for each backend and one for the truth, and the records so far."""

    effort: Effort
    timeout: float
    isolate: bool
    limits: Limits
    seed: int
    total: int
    on_record: OnRecord | None
    progress: Progress | None
    records: list[Measurement] = field(default_factory=list)
    workers: dict[str, Subprocess] = field(default_factory=dict)

    def compare(self, target: Target, backends: Sequence[Differentiator]) -> None:
        """One target: truth, then all preparations and first calls, then rounds in turns, then digits."""
        self.say(f"{target.name}: truth")
        scorer = Scorer(self, target)
        cells = [Cell(self, target, backend, scorer, str(i)) for i, backend in enumerate(backends)]
        cells = [cell for cell in cells if cell.carries(cell.begin)]
        self.say(f"{target.name}: timing")
        for _ in range(self.effort.rounds):
            cells = [cell for cell in cells if cell.carries(cell.round)]
        own = next((cell for cell in cells if str(cell.backend) == package_of(target)), None)
        for cell in cells:
            cell.own = own
            cell.carries(cell.finish)

    def place(self, name: str, kind: Callable[..., Any], *args: Any) -> tuple[Worker, str]:
        """A worker that holds kind(*args), and why it is not a subprocess, where one was wanted."""
        note = ""
        if self.isolate:
            worker = self.workers.setdefault(name, Subprocess(self.limits))
            try:
                worker.make(kind, *args)
                return worker, note
            except Untravelled as lost:
                note = f"ran in-process, for it cannot travel to another: {lost}"
        here = InProcess()
        here.make(kind, *args)
        return here, note

    def say(self, what: str) -> None:
        if self.progress:
            self.progress(len(self.records), self.total, what)

    def keep(self, record: Measurement) -> None:
        self.records.append(record)
        if self.on_record:
            self.on_record(record)

    def close(self) -> None:
        for worker in self.workers.values():
            worker.close()


class Scorer:
    """The witness of one target; where it fails, nothing is scored and the reason is told."""

    def __init__(self, bench: Bench, target: Target):
        self.seconds = TRUTH_TIMEOUTS * bench.timeout
        try:
            self.worker, _ = bench.place("truth", Witness, target, bench.seed)
            self.unscored: Score = self.worker.ask("truth", self.seconds, "testimony")
            self.works = True
        except Failure as failed:
            self.unscored, self.works = Score(message=f"no truth: {failed.message}"), False

    def score(self, value: Any, bound: Any) -> Score:
        if not self.works:
            return self.unscored
        try:
            return self.worker.ask("scoring", self.seconds, "score", value, bound)
        except Failure as failed:
            self.works = False
            return Score(message=f"not scored: {failed.message}")

    def loss(self, backend: Differentiator, value: Any, kept: float) -> str | None:
        """Who lost the digits of a result."""
        try:
            return self.worker.ask("explaining", self.seconds, "loss", backend, value, kept)
        except Failure as failed:
            return f"{backend} keeps {kept:.1f} digits; why was not found out: {failed.message}"


class Cell:
    """One backend on one target: what is known so far, until it is a record."""

    def __init__(self, bench: Bench, target: Target, backend: Differentiator, scorer: Scorer, seat: str):
        self.bench, self.target, self.backend, self.scorer, self.seat = bench, target, backend, scorer, seat
        self.known: dict[str, Any] = {}
        self.notes: list[str] = []
        self.spent = 0.0
        self.value: Any = None
        self.own: Cell | None = None  # the package's own derivative, where f is written in one

    def carries(self, deed: Callable[[], None]) -> bool:
        """Whether the backend survives the deed; if not, that is its record."""
        try:
            deed()
        except Failure as failed:
            told = replace(self.scorer.unscored, status=failed.status, message=failed.message)
            self.bench.keep(self.record(told))
            return False
        return True

    def ask(self, stage: str, method: str, *args: Any) -> Any:
        return self.worker.ask(stage, self.bench.timeout, method, *args)

    def begin(self) -> None:
        """Preparation and first call."""
        self.bench.say(f"{self.target.name}: {self.backend}")
        self.worker, note = self.bench.place(self.seat, Trial, self.backend, self.target)
        self.notes += [note] if note else []
        self.known["threads"] = self.worker.threads
        self.worker.ask("its start", START_SECONDS, "warm_up")
        self.known["primal_value"] = y = self.ask("f itself", "primal")
        self.known["inputs"], self.known["outputs"] = (attempt(numbers, x) for x in (self.target.active, [y]))
        self.known["prepare_seconds"] = self.ask("its preparation", "prepare")
        self.known["operations"] = self.ask("its preparation", "operations")
        self.known["first_call_seconds"], self.value = self.ask("its first call", "first_call")
        self.known["value"] = attempt(compact, self.value)

    def round(self) -> None:
        """One more sample, unless the cell has had its time."""
        if self.spent > self.bench.effort.cell_seconds:
            return
        sample = self.ask("a timed round", "round", self.bench.effort.sample_seconds)
        self.spent += sample.spent_seconds
        self.known.setdefault("execute_samples", []).append(sample.execute_seconds)
        self.known.setdefault("primal_samples", []).append(sample.primal_seconds)

    def finish(self) -> None:
        """Evaluations, error estimate and memory, each in a run of its own; then the digits."""
        bound = None
        try:
            if self.known["prepare_seconds"] <= CHEAP_PREPARATION:
                self.known["evaluations"] = self.ask("counting evaluations", "evaluations")
                bound = self.estimate()
            if self.known["first_call_seconds"] * SLOWER_WHEN_WATCHED < self.bench.timeout:
                self.known["peak_bytes"] = self.ask("measuring memory", "peak_bytes")
        except Failure as failed:
            self.notes.append(failed.message)
        score = self.scorer.score(self.value, bound)
        self.known["loss"] = self.loss(score) if score.status != "unscored" else self.agreement()
        self.bench.keep(self.record(score))

    def loss(self, score: Score) -> str | None:
        """Who lost digits, in a sentence; only where the search, which prepares and calls again, is quick."""
        prepare, call = self.known["prepare_seconds"], self.known["first_call_seconds"]
        quick = prepare <= CHEAP_PREPARATION and call <= CHEAP_CALL
        if not quick or score.digits is None or score.digits_worst is None:
            return None
        return self.scorer.loss(self.backend, self.value, score.digits)

    def agreement(self) -> str | None:
        """How near the result is to that of the package in which f is written, where nothing is certified."""
        if self.own is None or self.own is self:
            return None
        return f"{self.backend} {agreement(self.value, self.own.value, str(self.own.backend))}"

    def estimate(self) -> Any:
        """The backend's error bound, shaped like its value, or None."""
        estimate = self.ask("its error estimate", "estimate")
        self.known["diagnosis"], self.known["chosen_step"] = estimate.diagnosis, estimate.step
        if estimate.bound is not None:
            self.known["error_estimate"] = attempt(compact, estimate.bound)
        return estimate.bound

    def record(self, score: Score) -> Measurement:
        notes = [score.message, *self.notes] if score.message else self.notes
        told = {**vars(score), **self.known, "message": "; ".join(notes) or None}
        return Measurement(
            problem=self.target.name, size=self.target.size, point=self.target.point, seed=self.target.seed,
            backend=str(self.backend), settings=settings_of(self.backend), operator=self.target.operator,
            argv=command_words(), machine=machine_facts(), versions=package_versions(), **told,
        )  # fmt: skip


def numbers(values: Any) -> int:
    """How many numbers there are in arguments or results."""
    return sum(np.size(leaf) for leaf in as_leaves(values))


def package_of(target: Target) -> str:
    """The package in which a target is written, as its backend is called; "" for NumPy."""
    function = target.function
    if isinstance(function, InPackage):
        return function.package
    return getattr(function.f, "package", "") if isinstance(function, AsObject) else ""


def agreement(value: Any, own: Any, name: str) -> str:
    """To how many digits two results agree, in words.

    >>> agreement(1.001, 1.0, "torch")
    'agrees with torch to 3.0 digits.'
    """
    try:
        differences = [np.subtract(a, b) for a, b in zip(as_leaves(value), as_leaves(own), strict=True)]
    except ValueError:
        return f"gives another shape than {name}."
    size, error = norm(own), norm(differences)
    return f"agrees with {name} to {digits(error / size if size else error):.1f} digits."


def settings_of(backend: Differentiator) -> dict[str, Any]:
    """All parameters of a backend, those that are no number or text as text."""
    values = ((each.name, getattr(backend, each.name)) for each in fields(backend))
    return {name: x if isinstance(x, int | float | str | None) else str(x) for name, x in values}
