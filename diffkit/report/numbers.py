"""Values of a walk as people read them: a number, or the first entries of an array that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..languages import Subject
from .units import number

words = Subject("numbers")

WRITTEN_OUT = 12  # entries of a gradient that are all shown
CELLS = 20  # for the entries of an array in a column


def six(amount: float | None) -> str:
    """Six significant digits, and no negative zero.

    >>> six(1 / 3), six(-0.0), six(None)
    ('0.333333', '0', 'not finite')
    """
    return words("not finite") if amount is None else f"{amount + 0.0:.6g}"


def three(amount: float | None) -> str:
    """Three digits, for entries of arrays."""
    return "nan" if amount is None else f"{amount + 0.0:.3g}"


def entries(value: Any) -> Iterator[Any]:
    """The numbers of a nested list."""
    if isinstance(value, list):
        for each in value:
            yield from entries(each)
    else:
        yield value


def shown(value: Any, cells: int = CELLS) -> str:
    """A number, or the first entries of an array that fit into so many cells; of small arrays the rows.

    >>> shown(0.1234567), shown([1.0, 2.0]), shown([1.5] * 9, 16)
    ('0.123457', '[1, 2]', '[1.5, 1.5, ..]')
    """
    if not isinstance(value, list):
        return six(value)
    whole = nested(value)
    if len(whole) <= cells:
        return whole
    flat = list(map(three, entries(value)))
    texts = (f"[{', '.join(flat[:n])}, ..]" for n in range(len(flat) - 1, 0, -1))
    return next((text for text in texts if len(text) <= cells), f"[{flat[0]}, ..]")


def nested(value: Any) -> str:
    """All entries, three digits each, in brackets."""
    return f"[{', '.join(map(nested, value))}]" if isinstance(value, list) else three(value)


def exact(value: Any) -> str:
    """A number or a small array with all its entries, twelve digits each; a larger array in short."""
    if not isinstance(value, list):
        return number(value)
    if len([*entries(value)]) > WRITTEN_OUT:
        return shown(value, 40)
    return f"[{', '.join(map(exact, value))}]"


def times(shape: Sequence[int]) -> str:
    """A shape.

    >>> times((16, 8)), times(())
    ('16x8', '')
    """
    return "x".join(map(str, shape))


def matrix(rows: Sequence[Sequence[float | None]]) -> str:
    """A small local Jacobian: a diagonal by its entries, a single row or column as a vector.

    >>> matrix([[2.0, 0.0], [0.0, 3.0]]), matrix([[1.0, 0.0], [0.0, 1.0]]), matrix([[4.0, 5.0]])
    ('diag(2, 3)', 'identity', '[4, 5]')
    """
    n, m = len(rows), len(rows[0])
    diagonal = [rows[i][i] for i in range(min(n, m))]
    if n == m > 1 and all(x == 0 for i, row in enumerate(rows) for j, x in enumerate(row) if i != j):
        return words("identity") if set(diagonal) == {1.0} else f"diag({', '.join(map(three, diagonal))})"
    if n * m > 4 and {x for row in rows for x in row} == {1.0}:
        return words("all 1")
    if 1 in (n, m):
        return f"[{', '.join(three(x) for row in rows for x in row)}]"
    return nested([list(row) for row in rows])
