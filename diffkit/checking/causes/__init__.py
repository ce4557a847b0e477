"""Why a gradient is wrong: every cause is a test of the numbers alone, tried in order; the first to fit wins.

A test gets the evidence and gives a sentence about the wrong entries, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from ..evidence import Evidence
from .arrangements import asymmetric, exchanged, rearranged, shifted_within, sign_lost
from .numbers import how_many
from .parts import edges, missing_term, own_gradient, part_scaled, part_sign, runs, single, some_zero
from .precision import low_precision, single_precision
from .ratios import all_zero, constant_ratio, elementwise_factor, not_finite, sign


def explain(e: Evidence) -> tuple[str, str]:
    """(cause, sentence about the wrong entries)."""
    for cause, test in CAUSES.items():
        sentence = test(e)
        if sentence:
            return cause, sentence
    if e.wrong.size == 1:
        return "other", f"the only entry is {e.got[0, 0] / e.expected[0, 0]:.6g} times what it should be"
    return "other", f"{how_many(e)} wrong, by no simple rule"


CAUSES: dict[str, Callable[[Evidence], str | None]] = {
    "not finite": not_finite,
    "detached": all_zero,
    "sign": sign,
    "constant ratio": constant_ratio,
    "transposed": rearranged("transposed"),
    "shifted": rearranged("shifted"),
    "permuted": rearranged("permuted"),
    "not symmetric": asymmetric,
    "sign lost": sign_lost,
    "zero": some_zero,
    "wrong sign in part": part_sign,
    "single precision": single_precision,
    "missing term": missing_term,
    "inner derivative": elementwise_factor,
    "exchanged": exchanged,
    "neighbour": shifted_within,
    "ratio in part": part_scaled,
    "low precision": low_precision,
    "constant ratio in part": own_gradient,
    "single entry": single,
    "borders": edges,
    "stretch": runs,
}
