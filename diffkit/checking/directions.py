"""Many inputs: the claim is held against a few random directions, and a wrong one is hunted down.

A direction of random signs sees every wrong entry: one error e changes the slope along it by at least e/2.
The slopes of f are complex steps that a difference confirms, or else adaptive differences. An entry is called
wrong once it has been looked at on its own, by differences too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .causes import explain
from .evidence import FEWEST, HALF_PRECISION, Evidence
from .question import Question
from .references import DIFFERENCES, SECOND_DIFFERENCES, UNSOUND, NoReference
from .slopes import Slope, Slopes
from .suspects import Sampled, Suspects

COUNT = 2
RESOLVED = 1e-6  # relative bound of a quick difference that confirms a complex step
NEAREST = "finite:scheme=central"  # of order 2: its short step meets few kinks
TOLD_BY_DIRECTIONS = ("detached", "sign", "constant ratio")


def along_directions(question: Question, got: np.ndarray, eps: float, slack: float) -> Sampled:
    """The claim along seeded directions; where it is wrong, the entries that make it so."""
    if not np.all(np.isfinite(got)):
        return not_finite(question, got)
    slopes = Slopes(question, got, eps, slack)
    try:
        slopes.step_into_the_complex()
        return judged(slopes)
    except NoReference:
        slopes.exact = None
    try:
        return judged(slopes)
    except NoReference as reason:
        return Sampled("cannot tell", "noise level", str(reason))


def not_finite(question: Question, got: np.ndarray) -> Sampled:
    """A claim with entries that are no numbers, where f is one."""
    lost = np.argwhere(~np.isfinite(got))
    row, column = map(int, lost[0])
    kind = "NaN" if np.isnan(got[row, column]) else "infinite"
    what = f"{len(lost):,} of {got.size:,} entries are not finite: {question.label(row, column)} is {kind}"
    return Sampled("disagree", "not finite", what, wrong=len(lost))


def judged(slopes: Slopes) -> Sampled:
    """The verdict by these slopes; raises NoReference where they are not to be had, or not to be trusted."""
    vs = [slopes.drawn() for _ in range(COUNT)]
    found = [slopes.slope(v) for v in vs]
    if slopes.exact:
        confirm(slopes, vs[0], found[0])
    worst = max(range(COUNT), key=lambda k: found[k].excess)
    if found[worst].wrong:
        slopes.measure_noise(vs[worst])
        found = [replace(s, rounding=slopes.claimed(v)[1]) for s, v in zip(found, vs, strict=True)]
    e = beside(slopes, found)
    if not e.wrong.any():
        return replace(quiet(e, found), reference=slopes.name)
    opinions = {"directions": f"{int(np.any(e.wrong, axis=0).sum())} of {COUNT} random ones show the error"}
    told = (
        by_directions(slopes, vs, worst, e, found[worst].error) or Suspects(slopes, vs, found, worst).found()
    )
    return replace(told, opinions=opinions | told.opinions, reference=slopes.name)


def confirm(slopes: Slopes, v: np.ndarray, exact: Slope) -> None:
    """Raise NoReference unless differences find the slope that complex steps have found."""
    near = slopes.differenced(v, NEAREST if slopes.traced else slopes.scheme)
    if np.any(near.radius > RESOLVED * np.abs(exact.expected)):
        near = slopes.differenced(v)
    gap = np.abs(near.expected - exact.expected)
    if np.any(gap > near.radius + exact.radius) or np.any(near.radius > FEWEST * np.abs(exact.expected)):
        raise NoReference("differences do not confirm the complex steps")


def beside(slopes: Slopes, found: list[Slope]) -> Evidence:
    """Slopes as evidence: one column per direction."""

    def along(i: int, j: int) -> str:
        return f"direction {j}" + (f", output {i}" if len(got) > 1 else "")

    got, expected, tolerance = (np.stack([getattr(s, name) for s in found], axis=1)
                                for name in ("got", "expected", "tolerance"))  # fmt: skip
    sizes = {"the number of inputs": slopes.question.x.size}
    blocks: list[tuple[str, tuple[int, ...]]] = [("directions", (COUNT,))]
    return Evidence(got, expected, tolerance, along, np.ones(COUNT), blocks, sizes, slopes.eps)


def quiet(e: Evidence, found: list[Slope]) -> Sampled:
    """No direction shows an error: agreement, where the directions could have shown one."""
    if e.hidden.any() and e.half:
        return Sampled("cannot tell", "half precision", HALF_PRECISION, e)
    if e.hidden.any():
        unknown = "the slopes of f are not known well enough: make f smoother, or choose another point"
        trouble = next((s.trouble for s in found if s.trouble), "")
        return Sampled("cannot tell", "noise level", trouble or unknown, e)
    return Sampled("agree", evidence=e)


def by_directions(
    slopes: Slopes, vs: list[np.ndarray], worst: int, e: Evidence, error: np.ndarray
) -> Sampled | None:
    """The verdict where the slopes alone tell the cause, or contradict each other; else None."""
    scheme = DIFFERENCES if slopes.exact else SECOND_DIFFERENCES
    cause, sentence = explain(e)
    if slopes.exact and (cause not in TOLD_BY_DIRECTIONS or slopes.at_kink(vs[worst], error)):
        return None
    near = slopes.differenced(vs[worst], scheme)
    if slopes.exact and near.trouble:
        raise NoReference(near.trouble)  # at a kink complex steps take the mean of both sides
    if near.trouble == UNSOUND["kink"]:
        return None  # the slope of a right claim need not lie between those of both sides: look at entries
    if not near.wrong:
        return None if slopes.exact else taken_anew(slopes, vs)
    if cause not in TOLD_BY_DIRECTIONS or not np.all(e.wrong):
        return None
    sentence = sentence.replace("all entries", "slopes along all directions")
    return Sampled(
        "disagree", cause, sentence.replace(f"all {COUNT} entries", f"all {slopes.got.size} entries"), e
    )


def taken_anew(slopes: Slopes, vs: list[np.ndarray]) -> Sampled:
    """The verdict where better differences do not show the error that quick ones have shown."""
    found = [slopes.differenced(v) for v in vs]
    e = beside(slopes, found)
    if not e.wrong.any():
        return quiet(e, found)
    return Sampled("cannot tell", "noise level", "differences of f contradict each other", e)
