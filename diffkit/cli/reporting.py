"""`diffkit report`: records in, one page out."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from ..report.page import FORMATS, report
from ..results.reports import generate
from ..results.subjects import BadInput
from ..results.worked import worked_example
from .console import RAN, note, say
from .outputs import writing
from .plotting import every_record
from .progress import progress_bar

SUFFIXES = {".html": "html", ".htm": "html", ".md": "md"}


@dataclass(frozen=True)
class Request:
    """The command line of report, as typed."""

    records: list[str]
    output: Path | None
    format: str | None
    profile: str
    quiet: bool


def all_command(request: Request, quick: bool) -> int:
    """Measure every study and write records, figures and reports into a folder."""
    if request.records or request.format or request.profile != "lecture":
        raise BadInput("--all measures anew and writes every report: give it a folder with -o, and --quick.")
    folder = request.output or Path("reports")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: name a folder with -o.")
    with progress_bar(request.quiet) as progress, writing(folder), redirect_stdout(sys.stderr):
        generate(folder, "quick" if quick else "normal", progress, None if request.quiet else wrote)
    return RAN


def wrote(path: Path) -> None:
    note(f"wrote {path}")


def report_command(request: Request, quick: bool = False) -> int:
    """Write the page where it was asked for, Markdown without a file to stdout."""
    if quick:
        raise BadInput("--quick is for --all, which measures: records are read at once.")
    form = form_of(request)
    records = every_record(request.records or ["@last"])
    walk = worked_example(records)
    try:
        page = report(records, request.profile, walk, pictures=form == "html")
    except ValueError as error:
        raise BadInput(str(error)) from error
    text = FORMATS[form](page)
    if request.output is None and form == "md":
        say(text.rstrip("\n"))
        return RAN
    path = request.output or Path("report.html")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent} for {path.name}: make it first.")
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n")
    if not request.quiet:
        note(f"wrote {path}")
    return RAN


def form_of(request: Request) -> str:
    """The format that was named, or that of the file's suffix; raises BadInput where they disagree."""
    suffix = request.output.suffix.lower() if request.output else None
    if suffix is not None and suffix not in SUFFIXES:
        raise BadInput(f"{request.output} has no suffix of a report: use .html or .md.")
    if request.format is None:
        return SUFFIXES[suffix or ".html"]
    if request.format not in FORMATS:
        raise BadInput(f"There is no format {request.format!r}: it is {' or '.join(FORMATS)}.")
    if suffix is not None and SUFFIXES[suffix] != request.format:
        raise BadInput(f"{request.output} is no file for the format {request.format}: leave --format out.")
    return request.format
