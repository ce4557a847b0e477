"""Numbers as people read them, in plain ASCII. What is not known (None) is an empty text."""

from typing import Any

from ..languages import Subject

words = Subject("numbers")


def scaled(amount: float, units: tuple[tuple[float, str], ...]) -> str:
    """`amount` in the largest unit that it fills, with two digits, or three above a hundred."""
    amount = float(f"{amount:.3g}")
    scale, name = next((unit for unit in units if amount >= unit[0]), units[-1])
    amount /= scale
    return f"{float(f'{amount:.2g}') if amount < 100 else round(amount):.12g} {name}"


def seconds(amount: float | None) -> str:
    """
    >>> [seconds(s) for s in (2.13e-7, 3e-6, 1.234e-3, 0.9999, 75.0, None)]
    ['213 ns', '3 us', '1.2 ms', '1 s', '75 s', '']
    """
    return "" if amount is None else scaled(amount, ((1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")))


def memory(amount: int | None) -> str:
    """
    >>> [memory(b) for b in (0, 999, 1_234_567, None)]
    ['0 B', '999 B', '1.2 MB', '']
    """
    return "" if amount is None else scaled(amount, ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B")))


def multiple(amount: float | None) -> str:
    """
    >>> [multiple(r) for r in (0.84, 12.345, 12345.6, None)]
    ['0.8x', '12.3x', '12346x', '']
    """
    return "" if amount is None else f"{amount:.{1 if amount < 100 else 0}f}x"


def tenths(amount: float | None) -> str:
    """
    >>> [tenths(d) for d in (15.94, 0.0, None)]
    ['15.9', '0.0', '']
    """
    return "" if amount is None else f"{amount:.1f}"


def count(amount: int | None) -> str:
    """
    >>> [count(n) for n in (12, 1234567, None)]
    ['12', '1,234,567', '']
    """
    return "" if amount is None else f"{amount:,}"


def number(amount: float | None, cells: int = 22) -> str:
    """Twelve digits, enough to see where a wrong value departs, or as many as fit: an exponent is never cut.

    >>> [number(1 / 3), number(-2.0), number(-1.23456789012e-10, cells=12), number(None)]
    ['0.333333333333', '-2', '-1.23457e-10', 'not finite']
    """
    if amount is None:
        return words("not finite")
    spellings = [f"{amount:.{digits}g}" for digits in range(12, 0, -1)]
    return next((text for text in spellings if len(text) <= cells), spellings[-1])


MOST_NESTED = 12  # numbers of a nested list that is written out


def brief(value: Any, entries: int = 3) -> str:
    """A value of a record: a long list by its first few entries, a large nested one by its shapes.

    >>> brief([0.5, [1, 2], "x", 4, 5]), brief({"x": 0.7, "y": [1.0, 2.0]})
    ('[0.5, [1, 2], x, ... 5 in all]', 'x = 0.7, y = [1, 2]')
    >>> brief([[1.0] * 5] * 33), brief([[[1.0] * 8] * 2, [1.0] * 8])
    ('33x5 numbers', '2x8, 8 numbers')
    """
    nested = isinstance(value, list) and any(isinstance(entry, list) for entry in value)
    if nested and size(value) > MOST_NESTED:
        return words("shapes", shapes=", ".join(shapes(value)))
    if isinstance(value, dict):
        return ", ".join(f"{name} = {within(entry, entries)}" for name, entry in value.items())
    if isinstance(value, list):
        tail = [words("in all", count=len(value))] if len(value) > entries else []
        return f"[{', '.join([brief(entry, entries) for entry in value[:entries]] + tail)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def within(value: Any, entries: int) -> str:
    """A value inside a dict: a dict there has braces.

    >>> brief({"p": {"W": [1.0, 2.0]}, "x": 0.5})
    'p = {W = [1, 2]}, x = 0.5'
    """
    text = brief(value, entries)
    return f"{{{text}}}" if isinstance(value, dict) else text


def size(value: Any) -> int:
    """How many numbers a nested list holds."""
    return sum(map(size, value)) if isinstance(value, list) else 1


def shapes(value: list[Any]) -> list[str]:
    """The shape of an array, or the shapes of arrays in a list.

    >>> shapes([[1, 2], [3, 4]]), shapes([[[1, 2, 3]], [4, 5], 6])
    (['2x2'], ['1x3', '2', '1'])
    """
    inner = [shapes(entry) if isinstance(entry, list) else ["1"] for entry in value]
    if any(each != inner[0] or len(each) != 1 for each in inner):
        return [shape for each in inner for shape in each]
    scalars = not isinstance(value[0], list)
    return [str(len(value)) if scalars else f"{len(value)}x{inner[0][0]}"] if inner else ["0"]
