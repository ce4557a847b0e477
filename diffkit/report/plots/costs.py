"""`cost` and `swell` against the size, `breakeven` against the calls, `profile` and `samples` of times."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, log
from statistics import median
from typing import Any

from ...harness.record import KEPT_ENTRIES, Measurement
from ...harness.standing import CONTROLS
from ..columns import shortened
from ..lists import listed
from ..units import size
from .palette import GREY, Look, looks
from .rows import NotFed, Row, about, backends, cells, counted, of, ranked, words

Guides = dict[str, tuple[float, int]]  # name: factor and exponent of n
LEAST_PROBLEMS = 10  # of a performance profile: with fewer its steps speak of the choice


# Against the size


def size_rows(records: Sequence[Measurement], name: str, needs: str) -> list[Row]:
    """Entry `name` of the right records, by problem, backend and size; only what has several sizes."""
    values = {
        (row.problem, row.backend, row.size): (inputs(row), getattr(row, name))
        for row in records
        if row.size and row.status in ("ok", "unscored") and getattr(row, name)
    }
    sizes: dict[str, set[int]] = {}
    for problem, _, n in values:
        sizes.setdefault(problem, set()).add(n)
    rows = [
        {"problem": problem, "backend": backend, "size": n, "inputs": count, name: value}
        for (problem, backend, n), (count, value) in sorted(values.items(), key=by_number)
        if len(sizes[problem]) > 1
    ]
    if not rows:
        raise NotFed(words(needs))
    return rows


def by_number(item: tuple[tuple[str, str, int], Any]) -> tuple[Any, ...]:
    """The place of an entry by its problem, of which "layer 4" comes before "layer 16"."""
    (problem, backend, n), _ = item
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", problem)], backend, n


def inputs(row: Measurement) -> int | None:
    """How many entries the gradient has; None where a record keeps only the first of them."""
    count = size(row.value)
    return count if count < KEPT_ENTRIES else None


def cost_rows(records: Sequence[Measurement]) -> list[Row]:
    """The operator's time in calls of f, for each size."""
    return size_rows(records, "ratio", "cost needs")


def swell_rows(records: Sequence[Measurement]) -> list[Row]:
    """The operations of the derivative's program and the bytes that a call holds, for each size."""
    rows = size_rows(records, "operations", "swell needs")
    held = {(row.problem, row.backend, row.size): row.peak_bytes for row in records}
    return [row | {"peak_bytes": held[row["problem"], row["backend"], row["size"]]} for row in rows]


def growth(rows: Sequence[Row], name: str) -> float:
    """The exponent p of the fit n^p through the first and the last size."""
    first, last = rows[0], rows[-1]
    return log(last[name] / first[name]) / log(last["size"] / first["size"])


