"""Operations as one would write them: `v1 * y`, `sum(v3, axis=0)`, `W @ x`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.rules import Row, shape_of, subscripts

SIGNS = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "power": "{} ** {}",
    "negative": "-{}",
    "square": "{}**2",
    "reciprocal": "1 / {}",
    "absolute": "abs({})",
}


def operation_text(row: Row, words: Sequence[str], values: Sequence[Any], params: dict[str, Any]) -> str:
    """An operation on arguments called by these words; values give their shapes."""
    if row.name in SIGNS:
        return SIGNS[row.name].format(*words)
    if row.name == "pick":
        return f"{words[0]}[{slice_text(params['index'])}]"
    if row.name == "contract":
        return contraction_text(params["spec"], words)
    if row.name == "permute":
        return f"{words[0]}.T" if len(shape_of(values[0])) == 2 else f"transpose({words[0]})"
    shown = [*words, *(text for text in [axes_text(params, values), shape_text(params)] if text)]
    return f"{row.name}({', '.join(shown)})"


def axes_text(params: dict[str, Any], values: Sequence[Any]) -> str:
    """The axes as NumPy takes them; nothing where it is all of them."""
    axes = params.get("axes", params.get("axis"))
    if axes is None or axes == tuple(range(len(shape_of(values[0])))):
        return ""
    single = axes[0] if isinstance(axes, tuple) and len(axes) == 1 else axes
    return f"axis={single}"


def shape_text(params: dict[str, Any]) -> str:
    """The shape that an operation gives: 16x8, or "number"."""
    if "shape" not in params:
        return ""
    return "x".join(map(str, params["shape"])) or "number"


def contraction_text(spec: str, words: Sequence[str]) -> str:
    """a @ b where NumPy would multiply matrices so, else np.einsum's spelling."""
    a, b, out = subscripts(spec)
    batch = [letter for letter in a if letter in b and letter in out]
    a, b, out = ("".join(letter for letter in word if letter not in batch) for word in (a, b, out))
    plain = a[-1:] == b[:1] != "" and out == a[:-1] + b[1:]
    return f"{words[0]} @ {words[1]}" if plain else f"einsum('{spec}', {words[0]}, {words[1]})"


def entry_text(name: str, index: tuple[slice, ...]) -> str:
    return f"{name}[{', '.join(str(each.start) for each in index)}]"


def slice_text(index: tuple[slice, ...]) -> str:
    """Slices as they are written."""

    def word(each: slice) -> str:
        text = f"{'' if each.start is None else each.start}:{'' if each.stop is None else each.stop}"
        return text if each.step is None else f"{text}:{each.step}"

    return ", ".join(map(word, index))


def constant_text(value: Any) -> str:
    """A number as it stands in an operation, a negative one in brackets; nothing for an array.

    >>> constant_text(2.0), constant_text(-1.5), constant_text(True)
    ('2', '(-1.5)', 'True')
    """
    if shape_of(value) != ():
        return ""
    text = str(bool(value)) if np.asarray(value).dtype.kind == "b" else f"{value:g}"
    return f"({text})" if text.startswith("-") else text
