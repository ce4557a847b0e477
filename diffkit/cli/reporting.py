"""`diffkit report`: records in, one page out."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from ..languages import Subject
from ..report.lists import listed
from ..report.page import FORMATS, report
from ..results.reports import generate
from ..results.subjects import BadInput
from ..results.worked import worked_example
from .console import RAN, note, say
from .outputs import writing
from .plotting import every_record
from .progress import progress_bar

messages = Subject("messages")

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
        raise BadInput(messages("all alone"))
    folder = request.output or Path("reports")
    if folder.exists() and not folder.is_dir():
        raise BadInput(messages("no folder but a file", path=folder))
    with progress_bar(request.quiet) as progress, writing(folder), redirect_stdout(sys.stderr):
        generate(folder, "quick" if quick else "normal", progress, None if request.quiet else wrote)
    return RAN


def wrote(path: Path) -> None:
    note(messages("wrote", path=path))


def report_command(request: Request, quick: bool = False) -> int:
    """Write the page where it was asked for, Markdown without a file to stdout."""
    if quick:
        raise BadInput(messages("quick of all"))
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
        raise BadInput(messages("no folder", folder=path.parent, name=path.name))
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n")
    if not request.quiet:
        note(messages("wrote", path=path))
    return RAN


def form_of(request: Request) -> str:
    """The format that was named, or that of the file's suffix; raises BadInput where they disagree."""
    suffix = request.output.suffix.lower() if request.output else None
    if suffix is not None and suffix not in SUFFIXES:
        raise BadInput(messages("no report suffix", path=request.output))
    if request.format is None:
        return SUFFIXES[suffix or ".html"]
    if request.format not in FORMATS:
        formats = listed(list(FORMATS), "or")
        raise BadInput(messages("no format", format=repr(request.format), formats=formats))
    if suffix is not None and SUFFIXES[suffix] != request.format:
        raise BadInput(messages("other format", path=request.output, format=request.format))
    return request.format