def lines(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each problem and backend, by size."""
    pairs = dict.fromkeys((row["problem"], row["backend"]) for row in rows)
    return [of(rows, problem=problem, backend=backend) for problem, backend in pairs]


def flattest(rows: Sequence[Row], name: str) -> tuple[str, list[list[Row]]]:
    """The backend that is the lowest at the largest sizes (in the geometric mean), and its lines."""
    found: dict[str, list[list[Row]]] = {}
    for line in lines(rows):
        found.setdefault(line[0]["backend"], []).append(line)
    most = max(sum(len(line) for line in each) for each in found.values())
    whole = {k: each for k, each in found.items() if sum(map(len, each)) == most}
    best = min(whole, key=lambda k: sum(log(line[-1][name]) for line in whole[k]))
    return best, whole[best]


def extent(values: Sequence[float]) -> str:
    """
    >>> extent([3.0, 3.01]), extent([6.3, 13.0])
    ('3', '6.3 to 13')
    """
    least, most = about(min(values)), about(max(values))
    return least if least == most else words("extent", least=least, most=most)


def size_title(rows: Sequence[Row], name: str, verb: str) -> str:
    """The lowest at the largest size, from what to what; and the steepest, with its exponent."""
    rows = ranked(rows)
    best, own = flattest(rows, name)
    values = [row[name] for line in own for row in line]
    flat = " flat" if max(values) / min(values) < 4 else ""
    told = words(verb + flat, backend=best, extent=extent(values))
    powers = [
        (growth(line, name), line[0]["backend"], line[0]["problem"]) for line in lines(rows) if len(line) > 2
    ]
    power, steep, problem = max(powers, default=(0.0, best, ""))
    if steep == best or power < 0.3:
        return told
    key = "grows on" if len({row["problem"] for row in rows}) > 1 else "grows"
    return words(key, told=told, backend=steep, power=f"{power:.1f}", problem=shortened(problem, 24))


def draw_sizes(
    page: Any, rows: Sequence[Row], names: dict[str, str], title: str,
    guides: Callable[[Sequence[Row]], Guides],
) -> None:  # fmt: skip
    """A panel for each problem and quantity, a line for each backend, and the guides that hold there.

    names: the entries that are drawn, with the key of what they are called on the axis.
    """
    problems, look = list(dict.fromkeys(row["problem"] for row in rows)), looks(backends(rows))
    wanted = [
        (problem, name, mine)
        for problem in problems
        for name in names
        if (mine := [row for row in of(rows, problem=problem) if row[name]])
    ]
    panels = page.panels(
        title, len(wanted), right=[*backends(rows), *guides(rows)], top=1.6 * page.style.font / 72
    )
    for (problem, name, mine), axes in zip(wanted, panels):
        axes.set_ylabel(words(names[name]))
        sizes, values = sorted({row["size"] for row in mine}), [row[name] for row in mine]
        low, high = min(values) / 1.6, max(values) * 1.6
        axes.set(
            xscale="log", yscale="log", xlim=(sizes[0] / 1.15, sizes[-1] * 1.15), xlabel=words("size axis")
        )
        page.log_ticks(axes.xaxis, sizes)
        page.log_ticks(axes.yaxis)
        ends = []
        for line in lines(mine):
            backend = line[0]["backend"]
            page.line(axes, [r["size"] for r in line], [r[name] for r in line], look[backend])
            ends.append((line[-1]["size"], line[-1][name], backend, look[backend].color))
        for text, (factor, power) in (guides(mine) if name == next(iter(names)) else {}).items():
            y = [factor * n**power for n in sizes]
            low, high = min(low, y[0] / 1.3), max(high, y[-1] * 1.3)
            page.guide(axes, sizes, y)
            ends.append((sizes[-1], y[-1], text, GREY))
        axes.set_ylim(low, high)
        page.labels_right(axes, ends)
        page.caption(axes, shortened(problem, 40))


def cost_guides(rows: Sequence[Row]) -> Guides:
    """1 and 4, and where n is the number of inputs, what forward mode and central differences cost."""
    constant: Guides = {"1": (1, 0), "4": (4, 0)}
    per_input: Guides = {"n": (1, 1), "2n": (2, 1)}
    known = all(row["inputs"] in (row["size"], None) for row in rows)
    return constant | (per_input if known else {})


def draw_cost(page: Any, rows: Sequence[Row]) -> None:
    """Cost against size with the guides of theory: f itself, the cheap gradient, forward, differences."""
    title = size_title(rows, "ratio", "costs")
    draw_sizes(page, rows, {"ratio": "cost axis"}, title, cost_guides)


def draw_swell(page: Any, rows: Sequence[Row]) -> None:
    """Operations and memory against size: formulas swell, a tape grows with the program."""
    title = size_title(rows, "operations", "needs")
    names = {"operations": "operations axis", "peak_bytes": "bytes axis"}
    draw_sizes(page, rows, names, title, lambda _: {"n": (1, 1)})


# Against the calls


def breakeven_rows(records: Sequence[Measurement]) -> list[Row]:
    """Set-up and one call, in seconds summed over the problems that all drawn backends differentiate."""
    tables = [
        {name: row for name, row in found.items() if row.status == "ok" and row.prepare_seconds and row.ratio}
        for found in cells(records).values()
    ]
    counts = Counter(name for table in tables for name in table)
    names = [name for name, number in counts.items() if 2 * number >= max(counts.values())]
    common = [table for table in tables if all(name in table for name in names)]
    if not names or not common:
        raise NotFed(words("breakeven needs"))
    totals = [
        (name, sum(t[name].prepare_seconds or 0.0 for t in common),
         sum(t[name].execute_seconds or 0.0 for t in common))
        for name in names
    ]  # fmt: skip
    return [
        {"backend": name, "problems": len(common), "prepare_seconds": prepare, "execute_seconds": execute,
         "calls": calls, "total_seconds": prepare + calls * execute}
        for name, prepare, execute in totals
        for calls in (round(10 ** (k / 4)) for k in range(25))
    ]  # fmt: skip


def winners(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """From how many calls on which backend needs the least time."""
    each = [of(rows, calls=calls) for calls in sorted({row["calls"] for row in rows})]
    best = [min(drawn, key=lambda row: row["total_seconds"]) for drawn in each]
    changes = [(old, new) for old, new in pairwise(best) if old["backend"] != new["backend"]]
    return [(1, best[0]["backend"]), *((crossing(old, new), new["backend"]) for old, new in changes)]


def crossing(old: Row, new: Row) -> int:
    """The first number of calls for which the dearer set-up of `new` has paid."""
    more = new["prepare_seconds"] - old["prepare_seconds"]
    return ceil(more / (old["execute_seconds"] - new["execute_seconds"]))


def breakeven_title(rows: Sequence[Row]) -> str:
    """Who needs the least time from how many calls on."""
    steps = winners(ranked(rows))
    if len(steps) == 1:
        return words("least for any", backend=steps[0][1])
    told = [words("from calls", backend=name, calls=about(calls)) for calls, name in steps[1:]]
    return words("least by calls", backend=steps[0][1], others=listed(told))


def draw_breakeven(page: Any, rows: Sequence[Row]) -> None:
    """A line for each backend: flat while it pays for its set-up, then rising by the call."""
    names, look = backends(rows), looks(backends(rows))
    (axes,) = page.panels(breakeven_title(rows), right=names, top=1.6 * page.style.font / 72)
    axes.set(
        xscale="log",
        yscale="log",
        xlim=(0.8, 1.25e6),
        xlabel=words("calls axis"),
        ylabel=words("seconds axis"),
    )
    page.log_ticks(axes.xaxis)
    page.log_ticks(axes.yaxis)
    ends = []
    for name in names:
        mine = of(rows, backend=name)
        page.line(
            axes, [row["calls"] for row in mine], [row["total_seconds"] for row in mine], look[name], every=4
        )
        ends.append((mine[-1]["calls"], mine[-1]["total_seconds"], name, look[name].color))
    page.labels_right(axes, ends)
    page.caption(axes, words("summed", problems=counted(rows[0]["problems"])))


# Of the times


def profile_rows(records: Sequence[Measurement]) -> list[Row]:
    """How many times the fastest right call each backend's takes, sorted, with the share up to it."""
    tables = [
        {
            name: row.execute_seconds
            for name, row in found.items()
            if row.status == "ok" and row.execute_seconds and name not in CONTROLS
        }
        for found in cells(records).values()
    ]
    tables = [table for table in tables if table]
    if len(tables) < LEAST_PROBLEMS:
        raise NotFed(words("profile needs", least=LEAST_PROBLEMS, count=len(tables)))
    names = dict.fromkeys(name for table in tables for name in table)
    factors = {n: sorted(t[n] / min(t.values()) for t in tables if n in t) for n in names}
    return [
        {"backend": name, "factor": factor, "share": (i + 1) / len(tables), "problems": len(tables)}
        for name, each in factors.items()
        for i, factor in enumerate(each)
    ]


def profile_title(rows: Sequence[Row]) -> str:
    """Who is the fastest most often, and who is right most often."""

    def share(name: str, factor: float) -> float:
        return max((row["share"] for row in of(rows, backend=name) if row["factor"] <= factor), default=0.0)

    names = backends(rows)
    fastest = max(names, key=lambda name: share(name, 1.0))
    right = {name: share(name, float("inf")) for name in names}
    best = [name for name in names if right[name] == max(right.values())]
    return words(
        "fastest", backend=fastest, share=f"{share(fastest, 1.0):.0%}", count=rows[0]["problems"],
        right=f"{right[best[0]]:.0%}", backends=listed(best),
    )  # fmt: skip


def draw_profile(page: Any, rows: Sequence[Row]) -> None:
    """A stair for each backend: on which share of the problems it is right within so many times the fastest.

    Dolan and More, Benchmarking optimization software with performance profiles, Math. Program. 91 (2002).
    """
    names, look = backends(rows), looks(backends(rows))
    (axes,) = page.panels(profile_title(rows), right=names)
    top = max(2.0, *(row["factor"] for row in rows)) * 1.3
    axes.set(
        xscale="log", xlim=(0.93, top), ylim=(-0.02, 1.04), ylabel=words("right axis"),
        xlabel=words("factor axis"),
    )  # fmt: skip
    page.log_ticks(axes.xaxis)
    ends = []
    for name in names:
        mine = of(rows, backend=name)
        shares = [row["share"] for row in mine]
        page.stair(axes, [1.0, *(row["factor"] for row in mine), top], [0.0, *shares, shares[-1]], look[name])
        ends.append((top, shares[-1], name, look[name].color))
    page.labels_right(axes, ends)


def sample_rows(records: Sequence[Measurement]) -> list[Row]:
    """The timed samples in their order: seconds for one problem, for several in multiples of the median."""
    timed = {
        problem: [row for row in found.values() if row.execute_samples]
        for problem, found in cells(records).items()
    }
    timed = {problem: found for problem, found in timed.items() if found}
    if not timed:
        raise NotFed(words("samples need"))
    unit = "seconds" if len(timed) == 1 else "multiples of the median"
    return [
        {"backend": row.backend, "problem": problem, "round": i, "unit": unit,
         "time": sample / (1.0 if len(timed) == 1 else median(row.execute_samples))}
        for problem, found in timed.items()
        for row in found
        for i, sample in enumerate(row.execute_samples)
    ]  # fmt: skip


def sample_title(rows: Sequence[Row]) -> str:
    """How far the samples of a backend lie apart, the calmest and the wildest."""
    ranges = {
        name: max(row["time"] for row in of(rows, backend=name))
        / min(row["time"] for row in of(rows, backend=name))
        for name in backends(rows)
    }
    calm, wild = min(ranges, key=lambda k: ranges[k]), max(ranges, key=lambda k: ranges[k])
    told = words("apart", ratio=about(ranges[calm]), backend=calm)
    return told if calm == wild else words("and apart", told=told, ratio=about(ranges[wild]), backend=wild)


def draw_samples(page: Any, rows: Sequence[Row]) -> None:
    """A strip for each backend; a sample stands the higher in its strip the later it was taken."""
    names, look = backends(rows), looks(backends(rows))
    (axes,) = page.panels(sample_title(rows), left=names, top=1.6 * page.style.font / 72)
    problems = {row["problem"] for row in rows}
    several = len(problems) > 1
    axes.set(xscale="log", ylim=(len(names) - 0.4, -0.6), xlabel=words(rows[0]["unit"]))
    axes.set_yticks(range(len(names)), names)
    page.near_ticks(axes.xaxis, [row["time"] for row in rows])
    for i, name in enumerate(names):
        mine = of(rows, backend=name)
        last = max(1, *(row["round"] for row in mine))
        strip(
            page,
            axes,
            [r["time"] for r in mine],
            [i + 0.3 - 0.6 * r["round"] / last for r in mine],
            look[name],
        )
        middle = median(row["time"] for row in mine)
        axes.plot([middle, middle], [i - 0.4, i + 0.4], color="#222222", linewidth=page.style.font / 8)
    page.caption(axes, counted(len(problems)) if several else next(iter(problems)))


def strip(page: Any, axes: Any, x: Sequence[float], y: Sequence[float], look: Look) -> None:
    """Pale markers without a line."""
    axes.plot(
        x, y, look.marker, color=look.color, alpha=0.5, markersize=page.style.font * 0.5, markeredgewidth=0.6
    )
