"""The rows that a comparison measured, shown in whatever form is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ..harness.record import Measurement, append_record, last_records_path, read_records
from ..harness.standing import as_rows
from ..languages import Subject
from ..report import tables
from ..report.accuracy import sweep_table
from ..report.plots import draw

words, messages = Subject("tables"), Subject("messages")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Measurements, one row a backend and point. It prints as the 80-column table, in notebooks as HTML.

    >>> row = Measurement(problem="sin", backend="reverse", operator="derivative", status="ok", value=0.5)
    >>> print(Comparison([row]))
    sin: derivative
      backend  value or worst  digits  cost  set-up  outcome
      reverse  0.5                                   ok
    16 digits is all a double has; cost: one call, in calls of f; set-up: once.
    """

    rows: Sequence[Measurement]

    def __str__(self) -> str:
        return tables.text_table(self.rows) if self.rows else words("nothing")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return tables.html_table(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def advice(self, min_digits: float | None = None, calls: int = 1000) -> str | None:
        """One sentence that says which backend to take on what condition; None where nothing was scored."""
        return tables.advice(self.rows, min_digits, calls)

    def to_pandas(self) -> Any:
        """A pandas DataFrame with the columns of `--json`; raises ImportError where pandas is missing."""
        return pandas().DataFrame(as_rows(self.rows))

    def plot(self, kind: str, style: str = "paper") -> Any:
        """The figure of a kind (`diffkit list plots`), a matplotlib Figure that notebooks show.

        style: paper or slides. Raises CannotPlot, a ValueError, for another kind or style, or where the rows
        lack what the plot needs.
        """
        return draw(kind, self.rows, style)

    def save(self, path: str | Path) -> Path:
        """Write the rows in the format that the suffix names (.jsonl, .csv, .md, .json); returns the path.

        Records are appended to a .jsonl file, other files are overwritten. Raises ValueError for another
        suffix, OSError as `open` does.
        """
        path = Path(path)
        writer = chosen(path, {"jsonl": None} | FORMATS)
        if writer is None:
            for row in self.rows:
                append_record(path, row)
        else:
            path.write_text(writer(self.rows), encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: str | Path) -> Comparison:
        """The records of a .jsonl file; "@last" are those of the newest run.

        Raises FileNotFoundError where there is no such file, ValueError for a line that is no record.
        """
        return cls(read_records(last_records_path("compare") if str(path) == "@last" else Path(path)))


@dataclass(frozen=True, repr=False)
class Sweep(Comparison):
    """Measurements of differences at many steps, and of what needs none. It prints as errors by step."""

    def __str__(self) -> str:
        return sweep_table(self.rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<pre style="font-family:monospace;line-height:1.3">{escape(str(self))}</pre>'


FORMATS: dict[str, Callable[[Sequence[Measurement]], str]] = {
    "csv": tables.csv_text,
    "md": tables.markdown_table,
    "json": tables.json_text,
}


def chosen(path: Path, writers: dict[str, Any]) -> Any:
    """The writer that the path's suffix names; raises ValueError with the list."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in writers:
        there = ", ".join(f".{name}" for name in writers)
        raise ValueError(messages("no suffix", path=path, suffixes=there))
    return writers[suffix]


def pandas() -> Any:
    """The package pandas, or an ImportError that says how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_pandas needs pandas: install it with python -m pip install pandas.") from error
    return pandas
