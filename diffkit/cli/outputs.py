"""Where a command writes: a file that was named, and records in the user's data folder."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..harness.record import new_records_path
from ..languages import Subject
from ..results.comparison import chosen
from ..results.subjects import BadInput
from .console import note

words = Subject("messages")


def check_forms(format: str | None, output: Path | None, forms: Iterable[str]) -> None:
    """Refuse what could not be written before hours are spent on measuring it; raises BadInput."""
    forms = list(forms)
    if format not in (None, "table", *forms):
        raise BadInput(words("no format", format=repr(format), formats=", ".join(["table", *forms])))
    if output is None:
        return
    try:
        chosen(output, dict.fromkeys(["jsonl", *forms]))
    except ValueError as error:
        raise BadInput(str(error)) from error
    if not output.parent.is_dir():
        raise BadInput(words("no folder", folder=output.parent, name=output.name))


def records_path(output: Path | None, command: str) -> Path | None:
    """Where the records go: to the .jsonl file that was named, else to the user's data folder, if it can."""
    if output and output.suffix.lower() == ".jsonl":
        return output
    try:
        return new_records_path(command)
    except OSError as error:
        note(words("not kept", path=error.filename, why=error.strerror))
        return None


def write_output(path: Path, text: Callable[[], str], quiet: bool) -> None:
    """The text in the file that was named; a .jsonl file has its records already. Raises BadInput."""
    existed, is_records = path.exists(), path.suffix.lower() == ".jsonl"
    if not is_records:
        with writing(path):
            path.write_text(text(), encoding="utf-8")
    if not quiet:
        note(words("added" if is_records else "overwrote" if existed else "wrote", path=path))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the operating system says against writing the file becomes BadInput."""
    try:
        yield
    except OSError as error:
        raise BadInput(words("cannot write", path=path, why=error.strerror)) from error


def command_typed() -> str:
    """The command line, as a JSON document holds it."""
    return shlex.join(["diffkit", *sys.argv[1:]])
