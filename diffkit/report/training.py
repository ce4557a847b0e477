"""Runs of a training as tables, and its loss by epoch and second. Everything is read, nothing measured."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, cast

from ..harness.record import Measurement, document
from ..languages import Subject
from ..languages.retelling import retold
from ..languages.widths import padded, widest
from ..training.record import Run, Step
from .columns import Column, outcome
from .layout import clip, laid_out, paint
from .lines import folded
from .tables import csv_lines, escape_markdown
from .units import count, memory, multiple, seconds, tenths

words = Subject("training")

MARKS = 4  # epochs of which a line tells the loss


def said(name: str, text: Callable[[Any], str]) -> Callable[[Any], str]:
    """The text of one field."""
    return lambda row: text(getattr(row, name))


def loss_text(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.4g}"


def share(amount: float | None) -> str:
    """
    >>> share(0.9733), share(None)
    ('97.3 %', '')
    """
    return "" if amount is None else f"{100 * amount:.1f} %"


def whole(amount: float | None) -> str:
    return "" if amount is None else f"{amount:,.0f}"


COLUMNS = (
    Column("backend", said("backend", str), right=False, most=18),
    Column("loss", said("final_loss", loss_text), most=9),
    Column("test", said("test_accuracy", share)),
    Column("digits", said("digits", tenths)),
    Column("step", said("seconds_per_step", seconds)),
    Column("cost", said("ratio", multiple)),
    Column("memory", said("peak_bytes", memory)),
    Column("epochs", said("epochs", count), wide_only=True),
    Column("steps", said("steps", count), wide_only=True),
    Column("operations", said("operations", count), wide_only=True),
    Column("set-up", said("prepare_seconds", seconds), wide_only=True),
    Column("epoch", said("seconds_per_epoch", seconds), wide_only=True),
    Column("gradients/s", said("gradients_per_second", whole), wide_only=True),
    Column("evaluations", said("evaluations", whole), wide_only=True),
    Column("outcome", outcome, right=False),
)
NARROW = tuple(column for column in COLUMNS if not column.wide_only)


def title(run: Run) -> str:
    """What all runs of a training have in common."""
    setup = run.setup
    return words(
        "title", data=setup["data"], layers="-".join(map(str, setup["layers"])),
        parameters=count(run.parameters), activation=setup["activation"], loss=setup["loss"],
        optimizer=setup["optimizer"], rate=f"{setup['learning_rate']:g}",
        batch=words("batch", size=setup["batch"]) if setup["batch"] else words("whole batch"),
        epochs=setup["epochs"], seed=setup["seed"],
    )  # fmt: skip


def remarks(runs: Sequence[Run]) -> list[str]:
    """What went wrong, once for all backends that agree; memory, evaluations, and where trajectories part."""
    found: dict[str, list[str]] = {}
    for run in runs:
        for sentence in run.diagnoses:
            found.setdefault(sentence, []).append(run.backend)
    told = [f"{', '.join(names)}: {retold(sentence)}." for sentence, names in found.items()]
    predictions = [run.predict_bytes for run in runs if run.predict_bytes is not None]
    if predictions:
        told.append(words("prediction", memory=memory(max(predictions))))
    for run in runs:
        if run.evaluations and run.evaluations > 1:
            times, parameters = f"{run.evaluations:,.0f}", count(run.parameters)
            told.append(words("evaluates", backend=run.backend, times=times, parameters=parameters))
    for run in runs:
        if parted := run.parted:
            told.append(words(
                "parts", backend=run.backend, other=parted["from"], step=parted["step"],
                difference=f"{parted['relative_difference']:.0e}", why=retold(parted["why"]),
            ))  # fmt: skip
    return told


def training_table(
    runs: Sequence[Run], width: int = 80, wide: bool = False, color: bool = False, encoding: str = "utf-8"
) -> str:
    """The runs as text, a line each, with what went wrong below; every line at most `width` cells.

    wide, color, encoding: as in text_table of measurements.

    >>> setup = {"data": "xor", "layers": [2, 4, 1], "activation": "tanh", "loss": "mse", "optimizer": "sgd",
    ...     "learning_rate": 0.1, "batch": 32, "epochs": 9, "seed": 0}
    >>> run = Run(backend="reverse", status="ok", setup=setup, parameters=17, final_loss=0.25, digits=15.2)
    >>> print(training_table([run]).split("digits: fewest")[0])
    xor: 2-4-1 (17 parameters), tanh, mse loss, sgd 0.1, batch 32, 9 epochs, seed 0
      backend  loss  test  digits  step  cost  memory  outcome
      reverse  0.25          15.2                      ok
    """
    if not runs:
        return words("nothing")
    ellipsis = "…" if codecs.lookup(encoding).name.startswith("utf") else "..."
    limit = None if wide else width
    rows = cast(Sequence[Measurement], runs)  # a layout asks for backend, status and message alone
    layout = laid_out(rows, COLUMNS if wide else NARROW, limit, ellipsis)
    lines = [paint(line, 1, color) for line in layout.folded(title(runs[0]))]
    lines += [layout.title(), *(layout.row(row, color) for row in rows), *layout.notes(rows)]
    lines += folded(words("legend"), limit or 1_000_000)
    lines += [line for text in remarks(runs) for line in layout.folded(text)]
    return "\n".join(lines).encode(encoding, "replace").decode(encoding)


def training_markdown(runs: Sequence[Run]) -> str:
    """The runs as a Markdown table under their title, with what went wrong below."""
    if not runs:
        return words("nothing") + "\n"
    sides = "|".join(" ---: " if column.right else " --- " for column in NARROW)
    rows = [[column.text(cast(Any, run)) for column in NARROW] for run in runs]
    lines = [[column.title for column in NARROW], *rows]
    head, *body = (f"| {' | '.join(map(escape_markdown, line))} |" for line in lines)
    below = "\n\n".join(escape_markdown(text) for text in [words("legend"), *remarks(runs)])
    name = escape_markdown(title(runs[0]))
    return "\n".join([f"**{name}**", "", head, f"|{sides}|", *body, "", below, ""])


def training_html(runs: Sequence[Run]) -> str:
    """The runs as HTML that needs nothing else."""
    if not runs:
        return f"<p>{escape(words('nothing'))}</p>"

    def line(tag: str, cells: Sequence[str]) -> str:
        sides = ["right" if column.right else "left" for column in NARROW]
        return "".join(
            f'<{tag} style="text-align:{side};padding:1px 8px">{escape(cell)}</{tag}>'
            for cell, side in zip(cells, sides, strict=True)
        )

    body = "".join(f"<tr>{line('td', [c.text(cast(Any, run)) for c in NARROW])}</tr>" for run in runs)
    below = "".join(
        f'<p style="padding:0 8px">{escape(text)}</p>' for text in [words("legend"), *remarks(runs)]
    )
    return (
        '<div style="overflow-x:auto">'
        '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">'
        '<caption style="text-align:left;font-weight:bold;padding:6px 8px">'
        f"{escape(title(runs[0]))}</caption><tr>{line('th', [column.title for column in NARROW])}</tr>"
        f"{body}</table>{below}</div>"
    )


def training_csv(runs: Sequence[Run]) -> str:
    """One line a run under a line of names."""
    return csv_lines([run.as_row() for run in runs])


def training_json(runs: Sequence[Run], command: str = "") -> str:
    """The document of schema, command, machine and rows that `--json` prints."""
    return json.dumps(document(command, [run.as_row() for run in runs]), indent=2, allow_nan=False)


def loss_curves(steps: Sequence[Step], width: int = 80) -> str:
    """The loss of each backend after some of its epochs, and the time that its steps took until then.

    >>> ends = [Step(backend="a", epoch=k, step=k, loss=1.0, seconds=0.5, train_loss=1.0 - k) for k in (0, 1)]
    >>> print(loss_curves(ends))
    loss after epoch         1         2
      a               1 500 ms  0    1 s
    """
    rows = epoch_rows(steps)
    if not rows:
        return ""
    losses = {(row["backend"], row["epoch"]): f"{row['train_loss']:.3g}" for row in rows}
    times = {(row["backend"], row["epoch"]): seconds(row["seconds"]) for row in rows}
    a, b = (max(map(len, texts.values())) for texts in (losses, times))
    first = max(16, widest([words("loss after")]))
    marks = marked(max(row["epoch"] for row in rows), (width - first) // (a + b + 3))
    lines = [padded(words("loss after"), first) + "".join(f"  {mark:>{a + b + 1}}" for mark in marks)]
    for name in dict.fromkeys(row["backend"] for row in rows):
        cells = ((losses.get((name, mark), ""), times.get((name, mark), "")) for mark in marks)
        line = "".join(f"  {loss:>{a}} {time:>{b}}" for loss, time in cells)
        lines.append(f"  {clip(name, first - 2, '..'):<{first - 2}}{line}")
    return "\n".join(line.rstrip() for line in lines)


def marked(last: int, room: int) -> list[int]:
    """Epochs of which the losses are shown, the first and the last among them: as many as there is room for.

    >>> marked(100, 4), marked(100, 2), marked(1, 4)
    ([1, 33, 66, 100], [1, 100], [1])
    """
    steps = min(MARKS, max(room, 2)) - 1
    return sorted({1, *(max(1, last * k // steps) for k in range(1, steps + 1))})


def epoch_rows(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """A row for each backend and epoch: seconds spent until its end, losses and accuracies after it.

    >>> ends = [Step(backend="a", epoch=k, step=k, loss=1.0, seconds=0.5, train_loss=1.0 - k) for k in (0, 1)]
    >>> [(row["epoch"], row["seconds"], row["train_loss"]) for row in epoch_rows(ends)]
    [(1, 0.5, 1.0), (2, 1.0, 0.0)]
    """
    spent: dict[str, float] = {}
    rows = []
    for step in steps:
        spent[step.backend] = spent.get(step.backend, 0.0) + (step.seconds or 0.0)
        if step.train_loss is not None:
            rows.append({
                "backend": step.backend, "epoch": step.epoch + 1, "seconds": spent[step.backend],
                "train_loss": step.train_loss, "test_loss": step.test_loss,
                "train_accuracy": step.train_accuracy, "test_accuracy": step.test_accuracy,
            })  # fmt: skip
    return rows
