"""Numbers as people read them, in plain ASCII. What is not known (None) is an empty text."""

from typing import Any


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
        return "not finite"
    spellings = [f"{amount:.{digits}g}" for digits in range(12, 0, -1)]
    return next((text for text in spellings if len(text) <= cells), spellings[-1])


def brief(value: Any, entries: int = 3) -> str:
    """A value of a record, nested lists after the first few entries cut.

    >>> brief([0.5, [1, 2], "x", 4, 5]), brief({"x": 0.7, "y": [1.0, 2.0]})
    ('[0.5, [1, 2], x, ... 5 in all]', 'x = 0.7, y = [1, 2]')
    """
    if isinstance(value, dict):
        return ", ".join(f"{name} = {brief(entry, entries)}" for name, entry in value.items())
    if isinstance(value, list):
        tail = [f"... {len(value)} in all"] if len(value) > entries else []
        return f"[{', '.join([brief(entry, entries) for entry in value[:entries]] + tail)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
