"""What a table says of a record: the columns, and the heading that records of one problem share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..harness.record import Measurement
from ..harness.standing import standings
from ..languages import Subject
from ..languages.retelling import retold
from .units import brief, count, memory, multiple, number, seconds, tenths

words, titles, statuses = Subject("tables"), Subject("columns"), Subject("statuses")
numbers = Subject("numbers")

VALUE_CELLS = 22
SHORT_CELLS = 14


def entries(value: Any, index: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], float | None]]:
    """Index and number of every entry of a nested list, in order; a lone number has the index ()."""
    if isinstance(value, list):
        return [found for i, part in enumerate(value) for found in entries(part, (*index, i))]
    return [(index, value)]


def worst_entry(row: Measurement, cells: int = VALUE_CELLS) -> str:
    """The value, or of an array its worst entry with its index: not finite, else furthest from the truth."""
    if row.value is None and row.first_call_seconds is not None:
        return numbers("not finite")  # infinity, which a record cannot hold
    if row.value is None or row.value == []:
        return ""
    values, truths = entries(row.value), dict(entries(row.truth))

    def distance(entry: tuple[tuple[int, ...], float | None]) -> float:
        index, value = entry
        truth = truths.get(index)
        return float("inf") if value is None else 0.0 if truth is None else abs(value - truth)

    index, value = max(values, key=distance)
    where = f"[{','.join(map(str, index))}] " if index else ""
    return where + number(value, cells - len(where))


def outcome(row: Measurement) -> str:
    """The status, and where it is not ok or something is to be said, the reason."""
    reason = retold(" ".join((row.message or "").split()))
    return f"{statuses(row.status)}: {reason}" if reason else statuses(row.status)


def losses(rows: Sequence[Measurement]) -> list[str]:
    """What the rows of one problem say about lost digits, each once, what f itself does first.

    >>> told = [Measurement(problem="p", backend=b, operator="gradient", status="ok", loss=loss)
    ...     for b, loss in (("finite", "finite keeps 7."), ("forward", "f keeps 3."))]
    >>> losses(told)
    ['f keeps 3.', 'finite keeps 7.']
    """
    told = dict.fromkeys(row.loss for row in rows if row.loss)
    return [retold(each) for each in sorted(told, key=lambda sentence: not sentence.startswith("f "))]


@dataclass(frozen=True)
class Column:
    """Its key, what it says of a row, its side, and the most cells that it takes in a narrow table."""

    key: str
    text: Callable[[Measurement], str]
    right: bool = True
    most: int = 8
    wide_only: bool = False

    @property
    def title(self) -> str:
        """In the language that is spoken."""
        return titles(self.key)


VALUE = Column("value or worst", worst_entry, right=False, most=VALUE_CELLS)
SHORT_VALUE = Column(
    "value or worst", lambda row: worst_entry(row, SHORT_CELLS), right=False, most=SHORT_CELLS
)
SET_UP = Column("set-up", lambda row: seconds(row.prepare_seconds))
FIRST_CALL = Column("first call", lambda row: seconds(row.first_call_seconds))
EXECUTE = Column("execute", lambda row: seconds(row.execute_seconds))
OPERATIONS = Column("operations", lambda row: count(row.operations))
OUTCOME = Column("outcome", outcome, right=False)
TIMES = ("cost", "set-up", "first call", "execute", "break-even")
PRECISION = (
    Column("worst digits", lambda row: tenths(row.digits_worst)),
    Column("worst ulps", lambda row: "" if row.ulps_worst is None else f"{row.ulps_worst:.3g}"),
    Column("truth width", lambda row: "" if row.truth_width is None else f"{row.truth_width:.0e}"),
)
RESOURCES = (
    Column("f", lambda row: seconds(row.primal_seconds)),
    Column("evaluations", lambda row: count(row.evaluations)),
    OPERATIONS,
    Column("peak memory", lambda row: memory(row.peak_bytes)),
    Column("threads", lambda row: count(row.threads)),
)


def narrow(rows: Sequence[Measurement]) -> tuple[Column, ...]:
    """The columns of a narrow table: x hand where that was timed, else operations where all count them."""
    hand = by_hand(rows)
    operations = [OPERATIONS] if counted(rows) and not hand else []
    value = SHORT_VALUE if hand or operations else VALUE
    return told(rows, [*beginning(value), *hand, SET_UP, *operations, OUTCOME])


def broad(rows: Sequence[Measurement]) -> tuple[Column, ...]:
    """The columns of Markdown and HTML: those of a narrow table, and when a set-up has paid."""
    costs = (*by_hand(rows), SET_UP, FIRST_CALL, EXECUTE, break_even(rows))
    return told(rows, [*beginning(VALUE), *costs, *([OPERATIONS] if counted(rows) else []), OUTCOME])


def told(rows: Sequence[Measurement], columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns without those of times where there are none to be told."""
    return tuple(column for column in columns if timed(rows) or column.key not in TIMES)


