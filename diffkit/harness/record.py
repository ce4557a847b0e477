"""What was measured, as records: one JSON line each, appended the moment it exists, failures too."""

import gzip
import json
import os
import warnings
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any, BinaryIO, Self, TypeVar

import numpy as np
import platformdirs

from .machine import command_words, machine_facts, package_versions

__all__ = [
    "Measurement", "Record", "append_record", "read_records",
    "document", "command_words", "machine_facts", "package_versions",
    "data_folder", "new_records_path", "last_records_path",
]  # fmt: skip

SCHEMA = "diffkit/1"
STATUSES = ("ok", "wrong", "unscored", "unsupported", "timeout", "memory", "error")
KEPT_ENTRIES = 100

Value = float | list[Any] | None


def plain(value: Any) -> Any:
    """`value` in JSON's types. NaN and infinities are None; of a larger array the first 100 entries, flat.

    Raises TypeError for anything that is not a number, text, array or container of these.

    >>> plain({"x": np.array([1.0, np.nan]), "n": np.int64(3)})
    {'x': [1.0, None], 'n': 3}
    """
    if isinstance(value, np.ndarray):
        return plain((value if value.size <= KEPT_ENTRIES else value.ravel()[:KEPT_ENTRIES]).tolist())
    if isinstance(value, np.generic):
        return plain(float(value) if isinstance(value, np.floating) else value.item())  # also a longdouble
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"A record cannot hold {value!r} ({type(value).__name__}): pass numbers, text, lists.")


class Record:
    """What records have in common: a frozen dataclass of JSON's types with a field `schema`, as one line."""

    def __post_init__(self) -> None:
        for name in vars(self):
            object.__setattr__(self, name, plain(getattr(self, name)))

    def to_json_line(self) -> str:
        """The record as one line of JSON without its line end."""
        return json.dumps(vars(self), allow_nan=False)

    @classmethod
    def from_json_line(cls, line: str) -> Self:
        """The record that a line holds; unknown fields are passed over, missing ones are None or empty.

        Raises ValueError if the line is not a JSON object with a diffkit schema.
        """
        entries = json.loads(line)
        if not isinstance(entries, dict) or not str(entries.get("schema")).startswith("diffkit/"):
            raise ValueError(f"not a record of diffkit (no schema like {SCHEMA!r}): {line.strip()[:60]}")
        known = fields(cls)  # type: ignore[arg-type]
        absent = {f.name: None for f in known if f.default is f.default_factory is MISSING}
        return cls(**absent | {f.name: entries[f.name] for f in known if f.name in entries})


@dataclass(frozen=True, kw_only=True)
class Measurement(Record):
    """One backend on one problem at one point: what came out, how right it is, what it cost. None: not known.

    `backend` is the text form that tells it from the others, `finite:order=4`; `settings` are all its
    parameters. `point` maps names to values; `inputs` counts the numbers that are differentiated in,
    `outputs` those of f's value. `primal_value` is f at the point. `value` and `truth` are floats
    or nested lists, of more than 100 entries the first 100. `chosen_step`: of differences that choose it
    themselves, where the derivative is one number. Digits are decimal, from 0 to 17; samples are
    seconds per call, `primal_samples` those of f itself. Raises ValueError for an unknown status.

    >>> m = Measurement(problem="sin", backend="reverse", operator="gradient", status="ok", value=0.5,
    ...                 execute_samples=[2e-6, 3e-6, 9e-6], primal_samples=[1e-6])
    >>> m.execute_seconds, m.ratio
    (3e-06, 3.0)
    >>> Measurement.from_json_line(m.to_json_line()) == m
    True
    """

    schema: str = SCHEMA
    problem: str
    size: int | None = None
    point: Any = None
    inputs: int | None = None
    outputs: int | None = None
    seed: int | None = None
    backend: str
    settings: dict[str, Any] = field(default_factory=dict)
    operator: str
    status: str
    message: str | None = None
    primal_value: Value = None
    value: Value = None
    truth: Value = None
    truth_width: float | None = None
    digits: float | None = None
    digits_worst: float | None = None
    ulps_worst: float | None = None
    attainable_digits: float | None = None
    error_estimate: Value = None
    diagnosis: str | None = None
    chosen_step: float | None = None
    loss: str | None = None
    prepare_seconds: float | None = None
    first_call_seconds: float | None = None
    execute_samples: list[float] = field(default_factory=list)
    primal_samples: list[float] = field(default_factory=list)
    evaluations: int | None = None
    operations: int | None = None
    peak_bytes: int | None = None
    threads: int | None = None
    argv: list[str] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.status not in (*STATUSES, None):
            raise ValueError(f"There is no status {self.status!r}: it is one of {', '.join(STATUSES)}.")

    @property
    def execute_seconds(self) -> float | None:
        """Median seconds of one call of the prepared operator, or None where it was not timed."""
        return median(self.execute_samples) if self.execute_samples else None

    @property
    def primal_seconds(self) -> float | None:
        """Median seconds of one call of the function itself, or None where it was not timed."""
        return median(self.primal_samples) if self.primal_samples else None

    @property
    def ratio(self) -> float | None:
        """The operator's time as a multiple of the function's, or None where one of them was not timed."""
        execute, primal = self.execute_seconds, self.primal_seconds
        return execute / primal if execute is not None and primal else None

    def as_row(self) -> dict[str, Any]:
        """A row of `--json`: all fields, and after them `execute_seconds`, `primal_seconds` and `ratio`."""
        derived = {name: getattr(self, name) for name in ("execute_seconds", "primal_seconds", "ratio")}
        return vars(self) | derived


