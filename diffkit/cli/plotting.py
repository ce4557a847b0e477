"""`diffkit plot`: records in, a figure and its data out."""

from __future__ import annotations

from pathlib import Path

from ..report.plots import CannotPlot, named, save_plot
from ..results.subjects import BadInput
from .comparing import records_read
from .console import RAN, note


def plot_command(kind: str, records: str, output: Path, style: str, quiet: bool) -> int:
    """Draw one kind of figure; its data go beside it as CSV."""
    try:
        named(kind)
        rows = records_read([records if records.startswith("@") else f"@{records}"])
        save_plot(kind, rows, output, style)
    except CannotPlot as error:
        raise BadInput(str(error)) from error
    if not quiet:
        note(f"wrote {output} and {output.with_suffix('.csv').name}")
    return RAN
