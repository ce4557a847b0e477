"""All reports at once: the runs that a reader of the repository finds without installing anything."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..harness.compare import measure
from ..harness.record import Record
from ..harness.swell import COUNTING
from ..report.page import html, report
from ..report.page.index import Entry, index
from ..report.plots import save_plot
from ..training.record import Checkpoint
from .operators import loadable
from .studies import sweep_backends
from .subjects import Place, of_formula, of_problem, of_suite
from .training import train
from .worked import worked_example

Progress = Callable[[int, int, str], None]
SIZES = (10, 100, 1000)  # of the problem whose growth is fitted
SHAPES = ("forward", "reverse", "compiled", "complex-step")  # of the map of Jacobians
HANDMADE = "hand"


@dataclass(frozen=True)
class Pace:
    """How long is measured: the effort of the harness, seconds for each stage, epochs of the training."""

    effort: str
    timeout: float
    epochs: int


PACES = {"normal": Pace("normal", 10.0, 60), "quick": Pace("quick", 2.0, 10)}


@dataclass(frozen=True)
class Study:
    """A run of its own: its name, what it measures, the files of figures that are kept beside its report."""

    name: str
    measured: Callable[[Pace, Progress | None], list[Record]]
    figures: tuple[str, ...]


def suite_records(name: str, backends: Sequence[str], pace: Pace, progress: Progress | None) -> list[Record]:
    """The problems of a suite by these backends, each in a process of its own."""
    targets = of_suite(name, Place()).targets
    return [
        *measure(targets, backends, effort=pace.effort, timeout=pace.timeout, isolate=True, progress=progress)
    ]


def default(pace: Pace, progress: Progress | None) -> list[Record]:
    return suite_records("default", [*loadable(), HANDMADE], pace, progress)


def hard(pace: Pace, progress: Progress | None) -> list[Record]:
    """The hard suite, and the valley of steps."""
    (target,) = of_formula("exp(x)", Place([{"x": 1.0}])).targets
    swept = measure([target], sweep_backends(target), effort="untimed")
    return [*suite_records("hard", loadable(), pace, progress), *swept]


def swell(pace: Pace, progress: Progress | None) -> list[Record]:
    return suite_records("swell", COUNTING, pace, progress)


def cost(pace: Pace, progress: Progress | None) -> list[Record]:
    """The cost suite, one problem at several sizes, and Jacobians of every shape."""
    grown = measure(
        of_problem("rosenbrock", Place(), SIZES).targets, [*loadable(), HANDMADE], effort=pace.effort,
        timeout=pace.timeout, isolate=True, progress=progress,
    )  # fmt: skip
    shaped = suite_records("crossover", SHAPES, pace, progress)
    return [*suite_records("cost", [*loadable(), HANDMADE], pace, progress), *grown, *shaped]


def training(pace: Pace, progress: Progress | None) -> list[Record]:
    """Two moons by every backend and by hand."""
    done = train(
        "moons", layers=(2, 8, 1), epochs=pace.epochs, backends=[*loadable(), "by-hand"], isolate=True,
        progress=progress,
    )  # fmt: skip
    return [*done.steps, *done.runs]


STUDIES = (
    Study("default", default, ("outcomes.svg", "precision.svg", "breakeven.svg", "profile.svg", "ulps.svg")),
    Study("hard", hard, ("outcomes.svg", "steps.svg")),
    Study("swell", swell, ("swell.svg",)),
    Study("cost", cost, ("cost.svg", "crossover.svg", "profile.svg")),
    Study("training", training, ("training.svg",)),
)


def generate(
    folder: Path,
    pace: str = "normal",
    progress: Progress | None = None,
    wrote: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Measure every study and write its records, figures and report, then an index; returns the paths.

    folder is made if need be; what stands there under the same names is overwritten. `wrote` is told each
    path. Raises OSError as writing does.
    """
    paths: list[Path] = []
    entries: list[Entry] = []

    def keep(path: Path) -> None:
        paths.append(path)
        if wrote:
            wrote(path)

    for study in STUDIES:
        records = study.measured(PACES[pace], progress)
        entries.append(write_study(study, records, folder / study.name, keep))
    (folder / "README.md").write_text(index(entries), encoding="utf-8", newline="\n")
    keep(folder / "README.md")
    return paths


def write_study(study: Study, records: Sequence[Record], folder: Path, keep: Callable[[Path], None]) -> Entry:
    """Records, figures, report of one study in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    keep(pack(records, folder / "records.jsonl.gz"))
    for name in study.figures:
        keep(save_plot(name.partition(".")[0], records, folder / name))
    page = report(records, walk=worked_example(records))
    path = folder / "report.html"
    path.write_text(html(page), encoding="utf-8", newline="\n")
    keep(path)
    return Entry(study.name, page, study.figures)


def pack(records: Sequence[Record], path: Path) -> Path:
    """The records as lines, packed without a date: the same records give the same bytes."""
    lines = "".join(f"{each.to_json_line()}\n" for each in records if not isinstance(each, Checkpoint))
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))
    return path