AnyRecord = TypeVar("AnyRecord", bound=Record)


def append_record(path: str | Path, record: Record) -> None:
    """Add a record to the file as one line, flushed. The half line of a crashed run is cut off first."""
    with open(path, "a+b") as file:
        finish_last_line(file)
        file.write(record.to_json_line().encode() + b"\n")
        file.flush()


def finish_last_line(file: BinaryIO) -> None:
    """Make the file end in a whole line: a half-written record goes, any other line gets its line end."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 1))
    if file.read() in (b"", b"\n"):
        return
    file.seek(0)
    whole = file.read()
    start = whole.rfind(b"\n") + 1
    if is_half_written(whole[start:].decode(errors="replace")):
        file.truncate(start)
    else:
        file.write(b"\n")


def is_half_written(line: str) -> bool:
    """Whether `line` is the beginning of a record, but not a whole one."""
    start = '{"schema"'
    try:
        json.loads(line)
    except ValueError:
        return line != "" and line[: len(start)] == start[: len(line)]
    return False


def read_records(path: str | Path, kind: type[AnyRecord] = Measurement) -> list[AnyRecord]:  # type: ignore[assignment]
    """The records of a file in their order; a file whose name ends in .gz is unpacked.

    Warns (UserWarning) and leaves it out if the last line was cut short by a crash.
    Raises ValueError, naming file and line, for any other line that is not a record; OSError as `open` does.
    """
    lines = text_of(Path(path)).split("\n")
    if is_half_written(lines[-1]):
        warnings.warn(f"{path}, line {len(lines)}: a half-written record, left out.", stacklevel=2)
        del lines[-1]
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records += [kind.from_json_line(line)] if line.strip() else []
        except (ValueError, TypeError) as wrong:
            raise ValueError(f"{path}, line {number} is no record; remove it to go on: {wrong}") from wrong
    return records


def text_of(path: Path) -> str:
    """The text of a file, with or without a byte-order mark, packed or not."""
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig") as file:
            return file.read()
    return path.read_text(encoding="utf-8-sig")


def document(command: str, rows: Iterable[Measurement | dict[str, Any]]) -> dict[str, Any]:
    """What `--json` prints: schema, command, the machine that measured the rows (or this one), and the rows.

    >>> list(document("compare sin", []))
    ['schema', 'command', 'machine', 'rows']
    """
    flat = [row if isinstance(row, dict) else row.as_row() for row in rows]
    machine = next((row["machine"] for row in flat if row.get("machine")), None) or machine_facts()
    return {"schema": SCHEMA, "command": command, "machine": machine, "rows": flat}


def data_folder() -> Path:
    """The user's data folder of diffkit, or the folder that the variable DIFFKIT_DATA names."""
    return Path(os.environ.get("DIFFKIT_DATA") or platformdirs.user_data_dir("diffkit", appauthor=False))


def new_records_path(command: str, now: datetime | None = None) -> Path:
    """Where a run of `command` keeps its records: named by the time in UTC, in a folder made if need be."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{now or datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{command}.jsonl"


def last_records_path(command: str = "*") -> Path:
    """The records that `@last` names, the newest of a command; raises FileNotFoundError if there are none."""
    paths = sorted(data_folder().glob(f"*-{command}.jsonl"))
    if not paths:
        wanted = "compare" if command == "*" else command
        raise FileNotFoundError(f"There are no records in {data_folder()} yet: run diffkit {wanted} first.")
    return paths[-1]
