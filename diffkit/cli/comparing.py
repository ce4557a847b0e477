"""`diffkit compare`: read what is asked, measure, answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..differentiators.interface import Differentiator
from ..expressions import parse_point, parse_ranges
from ..harness.compare import measure
from ..harness.cost import Effort
from ..harness.record import Measurement, append_record, plain
from ..harness.targets import Target
from ..languages import Subject
from ..report import accuracy, tables
from ..report.columns import shortened
from ..results import Comparison
from ..results.answer import answer_text
from ..results.comparison import FORMATS
from ..results.operators import backends_named, in_order, of_texts
from ..results.recipe import python_line
from ..results.subjects import BadInput, Place, Subjects, of_table
from . import console
from .console import BAR_MISSED, INTERRUPTED, RAN, UNDECIDED, note, say
from .outputs import check_forms, command_typed, records_path, write_output, writing
from .progress import progress_bar

words, messages = Subject("tables"), Subject("messages")

UNDECIDED_STATUSES = {"unscored", "timeout", "memory", "error"}
SHOWN_ANSWERS = 3  # with more functions or points than that, the headings of the table are the answer


@dataclass(frozen=True)
class Request:
    """The command line of compare, as typed."""

    what: list[str]
    at: list[str]
    range: list[str]
    points: int
    file: Path | None
    sizes: str | None
    backends: str | None
    suite: str
    wrt: str | None
    min_digits: float | None
    calls: int
    seed: int
    timeout: float
    quick: bool
    careful: bool
    strict: bool
    no_isolate: bool
    wide: bool
    format: str | None
    output: Path | None
    quiet: bool
    random_problems: int | None = None
    sweep_step: bool = False


def compare_command(request: Request) -> int:
    """Measure, or read records again, and show them; returns the exit code."""
    check_forms(request.format, request.output, FORMATS)
    if request.quick and request.careful:
        raise BadInput(messages("quick or careful"))
    if any(text.startswith("@") for text in request.what):
        return show(request, Run(rows=records_read(request.what)))
    if request.random_problems or request.sweep_step:
        from .studying import random_command, sweep_command

        count = request.random_problems
        return random_command(request, count) if count else sweep_command(request)
    backends = backends_named(request.backends, None if request.what or request.file else request.suite)
    with redirect_stdout(sys.stderr):  # what the user's function prints is no part of the answer
        subjects = subjects_of(request)
        for remark in [] if request.quiet else subjects.notes:
            note(remark)
        done = measured(request, subjects.targets, backends)
    return show(request, done)


def records_read(what: Sequence[str]) -> list[Measurement]:
    """The rows of @last and of other files of records."""
    rows: list[Measurement] = []
    for text in what:
        if not text.startswith("@"):
            raise BadInput(messages("records or functions", text=text))
        try:
            rows += Comparison.load("@last" if text == "@last" else text[1:]).rows
        except FileNotFoundError as error:
            raise BadInput(messages("no file", path=text[1:]) if error.filename else str(error)) from error
        except (OSError, ValueError) as error:
            raise BadInput(str(error)) from error
    return rows


# What to measure


def subjects_of(request: Request) -> Subjects:
    """The targets that the command line names, and remarks on their points."""
    ranges = ranges_read(request.range)
    place = Place(points_read(request.at), ranges, request.points, request.seed, names_read(request.wrt))
    sizes = sizes_read(request.sizes)
    if request.file:
        if request.what or request.at or sizes:
            raise BadInput(messages("file alone"))
        return of_table(request.file, place)
    if not request.what and (request.at or ranges or sizes or request.wrt):
        given = next(name for name in ("at", "range", "sizes", "wrt") if getattr(request, name))
        raise BadInput(messages("no function", option=f"--{given}"))
    return of_texts(request.what, place, sizes, request.suite)


def points_read(texts: Sequence[str]) -> list[Any]:
    return [parse_point(text) for text in texts]


def ranges_read(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    return parse_ranges(";".join(texts)) if texts else {}


def names_read(text: str | None) -> list[str | int] | str | int | None:
    """Names or positions of variables: "x,y", "0"; one alone is no list."""
    if text is None:
        return None
    words = [word.strip() for word in text.split(",")]
    found: list[str | int] = [int(word) if word.isdigit() else word for word in words]
    return found if len(found) > 1 else found[0]


def sizes_read(text: str | None, option: str = "--sizes") -> list[int]:
    words = [word.strip() for word in text.split(",")] if text is not None else []
    if not all(word.isascii() and word.isdigit() and int(word[:18]) > 0 for word in words):
        raise BadInput(messages("no sizes", option=option, text=repr(text)))
    return [int(word) for word in words]


# Measuring


@dataclass
class Run:
    """What has been measured so far, and how it ended."""

    rows: list[Measurement] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    kept: Path | None = None
    interrupted: bool = False


def measured(
    request: Request, targets: list[Target], backends: list[Differentiator], effort: Effort | None = None
) -> Run:
    """Measure every backend on every target; each record is on disk the moment it exists."""
    done = Run(targets=targets, kept=records_path(request.output, "compare"))

    def keep(row: Measurement) -> None:
        done.rows.append(row)
        if done.kept:
            append_record(done.kept, row)

    named = "quick" if request.quick else "careful" if request.careful else "normal"
    try:
        with progress_bar(request.quiet) as progress:
            measure(
                targets, backends, seed=request.seed, effort=effort or named, timeout=request.timeout,
                isolate=not request.no_isolate, on_record=keep, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        done.interrupted = True
    done.rows = in_order(done.rows, backends)
    return done


# Showing


def show(request: Request, done: Run, table: Callable[[Request, Run], None] | None = None) -> int:
    """The answer on stdout, the rows in the file that was named, the exit code."""
    if request.format in FORMATS:
        say(formatted(request.format, done.rows).rstrip("\n"))
    else:
        (table or show_table)(request, done)
    if request.output:
        write_rows(request, done)
    if done.interrupted:
        note(messages("interrupted, measured", path=done.kept) if done.kept else messages("interrupted"))
        return INTERRUPTED
    bar = request.min_digits
    if bar is not None and tables.recommended(done.rows, bar, request.calls) is None:
        return BAR_MISSED
    undecided = any(row.status in UNDECIDED_STATUSES for row in done.rows)
    return UNDECIDED if request.strict and undecided else RAN


def formatted(form: str, rows: Sequence[Measurement]) -> str:
    """The rows as text; a JSON document holds the command that was typed."""
    if form == "json":
        return tables.json_text(rows, command_typed())
    return FORMATS[form](rows)


def show_table(request: Request, done: Run) -> None:
    """The function and its certified derivative, the table, and what to take."""
    if not done.rows:
        say(words("nothing"))
        return
    colored = console.colored(sys.stdout)
    if len(done.targets) <= SHOWN_ANSWERS:
        for target in done.targets:
            rows = [row for row in done.rows if measures(row, target)]
            say(answer_text(target, rows, console.width()) + "\n")
    say(tables.text_table(done.rows, console.width(), request.wide, colored, console.encoding()))
    if accuracy.are_many(done.rows):
        say("\n" + accuracy.honesty_table(done.rows))
        say(console.wrapped(words("honesty"), console.width()))
    sentence = tables.advice(done.rows, request.min_digits, request.calls) or words("uncertified")
    say("\n" + console.wrapped(sentence, console.width()))
    best = tables.recommended(done.rows, request.min_digits, request.calls)
    line = python_line(done.targets[0], best) if best and done.targets else None
    if line and len(done.targets) > 1:
        say(words("in python", name=shortened(done.targets[0].name, 40)))
    if line:
        say(line)


def measures(row: Measurement, target: Target) -> bool:
    """Whether a row is about the target."""
    return (row.problem, row.size, row.point) == (target.name, target.size, plain(dict(target.point)))


def write_rows(request: Request, done: Run) -> None:
    """The rows in the file that was named; a .jsonl file has them already, if they were measured."""
    path: Path = request.output  # type: ignore[assignment]
    if path.suffix.lower() == ".jsonl" and path != done.kept:
        with writing(path):
            Comparison(done.rows).save(path)
    write_output(path, lambda: formatted(path.suffix.lower().lstrip("."), done.rows), request.quiet)