def timed(rows: Sequence[Measurement]) -> bool:
    """Whether times are to be told: a run that was not timed ("untimed") has only its first call's."""
    return any(row.execute_samples for row in rows) or all(row.first_call_seconds is None for row in rows)


def all_columns(rows: Sequence[Measurement]) -> tuple[Column, ...]:
    """All columns."""
    costs = (*by_hand(rows), SET_UP, FIRST_CALL, EXECUTE, break_even(rows))
    return (*beginning(VALUE), *costs, *PRECISION, *RESOURCES, OUTCOME)


def beginning(value: Column) -> tuple[Column, ...]:
    return (
        Column("backend", lambda row: row.backend, right=False, most=18),
        value,
        Column("digits", lambda row: tenths(row.digits)),
        Column("cost", lambda row: multiple(row.ratio)),
    )


def by_hand(rows: Sequence[Measurement]) -> list[Column]:
    """A call in calls of the derivative written by hand, where that was timed."""
    ratios = {id(row): each.hand_ratio for row, each in zip(rows, standings(rows), strict=True)}
    known = any(ratio is not None for ratio in ratios.values())
    return [Column("x hand", lambda row: multiple(ratios[id(row)]))] if known else []


def break_even(rows: Sequence[Measurement]) -> Column:
    """From how many calls on a backend takes no longer than the one that is cheapest for one."""
    calls = {id(row): each.break_even_calls for row, each in zip(rows, standings(rows), strict=True)}
    return Column("break-even", lambda row: count(calls[id(row)]))


def counted(rows: Sequence[Measurement]) -> bool:
    """Whether every backend that came to its first call counts its operations."""
    ran = [row for row in rows if row.execute_samples or row.first_call_seconds is not None]
    known = any(row.operations is not None for row in rows)
    return known and all(row.operations is not None for row in ran)


def shortened(text: str, most: int = 80) -> str:
    """The text, cut where it is longer than a line: the weights of a network are no title."""
    return text if len(text) <= most else text[: most - 3].rstrip(" ,") + "..."


def coordinates(point: dict[str, Any], most: int = 80) -> str:
    """The arguments by name, as many as go into one line.

    >>> coordinates({"x": 0.5, "y": [1.0, 2.0]}), coordinates({"x": 0.5, "y": [1.0, 2.0]}, most=12)
    ('x = 0.5, y = [1, 2]', 'x = 0.5, ...')
    """
    pieces = [brief({name: value}) for name, value in point.items()]
    texts = [", ".join(pieces[:n] + ["..."] * (n < len(pieces))) for n in range(len(pieces), 0, -1)]
    return next((text for text in texts if len(text) <= most), shortened(texts[-1], most) if texts else "")


def heading(rows: Sequence[Measurement]) -> str:
    """What the rows of one problem have in common: name, size, operator, point, f, attainable digits."""

    def said(name: str, text: Callable[[Any], str]) -> str:
        known = (getattr(row, name) for row in rows)
        return next((text(value) for value in known if value not in (None, {}, [])), "")

    first = rows[0]
    return (
        shortened(first.problem, 60)
        + said("size", ", n = {}".format)
        + f": {words(first.operator)}"
        + said("point", lambda value: words("at", point=coordinates(value)))
        + said("primal_value", lambda value: f", f = {brief(value)}")
        + said("attainable_digits", lambda value: words("attainable", digits=tenths(value)))
    )
