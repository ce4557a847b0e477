"""`diffkit plot`: records in, a figure and its data out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..harness.record import Record, last_records_path
from ..languages import Subject
from ..report.plots import CannotPlot, named, save_plot
from ..report.records import read_all
from ..results.subjects import BadInput
from .console import RAN, note

messages = Subject("messages")


def plot_command(kind: str, records: str, output: Path, style: str, quiet: bool) -> int:
    """Draw one kind of figure; its data go beside it as CSV."""
    try:
        found = every_record([records], named(kind).feeder)
        save_plot(kind, found, output, style)
    except CannotPlot as error:
        raise BadInput(str(error)) from error
    if not quiet:
        note(messages("wrote both", path=output, other=output.with_suffix(".csv").name))
    return RAN


def every_record(names: Sequence[str], command: str = "*") -> list[Record]:
    """The records of files, and of the newest run of a command where @last stands; raises BadInput."""
    try:
        paths = [last_records_path(command) if name == "@last" else name.removeprefix("@") for name in names]
        return read_all(paths)
    except FileNotFoundError as error:
        raise BadInput(messages("no file", path=error.filename) if error.filename else str(error)) from error
    except (OSError, ValueError) as error:
        raise BadInput(str(error)) from error
