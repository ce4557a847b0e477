"""A report: one page from records of every kind, as HTML that needs nothing else or as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...checking.record import Check
from ...harness.record import Measurement, Record
from ...languages import Subject, spoken
from ...training.record import Run, Step
from ..columns import shortened
from ..fonts import NoFont
from ..layout import printable
from ..lists import listed
from ..plots import PLOTS, CannotPlot, drawn, finding
from ..plots.rows import without_sweeps
from .answer import Answer
from .blocks import Block, Figure, Heading, Page, Paragraph, Points
from .html import html
from .markdown import markdown
from .others import checks, glossary, method, trainings
from .sections import accuracy, choice, cost, every_row, outcomes
from .summary import Summary
from .worked import worked

__all__ = ["FORMATS", "PROFILES", "Profile", "html", "markdown", "report"]

words, notes, messages = Subject("report"), Subject("notes"), Subject("messages")

LARGE = 250_000  # characters of a picture from which on it is smaller in pixels
BY_PROBLEM = ("steps", "cost", "swell")  # kinds of figure with a panel for each problem
PANELS = 12  # at most
FIGURES = {
    "outcomes": ("outcomes",),
    "accuracy": ("ulps", "steps"),
    "cost": ("cost", "breakeven", "profile", "samples", "swell", "crossover"),
    "choice": ("precision",),
    "training": ("training",),
}
FORMATS: dict[str, Callable[[Page], str]] = {"html": html, "md": markdown}


@dataclass(frozen=True)
class Profile:
    """For whom: with remarks on how figures are read, with what unfolded, in which order."""

    notes: bool
    plain: bool  # tables of measurements and of the machine are open
    sections: tuple[str, ...]


IN_ORDER = ("outcomes", "accuracy", "cost", "choice", "training", "checks", "how", "method", "glossary")
PROFILES = {
    "lecture": Profile(True, False, IN_ORDER),
    "engineer": Profile(False, True, tuple(name for name in IN_ORDER if name not in ("how", "glossary"))),
}


def report(
    records: Sequence[Record],
    profile: str = "lecture",
    walk: dict[str, Any] | None = None,
    pictures: bool = True,
) -> Page:
    """The page of these records: the answer, then its evidence, then how it came about.

    profile: "lecture" explains, "engineer" lists. walk: of the worked example, the
    tape in its dictionary form. pictures: whether there are any.
    Its fixed text is in the language that is spoken. Raises ValueError for an unknown profile, or without
    records, and (NoFont) where Korean is spoken, pictures are wanted and no font has its letters.
    """
    if profile not in PROFILES:
        raise ValueError(messages("no profile", profile=repr(profile), profiles=listed(list(PROFILES), "or")))
    if not records:
        raise ValueError(messages("nothing to report"))
    for_whom = PROFILES[profile]
    rows = [row for row in without_sweeps(records) if isinstance(row, Measurement)]
    runs, steps, found = ([each for each in records if isinstance(each, kind)] for kind in (Run, Step, Check))
    summary = Summary.of(rows)
    figures, missing = drawings(records, for_whom.notes, pictures)
    findings = {kind: figure.caption for kind, figure in figures.items()}
    answer = Answer(rows, runs, found, findings).sentences()  # type: ignore[arg-type]
    contents: dict[str, list[Block]] = {
        "outcomes": outcomes(summary, rows) if rows else [],
        "accuracy": accuracy(summary, rows),
        "cost": cost(summary, rows),
        "choice": choice(rows),
        "training": trainings(runs, steps),  # type: ignore[arg-type]
        "checks": checks(found),  # type: ignore[arg-type]
        "how": worked(walk),
        "method": method(records, missing, for_whom.plain),
        "glossary": glossary(),
    }
    blocks: list[Block] = []
    for name in for_whom.sections:
        drawn_here = [figures[kind] for kind in FIGURES.get(name, ()) if kind in figures]
        inside = [*contents[name][:1], *drawn_here, *contents[name][1:]]
        if name == "choice" and rows:
            inside += every_row(summary, for_whom.plain)
        if inside:
            blocks += [Heading(words(name), name), *inside]
    first: list[Block] = [Heading(words("answer"), "answer"), Points(linked(answer, blocks), "answer")]
    blocks = first + blocks
    title = heading(summary, runs, found)
    return Page(title, subtitle(records, summary), blocks, spoken(), words("contents"))


def linked(sentences: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Paragraph]:
    """The sentences with links to what is there: where a section has nothing to say, to the outcomes."""
    anchors = {block.anchor for block in blocks if isinstance(block, Heading)}
    anchors |= {f"figure-{block.kind}" for block in blocks if isinstance(block, Figure)}
    first = next((block.anchor for block in blocks if isinstance(block, Heading)), "")
    return [
        replace(each, link=(each.link[0] if each.link[0] in anchors else first, each.link[1]))
        for each in sentences
        if each.link
    ]


def heading(summary: Summary, runs: Sequence[Any], found: Sequence[Any]) -> str:
    """What the page is about."""
    names = list(dict.fromkeys(row.problem for each in summary.grid.values() for row in each.values()))
    if len(names) == 1:
        return words("title one", problem=shortened(printable(names[0]), 60))
    if not names and runs:
        return words("title training")
    return words("title checks" if not names and found else "title")


def subtitle(records: Sequence[Record], summary: Summary) -> str:
    """How many records of what, and the machine."""
    rows = [vars(record) for record in records]
    machines = dict.fromkeys(str(row["machine"].get("cpu", "")) for row in rows if row.get("machine"))
    backends = {*summary.backends, *(row["backend"] for row in rows if row.get("record") == "run")}
    count = len(summary.grid)
    about = [words("problem") if count == 1 else words("problems", count=f"{count:,}")] if count else []
    for key, record, kind in (("trainings", "record", "run"), ("checks made", "kind", "check")):
        if number := sum(row.get(record) == kind for row in rows):
            one = " one" if number == 1 and kind == "check" else ""
            about.append(words(key + one, count=f"{number:,}"))
    if not backends:
        return words("subtitle checks", checks=listed(about))
    return words("subtitle",
        records=f"{len(rows):,}", backends=len(backends), problems=listed(about) or "0",
        machine=", ".join(machines) or "?",
    )  # fmt: skip


def drawings(
    records: Sequence[Record], explained: bool, pictures: bool
) -> tuple[dict[str, Figure], dict[str, str]]:
    """The figures that the records feed, and why there are no others."""
    found, missing = {}, {}
    for kind in PLOTS:
        try:
            found[kind] = picture_of(kind, records, notes(kind) if explained else "", pictures)
        except CannotPlot as error:
            missing[kind] = str(error)
        except NoFont as error:
            if pictures:
                raise
            missing[kind] = str(error)
    return found, missing


def few_panels(kind: str, records: Sequence[Record]) -> tuple[Sequence[Record], str]:
    """The records of as many problems as one looks at, and a sentence where that is not all."""
    measured = [row for row in records if isinstance(row, Measurement)]
    if kind not in BY_PROBLEM or not measured:
        return records, ""
    problems = list(dict.fromkeys(row["problem"] for row in PLOTS[kind].rows(measured)))
    if len(problems) <= PANELS:
        return records, ""
    shown = [row for row in measured if row.problem in problems[:PANELS]]
    return shown, words("some panels", shown=PANELS, total=f"{len(problems):,}")


def picture_of(kind: str, records: Sequence[Record], note: str, pictured: bool) -> Figure:
    """One figure as SVG, as PNG where that is smaller by far; its finding alone where none is wanted."""
    records, left_out = few_panels(kind, records)
    note = " ".join(filter(None, [note, left_out]))
    figure, _ = drawn(kind, records, "paper")
    from ..plots import canvas

    if not pictured:
        return Figure(kind, finding(figure))
    svg = canvas.groundless(figure)
    if len(svg) > LARGE:
        return Figure(kind, finding(figure), png=canvas.small_png(figure), note=note)
    return Figure(kind, finding(figure), svg, note=note)
