"""Several names in a row, as the language has it."""

from __future__ import annotations

from collections.abc import Sequence

from ..languages import Subject

words = Subject("lists")


def listed(names: Sequence[str], between: str = "and") -> str:
    """
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(names) < 2:
        return "".join(names)
    return words(between, first=", ".join(names[:-1]), last=names[-1])
