"""The adaptive scheme: find the length on which f varies, difference there, measure both errors, move on.

In the line of Ridders 1982 (Adv. Eng. Software 4) and Gill, Murray, Saunders, Wright 1983 (SIAM J. Sci. Stat.
Comput. 4), with the noise of f measured as by More and Wild 2011 and the truncation by points off the grid.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np

from .fixed import Plan
from .found import Found
from .noise import has_treads, is_loud, what_is_loud
from .scan import Target, scan
from .sides import both_sides
from .steps import move
from .verdict import Verdict, decays_slowly, judge

STAGES = 6  # stencils at most, for one output
SEARCHES = 8  # outputs of one line that may choose their own steps
BURIED = 16.0  # noise of which f changes by no more than this many is all there is to see

Steps = Generator[list[float], np.ndarray, None]
Choice = Generator[list[float], np.ndarray, float | None]


def adaptive(target: Target) -> Plan:
    """Every output in turn; what any of them samples is watched for all."""
    search = outputs_in_turn(target)
    offsets = next(search)
    while True:
        values = yield offsets
        target.watch(offsets, values)
        try:
            offsets = search.send(values)
        except StopIteration as end:
            return end.value


def outputs_in_turn(target: Target) -> Plan:
    """The steps chosen for one output serve all the others that they suit."""
    found, searches = Found(target), 0
    for output in range(target.center.size):
        if not found.settled[output] and searches < SEARCHES:
            searches += 1
            target.scans, target.still = 0, False
            yield from Search(target, output, found).run()
            found.treads[output] = target.still
            if found.doubtful(output):
                yield from both_sides(target, output, found)
    return found.slopes()


@dataclass
class Search:
    """Scan, difference, and move the step until the bound is met or no move pays."""

    target: Target
    output: int
    found: Found
    bracket: list[float] = field(
        default_factory=lambda: [0.0, math.inf]
    )  # steps known as too short, too long
    noise: float = 0.0  # confirmed
    slow: int = 0  # how many times in a row the truncation fell too slowly for a smooth function
    before: Verdict | None = None
    loud: list[Verdict] = field(default_factory=list)
    treads: bool = False  # whether f is known to be a staircase

    def run(self) -> Steps:
        if self.target.cramped:
            self.found.limited[self.output] = True
            return
        step: float | None = yield from scan(self.target, self.output, self.target.first)
        for _ in range(STAGES):
            if step is None:
                return
            verdict = yield from self.difference(step)
            step = yield from self.next_step(verdict)

    def difference(self, step: float) -> Generator[list[float], np.ndarray, Verdict]:
        target, nodes = self.target, self.target.nodes
        self.found.limited[self.output] |= step * max(nodes.at) > target.room
        step = target.within(step, max(nodes.at))
        offsets = [target.offset(o * step) for o in nodes.offsets]
        values = yield offsets
        return judge(nodes, step, offsets, values, target.center, target.eps, target.ulp)

    def next_step(self, verdict: Verdict) -> Choice:
        """The next step, None where the search ends."""
        target, output, found = self.target, self.output, self.found
        if not (np.isfinite(verdict.value[output]) and np.isfinite(verdict.truncation[output])):
            found.limited[output], self.bracket[1] = True, verdict.step
            return verdict.step / 4
        if verdict.spread[output] == 0 and (yield from self.is_on_a_tread(verdict)):
            return target.first
        found.keep(verdict, target)
        if found.settled[output]:
            return None
        if verdict.spread[output] == 0:
            yield from self.constant_or_stairs()
            return None
        kind = (yield from self.explain(verdict)) if is_loud(verdict, output, self.noise) else "smooth"
        if kind == "structure":
            return (yield from self.retreat(verdict))
        if (
            kind == "noise"
            and verdict.step < target.first / 1024
            and self.noise > verdict.spread[output] / BURIED
        ):
            return target.first  # what the scan took for structure was noise
        if kind == "kink" or self.is_rough(verdict):
            found.rough[output] = True
            return None
        self.before = verdict
        return move(verdict, output, self.noise, target, self.bracket)

    def explain(self, verdict: Verdict) -> Generator[list[float], np.ndarray, str]:
        """What is loud here; noise is remembered."""
        self.loud.append(verdict)
        if self.treads:
            kind, noise = "noise", float(verdict.noise[self.output])
        else:
            kind, noise = yield from what_is_loud(self.target, self.output, self.loud)
        if kind == "noise":
            self.noise, self.found.noisy[self.output] = noise, True
        return kind

    def is_on_a_tread(self, verdict: Verdict) -> Generator[list[float], np.ndarray, bool]:
        """Whether f, the same at all nodes, is a staircase of which a longer step sees the slope."""
        target, output = self.target, self.output
        if self.treads or target.steepest[output] == 0 or verdict.step > target.first / 8:
            return False
        self.treads = yield from has_treads(verdict.step, target, target.first, output)
        return self.treads

    def retreat(self, verdict: Verdict) -> Choice:
        """A shorter step, because this one does not see the structure of f."""
        self.found.forget(self.output, verdict.step)
        self.bracket[1], self.before = min(self.bracket[1], verdict.step), None
        known = float(self.found.step[self.output])
        if 0 < known < verdict.step:
            return math.sqrt(known * verdict.step)
        shorter = verdict.step / 32
        step = yield from scan(self.target, self.output, shorter)
        return step if step < self.bracket[1] else shorter  # the scan sees no more than it did before

    def is_rough(self, verdict: Verdict) -> bool:
        """Whether the truncation has fallen too slowly twice: f is not smooth."""
        slowly = self.before and decays_slowly(self.before, verdict, self.output, self.target.derivative)
        self.slow = self.slow + 1 if slowly else 0
        return self.slow == 2

    def constant_or_stairs(self) -> Steps:
        """f has the same value, of few digits, at all nodes: look far away whether it ever changes."""
        target, output = self.target, self.output
        values = yield [target.offset(o * target.far) for o in target.nodes.offsets]
        self.found.constants(np.all(values == target.center, axis=0), target)
        if not self.found.settled[output]:
            self.found.noisy[output] = self.found.settled[output] = True
