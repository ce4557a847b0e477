"""The sections of a report, each a list of blocks; an empty one is left out with its heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from statistics import median
from typing import Any

from ...harness.growth import QUANTITIES, growth
from ...harness.record import STATUSES, Measurement
from ...languages import Subject
from ..accuracy import honesty
from ..advice import advice, recommended
from ..columns import broad, outcome, shortened
from ..costs import cost_cells
from ..growth import shown
from ..layout import printable
from ..units import memory, multiple, seconds, tenths
from .blocks import Block, Cell, Chooser, Fold, Paragraph, Points, Table
from .summary import Summary, quartiles

words, statuses, tables = Subject("report"), Subject("statuses"), Subject("tables")

NEEDS = (3, 6, 9, 12, 15)  # digits
MOST_ROWS = 20_000  # of the table of measurements: more are a matter for a data frame
MOST_REASONS = 60
LONGEST = 300  # letters of a reason
ROWS = "rows"


def table(
    caption: str, titles: Sequence[str], rows: Sequence[Sequence[Any]], left: int = 1, **more: Any
) -> Table:
    """A table whose first columns are words and whose others are numbers; a text is a cell."""
    cells = [[each if isinstance(each, Cell) else Cell(each) for each in row] for row in rows]
    return Table(caption, titles, cells, [i >= left for i in range(len(titles))], **more)


def number(text: Callable[[Any], str], value: float | None) -> Cell:
    """A number as it is read, sorted by what it is."""
    return Cell(text(value), value)


def share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"


def whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


# Outcomes


def outcomes(summary: Summary, measured: Sequence[Measurement]) -> list[Block]:
    """How many problems end how, and the reasons of what went wrong; of one problem its table."""
    if len(summary.grid) == 1:
        return [Paragraph(words("outcomes intro")), one_problem(measured)]
    present = [
        status for status in STATUSES if any(summary.statuses(name)[status] for name in summary.backends)
    ]
    rows = [
        [name, number(whole, len(summary.of_backend(name))),
         *(Cell(whole(n) if n else "", n, status if n else "") for status in present
           for n in [summary.statuses(name)[status]])]
        for name in summary.backends
    ]  # fmt: skip
    titles = [words("backend"), words("certified problems"), *map(statuses, present)]
    return [
        Paragraph(words("outcomes intro")),
        table(words("by status"), titles, rows),
        *reasons(summary),
    ]


def one_problem(rows: Sequence[Measurement]) -> Table:
    """The table that compare prints: value, digits, cost, set-up, outcome of each backend."""
    columns = broad(rows)
    lines = [
        [
            *(Cell(column.text(row)) for column in columns[:-1]),
            Cell(outcome(row), kind=row.status + " long" * bool(row.message)),
        ]
        for row in rows
    ]
    titles = [column.title for column in columns]
    return Table(words("by backend"), titles, lines, [column.right for column in columns])


def reasons(summary: Summary) -> list[Block]:
    """Each reason once, with the backends and problems that it is about."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for problem, each in summary.grid.items():
        for name, row in each.items():
            if row.status != "ok":
                told = shortened(printable(outcome(row)).partition(": ")[2], LONGEST)
                found.setdefault((row.status, told), {}).setdefault(problem, []).append(name)
    if not found:
        return []
    rows = [
        [Cell(statuses(status), kind=status), few(list(where)),
         few(list(dict.fromkeys(chain(*where.values())))), Cell(why, kind="long")]
        for (status, why), where in list(found.items())[:MOST_REASONS]
    ]  # fmt: skip
    titles = [words("status"), words("which"), words("backend"), words("why")]
    blocks: list[Block] = [table(words("reasons"), titles, rows, left=4)]
    if len(found) > MOST_REASONS:
        blocks.append(Paragraph(words("reasons more", count=f"{len(found) - MOST_REASONS:,}")))
    return [Fold(words("reasons"), blocks)]


def few(names: Sequence[str], most: int = 6) -> str:
    """The first names, and how many there are more."""
    return ", ".join(names[:most]) + (f", +{len(names) - most:,}" if len(names) > most else "")


# Accuracy


def accuracy(summary: Summary, rows: Sequence[Measurement]) -> list[Block]:
    """Digits of each backend over its scored problems, and how honest its own bound is."""
    honest = {each["backend"]: each for each in honesty(rows)}
    lines = [
        digits_line(summary, name, honest[name])
        for name in summary.backends
        if summary.numbers(name, lambda row: row.digits)
    ]
    if not lines or len(summary.grid) == 1:
        return []
    names = (
        "backend",
        "certified problems",
        "digits median",
        "digits worst",
        "digits where",
        "two ulps",
        "bounded",
    )
    block = table(words("by digits"), [words(name) for name in names], lines)
    right = [i not in (0, 4) for i in range(len(names))]
    return [Paragraph(words("accuracy intro")), Table(block.caption, block.titles, block.rows, right)]


