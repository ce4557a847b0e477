"""The swell exhibit: how many operations each way of differentiating takes, as expressions grow. No clock."""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiators.registry import backend
from ..problems import suite
from .cost import Trial
from .record import Measurement
from .targets import from_problem

COUNTING = ("symbolic:cse=false", "symbolic", "symbolic:graph", "reverse", "compiled-numpy")


def swell(backends: Sequence[str] = COUNTING) -> list[Measurement]:
    """A record with `operations` for each backend on each problem of the suite "swell".

    symbolic:cse=false counts SymPy's derivative as it stands, symbolic f and f' together after common
    subexpressions, symbolic:graph the derivative accumulated over the expression graph; reverse and
    compiled-numpy count both sweeps of the tape and of the recorded program, f included.

    >>> [row.operations for row in swell() if row.problem == "logistic_map" and row.size == 7]
    [2096, 94, 31, 48, 40]

    Laue 2019, On the equivalence of automatic and symbolic differentiation, arXiv 1904.02990.
    """
    return [counted(name, problem.name, size) for problem, size in suite("swell") for name in backends]


def counted(name: str, problem: str, size: int) -> Measurement:
    """The operations of one backend on one problem."""
    target = from_problem(problem, size)
    trial = Trial(backend(name), target)
    prepare_seconds = trial.prepare()
    return Measurement(
        problem=problem, size=size, point=target.point, seed=target.seed, backend=str(trial.backend),
        operator=target.operator, status="unscored", prepare_seconds=prepare_seconds,
        operations=trial.operations(),
    )  # fmt: skip
