"""Our own backends under the same check: every one against the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..differentiators.interface import Differentiator
from ..differentiators.registry import available, names
from ..harness.targets import argument_names, one_line
from .check import check_gradient
from .question import Wrt
from .record import Check
from .references import SLACK
from .words import name_of


def loadable() -> list[str]:
    """Names of all backends of our own that load here: for `pytest.mark.parametrize`.

    >>> "reverse" in loadable()
    True
    """
    mine = names()
    return [name for name, _, reason in available() if not reason and name in mine]


def check_backends(
    f: Callable[..., Any], *args: Any, backends: Sequence[str | Differentiator] | None = None,
    operator: str | None = None, wrt: Wrt = 0, slack: float = SLACK, seed: int = 0,
) -> list[Check]:  # fmt: skip
    """A Check for each backend; one that cannot differentiate f "cannot tell", with the cause "unsupported".

    >>> [check.verdict for check in check_backends(lambda x: x**3, 2.0, backends=["forward", "zero"])]
    ['agree', 'disagree']
    """
    chosen = loadable() if backends is None else backends
    return [one_backend(f, each, args, operator, wrt, slack, seed) for each in chosen]


def one_backend(
    f: Callable[..., Any], backend: str | Differentiator, args: tuple[Any, ...],
    operator: str | None, wrt: Wrt, slack: float, seed: int,
) -> Check:  # fmt: skip
    """The check of one backend."""
    try:
        return check_gradient(f, backend, *args, operator=operator, wrt=wrt, slack=slack, seed=seed)
    except Exception as error:  # a backend may fail in any way: that is its result
        return Check(
            function=name_of(f, "f"), claimed=f"by {backend}", operator=operator or "gradient", seed=seed,
            point=dict(zip(argument_names(f, len(args)), args)), verdict="cannot tell", cause="unsupported",
            message=f"The backend {backend} cannot differentiate {name_of(f, 'f')}: {one_line(error)}",
        )  # fmt: skip
