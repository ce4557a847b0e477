"""`precision`, digits against cost, and `ulps`, the distribution of errors."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from ...harness.record import Measurement
from .palette import Look, looks
from .rows import DIGIT_TICKS, NotFed, Row, about, backends, cells, counted, of, power, ranked, words

LEAST_ULPS = 0.1  # where no error at all is drawn
MOST_ULPS = 1e18  # where every larger one is: no digit is right, and of a tiny truth it may be infinite


def precision_rows(records: Sequence[Measurement]) -> list[Row]:
    """Digits and cost of each scored and timed record, then the medians of each backend."""
    rows = [
        {"backend": row.backend, "problem": problem, "cost": row.ratio, "digits": row.digits}
        for problem, found in cells(records).items()
        for row in found.values()
        if row.ratio is not None and row.digits is not None
    ]
    if not rows:
        raise NotFed(words("precision needs"))
    return rows + [
        {"backend": name, "problem": "median", "cost": middle(rows, name, "cost"),
         "digits": middle(rows, name, "digits")}
        for name in backends(rows)
    ]  # fmt: skip


def middle(rows: Sequence[Row], backend: str, name: str) -> float:
    """The median of a backend's entries."""
    return median(row[name] for row in of(rows, backend=backend))


def precision_title(rows: Sequence[Row]) -> str:
    """The cheapest of those that keep the most digits, and the one that keeps the fewest."""
    rows = ranked(rows)
    numbers = {name: len(of(rows, backend=name)) for name in backends(rows)}
    medians = [
        row for row in of(rows, problem="median") if numbers[row["backend"]] == max(numbers.values())
    ]  # those of fewer problems may have left out the hard ones
    most = max(row["digits"] for row in medians)
    best = min((row for row in medians if row["digits"] > most - 1), key=lambda row: row["cost"])
    least = min(medians, key=lambda row: row["digits"])
    told = words("keeps", **kept(best))
    if len(medians) < len(numbers):
        told = words("on all", told=told, problems=counted(max(numbers.values()) - 1))
    if len(medians) == 1:
        return told
    if least["digits"] > most - 1:
        return words("cheapest", told=told)
    key = "keeps fewer, medians" if max(numbers.values()) > 2 else "keeps fewer"
    return words(key, told=told, **kept(least))


def kept(row: Row) -> dict[str, str]:
    """What a title says of a backend."""
    return {
        "backend": row["backend"], "digits": f"{row['digits']:.1f}", "cost": about(row["cost"])
    }  # fmt: skip


def draw_precision(page: Any, rows: Sequence[Row]) -> None:
    """Pale points for the problems, a large one for each backend's medians."""
    medians, look = of(rows, problem="median"), looks(backends(rows))
    number = len({row["problem"] for row in rows}) - 1
    labels = [
        words("of problems", backend=row["backend"], count=n, all=number) if n < number else row["backend"]
        for row in medians
        for n in [len(of(rows, backend=row["backend"])) - 1]
    ]
    (axes,) = page.panels(precision_title(rows), right=labels, top=1.6 * page.style.font / 72)
    axes.set(xscale="log", xlabel=words("cost axis"), ylabel=words("digits axis"), ylim=(-0.6, 17.6))
    axes.set_yticks(DIGIT_TICKS)
    page.log_ticks(axes.xaxis)
    for name in backends(rows):
        mine = of(rows, backend=name)
        points(page, axes, [row for row in mine if row["problem"] != "median"], look[name], 0.45, 0.3)
        points(page, axes, of(mine, problem="median"), look[name], 1.0, 1.0)
    page.labels_right(
        axes,
        [
            (row["cost"], row["digits"], text, look[row["backend"]].color)
            for row, text in zip(medians, labels)
        ],
    )
    if number > 1:
        page.caption(axes, words("small and large", problems=counted(number)))


def points(page: Any, axes: Any, rows: Sequence[Row], look: Look, size: float, alpha: float) -> None:
    """Markers alone, in multiples of the font; all of one backend at once, for there may be thousands."""
    axes.plot(
        [row["cost"] for row in rows], [row["digits"] for row in rows], look.marker, color=look.color,
        alpha=alpha, markersize=page.style.font * size, zorder=2 + (alpha == 1), markeredgewidth=0.6,
        markeredgecolor=look.color if look.marker in "x+1234" else "white",
    )  # fmt: skip


def ulp_rows(records: Sequence[Measurement]) -> list[Row]:
    """The worst entry's error of each record, sorted, with the share of problems up to it."""
    found: dict[str, list[float]] = {}
    for entries in cells(records).values():
        for row in entries.values():
            if row.ulps_worst is not None:
                found.setdefault(row.backend, []).append(row.ulps_worst)
    if max(map(len, found.values()), default=0) < 2:
        raise NotFed(words("ulps need"))
    return [
        {"backend": name, "ulps": ulps, "share": (i + 1) / len(errors), "problems": len(errors)}
        for name, errors in found.items()
        for i, ulps in enumerate(sorted(errors))
    ]


def within(rows: Sequence[Row], backend: str, ulps: float) -> float:
    """The share of problems on which the backend's worst entry is within so many ulps."""
    return max((row["share"] for row in of(rows, backend=backend) if row["ulps"] <= ulps), default=0.0)


def ulp_title(rows: Sequence[Row]) -> str:
    """Who is within two ulps most often, and least."""
    shares = {name: within(rows, name, 2.0) for name in backends(ranked(rows))}
    best, worst = max(shares, key=lambda k: shares[k]), min(shares, key=lambda k: shares[k])
    told = words("within 2 ulps", backend=best, share=f"{shares[best]:.0%}")
    if shares[best] == shares[worst]:
        return told
    return words("and within 2 ulps", told=told, backend=worst, share=f"{shares[worst]:.0%}")


def draw_ulps(page: Any, rows: Sequence[Row]) -> None:
    """A stair for each backend: the share of problems with at most so many ulps of error."""
    look = looks(backends(rows))
    (axes,) = page.panels(ulp_title(rows), right=backends(rows))
    worst = max(row["ulps"] for row in rows)
    top = min(max(10.0, worst), MOST_ULPS) * 2
    key = "ulps axis" if worst <= MOST_ULPS else "ulps axis, far"
    axes.set(
        xscale="log", xlim=(LEAST_ULPS, top), ylim=(-0.02, 1.04), ylabel=words("share axis"),
        xlabel=words(key, least=f"{LEAST_ULPS:g}", most=power(MOST_ULPS)),
    )  # fmt: skip
    page.log_ticks(axes.xaxis)
    ends = []
    for name in backends(rows):
        mine = of(rows, backend=name)
        x = [min(max(row["ulps"], LEAST_ULPS), MOST_ULPS) for row in mine]
        page.stair(axes, [LEAST_ULPS, *x, top], [0.0, *(row["share"] for row in mine), 1.0], look[name])
        ends.append((top, 1.0, name, look[name].color))
    page.labels_right(axes, ends)
