"""`training`: loss against epoch and seconds, where trajectories part, gradients, and what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from ...training.record import Run, Step
from ..lists import listed
from ..training import epoch_rows
from .palette import GREY, looks
from .rows import DIGIT_TICKS, NotFed, Row, about, backends, of, power, words

LEAST = 1e-17  # where two losses that are equal are drawn: below half an ulp
AGREE = 1e-9  # relative difference of losses up to which two curves are one to the eye
CLASS_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
CLASS_MARKERS = "o^sDvPX"
EPOCH, TIME, PARTING, NORMS, DIGITS, LEARNT, SAMPLES = (
    "loss by epoch", "loss by second", "parting", "gradient norm", "digits", "learnt", "samples",
)  # fmt: skip


def training_rows(records: Sequence[Step | Run]) -> list[Row]:
    """Points of all panels: panel, backend, series (a layer, a class), x, y."""
    steps = [each for each in records if isinstance(each, Step)]
    ends = epoch_rows(steps)
    if not ends:
        raise NotFed(words("training needs"))
    rows = [point(panel, end["backend"], end[x], end["train_loss"])
            for panel, x in ((EPOCH, "epoch"), (TIME, "seconds")) for end in ends]  # fmt: skip
    names = backends(rows)
    best = reference(records, names)
    rows += parting_rows(steps, names, best) + norm_rows(steps, best) + digit_rows(steps)
    return rows + learnt_rows(steps, best)


def point(panel: str, backend: str, x: float, y: float | None, series: str = "") -> Row:
    return {"panel": panel, "backend": backend, "series": series, "x": x, "y": y}


def reference(records: Sequence[Step | Run], names: Sequence[str]) -> str:
    """The backend that the others are compared with: the one that the runs name, or the first."""
    named = [each.parted["from"] for each in records if isinstance(each, Run) and each.parted]
    kept = {each.backend: each.digits or 0.0 for each in records if isinstance(each, Run)}
    best = max(names, key=lambda name: kept.get(name, 0.0))
    return next((name for name in named if name in names), best)


def parting_rows(steps: Sequence[Step], names: Sequence[str], best: str) -> list[Row]:
    """By epoch the largest relative difference of a loss from that of the reference in the same step."""
    losses = {step.step: step.loss for step in steps if step.backend == best}
    rows = []
    for name in names:
        gaps: dict[int, float] = {}
        for step in steps:
            other = losses.get(step.step)
            if step.backend == name != best and step.loss is not None and other is not None:
                gap = abs(step.loss - other) / max(abs(other), 1e-300)
                gaps[step.epoch] = max(gap, gaps.get(step.epoch, 0.0))
        rows += [point(PARTING, name, epoch + 1, gap) for epoch, gap in sorted(gaps.items())]
    return rows


def norm_rows(steps: Sequence[Step], best: str) -> list[Row]:
    """By epoch and layer the median norm of what flows back."""
    found: dict[tuple[int, int], list[float]] = {}
    for step in steps:
        if step.backend == best:
            for layer, norm in enumerate(step.gradient_norms, 1):
                if norm is not None:
                    found.setdefault((layer, step.epoch + 1), []).append(norm)
    return [point(NORMS, best, epoch, median(norms), f"layer {layer}")
            for (layer, epoch), norms in sorted(found.items())]  # fmt: skip


def digit_rows(steps: Sequence[Step]) -> list[Row]:
    """The correct digits of the gradients that were certified."""
    return [
        point(DIGITS, step.backend, step.epoch + 1, step.digits) for step in steps if step.digits is not None
    ]


def learnt_rows(steps: Sequence[Step], best: str) -> list[Row]:
    """Where the last step of a backend tells it: the scores on a grid of the features, and the samples."""
    last = {step.backend: step.learnt for step in steps if step.learnt}
    rows = []
    for name, learnt in last.items():
        xs, ys = learnt["x"], learnt.get("y")
        for i, scores in enumerate(learnt["scores"]):
            if ys is None:
                rows.append(point(LEARNT, name, xs[i], scores))
            else:
                rows += [point(LEARNT, name, x, ys[i], f"{score:g}") for x, score in zip(xs, scores)]
    shown: dict[str, Any] = last.get(best) or next(iter(last.values()), {})
    return rows + [point(SAMPLES, "", x, y, str(label)) for x, y, label in shown.get("samples", [])]


def training_title(rows: Sequence[Row]) -> str:
    """The loss that is reached, who reached it first, and whether all walk the same way."""
    names = backends(of(rows, panel=EPOCH))
    ends = {name: of(rows, panel=EPOCH, backend=name)[-1] for name in names}
    times = {name: of(rows, panel=TIME, backend=name)[-1]["x"] for name in names}
    if len(names) == 1:
        loss, spent = about(ends[names[0]]["y"]), about(times[names[0]])
        return words("brings", backend=names[0], loss=loss, seconds=spent)
    apart = {name: max(row["y"] for row in of(rows, panel=PARTING, backend=name))
             for name in names if of(rows, panel=PARTING, backend=name)}  # fmt: skip
    lost = [name for name, gap in apart.items() if gap > AGREE]
    quick, slow = min(times, key=lambda k: times[k]), max(times, key=lambda k: times[k])
    gap = power(max(apart.values(), default=0.0))
    parts = words("part one" if len(lost) == 1 else "part", backends=listed(lost), gap=gap)
    return words(
        "loss", loss=about(min(end["y"] for end in ends.values())), quick=quick, slow=slow,
        told=parts if lost else words("one way", count=len(names), gap=gap),
        quick_seconds=about(times[quick]), slow_seconds=about(times[slow]),
    )  # fmt: skip


def draw_training(page: Any, rows: Sequence[Row]) -> None:
    """The panels that the rows hold, two in a row."""
    present = {row["panel"] for row in rows}
    chosen = [(name, draw) for name, draw in PANELS.items() if name in present]
    names = backends([row for row in rows if row["backend"]])
    right = [*names, *dict.fromkeys(layer_name(row["series"]) for row in of(rows, panel=NORMS))]
    panels = page.panels(
        training_title(rows), len(chosen), right=right, left=["10⁻¹⁶"], top=1.6 * page.style.font / 72
    )
    for (name, draw), axes in zip(chosen, panels):
        draw(page, axes, of(rows, panel=name), rows)


def curves(page: Any, axes: Any, rows: Sequence[Row], floor: float = 0.0, every: int = 8) -> None:
    """A line for each backend, its name at its end."""
    look = looks(backends(rows))
    ends = []
    for name in backends(rows):
        mine = [row for row in of(rows, backend=name) if row["y"] is not None]
        y = [max(row["y"], floor) for row in mine]
        page.line(axes, [row["x"] for row in mine], y, look[name], every=max(1, len(mine) // every))
        ends.append((mine[-1]["x"], y[-1], name, look[name].color))
    page.labels_right(axes, ends)


def epochs(axes: Any) -> None:
    """The axis of epochs, which are whole."""
    axes.set_xlabel(words("epoch axis"))
    axes.locator_params(axis="x", integer=True)


def loss_by_epoch(page: Any, axes: Any, rows: Sequence[Row], _: Any) -> None:
    axes.set(ylabel=words("loss axis"), yscale="log")
    epochs(axes)
    page.near_ticks(axes.yaxis, [row["y"] for row in rows])
    curves(page, axes, rows)
    page.caption(axes, words("by epoch"))


def loss_by_second(page: Any, axes: Any, rows: Sequence[Row], _: Any) -> None:
    axes.set(xlabel=words("spent axis"), ylabel=words("loss axis"), yscale="log", xscale="log")
    page.log_ticks(axes.xaxis)
    page.near_ticks(axes.yaxis, [row["y"] for row in rows])
    curves(page, axes, rows)
    page.caption(axes, words("by time"))


def parting(page: Any, axes: Any, rows: Sequence[Row], every: Sequence[Row]) -> None:
    from_ = next(iter(set(backends(of(every, panel=EPOCH))) - set(backends(rows))), "")
    axes.set(ylabel=words("parting axis"), yscale="log")
    epochs(axes)
    axes.set_ylim(LEAST / 3, max(1e-12, *(row["y"] * 10 for row in rows)))
    page.log_ticks(axes.yaxis)
    curves(page, axes, rows, LEAST)
    page.caption(axes, words("parting", backend=from_))


def gradient_norms(page: Any, axes: Any, rows: Sequence[Row], _: Any) -> None:
    axes.set(ylabel=words("norm axis"), yscale="log")
    epochs(axes)
    page.near_ticks(axes.yaxis, [row["y"] for row in rows])
    layers = list(dict.fromkeys(row["series"] for row in rows))
    ends = []
    for i, layer in enumerate(layers):
        mine = of(rows, series=layer)
        color = page.shade(0.35 + 0.65 * (i + 1) / len(layers))
        axes.plot([row["x"] for row in mine], [row["y"] for row in mine], color=color)
        ends.append((mine[-1]["x"], mine[-1]["y"], layer_name(layer), color))
    page.labels_right(axes, ends)
    page.caption(axes, words("norms", backend=rows[0]["backend"]))


def layer_name(series: str) -> str:
    """What the label of a layer says."""
    return words("layer", k=series.removeprefix("layer "))


def digits(page: Any, axes: Any, rows: Sequence[Row], _: Any) -> None:
    axes.set(xlabel=words("epoch axis"), ylabel=words("digits axis"), xscale="log", ylim=(-0.6, 17.6))
    axes.set_yticks(DIGIT_TICKS)
    page.log_ticks(axes.xaxis)
    curves(page, axes, rows)
    page.caption(axes, words("certified"))


def learnt(page: Any, axes: Any, rows: Sequence[Row], every: Sequence[Row]) -> None:
    """Where the scores change sides, for each backend; of one feature the curve that was fitted."""
    axes.locator_params(nbins=6, prune="both")
    samples, look = of(every, panel=SAMPLES), looks(backends(rows))
    scatter(page, axes, samples)
    flat = not rows[0]["series"]
    axes.set(
        xlabel=words("feature" if flat else "first feature"),
        ylabel=words("target" if flat else "second feature"),
    )
    for name in backends(rows):
        mine = of(rows, backend=name)
        if flat:
            page.line(axes, [row["x"] for row in mine], [row["y"] for row in mine], look[name], every=12)
        else:
            boundary(axes, mine, look[name])
    page.caption(axes, words("fit" if flat else "boundary" if len(look) == 1 else "boundaries"))


def boundary(axes: Any, rows: Sequence[Row], look: Any) -> None:
    """The line between two classes, where their scores are equal; between more, where the class changes."""
    xs, ys = (sorted({row[name] for row in rows}) for name in "xy")
    scores = {(row["x"], row["y"]): float(row["series"]) for row in rows}
    dash = look.dash if isinstance(look.dash, str) else [look.dash]
    whole = all(score == int(score) for score in scores.values())  # then they are numbers of classes
    levels = [k + 0.5 for k in range(int(max(scores.values())))] if whole else [0.0]
    axes.contour(
        xs, ys, [[scores[x, y] for x in xs] for y in ys], levels=levels, colors=look.color, linestyles=dash
    )


def scatter(page: Any, axes: Any, samples: Sequence[Row]) -> None:
    """The samples, a colour and a marker for each class."""
    for i, label in enumerate(sorted({row["series"] for row in samples})):
        mine = of(samples, series=label)
        color = CLASS_COLORS[i % len(CLASS_COLORS)] if label else GREY
        axes.plot([row["x"] for row in mine], [row["y"] for row in mine], CLASS_MARKERS[i % 7], color=color,
                  alpha=0.35, markersize=page.style.font * 0.35, markeredgewidth=0)  # fmt: skip


PANELS = {
    EPOCH: loss_by_epoch, TIME: loss_by_second, PARTING: parting, NORMS: gradient_norms, LEARNT: learnt,
    DIGITS: digits,
}  # fmt: skip
