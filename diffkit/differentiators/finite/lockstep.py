"""Many lines at once: what all plans want at each stage is one batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .fixed import Plan, Slopes
from .lines import Line
from .sampler import NotFinite, Sampler


def lockstep(plans: Sequence[Plan], lines: Sequence[Line], sampler: Sampler) -> list[Slopes]:
    """Run all plans side by side: what they want at each stage is one batch."""
    answers: dict[int, Slopes] = {}
    wanted = {i: next(plan) for i, plan in enumerate(plans)}
    while wanted:
        values = sampler(lines[i].at(t) for i, offsets in wanted.items() for t in offsets)
        stops = np.cumsum([len(offsets) for offsets in wanted.values()])[:-1]
        sent = zip(list(wanted), np.split(values, stops), strict=True)
        wanted = {}
        for i, block in sent:
            try:
                wanted[i] = plans[i].send(block)
            except StopIteration as end:
                answers[i] = end.value
            except NotFinite as error:
                raise error from sampler.trouble  # what f raised itself, if it did
    return [answers[i] for i in range(len(plans))]
