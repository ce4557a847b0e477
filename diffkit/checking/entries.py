"""Some entries of many: the claim beside f, as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .evidence import Evidence
from .opinions import differences_on
from .references import DIFFERENCES
from .slopes import Slopes


def look(slopes: Slopes, columns: Sequence[int], scheme: str = DIFFERENCES) -> Evidence:
    """Some entries of the claim beside those of f: by complex steps, or else differences."""
    if slopes.exact and not slopes.second:
        units = (unit(slopes.question.x.size, j) for j in columns)
        return evidence(slopes, columns, np.stack([slopes.exact(v) for v in units], axis=1))
    found, rows, columns = differences_on(slopes.question, list(columns), scheme)
    return evidence(slopes, columns, found.value, found.radius, rows)


def evidence(
    slopes: Slopes, columns: Sequence[int], expected: np.ndarray, radius: np.ndarray | float = 0.0,
    rows: Sequence[int] | None = None,
) -> Evidence:  # fmt: skip
    """Entries of the claim beside what they should be; beside exact ones its noise is allowed for."""
    q, s = slopes.question, slopes
    rows = range(len(expected)) if rows is None else rows
    got = s.got[np.ix_(rows, columns)]
    rounding = s.slack * s.eps * (np.abs(got) + np.abs(expected)) / 2
    if s.exact and np.any(np.abs(got - expected) > radius + rounding):
        rounding = rounding + s.slack * s.noise_of(rows, columns)
    return Evidence(
        got, expected, radius + rounding, lambda i, j: q.label(rows[i], columns[j]), q.x[list(columns)],
        [("entries", (len(columns),))], {"the number of inputs": q.x.size}, s.eps,
        q.operator == "hessian", places=np.array(columns),
    )  # fmt: skip


def merged(parts: Sequence[Evidence]) -> Evidence:
    """Evidence of several columns in one, in the order of their places; the last that is known of each."""
    last = {place: (e, j) for e in parts for j, place in enumerate(places_of(e))}
    places = sorted(last)
    got, expected, tolerance = (
        np.stack([getattr(last[p][0], name)[:, last[p][1]] for p in places], axis=1)
        for name in ("got", "expected", "tolerance")
    )
    x = np.array([last[p][0].x[last[p][1]] for p in places])

    def label(i: int, j: int) -> str:
        e, own = last[places[j]]
        return e.label(i, own)

    return replace(parts[0], got=got, expected=expected, tolerance=tolerance, label=label, x=x,
                   blocks=[("entries", (len(places),))], places=np.array(places))  # fmt: skip


def wrong_of(e: Evidence) -> Evidence:
    """The wrong columns alone."""
    return merged([part(e, int(j)) for j in np.flatnonzero(e.wrong.any(axis=0))])


def part(e: Evidence, j: int) -> Evidence:
    """One column."""
    k = slice(j, j + 1)
    return replace(e, got=e.got[:, k], expected=e.expected[:, k], tolerance=e.tolerance[:, k], x=e.x[k],
                   places=np.array(places_of(e)[k]), label=lambda i, _: e.label(i, j))  # fmt: skip


def places_of(e: Evidence) -> list[int]:
    """The places of its columns among all inputs."""
    return [] if e.places is None else e.places.tolist()


def unit(n: int, place: int) -> np.ndarray:
    v = np.zeros(n)
    v[place] = 1.0
    return v


def around(places: Sequence[int], beside: int, n: int) -> list[int]:
    """The places with as many beside each of them."""
    return sorted({i for p in places for i in range(max(p - beside, 0), min(p + beside + 1, n))})
