"""Sections on trainings, on checks, on how it works, and on how it was measured."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any, cast

from ...checking.record import Check
from ...harness.record import Record
from ...languages import Subject
from ...training.record import Run, Step
from ..checks import TITLES, by_claim, failures
from ..checks import row as claim_row
from ..columns import outcome
from ..training import NARROW, epoch_rows, remarks, title
from ..units import seconds
from .blocks import Block, Cell, Fold, Paragraph, Points, Table, Terms, Verbatim
from .sections import LONGEST, few, table

words, terms, meanings = Subject("report"), Subject("terms"), Subject("glossary")

MARKS = 6  # epochs whose losses are told
MOST_FAILURES = 12


def trainings(runs: Sequence[Run], steps: Sequence[Step]) -> list[Block]:
    """A table for each setup, what went wrong, and the losses by epoch."""
    if not runs and not steps:
        return []
    blocks: list[Block] = [Paragraph(words("training intro"))]
    setups: dict[str, list[Run]] = {}
    for run in runs:
        setups.setdefault(title(run), []).append(run)
    for name, each in setups.items():
        rows = [[*(Cell(column.text(cast(Any, run))) for column in NARROW[:-1]),
                 Cell(outcome(cast(Any, run)), kind=run.status)] for run in each]  # fmt: skip
        blocks.append(
            Table(name, [column.title for column in NARROW], rows, [column.right for column in NARROW])
        )
        if told := remarks(each):
            blocks.append(Points([Paragraph(text) for text in told]))
    return blocks + losses(steps)


def losses(steps: Sequence[Step]) -> list[Block]:
    """The loss of each backend after some epochs, with the time until then."""
    ends = epoch_rows(steps)
    if not ends:
        return []
    last = max(end["epoch"] for end in ends)
    marks = sorted({1, *(max(1, last * k // (MARKS - 1)) for k in range(1, MARKS))})
    texts = {
        (end["backend"], end["epoch"]): f"{end['train_loss']:.4g}, {seconds(end['seconds'])}" for end in ends
    }
    names = dict.fromkeys(end["backend"] for end in ends)
    rows = [[name, *(texts.get((name, mark), "") for mark in marks)] for name in names]
    heads = [words("backend"), *(words("epoch", epoch=mark) for mark in marks)]
    return [Fold(words("losses"), [table(words("losses"), heads, rows)])]


def checks(found: Sequence[Check]) -> list[Block]:
    """Verdicts by claim, then the first failure of each kind in its own words."""
    if not found:
        return []
    rows = [claim_row(item) for item in by_claim(found).items()]
    block = table(words("by claim"), [words(name) for name in TITLES], rows)
    messages = [part for check in failures(found)[:MOST_FAILURES] for part in message(check)]
    return [Paragraph(words("checks intro")), block, *messages]


def message(check: Check) -> list[Block]:
    """Its sentence, which is folded, and below it the table and the rest in columns."""
    sentence, *below = str(check).split("\n")
    return [Paragraph(sentence), *([Verbatim("\n".join(below))] if below else [])]


def method(records: Sequence[Record], missing: dict[str, str], plain: bool) -> list[Block]:
    """How digits and times come about, the commands, the machine, and the figures that are not there."""
    rows = [vars(record) for record in records if "machine" in vars(record)]
    seeds = dict.fromkeys(
        str(seed) for row in rows if (seed := row.get("setup", row).get("seed")) is not None
    )
    texts = [words(name) for name in ("certified", "timed", "memory")]
    if seeds:
        texts.append(words("seeds", seeds=", ".join(seeds)))
    commands = dict.fromkeys(shlex.join(map(str, row["argv"])) for row in rows if row["argv"])
    blocks: list[Block] = [Paragraph(text) for text in texts]
    if commands:
        text = "\n".join(command[:LONGEST] for command in list(commands)[:MOST_FAILURES])
        blocks.append(Fold(words("commands"), [Verbatim(text)], plain))
    blocks.append(Fold(words("machine"), [machine(rows)], plain))
    if missing:
        lines = [[kind, Cell(why, kind="long")] for kind, why in missing.items()]
        named = table(words("missing figures"), [words("figure"), words("needs")], lines, left=2)
        blocks.append(Fold(words("missing figures"), [named]))
    return blocks


def machine(rows: Sequence[dict[str, Any]]) -> Table:
    """What measured: processor, system, versions; of several runs all that differ."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, value in [*row["machine"].items(), *row["versions"].items()]:
            found.setdefault(str(name), {})[str(value)] = None
    lines = [[name, few(list(values))] for name, values in found.items()]
    return table(words("machine"), [words("machine name"), words("machine value")], lines, left=2)


def glossary() -> list[Block]:
    """All terms in the order of their language's alphabet."""
    return [Terms(sorted(((terms(key), meanings(key)) for key in terms), key=lambda pair: pair[0].lower()))]
