"""Where in the program of f an error was made: which operation's share of the gradient is wrong."""

from __future__ import annotations

import numpy as np

from ..differentiators.flows import Flow, flows
from .evidence import Evidence
from .question import Question

UNTOLD = ("other", "single entry", "stretch", "borders", "constant ratio in part", "low precision")
MOST_ENTRIES = 2000
SHARES = {  # what a share was multiplied by: cause, and how it is told
    0.0: ("missing term", "is left out: forgotten, or detached"),
    -1.0: ("wrong sign in part", "has the wrong sign"),
    2.0: ("ratio in part", "is counted twice"),
    0.5: ("ratio in part", "is counted half"),
}
OPERATORS = ("gradient", "derivative", "jacobian", "vjp")


def in_the_program(question: Question, e: Evidence) -> tuple[str, str] | None:
    """(cause, sentence) where one operation of f explains the whole error; None where none does."""
    if question.operator not in OPERATORS or e.got.size > MOST_ENTRIES or not np.all(np.isfinite(e.got)):
        return None
    f = question.to_first_order()[0]

    def of_leaves(*leaves: object) -> object:
        return f(*question.layout.close(question.args, leaves))

    leaves = [x if x.shape else float(x) for x in question.leaves]
    try:
        with np.errstate(all="ignore"):
            for flow in flows(of_leaves, leaves, [name for name, _ in question.blocks]):
                found = share(flow, e)
                if found:
                    return found
    except Exception:  # f is foreign code, which need not be traceable: then nothing is known of its inside
        return None
    return None


def share(flow: Flow, e: Evidence) -> tuple[str, str] | None:
    """The cause where the error is a simple multiple of this flow."""
    error = e.got - e.expected
    for factor, (cause, what) in SHARES.items():
        if explains(error, (factor - 1) * flow.through, e):
            return cause, f"in {flow.whole}, the derivative by {flow.part} {what}"
    if flow.bare is not None and explains(error, flow.bare - flow.through, e):
        return "inner derivative", f"in {flow.whole}, the slope of {flow.name} is left out"
    return None


def explains(error: np.ndarray, change: np.ndarray, e: Evidence) -> bool:
    """Whether the error is this change, up to what rounding leaves open, and is not as good as nothing."""
    if change.shape != error.shape or not np.all(np.isfinite(change)):
        return False
    allowed = 2 * e.tolerance + 64 * e.eps * (np.abs(e.expected) + np.abs(change))
    return bool(
        np.all(np.abs(error - change) <= allowed) and np.all(np.abs(change[e.wrong]) > allowed[e.wrong])
    )
