"""What to compare, as people name it: a formula, model.py:loss, a problem, a file of formulas -> targets."""

from __future__ import annotations

import csv
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from ..differentiators.arguments import is_container
from ..expressions import FUNCTIONS, FormulaError, PointError, parse, parse_ranges
from ..harness.files import TargetError, load_function
from ..harness.targets import Target, from_callable, from_file, from_formula, from_problem
from ..problems import CATALOGUE, suite
from ..report.columns import shortened

Ranges = Mapping[str, tuple[float, float]]
Wrt = int | str | Sequence[int | str]

# Drawn from one after the other until the function is finite there: first where log, sqrt and most of
# physics are at home, then where arcsin and arctanh are, then far out.
DEFAULT_RANGES = ((0.5, 2.0), (0.1, 0.9), (-1.0, 1.0), (2.0, 10.0), (-10.0, -2.0))
ATTEMPTS = 20  # draws from a range for each point that is wanted
HERE = Path(__file__).parents[1]


class BadInput(ValueError):
    """What the user asked for cannot be done; the message is one sentence with the way out."""


@dataclass(frozen=True)
class Subjects:
    """Targets, and what is to be said about how their points came about."""

    targets: list[Target]
    notes: list[str]

    def __add__(self, other: Subjects) -> Subjects:
        return Subjects(self.targets + other.targets, self.notes + other.notes)


@dataclass(frozen=True)
class Place:
    """Where to differentiate: at stated points, or at `count` points drawn by `seed` from ranges.

    wrt: names or positions of the differentiated variables; None is all of them.
    """

    points: Sequence[Any] = ()
    ranges: Ranges | None = None
    count: int = 1
    seed: int = 0
    wrt: Wrt | None = None


NOTHING = Subjects([], [])


def read(text: str, place: Place, sizes: Sequence[int] = ()) -> Subjects:
    """The targets that a word names: a problem, a function model.py:loss, or a formula.

    >>> read("x^2*y", Place(points=[{"x": 3.0, "y": 2.0}])).targets[0].args
    (3.0, 2.0)
    >>> read("rosenbrock", Place(), sizes=[2, 10]).targets[1].size
    10
    """
    if is_misspelt(text) and not get_close_matches(text, list(CATALOGUE)):
        raise BadInput(
            f"{shortened(text, 40)} is no problem of the catalogue, "
            "and a formula needs more: diffkit list problems"
        )
    if text in CATALOGUE or is_misspelt(text):
        return of_problem(text, place, sizes)
    if sizes:
        raise BadInput(f"Sizes are for problems of the catalogue, and {brief(text)} is none: leave them out.")
    if is_file(text):
        return of_file(text, place)
    return of_formula(text, place)


def is_misspelt(text: str) -> bool:
    """Whether a word is meant for the name of a problem: nobody writes a formula of one long variable."""
    return text.isidentifier() and len(text) > 2 and text not in FUNCTIONS and text not in CATALOGUE


def is_file(text: str) -> bool:
    path, colon, _ = text.rpartition(":")
    return text.endswith(".py") or bool(colon and path.endswith(".py"))


