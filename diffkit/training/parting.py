"""Where two trajectories from the same seed part by more than rounding, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .record import Step

PARTED = 1e-12  # relative difference of two losses: thousands of roundings
NEARLY_ALL = 12.0  # digits from which on a gradient owes its error to rounding


def parting(mine: Sequence[Step], theirs: Sequence[Step]) -> dict[str, Any] | None:
    """The first step at which the losses of two backends differ by more than rounding; None if none does.

    >>> a = Step(backend="a", epoch=0, step=0, loss=1.0, digits=9.0)
    >>> b = Step(backend="b", epoch=0, step=0, loss=1.1, digits=16.0)
    >>> parting([a], [b])["why"]
    'the gradient of a keeps 9.0 digits, that of b 16.0'
    """
    losses = {step.step: step.loss for step in theirs}
    for step in mine:
        other = losses.get(step.step)
        if other is None or step.loss is None:
            continue
        difference = abs(step.loss - other) / max(abs(other), 1e-300)
        if difference > PARTED:
            return {
                "from": theirs[0].backend, "step": step.step, "epoch": step.epoch,
                "relative_difference": difference, "why": why(mine, theirs, step.step),
            }  # fmt: skip
    return None


def why(mine: Sequence[Step], theirs: Sequence[Step], step: int) -> str:
    """The digits that the gradients had until then say whose error it is."""
    (a, kept), (b, others) = (fewest_digits(steps, step) for steps in (mine, theirs))
    if kept is None or others is None:
        return "no gradient was certified until then"
    if min(kept, others) < NEARLY_ALL:
        return f"the gradient of {a} keeps {kept:.1f} digits, that of {b} {others:.1f}"
    return (
        f"both gradients are right up to rounding ({kept:.1f} and {others:.1f} digits), and training has "
        f"amplified the rounding over {step} steps"
    )


def fewest_digits(steps: Sequence[Step], until: int) -> tuple[str, float | None]:
    known = [step.digits for step in steps if step.digits is not None and step.step <= until]
    return steps[0].backend, min(known, default=None)


def partings(of: dict[str, Sequence[Step]]) -> dict[str, dict[str, Any] | None]:
    """For each backend, where it parts from the one whose worst gradient keeps most digits."""
    known = {name: steps for name, steps in of.items() if steps}
    if len(known) < 2:
        return dict.fromkeys(of)
    best = max(known, key=lambda name: fewest_digits(known[name], known[name][-1].step)[1] or -1.0)
    return {
        name: parting(known[name], known[best]) if name in known and name != best else None for name in of
    }
