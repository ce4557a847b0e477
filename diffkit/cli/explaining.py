"""`diffkit explain`."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path

from ..differentiators.witnesses import explained
from ..results import Explanation
from ..results.subjects import BadInput, Place, read
from .comparing import points_read
from .console import RAN, note, say, width


def explain_command(what: str, at: list[str], seed: int, output: Path | None, quiet: bool) -> int:
    """The two passes of one function at one point, on stdout or in a file."""
    with redirect_stdout(sys.stderr):  # what the user's function prints is no part of the answer
        subjects = read(what, Place(points_read(at), seed=seed))
        if len(subjects.targets) > 1:
            raise BadInput("explain shows one point: give --at once.")
        (target,) = subjects.targets
        found = explained(target.function.load(), *target.args, names=list(target.point), title=what)
    for remark in [] if quiet else subjects.notes:
        note(remark)
    explanation = Explanation(found)
    if output is None:
        say(explanation.text(width()))
        return RAN
    try:
        explanation.save(output)
    except (OSError, ValueError) as error:
        raise BadInput(str(error)) from error
    if not quiet:
        note(f"wrote {output}")
    return RAN