def brief(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= 40 else text[:37] + "..."


def of_problem(name: str, place: Place, sizes: Sequence[int]) -> Subjects:
    """A problem at each of the sizes and seeds."""
    seeds = range(place.seed, place.seed + place.count)
    if place.points or place.ranges:
        known = name if name in CATALOGUE else from_problem(name).name
        raise BadInput(f"{known} has points of its own: choose one by its seed, or write a formula.")
    try:
        return Subjects([from_problem(name, size, seed) for size in sizes or (None,) for seed in seeds], [])
    except ValueError as error:
        raise BadInput(str(error)) from error


def of_suite(name: str, place: Place) -> Subjects:
    """The problems of a suite; raises UnknownProblem where there is none of that name."""
    seeds = range(place.seed, place.seed + place.count)
    members = suite(name)
    return Subjects(
        [from_problem(problem.name, size, seed) for problem, size in members for seed in seeds], []
    )


def of_formula(text: str, place: Place, name: str | None = None) -> Subjects:
    """A formula at each stated point, or at points drawn for it."""
    variables = parse(text).variables
    if not variables:
        raise BadInput(f"{brief(text)} has no variable, so nothing can be differentiated: write it with x.")

    def at(point: Any, seed: int | None = None) -> Target:
        return from_formula(text, point, wrt=place.wrt, name=name, seed=seed)

    if place.points:
        return Subjects([at(point) for point in place.points], [])
    return drawn(name or brief(text), variables, place, at)


def of_file(text: str, place: Place) -> Subjects:
    """The function of a Python file at each stated point, or at points drawn for its arguments as numbers."""
    path, _, name = text.rpartition(":")
    if text.endswith(".py"):
        raise BadInput(f"{text} is a file: name its function too, such as {text}:loss.")
    f = load_function(Path(path).expanduser().absolute(), name)
    needed = required(f)

    def at(point: Any, seed: int | None = None) -> Target:
        if len(needed) > 1 and not isinstance(point, Mapping):
            example = ",".join(f"{each}=..." for each in needed)
            raise BadInput(f"{name} takes {len(needed)} arguments, so name the values: --at {example}")
        return from_file(text, point, wrt=place.wrt, seed=seed)

    try:
        return Subjects([at(p) for p in place.points], []) if place.points else drawn(name, needed, place, at)
    except TargetError as error:
        raise BadInput(located(error)) from error


def of_function(f: Callable[..., Any], args: tuple[Any, ...], wrt: Any, name: str | None) -> Subjects:
    """Any function at its positional arguments; a list of numbers is an array."""
    arrays = [np.array(x, dtype=float) if is_list_of_numbers(x) else x for x in args]
    return Subjects([from_callable(f, *arrays, wrt=0 if wrt is None else wrt, name=name)], [])


def is_list_of_numbers(x: Any) -> bool:
    return isinstance(x, list | tuple) and not is_container(x)


def required(f: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments that must be given."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(f).parameters.values()
    return tuple(p.name for p in parameters if p.kind in kinds and p.default is p.empty)


def located(error: BaseException) -> str:
    """The sentence of an error, with the line of the user's file where its cause arose."""
    frames = traceback.extract_tb(error.__cause__.__traceback__) if error.__cause__ else []
    own = [
        frame
        for frame in frames
        if frame.filename.endswith(".py") and HERE not in Path(frame.filename).parents
    ]
    return f"{error} ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else str(error)


def drawn(name: str, variables: Sequence[str], place: Place, at: Callable[..., Target]) -> Subjects:
    """Targets at points where the function is finite, from the stated ranges or the first default to serve.

    Raises BadInput where no range serves, with the reason of the last failure.
    """
    stated = dict(place.ranges or {})
    unknown = [each for each in stated if each not in variables]
    if unknown:
        raise BadInput(f"{name} has no variable {unknown[0]}, only {', '.join(variables)}: mend the range.")
    failure: TargetError | None = None
    complete = len(stated) == len(variables)
    for default in DEFAULT_RANGES[:1] if complete else DEFAULT_RANGES:
        ranges = {each: stated.get(each, default) for each in variables}
        random, targets = np.random.default_rng(place.seed), []
        for _ in range(ATTEMPTS * place.count):
            try:
                targets.append(at({each: between(random, *ranges[each]) for each in variables}, place.seed))
            except TargetError as error:
                failure = error
            if len(targets) == place.count:
                return Subjects(targets, [f"{name}: {said(ranges)}, with seed {place.seed}."])
    where = said(ranges) if complete else "numbers drawn between -10 and 10"
    reason = located(failure) if failure else "it takes no argument."
    raise BadInput(
        f"No point was found for {name} with {where}: state one, such as --at {'=...,'.join(variables)}=..., "
        f"or ranges with --range. The last one failed so: {reason}"
    ) from failure


def between(random: np.random.Generator, low: float, high: float) -> float:
    """A number from the range, of four digits where the range allows: it can be read and typed again."""
    exact = float(random.uniform(low, high))
    short = float(f"{exact:.4g}")
    return short if low <= short <= high else exact


def said(ranges: Ranges) -> str:
    """Ranges in words, variables with the same range together."""
    together: dict[tuple[float, float], list[str]] = {}
    for name, bounds in ranges.items():
        together.setdefault(bounds, []).append(name)
    return ", ".join(
        f"{', '.join(names)} drawn from {low:g} to {high:g}" for (low, high), names in together.items()
    )


def of_table(path: Path, place: Place) -> Subjects:
    """The formulas of a CSV file with the columns name, formula and ranges; a point is drawn for each.

    Raises BadInput, naming row and column, for what cannot be read.
    """
    found = NOTHING
    for number, row in rows_of(path):
        column = "formula"
        try:
            parse(row["formula"])
            column = "ranges"
            ranges = parse_ranges(row["ranges"]) if row["ranges"] else {}
            here = Place((), dict(place.ranges or {}) | ranges, place.count, place.seed, place.wrt)
            found += of_formula(row["formula"], here, row["name"] or None)
        except (FormulaError, PointError, BadInput) as error:
            raise BadInput(f"{path}, row {number}, column {column}: {error}") from error
    if not found.targets:
        raise BadInput(f"{path} holds no formulas: add a row such as bell,exp(-x^2),x=0:2 below the names.")
    return found


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each row that is not empty; a byte-order mark and semicolons are read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        why = (
            "it is not UTF-8; save it as CSV UTF-8"
            if isinstance(error, UnicodeDecodeError)
            else error.strerror
        )
        raise BadInput(f"{path} cannot be read: {why}.") from error
    header = text.partition("\n")[0]
    table = csv.reader(text.splitlines(), delimiter=next((mark for mark in ",;\t" if mark in header), ","))
    try:
        names = [name.strip().lower() for name in next(table, [])]
        if "formula" not in names:
            raise BadInput(f"{path}, row 1 has no column formula: begin the file with name,formula,ranges")
        for cells in table:
            row = dict(zip(names, map(str.strip, cells)))
            if len(cells) > len(names):
                extra = cells[len(names)]
                raise BadInput(
                    f'{path}, row {table.line_num} has a cell too many, {extra!r}: put " around commas.'
                )
            if any(row.values()):
                yield table.line_num, {"name": "", "formula": "", "ranges": ""} | row
    except csv.Error as error:
        raise BadInput(f"{path}, row {table.line_num} cannot be read: {error}.") from error
