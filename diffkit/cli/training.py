"""`diffkit train`: a small network by every backend."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..harness.record import Record, append_record
from ..languages import Subject
from ..report.training import loss_curves, training_json, training_table
from ..results.subjects import BadInput
from ..results.training import FORMATS, Training, explain_training, resume, train
from ..training.record import Checkpoint, Run, Step
from . import console
from .comparing import sizes_read
from .console import INTERRUPTED, RAN, note, say
from .outputs import check_forms, command_typed, records_path, write_output
from .progress import progress_bar

messages = Subject("messages")

CONTINUED = ("epochs", "timeout")  # what may differ from the run that is continued


@dataclass(frozen=True)
class Request:
    """The command line of train: what was typed of the training's options, and how it is shown."""

    options: dict[str, Any]
    explain: bool
    resume: Path | None
    isolate: bool
    wide: bool
    format: str | None
    output: Path | None
    quiet: bool


def train_command(request: Request) -> int:
    """Train, continue or explain, and show it; returns the exit code."""
    check_forms(request.format, request.output, FORMATS)
    options = {name: value for name, value in request.options.items() if value is not None}
    if "layers" in options:
        options["layers"] = sizes_read(options["layers"], "--layers")
    try:
        if request.explain:
            text = explained(request, options)
        else:
            done = trained(request, options)
    except (ValueError, FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise BadInput(sentence(error)) from error  # said before anything is trained
    if request.explain:
        say(text)
        return RAN
    return show(request, done)


def sentence(error: Exception) -> str:
    """An error as a sentence; of the operating system's with the file."""
    return (
        messages("cannot read", path=error.filename, why=error.strerror)
        if isinstance(error, OSError)
        else str(error)
    )


def explained(request: Request, options: dict[str, Any]) -> str:
    """One forward and one backward pass of the first sample, by the first backend named."""
    if request.resume:
        raise BadInput(messages("explain or resume"))
    if request.format not in (None, "table") or request.output:
        raise BadInput(messages("explain alone"))
    options.pop("timeout", None)
    named = options.pop("backends", "reverse").split(",")[0]
    return explain_training(backend=named, width=console.width(), **options)


@dataclass
class Done:
    """The records so far, where they are kept, and how it ended."""

    kept: Path | None
    records: list[Record] = field(default_factory=list)
    interrupted: bool = False

    def keep(self, record: Record) -> None:
        self.records.append(record)
        if self.kept:
            append_record(self.kept, record)

    @property
    def training(self) -> Training:
        runs, steps, checkpoints = (
            [each for each in self.records if isinstance(each, kind)] for kind in (Run, Step, Checkpoint)
        )
        return Training(runs, steps, checkpoints)  # type: ignore[arg-type]


def trained(request: Request, options: dict[str, Any]) -> Done:
    """The training; each record is on disk the moment it exists."""
    if request.resume:
        refuse_changes(request, options)
        done = Done(request.resume, [*Training.load(request.resume).steps])
    else:
        done = Done(records_path(request.output, "train"))
    try:
        with progress_bar(request.quiet) as progress:
            common: dict[str, Any] = {
                "isolate": request.isolate, "on_record": done.keep, "progress": progress,
            }  # fmt: skip
            if request.resume:
                resume(request.resume, **options, **common)
            else:
                train(**options, **common)
    except KeyboardInterrupt:
        done.interrupted = True
    return done


def refuse_changes(request: Request, options: dict[str, Any]) -> None:
    """A training that is continued is the one that was begun, in its own file."""
    changed = [f"--{name.replace('_', '-')}" for name in options if name not in CONTINUED]
    if changed:
        raise BadInput(messages("settled", options=", ".join(changed), path=request.resume))
    if request.output and request.output.suffix.lower() == ".jsonl":
        raise BadInput(messages("resume alone", path=request.resume))


def show(request: Request, done: Done) -> int:
    """The answer on stdout, the runs in the file that was named, the exit code."""
    training = done.training
    if request.format in FORMATS:
        say(formatted(request.format, training).rstrip("\n"))
    else:
        colored = console.colored(sys.stdout)
        say(training_table(training.runs, console.width(), request.wide, colored, console.encoding()))
        if curves := loss_curves(training.steps, console.width()):
            say(f"\n{curves}")
    if request.output:
        form = request.output.suffix.lower().lstrip(".")
        write_output(request.output, lambda: formatted(form, training), request.quiet)
    if done.interrupted:
        note(messages("interrupted, trained", path=done.kept) if done.kept else messages("interrupted"))
        return INTERRUPTED
    return RAN


def formatted(form: str, training: Training) -> str:
    """The runs as text; a JSON document holds the command that was typed."""
    return training_json(training.runs, command_typed()) if form == "json" else FORMATS[form](training.runs)