def digits_line(summary: Summary, name: str, honest: dict[str, Any]) -> list[Any]:
    kept = {
        problem: row.digits for problem, row in summary.of_backend(name).items() if row.digits is not None
    }
    worst = min(kept, key=lambda problem: kept[problem])
    ulps = summary.numbers(name, lambda row: row.ulps_worst)
    close = sum(each <= 2 for each in ulps) / len(ulps) if ulps else None
    return [
        name, number(whole, len(kept)), number(tenths, median(kept.values())), number(tenths, kept[worst]),
        worst, number(share, close), number(share, honest["bounded"]),
    ]  # fmt: skip


# Cost


def cost(summary: Summary, rows: Sequence[Measurement]) -> list[Block]:
    """Quartiles of the cost over problems, set-up, memory; costs by hand; exponents of growth."""
    lines = [line for name in summary.backends for line in cost_line(summary, name)]
    if not lines:
        return []
    if len(summary.grid) == 1:
        return [Paragraph(words("cost one"))]
    names = ("backend", "certified problems", "low", "middle", "high", "set-up", "held")
    blocks: list[Block] = [
        Paragraph(words("cost intro")),
        table(words("by cost"), [words(name) for name in names], lines),
    ]
    by_hand = cost_cells(rows)
    if by_hand:
        blocks.append(table(tables("by hand"), [words("which"), *by_hand[0][1:]], by_hand[1:]))
    return blocks + growths(rows)


def cost_line(summary: Summary, name: str) -> list[list[Any]]:
    """A line of a backend that was timed, or none."""
    ratios = summary.numbers(name, lambda row: row.ratio)
    if not ratios:
        return []
    prepare = summary.numbers(name, lambda row: row.prepare_seconds)
    held = summary.numbers(name, lambda row: row.peak_bytes)
    return [[
        name, number(whole, len(ratios)), *(number(multiple, each) for each in quartiles(ratios)),
        number(seconds, median(prepare) if prepare else None),
        number(held_text, median(held) if held else None),
    ]]  # fmt: skip


def held_text(amount: float | None) -> str:
    return memory(None if amount is None else round(amount))


def growths(rows: Sequence[Measurement]) -> list[Block]:
    """Exponents of n with their 95 % intervals, a row for each problem and backend."""
    lines = [
        [shortened(each.problem, 40), each.backend, f"{min(each.sizes):,} – {max(each.sizes):,}",
         *(Cell(shown(each.powers.get(name)), power.exponent if (power := each.powers.get(name)) else None)
           for name in QUANTITIES)]
        for each in growth(rows)
    ]  # fmt: skip
    if not lines:
        return []
    titles = [
        words("which"),
        words("backend"),
        words("size range"),
        *(words(f"grows {name}") for name in QUANTITIES),
    ]
    return [Fold(words("growth"), [table(words("growth"), titles, lines, left=2)])]


# Accuracy against cost


def choice(rows: Sequence[Measurement]) -> list[Block]:
    """What to take for the digits that are needed, one sentence for needs that lead to the same."""
    told: dict[str, list[tuple[int, str]]] = {}
    for need in NEEDS:
        if recommended(rows, need) and (sentence := advice(rows, need)):
            whole_line = " ".join(sentence.split())
            told.setdefault(whole_line.partition(":")[0], []).append((need, whole_line))
    items = []
    for same in told.values():
        least, (most, sentence) = same[0][0], same[-1]
        head = words("need" if least == most else "need range", least=least, digits=most)
        items.append(Paragraph(head + sentence))
    return [Paragraph(words("choice intro")), Points(items)] if items else []


def every_row(summary: Summary, opened: bool) -> list[Block]:
    """All measurements, a line each, with fields to choose them by."""
    pairs = [(problem, row) for problem, found in summary.grid.items() for row in found.values()]
    shown_pairs = pairs[:MOST_ROWS]
    titles = [
        words(name)
        for name in ("which", "backend", "digits", "attainable", "cost column", "set-up", "outcome")
    ]
    lines = [row_line(problem, row) for problem, row in shown_pairs]
    data = [
        {"digits": "" if row.digits is None else f"{row.digits:.2f}", "status": row.status,
         "backend": row.backend, "name": f"{problem} {row.backend}".lower()}
        for problem, row in shown_pairs
    ]  # fmt: skip
    cut = len(shown_pairs) < len(pairs)
    count, every = f"{len(shown_pairs):,}", f"{len(pairs):,}"
    caption = words("rows cut", count=count, all=every) if cut else words("rows", count=count)
    right = [2 <= i <= 5 for i in range(len(titles))]
    block = Table(caption, titles, lines, right, ROWS, True, data)
    asked = ("chooser", "digits needed", "search", "only ok", "shown", "meeting", "meeting none")
    chooser = Chooser(ROWS, summary.backends, {name: words.pattern(name) for name in asked})
    return [Fold(caption, [chooser, block], opened)]


def row_line(problem: str, row: Measurement) -> list[Cell]:
    """One measurement."""
    return [
        Cell(problem), Cell(row.backend), number(tenths, row.digits), number(tenths, row.attainable_digits),
        number(multiple, row.ratio), number(seconds, row.prepare_seconds),
        Cell(statuses(row.status), kind=row.status),
    ]  # fmt: skip
